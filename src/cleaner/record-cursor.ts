/**
 * Walks the records of an opened batch without making objects of them. Lengths are checked against
 * the bytes; headers are passed over, as whoever keeps a record keeps them as they are.
 */
import { assert } from '../base/assert.ts'
import type { ReadBatchHeader } from '../protocol/record-batch.ts'

/** What a header says of the records behind it. */
export type AnnouncedRecords = Pick<ReadBatchHeader, 'recordsCount' | 'lastOffsetDelta'>

/** Position in the records of one batch. Invariant: start < bodyAt < end <= length, on a record. */
export class RecordCursor {
  readonly #bytes: Uint8Array
  readonly #lastOffsetDelta: number
  #left: number
  #at = 0
  #fault: string | null = null
  /** Where the record begins, with its length. */
  start = 0
  /** Where the record's fields behind the timestamp begin: offset delta, key, value, headers. */
  bodyAt = 0
  /** Behind the record. */
  end = 0
  offsetDelta = 0
  /** -1: the key is null. */
  keyBytes = 0
  /** -1: the value is null, the record a tombstone. */
  valueBytes = 0
  #timestampAt = 0
  #keyAt = 0

  /** `bytes`: the opened records of the batch with this header. */
  constructor(bytes: Uint8Array, { recordsCount, lastOffsetDelta }: AnnouncedRecords) {
    assert(recordsCount >= 0, 'a batch has no negative number of records')
    this.#bytes = bytes
    this.#lastOffsetDelta = lastOffsetDelta
    this.#left = recordsCount
  }

  /** What is wrong with the bytes, or null. */
  get fault(): string | null {
    return this.#fault
  }

  /** Goes to the next record; false behind the last one, and at a fault. */
  next(): boolean {
    if (this.#left === 0) {
      if (this.#at !== this.#bytes.length) this.#fail('bytes behind the last record')
      return false
    }
    this.#left--
    return this.#read()
  }

  /** Goes to the record that begins at `start`, which `next` has gone through without a fault. */
  seek(start: number): void {
    assert(this.#fault === null, 'what is broken is not read again')
    this.#at = start
    assert(this.#read(), 'what was read once can be read again')
  }

  /** The key as a view, which must not be null. */
  key(): Uint8Array {
    assert(this.keyBytes >= 0, 'the record has a key')
    return this.#bytes.subarray(this.#keyAt, this.#keyAt + this.keyBytes)
  }

  /** Milliseconds from the batch's base timestamp on. */
  timestampDelta(): bigint {
    const first = this.#bytes[this.#timestampAt] ?? 0
    if (first < 0x80) return BigInt((first >>> 1) ^ -(first & 1))
    let raw = 0n
    for (let i = 0, at = this.#timestampAt; i < 10; i++, at++) {
      const byte = this.#bytes[at] ?? 0
      raw |= BigInt(byte & 0x7f) << BigInt(7 * i)
      if (byte < 0x80) break
    }
    return BigInt.asIntN(64, (raw >> 1n) ^ -(raw & 1n))
  }

  #read(): boolean {
    this.start = this.#at
    const length = this.#varint()
    this.end = this.#at + length
    if (length < 0 || this.end > this.#bytes.length) this.#fail(`record of ${length} bytes`)
    this.#at++ // its attributes, of which Kafka has none
    this.#timestampAt = this.#at
    this.#passVarlong()
    this.bodyAt = this.#at
    this.offsetDelta = this.#varint()
    // An offset of another batch would make records of its key go that are the last ones.
    if (this.offsetDelta < 0 || this.offsetDelta > this.#lastOffsetDelta) {
      this.#fail(`offset delta ${this.offsetDelta}`)
    }
    this.keyBytes = this.#varint()
    this.#keyAt = this.#at
    this.#pass(this.keyBytes)
    this.valueBytes = this.#varint()
    this.#pass(this.valueBytes)
    // The number of headers takes a byte at least.
    if (this.#at >= this.end) this.#fail('fields beyond the end of the record')
    this.#at = this.end
    return this.#fault === null
  }

  #pass(length: number): void {
    if (length < -1) this.#fail(`length ${length}`)
    else if (length > 0) this.#at += length
  }

  /** A zig-zag varint of 32 bits. */
  #varint(): number {
    let value = 0
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.#bytes[this.#at++] ?? 0
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) return (value >>> 1) ^ -(value & 1)
    }
    this.#fail('varint beyond 32 bits')
    return 0
  }

  #passVarlong(): void {
    for (let i = 0; i < 10; i++) if ((this.#bytes[this.#at++] ?? 0) < 0x80) return
    this.#fail('varint beyond 64 bits')
  }

  #fail(fault: string): void {
    this.#fault ??= `${fault} at byte ${this.start} of the records`
  }
}
