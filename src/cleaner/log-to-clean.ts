/**
 * What the cleaner needs of a log: sealed segments to read, and one call that puts a new segment in
 * the place of some. A store implements it; the cleaner runs beside the store, in a worker thread.
 */
import type { CompactionSegment } from '../policy/compaction.ts'
import type { AbortedTransaction } from './cleaned-transactions.ts'

/** A sealed segment. Its `.log` does not change as long as the segment is part of the log. */
export interface SealedSegment extends CompactionSegment {
  /** Base offset of the next one. */
  readonly nextOffset: number
  /** By the offset index: where a batch begins, such that none before it has `offset` or more. */
  positionOf(offset: number): Promise<number>
  /**
   * Reads the `.log` from `position` on into `into`, as much as there is room or bytes for; how
   * many. Rejects when the bytes cannot be read.
   */
  read(position: number, into: Uint8Array): Promise<number>
}

/** The last batch of an idempotent producer whose state the log keeps. */
export interface ActiveProducer {
  readonly producerEpoch: number
  /** Offset of its last record with data; -1: the log knows only a marker of it. */
  readonly lastDataOffset: number
}

/** A log as it stands when its cleaning begins. */
export interface LogToClean {
  /** Sealed segments without a gap between them, from the log's first to the last cleanable one. */
  readonly segments: readonly SealedSegment[]
  readonly firstDirtyOffset: number
  /** Where the last of the segments ends. */
  readonly firstUncleanableOffset: number
  /** All that overlap the segments, those included whose marker stands behind them. */
  readonly abortedTransactions: readonly AbortedTransaction[]
  /** By producer id, taken after the segments: an older state would miss a last batch. */
  readonly activeProducers: ReadonlyMap<number, ActiveProducer>
  /**
   * Begins a segment in the place of `segments`, which follow each other. It gets the base offset
   * of the first one. One at a time.
   */
  replace(segments: readonly SealedSegment[]): Promise<SegmentReplacement>
}

/**
 * A cleaned segment while it is written (`.cleaned`); it may end without a batch. Exactly one of
 * `commit` and `discard` ends it; a call that rejects leaves the log as it was.
 */
export interface SegmentReplacement {
  /**
   * Appends whole batches with rising offsets, as they are. They are views of a buffer that is
   * written again once the promise has resolved.
   */
  append(batches: readonly Uint8Array[]): Promise<void>
  /** Adds to the segment's index of aborted transactions, in the order of their markers. */
  appendAborted(transaction: AbortedTransaction): void
  /**
   * Makes it durable with its indexes and puts it in place of the segments, all at once even if the
   * machine stops meanwhile; readers see the one state or the other. False: one of the segments is
   * no longer part of the log, so nothing happened.
   */
  commit(): Promise<boolean>
  /** Removes what was written. */
  discard(): Promise<void>
}
