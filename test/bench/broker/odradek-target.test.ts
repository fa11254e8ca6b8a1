import { afterEach, expect, test, vi } from 'vitest'
import { odradekTarget } from '../../../src/bench/broker/odradek-target.ts'

afterEach(() => {
  vi.unstubAllEnvs()
})

test('a broker starts in the environment of its bench, without certificates for others', () => {
  vi.stubEnv('NODE_EXTRA_CA_CERTS', '/etc/ssl/certs/ca-certificates.crt')
  const { NODE_EXTRA_CA_CERTS: _, ...others } = process.env
  expect(odradekTarget.environment()).toEqual(others)
})
