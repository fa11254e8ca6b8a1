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

/**
 * The first record of the batch with a timestamp of at least `atLeast`; undefined when there is
 * none, or when the batch cannot be opened.
 */
export function findTimestamp(
  bytes: Uint8Array,
  atLeast: number,
  compression: BatchCompression,
): FoundRecord | undefined {
  const batch = decodeBatch(bytes, 0, compression).value
  if (batch === null) return undefined
  for (const record of batch.records) {
    const timestamp = timestampOf(batch, record)
    if (timestamp >= atLeast) return { offset: offsetOf(batch, record), timestamp }
  }
  return undefined
}
