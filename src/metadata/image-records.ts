/** The records that build an image out of nothing, in the order in which a snapshot has them. */
import { assert } from '../base/assert.ts'
import type { MetadataRecordInput } from '../protocol/metadata-record.ts'
import type { Uuid } from '../protocol/uuid.ts'
import type { BrokerImage, ControllerImage, MetadataImage, PartitionImage } from './image.ts'
import type { RecordVersions } from './record-versions.ts'
import { metadataVersionFeature, metadataVersionOf, recordVersions } from './record-versions.ts'
import type { LoggedRecordInput } from './records.ts'

/** See the head of this file. The image must have a level of `metadata.version`, or be empty. */
export function imageRecords(image: MetadataImage): LoggedRecordInput[] {
  const versions = recordVersions(metadataVersionOf(image) ?? 0)
  assert(image.offset >= 0 || image.topicsByName.size === 0, 'what is there was logged')
  const records: LoggedRecordInput[] = []
  for (const [name, level] of featuresInOrder(image)) records.push(featureRecord(name, level))
  for (const controller of image.controllers.values()) records.push(controllerRecord(controller))
  for (const broker of image.brokers.values()) {
    records.push({
      name: 'RegisterBrokerRecord',
      version: versions.registerBroker,
      value: brokerValue(broker, versions),
    })
  }
  for (const topic of image.topicsByName.values()) {
    const { name, id } = topic
    assert(image.topicsById.get(id) === topic, 'name and id give the same topic')
    assert(
      topic.partitions.every((partition, at) => partition.index === at),
      'a partition stands at its index',
    )
    records.push({ name: 'TopicRecord', version: 0, value: { name, topicId: id } })
    for (const partition of topic.partitions) {
      records.push(partitionRecord(id, partition, versions))
    }
  }
  for (const [key, texts] of image.configs) {
    const slash = key.indexOf('/')
    assert(slash > 0 && texts.size > 0, 'configs have a resource, and there are some')
    const resourceType = Number(key.slice(0, slash))
    for (const [name, value] of texts) {
      records.push(configRecord(resourceType, key.slice(slash + 1), name, value))
    }
  }
  if (image.producerIds !== undefined) {
    const { next: nextProducerId, brokerId, brokerEpoch } = image.producerIds
    const value = { nextProducerId, brokerId, brokerEpoch }
    records.push({ name: 'ProducerIdsRecord', version: 0, value })
  }
  for (const kept of [...image.retained.values(), ...image.unread]) {
    records.push(kept.name === null ? kept : (kept.raw ?? kept))
  }
  return records
}

/** A finalised level of a feature; 0 takes it away. */
export function featureRecord(name: string, featureLevel: number): MetadataRecordInput {
  return { name: 'FeatureLevelRecord', version: 0, value: { name, featureLevel } }
}

/** A config of a resource; null takes it away. */
export function configRecord(
  resourceType: number,
  resourceName: string,
  name: string,
  value: string | null,
): MetadataRecordInput {
  return { name: 'ConfigRecord', version: 0, value: { resourceType, resourceName, name, value } }
}

/** A partition as it is, with what versions before the finalised level lack left out. */
export function partitionRecord(
  topicId: Uuid,
  partition: PartitionImage,
  versions: RecordVersions,
): MetadataRecordInput {
  const { elr, lastKnownElr, directories } = partition
  assert(partition.index >= 0 && partition.replicas.length > 0, 'a partition is somewhere')
  const elrFields =
    versions.partition >= 2
      ? {
          eligibleLeaderReplicas: elr.length > 0 ? elr : null,
          lastKnownElr: lastKnownElr.length > 0 ? lastKnownElr : null,
        }
      : {}
  return {
    name: 'PartitionRecord',
    version: versions.partition,
    value: {
      partitionId: partition.index,
      topicId,
      replicas: partition.replicas,
      isr: partition.isr,
      removingReplicas: partition.removingReplicas,
      addingReplicas: partition.addingReplicas,
      leader: partition.leader,
      leaderRecoveryState: partition.leaderRecoveryState,
      leaderEpoch: partition.leaderEpoch,
      partitionEpoch: partition.partitionEpoch,
      ...(versions.partition >= 1 ? { directories } : {}),
      ...elrFields,
    },
  }
}

function featuresInOrder(image: MetadataImage): (readonly [string, number])[] {
  const rank = (name: string): number => (name === metadataVersionFeature ? 0 : 1)
  return [...image.features].sort(([a], [b]) => rank(a) - rank(b))
}

function controllerRecord(controller: ControllerImage): MetadataRecordInput {
  const { id: controllerId, incarnationId, zkMigrationReady, listeners, features } = controller
  return {
    name: 'RegisterControllerRecord',
    version: 0,
    value: { controllerId, incarnationId, zkMigrationReady, endPoints: listeners, features },
  }
}

function brokerValue(
  broker: BrokerImage,
  versions: RecordVersions,
): Extract<MetadataRecordInput, { name: 'RegisterBrokerRecord' }>['value'] {
  return {
    brokerId: broker.id,
    incarnationId: broker.incarnationId,
    brokerEpoch: broker.epoch,
    endPoints: broker.listeners,
    features: broker.features,
    rack: broker.rack,
    fenced: broker.fenced,
    inControlledShutdown: broker.inControlledShutdown,
    ...(versions.registerBroker >= 3 ? { logDirs: broker.directories } : {}),
    ...(versions.registerBroker >= 4 ? { cordonedLogDirs: broker.cordonedDirectories } : {}),
  }
}
