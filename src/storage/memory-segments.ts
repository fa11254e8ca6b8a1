/** Where the segments of a partition log in memory begin, by the rules of the real one. */
import { assert } from '../base/assert.ts'
import type { ReadBatchHeader } from '../protocol/record-batch.ts'
import type { LogConfig, LogSegment } from './log-store.ts'

/** A stored batch; `bytes` holds the assigned offset and epoch. */
export interface StoredBatch {
  readonly header: ReadBatchHeader
  readonly bytes: Uint8Array
}

/** The beginning of one; it ends where the next begins. */
export interface SegmentStart {
  readonly baseOffset: number
  /** When it was written last. */
  modifiedMs: number
}

/**
 * What each segment holds of these batches, in the port's words. `starts` ascend and are not empty;
 * the last is the active one's.
 */
export function segmentsOf(
  starts: readonly SegmentStart[],
  batches: readonly StoredBatch[],
  logEndOffset: number,
): LogSegment[] {
  assert(starts.length > 0, 'a log has an active segment')
  return starts.map(({ baseOffset, modifiedMs }, at) => {
    const nextOffset = starts[at + 1]?.baseOffset ?? logEndOffset
    assert(baseOffset <= nextOffset, 'segments ascend')
    const inside = batches.filter(
      ({ header }) => header.baseOffset >= baseOffset && header.baseOffset < nextOffset,
    )
    const largest = Math.max(-1, ...inside.map(({ header }) => header.maxTimestamp))
    return {
      baseOffset,
      nextOffset,
      sizeBytes: inside.reduce((sum, { bytes }) => sum + bytes.length, 0),
      largestTimestamp: largest < 0 ? modifiedMs : largest,
      active: at === starts.length - 1,
    }
  })
}

/** Whether this batch has to go into a new segment; `active` is what the present one holds. */
export function mustRoll(
  active: readonly StoredBatch[],
  batch: StoredBatch,
  { segmentBytes, segmentMs }: LogConfig,
): boolean {
  const first = active[0]?.header.maxTimestamp
  if (first === undefined) return false
  const size = active.reduce((sum, { bytes }) => sum + bytes.length, 0)
  assert(size > 0, 'no stored batch is empty')
  if (size + batch.bytes.length > segmentBytes) return true
  const last = batch.header.maxTimestamp
  return first >= 0 && last >= 0 && last - first > segmentMs
}
