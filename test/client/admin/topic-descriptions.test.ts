/** How topics are described, page by page, and by brokers that cannot do that. */
import { afterEach, expect, test } from 'vitest'
import { describeTopics } from '../../../src/client/admin/topic-descriptions.ts'
import type { DescribeTopicPartitionsRequest } from '../../../src/protocol/generated/75-describe-topic-partitions.ts'
import { describeTopicPartitionsApi } from '../../../src/protocol/generated/75-describe-topic-partitions.ts'
import { clusterAt } from '../network/cluster-fixture.ts'
import { FakeCluster, type SeenRequest, useDefault } from '../network/fake-cluster.ts'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

async function both(options: Parameters<typeof FakeCluster.start>[0], timeoutMs = 2000) {
  const fake = await FakeCluster.start(options)
  const cluster = clusterAt(fake.endpoints)
  ends.push(
    () => fake.close(),
    () => cluster.close(),
  )
  return { fake, context: { cluster, timeoutMs } }
}

const topicId = 'AAAAAAAAAAAAAAAAAAAAAw'
const sizes: Readonly<Record<string, number>> = { a: 3, b: 4 }

/** Pages of `room` partitions, as a broker gives them: topics by name. */
const paged = (room: number) => (seen: SeenRequest) => {
  if (seen.key !== describeTopicPartitionsApi.key) return useDefault
  const { topics, cursor } = seen.body as DescribeTopicPartitionsRequest
  const from = cursor ?? { topicName: '', partitionIndex: 0 }
  const all = topics
    .map(({ name }) => name)
    .sort()
    .flatMap((name) =>
      Array.from({ length: sizes[name] ?? 1 }, (_, partitionIndex) => ({ name, partitionIndex })),
    )
  const begin = all.findIndex(
    ({ name, partitionIndex }) =>
      name > from.topicName || (name === from.topicName && partitionIndex >= from.partitionIndex),
  )
  const page = all.slice(begin, begin + room)
  const next = all[begin + room]
  return {
    topics: [...new Set(page.map(({ name }) => name))].map((name) => ({
      errorCode: name in sizes ? 0 : 3,
      name,
      topicId,
      partitions: page
        .filter((one) => one.name === name && name in sizes)
        .map(({ partitionIndex }) => ({
          errorCode: 0,
          partitionIndex,
          leaderId: 1,
          leaderEpoch: 4,
          replicaNodes: [1, 2, 3],
          isrNodes: [1],
          eligibleLeaderReplicas: [2],
          lastKnownElr: partitionIndex === 0 ? [3] : null,
        })),
    })),
    nextCursor: next && { topicName: next.name, partitionIndex: next.partitionIndex },
  }
}

test('topics that fill several pages are whole, in the order of the names', async () => {
  for (const room of [1, 2, 5, 100]) {
    const options = { apis: [describeTopicPartitionsApi], answer: paged(room) }
    const { fake, context } = await both(options)
    const found = await describeTopics(context, ['b', 'a', 'b'])
    expect(found.map(({ name, partitionCount }) => [name, partitionCount])).toEqual([
      ['b', 4],
      ['a', 3],
      ['b', 4],
    ])
    expect(found[0]?.partitions.map(({ partition }) => partition)).toEqual([0, 1, 2, 3])
    expect(fake.count(describeTopicPartitionsApi)).toBe(Math.ceil(7 / room))
  }
})

test('replicas that may lead are told', async () => {
  const { context } = await both({ apis: [describeTopicPartitionsApi], answer: paged(100) })
  const [found] = await describeTopics(context, ['a'])
  expect(found?.topicId).toBe(topicId)
  expect(found?.partitions[0]).toEqual({
    partition: 0,
    leader: 1,
    leaderEpoch: 4,
    replicas: [1, 2, 3],
    isr: [1],
    offlineReplicas: [],
    eligibleLeaderReplicas: [2],
    lastKnownEligibleLeaderReplicas: [3],
  })
  expect(found?.partitions[1]?.lastKnownEligibleLeaderReplicas).toBeNull()
})

test('one that is not there fails alone', async () => {
  const { context } = await both({ apis: [describeTopicPartitionsApi], answer: paged(2) })
  await expect(describeTopics(context, ['a', 'missing'])).rejects.toMatchObject({
    results: [{ name: 'a', partitionCount: 3 }, { code: 'UNKNOWN_TOPIC_OR_PARTITION' }],
  })
})

test('a broker that does not know the call is asked for its metadata', async () => {
  const { context } = await both({ topics: new Map([['t', 2]]) })
  const [found] = await describeTopics(context, ['t'])
  expect(found).toMatchObject({ name: 't', partitionCount: 2 })
  expect(found?.partitions[1]).toMatchObject({ leader: 1, eligibleLeaderReplicas: null })
})

test('a broker whose pages never end is left when the time is over', async () => {
  const nextCursor = { topicName: 'a', partitionIndex: 0 }
  const answer = ({ key }: SeenRequest) =>
    key === describeTopicPartitionsApi.key ? { topics: [], nextCursor } : useDefault
  const { context } = await both({ apis: [describeTopicPartitionsApi], answer }, 200)
  await expect(describeTopics(context, ['a'])).rejects.toMatchObject({ code: 'REQUEST_TIMED_OUT' })
})
