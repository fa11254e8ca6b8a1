/** Records about topics and their partitions, applied to a delta. */
import { assert } from '../base/assert.ts'
import type {
  PartitionChangeRecord,
  PartitionRecord,
  RemoveTopicRecord,
  TopicRecord,
} from '../protocol/generated/record/metadata.ts'
import type { MetadataRecord } from '../protocol/metadata-record.ts'
import type { Uuid } from '../protocol/uuid.ts'
import type { MetadataDelta } from './delta.ts'
import { MetadataError } from './error.ts'
import { configKey, type PartitionImage, ResourceType, type TopicImage } from './image.ts'

const leaderUnchanged = -2
const recoveryStateUnchanged = -1
const none: readonly number[] = []

/** False when the record is of another kind. */
export function applyTopicRecord(delta: MetadataDelta, record: MetadataRecord): boolean {
  switch (record.name) {
    case 'TopicRecord':
      createTopic(delta, record.value)
      return true
    case 'RemoveTopicRecord':
      removeTopic(delta, record.value)
      return true
    case 'PartitionRecord':
      setPartition(delta, record.value)
      return true
    case 'PartitionChangeRecord':
      changePartition(delta, record.value)
      return true
    case 'ClearElrRecord':
      clearElr(delta, record.value.topicName)
      return true
    default:
      return false
  }
}

function createTopic(delta: MetadataDelta, record: TopicRecord): void {
  const { name, topicId } = record
  if (delta.topicsByName.get(name) !== undefined || delta.topicsById.get(topicId) !== undefined) {
    throw new MetadataError(`the metadata log creates topic '${name}' (${topicId}) twice`)
  }
  putTopic(delta, { name, id: topicId, partitions: [] })
}

function removeTopic(delta: MetadataDelta, record: RemoveTopicRecord): void {
  const topic = topicOf(delta, record.topicId)
  assert(delta.topicsByName.get(topic.name) === topic, 'name and id give the same topic')
  delta.topicsByName.delete(topic.name)
  delta.topicsById.delete(topic.id)
  assert(delta.topicsById.get(topic.id) === undefined, 'a removed topic is gone')
  delta.touchedTopics.add(topic.id)
  const key = configKey(ResourceType.TOPIC, topic.name)
  if (delta.configs.delete(key)) delta.changedConfigs.add(key)
}

function setPartition(delta: MetadataDelta, record: PartitionRecord): void {
  const topic = topicOf(delta, record.topicId)
  const beside = topic.partitions[record.partitionId - 1]
  putPartition(delta, topic, {
    index: record.partitionId,
    replicas: shared(record.replicas, beside?.replicas),
    directories: shared(record.directories, beside?.directories),
    isr: shared(record.isr, beside?.isr),
    elr: shared(record.eligibleLeaderReplicas ?? none, beside?.elr),
    lastKnownElr: shared(record.lastKnownElr ?? none, beside?.lastKnownElr),
    removingReplicas: shared(record.removingReplicas, beside?.removingReplicas),
    addingReplicas: shared(record.addingReplicas, beside?.addingReplicas),
    leader: record.leader,
    leaderRecoveryState: record.leaderRecoveryState,
    leaderEpoch: record.leaderEpoch,
    partitionEpoch: record.partitionEpoch,
  })
}

/** A list that the partition beside has as well is kept once: of many partitions most are alike. */
function shared<T>(list: readonly T[], beside: readonly T[] | undefined): readonly T[] {
  if (beside === undefined || list.length !== beside.length) return list
  return list.every((item, at) => item === beside[at]) ? beside : list
}

function changePartition(delta: MetadataDelta, record: PartitionChangeRecord): void {
  const topic = topicOf(delta, record.topicId)
  const before = topic.partitions[record.partitionId]
  if (before === undefined) {
    throw new MetadataError(
      `the metadata log changes partition ${topic.name}-${record.partitionId}, ` +
        'which it never created',
    )
  }
  assert(before.index === record.partitionId, 'a partition stands at its index')
  const leaderChanges = record.leader !== leaderUnchanged
  const stateChanges = record.leaderRecoveryState !== recoveryStateUnchanged
  putPartition(delta, topic, {
    index: before.index,
    replicas: record.replicas ?? before.replicas,
    directories: record.directories ?? before.directories,
    isr: record.isr ?? before.isr,
    elr: record.eligibleLeaderReplicas ?? before.elr,
    lastKnownElr: record.lastKnownElr ?? before.lastKnownElr,
    removingReplicas: record.removingReplicas ?? before.removingReplicas,
    addingReplicas: record.addingReplicas ?? before.addingReplicas,
    leader: leaderChanges ? record.leader : before.leader,
    leaderRecoveryState: stateChanges ? record.leaderRecoveryState : before.leaderRecoveryState,
    leaderEpoch: before.leaderEpoch + (leaderChanges ? 1 : 0),
    partitionEpoch: before.partitionEpoch + 1,
  })
}

/** An empty name means every topic. */
function clearElr(delta: MetadataDelta, name: string): void {
  const named = delta.topicsByName.get(name)
  const topics = name === '' ? [...delta.topicsByName.values()] : named === undefined ? [] : [named]
  for (const topic of topics) {
    if (!topic.partitions.some(hasElr)) continue
    const partitions = topic.partitions.map((one) => {
      if (!hasElr(one)) return one
      return { ...one, elr: [], lastKnownElr: [], partitionEpoch: one.partitionEpoch + 1 }
    })
    putTopic(delta, { ...topic, partitions })
  }
}

function hasElr(partition: PartitionImage): boolean {
  return partition.elr.length > 0 || partition.lastKnownElr.length > 0
}

function topicOf(delta: MetadataDelta, id: Uuid): TopicImage {
  const topic = delta.topicsById.get(id)
  if (topic === undefined) {
    throw new MetadataError(`the metadata log speaks of topic id ${id}, which it never created`)
  }
  return topic
}

function putPartition(delta: MetadataDelta, topic: TopicImage, partition: PartitionImage): void {
  const { index } = partition
  if (index < 0 || index > partitionIndexMax) {
    throw new MetadataError(`the metadata log has a partition ${index} of topic '${topic.name}'`)
  }
  // The topic of a delta that touched it before is seen by nobody else yet: it changes in place.
  if (delta.touchedTopics.has(topic.id)) {
    const own = topic.partitions as PartitionImage[]
    assert(own !== delta.base.topicsById.get(topic.id)?.partitions, 'an image never changes')
    own[index] = partition
    return
  }
  const partitions = [...topic.partitions]
  partitions[index] = partition
  putTopic(delta, { ...topic, partitions })
}

/** Far above what one cluster can have; keeps a corrupt record from allocating. */
const partitionIndexMax = 10_000_000

function putTopic(delta: MetadataDelta, topic: TopicImage): void {
  const before = delta.topicsById.get(topic.id)
  assert(before === undefined || before.name === topic.name, 'a topic keeps its name')
  assert(delta.topicsByName.get(topic.name) === before, 'name and id give the same topic')
  delta.topicsByName.set(topic.name, topic)
  delta.topicsById.set(topic.id, topic)
  delta.touchedTopics.add(topic.id)
}
