import { createHistogram, type RecordableHistogram } from 'node:perf_hooks'
import { LatencyHistogram, latencyBucketEndUs, latencyBuckets } from '../../telemetry/index.ts'

/** How many latencies lie between two times. */
export interface LatencyRange {
  readonly fromMs: number
  /** Not within; null for the last one, which has no end. */
  readonly toMs: number | null
  readonly count: number
}

/** Latencies as they come: their average and largest one exactly, percentiles to 0.1 percent. */
export class Latencies {
  readonly #histogram: RecordableHistogram = createHistogram({ figures: 3 })
  readonly #ranges = new LatencyHistogram()
  #count = 0
  #sumMs = 0
  #maxMs = 0

  /** A latency in ms. */
  record(ms: number): void {
    this.#histogram.record(Math.max(1, Math.round(ms * 1000)))
    this.#ranges.observe(ms)
    this.#count++
    this.#sumMs += ms
    if (ms > this.#maxMs) this.#maxMs = ms
  }

  /** How many there are. */
  get count(): number {
    return this.#count
  }

  /** In ms; 0 without any. */
  get averageMs(): number {
    return this.#count === 0 ? 0 : this.#sumMs / this.#count
  }

  /** In ms; 0 without any. */
  get maxMs(): number {
    return this.#maxMs
  }

  /** The latency in ms at the nearest rank of so many percent (above 0); 0 without any. */
  percentileMs(percent: number): number {
    if (this.#count === 0) return 0
    // Its buckets end a little behind the largest one.
    return Math.min(this.#histogram.percentile(percent) / 1000, this.#maxMs)
  }

  /** How they are spread: a range for each power of two, from the first to the last with any. */
  ranges(): readonly LatencyRange[] {
    const { buckets } = this.#ranges.counts()
    const ranges: LatencyRange[] = []
    for (let first = 0; first < latencyBuckets; first += 4) {
      const own = buckets.slice(first, first + 4)
      const fromUs = first === 0 ? 0 : latencyBucketEndUs(first - 1)
      const endUs = latencyBucketEndUs(Math.min(first + 3, latencyBuckets - 1))
      const toMs = Number.isFinite(endUs) ? endUs / 1000 : null
      const count = own.reduce((sum, one) => sum + one, 0)
      ranges.push({ fromMs: fromUs / 1000, toMs, count })
    }
    const isUsed = ({ count }: LatencyRange): boolean => count > 0
    return ranges.slice(Math.max(0, ranges.findIndex(isUsed)), ranges.findLastIndex(isUsed) + 1)
  }
}

const barColumns = 40

/** Ranges as lines with bars, the longest for the largest. */
export function histogramLines(ranges: readonly LatencyRange[]): string[] {
  const total = ranges.reduce((sum, { count }) => sum + count, 0)
  const largest = Math.max(1, ...ranges.map(({ count }) => count))
  return ranges.map(({ fromMs, toMs, count }) => {
    const from = `${inMs(fromMs)} ms`
    const range = toMs === null ? `from ${from} on` : `${from} to ${inMs(toMs)} ms`
    const bar = '█'.repeat(Math.round((count / largest) * barColumns)).padEnd(barColumns)
    const percent = ((100 * count) / total).toFixed(2)
    return `${range.padStart(26)}  ${bar}  ${percent.padStart(6)} %  ${count}`
  })
}

function inMs(ms: number): string {
  return ms.toFixed(3)
}
