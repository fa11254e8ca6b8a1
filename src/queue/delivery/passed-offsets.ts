/**
 * Which offsets a consumer need not look at again: all below its cursor, and ranges above it. The
 * cursor is the first offset that it has to look at. Pure.
 */
import { assert } from '../../base/assert.ts'

/** From the first offset up to the second, which is not part of it. */
export type OffsetRange = readonly [start: number, end: number]

/** See the head of this file. */
export class PassedOffsets {
  #cursor: number
  /** Disjoint, rising, none beside another or the cursor. */
  readonly #ranges: [number, number][] = []

  constructor(cursor: number, ranges: readonly OffsetRange[] = []) {
    assert(cursor >= 0, 'offsets begin at 0')
    this.#cursor = cursor
    for (const [start, end] of ranges) this.pass(start, end)
  }

  /** The first offset that is not passed. */
  get cursor(): number {
    return this.#cursor
  }

  /** What is passed above the cursor. */
  get ranges(): readonly OffsetRange[] {
    return this.#ranges
  }

  /** Whether an offset is passed. */
  has(offset: number): boolean {
    if (offset < this.#cursor) return true
    const range = this.#ranges[this.#firstEndingAbove(offset)]
    return range !== undefined && range[0] <= offset
  }

  /** Everything from `start` up to `end` is passed from now on. */
  pass(start: number, end: number): void {
    assert(start <= end, 'a range does not end before it begins')
    const from = Math.max(start, this.#cursor)
    if (from >= end) return
    const ranges = this.#ranges
    // All that overlap it or lie beside it become one with it.
    const first = this.#firstEndingAbove(from - 1)
    let last = first
    let [low, high] = [from, end]
    for (let range = ranges[last]; range !== undefined && range[0] <= end; range = ranges[++last]) {
      low = Math.min(low, range[0])
      high = Math.max(high, range[1])
    }
    if (low <= this.#cursor) {
      this.#cursor = high
      ranges.splice(0, last)
    } else {
      ranges.splice(first, last - first, [low, high])
    }
    assert((ranges[0]?.[0] ?? Infinity) > this.#cursor, 'ranges lie above the cursor')
  }

  /** Index of the first range that ends above `offset`. */
  #firstEndingAbove(offset: number): number {
    let [low, high] = [0, this.#ranges.length]
    while (low < high) {
      const middle = (low + high) >> 1
      const end = this.#ranges[middle]?.[1] ?? 0
      if (end > offset) high = middle
      else low = middle + 1
    }
    return low
  }
}
