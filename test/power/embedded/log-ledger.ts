/** What was said of one partition of a log, and so what may stand there after an end. */

/** How a process ended: with the machine, alone, or cleanly. */
export type End = 'cut' | 'kill' | 'close'

/** What a process found when it opened its store: a record has what it tells of itself. */
export interface Found {
  readonly start: number
  readonly end: number
  readonly records: readonly FoundRecord[]
}

/** Null: bytes that nobody sent. Then its time, and what a queue noted of it. */
export type FoundRecord = readonly [
  told: readonly [number: number, index: number, count: number] | null,
  timestampMs: number,
  key: string | null,
  source: string | null,
]

/** Tells of a broken promise; `lost` records were acknowledged and are not there. */
export type Complain = (sentence: string, lost?: number) => void

/** See the head of this file. */
export class LogLedger {
  readonly #name: string
  /** The number that was acknowledged at each offset, those included that a cut may take. */
  readonly #acknowledged = new Map<number, number>()
  /** Everything below is on the disk. */
  #durableEnd = 0
  #trimmed = 0
  #trimming = 0

  constructor(name: string) {
    this.#name = name
  }

  appended(offset: number, first: number, count: number, durability: string): void {
    for (let i = 0; i < count; i++) this.#acknowledged.set(offset + i, first + i)
    if (durability === 'fsync') this.durable(offset + count)
  }

  /** That was flushed, or a reader may have seen it. */
  durable(end: number): void {
    this.#durableEnd = Math.max(this.#durableEnd, end)
  }

  trimming(before: number): void {
    this.#trimming = Math.max(this.#trimming, before)
  }

  trimmed(before: number): void {
    this.#trimmed = Math.max(this.#trimmed, before)
  }

  /** What stands there after `ended`; it is all on the disk from then on. */
  judge(found: Found, ended: End, complain: Complain): void {
    const { start, records } = found
    const end = start + records.length
    if (found.end !== end) complain(`${this.#name} ends at ${found.end} and is read to ${end}`)
    if (start < this.#trimmed || start > this.#trimming) {
      complain(`${this.#name} begins at ${start}, not from ${this.#trimmed} to ${this.#trimming}`)
    }
    this.#judgeRecords(found, complain)
    const least = ended === 'cut' ? this.#durableEnd : Math.max(0, ...this.#acknowledged.keys()) + 1
    let lost = 0
    for (const [offset, number] of this.#acknowledged) {
      if (offset < start) continue
      const isDue = offset < least
      const there = records[offset - start]?.[0]?.[0]
      if (there === undefined ? isDue : there !== number) lost++
    }
    if (lost > 0) complain(`${this.#name} ends at ${end} with ${lost} lost, due to ${least}`, lost)
    this.#acknowledged.clear()
    for (const [i, [told]] of records.entries()) {
      if (told !== null) this.#acknowledged.set(start + i, told[0])
    }
    this.#durableEnd = Math.max(end, start)
    this.#trimmed = this.#trimming = start
  }

  /** Batches are whole, in the order in which they were given. */
  #judgeRecords({ start, records }: Found, complain: Complain): void {
    let last = -1
    for (const [i, [told]] of records.entries()) {
      const where = `${this.#name} at ${start + i}`
      if (told === null) {
        complain(`${where} has bytes that nobody sent`)
        continue
      }
      const [number, index, count] = told
      if (number <= last) complain(`${where} has ${number} behind ${last}`)
      const isWhole =
        (index === 0 || i === 0 || records[i - 1]?.[0]?.[0] === number - 1) &&
        (index === count - 1 || records[i + 1]?.[0]?.[0] === number + 1)
      if (!isWhole) complain(`${where} has a part of a batch`)
      last = number
    }
  }
}
