import { expect, test } from 'vitest'
import { seededRandom } from '../../../src/base/random.ts'
import { Payload } from '../../../src/cli/perf/payload.ts'

test.each([1, 100, 70_000])('values of %i upper-case letters', (bytes) => {
  const payload = new Payload(bytes, seededRandom(1))
  for (let at = 0; at < 100; at++) {
    const value = payload.next()
    expect(value).toHaveLength(bytes)
    expect(value.toString('latin1')).toMatch(/^[A-Z]+$/)
  }
})

test('they differ, and are as wide apart as the pool allows', () => {
  const payload = new Payload(16, seededRandom(2))
  const values = new Set(Array.from({ length: 65_537 }, () => payload.next().byteOffset))
  expect(values.size).toBe(65_537)
})
