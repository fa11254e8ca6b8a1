/** Where to begin in a partition for which no offset is committed, or whose offset is gone. */
import { assert } from '../../base/assert.ts'
import type { TopicPartition } from '../topic-partition.ts'

/**
 * `earliest` the first record there is, `latest` only what comes from now on, `none` an error, or
 * the first record that is at most so old.
 */
export type OffsetReset = 'earliest' | 'latest' | 'none' | { readonly durationMs: number }

/** What ListOffsets takes for "the first" and "behind the last". */
export const listOffsetsTimestamp = { earliest: -2, latest: -1 } as const

/** The timestamp to look for by ListOffsets; null for `none`. */
export function resetTimestamp(reset: OffsetReset, nowMs: number): number | null {
  if (reset === 'none') return null
  if (reset === 'earliest' || reset === 'latest') return listOffsetsTimestamp[reset]
  assert(reset.durationMs >= 0, 'a duration is not negative')
  return Math.max(0, Math.floor(nowMs - reset.durationMs))
}

/** Why a partition cannot be read on without a decision of the application. */
export type PositionLoss =
  /** Nothing is committed, and `autoOffsetReset` is `none`. */
  | { readonly kind: 'no-offset'; readonly partition: TopicPartition }
  /** The offset is not there any more, or not yet. */
  | { readonly kind: 'out-of-range'; readonly partition: TopicPartition; readonly offset: number }
  /** The log was cut off and written anew; records from `divergesAt` on may be others. */
  | {
      readonly kind: 'truncated'
      readonly partition: TopicPartition
      readonly offset: number
      readonly divergesAt: number | null
    }
