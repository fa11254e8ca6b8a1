import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type CreatePartitionsTopicResult,
  createPartitionsApi,
} from '../../../src/protocol/generated/37-create-partitions.ts'
import { startTestBroker, type TestBroker } from '../fixture.ts'
import { createTestTopics } from './topics.ts'

let running: TestBroker
beforeAll(async () => {
  running = await startTestBroker()
  await createTestTopics(running, { t: 2, u: 1, d: 1 })
})
afterAll(() => running.broker.stop())

interface Asked {
  readonly name: string
  readonly count: number
  readonly replicas?: readonly (readonly number[])[]
}

async function grow(
  topics: readonly Asked[],
  version = 3,
  validateOnly = false,
): Promise<readonly CreatePartitionsTopicResult[]> {
  const { results } = await running.plane.send(createPartitionsApi, version, {
    topics: topics.map(({ name, count, replicas }) => ({
      name,
      count,
      assignments: replicas?.map((brokerIds) => ({ brokerIds })) ?? null,
    })),
    timeoutMs: 5000,
    validateOnly,
  })
  return results
}

test('the answer comes when the new partitions are hosted, beside the old ones', async () => {
  const results = await grow([{ name: 't', count: 4 }])
  expect(results).toEqual([{ name: 't', errorCode: 0, errorMessage: null }])
  const hosted = [...running.plane.hosted.keys()].filter((name) => name.startsWith('t-'))
  expect(hosted).toEqual(['t-0', 't-1', 't-2', 't-3'])
})

test('replicas may be placed by hand', async () => {
  expect(await grow([{ name: 'u', count: 2, replicas: [[1]] }], 0)).toMatchObject([
    { errorCode: 0 },
  ])
  expect(running.plane.hosted.has('u-1')).toBe(true)
})

test('validateOnly adds nothing', async () => {
  expect(await grow([{ name: 'd', count: 9 }], 3, true)).toMatchObject([{ errorCode: 0 }])
  expect(running.plane.hosted.has('d-1')).toBe(false)
})

/** What Apache Kafka 4.3.1 answers for a topic d of one partition. */
test.each<[Asked, number, string | null]>([
  [{ name: 'd', count: 1 }, 37, 'Topic already has 1 partition(s).'],
  [
    { name: 'd', count: 0 },
    37,
    'The topic d currently has 1 partition(s); 0 would not be an increase.',
  ],
  [
    { name: 'd', count: -1 },
    37,
    'The topic d currently has 1 partition(s); -1 would not be an increase.',
  ],
  [{ name: 'd', count: 2, replicas: [] }, 39, null],
  [{ name: 'd', count: 2, replicas: [[1], [1]] }, 39, null],
  [
    { name: 'd', count: 2, replicas: [[7]] },
    39,
    'The manual partition assignment includes broker 7, but no such broker is registered.',
  ],
  [{ name: 'd', count: 2, replicas: [[1, 1]] }, 39, null],
  [{ name: 'd', count: 2, replicas: [[]] }, 39, null],
  [{ name: 'nope', count: 2 }, 3, null],
  [{ name: 'bad name', count: 2 }, 3, null],
  [{ name: '__cluster_metadata', count: 2 }, 3, null],
])('%j is error %i', async (asked, code, message) => {
  for (const version of [0, 2, 3]) {
    const [result] = await grow([asked], version)
    expect(result).toMatchObject({ name: asked.name, errorCode: code })
    if (message !== null) expect(result?.errorMessage).toBe(message)
  }
})

test('each topic of a request has its own result; one that stands twice is refused', async () => {
  const twice = { name: 'd', count: 5 }
  const results = await grow([twice, { name: 'u', count: 3 }, twice])
  expect(results.map(({ name, errorCode }) => [name, errorCode])).toEqual([
    ['d', 42],
    ['u', 0],
  ])
})
