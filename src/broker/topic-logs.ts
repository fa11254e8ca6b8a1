/**
 * Keeps the store and the data plane as the metadata says: a partition that the metadata gives to
 * this broker has an open log and is hosted; any other is not.
 */
import { assert } from '../base/assert.ts'
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
import type { DataPlane } from '../storage/data-plane.ts'
import type { LogStore, PartitionLog } from '../storage/log-store.ts'
import type { Logger } from '../telemetry/logger.ts'

/** Partitions that are opened at the same time. Each waits for the disk, not for the processor. */
const opensAtOnceMax = 32

/** What a {@link TopicLogs} works with. */
export interface TopicLogsOptions {
  readonly nodeId: number
  readonly store: LogStore
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
    return this.#options.store.find(topic, partition)
  }

  /**
   * Opens and hosts everything that the image gives to this broker, after setting aside the folders
   * that it does not name. Rejects as the store does; the start has failed then.
   */
  async load(image: MetadataImage): Promise<void> {
    await this.#setStraysAside(image)
    const hosted = [...image.topicsByName.values()].flatMap((topic) => this.#ours(topic))
    await inParallel(hosted, ({ topic, partition }) => this.#open(topic, partition, image))
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
    const hosted = changed.flatMap((topic) => this.#ours(topic))
    await inParallel(hosted, ({ topic, partition }) => this.#open(topic, partition, image))
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

  async #open(topic: TopicImage, partition: PartitionImage, image: MetadataImage): Promise<void> {
    const { store, dataPlane, nodeId } = this.#options
    const { index, leader, leaderEpoch } = partition
    const settings = this.#settings(topic, image)
    const log = await store.openPartition(topic.name, index, topic.id, settings)
    if (leader !== nodeId) return
    log.becomeLeader(leaderEpoch)
    dataPlane.host(log, leaderEpoch, internalTopics.has(topic.name))
  }

  async #delete(topic: TopicImage): Promise<void> {
    const { store, dataPlane } = this.#options
    for (const { partition } of this.#ours(topic)) {
      dataPlane.unhost(topic.name, partition.index)
      await store.deletePartition(topic.name, partition.index)
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
    const { store, logger } = this.#options
    for (const { topic, partition, topicId } of store.partitionsOnDisk()) {
      // The controller opens and keeps its own log.
      if (topic === metadataTopic) continue
      const known = image.topicsByName.get(topic)
      const isNamed = known?.partitions[partition] !== undefined
      // A folder without an id is from before ids; its name has to do.
      if (isNamed && (topicId === undefined || topicId === known?.id)) continue
      await store.setAside(topic, partition)
      logger.warn(`Set aside ${topic}-${partition}, which the metadata does not name.`)
    }
  }
}

/** Runs a task for each item, several at a time. Rejects with the first failure. */
async function inParallel<T>(items: readonly T[], task: (item: T) => Promise<void>): Promise<void> {
  let next = 0
  const worker = async (): Promise<void> => {
    for (let item = items[next++]; item !== undefined; item = items[next++]) await task(item)
  }
  const workers = Math.min(opensAtOnceMax, items.length)
  await Promise.all(Array.from({ length: workers }, worker))
  assert(next >= items.length, 'every item was taken')
}
