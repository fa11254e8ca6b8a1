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

test('neighbours differ, and it begins again only after thousands', () => {
  const payload = new Payload(16, seededRandom(2))
  const values = Array.from({ length: 4096 }, () => payload.next().toString('latin1'))
  expect(new Set(values).size).toBe(4096)
  expect(payload.next().toString('latin1')).toBe(values[0])
})
