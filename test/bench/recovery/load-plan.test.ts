import { describe, expect, it } from 'vitest'
import { batchBytes, batchesOf, planLoad } from '../../../src/bench/recovery/load-plan.ts'

const gib = 1024 ** 3

/** Segments that a partition needs for so many batches: each takes whole batches only. */
function segmentsFor(batches: number, segmentBytes: number): number {
  return Math.ceil(batches / Math.floor(segmentBytes / batchBytes))
}

describe('planLoad', () => {
  for (const [bytes, partitions] of [
    [10 * gib, 1000],
    [gib, 100],
    [3 * gib, 777],
    [8_000_000, 7],
  ] as const) {
    it(`spreads ${bytes} bytes over ${partitions} partitions, a fifth with two segments`, () => {
      const plan = planLoad(bytes, partitions)
      const loaded = batchesOf(plan) * batchBytes
      expect(loaded).toBeLessThanOrEqual(bytes * 1.01)
      expect(loaded).toBeGreaterThan(bytes * 0.9)
      const { batchesEach, extraBatches, longerPartitions, segmentBytes } = plan
      expect(longerPartitions).toBe(Math.round(partitions / 5))
      expect(segmentsFor(batchesEach, segmentBytes)).toBe(1)
      expect(segmentsFor(batchesEach + extraBatches, segmentBytes)).toBe(2)
      expect(extraBatches / batchesEach).toBeLessThan(0.15)
    })
  }

  it('has 1,200 segments of 10 GiB in 1,000 partitions', () => {
    const { partitions, longerPartitions, segmentBytes } = planLoad(10 * gib, 1000)
    expect(partitions + longerPartitions).toBe(1200)
    // The least that Kafka takes.
    expect(segmentBytes).toBeGreaterThan(1024 ** 2)
  })

  it('refuses too little with what it needs', () => {
    expect(() => planLoad(0.1 * gib, 1000)).toThrow('1000 partitions need at least 0.678 GiB')
    expect(() => planLoad(0.678 * gib, 1000)).not.toThrow()
  })
})
