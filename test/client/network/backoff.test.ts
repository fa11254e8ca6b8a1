import fc from 'fast-check'
import { expect, test } from 'vitest'
import { seededRandom } from '../../../src/base/random.ts'
import { backoffMs } from '../../../src/client/network/backoff.ts'

const options = { initialMs: 100, maxMs: 1000 }

test('no failure, no wait; nor where no wait is wanted', () => {
  expect(backoffMs(options, 0, seededRandom(1))).toBe(0)
  expect(backoffMs({ initialMs: 0, maxMs: 1000 }, 7, seededRandom(1))).toBe(0)
})

test('each wait is twice the one before, within a fifth, up to the most', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 1, max: 1000 }), (seed, failures) => {
      const term = Math.min(100 * 2 ** Math.min(failures - 1, 40), 1000)
      const waitMs = backoffMs(options, failures, seededRandom(seed))
      expect(waitMs).toBeGreaterThanOrEqual(term * 0.8)
      expect(waitMs).toBeLessThanOrEqual(term * 1.2)
    }),
  )
})

test('the same seed gives the same waits, another gives others', () => {
  const waits = (seed: number) => {
    const random = seededRandom(seed)
    return [1, 2, 3, 4].map((failures) => backoffMs(options, failures, random))
  }
  expect(waits(5)).toEqual(waits(5))
  expect(waits(5)).not.toEqual(waits(6))
})
