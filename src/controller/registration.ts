/**
 * Decides how a broker comes and goes: it registers with every start, is unfenced, and takes the
 * lead of the partitions that it alone can lead; a clean stop gives them up and fences it. The
 * records are those of a single node of Apache Kafka 4.3.1, so that each takes over from the other.
 */
import { assert } from '../base/assert.ts'
import type { ListenerImage, MetadataImage, PartitionImage } from '../metadata/image.ts'
import { elrEnabled, metadataVersionOf, recordVersions } from '../metadata/record-versions.ts'
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
  readonly directories: readonly Uuid[]
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

/** The records by which a broker registers at `brokerEpoch`, the first one's offset. */
export function brokerRecords(
  level: number,
  node: Registration,
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
        ...(versions.cordonedDirectories ? { cordonedLogDirs: [] } : {}),
      },
    },
    fenceRecord(brokerId, brokerEpoch, false),
  ]
}

/** The records by which a broker that comes back leads its partitions again. */
export function leadershipRecords(image: MetadataImage, node: Registration): MetadataRecordInput[] {
  const version = recordVersions(metadataVersionOf(image) ?? 0).partition
  const elr = elrEnabled(image) && version >= 2
  assert(image.topicsByName.size === image.topicsById.size, 'every topic has a name and an id')
  const records: MetadataRecordInput[] = []
  for (const topic of image.topicsByName.values()) {
    for (const partition of topic.partitions) {
      if (!shouldLead(partition, node)) continue
      records.push({
        name: 'PartitionChangeRecord',
        version,
        value: {
          partitionId: partition.index,
          topicId: topic.id,
          isr: [node.nodeId],
          leader: node.nodeId,
          ...(elr ? { eligibleLeaderReplicas: [], lastKnownElr: [] } : {}),
        },
      })
    }
  }
  return records
}

/**
 * The records of a clean stop, which is Kafka's controlled shutdown: the broker is about to go, its
 * partitions have no leader any more, it is fenced. A Kafka that starts on the directory would
 * otherwise load what it still leads, until its own registration takes the lead away. None when the
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
    ...leaderlessRecords(image, nodeId),
    fenceRecord(nodeId, broker.epoch, true),
  ]
}

/** The partitions that only this node holds lose their leader; its log stays eligible. */
function leaderlessRecords(image: MetadataImage, nodeId: number): MetadataRecordInput[] {
  const version = recordVersions(metadataVersionOf(image) ?? 0).partition
  // Without eligible replicas the last member stays in the ISR.
  const elr = elrEnabled(image) && version >= 2
  const records: MetadataRecordInput[] = []
  for (const topic of image.topicsByName.values()) {
    for (const { index, replicas, leader } of topic.partitions) {
      if (leader !== nodeId || replicas.length !== 1) continue
      assert(replicas[0] === nodeId, 'a leader is a replica')
      records.push({
        name: 'PartitionChangeRecord',
        version,
        value: {
          partitionId: index,
          topicId: topic.id,
          leader: -1,
          ...(elr ? { isr: [], eligibleLeaderReplicas: [nodeId], lastKnownElr: [nodeId] } : {}),
        },
      })
    }
  }
  return records
}

/**
 * A partition whose only replica is here and that has no leader, or whose log may have been cut.
 */
function shouldLead(partition: PartitionImage, node: Registration): boolean {
  const isOnlyReplica = partition.replicas.length === 1 && partition.replicas[0] === node.nodeId
  return isOnlyReplica && (partition.leader !== node.nodeId || !node.clean)
}

function fenceRecord(brokerId: number, brokerEpoch: number, fence: boolean): MetadataRecordInput {
  return {
    name: 'BrokerRegistrationChangeRecord',
    version: 0,
    value: { brokerId, brokerEpoch, fenced: fence ? 1 : -1 },
  }
}
