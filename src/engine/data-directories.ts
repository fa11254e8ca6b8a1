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
import { metadataTopic } from '../metadata/topic-name.ts'
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

/** A partition folder, and the directory that it was found in. */
export interface FoundPartition extends PartitionOnDisk {
  readonly store: LogStore
}

/** One of `log.dirs`, working or not. */
export interface DescribedDirectory {
  readonly path: string
  readonly id: Uuid | undefined
  /** Undefined where the directory does not work. */
  readonly disk: { readonly totalBytes: number; readonly usableBytes: number } | undefined
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
  /** How many of them lie in each. */
  readonly #counts = new Map<LogStore, number>()
  /** When the last partition was opened. */
  readonly #openedMs = new Map<LogStore, number>()

  constructor(options: DataDirectoriesOptions) {
    this.#options = options
    this.metadata = options.metadata
    this.#data = options.data
    this.#missing = options.missing
    this.#new = new Set(this.stores().filter((store) => store.metaProperties() === undefined))
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

  /** Paths of those that could not be opened at the start. */
  missing(): readonly string[] {
    return this.#missing
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

  /** Those that hold partitions, first the ones that were opened. */
  describe(): DescribedDirectory[] {
    const opened = this.#data.map((store): DescribedDirectory => {
      // A disk that has failed may never answer.
      const disk = isOnline(store)
        ? { totalBytes: store.totalBytes(), usableBytes: store.freeBytes() }
        : undefined
      return { path: store.path, id: this.#ids.get(store), disk }
    })
    assert(opened.length > 0, 'a broker has a directory')
    const gone = this.#missing.map((path) => ({ path, id: undefined, disk: undefined }))
    return [...opened, ...gone]
  }

  /** Where a partition lies; undefined where it lies nowhere that was found. */
  pathOf(topic: string, partition: number): string | undefined {
    return this.#homes.get(nameOf(topic, partition))?.path
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

  /** Learns where the partitions lie that the image names; each lies in one directory. */
  locate(image: MetadataImage): void {
    for (const found of this.#partitionsOnDisk()) {
      if (!isNamed(image, found)) continue
      const name = nameOf(found.topic, found.partition)
      assert(!this.#homes.has(name), 'a partition lies in one directory')
      this.#setHome(name, found.store)
    }
  }

  /** Folders that the image does not name: of topics deleted while a directory was not there. */
  strays(image: MetadataImage): FoundPartition[] {
    // The controller opens and keeps its own log.
    return this.#partitionsOnDisk().filter(
      (found) => found.topic !== metadataTopic && !isNamed(image, found),
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
    this.#setHome(nameOf(topic.name, partition.index), store)
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

  /** Where a partition lies that is open. */
  storeOf(topic: string, partition: number): LogStore | undefined {
    return this.#homes.get(nameOf(topic, partition))
  }

  /** For how many ms the folders of partitions that are deleted from now on stay. */
  keepDeletedFor(delayMs: number): void {
    for (const store of this.#data) store.setFileDeleteDelay(delayMs)
  }

  /** Ends a log and has its folder removed; what lies in a failed directory stays there. */
  async deletePartition(topic: string, partition: number): Promise<void> {
    const name = nameOf(topic, partition)
    const store = this.#homes.get(name)
    this.#setHome(name, undefined)
    if (store !== undefined && isOnline(store)) await store.deletePartition(topic, partition)
  }

  /** Renames the folder of a stray; nothing is lost. */
  async setAside({ topic, partition, store }: FoundPartition): Promise<void> {
    await store.setAside(topic, partition)
    const name = nameOf(topic, partition)
    if (this.#homes.get(name) === store) this.#setHome(name, undefined)
  }

  /**
   * Stops all cleanly that work, and rejects with the first failure. One that failed before is only
   * let go of, and told of before: the next start recovers it. Without the metadata log's nothing
   * was stopped cleanly.
   */
  async close(brokerEpoch?: number): Promise<void> {
    const stores = this.stores()
    const failed = new Set(stores.filter((store) => !isOnline(store) && store !== this.metadata))
    const closed = await Promise.allSettled(stores.map((store) => store.close(brokerEpoch)))
    for (const [at, store] of stores.entries()) {
      const one = closed[at]
      if (one?.status === 'rejected' && !failed.has(store)) throw one.reason
    }
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
    if (chosen !== undefined) this.#setHome(name, chosen)
    return chosen
  }

  #emptiest(): LogStore | undefined {
    const countOf = (store: LogStore): number => this.#counts.get(store) ?? 0
    let emptiest: LogStore | undefined
    for (const store of this.#data.filter(isOnline)) {
      if (emptiest === undefined || countOf(store) < countOf(emptiest)) emptiest = store
    }
    return emptiest
  }

  #setHome(name: string, store: LogStore | undefined): void {
    this.#count(this.#homes.get(name), -1)
    this.#count(store, 1)
    if (store === undefined) this.#homes.delete(name)
    else this.#homes.set(name, store)
  }

  #count(store: LogStore | undefined, change: 1 | -1): void {
    if (store !== undefined) this.#counts.set(store, (this.#counts.get(store) ?? 0) + change)
  }

  #partitionsOnDisk(): FoundPartition[] {
    return this.stores().flatMap((store) =>
      store.partitionsOnDisk().map((found) => ({ ...found, store })),
    )
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

/** Its topic may have been deleted and made anew meanwhile; the id tells. */
function isNamed(image: MetadataImage, { topic, partition, topicId }: PartitionOnDisk): boolean {
  const known = image.topicsByName.get(topic)
  // A folder without an id is from before ids; its name has to do.
  const isSame = topicId === undefined || topicId === known?.id
  return known?.partitions[partition] !== undefined && isSame
}

function nameOf(topic: string, partition: number): string {
  return `${topic}-${partition}`
}
