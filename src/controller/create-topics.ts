/** Decides CreateTopics: which of the topics can be, and the records that make them. */
import { assert } from '../base/assert.ts'
import type { Random } from '../base/random.ts'
import type { BrokerConfig } from '../metadata/config/broker-config.ts'
import { createdTopicConfigs } from '../metadata/config/describe.ts'
import { checkTopicConfigs } from '../metadata/config/topic-config.ts'
import { type MetadataImage, ResourceType } from '../metadata/image.ts'
import { configRecord, partitionRecord } from '../metadata/image-records.ts'
import { metadataVersionOf, recordVersions } from '../metadata/record-versions.ts'
import { collisionKey, metadataTopic, topicNameProblem } from '../metadata/topic-name.ts'
import { ErrorCode } from '../protocol/error-codes.ts'
import type {
  CreatableTopic,
  CreatableTopicResult,
  CreateTopicsRequest,
} from '../protocol/generated/19-create-topics.ts'
import type { MetadataRecordInput } from '../protocol/metadata-record.ts'
import { zeroUuid } from '../protocol/uuid.ts'
import { type Client, type Decision, overQuota, ownTopicRefusal, type Refusal } from './decision.ts'
import { DirectoryChoice } from './log-directories.ts'
import {
  checkAssignments,
  newPartition,
  type Placement,
  placeReplicas,
  usableBrokers,
} from './placement.ts'

/** Most partitions that one request may create: their records are one batch of the log. */
export const partitionsPerRequestMax = 10_000

/** What deciding needs besides the request. */
export interface TopicContext {
  readonly image: MetadataImage
  readonly broker: BrokerConfig
  readonly random: Random
  readonly client?: Client | undefined
}

/** See the head of this file. One result for each name of the request, in its order. */
export function decideCreateTopics(
  request: Pick<CreateTopicsRequest, 'topics' | 'validateOnly'>,
  context: TopicContext,
): Decision<CreatableTopicResult[]> {
  const taken = new Names(context.image)
  const { byName, repeated } = namesOf(request.topics)
  const excessive = totalPartitions(request.topics, context.broker) > partitionsPerRequestMax
  const directories = new DirectoryChoice(context.image)
  const records: MetadataRecordInput[] = []
  const response: CreatableTopicResult[] = []
  for (const [name, topic] of byName) {
    const refusal = excessive
      ? tooManyPartitions
      : (nameRefusal(name, repeated.has(name), taken) ??
        (context.client && ownTopicRefusal(name)) ??
        configRefusal(topic))
    const created = refusal ?? chargedTopic(topic, context, directories)
    if ('code' in created) {
      response.push(refused(name, created))
    } else {
      taken.add(name)
      for (const record of created.records) records.push(record)
      response.push(created.response)
    }
  }
  assert(response.length === byName.size, 'every name is answered once')
  return { records: request.validateOnly ? [] : records, response }
}

/** The topics of a request by their names, and the names that it has more than once. */
export function namesOf<Topic extends { readonly name: string }>(
  topics: readonly Topic[],
): { readonly byName: ReadonlyMap<string, Topic>; readonly repeated: ReadonlySet<string> } {
  const byName = new Map<string, Topic>()
  const repeated = new Set<string>()
  for (const topic of topics) {
    if (byName.has(topic.name)) repeated.add(topic.name)
    else byName.set(topic.name, topic)
  }
  return { byName, repeated }
}

/** Why a request for too many partitions does nothing at all. */
export const tooManyPartitions: Refusal = {
  code: ErrorCode.POLICY_VIOLATION,
  message: 'Excessively large number of partitions per request.',
}

/** Names that are in use, and those that would look like them. */
class Names {
  readonly #image: MetadataImage
  readonly #byKey = new Map<string, string>()

  constructor(image: MetadataImage) {
    this.#image = image
    for (const name of image.topicsByName.keys()) this.add(name)
  }

  add(name: string): void {
    if (/[._]/.test(name)) this.#byKey.set(collisionKey(name), name)
  }

  exists(name: string): boolean {
    return this.#image.topicsByName.has(name)
  }

  collidesWith(name: string): string | undefined {
    return this.#byKey.get(collisionKey(name))
  }
}

function nameRefusal(name: string, repeated: boolean, taken: Names): Refusal | undefined {
  if (repeated) return { code: ErrorCode.INVALID_REQUEST, message: 'Duplicate topic name.' }
  if (name === metadataTopic) {
    const message = `Creation of internal topic ${name} is prohibited.`
    return { code: ErrorCode.INVALID_REQUEST, message }
  }
  const problem = topicNameProblem(name)
  if (problem !== undefined) return { code: ErrorCode.INVALID_TOPIC_EXCEPTION, message: problem }
  if (taken.exists(name)) {
    return { code: ErrorCode.TOPIC_ALREADY_EXISTS, message: `Topic '${name}' already exists.` }
  }
  const other = taken.collidesWith(name)
  if (other === undefined) return undefined
  const message = `Topic '${name}' collides with existing topic: ${other}`
  return { code: ErrorCode.INVALID_TOPIC_EXCEPTION, message }
}

function configRefusal(topic: CreatableTopic): Refusal | undefined {
  // As in Kafka, only the last value counts of a config that is named twice.
  const message = checkTopicConfigs(new Map(topic.configs.map(({ name, value }) => [name, value])))
  return message === undefined ? undefined : { code: ErrorCode.INVALID_CONFIG, message }
}

function chargedTopic(
  topic: CreatableTopic,
  context: TopicContext,
  directories: DirectoryChoice,
): ReturnType<typeof createTopic> {
  const created = createTopic(topic, context, directories)
  if ('code' in created || context.client === undefined) return created
  const partitions = created.records.filter(({ name }) => name === 'PartitionRecord').length
  assert(partitions > 0, 'a topic has a partition')
  return context.client.charge(partitions) ? created : overQuota
}

function createTopic(
  topic: CreatableTopic,
  context: TopicContext,
  directories: DirectoryChoice,
): Decision<CreatableTopicResult> | Refusal {
  const { image, broker, random } = context
  const placement = place(topic, context)
  if (placement.refusal !== undefined) return placement.refusal
  const { replicas } = placement
  const placed = replicas[0]?.length ?? 0
  const asked = topic.assignments.length > 0 ? placed : replicationFactorOf(topic, broker)
  assert(replicas.length > 0, 'a topic that is placed has a partition')
  const topicId = random.uuid()
  assert(!image.topicsById.has(topicId), 'a random topic id is new')
  const { name } = topic
  const configs = new Map(topic.configs.map((config) => [config.name, config.value ?? '']))
  const versions = recordVersions(metadataVersionOf(image) ?? 0)
  const records: MetadataRecordInput[] = [
    { name: 'TopicRecord', version: 0, value: { name, topicId } },
  ]
  for (const [config, value] of configs) {
    records.push(configRecord(ResourceType.TOPIC, name, config, value))
  }
  for (const [index, one] of replicas.entries()) {
    const partition = newPartition(image, index, one, directories)
    records.push(partitionRecord(topicId, partition, versions))
  }
  assert(records.length === 1 + configs.size + replicas.length, 'a topic is nothing else')
  const response: CreatableTopicResult = {
    name,
    topicId,
    errorCode: ErrorCode.NONE,
    errorMessage: asked > placed ? clampedMessage(asked, placed) : null,
    topicConfigErrorCode: ErrorCode.NONE,
    numPartitions: replicas.length,
    replicationFactor: placed,
    configs: createdTopicConfigs(configs, broker),
  }
  return { records, response }
}

function place(topic: CreatableTopic, context: TopicContext): Placement {
  const { image, random, broker } = context
  if (topic.assignments.length > 0) return placeByHand(topic, image)
  const count = partitionCountOf(topic, broker)
  const replicationFactor = replicationFactorOf(topic, broker)
  if (replicationFactor < 1) {
    const message = 'Replication factor must be larger than 0, or -1 to use the default value.'
    return refusedPlacement(ErrorCode.INVALID_REPLICATION_FACTOR, message)
  }
  if (count < 1) {
    const message = 'Number of partitions was set to an invalid non-positive value.'
    return refusedPlacement(ErrorCode.INVALID_PARTITIONS, message)
  }
  const clamped = broker.flag('odradek.clamp.replication.factor')
    ? Math.min(replicationFactor, Math.max(1, usableBrokers(image).length))
    : replicationFactor
  return placeReplicas(image, count, clamped, random)
}

function replicationFactorOf(topic: CreatableTopic, broker: BrokerConfig): number {
  const { replicationFactor } = topic
  return replicationFactor === -1 ? broker.number('default.replication.factor') : replicationFactor
}

function clampedMessage(asked: number, placed: number): string {
  return (
    `Each partition has ${placed} replica(s) instead of ${asked}: ` +
    'odradek.clamp.replication.factor is set and there are no more brokers.'
  )
}

function placeByHand(topic: CreatableTopic, image: MetadataImage): Placement {
  for (const [field, value] of [
    ['replication factor', topic.replicationFactor],
    ['number of partitions', topic.numPartitions],
  ] as const) {
    if (value === -1) continue
    const message = `A manual partition assignment was given, so the ${field} must be -1.`
    return refusedPlacement(ErrorCode.INVALID_REQUEST, message)
  }
  const byIndex = new Map(topic.assignments.map((one) => [one.partitionIndex, one.brokerIds]))
  if (byIndex.size < topic.assignments.length) {
    const message = 'Found multiple manual partition assignments for the same partition.'
    return refusedPlacement(ErrorCode.INVALID_REPLICA_ASSIGNMENT, message)
  }
  const assignments: (readonly number[])[] = []
  for (let index = 0; index < byIndex.size; index++) {
    const replicas = byIndex.get(index)
    if (replicas === undefined) {
      const message = 'partitions should be a consecutive 0-based integer sequence'
      return refusedPlacement(ErrorCode.INVALID_REPLICA_ASSIGNMENT, message)
    }
    assignments.push(replicas)
  }
  return checkAssignments(image, assignments)
}

function partitionCountOf(topic: CreatableTopic, broker: BrokerConfig): number {
  if (topic.assignments.length > 0) return topic.assignments.length
  return topic.numPartitions === -1 ? broker.number('num.partitions') : topic.numPartitions
}

function totalPartitions(topics: readonly CreatableTopic[], broker: BrokerConfig): number {
  return topics.reduce((sum, topic) => sum + Math.max(0, partitionCountOf(topic, broker)), 0)
}

function refusedPlacement(code: number, message: string): Placement {
  return { replicas: undefined, refusal: { code, message } }
}

/** The answer to a request of which nothing is said but one refusal. */
export function refuseTopics(
  request: Pick<CreateTopicsRequest, 'topics'>,
  refusal: Refusal,
): CreatableTopicResult[] {
  const names = new Set(request.topics.map((topic) => topic.name))
  return [...names].map((name) => refused(name, refusal))
}

function refused(name: string, refusal: Refusal): CreatableTopicResult {
  assert(refusal.code !== ErrorCode.NONE, 'a refusal has a reason')
  return {
    name,
    topicId: zeroUuid,
    errorCode: refusal.code,
    errorMessage: refusal.message,
    topicConfigErrorCode: ErrorCode.NONE,
    numPartitions: -1,
    replicationFactor: -1,
    configs: [],
  }
}
