/**
 * Which segments of a partition retention deletes. Pure. The rules are Apache Kafka's: a segment
 * goes as a whole, the oldest first, and none that reaches above the high watermark. Segments below
 * the log start go in any case; then, where `cleanup.policy` holds `delete`, those without which
 * the log still has `retention.bytes`, then those whose newest record is older than `retention.ms`.
 */
import { assert } from '../base/assert.ts'

/** What is judged of a segment; ordered by offsets, the active one last. */
export interface RetainedSegment {
  readonly baseOffset: number
  /** Where the next one begins; of the active one the log end offset. */
  readonly nextOffset: number
  readonly sizeBytes: number
  /** In ms since 1970. One that lies ahead keeps the segment until it has passed. */
  readonly largestTimestamp: number
  readonly active: boolean
}

/** A partition's log at one moment. */
export interface RetainedLog {
  readonly logStartOffset: number
  readonly highWatermark: number
  readonly segments: readonly RetainedSegment[]
}

/** What is in force for its topic; Infinity is "no bound". */
export interface RetentionSettings {
  /** `cleanup.policy` holds `delete`. */
  readonly deleted: boolean
  readonly retentionMs: number
  readonly retentionBytes: number
}

/** What is to be done. */
export interface RetentionPlan {
  /** What lies below goes. */
  readonly logStartOffset: number
  /** The active segment is among those that go: it has to be sealed first. */
  readonly roll: boolean
  /** How many segments go, by why. */
  readonly belowLogStart: number
  readonly beyondBytes: number
  readonly beyondMs: number
  /** What they hold together. */
  readonly bytes: number
}

/** What goes now; undefined when nothing does. */
export function planRetention(
  log: RetainedLog,
  settings: RetentionSettings,
  nowMs: number,
): RetentionPlan | undefined {
  const { logStartOffset, highWatermark, segments } = log
  let gone = 0
  /** Takes further segments from the front while they are due; how many. */
  const take = (isDue: (segment: RetainedSegment) => boolean): number => {
    const before = gone
    for (const segment of segments.slice(gone)) {
      const mayGo = segment.nextOffset <= highWatermark && !isEmptyEnd(segment)
      if (!mayGo || !isDue(segment)) break
      gone += 1
    }
    return gone - before
  }
  const belowLogStart = take(({ active, nextOffset }) => !active && nextOffset <= logStartOffset)
  const { deleted, retentionMs, retentionBytes } = settings
  let surplus = sizeOf(segments.slice(gone)) - retentionBytes
  const beyondBytes = take(({ sizeBytes }) => {
    if (!deleted || surplus < sizeBytes) return false
    surplus -= sizeBytes
    return true
  })
  const beyondMs = take(({ largestTimestamp }) => deleted && nowMs - largestTimestamp > retentionMs)
  const last = segments[gone - 1]
  if (last === undefined) return undefined
  assert(gone === belowLogStart + beyondBytes + beyondMs, 'each goes for one reason')
  return {
    logStartOffset: Math.max(logStartOffset, last.nextOffset),
    roll: last.active,
    belowLogStart,
    beyondBytes,
    beyondMs,
    bytes: sizeOf(segments.slice(0, gone)),
  }
}

/** There is always a segment to write to. */
function isEmptyEnd({ active, sizeBytes }: RetainedSegment): boolean {
  return active && sizeBytes === 0
}

function sizeOf(segments: readonly RetainedSegment[]): number {
  return segments.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
}
