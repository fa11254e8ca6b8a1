import { type Corpus, recordNumber } from './corpus.ts'
import type { ConsumedRecord } from './kcat.ts'

/** What consuming showed; empty lists and counts of zero are good, except for `delivered`. */
export interface Findings {
  /** Different records of the corpus that came back. */
  readonly delivered: number
  readonly missing: number
  /** Records that came back more than once. */
  readonly duplicates: number
  /** The first records that came before an earlier one of their key, in words. */
  readonly disorder: readonly string[]
  /** The first other faults in words. */
  readonly faults: readonly string[]
}

const faultsMax = 10

/**
 * Compares what was consumed with what was produced: every record byte for byte, every key in one
 * partition and in order, offsets without gaps.
 *
 * A producer that is not idempotent sends again what was not acknowledged before the broker went
 * away, also what is stored already. So a record may come again, but for the first time each record
 * of a key must come in the order in which it was sent. Records with an empty key go to any
 * partition; their order holds within each.
 */
export class Ledger {
  readonly #corpus: Corpus
  readonly #seen: Uint8Array
  /** Highest number seen per key (and partition, where the key is empty). */
  readonly #newest = new Map<string, number>()
  readonly #partitionOf = new Map<string, number>()
  readonly #nextOffset = new Map<number, number>()
  #delivered = 0
  #duplicates = 0
  readonly #disorder: string[] = []
  readonly #faults: string[] = []

  constructor(corpus: Corpus) {
    this.#corpus = corpus
    this.#seen = new Uint8Array(corpus.recordCount)
  }

  /** Takes the records in the order of consuming. */
  take(record: ConsumedRecord): void {
    const { partition, offset, key } = record
    const next = this.#nextOffset.get(partition) ?? 0
    if (offset !== next) this.#fault(`partition ${partition} has ${offset} where ${next} is due`)
    this.#nextOffset.set(partition, offset + 1)

    const number = recordNumber(record)
    if (number === undefined || number >= this.#corpus.recordCount) {
      this.#fault(`partition ${partition} offset ${offset} holds a foreign record`)
    } else if (!this.#isAsSent(number, record)) {
      this.#fault(`record ${number} is not what was sent`)
    } else if (this.#seen[number] === 1) {
      this.#duplicates++
    } else {
      this.#seen[number] = 1
      this.#delivered++
      this.#checkOrder(number, key, partition)
    }
  }

  findings(): Findings {
    return {
      delivered: this.#delivered,
      missing: this.#corpus.recordCount - this.#delivered,
      duplicates: this.#duplicates,
      disorder: this.#disorder,
      faults: this.#faults,
    }
  }

  #isAsSent(number: number, { key, value }: ConsumedRecord): boolean {
    const sent = this.#corpus.record(number)
    return sent.key.equals(key) && sent.value.equals(value)
  }

  #checkOrder(number: number, key: Buffer, partition: number): void {
    const name = key.length > 0 ? key.toString('latin1') : `empty key in ${partition}`
    const home = this.#partitionOf.get(name) ?? partition
    this.#partitionOf.set(name, home)
    if (home !== partition) this.#fault(`key ${name} is in partitions ${home} and ${partition}`)
    const newest = this.#newest.get(name) ?? -1
    if (number < newest && this.#disorder.length < faultsMax) {
      this.#disorder.push(`record ${number} of key ${name} came after ${newest}`)
    }
    this.#newest.set(name, Math.max(newest, number))
  }

  #fault(sentence: string): void {
    if (this.#faults.length < faultsMax) this.#faults.push(sentence)
  }
}
