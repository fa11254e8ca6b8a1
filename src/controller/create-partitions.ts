/** Decides CreatePartitions: more partitions for topics that exist. */
import { assert } from '../base/assert.ts'
import type { TopicImage } from '../metadata/image.ts'
import { partitionRecord } from '../metadata/image-records.ts'
import { metadataVersionOf, recordVersions } from '../metadata/record-versions.ts'
import { ErrorCode } from '../protocol/error-codes.ts'
import type { MetadataRecordInput } from '../protocol/metadata-record.ts'
import {
  namesOf,
  partitionsPerRequestMax,
  type TopicContext,
  tooManyPartitions,
} from './create-topics.ts'
import { type Decision, overQuota, ownTopicRefusal, type Refusal } from './decision.ts'
import { DirectoryChoice } from './log-directories.ts'
import { checkAssignments, newPartition, type Placement, placeReplicas } from './placement.ts'

/** More partitions for one topic. */
export interface NewPartitions {
  readonly name: string
  /** Partitions that the topic is to have in all. */
  readonly count: number
  /** Replicas of each new partition, or null to have them placed. */
  readonly assignments: readonly (readonly number[])[] | null
}

/** What became of one topic of the request. */
export interface NewPartitionsResult {
  readonly name: string
  readonly errorCode: number
  readonly errorMessage: string | null
}

/** See the head of this file. One result for each topic of the request, in its order. */
export function decideCreatePartitions(
  request: { readonly topics: readonly NewPartitions[]; readonly validateOnly: boolean },
  context: TopicContext,
): Decision<NewPartitionsResult[]> {
  const directories = new DirectoryChoice(context.image)
  const records: MetadataRecordInput[] = []
  const response: NewPartitionsResult[] = []
  const { byName, repeated } = namesOf(request.topics)
  const isExcessive = partitionsAdded(request.topics, context) > partitionsPerRequestMax
  for (const [name, topic] of byName) {
    const refusal = isExcessive
      ? tooManyPartitions
      : repeated.has(name)
        ? duplicateTopic
        : context.client && ownTopicRefusal(name)
    const wanted = refusal ?? addPartitions(topic, context, directories)
    const isOver = !('code' in wanted) && context.client?.charge(wanted.length) === false
    const added = isOver ? overQuota : wanted
    if ('code' in added) {
      response.push({ name, errorCode: added.code, errorMessage: added.message })
    } else {
      for (const record of added) records.push(record)
      response.push({ name, errorCode: ErrorCode.NONE, errorMessage: null })
    }
  }
  assert(response.length <= request.topics.length, 'a topic is answered once')
  return { records: request.validateOnly ? [] : records, response }
}

/** The answer to a request of which nothing is said but one refusal. */
export function refuseNewPartitions(
  request: { readonly topics: readonly { readonly name: string }[] },
  refusal: Refusal,
): NewPartitionsResult[] {
  const { code, message } = refusal
  return [...namesOf(request.topics).byName.keys()].map((name) => ({
    name,
    errorCode: code,
    errorMessage: message,
  }))
}

/** How many partitions the topics that exist would get. */
function partitionsAdded(topics: readonly NewPartitions[], { image }: TopicContext): number {
  return topics.reduce((sum, { name, count }) => {
    const current = image.topicsByName.get(name)?.partitions.length ?? count
    return sum + Math.max(0, count - current)
  }, 0)
}

const duplicateTopic: Refusal = {
  code: ErrorCode.INVALID_REQUEST,
  message: 'Duplicate topic name.',
}

function addPartitions(
  request: NewPartitions,
  context: TopicContext,
  directories: DirectoryChoice,
): MetadataRecordInput[] | Refusal {
  const { image } = context
  const topic = image.topicsByName.get(request.name)
  if (topic === undefined) {
    const message = 'There is no topic of this name.'
    return { code: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, message }
  }
  const refusal = countRefusal(topic, request)
  if (refusal !== undefined) return refusal
  const placement = place(topic, request, context)
  if (placement.refusal !== undefined) return placement.refusal
  const versions = recordVersions(metadataVersionOf(image) ?? 0)
  const first = topic.partitions.length
  assert(first + placement.replicas.length === request.count, 'every new partition is placed')
  return placement.replicas.map((replicas, at) =>
    partitionRecord(topic.id, newPartition(image, first + at, replicas, directories), versions),
  )
}

function countRefusal(topic: TopicImage, request: NewPartitions): Refusal | undefined {
  const { assignments, count, name } = request
  const current = topic.partitions.length
  if (count === current) {
    return refuse(ErrorCode.INVALID_PARTITIONS, `Topic already has ${current} partition(s).`)
  }
  if (count < current) {
    return refuse(
      ErrorCode.INVALID_PARTITIONS,
      `The topic ${name} currently has ${current} partition(s); ${count} would not be an increase.`,
    )
  }
  if (assignments === null || assignments.length === count - current) return undefined
  return refuse(
    ErrorCode.INVALID_REPLICA_ASSIGNMENT,
    `Attempted to add ${count - current} additional partition(s), ` +
      `but ${assignments.length} assignment(s) were specified.`,
  )
}

function place(topic: TopicImage, request: NewPartitions, context: TopicContext): Placement {
  const replicationFactor = topic.partitions[0]?.replicas.length ?? 1
  if (request.assignments !== null) {
    return checkAssignments(context.image, request.assignments, replicationFactor)
  }
  const added = request.count - topic.partitions.length
  assert(added > 0, 'a request that adds nothing was refused')
  return placeReplicas(context.image, added, replicationFactor, context.random)
}

function refuse(code: number, message: string): Refusal {
  assert(code !== ErrorCode.NONE, 'a refusal has a reason')
  return { code, message }
}
