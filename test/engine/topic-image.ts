/** What the metadata says of topics that a test makes up. */
import {
  configKey,
  emptyImage,
  type MetadataImage,
  type PartitionImage,
  ResourceType,
  type TopicImage,
} from '../../src/metadata/image.ts'
import type { Uuid } from '../../src/protocol/uuid.ts'
import { topicId } from '../storage/store-behaviour.ts'

/** A partition that node 1 leads alone. */
export const ledPartition: PartitionImage = {
  index: 0,
  replicas: [1],
  directories: [],
  isr: [1],
  elr: [],
  lastKnownElr: [],
  removingReplicas: [],
  addingReplicas: [],
  leader: 1,
  leaderRecoveryState: 0,
  leaderEpoch: 0,
  partitionEpoch: 0,
}

/** Topics of one partition by their configs. */
export type Topics = Readonly<Record<string, Readonly<Record<string, string>>>>

/** The metadata of a node 1 that leads them all; one id for all unless `idOf` says another. */
export function imageOf(
  topics: Topics,
  idOf: (name: string) => Uuid = () => topicId,
): MetadataImage {
  const images = Object.keys(topics).map((name): TopicImage => {
    return { name, id: idOf(name), partitions: [ledPartition] }
  })
  const configs = Object.entries(topics).map(
    ([name, texts]) =>
      [configKey(ResourceType.TOPIC, name), new Map(Object.entries(texts))] as const,
  )
  const topicsByName = new Map(images.map((topic) => [topic.name, topic]))
  return { ...emptyImage, topicsByName, configs: new Map(configs) }
}
