/** A producer snapshot. */
import {
  producerSnapshotVersion,
  Reader,
  readSnapshotEntry,
  readSnapshotHead,
  snapshotCrcMatches,
} from '../../protocol/index.ts'
import { faultRow, type Row } from './row.ts'

/** Rows of a producer snapshot. */
export function* producerSnapshotRows(bytes: Buffer): Generator<Row> {
  const reader = new Reader(bytes)
  const head = readSnapshotHead(reader)
  if (reader.error !== null) {
    yield faultRow(0, reader.error)
    return
  }
  if (head.version !== producerSnapshotVersion) {
    yield faultRow(0, `version ${head.version} where ${producerSnapshotVersion} is known`)
    return
  }
  if (!snapshotCrcMatches(bytes, head)) yield faultRow(2, 'the checksum differs')
  for (let left = head.count; left > 0; left--) {
    const row = { kind: 'producer', ...readSnapshotEntry(reader) }
    if (reader.error !== null) break
    yield row
  }
  if (reader.error !== null) yield faultRow(reader.position, reader.error)
  else if (reader.remaining > 0) {
    yield faultRow(reader.position, `${reader.remaining} bytes behind the last entry`)
  }
}
