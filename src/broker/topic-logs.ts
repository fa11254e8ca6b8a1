/**
 * Keeps the store and the data plane as the metadata says: a partition that the metadata gives to
 * this broker has an open log and is hosted; any other is not.
 */
import type { BrokerConfig } from '../metadata/config/broker-config.ts'
import { topicSettings } from '../metadata/config/topic-settings.ts'
import type { MetadataChanges } from '../metadata/delta.ts'
import {
  configKey,
  configsOf,
  internalTopics,
  type MetadataImage,
  type PartitionImage,
  ResourceType,
  type TopicImage,
} from '../metadata/image.ts'
import { metadataTopic } from '../metadata/topic-name.ts'
import type { Uuid } from '../protocol/uuid.ts'
import type { DataPlane } from '../storage/data-plane.ts'
import { type PartitionLog, StorageError } from '../storage/log-store.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { DataDirectories } from './data-directories.ts'

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
  readonly dataPlane: Pick<DataPlane, 'host' | 'unhost'>
  readonly config: () => BrokerConfig
  readonly logger: Logger
}

/** See the head of this file. All calls are on the Node thread, one change after the other. */
export class TopicLogs {
  readonly #options: TopicLogsOptions

  constructor(options: TopicLogsOptions) {
    this.#options = options
  }

  /** The log of a partition that is hosted here. */
  find(topic: string, partition: number): PartitionLog | undefined {
    return this.#options.directories.find(topic, partition)
  }

  /**
   * Opens and hosts everything that the image gives to this broker, after setting aside the folders
   * that it does not name. Returns the partitions that cannot be opened; the log tells why.
   */
  async load(image: MetadataImage): Promise<ReplicaFailure[]> {
    await this.#setStraysAside(image)
    const failures = await this.#openAll([...image.topicsByName.values()], image)
    this.#report(failures)
    return failures
  }

  /**
   * Applies a change of the metadata. Never rejects: what cannot be opened is logged and not
   * hosted, and whoever waits for the change goes on.
   */
  async apply(image: MetadataImage, changes: MetadataChanges): Promise<void> {
    try {
      await this.#applyNow(image, changes)
    } catch (error) {
      this.#options.logger.error('A change of the metadata could not be applied', error)
    }
  }

  /** Gives every hosted log its settings anew, as after a change of the broker's configuration. */
  configureAll(image: MetadataImage): void {
    for (const topic of image.topicsByName.values()) this.#configure(topic, image)
  }

  async #applyNow(image: MetadataImage, changes: MetadataChanges): Promise<void> {
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

  #ours(topic: TopicImage): { topic: TopicImage; partition: PartitionImage }[] {
    const { nodeId } = this.#options
    return topic.partitions
      .filter(({ replicas }) => replicas.includes(nodeId))
      .map((partition) => ({ topic, partition }))
  }

  async #openAll(topics: readonly TopicImage[], image: MetadataImage): Promise<ReplicaFailure[]> {
    const failures: ReplicaFailure[] = []
    const opening = topics
      .flatMap((topic) => this.#ours(topic))
      .map(async ({ topic, partition }) => {
        const reason = await this.#open(topic, partition, image)
        if (reason === undefined) return
        const { index } = partition
        failures.push({ topic: topic.name, topicId: topic.id, partition: index, reason })
      })
    await Promise.all(opening)
    return failures
  }

  /** One line for all that fail for the same reason. */
  #report(failures: readonly ReplicaFailure[]): void {
    const names = new Map<string, string[]>()
    for (const { topic, partition, reason } of failures) {
      names.set(reason, [...(names.get(reason) ?? []), `${topic}-${partition}`])
    }
    for (const [reason, [first, ...others]] of names) {
      const more = others.length === 0 ? '' : ` and ${others.length} more`
      this.#options.logger.error(`The partition ${first}${more} cannot be used: ${reason}`)
    }
  }

  /** Returns a sentence when the partition cannot be opened. */
  async #open(
    topic: TopicImage,
    partition: PartitionImage,
    image: MetadataImage,
  ): Promise<string | undefined> {
    const { directories, dataPlane, nodeId } = this.#options
    const { index, leader, leaderEpoch } = partition
    const host = (log: PartitionLog): void =>
      dataPlane.host(log, leaderEpoch, internalTopics.has(topic.name))
    const known = this.find(topic.name, index)
    const isOpen = known?.topicId === topic.id
    if (isOpen && !known.online()) {
      // It answers with its error, to those as well who know of the new epoch.
      host(known)
      return absent
    }
    try {
      const settings = this.#settings(topic, image)
      const log = isOpen ? known : await directories.open(topic, partition, nodeId, settings)
      if (log === undefined) return absent
      if (leader !== nodeId) return undefined
      log.becomeLeader(leaderEpoch)
      host(log)
      return undefined
    } catch (error) {
      if (error instanceof StorageError) return error.message
      throw error
    }
  }

  async #delete(topic: TopicImage): Promise<void> {
    const { directories, dataPlane, logger } = this.#options
    for (const { partition } of this.#ours(topic)) {
      dataPlane.unhost(topic.name, partition.index)
      try {
        await directories.deletePartition(topic.name, partition.index)
      } catch (error) {
        const name = `${topic.name}-${partition.index}`
        logger.error(`The folder of ${name}, which is deleted, stays until the next start`, error)
      }
    }
  }

  #configure(topic: TopicImage, image: MetadataImage): void {
    const settings = this.#settings(topic, image)
    for (const { partition } of this.#ours(topic)) {
      this.find(topic.name, partition.index)?.configure(settings)
    }
  }

  #settings(topic: TopicImage, image: MetadataImage): ReturnType<typeof topicSettings> {
    const texts = configsOf(image, ResourceType.TOPIC, topic.name)
    return topicSettings(texts, this.#options.config())
  }

  async #setStraysAside(image: MetadataImage): Promise<void> {
    const { directories, logger } = this.#options
    for (const { topic, partition, topicId } of directories.partitionsOnDisk()) {
      // The controller opens and keeps its own log.
      if (topic === metadataTopic) continue
      const known = image.topicsByName.get(topic)
      const isNamed = known?.partitions[partition] !== undefined
      // A folder without an id is from before ids; its name has to do.
      if (isNamed && (topicId === undefined || topicId === known?.id)) continue
      try {
        await directories.setAside(topic, partition)
        logger.warn(`Set aside ${topic}-${partition}, which the metadata does not name.`)
      } catch (error) {
        logger.error(`${topic}-${partition}, which the metadata does not name, stays`, error)
      }
    }
  }
}
