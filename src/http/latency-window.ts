/**
 * Quantiles of the last minutes, out of counts since the start: Kafka's forget what is older too,
 * and a quantile over weeks would never move. What was counted is noted at scrapes, at most once a
 * minute; a quantile is of what came since the oldest note that is not older than five.
 */
import { assert } from '../base/assert.ts'
import type { LatencyCounts } from '../telemetry/index.ts'

const windowMs = 5 * 60_000
const noteEveryMs = 60_000

interface Note {
  readonly takenMs: number
  readonly buckets: readonly number[]
}

/** Of any number of requests, by their names. */
export class LatencyWindow {
  readonly #notes = new Map<string, Note[]>()

  /** Counts of the window that ends now; times are monotonic, in ms. */
  recent(request: string, { buckets }: LatencyCounts, nowMs: number): readonly number[] {
    const notes = this.#notes.get(request) ?? []
    this.#notes.set(request, notes)
    while (notes[0] !== undefined && nowMs - notes[0].takenMs > windowMs) notes.shift()
    const before = notes[0]?.buckets
    assert(before === undefined || before.length === buckets.length, 'the same buckets')
    const last = notes.at(-1)
    if (last === undefined || nowMs - last.takenMs >= noteEveryMs) {
      notes.push({ takenMs: nowMs, buckets })
    }
    // Before the first note lies the start, or a time when nobody looked.
    return before === undefined ? buckets : buckets.map((count, at) => count - (before[at] ?? 0))
  }
}
