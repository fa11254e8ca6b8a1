/** A partition as clients are told of it. */
import type { MetadataImage, PartitionImage } from '../../metadata/image.ts'
import { isReplicaOnline } from '../../metadata/replica-directory.ts'

/** What Metadata and DescribeTopicPartitions have in common; field by field as there. */
export interface PartitionState {
  readonly partitionIndex: number
  /** -1: none, or none that clients can reach. */
  readonly leaderId: number
  readonly leaderEpoch: number
  readonly replicaNodes: readonly number[]
  readonly isrNodes: readonly number[]
  readonly offlineReplicas: readonly number[]
}

/** The state of a partition; a leader that is fenced is none. */
export function partitionState(partition: PartitionImage, image: MetadataImage): PartitionState {
  const { index, leader, leaderEpoch, replicas, isr } = partition
  return {
    partitionIndex: index,
    leaderId: image.brokers.get(leader)?.fenced === false ? leader : -1,
    leaderEpoch,
    replicaNodes: replicas,
    isrNodes: isr,
    offlineReplicas: replicas.filter((id) => !isReplicaOnline(partition, image.brokers.get(id))),
  }
}
