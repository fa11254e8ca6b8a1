/** What was said of one queue, and so what may stand there, and come, after an end. */
import type { Complain, End, Found, FoundRecord } from './log-ledger.ts'

/** How a queue is used. */
export interface QueueUse {
  readonly name: string
  readonly durability: 'fsync' | 'os'
  readonly consumers: readonly string[]
  /** Keys are put once in so many ms. */
  readonly dedupWindowMs: number
  /** Several messages are made of one, so that a message has a name of two parts. */
  readonly isMade: boolean
}

interface Put {
  readonly offset: number
  readonly isDurable: boolean
}

/** Times are noted a little beside the clock by which keys are forgotten. */
const timeSlackMs = 100

/** The name of a message by what it tells of itself. */
export function nameOf(told: FoundRecord[0], isMade: boolean): string {
  return isMade ? `${told?.[0]}.${told?.[1]}` : String(told?.[0])
}

/** See the head of this file. */
export class QueueLedger {
  readonly #use: QueueUse
  /** Of the messages that were acknowledged or found, by their names. */
  readonly #put = new Map<string, Put>()
  /** By consumer: what it finished, or began to. */
  readonly #finished: ReadonlyMap<string, Map<string, 'may be' | 'is'>>
  /** By consumer: the offset of the last first delivery in this life. */
  readonly #last = new Map<string, number>()
  #startMax = 0

  constructor(use: QueueUse) {
    this.#use = use
    this.#finished = new Map(use.consumers.map((name) => [name, new Map()]))
  }

  put(id: string, offset: number, durability: string): void {
    this.#put.set(id, { offset, isDurable: durability === 'fsync' })
  }

  took(consumer: string, id: string, offset: number, attempt: number, complain: Complain): void {
    const who = `${this.#use.name}, ${consumer}:`
    if (this.#finished.get(consumer)?.get(id) === 'is') {
      complain(`${who} ${id} at ${offset} came again after its acknowledgement`, 1)
    }
    const put = this.#put.get(id)
    if (put !== undefined && put.offset !== offset) {
      complain(`${who} ${id} came from ${offset} and was put at ${put.offset}`)
    }
    const isInOrder = attempt === 1 && Number(id) % 7 !== 0
    if (!isInOrder) return
    const last = this.#last.get(consumer) ?? -1
    if (offset <= last) complain(`${who} ${offset} came behind ${last}`)
    this.#last.set(consumer, offset)
  }

  finishing(consumer: string, id: string): void {
    this.#finished.get(consumer)?.set(id, 'may be')
  }

  finished(consumer: string, id: string): void {
    this.#finished.get(consumer)?.set(id, 'is')
  }

  /** A process has ended: what may have been lost with it is not due any more. */
  ended(how: End): void {
    this.#last.clear()
    const { durability } = this.#use
    if (how !== 'cut' || durability === 'fsync') return
    for (const names of this.#finished.values()) {
      for (const name of names.keys()) names.set(name, 'may be')
    }
  }

  /** What stands there after that; it is all on the disk from then on. */
  judge({ start, records }: Found, how: End, complain: Complain): void {
    const { name } = this.#use
    const there = new Map<string, number>()
    for (const [i, [told, , , source]] of records.entries()) {
      if (told === null) complain(`${name} has bytes at ${start + i} that nobody sent`)
      const id = nameOf(told, this.#use.isMade)
      if (there.has(id)) {
        complain(`${name} has ${id} at ${there.get(id)} and at ${start + i}, of ${source}`)
      }
      there.set(id, start + i)
    }
    this.#judgeKeys(records, complain)
    this.#judgePuts(there, start, how, complain)
    this.#put.clear()
    for (const [id, offset] of there) this.#put.set(id, { offset, isDurable: true })
    if (start < this.#startMax) complain(`${name} begins at ${start}, before ${this.#startMax}`)
    this.#startMax = start
  }

  /** Everything was worked at to the end: nothing is left that did not come. */
  judgeDrained(dead: ReadonlySet<string>, complain: Complain): void {
    for (const [consumer, finished] of this.#finished) {
      if (consumer === 'nobody') continue
      for (const id of this.#put.keys()) {
        if (finished.has(id) || dead.has(id)) continue
        complain(`${this.#use.name}: ${id} never came to ${consumer}`, 1)
      }
    }
  }

  /** What a consumer was told to have finished for good. */
  *finishedBy(consumer: string): IterableIterator<string> {
    for (const [id, how] of this.#finished.get(consumer) ?? []) if (how === 'is') yield id
  }

  #judgeKeys(records: Found['records'], complain: Complain): void {
    const times = new Map<string, number>()
    for (const [, timestamp, key] of records) {
      if (key === null) continue
      const since = timestamp - (times.get(key) ?? Number.NEGATIVE_INFINITY)
      if (since < this.#use.dedupWindowMs - timeSlackMs) {
        complain(`${this.#use.name} has the key ${key} twice within ${since} ms`)
      }
      times.set(key, timestamp)
    }
  }

  #judgePuts(
    there: ReadonlyMap<string, number>,
    start: number,
    how: End,
    complain: Complain,
  ): void {
    for (const [id, { offset, isDurable }] of this.#put) {
      const at = there.get(id)
      if (at === offset) continue
      const what = `${this.#use.name} has ${id} at ${at ?? 'no place'}, put at ${offset}`
      if (at !== undefined) complain(what, 1)
      else if (offset < start) this.#judgeDeleted(id, what, complain)
      else if (isDurable || how !== 'cut') complain(`${what}; it begins at ${start}`, 1)
    }
  }

  #judgeDeleted(id: string, what: string, complain: Complain): void {
    for (const [consumer, finished] of this.#finished) {
      if (!finished.has(id)) complain(`${what}: deleted before ${consumer} finished it`, 1)
    }
  }
}
