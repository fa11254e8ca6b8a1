import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeTopicPartitions } from '../../../src/broker/handler/75-describe-topic-partitions.ts'
import { describeTopicPartitionsApi } from '../../../src/protocol/generated/75-describe-topic-partitions.ts'
import { startTestBroker, type TestBroker } from '../fixture.ts'
import { brokerSeeing, callOf, imageWith } from './images.ts'
import { createTestTopics } from './topics.ts'

const zero = 'AAAAAAAAAAAAAAAAAAAAAA'
const partitions = { a: 1, b: 6, d: 2, e: 3 }

let running: TestBroker
beforeAll(async () => {
  running = await startTestBroker({ configs: { 'max.request.partition.size.limit': '8' } })
  await createTestTopics(running, partitions)
})
afterAll(() => running.broker.stop())

interface Cursor {
  readonly topicName: string
  readonly partitionIndex: number
}

function ask(names: readonly string[], responsePartitionLimit = 8, cursor: Cursor | null = null) {
  const topics = names.map((name) => ({ name }))
  const request = { topics, responsePartitionLimit, cursor }
  return running.plane.send(describeTopicPartitionsApi, 0, request)
}

/** `name: indexes` or `name: !code` of each topic, and the cursor. */
async function pageOf(...args: Parameters<typeof ask>): Promise<[string[], string | null]> {
  const { topics, nextCursor: next } = await ask(...args)
  const told = topics.map(({ name, errorCode, partitions }) => {
    const indexes = partitions.map(({ partitionIndex }) => partitionIndex).join()
    return `${name}: ${errorCode === 0 ? indexes : `!${errorCode}`}`
  })
  return [told, next === null ? null : `${next.topicName}-${next.partitionIndex}`]
}

const at = (topicName: string, partitionIndex: number): Cursor => ({ topicName, partitionIndex })

/** What Apache Kafka 4.3.1 answers, but for its limit of 2,000. */
test.each<[Parameters<typeof ask>, string[], string | null]>([
  [[['a', 'nope', 'b']], ['a: 0', 'b: 0,1,2,3,4,5', 'nope: !3'], null],
  [[[]], ['a: 0', 'b: 0,1,2,3,4,5', 'd: 0'], 'd-1'],
  [[['b'], 2], ['b: 0,1'], 'b-2'],
  [[['e', 'b', 'a'], 3], ['a: 0', 'b: 0,1'], 'b-2'],
  [[['b'], 8, at('b', 2)], ['b: 2,3,4,5'], null],
  [[['b', 'a', 'e'], 8, at('b', 2)], ['b: 2,3,4,5', 'e: 0,1,2'], null],
  [[[], 3, at('b', 1)], ['b: 1,2,3'], 'b-4'],
  [[[], 8, at('c', 5)], ['d: 0,1', 'e: 0,1,2'], null],
  [[['b'], 8, at('b', 99)], ['b: '], null],
  [[['b'], 8, at('b', -1)], ['b: !42'], null],
  [[['b'], 8, at('zzz', 0)], ['b: !42'], null],
  [[['b'], 8, at('aa', 0)], ['b: !42'], null],
  [[['b'], 0], ['b: 0'], 'b-1'],
  [[['b'], -1], ['b: 0'], 'b-1'],
  [[['b', 'e'], 5000], ['b: 0,1,2,3,4,5', 'e: 0,1'], 'e-2'],
  [[['bad name']], ['bad name: !17'], null],
  [[['b', 'b']], ['b: 0,1,2,3,4,5'], null],
  [[['nope'], 8, at('nope', 0)], ['nope: !3'], null],
  [[['a', 'nope'], 1], ['a: 0'], 'nope-0'],
  [[['nope', 'zope'], 1], ['nope: !3', 'zope: !3'], null],
  [[['a', 'b'], 1], ['a: 0'], 'b-0'],
])('%j', async (args, topics, cursor) => {
  expect(await pageOf(...args)).toEqual([topics, cursor])
})

test('pages of any size together are all partitions, each once', async () => {
  const names = fc.uniqueArray(fc.constantFrom(...Object.keys(partitions)))
  const property = fc.asyncProperty(names, fc.integer({ min: 1, max: 9 }), async (asked, limit) => {
    const seen: string[] = []
    let cursor: Cursor | null = null
    do {
      const page: Awaited<ReturnType<typeof ask>> = await ask(asked, limit, cursor)
      for (const { name, partitions } of page.topics) {
        seen.push(...partitions.map(({ partitionIndex }) => `${name}-${partitionIndex}`))
      }
      cursor = page.nextCursor
    } while (cursor !== null)
    const all = Object.entries(partitions).filter(([name]) => !asked.length || asked.includes(name))
    const expected = all.flatMap(([name, count]) =>
      Array.from({ length: count }, (_, index) => `${name}-${index}`),
    )
    expect(seen).toEqual(expected)
  })
  await fc.assert(property, { numRuns: 60 })
})

test('a topic with all that clients want to know', async () => {
  const { topics } = await ask(['a', 'nope'])
  expect(topics[0]).toEqual({
    errorCode: 0,
    name: 'a',
    topicId: running.store.disk.partitions.get('a-0')?.topicId,
    isInternal: false,
    partitions: [
      {
        errorCode: 0,
        partitionIndex: 0,
        leaderId: 1,
        leaderEpoch: 0,
        replicaNodes: [1],
        isrNodes: [1],
        eligibleLeaderReplicas: [],
        lastKnownElr: [],
        offlineReplicas: [],
      },
    ],
    topicAuthorizedOperations: 3576,
  })
  expect(topics[1]).toMatchObject({ topicId: zero, topicAuthorizedOperations: 3576 })
})

test('a cursor to what nobody asked for refuses all topics, and calls none internal', async () => {
  const lost = { topicName: 'elsewhere', partitionIndex: 0 }
  const { topics } = await ask(['__consumer_offsets', 'a'], 8, lost)
  const refused = { errorCode: 42, isInternal: false, topicId: zero, partitions: [] }
  expect(topics).toMatchObject([refused, refused])
  expect((await ask(['__consumer_offsets'])).topics[0]).toMatchObject({ isInternal: true })
})

test('a partition without a leader tells who may become one', async () => {
  const image = imageWith({ leader: -1, isr: [], elr: [2], lastKnownElr: [3], replicas: [2, 3] })
  const config = { number: () => 2000 }
  const broker = { ...brokerSeeing(image), config: () => config } as unknown as ReturnType<
    typeof brokerSeeing
  >
  const request = { topics: [], responsePartitionLimit: 10, cursor: null }
  const { topics } = await describeTopicPartitions.handle(request, callOf(0), broker)
  expect(topics[0]?.partitions).toEqual([
    {
      errorCode: 0,
      partitionIndex: 0,
      leaderId: -1,
      leaderEpoch: 0,
      replicaNodes: [2, 3],
      isrNodes: [],
      eligibleLeaderReplicas: [2],
      lastKnownElr: [3],
      offlineReplicas: [2, 3],
    },
  ])
})
