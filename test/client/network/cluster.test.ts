import { afterEach, describe, expect, test } from 'vitest'
import type { Cluster } from '../../../src/client/network/cluster.ts'
import type { ClusterOptions } from '../../../src/client/network/cluster-options.ts'
import { metadataApi } from '../../../src/protocol/generated/03-metadata.ts'
import { findCoordinatorApi } from '../../../src/protocol/generated/10-find-coordinator.ts'
import { heartbeatApi } from '../../../src/protocol/generated/12-heartbeat.ts'
import { clusterAt } from './cluster-fixture.ts'
import { FakeCluster, hangUp, useDefault } from './fake-cluster.ts'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

async function both(
  options: Parameters<typeof FakeCluster.start>[0] = {},
  more: Partial<ClusterOptions> = {},
): Promise<{ fake: FakeCluster; cluster: Cluster }> {
  const fake = await FakeCluster.start(options)
  const cluster = clusterAt(fake.endpoints, more)
  ends.push(
    () => fake.close(),
    () => cluster.close(),
  )
  return { fake, cluster }
}

/** The machine may be busy. */
const soon = <T>(get: () => T) => expect.poll(get, { timeout: 20_000, interval: 20 })
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const heartbeat = { groupId: 'g', generationId: 1, memberId: 'm' }
const alive = { apis: [heartbeatApi], nodes: 2 }
const beats = (request: { key: number }) =>
  request.key === heartbeatApi.key ? { errorCode: 0 } : useDefault

describe('metadata', () => {
  test('all who ask at once share one request, for all their topics', async () => {
    const topics = new Map([
      ['a', 1],
      ['b', 3],
    ])
    const { fake, cluster } = await both({ topics })
    const [a, b] = await Promise.all([cluster.awaitTopic('a', 2000), cluster.awaitTopic('b', 2000)])
    expect([a.partitions.length, b.partitions.length]).toEqual([1, 3])
    expect(fake.count(metadataApi)).toBeLessThanOrEqual(2)
    const last = fake.seen.findLast(({ key }) => key === metadataApi.key)
    expect(last?.body).toMatchObject({ topics: [{ name: 'a' }, { name: 'b' }] })
    expect(cluster.topic('a')).toBe(a)
    expect(cluster.metadata.clusterId).toBe('fake')
  })

  test('one that is under way does not answer who asks now', async () => {
    const { fake, cluster } = await both()
    const first = cluster.refresh()
    await pause(0)
    const later = [cluster.refresh(), cluster.refresh(), cluster.refresh()]
    await Promise.all([first, ...later])
    expect(fake.count(metadataApi)).toBe(2)
  })

  test('a topic that comes into being is found; another is told by its code', async () => {
    const { fake, cluster } = await both()
    const found = cluster.awaitTopic('new', 2000)
    setTimeout(() => fake.topics.set('new', 2), 60)
    expect((await found).partitions).toHaveLength(2)
    const missing = cluster.awaitTopic('missing', 100)
    await expect(missing).rejects.toMatchObject({
      name: 'TimeoutError',
      cause: { code: 'UNKNOWN_TOPIC_OR_PARTITION' },
    })
    expect(cluster.faultOf('missing')).toMatchObject({ code: 'UNKNOWN_TOPIC_OR_PARTITION' })
    await fake.close()
    await expect(cluster.refresh(500)).rejects.toThrow()
    expect(cluster.faultOf('other')).toMatchObject({ code: 'NETWORK_EXCEPTION' })
  })

  test('a topic that is refused for good is told at once', async () => {
    const { fake, cluster } = await both()
    fake.answer = ({ key }) =>
      key === metadataApi.key
        ? {
            brokers: [{ nodeId: 1, ...fake.endpoints[0]! }],
            controllerId: 1,
            topics: [{ errorCode: 29, name: 'secret', partitions: [] }],
          }
        : useDefault
    await expect(cluster.awaitTopic('secret', 60_000)).rejects.toMatchObject({
      code: 'TOPIC_AUTHORIZATION_FAILED',
      retriable: false,
    })
  })

  test('it is asked for again when it is old, for the topics that somebody looks at', async () => {
    const topics = new Map([
      ['used', 1],
      ['left', 1],
    ])
    const { fake, cluster } = await both({ topics }, { metadataMaxAgeMs: 30 })
    await Promise.all([cluster.awaitTopic('used', 2000), cluster.awaitTopic('left', 2000)])
    const looking = setInterval(() => cluster.topic('used'), 5)
    await soon(() => cluster.metadata.topics.has('left')).toBe(false)
    expect(cluster.metadata.topics.has('used')).toBe(true)
    const last = () => fake.seen.findLast(({ key }) => key === metadataApi.key)?.body
    await soon(last).toMatchObject({ topics: [{ name: 'used' }] })
    clearInterval(looking)
  })

  test('listeners hear of answers, and of leaders that other answers name', async () => {
    const { cluster } = await both({ topics: new Map([['t', 1]]), nodes: 2 })
    await cluster.awaitTopic('t', 2000)
    let heard = 0
    const stop = cluster.onUpdate(() => heard++)
    const hint = { topic: 't', partition: 0, leader: 2, leaderEpoch: 5 }
    expect(cluster.learnLeaders([hint], [])).toBe(true)
    expect(cluster.learnLeaders([hint], [])).toBe(false)
    expect(heard).toBe(1)
    await cluster.refresh()
    expect(heard).toBe(2)
    expect(cluster.topic('t')?.partitions[0]?.leader).toBe(2)
    stop()
    await cluster.refresh()
    expect(heard).toBe(2)
  })

  test('all topics are asked for as long as somebody needs them', async () => {
    const { fake, cluster } = await both({ topics: new Map([['a', 1]]) })
    const stop = cluster.wantAllTopics()
    await cluster.refresh()
    expect([...cluster.metadata.topics.keys()]).toEqual(['a'])
    stop()
    stop()
    await cluster.refresh()
    const last = fake.seen.findLast(({ key }) => key === metadataApi.key)
    expect(last?.body).toMatchObject({ topics: [] })
  })
})

describe('bootstrap', () => {
  test('servers that are away are passed over', async () => {
    const gone = await FakeCluster.start()
    const away = gone.endpoints
    await gone.close()
    const fake = await FakeCluster.start()
    const cluster = clusterAt([...away, ...away, ...fake.endpoints])
    ends.push(
      () => fake.close(),
      () => cluster.close(),
    )
    await cluster.refresh()
    expect(cluster.metadata.nodes.size).toBe(1)
  })

  test('nobody is there: the sentence names each server', async () => {
    const gone = await FakeCluster.start({ nodes: 2 })
    const away = gone.endpoints
    await gone.close()
    const cluster = clusterAt(away)
    ends.push(() => cluster.close())
    const refresh = cluster.refresh()
    await expect(refresh).rejects.toMatchObject({ name: 'NetworkError', retriable: true })
    for (const { port } of away)
      await expect(cluster.refresh()).rejects.toThrow(`127.0.0.1:${port}`)
  })

  test('when all known brokers are gone the bootstrap servers are asked again', async () => {
    const { fake, cluster } = await both({ nodes: 2 })
    await cluster.refresh()
    // Broker 2 goes for good, broker 1 comes back at its place with another id.
    await fake.stopNode(2)
    const port = await fake.stopNode(1)
    await fake.startNode(5, port)
    await soon(() =>
      cluster.refresh().then(
        () => true,
        () => false,
      ),
    ).toBe(true)
    expect([...cluster.metadata.nodes.keys()]).toEqual([5])
  })
})

describe('calls', () => {
  test('go out in the order in which they were made, however the connection stands', async () => {
    const { fake, cluster } = await both({ ...alive, answer: beats })
    await cluster.refresh()
    const calls = Array.from({ length: 20 }, (_, generationId) =>
      cluster.call(1, heartbeatApi, { ...heartbeat, generationId }),
    )
    await calls[0]
    calls.push(cluster.call(1, heartbeatApi, { ...heartbeat, generationId: 20 }))
    await Promise.all(calls)
    const order = fake.seen
      .filter(({ key }) => key === heartbeatApi.key)
      .map(({ body }) => (body as { generationId: number }).generationId)
    expect(order).toEqual(Array.from({ length: 21 }, (_, at) => at))
  })

  test('a channel of its own is not held up by one that waits at the broker', async () => {
    const { fake, cluster } = await both({ ...alive, answer: beats })
    fake.answer = (request) =>
      request.key === heartbeatApi.key &&
      (request.body as { generationId: number }).generationId < 0
        ? undefined
        : beats(request)
    await cluster.refresh()
    const blocked = cluster.call(
      1,
      heartbeatApi,
      { ...heartbeat, generationId: -1 },
      { timeoutMs: 200, channel: 'fetch' },
    )
    const free = await cluster.call(1, heartbeatApi, heartbeat, { channel: 'coordinator' })
    expect(free.errorCode).toBe(0)
    expect(cluster.statistics().connections.map(({ node }) => node)).toEqual(
      expect.arrayContaining(['1 fetch', '1 coordinator']),
    )
    await expect(blocked).rejects.toMatchObject({ name: 'TimeoutError' })
  })

  test('a broken connection is a network error, and the next call opens another', async () => {
    const { fake, cluster } = await both({ ...alive, answer: beats })
    await cluster.refresh()
    fake.answer = (request) => (request.key === heartbeatApi.key ? hangUp : useDefault)
    let free = 0
    const call = cluster.call(1, heartbeatApi, heartbeat, { written: () => free++ })
    await expect(call).rejects.toMatchObject({ code: 'NETWORK_EXCEPTION', retriable: true })
    fake.answer = beats
    await expect(cluster.call(1, heartbeatApi, heartbeat)).resolves.toBeDefined()
    expect(free).toBe(1)
    // The broker may have gone: others lead now what it led.
    await soon(() => fake.count(metadataApi)).toBeGreaterThan(1)
  })

  test('one for which no time is left is out of time, and its buffers are free', async () => {
    const { fake, cluster } = await both({ apis: [heartbeatApi], answer: beats })
    await cluster.refresh()
    let written = 0
    const options = { timeoutMs: 0, written: () => written++ }
    const call = cluster.call(1, heartbeatApi, heartbeat, options)
    await expect(call).rejects.toMatchObject({ name: 'TimeoutError', retriable: true })
    expect([written, fake.count(heartbeatApi)]).toEqual([1, 0])
  })

  test('a broker that nobody knows is a network error, and the buffers are free', async () => {
    const { cluster } = await both()
    let free = 0
    const call = cluster.call(9, metadataApi, { topics: [] }, { written: () => free++ })
    await expect(call).rejects.toThrow(/has no broker 9 at the moment/)
    expect(free).toBe(1)
  })

  test('wait for metadata within their own time', async () => {
    const silent = ({ key }: { key: number }) => (key === metadataApi.key ? undefined : useDefault)
    const { cluster } = await both({ answer: silent, ...alive }, { requestTimeoutMs: 30_000 })
    const begun = performance.now()
    const calls = [
      cluster.call(1, heartbeatApi, heartbeat, { timeoutMs: 100 }),
      cluster.versions('controller', { timeoutMs: 100 }),
      cluster.awaitTopic('a', 100),
      cluster.coordinator('group', 'g', 100),
      cluster.refresh(100),
    ]
    const late = calls.map((call) => expect(call).rejects.toMatchObject({ name: 'TimeoutError' }))
    await Promise.all(late)
    expect(performance.now() - begun).toBeLessThan(5_000)
  })

  test('whose time is over before metadata came say why the last attempt failed', async () => {
    const nobody = { host: '127.0.0.1', port: 1 }
    const cluster = clusterAt([nobody], { retryBackoff: { initialMs: 60_000, maxMs: 60_000 } })
    ends.push(() => cluster.close())
    const nothing = { name: 'NetworkError', message: expect.stringContaining('127.0.0.1:1') }
    await expect(cluster.refresh()).rejects.toMatchObject(nothing)
    await expect(cluster.refresh(50)).rejects.toMatchObject(nothing)
  })

  test('that waited for metadata have the rest of their time', async () => {
    const answer = ({ key }: { key: number }) => (key === heartbeatApi.key ? undefined : useDefault)
    const { cluster } = await both({ answer, ...alive })
    const begun = performance.now()
    const call = cluster.call(1, heartbeatApi, heartbeat, { timeoutMs: 300 })
    await expect(call).rejects.toMatchObject({ name: 'TimeoutError' })
    expect(performance.now() - begun).toBeLessThan(1_500)
  })

  test('an API that the broker does not serve is told with both ranges', async () => {
    const { cluster } = await both()
    const call = cluster.call('any', heartbeatApi, heartbeat)
    await expect(call).rejects.toMatchObject({ code: 'UNSUPPORTED_VERSION', retriable: false })
    await expect(cluster.versionOf('any', metadataApi)).resolves.toBe(13)
    expect((await cluster.versions('controller')).get(metadataApi.key)).toEqual({ min: 0, max: 13 })
  })

  test('a broker that asks for silence gets it', async () => {
    const { fake, cluster } = await both({ ...alive, answer: beats })
    await cluster.refresh()
    fake.answer = (request) =>
      request.key === heartbeatApi.key ? { errorCode: 0, throttleTimeMs: 150 } : useDefault
    await cluster.call(1, heartbeatApi, heartbeat)
    const startMs = performance.now()
    await cluster.call(1, heartbeatApi, heartbeat)
    expect(performance.now() - startMs).toBeGreaterThan(140)
  })

  test('a connection that nobody uses is closed, and opens again', async () => {
    const { cluster } = await both({ ...alive, answer: beats }, { connectionsMaxIdleMs: 40 })
    await cluster.refresh()
    await cluster.call(1, heartbeatApi, heartbeat)
    expect(cluster.statistics().connections).not.toEqual([])
    await soon(() => cluster.statistics().connections).toEqual([])
    await expect(cluster.call(1, heartbeatApi, heartbeat)).resolves.toBeDefined()
  })

  test('the end of the client ends what waits, and what comes', async () => {
    const { fake, cluster } = await both(alive)
    await cluster.refresh()
    fake.answer = (request) => (request.key === heartbeatApi.key ? undefined : useDefault)
    const waiting = cluster.call(1, heartbeatApi, heartbeat)
    const connecting = cluster.call(2, heartbeatApi, heartbeat)
    await pause(20)
    cluster.close()
    for (const call of [waiting, connecting, cluster.call('any', metadataApi, { topics: [] })]) {
      await expect(call).rejects.toMatchObject({ code: 'CLIENT_CLOSED' })
    }
    await expect(cluster.refresh()).rejects.toMatchObject({ name: 'ClosedError' })
  })
})

test('the end of the client ends what is being opened', async () => {
  const { fake, cluster } = await both({ nodes: 2 })
  await cluster.refresh()
  // Versions are asked for before anything else: the connection does not come to stand.
  fake.answer = () => undefined
  const call = cluster.call(2, metadataApi, { topics: [] })
  await pause(30)
  cluster.close()
  await expect(call).rejects.toMatchObject({ name: 'ClosedError' })
  await soon(() => fake.sockets).toBe(0)
})

describe('coordinators', () => {
  test('one is asked for once, and remembered until it is forgotten', async () => {
    const { fake, cluster } = await both(alive)
    await cluster.refresh()
    const all = await Promise.all([1, 2, 3].map(() => cluster.coordinator('group', 'g', 1000)))
    expect(all).toEqual([2, 2, 2])
    expect(fake.count(findCoordinatorApi)).toBe(1)
    cluster.forgetCoordinator('group', 'g')
    await cluster.coordinator('group', 'g', 1000)
    await cluster.coordinator('transaction', 'g', 1000)
    expect(fake.count(findCoordinatorApi)).toBe(3)
  })

  test('one that is not there yet is waited for', async () => {
    const { fake, cluster } = await both(alive)
    await cluster.refresh()
    fake.answer = ({ key }) =>
      key === findCoordinatorApi.key
        ? { coordinators: [{ key: 'g', nodeId: -1, host: '', port: -1, errorCode: 15 }] }
        : useDefault
    const early = cluster.coordinator('group', 'g', 60)
    await expect(early).rejects.toMatchObject({
      name: 'TimeoutError',
      cause: { code: 'COORDINATOR_NOT_AVAILABLE' },
    })
    const late = cluster.coordinator('group', 'g', 2000)
    setTimeout(() => (fake.answer = () => useDefault), 60)
    expect(await late).toBe(2)
  })

  test('one whose broker went away is asked for again', async () => {
    const { fake, cluster } = await both({ ...alive, answer: beats })
    const node = await cluster.coordinator('group', 'g', 1000)
    await cluster.call(node, heartbeatApi, heartbeat, { channel: 'coordinator' })
    await fake.stopNode(node)
    await soon(() => cluster.coordinator('group', 'g', 1000)).toBe(1)
  })

  test('one whose broker cannot be connected to is asked for again', async () => {
    const { fake, cluster } = await both(alive)
    await cluster.refresh()
    expect(await cluster.coordinator('group', 'g', 2000)).toBe(2)
    // Nothing is connected to it on that channel, so that no connection breaks.
    await fake.stopNode(2)
    const channel = { channel: 'coordinator' } as const
    await expect(cluster.call(2, heartbeatApi, heartbeat, channel)).rejects.toMatchObject({
      name: 'NetworkError',
    })
    expect(await cluster.coordinator('group', 'g', 2000)).toBe(1)
  })
})
