/**
 * The log directories of a broker: each a store of its own, with its own journal, threads and fate.
 * Says in which of them a partition lies, and goes on without those that do not work.
 */
import { assert } from '../base/assert.ts'
import type { Random } from '../base/random.ts'
import { identify } from '../controller/open-store.ts'
import type { MetadataImage, PartitionImage, TopicImage } from '../metadata/image.ts'
import {
  type DirectoryAssignment,
  DirectoryId,
  directoryOf,
} from '../metadata/replica-directory.ts'
import type { Uuid } from '../protocol/uuid.ts'
import {
  type LogConfig,
  type LogStore,
  type MetaProperties,
  type PartitionLog,
  type PartitionOnDisk,
  type RecoveryReport,
  StorageError,
} from '../storage/log-store.ts'

/** What a start had to do in one directory whose last stop was not clean. */
export interface Recovery {
  readonly path: string
  readonly report: RecoveryReport
  /** From the beginning of the start to the last of its partitions. */
  readonly durationMs: number
}

/** What a {@link DataDirectories} is made of. */
export interface DataDirectoriesOptions {
  /** Holds the metadata log; mostly one of `data`. */
  readonly metadata: LogStore
  /** Those that hold partitions and could be opened, in the order of their names. */
  readonly data: readonly LogStore[]
  /** Paths of those that could not. */
  readonly missing: readonly string[]
  readonly monotonicMs: () => number
  /** When the first of them was about to be opened. */
  readonly startedMs: number
}

/** See the head of this file. All calls on the Node thread. */
export class DataDirectories {
  readonly metadata: LogStore
  readonly #options: DataDirectoriesOptions
  #data: readonly LogStore[]
  #missing: readonly string[]
  readonly #new: ReadonlySet<LogStore>
  readonly #ids = new Map<LogStore, Uuid>()
  /** Where a partition lies, by its name: as found on the disk, later as it was opened. */
  readonly #homes = new Map<string, LogStore>()
  /** When the last partition was opened. */
  readonly #openedMs = new Map<LogStore, number>()

  /** No partition is in two of the stores. */
  constructor(options: DataDirectoriesOptions) {
    this.#options = options
    this.metadata = options.metadata
    this.#data = options.data
    this.#missing = options.missing
    this.#new = new Set(this.stores().filter((store) => store.metaProperties() === undefined))
    for (const { topic, partition, store } of this.partitionsOnDisk()) {
      const name = nameOf(topic, partition)
      assert(!this.#homes.has(name), 'a partition lies in one directory')
      this.#homes.set(name, store)
    }
  }

  /** All that are open, that of the metadata log first. */
  stores(): readonly LogStore[] {
    return [this.metadata, ...this.#data.filter((store) => store !== this.metadata)]
  }

  /**
   * Gives new directories the identity of the metadata log's. Returns why some cannot have it;
   * those are missing from then on. Rejects where directories belong to several nodes or clusters.
   */
  async identify(
    { clusterId, nodeId }: MetaProperties,
    random: Random,
  ): Promise<{ readonly path: string; readonly reason: string }[]> {
    const failures: { readonly path: string; readonly reason: string }[] = []
    for (const store of this.stores()) {
      try {
        const { directoryId } = await identify(store, { clusterId, nodeId }, random)
        this.#ids.set(store, directoryId)
        this.#opened(store)
      } catch (error) {
        if (!(error instanceof StorageError)) throw error
        this.#data = this.#data.filter((one) => one !== store)
        if (store === this.metadata || this.#data.length === 0) throw error
        failures.push({ path: store.path, reason: error.message })
        this.#missing = [...this.#missing, store.path]
        await store.close().catch(() => undefined)
      }
    }
    return failures
  }

  /** Ids of those that hold partitions and work, in the order of their names. */
  online(): Uuid[] {
    return this.#data.filter(isOnline).map((store) => this.idOf(store))
  }

  /** Ids of those that are among these paths, absolute; `*` names all. */
  idsOf(paths: readonly string[]): Uuid[] {
    const named = (store: LogStore): boolean => paths.includes('*') || paths.includes(store.path)
    const working = this.#data.filter((store) => isOnline(store) && named(store))
    return working.map((store) => this.idOf(store))
  }

  /** Whether every directory was stopped cleanly the last time. */
  isClean(): boolean {
    return this.stores().every((store) => store.recoveryReport().clean)
  }

  /** What this start did in the directories that were not stopped cleanly. */
  recoveries(): Recovery[] {
    const { startedMs } = this.#options
    return this.stores()
      .filter((store) => !this.#new.has(store))
      .map((store) => ({
        path: store.path,
        report: store.recoveryReport(),
        durationMs: (this.#openedMs.get(store) ?? startedMs) - startedMs,
      }))
      .filter(({ report }) => !report.clean)
  }

  /** Folders of partitions, with the directory that each was found in. */
  partitionsOnDisk(): (PartitionOnDisk & { readonly store: LogStore })[] {
    return this.stores().flatMap((store) =>
      store.partitionsOnDisk().map((found) => ({ ...found, store })),
    )
  }

  /** The replicas of this node that lie elsewhere than the image says, or nowhere yet. */
  moved(image: MetadataImage, nodeId: number): DirectoryAssignment[] {
    const moved: DirectoryAssignment[] = []
    for (const topic of image.topicsByName.values()) {
      for (const partition of topic.partitions) {
        if (!partition.replicas.includes(nodeId)) continue
        const recorded = directoryOf(partition, nodeId)
        const home = this.#home(topic, partition, recorded)
        if (home === undefined || this.idOf(home) === recorded) continue
        const { index } = partition
        moved.push({ topicId: topic.id, partition: index, directory: this.idOf(home) })
      }
    }
    return moved
  }

  /**
   * Opens the log of a replica of this node where it lies, or makes it there. Undefined when its
   * directory is not there or fails. Rejects as the store does, which then goes on.
   */
  async open(
    topic: TopicImage,
    partition: PartitionImage,
    nodeId: number,
    config: LogConfig,
  ): Promise<PartitionLog | undefined> {
    const store = this.#home(topic, partition, directoryOf(partition, nodeId))
    if (store === undefined || !isOnline(store)) return undefined
    this.#homes.set(nameOf(topic.name, partition.index), store)
    try {
      return await store.openPartition(topic.name, partition.index, topic.id, config)
    } catch (error) {
      if (!isOnline(store)) return undefined
      throw error
    } finally {
      this.#opened(store)
    }
  }

  /** The log of a partition that is open. */
  find(topic: string, partition: number): PartitionLog | undefined {
    return this.#homes.get(nameOf(topic, partition))?.find(topic, partition)
  }

  /** Ends a log and has its folder removed; what lies in a failed directory stays there. */
  async deletePartition(topic: string, partition: number): Promise<void> {
    const store = this.#homes.get(nameOf(topic, partition))
    this.#homes.delete(nameOf(topic, partition))
    if (store !== undefined && isOnline(store)) await store.deletePartition(topic, partition)
  }

  /** Renames a folder that no metadata names; nothing is lost. */
  async setAside(topic: string, partition: number): Promise<void> {
    const name = nameOf(topic, partition)
    await this.#homes.get(name)?.setAside(topic, partition)
    this.#homes.delete(name)
  }

  /**
   * Stops all cleanly that work, and rejects with the first failure. One that failed before is left
   * as it is: the next start recovers it.
   */
  async close(brokerEpoch?: number): Promise<void> {
    const working = this.stores().filter((store) => isOnline(store) || store === this.metadata)
    const closed = await Promise.allSettled(working.map((store) => store.close(brokerEpoch)))
    for (const one of closed) if (one.status === 'rejected') throw one.reason
  }

  /** What lies nowhere yet and was never placed goes where the fewest are. */
  #home(topic: TopicImage, { index }: PartitionImage, recorded: Uuid): LogStore | undefined {
    const name = nameOf(topic.name, index)
    const known =
      this.#homes.get(name) ??
      this.#data.find((store) => isOnline(store) && this.idOf(store) === recorded)
    if (known !== undefined) return known
    const isAnywhere = recorded === DirectoryId.migrating && this.#missing.length > 0
    if (isAnywhere || !isReserved(recorded)) return undefined
    const chosen = this.#emptiest()
    if (chosen !== undefined) this.#homes.set(name, chosen)
    return chosen
  }

  #emptiest(): LogStore | undefined {
    const counts = new Map<LogStore, number>(this.#data.filter(isOnline).map((one) => [one, 0]))
    for (const store of this.#homes.values()) {
      const count = counts.get(store)
      if (count !== undefined) counts.set(store, count + 1)
    }
    return [...counts].sort(([, a], [, b]) => a - b)[0]?.[0]
  }

  #opened(store: LogStore): void {
    this.#openedMs.set(store, this.#options.monotonicMs())
  }

  /** The id of one that was identified. */
  idOf(store: LogStore): Uuid {
    const id = this.#ids.get(store)
    assert(id !== undefined, 'a directory has an identity before it holds a partition')
    return id
  }
}

function isReserved(directory: Uuid): boolean {
  return directory === DirectoryId.unassigned || directory === DirectoryId.migrating
}

function isOnline(store: LogStore): boolean {
  return store.offlineReason() === ''
}

function nameOf(topic: string, partition: number): string {
  return `${topic}-${partition}`
}
