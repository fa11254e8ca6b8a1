/** Commits offsets of a group. */
import { assert } from '../../base/assert.ts'
import { groupedBy } from '../../base/grouped.ts'
import { ErrorCode } from '../../protocol/error-codes.ts'
import { offsetCommitApi } from '../../protocol/generated/08-offset-commit.ts'
import { zeroUuid } from '../../protocol/uuid.ts'
import { ClientError, ProtocolError } from '../error.ts'
import { keyOf, partitionKey, type TopicPartition } from '../topic-partition.ts'
import type { ConsumerCluster } from './consumer-cluster.ts'
import { coordinatorError, learnTopics, leftOut, topicIds, topicIdsMin } from './offset-queries.ts'

/** An offset to commit: the next one to be read. */
export interface OffsetToCommit extends TopicPartition {
  readonly offset: number
  /** Epoch of the record before it; -1 when it is not known. */
  readonly leaderEpoch?: number
  /** The application's own note. */
  readonly metadata?: string
}

/** Who commits. */
export interface Committer {
  readonly groupId: string
  readonly groupInstanceId: string | null
  /** Empty, with generation -1, for one that is no member. */
  readonly memberId: string
  readonly generationId: number
}

const instanceMin = 7
const leaderEpochMin = 6

/** One attempt. Rejects with the first error that the coordinator has for any of them. */
export async function commitOffsets(
  cluster: ConsumerCluster,
  committer: Committer,
  offsets: readonly OffsetToCommit[],
  timeoutMs: number,
): Promise<void> {
  if (offsets.length === 0) return
  const { groupId, memberId, generationId } = committer
  assert(groupId !== '', 'a group has a name')
  assert(memberId !== '' || generationId < 0, 'who is in a generation has a name')
  const node = await cluster.coordinator('group', groupId, timeoutMs)
  await learnTopics(cluster, offsets)
  const topics = groupedBy(offsets, ({ topic }) => topic)
  const { ids, byName } = topicIds(cluster, [...topics.keys()])
  const response = await cluster.call(
    node,
    offsetCommitApi,
    (version) => ({
      groupId,
      memberId,
      generationIdOrMemberEpoch: generationId,
      ...(version >= instanceMin ? { groupInstanceId: committer.groupInstanceId } : {}),
      topics: [...topics].map(([topic, of]) => ({
        ...(version < topicIdsMin ? { name: topic } : { topicId: ids.get(topic) ?? zeroUuid }),
        partitions: of.map(({ partition, offset, leaderEpoch, metadata }) => ({
          partitionIndex: partition,
          committedOffset: offset,
          ...(version >= leaderEpochMin ? { committedLeaderEpoch: leaderEpoch ?? -1 } : {}),
          committedMetadata: metadata ?? '',
        })),
      })),
    }),
    { timeoutMs, channel: 'coordinator', ...byName },
  )
  const names = new Map([...ids].map(([topic, id]) => [id, topic]))
  const unanswered = new Set(offsets.map(keyOf))
  for (const topic of response.topics) {
    const name = topic.name === '' ? (names.get(topic.topicId) ?? '') : topic.name
    for (const { partitionIndex: partition, errorCode } of topic.partitions) {
      const key = partitionKey(name, partition)
      unanswered.delete(key)
      if (errorCode === 0) continue
      const what = `Cannot commit the offset of ${key}`
      throw commitError(cluster, committer, what, errorCode)
    }
  }
  const [key] = unanswered
  if (key !== undefined) throw leftOut(key)
}

/** Whether a commit failed because the member is out of the group, or on its way into it again. */
export function isFromRebalance(error: unknown): error is ClientError {
  return error instanceof ClientError && rebalanceCodes.has(error.kafkaCode)
}

const rebalanceCodes: ReadonlySet<number> = new Set([
  ErrorCode.REBALANCE_IN_PROGRESS,
  ErrorCode.ILLEGAL_GENERATION,
  ErrorCode.UNKNOWN_MEMBER_ID,
])

function commitError(
  cluster: ConsumerCluster,
  committer: Committer,
  what: string,
  code: number,
): ProtocolError {
  const error = coordinatorError(cluster, committer.groupId, what, code)
  if (!rebalanceCodes.has(code)) return error
  const why =
    'the group rebalanced, and others may have the partition by now; its records come again ' +
    'there. Fewer records per poll, or a larger maxPollIntervalMs, avoid it'
  return new ProtocolError(what, code, why)
}
