/**
 * Which part of a compacted log is cleaned, when, and which segments become one: Apache Kafka's
 * rules (`LogCleanerManager`, `LogToClean` and `Cleaner` of 4.3.1), compared with its own answers
 * in `test/conformance/apache-kafka/cleaner.test.ts`.
 *
 *     log start ... | first dirty offset ... | first uncleanable offset ... active segment
 *       cleaned before       to be cleaned           not yet, or never while active
 *
 * Cleaning reads the keys of the dirty part and rewrites everything in front of its end. How far it
 * came is the partition's entry in `cleaner-offset-checkpoint`: the next first dirty offset.
 */
import { assert } from '../base/assert.ts'

/** What the rules ask of a segment. */
export interface CompactionSegment {
  readonly baseOffset: number
  /** Size of its `.log`. */
  readonly sizeBytes: number
  /** The largest of its records, in ms; where none has one, when its file was written last. */
  readonly largestTimestamp: number
  /** The largest timestamp of its first batch, in ms; -1: none. */
  readonly firstBatchTimestamp: number
  readonly offsetIndexBytes: number
  readonly timeIndexBytes: number
}

/** Topic configs that say when a log is cleaned. `Infinity` is no bound. */
export interface CompactionConfig {
  /** `min.cleanable.dirty.ratio`, 0 to 1. */
  readonly minCleanableDirtyRatio: number
  /** `min.compaction.lag.ms`. */
  readonly minCompactionLagMs: number
  /** `max.compaction.lag.ms`. */
  readonly maxCompactionLagMs: number
}

/** One log of a compacted topic, at one moment. */
export interface CompactedLog {
  /** From the log's first on; the last is the active one. */
  readonly segments: readonly CompactionSegment[]
  readonly logStartOffset: number
  readonly lastStableOffset: number
  readonly logEndOffset: number
  /** The cleaner's checkpoint, undefined before the first cleaning. */
  readonly checkpoint: number | undefined
  readonly config: CompactionConfig
}

/** What there is to clean in a log. */
export interface CleanableRange {
  readonly firstDirtyOffset: number
  /** Base offset of a segment; not below the first dirty offset, unless nothing is cleanable. */
  readonly firstUncleanableOffset: number
  /** Why the checkpoint does not hold and has to be written anew as the first dirty offset. */
  readonly checkpointReset: 'below-log-start' | 'beyond-log-end' | undefined
  /** Bytes of segments that were cleaned before; the one that holds the border counts in both. */
  readonly cleanBytes: number
  /** Bytes of segments that can be cleaned now. */
  readonly cleanableBytes: number
  /** Share of the cleanable bytes, 0 to 1; 0 where there are no bytes. */
  readonly dirtyRatio: number
  /** By how much the oldest dirty segment is later than `max.compaction.lag.ms` allows. */
  readonly overdueMs: number
}

/** The range of `log` that can be cleaned at `now`. */
export function cleanableRange(log: CompactedLog, now: number): CleanableRange {
  const { segments, config } = log
  const active = segments[segments.length - 1]
  assert(active !== undefined, 'a log has an active segment')
  const { firstDirtyOffset, checkpointReset } = firstDirty(log)
  const dirty = sealedFrom(segments, firstDirtyOffset)
  const tooYoung =
    config.minCompactionLagMs > 0
      ? dirty.find((segment) => segment.largestTimestamp > now - config.minCompactionLagMs)
      : undefined
  const bound = Math.min(
    log.lastStableOffset,
    active.baseOffset,
    tooYoung?.baseOffset ?? Number.POSITIVE_INFINITY,
  )
  // A border inside a segment leaves that whole segment for later.
  const [uncleanable = active] = sealedFrom(segments, Math.max(firstDirtyOffset, bound))
  const firstUncleanableOffset = uncleanable.baseOffset
  const cleanBytes = bytesOf(segments.filter((one) => one.baseOffset < firstDirtyOffset))
  const cleanableBytes = bytesOf(
    segmentsOf(
      segments,
      Math.min(firstDirtyOffset, firstUncleanableOffset),
      firstUncleanableOffset,
    ),
  )
  const totalBytes = cleanBytes + cleanableBytes
  assert(firstUncleanableOffset <= active.baseOffset, 'the active segment is never cleaned')
  assert(
    firstDirtyOffset >= log.logStartOffset,
    'what is below the log start is no business of ours',
  )
  return {
    firstDirtyOffset,
    firstUncleanableOffset,
    checkpointReset,
    cleanBytes,
    cleanableBytes,
    dirtyRatio: totalBytes === 0 ? 0 : cleanableBytes / totalBytes,
    overdueMs: overdueMs(dirty, config, now),
  }
}

/** Whether the range is worth a cleaning: dirty enough, or overdue. */
export function isDue(range: CleanableRange, config: CompactionConfig): boolean {
  if (range.cleanableBytes === 0) return false
  return range.overdueMs > 0 || range.dirtyRatio > config.minCleanableDirtyRatio
}

/** The dirtiest of the logs that are due, the first of equal ones; undefined: there is none. */
export function chooseLog<Log extends { readonly config: CompactionConfig }>(
  candidates: readonly { readonly log: Log; readonly range: CleanableRange }[],
): { readonly log: Log; readonly range: CleanableRange } | undefined {
  let chosen: { readonly log: Log; readonly range: CleanableRange } | undefined
  for (const candidate of candidates) {
    if (!isDue(candidate.range, candidate.log.config)) continue
    if (chosen === undefined || candidate.range.dirtyRatio > chosen.range.dirtyRatio) {
      chosen = candidate
    }
  }
  return chosen
}

/** The checkpoint of a log that was truncated to `logEndOffset`. */
export function checkpointAfterTruncation(checkpoint: number, logEndOffset: number): number {
  return Math.min(checkpoint, logEndOffset)
}

/**
 * When tombstones and markers that are seen without a horizon at `now` may go, in ms:
 * `delete.retention.ms` later, as far as the field can tell.
 */
export function deleteHorizonOf(now: number, deleteRetentionMs: number): number {
  assert(deleteRetentionMs >= 0, 'a horizon does not lie behind')
  return Math.min(now + deleteRetentionMs, Number.MAX_SAFE_INTEGER)
}

/** Bounds of one cleaned segment. */
export interface GroupLimits {
  /** `segment.bytes`. */
  readonly segmentBytes: number
  /** `segment.index.bytes`, for each index. */
  readonly segmentIndexBytes: number
  /** Bounds the offsets of the last segment. */
  readonly firstUncleanableOffset: number
}

/** Relative offsets of an index are 32 bits. */
const offsetSpanMax = 2 ** 31 - 1

/**
 * Segments in order, in groups that each become one segment, so that a log of many cleanings does
 * not end as many small files. A group has at least one and its offsets fit an index.
 */
export function groupSegments<Segment extends CompactionSegment>(
  segments: readonly Segment[],
  limits: GroupLimits,
): readonly (readonly Segment[])[] {
  const groups: Segment[][] = []
  let group: Segment[] = []
  let size = { log: 0, offsetIndex: 0, timeIndex: 0 }
  segments.forEach((segment, index) => {
    const grown = {
      log: size.log + segment.sizeBytes,
      offsetIndex: size.offsetIndex + segment.offsetIndexBytes,
      timeIndex: size.timeIndex + segment.timeIndexBytes,
    }
    const [first] = group
    const next = segments[index + 1]?.baseOffset ?? limits.firstUncleanableOffset
    const fits =
      first !== undefined &&
      grown.log <= limits.segmentBytes &&
      grown.offsetIndex <= limits.segmentIndexBytes &&
      grown.timeIndex <= limits.segmentIndexBytes &&
      // An empty one brings no offset into the index.
      (segment.sizeBytes === 0 || next - 1 - first.baseOffset <= offsetSpanMax)
    if (fits) {
      group.push(segment)
      size = grown
      return
    }
    group = [segment]
    groups.push(group)
    size = {
      log: segment.sizeBytes,
      offsetIndex: segment.offsetIndexBytes,
      timeIndex: segment.timeIndexBytes,
    }
  })
  assert(groups.flat().length === segments.length, 'each segment is in one group')
  return groups
}

function firstDirty(
  log: CompactedLog,
): Pick<CleanableRange, 'firstDirtyOffset' | 'checkpointReset'> {
  const checkpoint = log.checkpoint ?? log.logStartOffset
  const start = log.logStartOffset
  if (checkpoint < start) {
    return { firstDirtyOffset: start, checkpointReset: 'below-log-start' }
  }
  // The log lost its end: what was cleaned is not known any more, so everything is dirty.
  if (checkpoint > log.logEndOffset) {
    return { firstDirtyOffset: start, checkpointReset: 'beyond-log-end' }
  }
  return { firstDirtyOffset: checkpoint, checkpointReset: undefined }
}

function overdueMs(
  dirty: readonly CompactionSegment[],
  config: CompactionConfig,
  now: number,
): number {
  let earliest = Number.POSITIVE_INFINITY
  for (const { firstBatchTimestamp } of dirty) {
    if (firstBatchTimestamp > 0) earliest = Math.min(earliest, firstBatchTimestamp)
  }
  if (earliest === Number.POSITIVE_INFINITY) return 0
  return Math.max(0, now - config.maxCompactionLagMs - earliest)
}

/** The sealed segments from the one that contains `offset` on. */
function sealedFrom<Segment extends CompactionSegment>(
  segments: readonly Segment[],
  offset: number,
): readonly Segment[] {
  const active = segments[segments.length - 1]
  assert(active !== undefined, 'a log has an active segment')
  return offset >= active.baseOffset ? [] : segmentsOf(segments, offset, active.baseOffset)
}

/** The segments from the one that contains `from` to the last that begins below `to`. */
function segmentsOf<Segment extends CompactionSegment>(
  segments: readonly Segment[],
  from: number,
  to: number,
): readonly Segment[] {
  if (from >= to) return []
  const begins = segments.findLastIndex((segment) => segment.baseOffset <= from)
  return segments.slice(Math.max(0, begins)).filter((segment) => segment.baseOffset < to)
}

function bytesOf(segments: readonly CompactionSegment[]): number {
  return segments.reduce((sum, segment) => sum + segment.sizeBytes, 0)
}
