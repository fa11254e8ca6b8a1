/**
 * One cleaning of one log: reads the keys of the dirty range, then writes what stays of each group
 * of segments into a new one and swaps it in. Memory: the map, one buffer, one batch; time, codecs
 * and files come from outside, so it runs the same in a worker thread and in a test.
 *
 * A damaged batch ends the cleaning: the group in which it stands stays as it is, and so does all
 * behind it. Damage in the dirty range is found before anything is changed.
 */
import { assert } from '../base/assert.ts'
import { deleteHorizonOf, groupSegments } from '../policy/compaction.ts'
import { BatchFilter } from './batch-filter.ts'
import { BatchStream, type StoredBatch, type StreamBuffer } from './batch-stream.ts'
import { CleanedTransactions } from './cleaned-transactions.ts'
import { LoadedCodecs } from './loaded-codecs.ts'
import type { LogToClean, SealedSegment, SegmentReplacement } from './log-to-clean.ts'
import { mapKeys } from './map-keys.ts'
import { OffsetMap, offsetMapLoadFactor } from './offset-map.ts'

/** Topic and broker configs that a cleaning depends on, and the time. */
export interface CleaningOptions {
  /** Wall clock, ms. */
  readonly now: number
  /** `delete.retention.ms`. */
  readonly deleteRetentionMs: number
  /** `segment.bytes`. */
  readonly segmentBytes: number
  /** `segment.index.bytes`. */
  readonly segmentIndexBytes: number
  /** Share of `log.cleaner.dedupe.buffer.size` that this cleaning may take. */
  readonly mapBytesMax: number
  /** `log.cleaner.io.buffer.load.factor`. */
  readonly mapLoadFactor?: number
  /** Share of `log.cleaner.io.buffer.size`; the buffer grows to the largest batch. */
  readonly bufferBytes: number
  /** No batch may yield more when it is opened. */
  readonly openedBytesMax: number
  /**
   * Told of bytes that were read or written, before more are: where the speed is limited and where
   * a cleaning is taken back. False ends it, and the segment in work is discarded.
   */
  readonly proceed?: (bytes: number) => Promise<boolean>
}

/** What a cleaning did. */
export interface CleaningStatistics {
  readonly mappedKeys: number
  readonly bytesRead: number
  readonly bytesWritten: number
  readonly recordsRead: number
  readonly recordsKept: number
  readonly recordsWithoutKey: number
  /** Segments before and after; a group in which nothing changes is not swapped. */
  readonly segmentsReplaced: number
  readonly segmentsWritten: number
}

/** How a cleaning ended. */
export type CleaningResult =
  | {
      readonly kind: 'cleaned'
      /** The next first dirty offset: what the checkpoint should say, once this is durable. */
      readonly endOffset: number
      readonly statistics: CleaningStatistics
    }
  /** The log should not be tried again before somebody has looked at it. */
  | { readonly kind: 'damaged'; readonly fault: string }
  /** By `proceed`, or because the log lost segments meanwhile. */
  | { readonly kind: 'stopped' }

/** Cleans `log`. Rejects when a file cannot be read or written, like the calls of the log. */
export async function cleanLog(log: LogToClean, options: CleaningOptions): Promise<CleaningResult> {
  checkShape(log)
  const { mapBytesMax, mapLoadFactor = offsetMapLoadFactor, openedBytesMax } = options
  const map = new OffsetMap({
    memoryBytesMax: mapBytesMax,
    loadFactor: mapLoadFactor,
    keysMax: log.firstUncleanableOffset - log.firstDirtyOffset,
  })
  const buffer: StreamBuffer = { bytes: new Uint8Array(options.bufferBytes) }
  const codecs = new LoadedCodecs()
  const proceed = options.proceed ?? (() => Promise.resolve(true))
  const mapped = await mapKeys({ log, map, buffer, codecs, openedBytesMax, proceed })
  if (mapped.kind !== 'mapped') return mapped
  assert(mapped.endOffset > log.firstDirtyOffset, 'a map has room for one key at least')
  const filter = new BatchFilter({
    map,
    mappedEndOffset: mapped.endOffset,
    firstUncleanableOffset: log.firstUncleanableOffset,
    transactions: new CleanedTransactions(log.abortedTransactions),
    activeProducers: log.activeProducers,
    codecs,
    openedBytesMax,
    now: options.now,
    deleteHorizonMs: deleteHorizonOf(options.now, options.deleteRetentionMs),
  })
  const run: Run = { log, filter, buffer, codecs, proceed, counts: newCounts() }
  const segments = log.segments.filter((segment) => segment.baseOffset < mapped.endOffset)
  const { firstUncleanableOffset } = log
  for (const group of groupSegments(segments, { ...options, firstUncleanableOffset })) {
    const ended = await cleanGroup(run, group)
    if (ended !== undefined) return ended
  }
  assert(filter.counts.recordsKept <= filter.counts.recordsRead, 'a cleaning adds no record')
  const statistics = { mappedKeys: map.size, ...run.counts, ...filter.counts }
  return { kind: 'cleaned', endOffset: mapped.endOffset, statistics }
}

interface Counts {
  bytesRead: number
  bytesWritten: number
  segmentsReplaced: number
  segmentsWritten: number
}

interface Run {
  readonly log: LogToClean
  readonly filter: BatchFilter
  readonly buffer: StreamBuffer
  readonly codecs: LoadedCodecs
  readonly proceed: (bytes: number) => Promise<boolean>
  readonly counts: Counts
}

type Ended = Exclude<CleaningResult, { kind: 'cleaned' }>

function newCounts(): Counts {
  return { bytesRead: 0, bytesWritten: 0, segmentsReplaced: 0, segmentsWritten: 0 }
}

function checkShape({ segments, firstUncleanableOffset }: LogToClean): void {
  segments.forEach((segment, index) => {
    const next = segments[index + 1]?.baseOffset ?? firstUncleanableOffset
    assert(segment.nextOffset === next, 'segments follow each other up to the uncleanable offset')
  })
}

/** Writes what stays of the group and swaps it in; the result where the cleaning ends here. */
async function cleanGroup(run: Run, group: readonly SealedSegment[]): Promise<Ended | undefined> {
  assert(group.length > 0, 'a group has a segment')
  const replacement = await run.log.replace(group)
  let isOpen = true
  try {
    let isChanged = group.length > 1
    for (const segment of group) {
      const outcome = await cleanSegment(run, segment, replacement)
      if (typeof outcome !== 'boolean') return outcome
      isChanged ||= outcome
    }
    for (const aborted of run.filter.takeAborted()) replacement.appendAborted(aborted)
    if (!isChanged) return undefined
    isOpen = false
    if (!(await replacement.commit())) return { kind: 'stopped' }
    run.counts.segmentsReplaced += group.length
    run.counts.segmentsWritten++
    return undefined
  } finally {
    if (isOpen) await replacement.discard()
  }
}

/** Whether anything of the segment changed, or how the cleaning ends in it. */
async function cleanSegment(
  run: Run,
  segment: SealedSegment,
  replacement: SegmentReplacement,
): Promise<boolean | Ended> {
  const { filter, codecs, counts, proceed } = run
  const stream = new BatchStream(segment, run.buffer)
  let isChanged = false
  for (;;) {
    const before = stream.position
    const batches = await stream.next()
    if (stream.fault !== null) return { kind: 'damaged', fault: stream.fault }
    if (batches.length === 0) return isChanged
    const missing = await codecs.load(batches)
    if (missing !== null) return { kind: 'damaged', fault: missing }
    const left = whatIsLeft(filter, batches)
    if ('fault' in left) return { kind: 'damaged', fault: left.fault }
    isChanged ||= left.isChanged
    const written = left.parts.reduce((sum, part) => sum + part.length, 0)
    if (written > 0) await replacement.append(left.parts)
    const read = stream.position - before
    counts.bytesRead += read
    counts.bytesWritten += written
    if (!(await proceed(read + written))) return { kind: 'stopped' }
  }
}

interface Left {
  readonly parts: readonly Uint8Array[]
  readonly isChanged: boolean
}

/** What stays of neighbouring batches; those that stay as they are become one part. */
function whatIsLeft(
  filter: BatchFilter,
  batches: readonly StoredBatch[],
): Left | { fault: string } {
  const parts: Uint8Array[] = []
  let unchanged: Uint8Array | undefined
  let isChanged = false
  for (const batch of batches) {
    const retained = filter.retain(batch)
    if (retained.kind === 'damaged') {
      return { fault: `damaged batch at offset ${batch.header.baseOffset}: ${retained.fault}` }
    }
    if (retained.kind === 'kept') {
      unchanged = unchanged === undefined ? batch.bytes : joined(unchanged, batch.bytes)
      continue
    }
    isChanged = true
    if (unchanged !== undefined) parts.push(unchanged)
    unchanged = undefined
    if (retained.kind === 'rewritten') parts.push(retained.bytes)
  }
  if (unchanged !== undefined) parts.push(unchanged)
  return { parts, isChanged }
}

/** Two views of one buffer that follow each other, as one. */
function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  assert(first.byteOffset + first.length === second.byteOffset, 'the views are neighbours')
  return new Uint8Array(first.buffer, first.byteOffset, first.length + second.length)
}
