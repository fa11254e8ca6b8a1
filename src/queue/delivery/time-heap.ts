import { assert } from '../../base/assert.ts'

/** Offsets by time, the earliest first; of one time the lowest offset. A binary heap. Pure. */
interface Entry {
  readonly timeMs: number
  readonly offset: number
}

/** See the head of this file. An offset may be in it several times. */
export class TimeHeap {
  readonly #entries: Entry[] = []

  get size(): number {
    return this.#entries.length
  }

  clear(): void {
    this.#entries.length = 0
  }

  /** The earliest, which stays. */
  first(): Entry | undefined {
    return this.#entries[0]
  }

  add(timeMs: number, offset: number): void {
    const entries = this.#entries
    const entry = { timeMs, offset }
    assert(!Number.isNaN(timeMs), 'a time is a number')
    let place = entries.length
    entries.push(entry)
    while (place > 0) {
      const above = (place - 1) >> 1
      const parent = entries[above] as Entry
      if (!isBefore(entry, parent)) break
      entries[place] = parent
      place = above
    }
    entries[place] = entry
  }

  /** Takes the earliest out. */
  remove(): Entry | undefined {
    const entries = this.#entries
    const first = entries[0]
    const last = entries.pop()
    if (last === undefined || entries.length === 0) return first
    let place = 0
    for (;;) {
      const left = 2 * place + 1
      if (left >= entries.length) break
      const right = left + 1
      const [one, other] = [entries[left] as Entry, entries[right]]
      const below = other !== undefined && isBefore(other, one) ? right : left
      const child = entries[below] as Entry
      if (!isBefore(child, last)) break
      entries[place] = child
      place = below
    }
    entries[place] = last
    assert(!isBefore(entries[0] as Entry, first as Entry), 'the earliest is taken first')
    return first
  }
}

function isBefore(one: Entry, other: Entry): boolean {
  return one.timeMs < other.timeMs || (one.timeMs === other.timeMs && one.offset < other.offset)
}
