/**
 * Walks the records of a fetched batch. Nothing is made per record until it is asked for: `next()`
 * moves a cursor over the bytes, `key`, `value` and `headers` slice when they are read, and
 * `record()` keeps the place in an object that does the same later. The reader checks every length
 * against what surrounds it, so that a broken batch is an error and never a read elsewhere.
 */
import { assert } from '../base/assert.ts'
import {
  batchField,
  batchHeaderBytes,
  batchOverheadBytes,
  type Checksum,
  checkedFrom,
  readInt64,
} from './batch-header.ts'
import type { RecordHeader } from './headers.ts'

const codecMask = 0x07
const appendTimeBit = 0x08
const transactionalBit = 0x10
const controlBit = 0x20

/** A record takes seven bytes at least. */
const recordBytesMin = 7

const noRecordHeaders: readonly RecordHeader[] = []

/**
 * Bytes of the batch that begins at `at`: 0 where its end is not there, as with the last batch of a
 * fetch, and -1 where what stands there is no batch.
 */
export function batchBytesAt(bytes: Buffer, at: number): number {
  if (bytes.length - at < batchOverheadBytes) return 0
  const whole = bytes.readInt32BE(at + batchField.length) + batchOverheadBytes
  if (whole < batchHeaderBytes) return -1
  return whole > bytes.length - at ? 0 : whole
}

/**
 * One batch at a time: {@link BatchReader.open}, then {@link BatchReader.openRecords} where `codec`
 * is not 0, then {@link BatchReader.next} until it is false; `error` then tells whether that was
 * the end. A reader may be used for one batch after the other.
 */
export class BatchReader {
  /** What is wrong with the batch, or null; once set, `next()` is false. */
  error: string | null = null
  baseOffset = 0
  /** Offset of the batch's last record, whether it is still there or not. */
  lastOffset = 0
  leaderEpoch = -1
  attributes = 0
  producerId = -1
  producerEpoch = -1
  /** Records that the header counts. */
  recordsCount = 0
  baseTimestamp = -1
  maxTimestamp = -1
  /** Bytes of the whole batch as it was fetched. */
  batchBytes = 0

  /** Offset and timestamp (ms) of the current record. */
  offset = -1
  timestamp = -1
  /** Where the current record's key and value lie in `bytes`; a length of -1 is null. */
  keyAt = 0
  keyBytes = -1
  valueAt = 0
  valueBytes = -1
  /** Where the current record's headers begin in `bytes`: their number as a varint. */
  headersAt = 0
  /** What the places count in: the fetched bytes, or the records as they were decompressed. */
  bytes: Buffer = Buffer.alloc(0)

  #at = 0
  #end = 0
  #left = 0
  #storedAt = 0
  #storedEnd = 0

  /** 0 none, 1 gzip, 2 snappy, 3 lz4, 4 zstd. */
  get codec(): number {
    return this.attributes & codecMask
  }

  /** Whether `timestamp` is the time of the append. */
  get isAppendTime(): boolean {
    return (this.attributes & appendTimeBit) !== 0
  }

  /** Whether the batch belongs to a transaction. */
  get isTransactional(): boolean {
    return (this.attributes & transactionalBit) !== 0
  }

  /** Whether the records are markers of transactions, which no consumer hands out. */
  get isControl(): boolean {
    return (this.attributes & controlBit) !== 0
  }

  /**
   * Reads the header of the whole batch that begins at `at` (see {@link batchBytesAt}). False: it
   * is broken, and `error` says how. With `checksum` the batch is checked against its own.
   */
  open(bytes: Buffer, at = 0, checksum?: Checksum): boolean {
    this.error = null
    this.#left = 0
    const whole = batchBytesAt(bytes, at)
    if (whole <= 0) return this.#fail('the batch is cut off, or none')
    if (bytes[at + batchField.magic] !== 2) return this.#fail('the batch is not of magic 2')
    this.batchBytes = whole
    this.baseOffset = readInt64(bytes, at + batchField.baseOffset)
    this.lastOffset = this.baseOffset + bytes.readInt32BE(at + batchField.lastOffsetDelta)
    this.leaderEpoch = bytes.readInt32BE(at + batchField.leaderEpoch)
    this.attributes = bytes.readInt16BE(at + batchField.attributes)
    this.baseTimestamp = readInt64(bytes, at + batchField.baseTimestamp)
    this.maxTimestamp = readInt64(bytes, at + batchField.maxTimestamp)
    this.producerId = readInt64(bytes, at + batchField.producerId)
    this.producerEpoch = bytes.readInt16BE(at + batchField.producerEpoch)
    this.recordsCount = bytes.readInt32BE(at + batchField.recordsCount)
    if (!Number.isSafeInteger(this.baseOffset) || !Number.isSafeInteger(this.lastOffset)) {
      return this.#fail('its offsets are above 2^53')
    }
    if (this.recordsCount < 0) return this.#fail(`it counts ${this.recordsCount} records`)
    if (checksum !== undefined) {
      const computed = checksum(bytes.subarray(at + checkedFrom, at + whole))
      if (computed !== bytes.readUInt32BE(at + batchField.crc))
        return this.#fail('checksum differs')
    }
    this.#storedAt = at + batchHeaderBytes
    this.#storedEnd = at + whole
    this.bytes = bytes
    if (this.codec === 0) this.#begin(bytes, this.#storedAt, this.#storedEnd)
    return this.error === null
  }

  /** The records as they lie in the batch: compressed where `codec` is not 0. */
  storedRecords(): Buffer {
    return this.bytes.subarray(this.#storedAt, this.#storedEnd)
  }

  /** Gives the records of a compressed batch; `next()` walks them from then on. */
  openRecords(records: Buffer): void {
    assert(this.codec !== 0, 'a batch without codec is open already')
    this.#begin(records, 0, records.length)
  }

  /** Moves to the next record; false at the end or where the batch is broken. */
  next(): boolean {
    if (this.#left === 0) return this.#atEnd()
    this.#left--
    const length = this.#varint()
    const begin = this.#at
    const end = begin + length
    if (length < recordBytesMin - 1 || end > this.#end) return this.#fail('a record is cut off')
    this.#at++
    const timestampDelta = this.#varlong()
    this.timestamp = this.isAppendTime ? this.maxTimestamp : this.baseTimestamp + timestampDelta
    this.offset = this.baseOffset + this.#varint()
    this.keyBytes = this.#varint()
    this.keyAt = this.#at
    if (this.keyBytes > 0) this.#at += this.keyBytes
    if (this.#at > end) return this.#fail('a key is longer than its record')
    this.valueBytes = this.#varint()
    this.valueAt = this.#at
    if (this.valueBytes > 0) this.#at += this.valueBytes
    // One byte at least is left for the number of headers.
    if (this.#at >= end) return this.#fail('a value is longer than its record')
    if (this.keyBytes < -1 || this.valueBytes < -1) return this.#fail('a length is negative')
    this.headersAt = this.#at
    this.#at = end
    return true
  }

  /** The current record's key: a view of `bytes`. */
  get key(): Buffer | null {
    return slice(this.bytes, this.keyAt, this.keyBytes)
  }

  /** The current record's value: a view of `bytes`. */
  get value(): Buffer | null {
    return slice(this.bytes, this.valueAt, this.valueBytes)
  }

  /** The current record's headers. Throws an `Error` where they are broken. */
  get headers(): readonly RecordHeader[] {
    return readHeaders(this.bytes, this.headersAt)
  }

  /** The current record as an object that outlives the move to the next one. */
  record(): FetchedRecord {
    assert(this.offset >= 0, 'next() came before')
    return new FetchedRecord(this)
  }

  #begin(bytes: Buffer, from: number, to: number): void {
    this.bytes = bytes
    this.#at = from
    this.#end = to
    this.#left = this.recordsCount
    this.offset = -1
    if (this.recordsCount * recordBytesMin > to - from) this.#fail('more records than bytes')
  }

  #atEnd(): boolean {
    return this.error === null && this.#at < this.#end
      ? this.#fail('there are bytes behind the last record')
      : false
  }

  #fail(what: string): boolean {
    this.error = what
    this.#left = 0
    this.#at = this.#end
    return false
  }

  /** A varint of five bytes at most; beyond the end it reads zeros, which a length check meets. */
  #varint(): number {
    const bytes = this.bytes
    let byte = bytes[this.#at++] ?? 0
    if (byte < 0x80) return (byte >>> 1) ^ -(byte & 1)
    let value = byte & 0x7f
    for (let shift = 7; shift < 35; shift += 7) {
      byte = bytes[this.#at++] ?? 0
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) return (value >>> 1) ^ -(value & 1)
    }
    // Longer than any int32: an impossible length, so that what reads it fails.
    return impossible
  }

  /** A varlong as the nearest number: only timestamps that nobody means are not exact. */
  #varlong(): number {
    const bytes = this.bytes
    let byte = bytes[this.#at++] ?? 0
    if (byte < 0x80) return (byte >>> 1) ^ -(byte & 1)
    const isNegative = (byte & 1) === 1
    let value = (byte & 0x7f) >>> 1
    let scale = 64
    for (let i = 1; i < 10; i++) {
      byte = bytes[this.#at++] ?? 0
      value += (byte & 0x7f) * scale
      scale *= 128
      if (byte < 0x80) return isNegative ? -value - 1 : value
    }
    return impossible
  }
}

const impossible = -0x8000_0000

/** A fetched record that slices its key, value and headers when they are read. */
export class FetchedRecord {
  readonly offset: number
  /** Milliseconds since 1970. */
  readonly timestamp: number
  readonly #bytes: Buffer
  readonly #keyAt: number
  readonly #keyBytes: number
  readonly #valueAt: number
  readonly #valueBytes: number
  readonly #headersAt: number

  /** Takes the place that the reader is at. */
  constructor(reader: BatchReader) {
    this.offset = reader.offset
    this.timestamp = reader.timestamp
    this.#bytes = reader.bytes
    this.#keyAt = reader.keyAt
    this.#keyBytes = reader.keyBytes
    this.#valueAt = reader.valueAt
    this.#valueBytes = reader.valueBytes
    this.#headersAt = reader.headersAt
  }

  /** A view of what was fetched. */
  get key(): Buffer | null {
    return slice(this.#bytes, this.#keyAt, this.#keyBytes)
  }

  /** A view of what was fetched. */
  get value(): Buffer | null {
    return slice(this.#bytes, this.#valueAt, this.#valueBytes)
  }

  /** In their order, duplicates included. Throws an `Error` where they are broken. */
  get headers(): readonly RecordHeader[] {
    return readHeaders(this.#bytes, this.#headersAt)
  }
}

function slice(bytes: Buffer, at: number, length: number): Buffer | null {
  return length < 0 ? null : bytes.subarray(at, at + length)
}

/**
 * Reads the headers that begin at `at` (`headersAt` of a {@link BatchReader}): a number and then
 * keys and values.
 *
 * @throws {Error} where they are broken.
 */
export function readHeaders(bytes: Buffer, at: number): readonly RecordHeader[] {
  if (bytes[at] === 0) return noRecordHeaders
  const cursor = { at }
  const count = headerVarint(bytes, cursor)
  // A header takes two bytes at least.
  if (count < 0 || count * 2 > bytes.length - cursor.at) throw new Error(`${count} headers`)
  const headers: RecordHeader[] = []
  for (let i = 0; i < count; i++) {
    const key = headerPart(bytes, cursor)
    if (key === null) throw new Error('a header without key')
    headers.push({ key: key.toString('utf8'), value: headerPart(bytes, cursor) })
  }
  return headers
}

function headerPart(bytes: Buffer, cursor: { at: number }): Buffer | null {
  const length = headerVarint(bytes, cursor)
  if (length === -1) return null
  const from = cursor.at
  if (length < -1 || length > bytes.length - from) throw new Error('a header is cut off')
  cursor.at = from + length
  return bytes.subarray(from, cursor.at)
}

function headerVarint(bytes: Buffer, cursor: { at: number }): number {
  let value = 0
  for (let shift = 0; shift < 35; shift += 7) {
    const byte = bytes[cursor.at++]
    if (byte === undefined) break
    value |= (byte & 0x7f) << shift
    if (byte < 0x80) return (value >>> 1) ^ -(value & 1)
  }
  throw new Error('a number is cut off')
}
