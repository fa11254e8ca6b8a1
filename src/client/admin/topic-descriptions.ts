import { assert } from '../../base/assert.ts'
import { ErrorCode } from '../../protocol/error-codes.ts'
import { metadataApi } from '../../protocol/generated/03-metadata.ts'
import {
  type DescribedPartition,
  type DescribeTopicPartitionsRequest,
  type DescribeTopicPartitionsResponse,
  describeTopicPartitionsApi,
} from '../../protocol/generated/75-describe-topic-partitions.ts'
import type { Uuid } from '../../protocol/uuid.ts'
import { ProtocolError, TimeoutError } from '../error.ts'
import type { Deadline } from '../network/retry.ts'
import { type AdminContext, ask, outcomeOf, settle, unanswered } from './settle.ts'
import type { TopicListing } from './topics.ts'

/** Partitions in one answer; a broker may give fewer. That of Kafka's client. */
const pagePartitions = 2000

/** One partition of a described topic. */
export interface PartitionDescription {
  readonly partition: number
  /** Node id; -1 when there is none. */
  readonly leader: number
  readonly leaderEpoch: number
  readonly replicas: readonly number[]
  /** In-sync replicas. */
  readonly isr: readonly number[]
  readonly offlineReplicas: readonly number[]
  /** Out of sync, and yet with all that was acknowledged (KIP-966); null where nobody tells. */
  readonly eligibleLeaderReplicas: readonly number[] | null
  /** Of before the last unclean shutdown of them all; null where nobody tells. */
  readonly lastKnownEligibleLeaderReplicas: readonly number[] | null
}

/** A topic with its partitions, in the order of their numbers. */
export interface TopicDescription extends TopicListing {
  readonly partitions: readonly PartitionDescription[]
}

/** What answers of both kinds say of a topic. */
interface FoundTopic {
  readonly errorCode: number
  readonly topicId: Uuid
  readonly isInternal: boolean
  readonly partitions: readonly FoundPartition[]
}

type Elr = 'eligibleLeaderReplicas' | 'lastKnownElr'
type FoundPartition = Omit<DescribedPartition, Elr> & Partial<Pick<DescribedPartition, Elr>>

/** See `Admin.describeTopics`. */
export function describeTopics(
  context: AdminContext,
  names: readonly string[],
): Promise<readonly TopicDescription[]> {
  return settle(context, 'Cannot describe topics', names, async (pending, deadline) => {
    const found = await find(context, [...new Set(pending)], deadline)
    return pending.map((name) => {
      const what = `Cannot describe topic "${name}"`
      const topic = found.get(name)
      if (topic === undefined) return unanswered(what)
      // A topic without a leader is described all the same.
      const isLeaderless = topic.errorCode === ErrorCode.LEADER_NOT_AVAILABLE
      const code = isLeaderless ? ErrorCode.NONE : topic.errorCode
      return outcomeOf(what, code, null, () => described(name, topic))
    })
  })
}

/** Brokers of before Kafka 3.8 are asked for their metadata instead. */
async function find(
  context: AdminContext,
  names: readonly string[],
  deadline: Deadline,
): Promise<ReadonlyMap<string, FoundTopic>> {
  assert(names.length > 0, 'no name would mean all topics')
  try {
    return await findByPages(context, names, deadline)
  } catch (error) {
    const isOld = error instanceof ProtocolError
    if (!isOld || error.kafkaCode !== ErrorCode.UNSUPPORTED_VERSION) throw error
  }
  const topics = names.map((name) => ({ name }))
  const request = { topics, allowAutoTopicCreation: false }
  const response = await ask(context, 'any', metadataApi, request, deadline)
  return new Map(response.topics.map((topic) => [topic.name ?? '', topic]))
}

/** A page may end inside a topic, whose other partitions come with the next. */
async function findByPages(
  context: AdminContext,
  names: readonly string[],
  deadline: Deadline,
): Promise<ReadonlyMap<string, FoundTopic>> {
  const found = new Map<string, FoundTopic>()
  const topics = names.map((name) => ({ name }))
  let cursor: DescribeTopicPartitionsRequest['cursor'] = null
  do {
    if (deadline.leftMs <= 0) {
      throw new TimeoutError(`Cannot describe topics: ${found.size} came before the time was over.`)
    }
    const request = { topics, responsePartitionLimit: pagePartitions, cursor }
    const api = describeTopicPartitionsApi
    const page: DescribeTopicPartitionsResponse = await ask(context, 'any', api, request, deadline)
    for (const topic of page.topics) {
      const name = topic.name ?? ''
      const before = found.get(name)?.partitions ?? []
      found.set(name, { ...topic, partitions: [...before, ...topic.partitions] })
    }
    cursor = page.nextCursor
  } while (cursor !== null)
  return found
}

function described(name: string, topic: FoundTopic): TopicDescription {
  const { topicId, isInternal } = topic
  const partitions = topic.partitions
    .map((one) => ({
      partition: one.partitionIndex,
      leader: one.leaderId,
      leaderEpoch: one.leaderEpoch,
      replicas: one.replicaNodes,
      isr: one.isrNodes,
      offlineReplicas: one.offlineReplicas,
      eligibleLeaderReplicas: one.eligibleLeaderReplicas ?? null,
      lastKnownEligibleLeaderReplicas: one.lastKnownElr ?? null,
    }))
    .sort((a, b) => a.partition - b.partition)
  assert(partitions.length === topic.partitions.length, 'each partition is described')
  return { name, topicId, isInternal, partitionCount: partitions.length, partitions }
}
