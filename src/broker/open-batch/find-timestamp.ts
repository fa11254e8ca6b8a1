/** Finds the record that a lookup by timestamp means, inside a compressed batch. Pure. */
import {
  type BatchCompression,
  decodeBatch,
  offsetOf,
  timestampOf,
} from '../../protocol/record-batch.ts'

/** Where a record was found. */
export interface FoundRecord {
  readonly offset: number
  readonly timestamp: number
}

/** What came of a search; without an error and a record, no record of the batch is that young. */
export interface TimestampSearch {
  readonly found: FoundRecord | undefined
  /** Why the batch cannot be opened; null where it could. */
  readonly error: string | null
}

/**
 * The first record of the batch, from offset `from` on, with a timestamp of at least `atLeast`, or
 * with the largest one.
 */
export function findTimestamp(
  bytes: Uint8Array,
  atLeast: number | 'largest',
  from: number,
  compression: BatchCompression,
): TimestampSearch {
  const { value: batch, error } = decodeBatch(bytes, 0, compression)
  if (batch === null) return { found: undefined, error }
  const records = batch.records.filter((one) => offsetOf(batch, one) >= from)
  const times = records.map((one) => timestampOf(batch, one))
  const wanted = atLeast === 'largest' ? times.reduce((a, b) => Math.max(a, b), -1) : atLeast
  const record = records[times.findIndex((time) => time >= wanted)]
  if (record === undefined) return { found: undefined, error: null }
  const found = { offset: offsetOf(batch, record), timestamp: timestampOf(batch, record) }
  return { found, error: null }
}
