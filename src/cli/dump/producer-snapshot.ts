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
import { crc32c, Reader } from '../../protocol/index.ts'
import { faultRow, type Row } from './row.ts'

const checksumEnd = 6

/** Rows of a producer snapshot. */
export function* producerSnapshotRows(bytes: Buffer): Generator<Row> {
  const reader = new Reader(bytes)
  const version = reader.int16()
  const crc = reader.uint32()
  const count = reader.int32()
  if (reader.error !== null) {
    yield faultRow(0, reader.error)
    return
  }
  if (version !== 1) {
    yield faultRow(0, `version ${version} where 1 is known`)
    return
  }
  if (crc32c(bytes.subarray(checksumEnd)) !== crc) yield faultRow(2, 'the checksum differs')
  for (let left = count; left > 0; left--) {
    const row = entryRow(reader)
    if (reader.error !== null) break
    yield row
  }
  if (reader.error !== null) yield faultRow(reader.position, reader.error)
  else if (reader.remaining > 0) {
    yield faultRow(reader.position, `${reader.remaining} bytes behind the last entry`)
  }
}

function entryRow(reader: Reader): Row {
  return {
    kind: 'producer',
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
