/**
 * A log directory in memory, for tests and the simulator. Not for production: it keeps nothing.
 *
 * What would be on the disk is a {@link MemoryDisk}; a store that is opened on the disk of an
 * earlier one sees what that left: everything after a close, only what was durable after a crash.
 */
import { assert } from '../base/assert.ts'
import { type Clock, systemClock } from '../base/clock.ts'
import { ErrorCode } from '../protocol/error-codes.ts'
import { lastOffsetOf } from '../protocol/record-batch.ts'
import { isUuid } from '../protocol/uuid.ts'
import {
  type LogConfig,
  type LogStore,
  type MetaProperties,
  type PartitionLog,
  type PartitionOnDisk,
  type RecoveryReport,
  StorageError,
} from './log-store.ts'
import { MemoryPartitionLog, type PartitionState } from './memory-partition-log.ts'

/** What a directory holds while no store has it open. */
export interface MemoryDisk {
  properties: MetaProperties | undefined
  clean: boolean
  readonly partitions: Map<string, PartitionState>
  /** Partitions that were set aside, by their old name. */
  readonly strays: Map<string, PartitionState>
  readonly files: Map<string, Uint8Array>
}

/** How a memory store behaves. */
export interface MemoryLogStoreOptions {
  /** The directory to open; a new one without it. */
  readonly disk?: MemoryDisk
  /** False: only {@link PartitionLog.flush} makes anything durable. */
  readonly autoFlush?: boolean
  /** What it calls itself. */
  readonly path?: string
  /** By which it notes when segments were written; the machine's without it. */
  readonly clock?: Pick<Clock, 'now'>
}

/** A store with what only a test may do. */
export interface MemoryLogStore extends LogStore {
  readonly disk: MemoryDisk
  /** The directory fails, as on the first failed write. */
  goOffline(reason: string): void
  /** The process dies: what was not durable is lost. Returns the disk for the next store. */
  crash(): MemoryDisk
}

/** Opens a directory in memory. */
export function createMemoryLogStore(options: MemoryLogStoreOptions = {}): MemoryLogStore {
  return new Store(options)
}

function emptyDisk(): MemoryDisk {
  return {
    properties: undefined,
    clean: true,
    partitions: new Map(),
    strays: new Map(),
    files: new Map(),
  }
}

class Store implements MemoryLogStore {
  readonly path: string
  readonly disk: MemoryDisk
  readonly autoFlush: boolean
  readonly #clock: Pick<Clock, 'now'>
  readonly #found: readonly PartitionOnDisk[]
  readonly #report: RecoveryReport
  readonly #logs = new Map<string, MemoryPartitionLog>()
  readonly #listeners: ((reason: string) => void)[] = []
  #offline = ''
  #failed = false

  constructor(options: MemoryLogStoreOptions) {
    const { disk = emptyDisk(), autoFlush = true, path = 'memory', clock = systemClock } = options
    this.path = path
    this.disk = disk
    this.autoFlush = autoFlush
    this.#clock = clock
    this.#found = [...disk.partitions.values()].map((state) => ({ ...state }))
    this.#report = {
      clean: disk.clean,
      partitions: disk.partitions.size,
      segmentsScanned: disk.clean ? 0 : disk.partitions.size,
      bytesScanned: 0,
      bytesCut: 0,
      indexesRebuilt: 0,
      journalEntries: 0,
      journalBytes: 0,
    }
    disk.clean = false
    for (const [name, { topic, partition }] of disk.partitions) {
      assert(name === nameOf(topic, partition), 'a partition is kept under its name')
    }
  }

  now(): number {
    return this.#clock.now()
  }

  metaProperties(): MetaProperties | undefined {
    return this.disk.properties
  }

  async format(properties: MetaProperties): Promise<void> {
    this.#requireOnline()
    assert(this.disk.properties === undefined, 'a directory is formatted once')
    this.disk.properties = properties
  }

  partitionsOnDisk(): readonly PartitionOnDisk[] {
    return this.#found
  }

  async openPartition(
    topic: string,
    partition: number,
    topicId: string,
    config: LogConfig,
  ): Promise<PartitionLog> {
    this.#requireOnline()
    assert(isUuid(topicId), 'a topic id is a UUID')
    const name = nameOf(topic, partition)
    const state = this.disk.partitions.get(name) ?? this.#newState(topic, partition, topicId)
    if (state.topicId !== topicId) {
      throw new StorageError(
        ErrorCode.INCONSISTENT_TOPIC_ID,
        `${name} belongs to topic id ${state.topicId}, not ${topicId}`,
      )
    }
    this.disk.partitions.set(name, state)
    const log = this.#logs.get(name) ?? new MemoryPartitionLog(state, config, this)
    log.configure(config)
    this.#logs.set(name, log)
    return log
  }

  find(topic: string, partition: number): PartitionLog | undefined {
    return this.#logs.get(nameOf(topic, partition))
  }

  async deletePartition(topic: string, partition: number): Promise<void> {
    this.#requireOnline()
    const name = nameOf(topic, partition)
    this.#logs.get(name)?.retire()
    this.#logs.delete(name)
    this.disk.partitions.delete(name)
  }

  /** Nothing stays: what is deleted in memory is gone. */
  setFileDeleteDelay(delayMs: number): void {
    assert(delayMs >= 0, 'nothing is removed before it is deleted')
  }

  async setAside(topic: string, partition: number): Promise<void> {
    this.#requireOnline()
    const name = nameOf(topic, partition)
    const state = this.disk.partitions.get(name)
    if (state === undefined) return
    this.#logs.get(name)?.retire()
    this.#logs.delete(name)
    this.disk.partitions.delete(name)
    this.disk.strays.set(name, state)
  }

  async checkpoint(): Promise<void> {
    this.#requireOnline()
  }

  async close(): Promise<void> {
    if (this.#offline !== '') return
    for (const log of this.#logs.values()) await log.flush()
    this.#offline = 'the store is closed'
    for (const log of this.#logs.values()) log.fail()
    this.disk.clean = true
  }

  recoveryReport(): RecoveryReport {
    return this.#report
  }

  offlineReason(): string {
    return this.#offline
  }

  onOffline(listener: (reason: string) => void): void {
    if (this.#failed) listener(this.#offline)
    else this.#listeners.push(listener)
  }

  freeBytes(): number {
    return 2 ** 40
  }

  totalBytes(): number {
    return 2 ** 41
  }

  async readFile(relativePath: string): Promise<Uint8Array | undefined> {
    return this.disk.files.get(relativePath)
  }

  async writeFile(relativePath: string, bytes: Uint8Array): Promise<void> {
    this.#requireOnline()
    this.disk.files.set(relativePath, Uint8Array.from(bytes))
  }

  async listFiles(relativePath: string): Promise<readonly string[]> {
    const prefix = relativePath === '' ? '' : `${relativePath}/`
    return [...this.disk.files.keys()]
      .filter((path) => path.startsWith(prefix) && !path.slice(prefix.length).includes('/'))
      .map((path) => path.slice(prefix.length))
  }

  async removeFile(relativePath: string): Promise<void> {
    this.#requireOnline()
    this.disk.files.delete(relativePath)
  }

  goOffline(reason: string): void {
    assert(reason !== '', 'a failure has a reason')
    if (this.#offline !== '') return
    this.#offline = reason
    this.#failed = true
    for (const log of this.#logs.values()) log.fail()
    for (const listener of this.#listeners) listener(reason)
  }

  crash(): MemoryDisk {
    if (this.#offline === '') this.#offline = 'the process died'
    for (const log of this.#logs.values()) log.fail()
    for (const state of this.disk.partitions.values()) {
      state.batches = state.batches.filter(
        ({ header }) => lastOffsetOf(header) < state.durableOffset,
      )
    }
    this.disk.clean = false
    return this.disk
  }

  #newState(topic: string, partition: number, topicId: string): PartitionState {
    assert(partition >= 0 && topic !== '', 'a partition has a topic and an index')
    const segments = [{ baseOffset: 0, modifiedMs: this.now() }]
    const nothing = { batches: [], aborted: [], logStartOffset: 0, durableOffset: 0 }
    return { topic, partition, topicId, segments, ...nothing }
  }

  #requireOnline(): void {
    if (this.#offline === '') return
    throw new StorageError(ErrorCode.KAFKA_STORAGE_ERROR, this.#offline)
  }
}

function nameOf(topic: string, partition: number): string {
  return `${topic}-${partition}`
}
