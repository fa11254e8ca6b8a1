import { assert } from '../../base/assert.ts'
import { ErrorCode } from '../../protocol/error-codes.ts'
import { ClientError, ProtocolError } from '../error.ts'
import type { Deadline } from '../network/retry.ts'
import { type AdminContext, attempted, type Outcome, outcomeOf, unanswered } from './settle.ts'

/** A partition of a topic. */
export interface TopicPartition {
  readonly topic: string
  /** From 0 on. */
  readonly partition: number
}

/** A topic that was just created may not be known to every broker; longer than this it is not. */
const unknownTopicPatienceMs = 5_000

/** `orders-0` */
export function partitionName({ topic, partition }: TopicPartition): string {
  return `${topic}-${partition}`
}

/** Items by their topic, in the order in which topics come first. */
export function byTopic<Item extends { readonly topic: string }>(
  items: readonly Item[],
): readonly { readonly name: string; readonly items: readonly Item[] }[] {
  const topics = new Map<string, Item[]>()
  for (const item of items) {
    const known = topics.get(item.topic)
    if (known === undefined) topics.set(item.topic, [item])
    else known.push(item)
  }
  const groups = [...topics].map(([name, found]) => ({ name, items: found }))
  assert(groups.length <= items.length, 'a topic has an item')
  return groups
}

/** Partitions by their topic, as most requests name them. */
export function indexesByTopic(
  partitions: readonly TopicPartition[],
): { readonly name: string; readonly partitionIndexes: readonly number[] }[] {
  return byTopic(partitions).map(({ name, items }) => ({
    name,
    partitionIndexes: items.map(({ partition }) => partition),
  }))
}

/** What an answer says of one partition. */
export interface AnsweredPartition {
  readonly partitionIndex: number
  readonly errorCode: number
  readonly errorMessage?: string | null
}

/**
 * The outcome of each item by what the answer says of its partition; `what` begins the sentence of
 * an error, which the partition's name ends.
 */
export function outcomesFrom<
  Item extends TopicPartition,
  Partition extends AnsweredPartition,
  Result,
>(
  what: string,
  items: readonly Item[],
  topics: readonly { readonly name: string; readonly partitions: readonly Partition[] }[],
  result: (found: Partition) => Result,
): readonly Outcome<Result & TopicPartition>[] {
  assert(items.length > 0, 'nothing is asked for nothing')
  const answers = new Map<string, Partition>()
  for (const { name: topic, partitions } of topics) {
    for (const one of partitions) {
      answers.set(partitionName({ topic, partition: one.partitionIndex }), one)
    }
  }
  return items.map((item) => {
    const { topic, partition } = item
    const words = `${what} ${partitionName(item)}`
    const found = answers.get(partitionName(item))
    if (found === undefined) return unanswered(words)
    const { errorCode, errorMessage } = found
    return outcomeOf(words, errorCode, errorMessage, () => ({
      topic,
      partition,
      ...result(found),
    }))
  })
}

/**
 * Sends each partition's item to the broker that leads it; `send` resolves with the outcomes in
 * the order of its items. One broker that fails fails its own items alone.
 */
export async function onLeaders<Item extends TopicPartition, Result>(
  context: AdminContext,
  what: string,
  items: readonly Item[],
  deadline: Deadline,
  send: (leader: number, items: readonly Item[]) => Promise<readonly Outcome<Result>[]>,
): Promise<readonly Outcome<Result>[]> {
  const leaders = await Promise.all(items.map((item) => leaderOf(context, what, item, deadline)))
  return onBrokers(what, items, leaders, send)
}

/** As {@link onLeaders}: `brokers[i]` is who is asked for `items[i]`, or why nobody can be. */
export async function onBrokers<Item, Result>(
  what: string,
  items: readonly Item[],
  brokers: readonly (number | ClientError)[],
  send: (broker: number, items: readonly Item[]) => Promise<readonly Outcome<Result>[]>,
): Promise<readonly Outcome<Result>[]> {
  const targets = new Map<number, number[]>()
  brokers.forEach((broker, at) => {
    if (typeof broker !== 'number') return
    const places = targets.get(broker)
    if (places === undefined) targets.set(broker, [at])
    else places.push(at)
  })
  assert(brokers.length === items.length, 'each item has a broker or a reason')
  const outcomes: Outcome<Result>[] = brokers.map((broker) =>
    broker instanceof ClientError
      ? broker
      : new ProtocolError(what, ErrorCode.UNKNOWN_SERVER_ERROR),
  )
  await Promise.all(
    [...targets].map(async ([broker, places]) => {
      assert(broker >= 0 && places.length > 0, 'a broker for something')
      const own = places.map((at) => items[at] as Item)
      const came = await attempted(send(broker, own), own.length)
      assert(came.length === own.length, 'each item has an outcome')
      places.forEach((at, index) => {
        outcomes[at] = came[index] as Outcome<Result>
      })
    }),
  )
  return outcomes
}

async function leaderOf(
  { cluster }: AdminContext,
  what: string,
  item: TopicPartition,
  deadline: Deadline,
): Promise<number | ClientError> {
  const name = partitionName(item)
  try {
    const patienceMs = Math.min(deadline.leftMs, unknownTopicPatienceMs)
    const topic = await cluster.awaitTopic(item.topic, patienceMs)
    let partition = topic.partitions[item.partition]
    if (partition === undefined) {
      // It may have been added since somebody asked; those who ask now share a request.
      await cluster.refresh(deadline.leftMs)
      partition = cluster.topic(item.topic)?.partitions[item.partition]
    }
    if (partition === undefined) {
      return new ProtocolError(`${what} ${name}`, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION)
    }
    assert(partition.partition === item.partition, 'a partition at its index')
    if (partition.leader >= 0) return partition.leader
    return new ProtocolError(`${what} ${name}`, ErrorCode.LEADER_NOT_AVAILABLE)
  } catch (error) {
    if (!(error instanceof ClientError)) throw error
    // What the last attempt said tells more than that time was over.
    return error.cause instanceof ProtocolError ? error.cause : error
  }
}
