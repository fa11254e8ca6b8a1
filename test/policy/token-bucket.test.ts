import fc from 'fast-check'
import { expect, test } from 'vitest'
import { TokenBucket } from '../../src/policy/token-bucket.ts'

test('a burst is there at the beginning, and may be overdrawn once', () => {
  const bucket = new TokenBucket()
  expect(bucket.overdrawnMs(2, 10, 5000)).toBe(0)
  bucket.take(20, 2, 10, 5000)
  expect(bucket.overdrawnMs(2, 10, 5000)).toBe(0)
  bucket.take(3, 2, 10, 5000)
  expect(bucket.overdrawnMs(2, 10, 5000)).toBe(1500)
  expect(bucket.overdrawnMs(2, 10, 6499)).toBe(1)
  expect(bucket.overdrawnMs(2, 10, 6500)).toBe(0)
})

test('no more than a burst gathers, however long nobody comes', () => {
  const bucket = new TokenBucket()
  bucket.take(0, 1, 10, 0)
  bucket.take(11, 1, 10, 1e9)
  expect(bucket.overdrawnMs(1, 10, 1e9)).toBe(1000)
})

test('whoever waits as told takes at most the rate, besides the burst and the last time', () => {
  const steps = fc.array(fc.tuple(fc.nat(50), fc.nat(3000)), { maxLength: 100 })
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 100 }), (list, rate) => {
      const bucket = new TokenBucket()
      let now = 0
      let taken = 0
      for (const [count, idle] of list) {
        now += bucket.overdrawnMs(rate, 5, now) + 1
        bucket.take(count, rate, 5, now)
        taken += count
        now += idle
      }
      expect(taken).toBeLessThanOrEqual((rate * now) / 1000 + rate * 5 + 50)
    }),
  )
})
