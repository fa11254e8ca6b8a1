/**
 * The log as TypeScript sees it: one port with two implementations, the native store (files, the
 * C++ core) and the memory store (tests, the simulator). Everything above the storage layer knows
 * only these types.
 *
 * Offsets and timestamps are numbers (-1 is "none"). What waits for the disk returns a promise;
 * what only reads memory is synchronous. Errors that the world causes are thrown as {@link
 * StorageError} by asynchronous methods and by `append`.
 */
import type { NativeLogConfig, NativeProducer } from '../addon/binding.ts'

/** Settings of one partition log, as the native one reads them. */
export type LogConfig = NativeLogConfig

/** Identity of a log directory: its `meta.properties`, version 1. Ids are 22-character UUIDs. */
export interface MetaProperties {
  readonly clusterId: string
  readonly nodeId: number
  readonly directoryId: string
}

/** A partition folder found when the directory was opened. */
export interface PartitionOnDisk {
  readonly topic: string
  readonly partition: number
  /** Undefined where the folder has no `partition.metadata`. */
  readonly topicId: string | undefined
}

/** What a start found and did, for one log line. */
export interface RecoveryReport {
  readonly clean: boolean
  readonly partitions: number
  readonly segmentsScanned: number
  readonly bytesScanned: number
  readonly bytesCut: number
  readonly indexesRebuilt: number
  /** Entries of the journal that were replayed, and the bytes that they brought to segments. */
  readonly journalEntries: number
  readonly journalBytes: number
}

/** Kafka error code and a sentence that names the thing and the way out. */
export class StorageError extends Error {
  readonly code: number

  constructor(code: number, message: string) {
    super(message)
    this.name = 'StorageError'
    this.code = code
  }
}

/** Offsets that an append got; both inclusive. */
export interface AppendResult {
  readonly baseOffset: number
  readonly lastOffset: number
  /** The high watermark must reach this before the append counts as committed. */
  readonly requiredHighWatermark: number
}

/** How far a reader may look. */
export type ReadLimit = 'highWatermark' | 'lastStableOffset' | 'logEndOffset'

/** Answer of a lookup by timestamp; offset -1 when no record is that young. */
export interface TimestampResult {
  /** Of a compressed batch: where its records may be looked at from. */
  readonly offset: number
  readonly timestamp: number
  readonly leaderEpoch: number
  /** Set when the batch is compressed and has to be opened to find the record. */
  readonly compressedBatch: Uint8Array | undefined
}

/** One segment of a log: what is deleted or rewritten as a whole. */
export interface LogSegment {
  readonly baseOffset: number
  /** Where the next one begins; of the active one the log end offset. */
  readonly nextOffset: number
  readonly sizeBytes: number
  /** The largest of its records; where none has one, when its file was written last. */
  readonly largestTimestamp: number
  /** The one that is written, the last of all. */
  readonly active: boolean
}

/** What compaction asks of a sealed segment beside that. */
export interface SegmentDetail {
  /** The largest timestamp of its first batch, in ms; -1: none. */
  readonly firstBatchTimestamp: number
  readonly offsetIndexBytes: number
  readonly timeIndexBytes: number
}

/** What a log knows of one idempotent or transactional producer. */
export type LogProducer = NativeProducer

/** An aborted transaction as the index of its marker's segment has it; offsets are inclusive. */
export interface StoredAbortedTransaction {
  readonly producerId: number
  readonly firstOffset: number
  /** Of its marker. */
  readonly lastOffset: number
  readonly lastStableOffset: number
}

/**
 * A segment while it is written to take the place of others. Exactly one of `commit` and `discard`
 * ends it; after a call that rejects the log is as it was. Calls must not overlap.
 */
export interface SegmentReplacement {
  /** Whole batches with rising offsets, as they are to be stored. */
  append(batches: Uint8Array): Promise<void>
  /**
   * Puts it in place of the segments, with these in its index of aborted transactions: durably, and
   * all at once for readers and for every crash. False, and nothing has changed: one of the
   * segments is no longer part of the log.
   */
  commit(aborted: readonly StoredAbortedTransaction[]): Promise<boolean>
  discard(): Promise<void>
}

/** One partition's log. All offsets are of this moment; another thread may move them at once. */
export interface PartitionLog {
  readonly topic: string
  readonly partition: number
  readonly topicId: string
  logStartOffset(): number
  durableOffset(): number
  highWatermark(): number
  lastStableOffset(): number
  logEndOffset(): number
  sizeBytes(): number
  online(): boolean
  configure(config: LogConfig): void
  becomeLeader(leaderEpoch: number): void
  /**
   * Appends one record batch of our own making (trusted); offset and epoch are assigned in what is
   * stored, `batch` itself stays as it is.
   */
  append(batch: Uint8Array): AppendResult
  /** Resolves when the high watermark has reached `offset`; rejects when the log goes offline. */
  committed(offset: number): Promise<void>
  /** The same for one who may give up. Keeps the process alive, as `committed` does. */
  passed(offset: number): Promise<void>
  /** Resolves the promises of `passed` that wait for `offset`, although it is not reached. */
  giveUp(offset: number): void
  /**
   * Whole stored batches from the one that contains `from`, at most `maxBytes` (the first whole).
   */
  read(from: number, maxBytes: number, limit: ReadLimit): Promise<Uint8Array>
  /**
   * The same at once, for who reads at the end; undefined where it would have to wait for the disk.
   */
  readCached(from: number, maxBytes: number, limit: ReadLimit): Uint8Array | undefined
  /** The first record that is not older, and not below `from` if that is given. */
  lookupTimestamp(atLeast: number, limit: ReadLimit, from?: number): Promise<TimestampResult>
  /** The first with the largest timestamp, of those not below `from` if that is given. */
  lookupMaxTimestamp(limit: ReadLimit, from?: number): Promise<TimestampResult>
  /**
   * End offset of the largest epoch not above `leaderEpoch`, with that epoch. Below all epochs of
   * the log it is where the first begins, with `leaderEpoch` itself; above them both are -1.
   */
  endOffsetOf(leaderEpoch: number): { readonly leaderEpoch: number; readonly endOffset: number }
  leaderEpochAt(offset: number): number
  /** All segments, of one moment, from the log's first. At least the active one. */
  segments(): Promise<readonly LogSegment[]>
  /** How many there are. */
  segmentCount(): number
  /**
   * Of the sealed segment that begins at `baseOffset`; OFFSET_OUT_OF_RANGE if there is none (any
   * more), as in the next two.
   */
  segmentDetail(baseOffset: number): Promise<SegmentDetail>
  /** Where in it a batch begins such that none before it holds `offset` or more. */
  segmentPosition(baseOffset: number, offset: number): Promise<number>
  /** Its stored bytes from `position` on, at most `maxBytes`; none behind its end. */
  readSegment(baseOffset: number, position: number, maxBytes: number): Promise<Uint8Array>
  /** The producers that it remembers, of this moment, in no order. */
  producers(): readonly LogProducer[]
  /** Begins a new segment unless the active one is empty; the base offset of the active one. */
  roll(): Promise<number>
  /**
   * Begins the replacement of the sealed segments from `baseOffset` up to `endOffset`, where the
   * next one begins. INVALID_REQUEST above the last stable offset, or while another is under way.
   */
  replaceSegments(baseOffset: number, endOffset: number): Promise<SegmentReplacement>
  /** What the indexes of the segments in that range have, in the order of the markers. */
  abortedTransactions(baseOffset: number, endOffset: number): readonly StoredAbortedTransaction[]
  /** Cuts off everything from `offset` on, rounded down to a batch; the new log end offset. */
  truncateTo(offset: number): Promise<number>
  /** Moves the log start up, never back and at most to the high watermark; where it then is. */
  deleteUpTo(offset: number): Promise<number>
  /** Makes everything appended so far durable; the durable offset. */
  flush(): Promise<number>
}

/** The half of a {@link PartitionLog} by which it is read. */
export type ReadableLog = Pick<
  PartitionLog,
  | 'topic'
  | 'partition'
  | 'logStartOffset'
  | 'highWatermark'
  | 'online'
  | 'passed'
  | 'giveUp'
  | 'read'
  | 'readCached'
  | 'lookupTimestamp'
  | 'abortedTransactions'
>

/** One log directory. Opened by a factory of the implementation; `close` makes it a clean stop. */
export interface LogStore {
  readonly path: string
  metaProperties(): MetaProperties | undefined
  format(properties: MetaProperties): Promise<void>
  partitionsOnDisk(): readonly PartitionOnDisk[]
  /**
   * Opens a partition, or gives the open one, with `config`. Another topic id than that of the
   * folder is INCONSISTENT_TOPIC_ID.
   */
  openPartition(
    topic: string,
    partition: number,
    topicId: string,
    config: LogConfig,
  ): Promise<PartitionLog>
  find(topic: string, partition: number): PartitionLog | undefined
  /** Ends the log at once: its calls answer with an error, whoever waits for it is told. */
  deletePartition(topic: string, partition: number): Promise<void>
  /** For how many ms the folders of partitions deleted from now on stay under another name. */
  setFileDeleteDelay(delayMs: number): void
  /** Renames a folder that no metadata names to `…-stray`; nothing is lost. */
  setAside(topic: string, partition: number): Promise<void>
  checkpoint(): Promise<void>
  /**
   * Finishes what was asked for, then stops cleanly; later calls are refused. Idempotent. The
   * marker of the clean stop carries `brokerEpoch`, by which Kafka's controller knows whether the
   * last registration is the one that stopped; none: no broker had the store.
   */
  close(brokerEpoch?: number): Promise<void>
  recoveryReport(): RecoveryReport
  /** Empty while online, otherwise the sentence of the first failure. */
  offlineReason(): string
  /** Told once of the first failure, at once if it has happened. A close is none. */
  onOffline(listener: (reason: string) => void): void
  freeBytes(): number
  /** Of the disk that it lies on, free or not; -1 where that cannot be told. */
  totalBytes(): number
  /** Whole small files inside it (metadata snapshots, `quorum-state`); undefined: missing. */
  readFile(relativePath: string): Promise<Uint8Array | undefined>
  writeFile(relativePath: string, bytes: Uint8Array): Promise<void>
  listFiles(relativePath: string): Promise<readonly string[]>
  removeFile(relativePath: string): Promise<void>
}
