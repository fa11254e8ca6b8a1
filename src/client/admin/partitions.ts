import { assert } from '../../base/assert.ts'
import { groupedBy } from '../../base/grouped.ts'
import { ErrorCode } from '../../protocol/error-codes.ts'
import { ClientError, ProtocolError } from '../error.ts'
import type { Target } from '../network/cluster.ts'
import type { Deadline } from '../network/retry.ts'
import { keyOf, partitionKey, type TopicPartition } from '../topic-partition.ts'
import { type AdminContext, type Answered, answerOf, attempted, type Outcome } from './settle.ts'

/** A topic that was just created may not be known to every broker; longer than this it is not. */
const unknownTopicPatienceMs = 5_000

/** Items by their topic, in the order in which topics come first. */
export function byTopic<Item extends { readonly topic: string }>(
  items: readonly Item[],
): readonly { readonly name: string; readonly items: readonly Item[] }[] {
  const topics = groupedBy(items, ({ topic }) => topic)
  return [...topics].map(([name, found]) => ({ name, items: found }))
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
export interface AnsweredPartition extends Answered {
  readonly partitionIndex: number
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
      answers.set(partitionKey(topic, one.partitionIndex), one)
    }
  }
  return items.map(({ topic, partition }) => {
    const name = partitionKey(topic, partition)
    return answerOf(`${what} ${name}`, answers.get(name), (found) => ({
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
  return onTargets(items, leaders, send)
}

/** As {@link onLeaders}: `targets[i]` is who is asked for `items[i]`, or why nobody can be. */
export async function onTargets<Item, Whom extends Target, Result>(
  items: readonly Item[],
  targets: readonly (Whom | ClientError)[],
  send: (target: Whom, items: readonly Item[]) => Promise<readonly Outcome<Result>[]>,
): Promise<readonly Outcome<Result>[]> {
  assert(targets.length === items.length, 'each item has a target or a reason')
  const outcomes: Outcome<Result>[] = []
  const askOne = async (target: Whom, places: readonly number[]): Promise<void> => {
    const own = places.map((at) => items[at] as Item)
    const came = await attempted(send(target, own), own.length)
    assert(came.length === own.length, 'each item has an outcome')
    places.forEach((at, index) => {
      outcomes[at] = came[index] as Outcome<Result>
    })
  }
  const places = groupedBy(targets.keys(), (at) => targets[at] as Whom | ClientError)
  await Promise.all(
    [...places].map(async ([target, own]) => {
      if (!(target instanceof ClientError)) return askOne(target, own)
      for (const at of own) outcomes[at] = target
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
  const name = keyOf(item)
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
