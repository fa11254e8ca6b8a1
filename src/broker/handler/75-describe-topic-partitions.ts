/**
 * DescribeTopicPartitions: topics in the order of their names, page by page. A page ends inside a
 * topic where it is full; the cursor says where the next one begins.
 */
import { internalTopics, type MetadataImage, type TopicImage } from '../../metadata/image.ts'
import { topicNameProblem } from '../../metadata/topic-name.ts'
import { ErrorCode } from '../../protocol/error-codes.ts'
import {
  type DescribedTopicResultInput,
  type DescribeTopicPartitionsRequest,
  type DescribeTopicPartitionsResponseInput,
  describeTopicPartitionsApi,
} from '../../protocol/generated/75-describe-topic-partitions.ts'
import { zeroUuid } from '../../protocol/uuid.ts'
import type { Handler } from './handler.ts'
import { topicOperations } from './operations.ts'
import { partitionState } from './partition-state.ts'

/** Handles DescribeTopicPartitions 0. */
export const describeTopicPartitions: Handler<
  DescribeTopicPartitionsRequest,
  DescribeTopicPartitionsResponseInput
> = {
  api: describeTopicPartitionsApi,

  handle(request, _call, broker) {
    if (isMalformed(request)) return refusal(request, ErrorCode.INVALID_REQUEST)
    const limit = broker.config().number('max.request.partition.size.limit')
    const room = Math.max(1, Math.min(request.responsePartitionLimit, limit))
    return page(request, broker.image(), room)
  },

  refusal,
}

type Response = DescribeTopicPartitionsResponseInput

/** As in Kafka, what refuses the whole request looks at no topic, and calls none internal. */
function refusal({ topics }: DescribeTopicPartitionsRequest, code: number): Response {
  return { topics: topics.map(({ name }) => ({ ...failed(name, code), isInternal: false })) }
}

/** A cursor points to a partition of a topic that was asked for. */
function isMalformed({ cursor, topics }: DescribeTopicPartitionsRequest): boolean {
  if (cursor === null) return false
  const isAsked = topics.length === 0 || topics.some(({ name }) => name === cursor.topicName)
  return cursor.partitionIndex < 0 || !isAsked
}

/** As many partitions as there is room for, from the cursor on. */
function page(
  request: DescribeTopicPartitionsRequest,
  image: MetadataImage,
  room: number,
): Response {
  const { cursor } = request
  const all = request.topics.length === 0
  const names = all ? image.topicsByName.keys() : request.topics.map(({ name }) => name)
  const from = cursor?.topicName ?? ''
  const topics: DescribedTopicResultInput[] = []
  let left = room
  for (const name of [...new Set(names)].filter((one) => one >= from).sort()) {
    if (left === 0) return { topics, nextCursor: { topicName: name, partitionIndex: 0 } }
    const topic = image.topicsByName.get(name)
    if (topic === undefined) {
      const isBad = topicNameProblem(name) !== undefined
      const code = isBad ? ErrorCode.INVALID_TOPIC_EXCEPTION : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
      topics.push({ ...failed(name, code), topicAuthorizedOperations: topicOperations })
      continue
    }
    const first = name === cursor?.topicName ? cursor.partitionIndex : 0
    const described = describe(topic, image, first, left)
    topics.push(described)
    left -= described.partitions.length
    const partitionIndex = first + described.partitions.length
    if (partitionIndex < topic.partitions.length) {
      return { topics, nextCursor: { topicName: name, partitionIndex } }
    }
  }
  return { topics }
}

function describe(
  topic: TopicImage,
  image: MetadataImage,
  first: number,
  room: number,
): DescribedTopicResultInput {
  return {
    errorCode: ErrorCode.NONE,
    name: topic.name,
    topicId: topic.id,
    isInternal: internalTopics.has(topic.name),
    partitions: topic.partitions.slice(first, first + room).map((partition) => ({
      errorCode: ErrorCode.NONE,
      ...partitionState(partition, image),
      eligibleLeaderReplicas: partition.elr,
      lastKnownElr: partition.lastKnownElr,
    })),
    topicAuthorizedOperations: topicOperations,
  }
}

function failed(name: string, errorCode: number): DescribedTopicResultInput {
  const isInternal = internalTopics.has(name)
  return { errorCode, name, topicId: zeroUuid, isInternal, partitions: [] }
}
