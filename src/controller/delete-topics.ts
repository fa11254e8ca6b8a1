/** Decides DeleteTopics, by name or by id. */
import { assert } from '../base/assert.ts'
import type { MetadataImage, TopicImage } from '../metadata/image.ts'
import { ErrorCode } from '../protocol/error-codes.ts'
import type {
  DeletableTopicResult,
  DeleteTopicState,
  DeleteTopicsRequest,
} from '../protocol/generated/20-delete-topics.ts'
import type { MetadataRecordInput } from '../protocol/metadata-record.ts'
import { type Uuid, zeroUuid } from '../protocol/uuid.ts'
import type { TopicContext } from './create-topics.ts'
import { type Client, type Decision, overQuota, ownTopicRefusal, type Refusal } from './decision.ts'

/**
 * See the head of this file. One result for each topic of the request, in its order; what names a
 * topic by both its name and its id, or by neither, is refused as often as it is there.
 */
export function decideDeleteTopics(
  request: Pick<DeleteTopicsRequest, 'topics' | 'topicNames'>,
  context: Pick<TopicContext, 'image' | 'broker' | 'client'>,
): Decision<DeletableTopicResult[]> {
  const asked = statesOf(request)
  const times = countsOf(asked.map(keyOf))
  const enabled = context.broker.flag('delete.topic.enable')
  const records: MetadataRecordInput[] = []
  const response: DeletableTopicResult[] = []
  const deleted = new Set<Uuid>()
  const answered = new Set<string>()
  for (const state of asked) {
    const key = keyOf(state)
    const topic = find(context.image, state)
    const isName = topic !== ErrorCode.INVALID_REQUEST
    if (isName && answered.has(key)) continue
    answered.add(key)
    if (!enabled) {
      response.push(refuse(state, ErrorCode.TOPIC_DELETION_DISABLED, 'Topic deletion is disabled.'))
    } else if (isName && (times.get(key) ?? 0) > 1) {
      const what = state.name === null ? 'id' : 'name'
      response.push(refuse(state, ErrorCode.INVALID_REQUEST, `Duplicate topic ${what}.`))
    } else if (typeof topic === 'number') {
      response.push(refuse(state, topic, messages[topic] ?? ''))
    } else if (deleted.has(topic.id)) {
      // The same topic by its name and by its id.
      response.push(refuse(state, ErrorCode.INVALID_REQUEST, 'Duplicate topic.'))
    } else {
      const refusal = context.client && clientRefusal(topic, context.client)
      if (refusal !== undefined) {
        response.push(refuse(state, refusal.code, refusal.message))
        continue
      }
      deleted.add(topic.id)
      records.push({ name: 'RemoveTopicRecord', version: 0, value: { topicId: topic.id } })
      response.push(succeed(topic))
    }
  }
  assert(records.length === deleted.size, 'a topic is removed once')
  assert(response.length <= asked.length, 'a topic is answered once')
  return { records, response }
}

function clientRefusal(topic: TopicImage, client: Client): Refusal | undefined {
  return (
    ownTopicRefusal(topic.name) ?? (client.charge(topic.partitions.length) ? undefined : overQuota)
  )
}

/** The answer to a request of which nothing is said but one refusal. */
export function refuseDeletions(
  request: Pick<DeleteTopicsRequest, 'topics' | 'topicNames'>,
  refusal: Refusal,
): DeletableTopicResult[] {
  return statesOf(request).map((state) => refuse(state, refusal.code, refusal.message))
}

/** What is asked for in either form of the request. */
function statesOf(
  request: Pick<DeleteTopicsRequest, 'topics' | 'topicNames'>,
): readonly DeleteTopicState[] {
  const named = request.topicNames.map((name) => ({ name, topicId: zeroUuid }))
  return [...request.topics, ...named]
}

const messages: Readonly<Record<number, string>> = {
  [ErrorCode.UNKNOWN_TOPIC_OR_PARTITION]: 'There is no topic of this name.',
  [ErrorCode.UNKNOWN_TOPIC_ID]: 'There is no topic of this id.',
  [ErrorCode.INVALID_REQUEST]: 'A topic is given either by its name or by its id.',
}

/** The topic, or the error code of why there is none. */
function find(image: MetadataImage, state: DeleteTopicState): TopicImage | number {
  const { name, topicId } = state
  if ((name === null) === (topicId === zeroUuid)) return ErrorCode.INVALID_REQUEST
  if (name === null) return image.topicsById.get(topicId) ?? ErrorCode.UNKNOWN_TOPIC_ID
  return image.topicsByName.get(name) ?? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
}

function keyOf(state: DeleteTopicState): string {
  return `${state.topicId}/${state.name ?? ''}`
}

function countsOf(keys: readonly string[]): ReadonlyMap<string, number> {
  const times = new Map<string, number>()
  for (const key of keys) times.set(key, (times.get(key) ?? 0) + 1)
  return times
}

function succeed(topic: TopicImage): DeletableTopicResult {
  return { name: topic.name, topicId: topic.id, errorCode: ErrorCode.NONE, errorMessage: null }
}

function refuse(
  state: DeleteTopicState,
  errorCode: number,
  errorMessage: string,
): DeletableTopicResult {
  assert(errorCode !== ErrorCode.NONE && errorMessage !== '', 'a refusal has a reason')
  return { name: state.name, topicId: state.topicId, errorCode, errorMessage }
}
