/**
 * Metadata. A topic that is created on demand is created before the answer, so that the first
 * answer has it already (Apache Kafka answers UNKNOWN_TOPIC_OR_PARTITION once and lets the client
 * retry).
 */

import { internalTopics, type TopicImage } from '../../metadata/image.ts'
import { topicNameProblem } from '../../metadata/topic-name.ts'
import { ErrorCode } from '../../protocol/error-codes.ts'
import {
  type MetadataRequest,
  type MetadataRequestTopic,
  type MetadataResponseInput,
  type MetadataResponseTopicInput,
  metadataApi,
} from '../../protocol/generated/03-metadata.ts'
import { type Uuid, zeroUuid } from '../../protocol/uuid.ts'
import type { BrokerContext } from '../context.ts'
import { liveBrokers } from '../live-brokers.ts'
import type { Call, Handler } from './handler.ts'
import { clusterOperations, topicOperations } from './operations.ts'
import { partitionState } from './partition-state.ts'

/** Versions from which topics may be asked for by id, and names be null. */
const idsSince = 12
const topLevelErrorSince = 13

/** Handles Metadata 0 to 13. */
export const metadata: Handler<MetadataRequest, MetadataResponseInput> = {
  api: metadataApi,

  async handle(request, call, broker) {
    if (isMalformed(request, call)) return refusal(request, ErrorCode.INVALID_REQUEST, call)
    const topics = await topicsOf(request, call, broker)
    return {
      brokers: liveBrokers(broker, call),
      clusterId: broker.clusterId,
      controllerId: broker.nodeId,
      topics,
      ...(request.includeClusterAuthorizedOperations
        ? { clusterAuthorizedOperations: clusterOperations }
        : {}),
    }
  },

  refusal,
}

function refusal(request: MetadataRequest, code: number, call: Call): MetadataResponseInput {
  const topics = (request.topics ?? []).map(({ name, topicId }) => {
    const shown = call.version >= idsSince ? name : (name ?? '')
    return failedTopic(code, shown, topicId)
  })
  return { brokers: [], topics, ...(call.version >= topLevelErrorSince ? { errorCode: code } : {}) }
}

/**
 * Versions 10 and 11 carry ids that they cannot ask for, and no topic has neither name nor id.
 * Beside an id nobody looks at names.
 */
function isMalformed(request: MetadataRequest, call: Call): boolean {
  const topics = request.topics ?? []
  const hasIds = topics.some(({ topicId }) => topicId !== zeroUuid)
  const hasNulls = topics.some(({ name }) => name === null)
  return call.version < idsSince ? hasIds || hasNulls : hasNulls && !hasIds
}

async function topicsOf(
  request: MetadataRequest,
  call: Call,
  broker: BrokerContext,
): Promise<MetadataResponseTopicInput[]> {
  const { topics } = request
  const operations = request.includeTopicAuthorizedOperations
    ? { topicAuthorizedOperations: topicOperations }
    : {}
  const described = (topic: TopicImage): MetadataResponseTopicInput => ({
    ...describe(topic, broker),
    ...operations,
  })
  if (topics === null || (call.version === 0 && topics.length === 0)) {
    return [...broker.image().topicsByName.values()].map(described)
  }
  const ids = new Set(topics.map(({ topicId }) => topicId).filter((id) => id !== zeroUuid))
  if (ids.size > 0) {
    const { topicsById } = broker.image()
    return [...ids].map((id) => {
      const topic = topicsById.get(id)
      return topic === undefined
        ? failedTopic(ErrorCode.UNKNOWN_TOPIC_ID, null, id)
        : described(topic)
    })
  }
  const names = namesOf(topics)
  const failures = await createMissing(names, request.allowAutoTopicCreation, broker)
  const { topicsByName } = broker.image()
  return names.map((name) => {
    const topic = topicsByName.get(name)
    if (topic !== undefined) return described(topic)
    const code = failures.get(name) ?? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
    return { ...failedTopic(code, name, zeroUuid), ...operations }
  })
}

function namesOf(topics: readonly MetadataRequestTopic[]): string[] {
  return [...new Set(topics.map(({ name }) => name ?? ''))]
}

/** Creates topics where that is wanted and allowed. Returns the error of each that is not there. */
async function createMissing(
  names: readonly string[],
  wanted: boolean,
  broker: BrokerContext,
): Promise<Map<string, number>> {
  const { topicsByName } = broker.image()
  const failures = new Map<string, number>()
  const missing: string[] = []
  for (const name of names) {
    if (topicsByName.has(name)) continue
    if (topicNameProblem(name) === undefined) missing.push(name)
    else failures.set(name, ErrorCode.INVALID_TOPIC_EXCEPTION)
  }
  if (missing.length === 0 || !wanted || !broker.config().flag('auto.create.topics.enable')) {
    return failures
  }
  for (const [name, code] of await broker.topics.create(missing)) failures.set(name, code)
  return failures
}

function describe(topic: TopicImage, broker: BrokerContext): MetadataResponseTopicInput {
  const image = broker.image()
  return {
    errorCode: ErrorCode.NONE,
    name: topic.name,
    topicId: topic.id,
    isInternal: internalTopics.has(topic.name),
    partitions: topic.partitions.map((partition) => {
      const state = partitionState(partition, image)
      const led = state.leaderId !== -1
      return { ...state, errorCode: led ? ErrorCode.NONE : ErrorCode.LEADER_NOT_AVAILABLE }
    }),
  }
}

function failedTopic(
  errorCode: number,
  name: string | null,
  topicId: Uuid,
): MetadataResponseTopicInput {
  const isInternal = name !== null && internalTopics.has(name)
  return { errorCode, name, topicId, isInternal, partitions: [] }
}
