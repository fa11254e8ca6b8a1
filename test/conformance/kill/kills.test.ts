import { afterEach, expect, it, vi } from 'vitest'
import { killsAskedFor } from './kills.ts'

afterEach(() => {
  vi.unstubAllEnvs()
})

it('are as many as the test thinks fit, or as the environment asks for', () => {
  vi.stubEnv('CONFORMANCE_KILLS', undefined)
  expect(killsAskedFor(15)).toBe(15)
  vi.stubEnv('CONFORMANCE_KILLS', '200')
  expect(killsAskedFor(15)).toBe(200)
})

it.each(['', '0', '-1', '1.5', 'many'])('are never "%s"', (asked) => {
  vi.stubEnv('CONFORMANCE_KILLS', asked)
  expect(() => killsAskedFor(15)).toThrow(`CONFORMANCE_KILLS is "${asked}"`)
})
