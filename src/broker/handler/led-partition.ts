/** The log of a partition for a request that only its leader answers. */
import { ErrorCode } from '../../protocol/error-codes.ts'
import type { PartitionLog } from '../../storage/log-store.ts'
import type { BrokerContext } from '../context.ts'

/** A partition that this broker leads. */
export interface LedPartition {
  readonly log: PartitionLog
  readonly leaderEpoch: number
}

/**
 * A partition that this broker leads, or the error code that says why it answers nothing about it.
 * `currentLeaderEpoch` is what the client believes, -1 for nothing.
 */
export function ledPartition(
  broker: BrokerContext,
  topic: string,
  index: number,
  currentLeaderEpoch: number,
): LedPartition | number {
  const partition = broker.image().topicsByName.get(topic)?.partitions[index]
  if (partition === undefined) return ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
  const log = broker.logs.find(topic, index)
  if (log === undefined && !partition.replicas.includes(broker.nodeId)) {
    return ErrorCode.NOT_LEADER_OR_FOLLOWER
  }
  // A replica of this broker that is not open could not be.
  if (log === undefined || !log.online()) return ErrorCode.KAFKA_STORAGE_ERROR
  const { leaderEpoch } = partition
  if (currentLeaderEpoch === -1 || currentLeaderEpoch === leaderEpoch) return { log, leaderEpoch }
  const isOld = currentLeaderEpoch < leaderEpoch
  return isOld ? ErrorCode.FENCED_LEADER_EPOCH : ErrorCode.UNKNOWN_LEADER_EPOCH
}
