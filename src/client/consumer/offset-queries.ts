/** The requests by which a consumer learns of offsets: committed ones, by time, by leader epoch. */
import { assert } from '../../base/assert.ts'
import { ErrorCode, errorInfo } from '../../protocol/error-codes.ts'
import { listOffsetsApi } from '../../protocol/generated/02-list-offsets.ts'
import { offsetFetchApi } from '../../protocol/generated/09-offset-fetch.ts'
import { offsetForLeaderEpochApi } from '../../protocol/generated/23-offset-for-leader-epoch.ts'
import { type Uuid, zeroUuid } from '../../protocol/uuid.ts'
import { ProtocolError } from '../error.ts'
import { partitionsByTopic } from './assignor/consumer-protocol.ts'
import type { ConsumerCluster } from './consumer-cluster.ts'
import type { OffsetAndEpoch } from './positions.ts'
import { keyOf, partitionKey, type TopicPartition } from './topic-partition.ts'

/** An offset as a group committed it. */
export interface CommittedOffset extends OffsetAndEpoch {
  readonly metadata: string
}

/** An offset that was found by its time. */
export interface TimedOffset extends OffsetAndEpoch {
  /** Of the record, in ms; -1 when an end of the log was asked for. */
  readonly timestamp: number
}

/** What is found, by key; what has nothing is left out. */
export type Found<T> = ReadonlyMap<string, T>

const severalGroupsMin = 8
const topicIdsMin = 10
const noLeaderEpoch = -1

/**
 * Offsets that the group committed. One attempt: rejects with the coordinator's error, which may be
 * retriable.
 */
export async function fetchCommitted(
  cluster: ConsumerCluster,
  groupId: string,
  partitions: readonly TopicPartition[],
  settings: { readonly requireStable: boolean; readonly timeoutMs: number },
): Promise<Found<CommittedOffset>> {
  const { requireStable, timeoutMs } = settings
  assert(groupId !== '', 'a group has a name')
  const node = await cluster.coordinator('group', groupId, timeoutMs)
  await learnTopics(cluster, partitions)
  const topics = partitionsByTopic(partitions)
  const response = await cluster.call(
    node,
    offsetFetchApi,
    (version) => {
      if (version < severalGroupsMin) {
        const named = topics.map(({ topic, partitions: of }) => ({
          name: topic,
          partitionIndexes: of,
        }))
        return { groupId, topics: named, groups: [], requireStable: requireStable && version >= 7 }
      }
      // A topic that is not known has no id to ask by, and nothing that could be committed.
      const named = topics
        .filter(({ topic }) => version < topicIdsMin || cluster.topic(topic) !== undefined)
        .map(({ topic, partitions: partitionIndexes }) =>
          version < topicIdsMin
            ? { name: topic, partitionIndexes }
            : { topicId: cluster.topic(topic)?.id ?? zeroUuid, partitionIndexes },
        )
      return { groups: [{ groupId, topics: named }], requireStable }
    },
    { timeoutMs },
  )
  const what = `Cannot get the committed offsets of group ${groupId}`
  const [group] = response.groups
  const errorCode = group?.errorCode ?? response.errorCode
  if (errorCode !== 0) throw coordinatorError(cluster, groupId, what, errorCode)
  const found = new Map<string, CommittedOffset>()
  for (const topic of group?.topics ?? response.topics) {
    const id = 'topicId' in topic ? (topic.topicId as Uuid) : zeroUuid
    const name = topic.name === '' ? (cluster.metadata.nameOf(id) ?? '') : topic.name
    for (const one of topic.partitions) {
      const key = partitionKey(name, one.partitionIndex)
      if (one.errorCode !== 0) throw new ProtocolError(`${what} for ${key}`, one.errorCode)
      const { committedOffset: offset, committedLeaderEpoch: leaderEpoch, metadata } = one
      if (offset >= 0) found.set(key, { offset, leaderEpoch, metadata: metadata ?? '' })
    }
  }
  return found
}

/** Asks once for the metadata of topics that are not known: some requests name them by ids. */
export async function learnTopics(
  cluster: ConsumerCluster,
  partitions: readonly TopicPartition[],
): Promise<void> {
  const unknown = partitions.filter(({ topic }) => cluster.topic(topic) === undefined)
  if (unknown.length > 0) await cluster.refresh()
}

/** The error of a coordinator's answer; after "not me" the next attempt looks for it again. */
export function coordinatorError(
  cluster: ConsumerCluster,
  groupId: string,
  what: string,
  code: number,
): ProtocolError {
  assert(code !== 0, 'an error has a code')
  if (code === ErrorCode.NOT_COORDINATOR || code === ErrorCode.COORDINATOR_NOT_AVAILABLE) {
    cluster.forgetCoordinator('group', groupId)
  }
  return new ProtocolError(what, code)
}

/** A partition with what is asked of its leader. */
export interface LeaderQuestion extends TopicPartition {
  /** ListOffsets: ms, or -1 and -2 for the ends. OffsetForLeaderEpoch: the epoch. */
  readonly asked: number
}

/**
 * The first offset with this timestamp or a later one, from each partition's leader. One attempt; a
 * partition without such a record is left out.
 */
export async function listOffsets(
  cluster: ConsumerCluster,
  questions: readonly LeaderQuestion[],
  settings: { readonly readCommitted: boolean; readonly timeoutMs: number },
): Promise<Found<TimedOffset>> {
  const { timeoutMs } = settings
  const found = new Map<string, TimedOffset>()
  const askLeader = async (node: number, of: readonly LedQuestion[]): Promise<void> => {
    const topics = byTopic(of, ({ partition, asked, leaderEpoch }) => ({
      partitionIndex: partition,
      currentLeaderEpoch: leaderEpoch,
      timestamp: asked,
    })).map(({ topic, partitions }) => ({ name: topic, partitions }))
    const isolationLevel = settings.readCommitted ? 1 : 0
    const response = await cluster.call(
      node,
      listOffsetsApi,
      (version) => ({
        replicaId: -1,
        isolationLevel,
        topics,
        // The field counts whole milliseconds.
        ...(version >= 10 ? { timeoutMs: Math.ceil(timeoutMs) } : {}),
      }),
      { timeoutMs },
    )
    for (const { name, partitions } of response.topics) {
      for (const { partitionIndex, errorCode, offset, timestamp, leaderEpoch } of partitions) {
        const key = partitionKey(name, partitionIndex)
        if (errorCode !== 0) throw leaderError(cluster, `Cannot find offsets of ${key}`, errorCode)
        if (offset >= 0) found.set(key, { offset, timestamp, leaderEpoch })
      }
    }
  }
  await askLeaders(cluster, questions, askLeader)
  return found
}

/**
 * Where the log of an epoch ends, as each partition's leader has it; -1 when it does not know. One
 * attempt.
 */
export async function endsOfEpochs(
  cluster: ConsumerCluster,
  questions: readonly LeaderQuestion[],
  timeoutMs: number,
): Promise<Found<OffsetAndEpoch>> {
  const found = new Map<string, OffsetAndEpoch>()
  await askLeaders(cluster, questions, async (node, of) => {
    const topics = byTopic(of, ({ partition, asked, leaderEpoch }) => ({
      partition,
      currentLeaderEpoch: leaderEpoch,
      leaderEpoch: asked,
    }))
    const request = { replicaId: -1, topics }
    const response = await cluster.call(node, offsetForLeaderEpochApi, request, { timeoutMs })
    for (const { topic, partitions } of response.topics) {
      for (const { partition, errorCode, endOffset: offset, leaderEpoch } of partitions) {
        const key = partitionKey(topic, partition)
        if (errorCode !== 0) throw leaderError(cluster, `Cannot validate ${key}`, errorCode)
        found.set(key, { offset, leaderEpoch })
      }
    }
  })
  return found
}

interface LedQuestion extends LeaderQuestion {
  readonly leaderEpoch: number
}

async function askLeaders(
  cluster: ConsumerCluster,
  questions: readonly LeaderQuestion[],
  ask: (node: number, of: readonly LedQuestion[]) => Promise<void>,
): Promise<void> {
  const leaders = new Map<number, LedQuestion[]>()
  for (const question of questions) {
    const info = cluster.topic(question.topic)?.partitions[question.partition]
    if (info === undefined || info.leader < 0) {
      const code = cluster.metadata.faultOf(question.topic) ?? ErrorCode.LEADER_NOT_AVAILABLE
      throw leaderError(cluster, `Cannot find the leader of ${keyOf(question)}`, code)
    }
    const of = leaders.get(info.leader)
    const led = { ...question, leaderEpoch: info.leaderEpoch ?? noLeaderEpoch }
    if (of === undefined) leaders.set(info.leader, [led])
    else of.push(led)
  }
  await Promise.all([...leaders].map(([node, of]) => ask(node, of)))
}

function leaderError(cluster: ConsumerCluster, what: string, code: number): ProtocolError {
  assert(code !== 0, 'an error has a code')
  if (errorInfo(code).refreshesMetadata) cluster.requestRefresh()
  return new ProtocolError(what, code)
}

function byTopic<T>(
  questions: readonly LedQuestion[],
  make: (of: LedQuestion) => T,
): { readonly topic: string; readonly partitions: T[] }[] {
  const topics = new Map<string, T[]>()
  for (const question of questions) {
    const list = topics.get(question.topic)
    if (list === undefined) topics.set(question.topic, [make(question)])
    else list.push(make(question))
  }
  return [...topics].map(([topic, partitions]) => ({ topic, partitions }))
}
