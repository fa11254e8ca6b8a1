/**
 * Decides how a broker comes and goes: it registers with every start, is unfenced, and takes the
 * lead of the partitions that it alone can lead; a clean stop fences it. The records are those of a
 * single node of Apache Kafka 4.3.1, so that each takes over from the other, but fewer: what is led
 * at a clean stop is led at the next start, without a record for each partition.
 */
import { assert } from '../base/assert.ts'
import {
  coordinatorTopics,
  type ListenerImage,
  type MetadataImage,
  type PartitionImage,
  type TopicImage,
} from '../metadata/image.ts'
import { elrEnabled, metadataVersionOf, recordVersions } from '../metadata/record-versions.ts'
import {
  type DirectoryAssignment,
  DirectoryId,
  directoryOf,
  isUsableDirectory,
} from '../metadata/replica-directory.ts'
import type { MetadataRecordInput } from '../protocol/metadata-record.ts'
import type { Uuid } from '../protocol/uuid.ts'
import { supportedFeatures } from './features.ts'

/** A node at its start. */
export interface Registration {
  readonly nodeId: number
  /** New with every start. */
  readonly incarnationId: Uuid
  readonly rack: string | null
  /** Where clients reach the broker; each name once. */
  readonly listeners: readonly ListenerImage[]
  /** Where other controllers would reach this one. */
  readonly controllerListener: ListenerImage
  /** Those that work. */
  readonly directories: readonly Uuid[]
  /** Those of them that take no new partitions. */
  readonly cordonedDirectories: readonly Uuid[]
  /** Replicas that lie elsewhere than the metadata says. */
  readonly moved: readonly DirectoryAssignment[]
  /**
   * Whether the last stop was clean. After any other, records that were not flushed may be gone, so
   * that the leader epochs grow: clients then notice that the log was cut.
   */
  readonly clean: boolean
}

/** The record by which a controller registers, or none where the finalised level has none. */
export function controllerRecords(level: number, node: Registration): MetadataRecordInput[] {
  if (!recordVersions(level).controllerRegistration) return []
  return [
    {
      name: 'RegisterControllerRecord',
      version: 0,
      value: {
        controllerId: node.nodeId,
        incarnationId: node.incarnationId,
        zkMigrationReady: false,
        endPoints: [node.controllerListener],
        features: supportedFeatures,
      },
    },
  ]
}

/** How a node registers that runs already, and can be reached somewhere else from now on. */
export type Move = Pick<Registration, 'incarnationId' | 'listeners' | 'rack' | 'directories'>

/** The records of such a registration at `brokerEpoch`; nothing is led anew. */
export function movedRecords(
  image: MetadataImage,
  nodeId: number,
  move: Move,
  brokerEpoch: number,
): MetadataRecordInput[] {
  const known = image.brokers.get(nodeId)
  assert(known !== undefined && !known.fenced, 'a node that runs is registered')
  const node = { ...move, nodeId, cordonedDirectories: known.cordonedDirectories ?? [] }
  return brokerRecords(metadataVersionOf(image) ?? 0, node, brokerEpoch)
}

/** The records by which a broker registers at `brokerEpoch`, the first one's offset. */
export function brokerRecords(
  level: number,
  node: Omit<Registration, 'controllerListener' | 'moved' | 'clean'>,
  brokerEpoch: number,
): MetadataRecordInput[] {
  assert(brokerEpoch >= 0, 'an epoch is an offset')
  assert(node.directories.length > 0, 'a broker has a directory')
  const versions = recordVersions(level)
  const { nodeId: brokerId, incarnationId, rack, listeners, directories } = node
  const names = new Set(listeners.map(({ name }) => name))
  assert(names.size === listeners.length, 'every listener has a name of its own')
  return [
    {
      name: 'RegisterBrokerRecord',
      version: versions.registerBroker,
      value: {
        brokerId,
        incarnationId,
        brokerEpoch,
        endPoints: listeners,
        features: supportedFeatures,
        rack,
        fenced: true,
        ...(versions.registerBroker >= 3 ? { logDirs: directories } : {}),
        ...(versions.cordonedDirectories ? { cordonedLogDirs: node.cordonedDirectories } : {}),
      },
    },
    fenceRecord(brokerId, brokerEpoch, false),
  ]
}

/**
 * The records by which a broker that comes back leads its partitions again, says where they lie,
 * and gives up those whose directory is not there.
 */
export function leadershipRecords(image: MetadataImage, node: Registration): MetadataRecordInput[] {
  const version = recordVersions(metadataVersionOf(image) ?? 0).partition
  assert(image.topicsByName.size === image.topicsById.size, 'every topic has a name and an id')
  const key = (topicId: Uuid, partition: number): string => `${topicId}/${partition}`
  const moved = new Map(
    node.moved.map(({ topicId, partition, directory }) => [key(topicId, partition), directory]),
  )
  const mayMove = version >= 1 && moved.size > 0
  const elr = usesElr(image)
  const records: MetadataRecordInput[] = []
  for (const topic of image.topicsByName.values()) {
    for (const partition of topic.partitions) {
      if (!partition.replicas.includes(node.nodeId)) continue
      const found = mayMove ? moved.get(key(topic.id, partition.index)) : undefined
      const change = {
        ...(found === undefined ? {} : { directories: movedTo(partition, node.nodeId, found) }),
        ...leadershipChange(partition, node, found, elr),
      }
      if (Object.keys(change).length === 0) continue
      const value = { partitionId: partition.index, topicId: topic.id, ...change }
      records.push({ name: 'PartitionChangeRecord', version, value })
    }
  }
  return records
}

function movedTo(partition: PartitionImage, nodeId: number, directory: Uuid): Uuid[] {
  return partition.replicas.map((id, at) => {
    return id === nodeId ? directory : (partition.directories[at] ?? DirectoryId.migrating)
  })
}

/** What changes in who leads a partition, one of whose replicas is on the node. */
function leadershipChange(
  partition: PartitionImage,
  node: Registration,
  found: Uuid | undefined,
  elr: boolean,
): object {
  const { nodeId, directories, clean } = node
  if (partition.replicas.length !== 1) return {}
  const isLed = partition.leader === nodeId
  if (!isUsableDirectory(found ?? directoryOf(partition, nodeId), directories)) {
    return isLed ? leaderless(nodeId, elr) : {}
  }
  // Records that were not flushed may be gone after an unclean stop: a new epoch tells clients.
  if (isLed && clean) return {}
  const eligible = elr ? { eligibleLeaderReplicas: [], lastKnownElr: [] } : {}
  return { isr: [nodeId], leader: nodeId, ...eligible }
}

/**
 * The records of a clean stop, which is Kafka's controlled shutdown: the broker is about to go, the
 * coordinators' partitions have no leader any more, it is fenced. A Kafka that starts on the
 * directory would otherwise load the groups that it still leads, until its own registration takes
 * the lead away, and be interrupted by that; of other partitions it loads nothing. None when the
 * broker is not registered or fenced already.
 */
export function stopRecords(image: MetadataImage, nodeId: number): MetadataRecordInput[] {
  const broker = image.brokers.get(nodeId)
  if (broker === undefined || broker.fenced) return []
  return [
    {
      name: 'BrokerRegistrationChangeRecord',
      version: 1,
      value: { brokerId: nodeId, brokerEpoch: broker.epoch, inControlledShutdown: 1 },
    },
    ...leaderlessRecords(image, nodeId, (_, topic) => coordinatorTopics.has(topic.name)),
    fenceRecord(nodeId, broker.epoch, true),
  ]
}

/**
 * The partitions that only this node holds and `concerns` names lose their leader; the log stays
 * eligible.
 */
export function leaderlessRecords(
  image: MetadataImage,
  nodeId: number,
  concerns: (partition: PartitionImage, topic: TopicImage) => boolean,
): MetadataRecordInput[] {
  const version = recordVersions(metadataVersionOf(image) ?? 0).partition
  const records: MetadataRecordInput[] = []
  for (const topic of image.topicsByName.values()) {
    for (const partition of topic.partitions) {
      const { index, replicas, leader } = partition
      if (leader !== nodeId || replicas.length !== 1 || !concerns(partition, topic)) continue
      assert(replicas[0] === nodeId, 'a leader is a replica')
      const change = leaderless(nodeId, usesElr(image))
      const value = { partitionId: index, topicId: topic.id, ...change }
      records.push({ name: 'PartitionChangeRecord', version, value })
    }
  }
  return records
}

/** Without eligible replicas the last member stays in the ISR. */
function leaderless(nodeId: number, elr: boolean): object {
  const eligible = { isr: [], eligibleLeaderReplicas: [nodeId], lastKnownElr: [nodeId] }
  return { leader: -1, ...(elr ? eligible : {}) }
}

function usesElr(image: MetadataImage): boolean {
  return elrEnabled(image) && recordVersions(metadataVersionOf(image) ?? 0).partition >= 2
}

function fenceRecord(brokerId: number, brokerEpoch: number, fence: boolean): MetadataRecordInput {
  return {
    name: 'BrokerRegistrationChangeRecord',
    version: 0,
    value: { brokerId, brokerEpoch, fenced: fence ? 1 : -1 },
  }
}
