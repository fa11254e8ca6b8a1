/**
 * Records of messages that come again or later. Some that were read and wait are kept in memory;
 * what is not is read again, and with it the messages behind it that are wanted as well.
 */
import { assert } from '../base/assert.ts'
import { headersIn } from './message-headers.ts'
import { type MessageRecord, OwnRecord, payloadBytes } from './own-record.ts'

/** What {@link ParkedRecords} work with. */
export interface ParkedRecordsOptions {
  /** The records that are there from the first offset up to the second, in their order. */
  readonly read: (from: number, to: number) => AsyncIterable<MessageRecord>
  /** Whether a message is about to be asked for. */
  readonly isWanted: (offset: number) => boolean
  /** What is kept takes about so many bytes at most. */
  readonly bytesMax: number
}

/** About what a record takes beside its payloads. */
const recordOverheadBytes = 256

/** So many offsets are looked at behind one at least, and at most. */
const spanMin = 16
const spanMax = 4096

/** See the head of this file. */
export class ParkedRecords {
  readonly #options: ParkedRecordsOptions
  readonly #kept = new Map<number, OwnRecord>()
  #bytes = 0
  /** How far behind a message is read: further, where what is read is wanted. */
  #span = spanMin
  #last: Promise<unknown> = Promise.resolve()

  constructor(options: ParkedRecordsOptions) {
    assert(options.bytesMax >= 0, 'a bound is no less than nothing')
    this.#options = options
  }

  /** About what they take, in bytes. */
  get bytes(): number {
    return this.#bytes
  }

  /** Keeps a record if there is room for it. False: it is to be read again. */
  keep(record: MessageRecord): boolean {
    if (this.#kept.has(record.offset)) return true
    // Broken ones are few.
    if (headersIn(record) === undefined) return false
    const bytes = bytesOf(record)
    if (this.#bytes + bytes > this.#options.bytesMax) return false
    this.#kept.set(record.offset, OwnRecord.of(record))
    this.#bytes += bytes
    assert(this.#bytes <= this.#options.bytesMax, 'the bound is held')
    return true
  }

  /** A record, which is kept no longer; undefined: it was deleted. Rejects as reading does. */
  take(offset: number): Promise<MessageRecord | undefined> {
    const kept = this.#takeKept(offset)
    if (kept !== undefined) return Promise.resolve(kept)
    // One after the other: what one reads is what the next asks for.
    const taken = this.#last.then(() => this.#takeKept(offset) ?? this.#read(offset))
    this.#last = taken.catch(() => undefined)
    return taken
  }

  /** Keeps none any more. */
  clear(): void {
    this.#kept.clear()
    this.#bytes = 0
  }

  #takeKept(offset: number): MessageRecord | undefined {
    const record = this.#kept.get(offset)
    if (record === undefined) return undefined
    this.#kept.delete(offset)
    this.#bytes -= bytesOf(record)
    assert(this.#bytes >= 0, 'what was added is taken away')
    return record
  }

  async #read(offset: number): Promise<MessageRecord | undefined> {
    const { read, isWanted } = this.#options
    let found: MessageRecord | undefined
    let wanted = 0
    assert(this.#span >= spanMin && this.#span <= spanMax, 'a read has its bounds')
    try {
      for await (const record of read(offset, offset + this.#span)) {
        if (record.offset === offset) found = record
        else if (isWanted(record.offset) && this.keep(record)) wanted++
      }
    } catch (error) {
      // What cannot be read behind it is told to who asks for that.
      if (found === undefined) throw error
    }
    const isWorthIt = 2 * wanted >= this.#span
    this.#span = isWorthIt ? Math.min(spanMax, 4 * this.#span) : spanMin
    return found
  }
}

function bytesOf(record: MessageRecord): number {
  return recordOverheadBytes + payloadBytes(record)
}
