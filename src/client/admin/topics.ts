import { assert } from '../../base/assert.ts'
import { ErrorCode } from '../../protocol/error-codes.ts'
import { metadataApi } from '../../protocol/generated/03-metadata.ts'
import { createTopicsApi } from '../../protocol/generated/19-create-topics.ts'
import { deleteTopicsApi } from '../../protocol/generated/20-delete-topics.ts'
import { createPartitionsApi } from '../../protocol/generated/37-create-partitions.ts'
import { type Uuid, zeroUuid } from '../../protocol/uuid.ts'
import { requireKnownFields } from './known-fields.ts'
import {
  type AdminContext,
  answerOf,
  ask,
  brokerTimeoutMs,
  check,
  settle,
  settleOne,
} from './settle.ts'

/** A topic to create. */
export interface NewTopic {
  readonly name: string
  /** Number of partitions; the broker's `num.partitions` unless given. */
  readonly partitions?: number
  /** Copies of each partition; the broker's `default.replication.factor` unless given. */
  readonly replicationFactor?: number
  /** Instead of both: for each partition the brokers of its replicas, the preferred one first. */
  readonly assignments?: readonly (readonly number[])[]
  /** Configs of the topic by Kafka's names, as `{ 'retention.ms': '3600000' }`. */
  readonly configs?: Readonly<Record<string, string>>
}

const topicFields = ['name', 'partitions', 'replicationFactor', 'assignments', 'configs']

/** What was created. */
export interface CreatedTopic {
  readonly name: string
  readonly topicId: Uuid
  /** -1 where the broker does not tell. */
  readonly partitions: number
  /** -1 where the broker does not tell. */
  readonly replicationFactor: number
}

/** A topic in a list. */
export interface TopicListing {
  readonly name: string
  readonly topicId: Uuid
  /** True for Kafka's own, such as `__consumer_offsets`. */
  readonly isInternal: boolean
  readonly partitionCount: number
}

/** A topic that is to have more partitions. */
export interface NewPartitions {
  readonly topic: string
  /** How many there are to be, the present ones among them. */
  readonly totalCount: number
  /** For each new partition the brokers of its replicas; the cluster places them unless given. */
  readonly assignments?: readonly (readonly number[])[]
}

const partitionFields = ['topic', 'totalCount', 'assignments']

/** See `Admin.createTopics`. */
export async function createTopics(
  context: AdminContext,
  topics: readonly NewTopic[],
  validateOnly: boolean,
): Promise<readonly CreatedTopic[]> {
  for (const topic of topics) requireKnownFields(`Topic "${topic.name}"`, topic, topicFields)
  return settle(
    context,
    'Cannot create topics',
    topics,
    async (pending, deadline) => {
      assert(pending.length > 0, 'nothing is asked for nothing')
      const request = {
        topics: pending.map(creatable),
        timeoutMs: brokerTimeoutMs(context, deadline),
        validateOnly,
      }
      const response = await ask(context, 'controller', createTopicsApi, request, deadline)
      const answers = new Map(response.topics.map((one) => [one.name, one]))
      return pending.map(({ name }) =>
        answerOf(`Cannot create topic "${name}"`, answers.get(name), (found) => ({
          name,
          topicId: found.topicId,
          partitions: found.numPartitions,
          replicationFactor: found.replicationFactor,
        })),
      )
    },
    validateOnly ? undefined : ErrorCode.TOPIC_ALREADY_EXISTS,
  )
}

/** See `Admin.deleteTopics`. */
export async function deleteTopics(context: AdminContext, names: readonly string[]): Promise<void> {
  await settle(
    context,
    'Cannot delete topics',
    names,
    async (pending, deadline) => {
      assert(pending.length > 0, 'nothing is asked for nothing')
      const timeoutMs = brokerTimeoutMs(context, deadline)
      const response = await ask(
        context,
        'controller',
        deleteTopicsApi,
        (version) =>
          version >= 6
            ? { topics: pending.map((name) => ({ name, topicId: zeroUuid })), timeoutMs }
            : { topicNames: pending, timeoutMs },
        deadline,
      )
      const answers = new Map(response.responses.map((one) => [one.name, one]))
      return pending.map((name) =>
        answerOf(`Cannot delete topic "${name}"`, answers.get(name), () => null),
      )
    },
    ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
  )
}

/** See `Admin.listTopics`. */
export function listTopics(
  context: AdminContext,
  includeInternal: boolean,
): Promise<readonly TopicListing[]> {
  const what = 'Cannot list topics'
  return settleOne(context, what, async (deadline) => {
    const request = { topics: null, allowAutoTopicCreation: false }
    const { errorCode, topics } = await ask(context, 'any', metadataApi, request, deadline)
    check(what, errorCode)
    return topics
      .filter(({ errorCode: code, isInternal }) => code === 0 && (includeInternal || !isInternal))
      .map(({ name, topicId, isInternal, partitions }) => ({
        name: name ?? '',
        topicId,
        isInternal,
        partitionCount: partitions.length,
      }))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
  })
}

/** See `Admin.createPartitions`. */
export async function createPartitions(
  context: AdminContext,
  topics: readonly NewPartitions[],
  validateOnly: boolean,
): Promise<void> {
  for (const one of topics) requireKnownFields(`Topic "${one.topic}"`, one, partitionFields)
  await settle(
    context,
    'Cannot add partitions',
    topics,
    async (pending, deadline) => {
      assert(pending.length > 0, 'nothing is asked for nothing')
      const request = {
        topics: pending.map(({ topic, totalCount, assignments }) => ({
          name: topic,
          count: totalCount,
          assignments: assignments?.map((brokerIds) => ({ brokerIds })) ?? null,
        })),
        timeoutMs: brokerTimeoutMs(context, deadline),
        validateOnly,
      }
      const response = await ask(context, 'controller', createPartitionsApi, request, deadline)
      const answers = new Map(response.results.map((one) => [one.name, one]))
      return pending.map(({ topic }) =>
        answerOf(`Cannot add partitions to topic "${topic}"`, answers.get(topic), () => null),
      )
    },
    validateOnly ? undefined : ErrorCode.INVALID_PARTITIONS,
  )
}

function creatable(topic: NewTopic) {
  const { name, partitions, replicationFactor, assignments, configs = {} } = topic
  const placed = assignments?.map((brokerIds, partitionIndex) => ({ partitionIndex, brokerIds }))
  return {
    name,
    numPartitions: partitions ?? -1,
    replicationFactor: replicationFactor ?? -1,
    assignments: placed ?? [],
    configs: Object.entries(configs).map(([config, value]) => ({ name: config, value })),
  }
}
