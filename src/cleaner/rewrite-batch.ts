/**
 * A batch with fewer records, or with a delete horizon, in the bytes that Kafka's cleaner writes:
 * everything in the header stays but size, count, checksum and timestamps. Above all base and last
 * offset and the sequence numbers stay, so that offsets never change and a producer's next batch
 * still fits. Timestamps are computed in 64 bits, as a producer may choose any.
 */
import { assert } from '../base/assert.ts'
import type { Codec } from '../compression/codec.ts'
import { crc32c } from '../protocol/crc32c.ts'
import { batchAttributes, batchHeaderBytes, batchOverheadBytes } from '../protocol/record-batch.ts'
import type { StoredBatch } from './batch-stream.ts'
import { RecordCursor } from './record-cursor.ts'

/** Where the fields that change stand. */
const at = {
  length: 8,
  crc: 17,
  attributes: 21,
  baseTimestamp: 27,
  maxTimestamp: 35,
  recordsCount: 57,
} as const

/** What is to become of a batch; at least one record stays. */
export interface BatchRewriting {
  readonly batch: StoredBatch
  /** Its records without compression. */
  readonly opened: Uint8Array
  /** Where the records that stay begin in `opened`, in order. */
  readonly kept: readonly number[]
  /** The codec of the batch; undefined: it has none. */
  readonly codec: Codec | undefined
  /** A horizon that the batch did not have, in ms; -1: none. */
  readonly newHorizonMs: number
}

/** The batch with the records that stay. */
export function rewriteBatch(rewriting: BatchRewriting): Uint8Array {
  const { batch, opened, kept, codec, newHorizonMs } = rewriting
  assert(kept.length > 0, 'a batch without records is a header')
  const stored = viewOf(batch.bytes)
  const attributes = stored.getInt16(at.attributes)
  const appendTime = (attributes & batchAttributes.appendTime) !== 0
  const keepsHorizon = (attributes & batchAttributes.deleteHorizon) !== 0
  assert(newHorizonMs < 0 || !keepsHorizon, 'a horizon is set once')
  const oldBase = stored.getBigInt64(at.baseTimestamp)
  const storedMax = stored.getBigInt64(at.maxTimestamp)
  const cursor = new RecordCursor(opened, batch.header)
  const timestamps = kept.map((start) => {
    cursor.seek(start)
    return appendTime ? storedMax : BigInt.asIntN(64, oldBase + cursor.timestampDelta())
  })
  const [first = 0n] = timestamps
  const ownBase = keepsHorizon ? oldBase : first
  const base = newHorizonMs < 0 ? ownBase : BigInt(newHorizonMs)
  const records = new RecordBytes(opened.length + kept.length * timestampGrowthMax)
  timestamps.forEach((timestamp, index) => {
    cursor.seek(kept[index] ?? 0)
    const body = opened.subarray(cursor.bodyAt, cursor.end)
    records.add(BigInt.asIntN(64, timestamp - base), body)
  })
  const plain = records.finish()
  return assemble(batch, codec === undefined ? plain : codec.compress(plain), {
    attributes: newHorizonMs < 0 ? attributes : attributes | batchAttributes.deleteHorizon,
    baseTimestamp: base,
    maxTimestamp: appendTime ? storedMax : greatest(timestamps),
    recordsCount: kept.length,
  })
}

/**
 * The header of a batch of which no record stays. It has no codec, no horizon and no base timestamp
 * any more.
 */
export function emptyBatch(batch: StoredBatch): Uint8Array {
  const stored = viewOf(batch.bytes)
  const gone = batchAttributes.codecMask | batchAttributes.deleteHorizon
  return assemble(batch, new Uint8Array(0), {
    attributes: stored.getInt16(at.attributes) & ~gone,
    baseTimestamp: -1n,
    maxTimestamp: stored.getBigInt64(at.maxTimestamp),
    recordsCount: 0,
  })
}

interface ChangedFields {
  readonly attributes: number
  readonly baseTimestamp: bigint
  readonly maxTimestamp: bigint
  readonly recordsCount: number
}

function assemble(batch: StoredBatch, records: Uint8Array, changed: ChangedFields): Uint8Array {
  const bytes = new Uint8Array(batchHeaderBytes + records.length)
  bytes.set(batch.bytes.subarray(0, batchHeaderBytes))
  bytes.set(records, batchHeaderBytes)
  const view = viewOf(bytes)
  view.setInt32(at.length, bytes.length - batchOverheadBytes)
  view.setInt16(at.attributes, changed.attributes)
  view.setBigInt64(at.baseTimestamp, changed.baseTimestamp)
  view.setBigInt64(at.maxTimestamp, changed.maxTimestamp)
  view.setInt32(at.recordsCount, changed.recordsCount)
  view.setUint32(at.crc, crc32c(bytes.subarray(at.attributes)))
  return bytes
}

/** A timestamp delta takes 1 to 10 bytes, and the record's length may take one more for it. */
const timestampGrowthMax = 10

/** Records with other timestamps, one after the other. */
class RecordBytes {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytesMax: number) {
    this.#bytes = new Uint8Array(bytesMax)
  }

  /** A record whose fields behind its timestamp are `body`. */
  add(timestampDelta: bigint, body: Uint8Array): void {
    const raw = BigInt.asUintN(64, (timestampDelta << 1n) ^ (timestampDelta >> 63n))
    // Attributes, timestamp, body.
    const length = 1 + varintBytes(raw) + body.length
    this.#varint(BigInt(length) << 1n)
    this.#bytes[this.#at++] = 0
    this.#varint(raw)
    assert(this.#at + body.length <= this.#bytes.length, 'timestamps grow by their bound at most')
    this.#bytes.set(body, this.#at)
    this.#at += body.length
  }

  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.#at)
  }

  #varint(raw: bigint): void {
    let high = raw
    for (; high > 0xffff_ffffn; high >>= 7n) {
      this.#bytes[this.#at++] = Number(high & 0x7fn) | 0x80
    }
    let low = Number(high)
    for (; low > 0x7f; low >>>= 7) this.#bytes[this.#at++] = (low & 0x7f) | 0x80
    this.#bytes[this.#at++] = low
  }
}

function varintBytes(raw: bigint): number {
  let count = 1
  for (let rest = raw >> 7n; rest > 0n; rest >>= 7n) count++
  return count
}

/** At least -1, "no timestamp". */
function greatest(timestamps: readonly bigint[]): bigint {
  let found = -1n
  for (const timestamp of timestamps) if (timestamp > found) found = timestamp
  return found
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
