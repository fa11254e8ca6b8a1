/**
 * A producer snapshot: what was known of each producer at the offset in the file's name.
 *
 *     int16   version, 1
 *     uint32  CRC-32C of everything behind it
 *     int32   number of entries, each:
 *       int64 producer id     int16 producer epoch       int32 last sequence
 *       int64 last offset     int32 offset delta         int64 timestamp
 *       int32 coordinator epoch                          int64 first offset of the open transaction
 */
import { crc32c } from './crc32c.ts'
import type { Reader } from './reader.ts'

/** The version that is known. */
export const producerSnapshotVersion = 1

const checkedFrom = 6

/** What stands before the entries. */
export interface ProducerSnapshotHead {
  readonly version: number
  readonly crc: number
  readonly count: number
}

/** One producer. */
export interface ProducerSnapshotEntry {
  readonly producerId: number
  readonly producerEpoch: number
  readonly lastSequence: number
  readonly lastOffset: number
  readonly offsetDelta: number
  readonly timestamp: number
  readonly coordinatorEpoch: number
  /** -1: none is open. */
  readonly currentTransactionFirstOffset: number
}

/** Reads what stands before the entries; whether it could tells the reader. */
export function readSnapshotHead(reader: Reader): ProducerSnapshotHead {
  return { version: reader.int16(), crc: reader.uint32(), count: reader.int32() }
}

/** Reads the next entry; whether it could tells the reader. */
export function readSnapshotEntry(reader: Reader): ProducerSnapshotEntry {
  return {
    producerId: reader.int64(),
    producerEpoch: reader.int16(),
    lastSequence: reader.int32(),
    lastOffset: reader.int64(),
    offsetDelta: reader.int32(),
    timestamp: reader.int64Nearest(),
    coordinatorEpoch: reader.int32(),
    currentTransactionFirstOffset: reader.int64(),
  }
}

/** Whether the checksum in the head is that of the snapshot. */
export function snapshotCrcMatches(snapshot: Uint8Array, { crc }: ProducerSnapshotHead): boolean {
  return crc32c(snapshot.subarray(checkedFrom)) === crc
}
