/**
 * Metadata the naive way, for tests: plain maps that are changed in place, one record after the
 * other. It shares no code with `src/metadata`, so where both agree, both are likely right.
 */
import type { MetadataImage, PartitionImage } from '../../src/metadata/image.ts'
import type { MetadataRecordInput } from '../../src/protocol/metadata-record.ts'

type Fields = Record<string, unknown>

/** Everything that this model follows, as plain data that can be compared. */
export interface NaiveMetadata {
  readonly features: Record<string, number>
  /** By topic id. */
  readonly topics: Record<string, { name: string; partitions: Fields[] }>
  /** By kind and name of the resource. */
  readonly configs: Record<string, Record<string, string>>
  /** By broker id. */
  readonly brokers: Record<string, Fields>
  /** Identities of what is only kept. */
  readonly kept: Record<string, unknown>
  producerIds: unknown
}

export function nothing(): NaiveMetadata {
  return { features: {}, topics: {}, configs: {}, brokers: {}, kept: {}, producerIds: null }
}

/** Applies a record that fits what is there. */
export function applyNaively(metadata: NaiveMetadata, record: MetadataRecordInput): void {
  const { features, topics, configs, brokers, kept } = metadata
  const value = record.value as Fields & { topicId: string; partitionId: number; name: string }
  const partitions = (): Fields[] => topics[value.topicId]?.partitions ?? []
  switch (record.name) {
    case 'FeatureLevelRecord':
      if (value['featureLevel'] === 0) delete features[value.name]
      else features[value.name] = value['featureLevel'] as number
      return
    case 'TopicRecord':
      topics[value.topicId] = { name: value.name, partitions: [] }
      return
    case 'RemoveTopicRecord':
      delete configs[`2/${topics[value.topicId]?.name}`]
      delete topics[value.topicId]
      return
    case 'PartitionRecord': {
      const { leader, leaderEpoch, partitionEpoch, replicas, isr } = record.value
      partitions()[value.partitionId] = {
        ...{ leader, leaderEpoch, partitionEpoch, replicas, isr },
        elr: [],
      }
      return
    }
    case 'PartitionChangeRecord': {
      const partition = partitions()[value.partitionId] as Record<string, number>
      const { leader, isr, replicas, eligibleLeaderReplicas: elr } = record.value
      partition['partitionEpoch']!++
      if (leader !== undefined) partition['leaderEpoch']!++
      for (const [name, given] of Object.entries({ leader, isr, replicas, elr })) {
        if (given !== undefined && given !== null) partition[name] = given as number
      }
      return
    }
    case 'ConfigRecord': {
      const key = `${value['resourceType']}/${value['resourceName']}`
      const texts = { ...configs[key] }
      if (value['value'] === null) delete texts[value.name]
      else texts[value.name] = value['value'] as string
      if (Object.keys(texts).length > 0) configs[key] = texts
      else delete configs[key]
      return
    }
    case 'RegisterBrokerRecord': {
      const { brokerId, brokerEpoch: epoch, rack, fenced } = record.value
      brokers[brokerId] = { epoch, rack, fenced }
      return
    }
    case 'UnregisterBrokerRecord':
      delete brokers[record.value.brokerId]
      return
    case 'FenceBrokerRecord':
    case 'UnfenceBrokerRecord':
      brokers[record.value.id]!['fenced'] = record.name === 'FenceBrokerRecord'
      return
    case 'ProducerIdsRecord':
      metadata.producerIds = record.value.nextProducerId
      return
    case 'AccessControlEntryRecord':
      kept[`${value['id']}`] = value['principal']
      return
    case 'RemoveAccessControlEntryRecord':
      delete kept[`${value['id']}`]
      return
    default:
      throw new Error(`${record.name} is not followed`)
  }
}

/** What an image says, in the form of the model. */
export function asNaive(image: MetadataImage): NaiveMetadata {
  const topics = [...image.topicsById.values()].map(({ id, name, partitions }) => [
    id,
    { name, partitions: partitions.map(naivePartition) },
  ])
  const brokers = [...image.brokers.values()].map(({ id, epoch, rack, fenced }) => [
    id,
    { epoch, rack, fenced },
  ])
  const kept = [...image.retained.values()].map(({ value }) => [
    (value as Fields)['id'],
    (value as Fields)['principal'],
  ])
  const configs = [...image.configs].map(([key, texts]) => [key, Object.fromEntries(texts)])
  return {
    features: Object.fromEntries(image.features),
    topics: Object.fromEntries(topics),
    configs: Object.fromEntries(configs),
    brokers: Object.fromEntries(brokers),
    kept: Object.fromEntries(kept),
    producerIds: image.producerIds?.next ?? null,
  }
}

function naivePartition(partition: PartitionImage): Fields {
  const { leader, leaderEpoch, partitionEpoch, replicas, isr, elr } = partition
  return { leader, leaderEpoch, partitionEpoch, replicas, isr, elr }
}
