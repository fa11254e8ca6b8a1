/** How metadata is asked for, where a cluster does not answer as it should. */
import { afterEach, expect, test } from 'vitest'
import { seededRandom } from '../../../src/base/random.ts'
import { Cluster } from '../../../src/client/network/cluster.ts'
import { systemEnvironment } from '../../../src/client/network/environment.ts'
import { metadataApi } from '../../../src/protocol/generated/03-metadata.ts'
import { clusterAt } from './cluster-fixture.ts'
import { FakeCluster, hangUp, type SeenRequest, useDefault } from './fake-cluster.ts'
import { partitionOf } from './metadata-answers.ts'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

async function both(nodes: number): Promise<{ fake: FakeCluster; cluster: Cluster }> {
  const fake = await FakeCluster.start({ nodes, topics: new Map([['t', 1]]) })
  const cluster = clusterAt(fake.endpoints.slice(0, 1))
  ends.push(
    () => fake.close(),
    () => cluster.close(),
  )
  return { fake, cluster }
}

const isMetadata = ({ key }: SeenRequest) => key === metadataApi.key
const soon = <T>(get: () => T) => expect.poll(get, { timeout: 20_000, interval: 20 })

test('a broker that does not answer is passed over for the next', async () => {
  const { fake, cluster } = await both(3)
  await cluster.refresh()
  fake.answer = (request) => (isMetadata(request) && request.node !== 2 ? hangUp : useDefault)
  await cluster.refresh()
  expect(fake.seen.findLast(isMetadata)?.node).toBe(2)
})

test('who is told to begin anew goes to the bootstrap servers', async () => {
  const { fake, cluster } = await both(2)
  await cluster.refresh()
  let told = 0
  fake.answer = (request) => {
    if (!isMetadata(request) || told > 0) return useDefault
    told++
    return { brokers: [], topics: [], errorCode: 129 }
  }
  await cluster.refresh()
  expect(told).toBe(1)
  expect(fake.seen.findLast(isMetadata)?.node).toBe(1)
  expect(cluster.metadata.nodes.size).toBe(2)
})

test('a refresh that nobody waits for is tried until it succeeds', async () => {
  const { fake, cluster } = await both(1)
  await cluster.refresh()
  let left = 3
  fake.answer = (request) => (isMetadata(request) && left-- > 0 ? hangUp : useDefault)
  let heard = 0
  cluster.onUpdate(() => heard++)
  cluster.requestRefresh()
  await soon(() => heard).toBeGreaterThan(0)
  expect(left).toBeLessThan(0)
})

test('a cluster that does not let us in is not asked again and again', async () => {
  const { fake, cluster } = await both(1)
  fake.answer = ({ key }) => (key === 18 ? { errorCode: 29, apiKeys: [] } : useDefault)
  await expect(cluster.refresh()).rejects.toMatchObject({
    code: 'TOPIC_AUTHORIZATION_FAILED',
    retriable: false,
  })
  cluster.requestRefresh()
  await new Promise((resolve) => setTimeout(resolve, 150))
  await expect(cluster.refresh()).rejects.toMatchObject({ retriable: false })
})

test('answers that settle nothing are asked for with pauses', async () => {
  const { fake, cluster } = await both(1)
  await expect(cluster.awaitTopic('missing', 200)).rejects.toThrow('missing')
  const asked = fake.count(metadataApi)
  expect(asked).toBeGreaterThan(2)
  // 10, 20, 40 and then 50 ms each: without pauses it would be hundreds.
  expect(asked).toBeLessThan(20)
})

test('who joins a pause that nobody waited for keeps the process alive for it', async () => {
  const { fake, cluster: first } = await both(1)
  const held: number[] = []
  const waits = {
    ...systemEnvironment.waits,
    setTimeout: (callback: () => void, delayMs: number) => {
      held.push(delayMs)
      return systemEnvironment.waits.setTimeout(callback, delayMs)
    },
  }
  const retryBackoff = { initialMs: 400, maxMs: 400 }
  const random = seededRandom(7)
  const environment = { ...systemEnvironment, waits, random }
  const cluster = new Cluster({ ...first.options, retryBackoff }, environment)
  ends.push(() => cluster.close())
  fake.answer = (request) => (isMetadata(request) ? hangUp : useDefault)
  await expect(cluster.refresh()).rejects.toThrow()
  fake.answer = () => useDefault
  cluster.requestRefresh()
  const before = held.length
  const refreshing = cluster.refresh()
  const joined = held.slice(before)
  expect(joined).toHaveLength(1)
  // What is left of the pause, and not another one.
  expect(joined[0]).toBeGreaterThan(100)
  expect(joined[0]).toBeLessThan(480)
  await refreshing
})

test('what nobody looks at is dropped, however often others ask for news', async () => {
  const { fake, cluster: first } = await both(1)
  const cluster = new Cluster({ ...first.options, metadataMaxAgeMs: 200 }, first.environment)
  ends.push(() => cluster.close())
  fake.topics.set('used', 1)
  cluster.topic('t')
  cluster.topic('used')
  const startMs = performance.now()
  while (performance.now() < startMs + 700) {
    cluster.topic('used')
    await cluster.refresh()
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  expect([...cluster.metadata.topics.keys()]).toEqual(['used'])
  expect(fake.seen.findLast(isMetadata)?.body).toMatchObject({ topics: [{ name: 'used' }] })
})

test('a leader that only old answers name is asked for with pauses', async () => {
  const { fake, cluster } = await both(1)
  cluster.topic('t')
  let told = 0
  fake.answer = (request) => {
    if (!isMetadata(request)) return useDefault
    const [leader, epoch] = told++ === 0 ? ([-1, 7] as const) : ([1, 6] as const)
    const partitions = [partitionOf(0, leader, epoch)]
    const topics = [{ errorCode: 0, name: 't', isInternal: false, partitions }]
    const brokers = [{ nodeId: 1, ...fake.endpoints[0]! }]
    return { throttleTimeMs: 0, brokers, clusterId: 'fake', controllerId: 1, topics }
  }
  const endMs = performance.now() + 300
  while (performance.now() < endMs) await cluster.refresh()
  // 10, 20, 40 and then 50 ms each.
  expect(told).toBeLessThan(15)
  expect(cluster.topic('t')?.partitions[0]?.leader).toBe(-1)
})
