/** What a broker tells its data plane of quotas and limits, and what it counts itself. */
import { afterEach, describe, expect, test } from 'vitest'
import { metadataApi } from '../../src/protocol/generated/03-metadata.ts'
import { createTopicsApi } from '../../src/protocol/generated/19-create-topics.ts'
import { deleteTopicsApi } from '../../src/protocol/generated/20-delete-topics.ts'
import { createPartitionsApi } from '../../src/protocol/generated/37-create-partitions.ts'
import { incrementalAlterConfigsApi } from '../../src/protocol/generated/44-incremental-alter-configs.ts'
import { alterClientQuotasApi } from '../../src/protocol/generated/49-alter-client-quotas.ts'
import { startTestBroker, type TestBroker } from './fixture.ts'

const none = { limit: Number.POSITIVE_INFINITY, shared: false }
const unlimited = { produce: none, fetch: none, request: none }
const overQuota = 89

let running: TestBroker
afterEach(() => running.broker.stop())

async function start(configs: Readonly<Record<string, string>> = {}): Promise<void> {
  running = await startTestBroker({ configs })
}

async function setQuota(
  names: Readonly<Record<string, string | null>>,
  key: string,
  value: number,
): Promise<void> {
  const entity = Object.entries(names).map(([entityType, entityName]) => ({
    entityType,
    entityName,
  }))
  const entries = [{ entity, ops: [{ key, value, remove: false }] }]
  const request = { entries, validateOnly: false }
  const answer = await running.plane.send(alterClientQuotasApi, 1, request)
  expect(answer.entries.map(({ errorCode }) => errorCode)).toEqual([0])
}

describe('the data plane is told', () => {
  test('that there are no quotas', async () => {
    await start()
    expect(running.plane.quotas).toEqual({
      windows: 11,
      windowMs: 1000,
      others: unlimited,
      clients: [],
    })
  })

  test('the limits of all clients and of those that are named, also after a restart', async () => {
    await start({ 'quota.window.num': '5', 'quota.window.size.seconds': '2' })
    await setQuota({ 'client-id': 'c' }, 'producer_byte_rate', 10)
    await setQuota({ user: null }, 'consumer_byte_rate', 20)
    await setQuota({ user: 'somebody' }, 'request_percentage', 30)
    const fetch = { limit: 20, shared: true }
    const expected = {
      windows: 5,
      windowMs: 2000,
      others: { ...unlimited, fetch },
      clients: [
        { clientId: 'c', rules: { ...unlimited, produce: { limit: 10, shared: false }, fetch } },
      ],
    }
    expect(running.plane.quotas).toEqual(expected)
    const { disk } = running.store
    await running.broker.stop()
    const configs = { 'quota.window.num': '5', 'quota.window.size.seconds': '2' }
    running = await startTestBroker({ disk, configs })
    expect(running.plane.quotas).toEqual(expected)
  })

  test('no more windows than it takes', async () => {
    const most = '2147483647'
    await start({ 'quota.window.num': most, 'quota.window.size.seconds': most })
    expect(running.plane.quotas).toMatchObject({ windows: 10_000, windowMs: 1e12 })
  })

  test('how many may connect, by broker, listener and address', async () => {
    await start({
      'max.connections': '100',
      'max.connections.per.ip': '10',
      'max.connections.per.ip.overrides': '127.0.0.1:20',
      'max.connection.creation.rate': '7',
      listeners: 'PLAINTEXT://localhost:9092,OTHER://localhost:9093',
      'advertised.listeners': 'PLAINTEXT://localhost:9092,OTHER://localhost:9093',
      'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,OTHER:PLAINTEXT,CONTROLLER:PLAINTEXT',
      'listener.name.other.max.connections': '3',
    })
    await setQuota({ ip: '10.0.0.1' }, 'connection_creation_rate', 4)
    await setQuota({ ip: null }, 'connection_creation_rate', 5)
    const any = { maxConnections: 2 ** 31 - 1, maxRate: Number.POSITIVE_INFINITY }
    const endpoints = (port: number) => ['127.0.0.1', '::1'].map((host) => ({ host, port }))
    expect(running.plane.limits).toEqual({
      windows: 11,
      windowMs: 1000,
      maxConnections: 100,
      maxRate: 7,
      maxPerIp: 10,
      perIp: [{ host: '127.0.0.1', max: 20 }],
      maxRatePerIp: 5,
      ratePerIp: [{ host: '10.0.0.1', rate: 4 }],
      listeners: [
        { ...any, endpoints: endpoints(9092), exempt: true },
        { ...any, maxConnections: 3, endpoints: endpoints(9093), exempt: false },
      ],
    })
  })

  test('a limit that changes while it runs', async () => {
    await start()
    expect(running.plane.limits?.maxConnections).toBe(2 ** 31 - 1)
    const configs = [{ name: 'max.connections', configOperation: 0, value: '5' }]
    const resources = [{ resourceType: 4, resourceName: '', configs }]
    const altering = { resources, validateOnly: false }
    const { responses } = await running.plane.send(incrementalAlterConfigsApi, 1, altering)
    expect(responses).toMatchObject([{ errorCode: 0 }])
    expect(running.plane.limits?.maxConnections).toBe(5)
  })
})

describe('hosts that are named', () => {
  const addresses: Record<string, readonly string[]> = {
    localhost: ['127.0.0.1', '::1'],
    web: ['10.0.0.7'],
  }
  const resolve = async (host: string): Promise<readonly string[]> => {
    const found = addresses[host]
    if (found === undefined) throw new Error(`no such host: ${host}`)
    return found
  }
  const overrides = 'max.connections.per.ip.overrides'
  async function alterOverrides(value: string, type = 4) {
    const configs = [{ name: overrides, configOperation: 0, value }]
    const resources = [{ resourceType: type, resourceName: '', configs }]
    const request = { resources, validateOnly: false }
    return (await running.plane.send(incrementalAlterConfigsApi, 1, request)).responses
  }

  test('are limited at their addresses, from the start and when that changes', async () => {
    const configs = { [overrides]: 'web:4,localhost:20' }
    running = await startTestBroker({ configs, environment: { resolve } })
    expect(running.plane.limits?.perIp).toEqual([
      { host: '10.0.0.7', max: 4 },
      { host: '127.0.0.1', max: 20 },
      { host: '::1', max: 20 },
    ])
    expect(await alterOverrides('web:5')).toMatchObject([{ errorCode: 0 }])
    expect(running.plane.limits?.perIp).toEqual([{ host: '10.0.0.7', max: 5 }])
    await setQuota({ ip: 'web' }, 'connection_creation_rate', 9)
    expect(running.plane.limits?.ratePerIp).toEqual([{ host: '10.0.0.7', rate: 9 }])
    const { disk } = running.store
    await running.broker.stop()
    // Now its address is looked up after the limits were set that need none.
    running = await startTestBroker({ disk, environment: { resolve } })
    await expect
      .poll(() => running.plane.limits?.ratePerIp)
      .toEqual([{ host: '10.0.0.7', rate: 9 }])
  })

  test('refuse the start where they have no address', async () => {
    const options = { configs: { [overrides]: 'web:4,gone:1' }, environment: { resolve } }
    await expect(startTestBroker(options)).rejects.toThrow(
      `The host "gone" in ${overrides} does not resolve; name one that does, or an address.`,
    )
    running = await startTestBroker()
  })

  test('are refused by the admin API where they have no address', async () => {
    running = await startTestBroker({ environment: { resolve } })
    const message = `The host "gone" in ${overrides} does not resolve.`
    expect(await alterOverrides('web:4,gone:1')).toMatchObject([
      { errorCode: 40, errorMessage: message },
    ])
    expect(running.plane.limits?.perIp).toEqual([])
    const entity = [{ entityType: 'ip', entityName: 'gone' }]
    const ops = [{ key: 'connection_creation_rate', value: 9, remove: false }]
    const request = { entries: [{ entity, ops }], validateOnly: false }
    const { entries } = await running.plane.send(alterClientQuotasApi, 1, request)
    expect(entries).toMatchObject([
      { errorCode: 42, errorMessage: 'gone is not a valid IP or resolvable host.' },
    ])
  })

  test('that are gone at a later start have no limit, and a line of the log says so', async () => {
    addresses['leaving'] = ['10.0.0.8']
    running = await startTestBroker({ environment: { resolve } })
    await setQuota({ ip: 'leaving' }, 'connection_creation_rate', 9)
    delete addresses['leaving']
    const { disk } = running.store
    await running.broker.stop()
    running = await startTestBroker({ disk, environment: { resolve } })
    await expect
      .poll(() => running.lines.filter((line) => line.includes('leaving')))
      .toEqual([expect.stringMatching(/WARN .*No limit of connections holds for leaving: no such/)])
    expect(running.plane.limits?.ratePerIp).toEqual([])
  })
})

describe('a request of the control plane', () => {
  test('is answered with the pause that its time costs, and its connection is muted', async () => {
    await start()
    running.plane.chargedMs = 250
    const request = { topics: [], allowAutoTopicCreation: false }
    const before = await running.plane.send(metadataApi, 9, request)
    expect([before.throttleTimeMs, running.plane.muted]).toEqual([0, []])
    await setQuota({ user: null }, 'request_percentage', 1)
    running.plane.muted.length = 0
    expect((await running.plane.send(metadataApi, 9, request)).throttleTimeMs).toBe(250)
    expect(running.plane.muted).toEqual([[1, 250]])
  })
})

describe('changes of the metadata', () => {
  const create = (version: number, ...names: readonly string[]) => {
    const topics = names.map((name) => ({
      name,
      numPartitions: 30,
      replicationFactor: 1,
      assignments: [],
      configs: [],
    }))
    return running.plane.send(createTopicsApi, version, { topics, timeoutMs: 5000 })
  }

  test('are refused where the client can wait for its quota, and nothing happens', async () => {
    await start()
    await setQuota({ 'client-id': 'test' }, 'controller_mutation_rate', 1)
    const { topics, throttleTimeMs } = await create(7, 'a', 'b')
    expect(topics.map(({ errorCode }) => errorCode)).toEqual([0, overQuota])
    // 11 of 30 were there; the clock runs meanwhile.
    expect(throttleTimeMs).toBeGreaterThan(15_000)
    expect(throttleTimeMs).toBeLessThanOrEqual(19_000)
    expect(running.plane.muted).toEqual([[1, throttleTimeMs]])
    expect([running.store.find('a', 0), running.store.find('b', 0)]).toEqual([
      expect.anything(),
      undefined,
    ])
    const timeoutMs = 5000
    const topicId = 'AAAAAAAAAAAAAAAAAAAAAA'
    const deleted = { topics: [{ name: 'a', topicId }], timeoutMs }
    const { responses } = await running.plane.send(deleteTopicsApi, 6, deleted)
    expect(responses.map(({ errorCode }) => errorCode)).toEqual([overQuota])
    const grown = [{ name: 'a', count: 31, assignments: null }]
    const more = { topics: grown, timeoutMs, validateOnly: false }
    const added = await running.plane.send(createPartitionsApi, 3, more)
    expect(added.results.map(({ errorCode }) => errorCode)).toEqual([overQuota])
    expect(added.throttleTimeMs).toBeGreaterThan(15_000)
  })

  test('of older clients happen, and only cost a pause', async () => {
    await start()
    await setQuota({ user: null }, 'controller_mutation_rate', 1)
    const { topics, throttleTimeMs } = await create(5, 'a', 'b')
    expect(topics.map(({ errorCode }) => errorCode)).toEqual([0, 0])
    expect(throttleTimeMs).toBeGreaterThan(45_000)
  })

  test('of a client without that quota cost nothing', async () => {
    await start()
    await setQuota({ 'client-id': 'another' }, 'controller_mutation_rate', 1)
    expect((await create(7, 'a', 'b')).throttleTimeMs).toBe(0)
    expect(running.plane.muted).toEqual([])
  })
})
