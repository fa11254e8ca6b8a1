import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  LatencyHistogram,
  latencyBucketEndUs,
  latencyBucketOf,
  latencyBuckets,
  latencyCount,
  latencyQuantileUs,
} from '../../src/telemetry/latency-histogram.ts'

const last = latencyBuckets - 1

describe('buckets', () => {
  test('each begins where the one before it ends', () => {
    for (let bucket = 0; bucket < last; bucket++) {
      const end = latencyBucketEndUs(bucket)
      expect([latencyBucketOf(end - 1), latencyBucketOf(end)]).toEqual([bucket, bucket + 1])
    }
    expect(latencyBucketEndUs(last)).toBe(Infinity)
  })

  test('any time lies in its bucket, which is at most a quarter wide', () => {
    fc.assert(
      fc.property(fc.nat({ max: 2 ** 53 - 1 }), (us) => {
        const bucket = latencyBucketOf(us)
        const begin = bucket === 0 ? 0 : latencyBucketEndUs(bucket - 1)
        expect(us).toBeGreaterThanOrEqual(begin)
        expect(us).toBeLessThan(latencyBucketEndUs(bucket))
        const width = latencyBucketEndUs(bucket) - begin
        if (bucket >= 4 && bucket < last) expect(width).toBeLessThanOrEqual(begin / 4)
      }),
    )
  })

  test('the native side has as many, and puts the same times into them', () => {
    // The constants of test/native/data_path/latency_histogram_test.cc.
    expect([2, 100, 2 ** 28, 2 ** 40].map(latencyBucketOf)).toEqual([2, 22, last, last])
  })
})

describe('quantiles', () => {
  test('without observations there are none', () => {
    const counts = new LatencyHistogram().counts()
    expect([latencyCount(counts), latencyQuantileUs(counts, 0.5)]).toEqual([0, Number.NaN])
  })

  test('are the true ones, at most a quarter too large', () => {
    const times = fc.array(fc.nat({ max: 100_000_000 }), { minLength: 1, maxLength: 50 })
    const share = fc.double({ min: 0, max: 1, noNaN: true })
    fc.assert(
      fc.property(times, share, (us, wanted) => {
        const histogram = new LatencyHistogram()
        for (const one of us) histogram.observe(one / 1000)
        const sorted = us.toSorted((a, b) => a - b)
        const exact = sorted[Math.max(1, Math.ceil(us.length * wanted)) - 1] ?? 0
        const told = latencyQuantileUs(histogram.counts(), wanted)
        // A double of milliseconds may lose the last microsecond.
        expect(told).toBeGreaterThanOrEqual(exact - 1)
        expect(told).toBeLessThanOrEqual(Math.max(exact * 1.25, exact + 1))
      }),
    )
  })

  test('what is in the last bucket took at least as long as that begins', () => {
    const histogram = new LatencyHistogram()
    histogram.observe(1e9)
    expect(latencyQuantileUs(histogram.counts(), 1)).toBe(latencyBucketEndUs(last - 1))
  })
})

test('counts are of the moment that they are taken', () => {
  const histogram = new LatencyHistogram()
  histogram.observe(0.1)
  const before = histogram.counts()
  histogram.observe(-3)
  histogram.observe(0.05)
  expect([latencyCount(before), before.sumUs]).toEqual([1, 100])
  const after = histogram.counts()
  expect([latencyCount(after), after.sumUs, after.buckets[0]]).toEqual([3, 150, 1])
})
