/**
 * Keeps the stores and the doors as the metadata says: a partition that the metadata gives to this
 * node has an open log and is hosted at every door; any other is not.
 */
import type { BrokerConfig } from '../metadata/config/broker-config.ts'
import { type TopicSettings, topicSettings } from '../metadata/config/topic-settings.ts'
import type { MetadataChanges } from '../metadata/delta.ts'
import {
  configKey,
  configsOf,
  emptyImage,
  internalTopics,
  type MetadataImage,
  type PartitionImage,
  ResourceType,
  type TopicImage,
} from '../metadata/image.ts'
import type { Uuid } from '../protocol/uuid.ts'
import { type PartitionLog, StorageError } from '../storage/log-store.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { DataDirectories } from './data-directories.ts'
import type { Door } from './door.ts'

/** Reasons that are told in a line each at one change. */
const reasonsToldMax = 10

/**
 * So many partitions are opened together: few enough that what stands for one of them while it is
 * opened is gone before the next ones come, and is never copied by the collector.
 */
const openedTogether = 2000

/** Why a partition is not opened whose directory does not work or is not named. */
const absent = 'its log directory is not there; name it in log.dirs again, or replace its disk'

/** A partition of this broker that cannot be used. */
export interface ReplicaFailure {
  readonly topic: string
  readonly topicId: Uuid
  readonly partition: number
  /** A sentence. */
  readonly reason: string
}

/** What a {@link TopicLogs} works with. */
export interface TopicLogsOptions {
  readonly nodeId: number
  readonly directories: DataDirectories
  readonly config: () => BrokerConfig
  readonly logger: Logger
}

/** See the head of this file. All calls are on the Node thread, one change after the other. */
export class TopicLogs {
  readonly #options: TopicLogsOptions
  /** Why partitions of this broker cannot be used, by their names. */
  readonly #failed = new Map<string, string>()
  readonly #doors = new Set<Door>()
  #image: MetadataImage = emptyImage
  #last: Promise<void> = Promise.resolve()

  constructor(options: TopicLogsOptions) {
    this.#options = options
  }

  /** Where the logs lie. */
  get directories(): DataDirectories {
    return this.#options.directories
  }

  /** The log of a partition that is open here. */
  find(topic: string, partition: number): PartitionLog | undefined {
    return this.#options.directories.find(topic, partition)
  }

  /** Hosts there all that is hosted now, and what comes; resolves when all of now is. */
  openDoor(door: Door): Promise<void> {
    return this.#inTurn(async () => {
      this.#doors.add(door)
      for (const topic of this.#image.topicsByName.values()) {
        for (const partition of this.#ours(topic)) this.#host(door, topic, partition)
      }
    })
  }

  /** Nothing is hosted there any more from now on; what was stays as it is. */
  closeDoor(door: Door): void {
    this.#doors.delete(door)
  }

  /**
   * Opens everything that the image gives to this node, after setting aside the folders that it
   * does not name. Returns the partitions that cannot be opened; the log tells why.
   */
  async load(image: MetadataImage): Promise<ReplicaFailure[]> {
    const topics = [...image.topicsByName.values()]
    this.#image = image
    this.#keepDeleted()
    await this.#setStraysAside(image)
    const failures = await this.#openAll(topics, image)
    this.#report(failures)
    return failures
  }

  /**
   * Applies a change of the metadata. Never rejects: what cannot be opened is logged and not
   * hosted, and whoever waits for the change goes on.
   */
  apply(image: MetadataImage, changes: MetadataChanges): Promise<void> {
    return this.#inTurn(() => this.#applyNow(image, changes))
  }

  /**
   * Opens what this broker leads and could not open, as a topic that was created on a full disk.
   * Never rejects; a reason that stays the same is not told again.
   */
  retry(): Promise<void> {
    if (this.#failed.size === 0) return Promise.resolve()
    return this.#inTurn(async () => {
      const image = this.#image
      const { nodeId } = this.#options
      const isMissing = (topic: TopicImage, { index, leader }: PartitionImage): boolean =>
        leader === nodeId && this.#failed.has(nameOf(topic, index))
      this.#report(await this.#openAll(image.topicsByName.values(), image, isMissing))
    })
  }

  /**
   * Gives every hosted log and the directories their settings anew, as after a change of the
   * broker's configuration.
   */
  configureAll(image: MetadataImage): void {
    this.#keepDeleted()
    for (const topic of image.topicsByName.values()) this.#configure(topic, image)
  }

  #keepDeleted(): void {
    const { directories, config } = this.#options
    directories.keepDeletedFor(config().number('log.segment.delete.delay.ms'))
  }

  /** One change after the other, so that nothing is opened that is deleted meanwhile. */
  #inTurn(change: () => Promise<void>): Promise<void> {
    this.#last = this.#last.then(change).catch((error: unknown) => {
      this.#options.logger.error('A change of the metadata could not be applied', error)
    })
    return this.#last
  }

  async #applyNow(image: MetadataImage, changes: MetadataChanges): Promise<void> {
    this.#image = image
    for (const topic of changes.deletedTopics) await this.#delete(topic)
    const changed = [...changes.createdTopics, ...changes.changedTopics]
    const failures = await this.#openAll(changed, image)
    // Of a directory that failed its own line told.
    this.#report(failures.filter(({ reason }) => reason !== absent))
    for (const topic of image.topicsByName.values()) {
      if (changes.changedConfigs.has(configKey(ResourceType.TOPIC, topic.name))) {
        this.#configure(topic, image)
      }
    }
  }

  #ours(topic: TopicImage): PartitionImage[] {
    return topic.partitions.filter(({ replicas }) => replicas.includes(this.#options.nodeId))
  }

  /**
   * Opens the partitions of this broker among those of `topics`, or the wanted ones of them.
   * Returns what fails now, or for another reason than before.
   */
  async #openAll(
    topics: Iterable<TopicImage>,
    image: MetadataImage,
    isWanted: (topic: TopicImage, partition: PartitionImage) => boolean = () => true,
  ): Promise<ReplicaFailure[]> {
    const failures: ReplicaFailure[] = []
    const unexpected: unknown[] = []
    for (const piece of this.#pieces(topics, image, isWanted)) {
      const opening = piece.map(([topic, partition, settings]) =>
        this.#tryOpen(topic, partition, settings),
      )
      for (const opened of await Promise.allSettled(opening)) {
        if (opened.status === 'rejected') unexpected.push(opened.reason)
        else if (opened.value !== undefined) failures.push(opened.value)
      }
    }
    // A bug at one of them keeps no other one closed.
    if (unexpected.length > 0) throw unexpected[0]
    return failures
  }

  *#pieces(
    topics: Iterable<TopicImage>,
    image: MetadataImage,
    isWanted: (topic: TopicImage, partition: PartitionImage) => boolean,
  ): Generator<(readonly [TopicImage, PartitionImage, TopicSettings])[]> {
    let piece: (readonly [TopicImage, PartitionImage, TopicSettings])[] = []
    for (const topic of topics) {
      const wanted = this.#ours(topic).filter((partition) => isWanted(topic, partition))
      if (wanted.length === 0) continue
      const settings = this.#settings(topic, image)
      for (const partition of wanted) {
        piece.push([topic, partition, settings])
        if (piece.length < openedTogether) continue
        yield piece
        piece = []
      }
    }
    if (piece.length > 0) yield piece
  }

  async #tryOpen(
    topic: TopicImage,
    partition: PartitionImage,
    settings: TopicSettings,
  ): Promise<ReplicaFailure | undefined> {
    const reason = await this.#open(topic, partition, settings)
    const { index } = partition
    const name = nameOf(topic, index)
    const isNews = reason !== undefined && this.#failed.get(name) !== reason
    if (reason === undefined) this.#failed.delete(name)
    else this.#failed.set(name, reason)
    for (const door of this.#doors) this.#host(door, topic, partition)
    if (!isNews) return undefined
    return { topic: topic.name, topicId: topic.id, partition: index, reason }
  }

  #host(door: Door, topic: TopicImage, { index, leader, leaderEpoch }: PartitionImage): void {
    const log = this.find(topic.name, index)
    const isFailed = this.#failed.has(nameOf(topic, index))
    if (log?.topicId !== topic.id || (log.online() && isFailed)) {
      door.hostUnavailable(topic.name, index, topic.id)
    } else if (!log.online() || leader === this.#options.nodeId) {
      // One that failed answers with its error, to those as well who know of the new epoch.
      door.host(log, leaderEpoch, internalTopics.has(topic.name))
    }
  }

  /** One line for all that fail for the same reason; reasons that name files may be many. */
  #report(failures: readonly ReplicaFailure[]): void {
    const { logger } = this.#options
    const names = new Map<string, string[]>()
    for (const { topic, partition, reason } of failures) {
      const alike = names.get(reason)
      if (alike === undefined) names.set(reason, [`${topic}-${partition}`])
      else alike.push(`${topic}-${partition}`)
    }
    for (const [reason, [first, ...others]] of [...names].slice(0, reasonsToldMax)) {
      const more = others.length === 0 ? '' : ` and ${others.length} more`
      const about = { partitions: 1 + others.length, reason }
      logger.error(`The partition ${first}${more} cannot be used: ${reason}`, undefined, about)
    }
    const untold = [...names.values()].slice(reasonsToldMax).flat()
    if (untold.length > 0) {
      logger.error(`So cannot ${untold.length} more partitions, from ${untold[0]} on`)
    }
  }

  /** Returns a sentence when the partition cannot be opened. */
  async #open(
    topic: TopicImage,
    partition: PartitionImage,
    settings: TopicSettings,
  ): Promise<string | undefined> {
    const { directories, nodeId } = this.#options
    const { index, leader, leaderEpoch } = partition
    const known = this.find(topic.name, index)
    const isOpen = known?.topicId === topic.id
    if (isOpen && !known.online()) return absent
    try {
      const log = isOpen ? known : await directories.open(topic, partition, nodeId, settings)
      if (log === undefined) return absent
      if (leader === nodeId) log.becomeLeader(leaderEpoch)
      return undefined
    } catch (error) {
      if (!(error instanceof StorageError)) throw error
      return error.message
    }
  }

  async #delete(topic: TopicImage): Promise<void> {
    const { directories, logger } = this.#options
    for (const { index } of this.#ours(topic)) {
      const name = nameOf(topic, index)
      for (const door of this.#doors) door.unhost(topic.name, index)
      this.#failed.delete(name)
      try {
        await directories.deletePartition(topic.name, index)
      } catch (error) {
        logger.error(`The folder of ${name}, which is deleted, stays until the next start`, error)
      }
    }
  }

  #configure(topic: TopicImage, image: MetadataImage): void {
    const settings = this.#settings(topic, image)
    for (const { index } of this.#ours(topic)) this.find(topic.name, index)?.configure(settings)
  }

  #settings(topic: TopicImage, image: MetadataImage): TopicSettings {
    const texts = configsOf(image, ResourceType.TOPIC, topic.name)
    return topicSettings(texts, this.#options.config())
  }

  async #setStraysAside(image: MetadataImage): Promise<void> {
    const { directories, logger } = this.#options
    for (const stray of directories.strays(image)) {
      const folder = `${stray.topic}-${stray.partition} of ${stray.store.path}`
      try {
        await directories.setAside(stray)
        logger.warn(`Set aside ${folder}, which the metadata does not name.`)
      } catch (error) {
        logger.error(`${folder}, which the metadata does not name, stays`, error)
      }
    }
  }
}

function nameOf({ name }: TopicImage, partition: number): string {
  return `${name}-${partition}`
}
