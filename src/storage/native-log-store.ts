/**
 * The store on disk: the native engine behind the {@link LogStore} port. Adds nothing but names.
 */
import type { NativeDirectory, NativeLog } from '../addon/binding.ts'
import { asBuffer } from '../base/as-buffer.ts'
import { assert } from '../base/assert.ts'
import { uuidFromBytes, uuidToBytes, zeroUuid } from '../protocol/uuid.ts'
import type {
  AppendResult,
  LogConfig,
  LogProducer,
  LogSegment,
  LogStore,
  MetaProperties,
  PartitionLog,
  PartitionOnDisk,
  ReadLimit,
  RecoveryReport,
  SegmentDetail,
  SegmentReplacement,
  StoredAbortedTransaction,
  TimestampResult,
} from './log-store.ts'
import { nativeStorage } from './native-binding.ts'
import { NativeSegmentReplacement } from './native-segment-replacement.ts'

/** Options of a store on disk; times in milliseconds. */
export interface NativeLogStoreOptions {
  /** Threads for write-back, deletion and cold reads, 1 to 4. */
  readonly helperThreads?: number
  /** `log.flush.offset.checkpoint.interval.ms`. */
  readonly checkpointIntervalMs?: number
  /** Between the deletion of a partition and the removal of its folder. */
  readonly fileDeleteDelayMs?: number
  /** `producer.id.expiration.check.interval.ms`. */
  readonly producerCheckIntervalMs?: number
  /**
   * Files of segments that are written which stay open while nobody uses them, 1,024 by default,
   * and as many of older ones that are read.
   */
  readonly openFilesMax?: number
  /** Where that many more files are written, appends wait for room among them; twice as many. */
  readonly openFilesBurst?: number
  /**
   * Sets the wall clock by which the log rolls segments and forgets producers this far ahead of the
   * machine's, or behind. For tests of data that was written at another time.
   */
  readonly clockOffsetMs?: number
}

/** Largest small file that {@link LogStore.readFile} takes: a metadata snapshot. */
const fileBytesMax = 256 * 1024 * 1024

/** One partition log of the native engine. */
export class NativePartitionLog implements PartitionLog {
  readonly topic: string
  readonly partition: number
  readonly topicId: string
  /** For the data plane, which takes the native object itself. */
  readonly native: NativeLog
  readonly #checkpoint: () => Promise<void>

  /** `checkpoint` is that of the log's directory. */
  constructor(
    topic: string,
    partition: number,
    topicId: string,
    native: NativeLog,
    checkpoint: () => Promise<void>,
  ) {
    assert(partition >= 0, 'a partition has an index')
    this.topic = topic
    this.partition = partition
    this.topicId = topicId
    this.native = native
    this.#checkpoint = checkpoint
  }

  logStartOffset(): number {
    return this.native.logStartOffset()
  }
  durableOffset(): number {
    return this.native.durableOffset()
  }
  highWatermark(): number {
    return this.native.highWatermark()
  }
  lastStableOffset(): number {
    return this.native.lastStableOffset()
  }
  logEndOffset(): number {
    return this.native.logEndOffset()
  }
  sizeBytes(): number {
    return this.native.sizeBytes()
  }
  online(): boolean {
    return this.native.online()
  }
  /** Why its directory failed; empty where that did not. */
  offlineReason(): string {
    return this.native.offlineReason()
  }
  configure(config: LogConfig): void {
    this.native.configure(config)
  }
  becomeLeader(leaderEpoch: number): void {
    assert(leaderEpoch >= 0, 'a leader has an epoch')
    this.native.becomeLeader(leaderEpoch)
  }
  append(batch: Uint8Array): AppendResult {
    const appended = this.native.append(batch)
    assert(appended.lastOffset >= appended.baseOffset, 'offsets of a batch ascend')
    assert(appended.requiredHighWatermark > appended.lastOffset, 'committed is behind the batch')
    return appended
  }
  committed(offset: number): Promise<void> {
    assert(!Number.isNaN(offset), 'who waits for an offset has one')
    return this.native.committed(offset)
  }
  passed(offset: number): Promise<void> {
    assert(!Number.isNaN(offset), 'who waits for an offset has one')
    return this.native.passed(offset)
  }
  giveUp(offset: number): void {
    this.native.giveUp(offset)
  }
  read(from: number, maxBytes: number, limit: ReadLimit): Promise<Uint8Array> {
    return this.native.read(from, maxBytes, limit)
  }
  readCached(from: number, maxBytes: number, limit: ReadLimit): Uint8Array | undefined {
    return this.native.readCached(from, maxBytes, limit)
  }
  lookupTimestamp(atLeast: number, limit: ReadLimit, from = 0): Promise<TimestampResult> {
    return this.native.lookupTimestamp(atLeast, limit, from)
  }
  lookupMaxTimestamp(limit: ReadLimit, from = 0): Promise<TimestampResult> {
    return this.native.lookupMaxTimestamp(limit, from)
  }
  endOffsetOf(leaderEpoch: number): { readonly leaderEpoch: number; readonly endOffset: number } {
    return this.native.endOffsetOf(leaderEpoch)
  }
  leaderEpochAt(offset: number): number {
    return this.native.leaderEpochAt(offset)
  }
  segments(): Promise<readonly LogSegment[]> {
    return this.native.segments()
  }
  segmentCount(): number {
    return this.native.segmentCount()
  }
  segmentDetail(baseOffset: number): Promise<SegmentDetail> {
    return this.native.segmentDetail(baseOffset)
  }
  segmentPosition(baseOffset: number, offset: number): Promise<number> {
    return this.native.segmentPosition(baseOffset, offset)
  }
  readSegment(baseOffset: number, position: number, maxBytes: number): Promise<Uint8Array> {
    return this.native.readSegment(baseOffset, position, maxBytes)
  }
  producers(): readonly LogProducer[] {
    return this.native.producers()
  }
  roll(): Promise<number> {
    return this.native.roll()
  }
  async replaceSegments(baseOffset: number, endOffset: number): Promise<SegmentReplacement> {
    const native = await this.native.replaceSegments(baseOffset, endOffset)
    return new NativeSegmentReplacement(native, this.#checkpoint)
  }
  abortedTransactions(baseOffset: number, endOffset: number): readonly StoredAbortedTransaction[] {
    return this.native.abortedEntries(baseOffset, endOffset)
  }
  truncateTo(offset: number): Promise<number> {
    assert(offset >= 0, 'a log begins at 0 or later')
    return this.native.truncateTo(offset)
  }
  deleteUpTo(offset: number): Promise<number> {
    assert(offset >= 0, 'a log begins at 0 or later')
    return this.native.deleteUpTo(offset)
  }
  flush(): Promise<number> {
    return this.native.flush()
  }
}

type PartitionToOpen = Parameters<NativeDirectory['openPartitions']>[0][number]

class NativeLogStore implements LogStore {
  readonly path: string
  readonly #directory: NativeDirectory
  readonly #logs = new Map<string, NativePartitionLog>()
  readonly #checkpoint = (): Promise<void> => this.checkpoint()
  /** What was found on the disk; forgotten when it is put to use, or changes. */
  #found: readonly PartitionOnDisk[] | undefined
  #asked: PartitionToOpen[] = []
  #opening: Promise<(NativeLog | Error)[]> | undefined
  readonly #toTell: ((reason: string) => void)[] = []
  /** Why it does not work, once that was told. */
  #failure: string | undefined
  #closing: Promise<void> | undefined

  constructor(path: string, directory: NativeDirectory) {
    this.path = path
    this.#directory = directory
  }

  metaProperties(): MetaProperties | undefined {
    return this.#directory.metaProperties()
  }
  format(properties: MetaProperties): Promise<void> {
    const { clusterId, nodeId, directoryId } = properties
    return this.#directory.format(clusterId, nodeId, directoryId)
  }
  partitionsOnDisk(): readonly PartitionOnDisk[] {
    this.#found ??= partitionsIn(this.#directory)
    return this.#found
  }

  /** What is asked for in one turn is opened together: recovered side by side, synced at once. */
  async openPartition(
    topic: string,
    partition: number,
    topicId: string,
    config: LogConfig,
  ): Promise<PartitionLog> {
    this.#found = undefined
    const name = key(topic, partition)
    const id = new Uint8Array(16)
    assert(uuidToBytes(topicId, id), 'a topic id is a UUID')
    const native = await this.#open({ topic, partition, topicId: id, config })
    // Another call may have opened it meanwhile: both get the one object.
    const known = this.#logs.get(name)
    if (known?.topicId === topicId && known.online()) {
      known.configure(config)
      return known
    }
    const log = new NativePartitionLog(topic, partition, topicId, native, this.#checkpoint)
    this.#logs.set(name, log)
    return log
  }

  async #open(partition: PartitionToOpen): Promise<NativeLog> {
    const index = this.#asked.push(partition) - 1
    this.#opening ??= Promise.resolve().then(() => {
      const asked = this.#asked
      this.#asked = []
      this.#opening = undefined
      return this.#directory.openPartitions(asked)
    })
    const opened = (await this.#opening)[index]
    assert(opened !== undefined, 'each partition has an answer')
    if (opened instanceof Error) throw opened
    return opened
  }

  find(topic: string, partition: number): PartitionLog | undefined {
    return this.#logs.get(key(topic, partition))
  }
  async deletePartition(topic: string, partition: number): Promise<void> {
    this.#logs.delete(key(topic, partition))
    this.#found = undefined
    await this.#directory.deletePartition(topic, partition)
  }
  setFileDeleteDelay(delayMs: number): void {
    this.#directory.setFileDeleteDelay(delayMs)
  }
  async setAside(topic: string, partition: number): Promise<void> {
    this.#logs.delete(key(topic, partition))
    this.#found = undefined
    await this.#directory.setAside(topic, partition)
  }
  checkpoint(): Promise<void> {
    return this.#directory.checkpoint()
  }
  close(brokerEpoch = -1): Promise<void> {
    this.#logs.clear()
    this.#closing ??= this.#directory.close(brokerEpoch)
    return this.#closing
  }
  recoveryReport(): RecoveryReport {
    return this.#directory.recoveryReport()
  }
  offlineReason(): string {
    return this.#closing === undefined ? this.#directory.offlineReason() : 'the store is closed'
  }
  onOffline(listener: (reason: string) => void): void {
    if (this.#failure !== undefined) {
      listener(this.#failure)
      return
    }
    this.#toTell.push(listener)
    // The native directory tells one, the last that asked.
    if (this.#toTell.length > 1) return
    this.#directory.onOffline((reason) => {
      assert(this.#failure === undefined, 'a directory fails once')
      this.#failure = reason
      for (const tell of this.#toTell) tell(reason)
    })
  }
  freeBytes(): number {
    return this.#directory.freeBytes()
  }
  totalBytes(): number {
    return this.#directory.totalBytes()
  }

  async readFile(relativePath: string): Promise<Uint8Array | undefined> {
    const cut = relativePath.lastIndexOf('/')
    const folder = cut < 0 ? '' : relativePath.slice(0, cut)
    const names = await this.#directory.listFiles(folder)
    if (!names.includes(relativePath.slice(cut + 1))) return undefined
    return this.#directory.readFile(relativePath, fileBytesMax)
  }
  writeFile(relativePath: string, bytes: Uint8Array): Promise<void> {
    return this.#directory.writeFile(relativePath, bytes)
  }
  listFiles(relativePath: string): Promise<readonly string[]> {
    return this.#directory.listFiles(relativePath)
  }
  removeFile(relativePath: string): Promise<void> {
    return this.#directory.removeFile(relativePath)
  }
}

function key(topic: string, partition: number): string {
  return `${topic}-${partition}`
}

/**
 * Opens a log directory, creating it if it is missing.
 *
 * @throws {StorageError} one sentence: held by another process, no permission, not a directory,
 * written by a newer version, disk full.
 */
export async function openNativeLogStore(
  path: string,
  options: NativeLogStoreOptions = {},
): Promise<LogStore> {
  const { helperThreads = 2, openFilesMax = 1024 } = options
  assert(helperThreads >= 1 && helperThreads <= 4, 'a directory has 1 to 4 helper threads')
  const directory = await nativeStorage().openDirectory({
    path,
    helperThreads,
    checkpointIntervalMs: options.checkpointIntervalMs ?? 60_000,
    fileDeleteDelayMs: options.fileDeleteDelayMs ?? 60_000,
    producerCheckIntervalMs: options.producerCheckIntervalMs ?? 600_000,
    openFilesMax,
    openFilesBurst: options.openFilesBurst ?? 2 * openFilesMax,
    clockOffsetMs: options.clockOffsetMs ?? 0,
  })
  return new NativeLogStore(path, directory)
}

function partitionsIn(directory: NativeDirectory): PartitionOnDisk[] {
  const { topics, partitions, topicIds } = directory.partitionsOnDisk()
  assert(topicIds.length === topics.length * 16, 'each partition has an id, or zeros')
  const ids = asBuffer(topicIds)
  let topicId: string | undefined
  return topics.map((topic, i) => {
    // In the order of their names: most have the id of the one before.
    const isAlike = i > 0 && ids.compare(ids, i * 16 - 16, i * 16, i * 16, i * 16 + 16) === 0
    if (!isAlike) {
      const id = uuidFromBytes(ids, i * 16)
      topicId = id === zeroUuid ? undefined : id
    }
    return { topic, partition: partitions[i] ?? 0, topicId }
  })
}
