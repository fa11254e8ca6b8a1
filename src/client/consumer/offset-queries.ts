/** The requests by which a consumer learns of offsets: committed ones, by time, by leader epoch. */
import { assert } from '../../base/assert.ts'
import { groupedBy } from '../../base/grouped.ts'
import { ErrorCode, errorInfo } from '../../protocol/error-codes.ts'
import { listOffsetsApi } from '../../protocol/generated/02-list-offsets.ts'
import { offsetFetchApi } from '../../protocol/generated/09-offset-fetch.ts'
import { offsetForLeaderEpochApi } from '../../protocol/generated/23-offset-for-leader-epoch.ts'
import { type Uuid, zeroUuid } from '../../protocol/uuid.ts'
import { ClientError, ProtocolError } from '../error.ts'
import { keyOf, partitionKey, type TopicPartition } from '../topic-partition.ts'
import { partitionsByTopic } from './assignor/consumer-protocol.ts'
import type { ConsumerCluster } from './consumer-cluster.ts'
import type { OffsetAndEpoch } from './positions.ts'

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

/** What a question about several partitions brought: of some there may be no answer. */
export interface Answers<T> {
  readonly found: Found<T>
  /** Why there is no answer, by key. */
  readonly failures: ReadonlyMap<string, unknown>
}

/**
 * What is found, for who needs all answers.
 *
 * @throws the first failure, one that is final before one that may pass.
 */
export function allOf<T>({ found, failures }: Answers<T>): Found<T> {
  const isFinal = (error: unknown): boolean => !(error instanceof ClientError && error.retriable)
  const errors = [...failures.values()]
  const error = errors.find(isFinal) ?? errors[0]
  if (error !== undefined) throw error
  return found
}

const severalGroupsMin = 8
/** From this version on OffsetFetch and OffsetCommit name topics by ids alone. */
export const topicIdsMin: number = 10

/**
 * Offsets that the group committed. One attempt: rejects with the coordinator's error, which may be
 * retriable, if that is of the whole group.
 */
export async function fetchCommitted(
  cluster: ConsumerCluster,
  groupId: string,
  partitions: readonly TopicPartition[],
  settings: { readonly requireStable: boolean; readonly timeoutMs: number },
): Promise<Answers<CommittedOffset>> {
  const { requireStable, timeoutMs } = settings
  assert(groupId !== '', 'a group has a name')
  const node = await cluster.coordinator('group', groupId, timeoutMs)
  await learnTopics(cluster, partitions)
  const topics = partitionsByTopic(partitions)
  const { ids, byName } = topicIds(
    cluster,
    topics.map(({ topic }) => topic),
  )
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
      const named = topics.map(({ topic, partitions: partitionIndexes }) =>
        version < topicIdsMin
          ? { name: topic, partitionIndexes }
          : { topicId: ids.get(topic) ?? zeroUuid, partitionIndexes },
      )
      return { groups: [{ groupId, topics: named }], requireStable }
    },
    { timeoutMs, ...byName },
  )
  const what = `Cannot get the committed offsets of group ${groupId}`
  const [group] = response.groups
  const errorCode = group?.errorCode ?? response.errorCode
  if (errorCode !== 0) throw coordinatorError(cluster, groupId, what, errorCode)
  const names = new Map([...ids].map(([topic, id]) => [id, topic]))
  const answers = new Map<string, CommittedOffset | ProtocolError | null>()
  for (const topic of group?.topics ?? response.topics) {
    const id = 'topicId' in topic ? (topic.topicId as Uuid) : zeroUuid
    const name = topic.name === '' ? (names.get(id) ?? '') : topic.name
    for (const one of topic.partitions) {
      const key = partitionKey(name, one.partitionIndex)
      const { errorCode, committedOffset: offset, committedLeaderEpoch: leaderEpoch } = one
      const committed = { offset, leaderEpoch, metadata: one.metadata ?? '' }
      const failed = `${what} for ${key}`
      if (errorCode !== 0) answers.set(key, coordinatorError(cluster, groupId, failed, errorCode))
      else answers.set(key, offset >= 0 ? committed : null)
    }
  }
  return sorted(partitions, answers)
}

/** What the answers say of what was asked. No answer is none, and not that there is nothing. */
function sorted<T>(
  asked: readonly TopicPartition[],
  answers: ReadonlyMap<string, T | ProtocolError | null>,
): Answers<T> {
  const found = new Map<string, T>()
  const failures = new Map<string, unknown>()
  for (const key of asked.map(keyOf)) {
    const answer = answers.get(key)
    if (answer === undefined) failures.set(key, leftOut(key))
    else if (answer instanceof ProtocolError) failures.set(key, answer)
    else if (answer !== null) found.set(key, answer)
  }
  assert(found.size + failures.size <= asked.length, 'only what was asked for is answered')
  return { found, failures }
}

/** What an answer leaves out is asked for again. */
export function leftOut(key: string): ProtocolError {
  const why = 'the broker left it out of its answer'
  return new ProtocolError(`Nothing was said of ${key}`, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, why)
}

/** Asks once for the metadata of topics that are not known: some requests name them by ids. */
export async function learnTopics(
  cluster: ConsumerCluster,
  partitions: readonly TopicPartition[],
): Promise<void> {
  const unknown = partitions.filter(({ topic }) => cluster.topic(topic) === undefined)
  if (unknown.length > 0) await cluster.refresh()
}

/**
 * The ids of topics, by name. A topic that is not known at the moment has none, and may have
 * offsets all the same: `byName` then keeps the call to a version that has names.
 */
export function topicIds(
  cluster: ConsumerCluster,
  topics: readonly string[],
): {
  readonly ids: ReadonlyMap<string, Uuid>
  readonly byName: { readonly versionMax?: number }
} {
  const ids = new Map<string, Uuid>()
  for (const topic of topics) {
    const id = cluster.topic(topic)?.id ?? zeroUuid
    if (id !== zeroUuid) ids.set(topic, id)
  }
  assert(ids.size <= topics.length, 'a topic has one id')
  return { ids, byName: ids.size < topics.length ? { versionMax: topicIdsMin - 1 } : {} }
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
  // A topic that was made anew has another id, by which the next attempt has to name it.
  if (code === ErrorCode.UNKNOWN_TOPIC_ID) cluster.requestRefresh()
  return new ProtocolError(what, code)
}

/** A partition with what is asked of its leader. */
export interface LeaderQuestion extends TopicPartition {
  /** ListOffsets: ms, or -1 and -2 for the ends. OffsetForLeaderEpoch: the epoch. */
  readonly asked: number
}

/**
 * The first offset with this timestamp or a later one, from each partition's leader. One attempt; a
 * partition without such a record is found nowhere.
 */
export async function listOffsets(
  cluster: ConsumerCluster,
  questions: readonly LeaderQuestion[],
  settings: { readonly readCommitted: boolean; readonly timeoutMs: number },
): Promise<Answers<TimedOffset>> {
  const { timeoutMs } = settings
  return askLeaders<TimedOffset>(cluster, questions, async (node, of) => {
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
    const answers = new Map<string, TimedOffset | ProtocolError | null>()
    for (const { name, partitions } of response.topics) {
      for (const { partitionIndex, errorCode, offset, timestamp, leaderEpoch } of partitions) {
        const key = partitionKey(name, partitionIndex)
        const what = `Cannot find offsets of ${key}`
        if (errorCode !== 0) answers.set(key, leaderError(cluster, what, errorCode))
        else answers.set(key, offset >= 0 ? { offset, timestamp, leaderEpoch } : null)
      }
    }
    return answers
  })
}

/**
 * Where the log of an epoch ends, as each partition's leader has it; -1 when it does not know. One
 * attempt.
 */
export async function endsOfEpochs(
  cluster: ConsumerCluster,
  questions: readonly LeaderQuestion[],
  timeoutMs: number,
): Promise<Answers<OffsetAndEpoch>> {
  return askLeaders<OffsetAndEpoch>(cluster, questions, async (node, of) => {
    const topics = byTopic(of, ({ partition, asked, leaderEpoch }) => ({
      partition,
      currentLeaderEpoch: leaderEpoch,
      leaderEpoch: asked,
    }))
    const request = { replicaId: -1, topics }
    const response = await cluster.call(node, offsetForLeaderEpochApi, request, { timeoutMs })
    const answers = new Map<string, OffsetAndEpoch | ProtocolError>()
    for (const { topic, partitions } of response.topics) {
      for (const { partition, errorCode, endOffset: offset, leaderEpoch } of partitions) {
        const key = partitionKey(topic, partition)
        const what = `Cannot validate ${key}`
        const end = { offset, leaderEpoch }
        answers.set(key, errorCode === 0 ? end : leaderError(cluster, what, errorCode))
      }
    }
    return answers
  })
}

interface LedQuestion extends LeaderQuestion {
  readonly leaderEpoch: number
}

/** A leader that fails, or is not there, leaves the answers of the others alone. */
async function askLeaders<T>(
  cluster: ConsumerCluster,
  questions: readonly LeaderQuestion[],
  ask: (
    node: number,
    of: readonly LedQuestion[],
  ) => Promise<ReadonlyMap<string, T | ProtocolError | null>>,
): Promise<Answers<T>> {
  const found = new Map<string, T>()
  const failures = new Map<string, unknown>()
  const led: (LedQuestion & { readonly leader: number })[] = []
  for (const question of questions) {
    const info = cluster.topic(question.topic)?.partitions[question.partition]
    if (info === undefined || info.leader < 0) {
      const code = cluster.metadata.faultOf(question.topic) ?? ErrorCode.LEADER_NOT_AVAILABLE
      const key = keyOf(question)
      failures.set(key, leaderError(cluster, `Cannot find the leader of ${key}`, code))
      continue
    }
    led.push({ ...question, leader: info.leader, leaderEpoch: info.leaderEpoch })
  }
  const askOne = async ([node, of]: readonly [number, readonly LedQuestion[]]): Promise<void> => {
    try {
      const answers = sorted(of, await ask(node, of))
      for (const [key, one] of answers.found) found.set(key, one)
      for (const [key, error] of answers.failures) failures.set(key, error)
    } catch (error) {
      for (const one of of) failures.set(keyOf(one), error)
    }
  }
  await Promise.all([...groupedBy(led, ({ leader }) => leader)].map(askOne))
  assert(found.size + failures.size <= questions.length, 'only what was asked for is answered')
  return { found, failures }
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
  const topics = groupedBy(questions, ({ topic }) => topic)
  return [...topics].map(([topic, of]) => ({ topic, partitions: of.map(make) }))
}
