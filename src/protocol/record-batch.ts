/**
 * Record batch, magic 2: the unit of Produce and Fetch, of a segment file and of the metadata log.
 * The reference codec: exact and complete rather than fast. The native core has its own, tested
 * against this one.
 *
 *      0  int64   baseOffset            the producer sends 0, the broker assigns
 *      8  int32   batchLength           bytes behind this field
 *     12  int32   partitionLeaderEpoch  the broker assigns
 *     16  int8    magic                 2
 *     17  uint32  crc                   CRC-32C of everything behind it
 *     21  int16   attributes            see `batchAttributes`
 *     23  int32   lastOffsetDelta       survives compaction
 *     27  int64   baseTimestamp         of the first record; the delete horizon when its bit is set
 *     35  int64   maxTimestamp          the append time when its bit is set
 *     43  int64   producerId            -1 none
 *     51  int16   producerEpoch         -1 none
 *     53  int32   baseSequence          -1 none
 *     57  int32   recordsCount
 *     61  ...     records, as one compressed stream when a codec is set
 *
 * The checksum leaves out what the broker assigns, so that it need not be computed again.
 *
 * A record, all numbers zig-zag varints: length, attributes (int8, 0), timestamp delta, offset
 * delta, key length (-1 null), key, value length (-1 null), value, number of headers; a header is
 * key length, key, value length (-1 null), value.
 */
import { assert } from '../base/assert.ts'
import { type Decoded, noBytes } from './codec.ts'
import { crc32c } from './crc32c.ts'
import { Reader } from './reader.ts'
import { Writer } from './writer.ts'

/** Bits of a batch's attributes. */
export const batchAttributes = {
  /** 0 none, 1 gzip, 2 snappy, 3 lz4, 4 zstd. */
  codecMask: 0x07,
  /** The timestamp is the append time, not the producer's. */
  appendTime: 0x08,
  transactional: 0x10,
  control: 0x20,
  /** baseTimestamp is when tombstones and markers may go. */
  deleteHorizon: 0x40,
} as const

/** Bytes of a batch before its records. */
export const batchHeaderBytes = 61

/** Bytes of a batch before the part that batchLength counts. */
export const batchOverheadBytes = 12

/** Where in a batch begins what its checksum covers. */
const checkedFrom = 21

/** What stands before the records, except lengths and checksum. */
export interface BatchHeader {
  readonly baseOffset: number
  readonly partitionLeaderEpoch: number
  readonly attributes: number
  readonly lastOffsetDelta: number
  readonly baseTimestamp: number
  readonly maxTimestamp: number
  readonly producerId: number
  readonly producerEpoch: number
  readonly baseSequence: number
}

/** A header as it was read, with what is derived when it is written. */
export interface ReadBatchHeader extends BatchHeader {
  /** Size of the whole batch in bytes. */
  readonly bytes: number
  readonly crc: number
  readonly recordsCount: number
}

/** One header of a record. */
export interface RecordHeader {
  readonly key: string
  readonly value: Uint8Array | null
}

/** A record as the batch holds it; {@link offsetOf} and {@link timestampOf} make sense of it. */
export interface BatchRecord {
  readonly offsetDelta: number
  readonly timestampDelta: number
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
  readonly headers: readonly RecordHeader[]
}

/** A batch to be written. */
export interface RecordBatch extends BatchHeader {
  readonly records: readonly BatchRecord[]
}

/** A batch as it was read. */
export interface ReadBatch extends ReadBatchHeader {
  readonly records: readonly BatchRecord[]
}

/**
 * Compresses and opens the records of a batch; `codec` is 1 to 4. Both may throw; `decompress` has
 * to bound its output itself.
 */
export interface BatchCompression {
  compress(codec: number, bytes: Uint8Array): Uint8Array
  decompress(codec: number, bytes: Uint8Array): Uint8Array
}

/** Least size of a record: seven fields of one byte. */
const recordBytesMin = 7

/** Offset of a record in its partition. */
export function offsetOf(batch: BatchHeader, record: BatchRecord): number {
  return batch.baseOffset + record.offsetDelta
}

/** Timestamp of a record in ms: the batch's append time, or the producer's own. */
export function timestampOf(batch: BatchHeader, record: BatchRecord): number {
  if ((batch.attributes & batchAttributes.appendTime) !== 0) return batch.maxTimestamp
  return batch.baseTimestamp + record.timestampDelta
}

/** Offset of a batch's last record, whether it is still there or not. */
export function lastOffsetOf(batch: BatchHeader): number {
  return batch.baseOffset + batch.lastOffsetDelta
}

/** Whether the checksum in the header is that of the batch, all of whose bytes are given. */
export function crcMatches(batch: Uint8Array, header: ReadBatchHeader): boolean {
  return crc32c(batch.subarray(checkedFrom)) === header.crc
}

/** Codec id of a batch. */
export function codecOf(batch: BatchHeader): number {
  return batch.attributes & batchAttributes.codecMask
}

/**
 * Reads the header of the batch that begins at `at`. Checks that the batch is whole and of magic 2,
 * not the checksum.
 */
export function decodeBatchHeader(bytes: Uint8Array, at = 0): Decoded<ReadBatchHeader> {
  const reader = new Reader(bytes.subarray(at))
  const header = readHeader(reader)
  if (reader.error !== null) return { value: null, error: `record batch: ${reader.error}` }
  return { value: header, error: null }
}

/**
 * Reads the batch that begins at `at`: structure and checksum are verified, compressed records are
 * opened by `compression`. Keys and values are views of `bytes`, or of what was opened.
 */
export function decodeBatch(
  bytes: Uint8Array,
  at = 0,
  compression?: BatchCompression,
): Decoded<ReadBatch> {
  const head = decodeBatchHeader(bytes, at)
  if (head.value === null) return head
  const header = head.value
  const whole = bytes.subarray(at, at + header.bytes)
  if (!crcMatches(whole, header)) return broken('checksum differs')
  const stored = whole.subarray(batchHeaderBytes)
  const opened = openRecords(header, stored, compression)
  if (typeof opened === 'string') return broken(opened)
  const reader = new Reader(opened)
  if (header.recordsCount * recordBytesMin > opened.length) return broken('more records than bytes')
  const records: BatchRecord[] = []
  for (let i = 0; i < header.recordsCount && reader.error === null; i++) {
    records.push(readRecord(reader))
  }
  if (reader.error === null && reader.remaining > 0) reader.fail('bytes behind the last record')
  if (reader.error !== null) return broken(`records: ${reader.error}`)
  return { value: { ...header, records }, error: null }
}

/**
 * Reads all whole batches of a fetched or stored range. A batch that is cut off at the end is left
 * out, as a Fetch may end so; the number of bytes read tells.
 */
export function decodeBatches(
  bytes: Uint8Array,
  compression?: BatchCompression,
): Decoded<{ readonly batches: readonly ReadBatch[]; readonly bytesRead: number }> {
  const batches: ReadBatch[] = []
  let at = 0
  while (bytes.length - at >= batchOverheadBytes) {
    const length = new DataView(bytes.buffer, bytes.byteOffset + at + 8, 4).getInt32(0)
    if (length > bytes.length - at - batchOverheadBytes) break
    const batch = decodeBatch(bytes, at, compression)
    if (batch.value === null) return { value: null, error: `at byte ${at}: ${batch.error}` }
    batches.push(batch.value)
    at += batch.value.bytes
  }
  return { value: { batches, bytesRead: at }, error: null }
}

/**
 * Writes a batch. A codec in its attributes needs `compression`. Throws an `Error` when a value
 * does not fit its field.
 */
export function encodeBatch(batch: RecordBatch, compression?: BatchCompression): Uint8Array {
  const writer = new Writer(batchHeaderBytes + batch.records.length * 64)
  writer.int64(batch.baseOffset)
  const lengthAt = writer.reserveInt32()
  writer.int32(batch.partitionLeaderEpoch)
  writer.int8(2)
  const crcAt = writer.reserveInt32()
  writer.int16(batch.attributes)
  writer.int32(batch.lastOffsetDelta)
  writer.int64(batch.baseTimestamp)
  writer.int64(batch.maxTimestamp)
  writer.int64(batch.producerId)
  writer.int16(batch.producerEpoch)
  writer.int32(batch.baseSequence)
  writer.int32(batch.records.length)
  const codec = codecOf(batch)
  if (codec === 0) for (const record of batch.records) writeRecord(writer, record)
  else writer.raw(compressRecords(codec, batch.records, compression))
  if (writer.error !== null) throw new Error(`record batch: ${writer.error}`)
  writer.patchInt32(lengthAt, writer.position - batchOverheadBytes)
  const bytes = writer.finish()
  const crc = crc32c(bytes.subarray(checkedFrom))
  new DataView(bytes.buffer, bytes.byteOffset).setUint32(crcAt, crc)
  return bytes
}

/** A record for {@link newBatch}. */
export interface NewRecord {
  readonly timestamp: number
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
  readonly headers?: readonly RecordHeader[]
}

/**
 * A batch of at least one record, with consecutive offsets from 0 on, of no producer, and without
 * codec. `header` overrides what is not to be so.
 */
export function newBatch(
  records: readonly NewRecord[],
  header: Partial<BatchHeader> = {},
): RecordBatch {
  const first = records[0]
  assert(first !== undefined, 'a new batch has a record')
  const baseTimestamp = header.baseTimestamp ?? first.timestamp
  let maxTimestamp = first.timestamp
  for (const record of records) maxTimestamp = Math.max(maxTimestamp, record.timestamp)
  return {
    baseOffset: 0,
    partitionLeaderEpoch: -1,
    attributes: 0,
    lastOffsetDelta: records.length - 1,
    maxTimestamp,
    producerId: -1,
    producerEpoch: -1,
    baseSequence: -1,
    ...header,
    baseTimestamp,
    records: records.map((record, offsetDelta) => ({
      offsetDelta,
      timestampDelta: record.timestamp - baseTimestamp,
      key: record.key,
      value: record.value,
      headers: record.headers ?? [],
    })),
  }
}

function readHeader(reader: Reader): ReadBatchHeader {
  const baseOffset = reader.int64()
  const batchLength = reader.int32()
  if (batchLength < batchHeaderBytes - batchOverheadBytes) reader.fail(`length ${batchLength}`)
  if (batchLength > reader.remaining) reader.fail(`length ${batchLength} beyond the end`)
  const partitionLeaderEpoch = reader.int32()
  const magic = reader.int8()
  if (magic !== 2) reader.fail(`magic ${magic}`)
  const crc = reader.uint32()
  const attributes = reader.int16()
  const lastOffsetDelta = reader.int32()
  const baseTimestamp = reader.int64Nearest()
  const maxTimestamp = reader.int64Nearest()
  const producerId = reader.int64()
  const producerEpoch = reader.int16()
  const baseSequence = reader.int32()
  const recordsCount = reader.int32()
  if (recordsCount < 0) reader.fail(`${recordsCount} records`)
  return {
    baseOffset,
    partitionLeaderEpoch,
    attributes,
    lastOffsetDelta,
    baseTimestamp,
    maxTimestamp,
    producerId,
    producerEpoch,
    baseSequence,
    bytes: batchLength + batchOverheadBytes,
    crc,
    recordsCount,
  }
}

/** The records without compression, or why they cannot be had. */
function openRecords(
  header: ReadBatchHeader,
  stored: Uint8Array,
  compression: BatchCompression | undefined,
): Uint8Array | string {
  const codec = codecOf(header)
  // Compaction leaves batches without records, and with nothing to open.
  if (codec === 0 || (header.recordsCount === 0 && stored.length === 0)) return stored
  if (compression === undefined) return `compressed by codec ${codec}, and none is given`
  try {
    return compression.decompress(codec, stored)
  } catch (cause) {
    return `codec ${codec}: ${cause instanceof Error ? cause.message : String(cause)}`
  }
}

function readRecord(reader: Reader): BatchRecord {
  const outer = reader.enter(reader.varint())
  reader.int8()
  const timestampDelta = reader.varlong()
  const offsetDelta = reader.varint()
  const key = readNullable(reader)
  const value = readNullable(reader)
  const headers = readHeaders(reader)
  reader.leave(outer)
  return { offsetDelta, timestampDelta, key, value, headers }
}

const noHeaders: readonly RecordHeader[] = []

function readHeaders(reader: Reader): readonly RecordHeader[] {
  const count = reader.varint()
  if (count === 0) return noHeaders
  // A header takes two bytes at least.
  if (count < 0 || count * 2 > reader.remaining) reader.fail(`${count} headers`)
  const headers: RecordHeader[] = []
  for (let i = 0; i < count && reader.error === null; i++) {
    const key = readNullable(reader)
    if (key === null) reader.fail('header without key')
    headers.push({ key: Buffer.from(key ?? noBytes).toString('utf8'), value: readNullable(reader) })
  }
  return headers
}

function readNullable(reader: Reader): Uint8Array | null {
  const length = reader.varint()
  if (length >= 0) return reader.raw(length)
  if (length !== -1) reader.fail(`length ${length}`)
  return null
}

function compressRecords(
  codec: number,
  records: readonly BatchRecord[],
  compression: BatchCompression | undefined,
): Uint8Array {
  if (compression === undefined) throw new Error(`record batch: no compression for codec ${codec}`)
  const writer = new Writer(records.length * 64)
  for (const record of records) writeRecord(writer, record)
  if (writer.error !== null) throw new Error(`record batch: ${writer.error}`)
  return compression.compress(codec, writer.finish())
}

function writeRecord(writer: Writer, record: BatchRecord): void {
  const body = new Writer()
  body.int8(0)
  body.varlong(record.timestampDelta)
  body.varint(record.offsetDelta)
  writeNullable(body, record.key)
  writeNullable(body, record.value)
  body.varint(record.headers.length)
  for (const header of record.headers) {
    writeNullable(body, Buffer.from(header.key, 'utf8'))
    writeNullable(body, header.value)
  }
  if (body.error !== null) writer.fail(body.error)
  const bytes = body.finish()
  writer.varint(bytes.length)
  writer.raw(bytes)
}

function writeNullable(writer: Writer, bytes: Uint8Array | null): void {
  writer.varint(bytes === null ? -1 : bytes.length)
  if (bytes !== null) writer.raw(bytes)
}

function broken(error: string): { readonly value: null; readonly error: string } {
  return { value: null, error: `record batch: ${error}` }
}
