/**
 * The 61 bytes before the records of a batch of magic 2, as a producer writes them and a consumer
 * reads them. The table of its fields is in `src/protocol/record-batch.ts`.
 */
import { assert } from '../base/assert.ts'

/** Bytes of a batch before its records. */
export const batchHeaderBytes = 61

/** Bytes of a batch that its own length leaves out. */
export const batchOverheadBytes = 12

/** Where in a batch begins what its checksum covers. */
export const checkedFrom = 21

/** Where the fields of the header are. */
export const batchField = {
  baseOffset: 0,
  length: 8,
  leaderEpoch: 12,
  magic: 16,
  crc: 17,
  attributes: 21,
  lastOffsetDelta: 23,
  baseTimestamp: 27,
  maxTimestamp: 35,
  producerId: 43,
  producerEpoch: 51,
  baseSequence: 53,
  recordsCount: 57,
} as const

/** CRC-32C of `bytes` as an unsigned number; which one, whoever makes a client decides. */
export type Checksum = (bytes: Uint8Array) => number

/** Who produced a batch, for idempotence; {@link noProducer} where nobody counts. */
export interface ProducerStamp {
  readonly producerId: number
  readonly producerEpoch: number
  /** Sequence of the batch's first record, 0 to 2^31 - 1. */
  readonly baseSequence: number
}

/** The stamp of a producer without idempotence. */
export const noProducer: ProducerStamp = { producerId: -1, producerEpoch: -1, baseSequence: -1 }

/** What a header says that is not derived from the batch's bytes. */
export interface BatchFields extends ProducerStamp {
  readonly attributes: number
  readonly recordsCount: number
  readonly baseTimestamp: number
  readonly maxTimestamp: number
}

/**
 * Writes the header of the batch that fills `batch`, checksum included. Written again, as for a
 * retry under another epoch, it replaces the old one.
 */
export function writeBatchHeader(batch: Buffer, fields: BatchFields, checksum: Checksum): void {
  assert(batch.length >= batchHeaderBytes, 'a batch has room for its header')
  assert(fields.recordsCount > 0, 'a producer sends no empty batch')
  writeInt64(batch, batchField.baseOffset, 0)
  batch.writeInt32BE(batch.length - batchOverheadBytes, batchField.length)
  batch.writeInt32BE(-1, batchField.leaderEpoch)
  batch[batchField.magic] = 2
  batch.writeInt16BE(fields.attributes, batchField.attributes)
  batch.writeInt32BE(fields.recordsCount - 1, batchField.lastOffsetDelta)
  writeInt64(batch, batchField.baseTimestamp, fields.baseTimestamp)
  writeInt64(batch, batchField.maxTimestamp, fields.maxTimestamp)
  writeInt64(batch, batchField.producerId, fields.producerId)
  batch.writeInt16BE(fields.producerEpoch, batchField.producerEpoch)
  batch.writeInt32BE(fields.baseSequence, batchField.baseSequence)
  batch.writeInt32BE(fields.recordsCount, batchField.recordsCount)
  batch.writeUInt32BE(checksum(batch.subarray(checkedFrom)), batchField.crc)
}

/** Reads an int64 as the nearest number; above 2^53 it is not exact. */
export function readInt64(bytes: Buffer, at: number): number {
  return bytes.readInt32BE(at) * 0x1_0000_0000 + bytes.readUInt32BE(at + 4)
}

function writeInt64(bytes: Buffer, at: number, value: number): void {
  bytes.writeInt32BE(Math.floor(value / 0x1_0000_0000), at)
  bytes.writeUInt32BE(value >>> 0, at + 4)
}
