/**
 * The metadata log of this node as the controller uses it: read at the start, appended to, kept
 * small by snapshots. What is appended is replayed from its own bytes, so that the image of a
 * running controller is by construction the one that the next start will read.
 */
import { assert } from '../base/assert.ts'
import type { BrokerConfig } from '../metadata/config/broker-config.ts'
import type { MetadataChanges } from '../metadata/delta.ts'
import { MetadataError } from '../metadata/error.ts'
import { emptyImage, type MetadataImage } from '../metadata/image.ts'
import { requireReadable } from '../metadata/record-versions.ts'
import { encodeControls, encodeRecords, type LoggedRecordInput } from '../metadata/records.ts'
import { Replay } from '../metadata/replay.ts'
import {
  decodeSnapshot,
  encodeSnapshot,
  latestSnapshot,
  parseSnapshotName,
  type SnapshotId,
  snapshotIdOf,
  snapshotName,
} from '../metadata/snapshot.ts'
import { metadataTopic, metadataTopicId } from '../metadata/topic-name.ts'
import type { ControlRecord } from '../protocol/control-record.ts'
import type { LogConfig, LogStore, PartitionLog } from '../storage/log-store.ts'

/** Folder of the metadata log in its log directory. */
export const metadataFolder: string = `${metadataTopic}-0`

/** Bytes read at a time while replaying. */
const readBytes = 1 << 20

/** Most records in one batch; a longer list becomes several, which a crash can part. */
const batchRecordsMax = 10_000

/** What an append came to. */
export interface Appended {
  /** The image with what was appended; committed once {@link MetadataLog.committed} says so. */
  readonly image: MetadataImage
  readonly changes: MetadataChanges
  readonly requiredHighWatermark: number
}

/** See the head of this file. One owner; all calls on the Node thread. */
export class MetadataLog {
  readonly #store: LogStore
  readonly #log: PartitionLog
  readonly #snapshotBytes: number
  readonly #retentionBytes: number
  #epoch = 0
  #bytesSinceSnapshot = 0
  #snapshotting: Promise<void> | undefined
  /** Whether the log ends inside a transaction that nobody will end any more. */
  #inTransaction = false
  /** Invariant: ends at the log's end. */
  #image: MetadataImage = emptyImage

  private constructor(store: LogStore, log: PartitionLog, config: BrokerConfig) {
    this.#store = store
    this.#log = log
    this.#snapshotBytes = config.number('metadata.log.max.record.bytes.between.snapshots')
    const retention = config.number('metadata.max.retention.bytes')
    this.#retentionBytes = retention < 0 ? Infinity : retention
  }

  /**
   * Opens the log and reads it: the newest snapshot, then what came after. Throws a
   * {@link MetadataError} when it says what cannot be, or what only a newer version reads, and as
   * the store does.
   */
  static async open(store: LogStore, config: BrokerConfig): Promise<MetadataLog> {
    const log = await store.openPartition(metadataTopic, 0, metadataTopicId, logConfig(config))
    const opened = new MetadataLog(store, log, config)
    await opened.#load()
    return opened
  }

  /** The image of everything appended so far, committed or not. */
  get image(): MetadataImage {
    return this.#image
  }

  /**
   * Whether the log ends inside a transaction that nobody will end any more; the first record that
   * is appended must then abort it.
   */
  get inTransaction(): boolean {
    return this.#inTransaction
  }

  /** Offset that the next record gets. */
  get endOffset(): number {
    return this.#log.logEndOffset()
  }

  /** Begins an epoch, of which this node must be the leader, and appends its control records. */
  lead(epoch: number, controls: readonly ControlRecord[], timestamp: number): Appended {
    assert(epoch > this.#image.epoch || this.#image.offset < 0, 'every leader has its own epoch')
    this.#epoch = epoch
    this.#log.becomeLeader(epoch)
    return this.#append(encodeControls(controls, timestamp, this.#place()))
  }

  /** Appends records, as one batch unless there are more than 10,000. */
  append(records: readonly LoggedRecordInput[], timestamp: number): Appended {
    assert(records.length > 0, 'an append has a record')
    assert(this.#epoch > 0, 'only a leader appends')
    let appended: Appended | undefined
    const changes: MetadataChanges[] = []
    for (let at = 0; at < records.length; at += batchRecordsMax) {
      const slice = records.slice(at, at + batchRecordsMax)
      appended = this.#append(encodeRecords(slice, timestamp, this.#place()))
      changes.push(appended.changes)
    }
    assert(appended !== undefined, 'a list with a record has a slice')
    return { ...appended, changes: mergeChanges(changes) }
  }

  /** Resolves when the log up to here is durable; rejects when it goes offline. */
  committed(requiredHighWatermark: number): Promise<void> {
    return this.#log.committed(requiredHighWatermark)
  }

  /**
   * Writes a snapshot of a committed image when enough was appended since the last one, or if that
   * has waited long enough, anything. A failed write rejects; the log is as good as before.
   */
  snapshotIfDue(image: MetadataImage, timestamp: number, hasWaited = false): Promise<void> {
    if (this.#snapshotting !== undefined) return this.#snapshotting
    const bytesMin = hasWaited ? 1 : this.#snapshotBytes
    if (this.#bytesSinceSnapshot < bytesMin) return Promise.resolve()
    assert(image.offset <= this.#image.offset, 'a snapshot is of what was appended')
    this.#bytesSinceSnapshot = 0
    this.#snapshotting = this.#writeSnapshot(image, timestamp).finally(() => {
      this.#snapshotting = undefined
    })
    return this.#snapshotting
  }

  #place(): { baseOffset: number; partitionLeaderEpoch: number } {
    return { baseOffset: this.#log.logEndOffset(), partitionLeaderEpoch: this.#epoch }
  }

  #append(bytes: Uint8Array): Appended {
    const replay = new Replay(this.#image, this.#inTransaction)
    const result = this.#log.append(bytes)
    assert(result.baseOffset > this.#image.offset, 'nobody else appends to the metadata log')
    replay.feed(bytes)
    const changes = replay.changes()
    this.#image = replay.finish()
    this.#inTransaction = replay.inTransaction
    this.#bytesSinceSnapshot += bytes.length
    assert(this.#image.offset === result.lastOffset, 'the image ends where the log does')
    return { image: this.#image, changes, requiredHighWatermark: result.requiredHighWatermark }
  }

  async #load(): Promise<void> {
    const snapshot = latestSnapshot(await this.#store.listFiles(metadataFolder))
    const base = snapshot === undefined ? emptyImage : await this.#readSnapshot(snapshot)
    const replay = new Replay(base)
    const log = this.#log
    if (log.logStartOffset() > replay.nextOffset) {
      throw new MetadataError(
        `the metadata log begins at offset ${log.logStartOffset()}, ` +
          'and there is no snapshot of what came before',
      )
    }
    while (replay.nextOffset < log.logEndOffset()) {
      const bytes = await log.read(replay.nextOffset, readBytes, 'logEndOffset')
      const bytesRead = replay.feed(bytes)
      assert(bytesRead > 0, 'a read below the log end gives a whole batch')
      this.#bytesSinceSnapshot += bytesRead
    }
    this.#image = replay.finish()
    this.#inTransaction = replay.inTransaction
    requireReadable(this.#image)
  }

  async #readSnapshot(id: SnapshotId): Promise<MetadataImage> {
    const name = snapshotName(id)
    const bytes = await this.#store.readFile(`${metadataFolder}/${name}`)
    if (bytes === undefined) throw new MetadataError(`the snapshot ${name} is gone`)
    return decodeSnapshot(id, bytes)
  }

  async #writeSnapshot(image: MetadataImage, timestamp: number): Promise<void> {
    const id = snapshotIdOf(image)
    const bytes = encodeSnapshot(image, timestamp)
    await this.#store.writeFile(`${metadataFolder}/${snapshotName(id)}`, bytes)
    if (this.#log.sizeBytes() <= this.#retentionBytes) return
    const start = await this.#log.deleteUpTo(id.endOffset)
    for (const name of await this.#store.listFiles(metadataFolder)) {
      const other = parseSnapshotName(name)
      if (other === undefined || other.endOffset >= Math.max(start, id.endOffset)) continue
      await this.#store.removeFile(`${metadataFolder}/${name}`)
    }
  }
}

/** The settings of the metadata log; each record is durable before anybody hears of it. */
function logConfig(config: BrokerConfig): LogConfig {
  return {
    segmentBytes: config.number('metadata.log.segment.bytes'),
    segmentMs: config.number('metadata.log.segment.ms'),
    segmentJitterMs: 0,
    segmentIndexBytes: 10 * 1024 * 1024,
    indexIntervalBytes: 4096,
    flushMessages: 1,
    flushMs: Infinity,
    producerIdExpirationMs: Infinity,
    fileDeleteDelayMs: 60_000,
    maxMessageBytes: 64 * 1024 * 1024,
    compacted: false,
    logAppendTime: false,
    timestampBeforeMaxMs: Infinity,
    timestampAfterMaxMs: Infinity,
    targetCodec: -1,
    targetLevel: 0,
    openCompressed: false,
  }
}

/** Only a start appends several batches at once, and it tells nobody of single changes. */
function mergeChanges(all: readonly MetadataChanges[]): MetadataChanges {
  return {
    createdTopics: all.flatMap((one) => one.createdTopics),
    deletedTopics: all.flatMap((one) => one.deletedTopics),
    changedTopics: all.flatMap((one) => one.changedTopics),
    changedConfigs: new Set(all.flatMap((one) => [...one.changedConfigs])),
    brokersChanged: all.some((one) => one.brokersChanged),
    featuresChanged: all.some((one) => one.featuresChanged),
  }
}
