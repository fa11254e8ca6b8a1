import { afterEach, describe, expect, test } from 'vitest'
import { seededRandom } from '../../../src/base/random.ts'
import {
  type NetworkEnvironment,
  systemEnvironment,
} from '../../../src/client/network/environment.ts'
import {
  type LinkBreak,
  NodeLink,
  type NodeLinkOptions,
} from '../../../src/client/network/node-link.ts'
import { metadataApi } from '../../../src/protocol/generated/03-metadata.ts'
import type { BrokerConnection } from '../../../src/transport/index.ts'
import { testConnection } from './cluster-fixture.ts'
import { FakeCluster } from './fake-cluster.ts'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

const environment: NetworkEnvironment = { ...systemEnvironment, random: seededRandom(5) }

const linkOptions = (more: Partial<NodeLinkOptions>): NodeLinkOptions => ({
  connection: testConnection,
  reconnectBackoff: { initialMs: 60, maxMs: 400 },
  connectionsMaxIdleMs: Infinity,
  ...more,
})

async function linked(more: Partial<NodeLinkOptions> = {}, own = environment) {
  const fake = await FakeCluster.start()
  const breaks: LinkBreak[] = []
  const link = new NodeLink(fake.endpoints[0]!, linkOptions(more), own, (what) => breaks.push(what))
  ends.push(
    () => fake.close(),
    () => link.close(),
  )
  const acquire = (timeoutMs = 2000) =>
    new Promise<BrokerConnection>((resolve, reject) => link.acquire(timeoutMs, resolve, reject))
  return { fake, link, acquire, breaks: () => breaks.length, told: breaks }
}

describe('a link', () => {
  test('opens at the first call, and serves the next at once', async () => {
    const { link, acquire } = await linked()
    expect([link.isConnected, link.isReady, link.load]).toEqual([false, false, 0])
    const first = acquire()
    expect(link.load).toBe(1)
    const connection = await first
    expect([link.isConnected, link.isReady, link.load]).toEqual([true, true, 0])
    let served: BrokerConnection | undefined
    link.acquire(
      1000,
      (one) => {
        served = one
      },
      () => {},
    )
    expect(served).toBe(connection)
  })

  test('all who wait share one connection', async () => {
    const { fake, acquire } = await linked()
    const [a, b, c] = await Promise.all([acquire(), acquire(), acquire()])
    expect([b, c]).toEqual([a, a])
    expect(fake.sockets).toBe(1)
  })

  test('tells of a connection that broke, and not of one that it closed', async () => {
    const { fake, link, acquire, breaks } = await linked()
    await acquire()
    link.disconnect()
    expect([link.isConnected, breaks()]).toEqual([false, 0])
    await acquire()
    const port = await fake.stopNode(1)
    await expect.poll(breaks, { timeout: 20_000 }).toBe(1)
    await fake.startNode(1, port)
    await expect(acquire()).resolves.toBeDefined()
  })

  test('tells of a broker that it cannot connect to, each time', async () => {
    const { fake, acquire, told } = await linked()
    await fake.stopNode(1)
    for (const _ of [1, 2]) await expect(acquire()).rejects.toThrow('nothing listens there')
    expect(told).toEqual(['unreachable', 'unreachable'])
  })

  test('waits longer after each failure, and forgets that after a success', async () => {
    const { fake, link, acquire } = await linked()
    const port = await fake.stopNode(1)
    const startMs = performance.now()
    for (let attempt = 0; attempt < 3; attempt++) {
      await expect(acquire()).rejects.toMatchObject({ name: 'NetworkError', retriable: true })
    }
    // Two waits lie between three attempts: of 60 and of 120 ms, a fifth shorter at most.
    expect(performance.now() - startMs).toBeGreaterThan(0.8 * (60 + 120))
    expect(link.isBackingOff).toBe(true)
    await fake.startNode(1, port)
    await acquire()
    expect(link.isBackingOff).toBe(false)
  })

  test('gives up a call whose time is over before there is a connection', async () => {
    const { fake, acquire } = await linked({ reconnectBackoff: { initialMs: 5000, maxMs: 5000 } })
    await fake.stopNode(1)
    await expect(acquire()).rejects.toThrow('nothing listens there')
    await expect(acquire(40)).rejects.toThrow(/No connection to 127\.0\.0\.1:\d+ within 40 ms/)
  })

  test('is silent as long as the broker asked for', async () => {
    const { link, acquire } = await linked()
    await acquire()
    link.mute(120)
    expect(link.isReady).toBe(false)
    await expect(acquire(20)).rejects.toMatchObject({ name: 'TimeoutError' })
    const startMs = performance.now()
    await acquire()
    expect(performance.now() - startMs).toBeGreaterThan(60)
    expect(link.isReady).toBe(true)
  })

  test('goes where the broker went', async () => {
    const { link, acquire, breaks } = await linked()
    const before = await acquire()
    const other = await FakeCluster.start()
    ends.push(() => other.close())
    link.moveTo({ ...link.endpoint })
    expect(link.isConnected).toBe(true)
    link.moveTo(other.endpoints[0]!)
    expect(before.failure?.fault).toBe('closed')
    const after = await acquire()
    await after.call(metadataApi, { topics: [] })
    expect(other.count(metadataApi)).toBe(1)
    expect(breaks()).toBe(0)
  })

  test('keeps a connection that waits for an answer, however long it is idle', async () => {
    const { fake, link, acquire } = await linked({ connectionsMaxIdleMs: 30 })
    const connection = await acquire()
    fake.answer = () => undefined
    const call = connection.call(metadataApi, { topics: [] }, { timeoutMs: 200 })
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(link.isConnected).toBe(true)
    await expect(call).rejects.toThrow('within 200 ms')
  })

  test('looks seldom whether a connection is idle while it waits for an answer', async () => {
    let looks = 0
    const timers = {
      ...environment.timers,
      setTimeout: (callback: () => void, delayMs: number) => {
        looks++
        return environment.timers.setTimeout(callback, delayMs)
      },
    }
    const own = { ...environment, timers }
    const { fake, acquire, link } = await linked({ connectionsMaxIdleMs: 40 }, own)
    const connection = await acquire()
    fake.answer = () => undefined
    const call = connection.call(metadataApi, { topics: [] }, { timeoutMs: 300 })
    await expect(call).rejects.toThrow('within 300 ms')
    expect(link.isConnected).toBe(false)
    expect(looks).toBeLessThanOrEqual(1 + Math.ceil(300 / 40))
  })

  test('to a place that is none fails as one to a broker that is away', async () => {
    const { fake, link } = await linked()
    for (const port of [0, -1, 70_000]) {
      const endpoint = { host: '127.0.0.1', port }
      const own = new NodeLink(endpoint, linkOptions({}), environment, () => {})
      ends.push(() => own.close())
      const acquired = new Promise((resolve, reject) => own.acquire(500, resolve, reject))
      await expect(acquired).rejects.toMatchObject({ name: 'NetworkError' })
    }
    expect([fake.sockets, link.isConnected]).toEqual([0, false])
  })

  test('that is closed tells whoever waits, and whoever comes', async () => {
    const { fake, link, acquire } = await linked()
    fake.answer = () => undefined
    const waiting = acquire()
    link.close()
    for (const call of [waiting, acquire()]) {
      await expect(call).rejects.toMatchObject({ code: 'CLIENT_CLOSED' })
    }
  })
})
