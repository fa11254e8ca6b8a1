/** Batches to a Produce request and back: which part of the answer is whose. */
import { assert } from '../../base/assert.ts'
import type {
  PartitionProduceData,
  PartitionProduceResponse,
  ProduceRequestInput,
  ProduceResponse,
  TopicProduceDataInput,
} from '../../protocol/generated/00-produce.ts'
import { type Uuid, zeroUuid } from '../../protocol/uuid.ts'
import type { ProducerBatch } from './producer-batch.ts'

/** A batch with the bytes that stand for it in a request. */
export interface SealedBatch {
  readonly batch: ProducerBatch
  readonly bytes: Uint8Array
  /** Of its topic, as the request names it. */
  readonly topicId: Uuid
}

/** What goes into every request of a producer. */
export interface ProduceTerms {
  readonly acks: -1 | 0 | 1
  /** How long the broker may wait for replicas, in ms. */
  readonly timeoutMs: number
}

/** From the next version on a topic is named by its id alone (KIP-516). */
const namesVersionMax = 12

/**
 * The highest version of Produce that can carry these batches. Without the id of a topic it needs
 * the names: topics that share the zero id could not be told apart in the answer, and no broker
 * knows a topic by it.
 */
export function versionMaxFor(batches: readonly SealedBatch[]): number {
  assert(batches.length > 0, 'a request has batches')
  return batches.some(({ topicId }) => topicId === zeroUuid) ? namesVersionMax : Infinity
}

/** One request of batches of different partitions. */
export function produceRequest(
  batches: readonly SealedBatch[],
  terms: ProduceTerms,
): ProduceRequestInput {
  assert(batches.length > 0, 'a request has batches')
  const topics = new Map<
    string,
    TopicProduceDataInput & { partitionData: PartitionProduceData[] }
  >()
  for (const { batch, bytes, topicId } of batches) {
    const { topic, partition } = batch.owner
    assert(bytes.length > 0, 'a sealed batch has bytes')
    const data = { index: partition, records: bytes }
    const others = topics.get(topic)
    if (others === undefined) topics.set(topic, { name: topic, topicId, partitionData: [data] })
    else others.partitionData.push(data)
  }
  const { acks, timeoutMs } = terms
  return { acks, timeoutMs, topicData: [...topics.values()] }
}

/** The answers to the batches of a request, in their order; undefined where one is missing. */
export function answersOf(
  batches: readonly SealedBatch[],
  response: ProduceResponse,
): readonly (PartitionProduceResponse | undefined)[] {
  const [only] = response.responses
  const [first] = batches
  assert(first !== undefined, 'a request has batches')
  if (batches.length === 1 && response.responses.length === 1) {
    // A request of one batch is answered by one: nothing is to be looked up.
    const { partition } = first.batch.owner
    const answer = only?.partitionResponses.find(({ index }) => index === partition)
    return [answer]
  }
  // A topic may be called like another one's id, so names and ids are kept apart.
  const byName = new Map<string, Map<number, PartitionProduceResponse>>()
  const byId = new Map<Uuid, Map<number, PartitionProduceResponse>>()
  for (const { name, topicId, partitionResponses } of response.responses) {
    const answers = new Map(partitionResponses.map((answer) => [answer.index, answer]))
    if (name !== '') byName.set(name, answers)
    else if (topicId !== zeroUuid) byId.set(topicId, answers)
  }
  return batches.map(({ batch: { owner }, topicId }) => {
    const answers = byName.get(owner.topic) ?? byId.get(topicId)
    return answers?.get(owner.partition)
  })
}
