/**
 * How long something takes, in buckets whose width grows with the time: each power of two of
 * microseconds is cut in four, so a quantile is at most a quarter too large. The data plane counts
 * by the same formula (native/data_path/latency_histogram.h).
 */
import { assert } from '../base/assert.ts'

/** The last one holds everything from 2 minutes 37 seconds on. */
export const latencyBuckets = 108

/** Where the last one begins. */
const lastBucketUs = 7 * 2 ** 25

/** Counts since the start. */
export interface LatencyCounts {
  /** Observations by {@link latencyBucketOf}. */
  readonly buckets: readonly number[]
  /** Sum of all times, in microseconds. */
  readonly sumUs: number
}

/** The bucket of a time in whole microseconds, which is not negative. */
export function latencyBucketOf(us: number): number {
  if (us < 4) return us
  if (us >= lastBucketUs) return latencyBuckets - 1
  const power = 31 - Math.clz32(us)
  return 4 * (power - 1) + ((us >>> (power - 2)) & 3)
}

/** Where a bucket ends and the next begins, in microseconds; the last one has no end. */
export function latencyBucketEndUs(bucket: number): number {
  assert(bucket >= 0 && bucket < latencyBuckets, 'a bucket is one of those there are')
  if (bucket === latencyBuckets - 1) return Infinity
  if (bucket < 4) return bucket + 1
  return (5 + (bucket % 4)) * 2 ** (Math.floor(bucket / 4) - 1)
}

/** How many were observed. */
export function latencyCount({ buckets }: Pick<LatencyCounts, 'buckets'>): number {
  return buckets.reduce((sum, count) => sum + count, 0)
}

/**
 * The time that a share of the observations did not exceed, in microseconds: the end of the bucket
 * that the observation lies in, or the begin of the last one. `NaN` where nothing was observed.
 */
export function latencyQuantileUs(counts: Pick<LatencyCounts, 'buckets'>, share: number): number {
  assert(share >= 0 && share <= 1, 'a share is between nothing and all')
  const rank = Math.max(1, Math.ceil(latencyCount(counts) * share))
  let seen = 0
  for (const [bucket, count] of counts.buckets.entries()) {
    seen += count
    if (seen < rank) continue
    const isLast = bucket === latencyBuckets - 1
    return latencyBucketEndUs(isLast ? bucket - 1 : bucket)
  }
  return Number.NaN
}

/** Counts times as they come. */
export class LatencyHistogram {
  readonly #buckets = new Array<number>(latencyBuckets).fill(0)
  #sumUs = 0

  /** A time in ms; one below zero counts as zero. */
  observe(ms: number): void {
    const us = Math.max(0, Math.floor(ms * 1000))
    const bucket = latencyBucketOf(us)
    this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + 1
    this.#sumUs += us
  }

  /** A copy of the counts so far. */
  counts(): LatencyCounts {
    return { buckets: [...this.#buckets], sumUs: this.#sumUs }
  }
}
