/**
 * The typed face of the native module: what `native/addon` exports, field by field. No policy, no
 * conversion; src/storage turns it into its ports. Ids cross as 16 bytes, 64-bit numbers as doubles
 * that saturate (`Infinity` is "no bound"). A value of a wrong type or out of range is a TypeError,
 * thrown at once; what the world can break is an error of the class given to `initialize`, thrown
 * by what returns a value and the reason of a rejection where a promise is returned.
 */
import { loadNativeModule } from './load.ts'

/**
 * Settings of one partition log; the control plane's decision, in plain numbers. `Infinity` means
 * no bound.
 */
export interface NativeLogConfig {
  readonly segmentBytes: number
  readonly segmentMs: number
  readonly segmentJitterMs: number
  readonly segmentIndexBytes: number
  readonly indexIntervalBytes: number
  readonly flushMessages: number
  readonly flushMs: number
  readonly producerIdExpirationMs: number
  /** Between the deletion of a segment and the removal of its files. */
  readonly fileDeleteDelayMs: number
  readonly maxMessageBytes: number
  readonly compacted: boolean
  readonly logAppendTime: boolean
  readonly timestampBeforeMaxMs: number
  readonly timestampAfterMaxMs: number
  /** Codec id 0 to 4 that stored batches must have, or -1 for `producer`. */
  readonly targetCodec: number
  /** Level of that codec, where it has levels. */
  readonly targetLevel: number
  readonly openCompressed: boolean
}

/** How far a native read may look. */
export type NativeReadLimit = 'highWatermark' | 'lastStableOffset' | 'logEndOffset'

/** Answer of a native timestamp lookup. */
export interface NativeTimestampResult {
  readonly offset: number
  readonly timestamp: number
  readonly leaderEpoch: number
  readonly compressedBatch: Uint8Array | undefined
}

/** What a log knows of one idempotent or transactional producer; -1 is "none". */
export interface NativeProducer {
  readonly producerId: number
  readonly producerEpoch: number
  readonly lastSequence: number
  /** Of its last batch. */
  readonly lastTimestamp: number
  /** Of its last transaction marker. */
  readonly coordinatorEpoch: number
  /** Where its open transaction begins. */
  readonly transactionFirstOffset: number
  /** Of its last batch with data, in this epoch. */
  readonly lastDataOffset: number
}

/** One segment of a log. */
export interface NativeSegment {
  readonly baseOffset: number
  readonly nextOffset: number
  readonly sizeBytes: number
  readonly largestTimestamp: number
  readonly active: boolean
}

/** What compaction asks of a sealed segment beside that. */
export interface NativeSegmentDetail {
  readonly firstBatchTimestamp: number
  readonly offsetIndexBytes: number
  readonly timeIndexBytes: number
}

/** An aborted transaction that a read-committed reader has to pass over. */
export interface NativeAbortedTransaction {
  readonly producerId: number
  readonly firstOffset: number
}

/** What the index of a segment says of an aborted transaction; offsets inclusive. */
export interface NativeAbortedEntry {
  readonly producerId: number
  readonly firstOffset: number
  readonly lastOffset: number
  readonly lastStableOffset: number
}

/** A segment that is to take the place of others (native/addon/replacement_binding.h). */
export interface NativeReplacement {
  append(batches: Uint8Array): Promise<boolean>
  /** Of a call that is repeated after an error, only the first one's transactions are taken. */
  commit(aborted: readonly NativeAbortedEntry[]): Promise<boolean>
  discard(): Promise<boolean>
}

/** One partition log (native/addon/log_binding.h). */
export interface NativeLog {
  logStartOffset(): number
  durableOffset(): number
  highWatermark(): number
  lastStableOffset(): number
  logEndOffset(): number
  sizeBytes(): number
  segmentCount(): number
  producers(): readonly NativeProducer[]
  online(): boolean
  /** Why its directory failed; empty where that did not. */
  offlineReason(): string
  configure(config: NativeLogConfig): void
  becomeLeader(leaderEpoch: number): void
  /** Takes a copy of `batch`, with offset and leader epoch assigned. */
  append(batch: Uint8Array): {
    readonly baseOffset: number
    readonly lastOffset: number
    readonly requiredHighWatermark: number
  }
  committed(offset: number): Promise<void>
  passed(offset: number): Promise<void>
  giveUp(offset: number): void
  read(from: number, maxBytes: number, limit: NativeReadLimit): Promise<Uint8Array>
  readCached(from: number, maxBytes: number, limit: NativeReadLimit): Uint8Array | undefined
  /** Those of the bytes that `read` with `lastStableOffset` returns. */
  abortedTransactions(from: number, maxBytes: number): Promise<readonly NativeAbortedTransaction[]>
  lookupTimestamp(
    atLeast: number,
    limit: NativeReadLimit,
    from: number,
  ): Promise<NativeTimestampResult>
  lookupMaxTimestamp(limit: NativeReadLimit, from: number): Promise<NativeTimestampResult>
  endOffsetOf(leaderEpoch: number): { readonly leaderEpoch: number; readonly endOffset: number }
  leaderEpochAt(offset: number): number
  segments(): Promise<readonly NativeSegment[]>
  /** These three are of the sealed segment with this base offset. */
  segmentDetail(baseOffset: number): Promise<NativeSegmentDetail>
  segmentPosition(baseOffset: number, offset: number): Promise<number>
  readSegment(baseOffset: number, position: number, maxBytes: number): Promise<Uint8Array>
  roll(): Promise<number>
  replaceSegments(baseOffset: number, endOffset: number): Promise<NativeReplacement>
  abortedEntries(baseOffset: number, endOffset: number): readonly NativeAbortedEntry[]
  truncateTo(offset: number): Promise<number>
  deleteUpTo(offset: number): Promise<number>
  flush(): Promise<number>
}

/** One open log directory (native/addon/directory_binding.h). */
export interface NativeDirectory {
  metaProperties():
    | { readonly clusterId: string; readonly nodeId: number; readonly directoryId: string }
    | undefined
  format(clusterId: string, nodeId: number, directoryId: string): Promise<void>
  /** In parallel arrays, as there may be many; an id is 16 bytes, zeros where none is known. */
  partitionsOnDisk(): {
    readonly topics: readonly string[]
    readonly partitions: Int32Array
    readonly topicIds: Uint8Array
  }
  /** The logs in the order of the partitions, or for each the `StorageError` that refused it. */
  openPartitions(
    partitions: readonly {
      readonly topic: string
      readonly partition: number
      readonly topicId: Uint8Array
      readonly config: NativeLogConfig
    }[],
  ): Promise<(NativeLog | Error)[]>
  /** One that is open, whoever opened it. */
  find(topic: string, partition: number, topicId: Uint8Array): NativeLog | undefined
  deletePartition(topic: string, partition: number): Promise<void>
  /** Of partitions that are deleted from now on. */
  setFileDeleteDelay(delayMs: number): void
  setAside(topic: string, partition: number): Promise<void>
  checkpoint(): Promise<void>
  /** `brokerEpoch` is what the marker of a clean stop says; -1 without a broker. */
  close(brokerEpoch: number): Promise<void>
  recoveryReport(): {
    readonly clean: boolean
    readonly partitions: number
    readonly segmentsScanned: number
    readonly bytesScanned: number
    readonly bytesCut: number
    readonly indexesRebuilt: number
    readonly journalEntries: number
    readonly journalBytes: number
  }
  offlineReason(): string
  onOffline(listener: (reason: string) => void): void
  freeBytes(): number
  /** -1 where the system does not tell. */
  totalBytes(): number
  readFile(relativePath: string, maxBytes: number): Promise<Uint8Array>
  writeFile(relativePath: string, bytes: Uint8Array): Promise<void>
  listFiles(relativePath: string): Promise<readonly string[]>
  removeFile(relativePath: string): Promise<void>
}

/** A numeric address as the native side prints it. */
export interface NativeEndpoint {
  readonly host: string
  readonly port: number
}

/** Counts by bucket of time (native/data_path/latency_histogram.h). */
export interface NativeLatencyCounts {
  readonly buckets: readonly number[]
  readonly sumUs: number
}

/** Limits and threads of a native data plane. */
export interface NativeDataPlaneOptions {
  readonly reactorThreads: number
  readonly socketRequestMaxBytes: number
  /** -1: the system's own. */
  readonly socketSendBufferBytes: number
  /** -1: the system's own. */
  readonly socketReceiveBufferBytes: number
  readonly fetchMaxBytes: number
  readonly maxIncrementalFetchSessionCacheSlots: number
  readonly connectionsMaxIdleMs: number
  readonly maxConnections: number
}

/** Called on the Node thread, all that gathered since the last wake-up at once. */
export interface NativeDataPlaneHandlers {
  onFrames(
    frames: readonly {
      readonly connection: number
      readonly sequence: number
      readonly bytes: Uint8Array
    }[],
  ): void
  onOpenBatches(
    batches: readonly {
      readonly token: number
      readonly bytes: Uint8Array
      readonly compacted: boolean
      readonly targetCodec: number
      readonly targetLevel: number
      readonly logAppendTime: boolean
      readonly timestampBeforeMaxMs: number
      readonly timestampAfterMaxMs: number
      readonly maxMessageBytes: number
    }[],
  ): void
  onConnectionsClosed(connections: readonly number[]): void
}

/** A limit a second, Infinity for none. */
export interface NativeQuotaRule {
  readonly limit: number
  readonly shared: boolean
}

/** What clients may use (native/addon/limit_tables_binding.h). */
export interface NativeQuotas {
  readonly windows: number
  readonly windowMs: number
  readonly others: NativeQuotaRules
  readonly clients: readonly { readonly clientId: string; readonly rules: NativeQuotaRules }[]
}

/** Rules by what they limit. */
export interface NativeQuotaRules {
  readonly produce: NativeQuotaRule
  readonly fetch: NativeQuotaRule
  readonly request: NativeQuotaRule
}

/** Who may connect (native/addon/limit_tables_binding.h). */
export interface NativeConnectionLimits {
  readonly windows: number
  readonly windowMs: number
  readonly maxConnections: number
  readonly maxRate: number
  readonly listeners: readonly {
    readonly endpoints: readonly NativeEndpoint[]
    readonly maxConnections: number
    readonly maxRate: number
    readonly exempt: boolean
  }[]
  readonly maxPerIp: number
  readonly perIp: readonly { readonly host: string; readonly max: number }[]
  readonly maxRatePerIp: number
  readonly ratePerIp: readonly { readonly host: string; readonly rate: number }[]
}

/** Counters since start, except `connections` (open now). */
export interface NativeStatistics {
  readonly connections: number
  readonly connectionsTotal: number
  readonly requestsProduce: number
  readonly requestsFetch: number
  readonly requestsControl: number
  readonly bytesIn: number
  readonly bytesOut: number
  readonly framesRefused: number
}

/** What Produce and Fetch moved, of one topic or of all; counts by partition of a request. */
export interface NativeTraffic {
  /** Refused ones included. */
  readonly produces: number
  readonly producesFailed: number
  readonly recordsIn: number
  /** Of appended batches. */
  readonly bytesIn: number
  /** Of batches that were too large. */
  readonly bytesRejected: number
  /** Refused ones included. */
  readonly fetches: number
  readonly fetchesFailed: number
  readonly bytesOut: number
}

/** The running data plane of one broker (native/addon/data_plane_binding.h). */
export interface NativeDataPlane {
  listen(host: string, port: number): NativeEndpoint
  serve(): void
  host(log: NativeLog, leaderEpoch: number, internal: boolean): void
  hostUnavailable(topic: string, partition: number, topicId: Uint8Array): void
  unhost(topic: string, partition: number): void
  /** An empty frame closes the connection. */
  respond(connection: number, sequence: number, frame: Uint8Array): void
  batchOpened(
    token: number,
    verdict: {
      readonly code: number
      readonly message: string
      readonly faults: readonly { readonly index: number; readonly message: string }[]
      readonly replacement: Uint8Array | undefined
    },
  ): void
  connectionInfo(
    connection: number,
  ): { readonly local: NativeEndpoint; readonly peer: NativeEndpoint } | undefined
  statistics(): NativeStatistics
  /** Of a hosted topic, or of all. */
  traffic(topic: string | undefined): NativeTraffic
  latencies(): { readonly produce: NativeLatencyCounts; readonly fetch: NativeLatencyCounts }
  setQuotas(quotas: NativeQuotas): void
  setConnectionLimits(limits: NativeConnectionLimits): void
  chargeRequest(clientId: string, busyNs: number): number
  mute(connection: number, throttleMs: number): void
  stop(): Promise<void>
}

/** One fact about a file of a directory that was checked; -1 is "does not apply". */
export interface NativeFinding {
  readonly kind: 'damaged' | 'missing' | 'unclean'
  readonly file: string
  readonly from: number
  readonly to: number
  readonly firstOffset: number
  readonly nextOffset: number
  readonly reason: string
}

/** What a check of one partition found (native/check/partition_check.h). */
export interface NativePartitionReport {
  readonly folder: string
  readonly logStart: number
  readonly logEnd: number
  readonly segments: number
  readonly batches: number
  readonly bytes: number
  readonly cut:
    | {
        readonly segmentBase: number
        readonly position: number
        readonly offset: number
        readonly batches: number
        readonly bytes: number
      }
    | undefined
  readonly findings: readonly NativeFinding[]
  readonly faults: number
  readonly unclean: number
}

/** A log directory that is looked at, not opened (native/addon/check_binding.h). */
export interface NativeCheck {
  report(): {
    readonly clean: boolean
    readonly bytes: number
    readonly journal: boolean
    readonly journalEntries: number
    readonly journalBytes: number
    readonly partitions: readonly {
      readonly folder: string
      readonly bytes: number
      readonly cleanedTo: number
    }[]
    readonly findings: readonly NativeFinding[]
    readonly faults: number
    readonly unclean: number
  }
  /** By its place in `report().partitions`. */
  checkPartition(index: number): Promise<NativePartitionReport>
  bytesChecked(): number
  release(): void
}

/** The module's exports. */
export interface NativeBinding {
  /** Must be called once per environment, before anything else. */
  initialize(errorClass: new (code: number, message: string) => Error): void
  openDirectory(options: {
    readonly path: string
    readonly helperThreads: number
    readonly checkpointIntervalMs: number
    readonly fileDeleteDelayMs: number
    /** Between two looks for idle producers. */
    readonly producerCheckIntervalMs: number
    /** Descriptors for the segments that are written, and as many for older ones that are read. */
    readonly openFilesMax: number
    /** With so many of the former produced data wait until some are synced and closed. */
    readonly openFilesBurst: number
    /** How far the directory's wall clock is ahead of the machine's; 0 without it. */
    readonly clockOffsetMs?: number
  }): Promise<NativeDirectory>
  /**
   * The partitions of that topic, from 0 on, in a directory that any thread of this process has
   * open; none where it has not. They are there to be read: what changes their files is refused.
   * They keep nothing open: when the directory closes they are out of service.
   */
  findOpenLogs(path: string, topic: string, topicId: Uint8Array): Promise<readonly NativeLog[]>
  /** Shares the directory's lock until `release`. */
  openCheck(path: string): Promise<NativeCheck>
  /** Mends what is damaged in these partition folders, and the directory's checkpoints. */
  repairDirectory(
    path: string,
    folders: readonly string[],
    keep: boolean,
  ): Promise<{
    readonly partitions: readonly {
      readonly folder: string
      readonly logEnd: number
      readonly bytesCut: number
      readonly kept: readonly string[]
      readonly rebuilt: readonly string[]
    }[]
    readonly journalEntries: number
    readonly checkpoints: readonly string[]
    readonly kept: readonly string[]
  }>
  readonly NativeDataPlane: new (
    options: NativeDataPlaneOptions,
    handlers: NativeDataPlaneHandlers,
  ) => NativeDataPlane
}

/**
 * The native module of this process.
 *
 * @throws {NativeModuleError} where it is missing or cannot be loaded; names the command that
 * builds it.
 */
export function nativeBinding(): NativeBinding {
  return loadNativeModule() as NativeBinding
}
