/** A broker on a log that the process has open: its options, its address, and who ends first. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { Broker } from '../../src/broker/broker.ts'
import { configsBesideLog } from '../../src/broker/open-log.ts'
import type { BrokerOptions } from '../../src/broker/options.ts'
import { brokerConfigs } from '../../src/metadata/config/tables.ts'
import { ResourceType } from '../../src/metadata/image.ts'
import { decodeLog } from '../../src/metadata/records.ts'
import { metadataApi } from '../../src/protocol/generated/03-metadata.ts'
import { findCoordinatorApi } from '../../src/protocol/generated/10-find-coordinator.ts'
import { createTopicsApi } from '../../src/protocol/generated/19-create-topics.ts'
import { describeConfigsApi } from '../../src/protocol/generated/32-describe-configs.ts'
import { incrementalAlterConfigsApi } from '../../src/protocol/generated/44-incremental-alter-configs.ts'
import { describeClusterApi } from '../../src/protocol/generated/60-describe-cluster.ts'
import { Log } from '../../src/queue/log.ts'
import { Queue } from '../../src/queue/queue.ts'
import { Store } from '../../src/queue/store.ts'
import { createMemoryLogStore } from '../../src/storage/memory-log-store.ts'
import { cleanUp, logError, memoryStore, temporaryFolder, valuesOf } from '../queue/fixture.ts'
import { FakeDataPlane } from './fake-data-plane.ts'

const brokers: Broker[] = []
afterEach(async () => {
  for (const broker of brokers.splice(0)) await broker.stop().catch(() => undefined)
  await cleanUp()
})

/** A broker without sockets. */
async function serve(
  log: NonNullable<BrokerOptions['log']>,
  options: BrokerOptions = {},
): Promise<{ broker: Broker; plane: FakeDataPlane }> {
  const plane = new FakeDataPlane()
  const environment = { startDataPlane: plane.start, resolve: async (host: string) => [host] }
  const broker = await Broker.start({ log, ...options, environment })
  brokers.push(broker)
  return { broker, plane }
}

async function createTopic(plane: FakeDataPlane, name: string): Promise<number | undefined> {
  const topic = { name, numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }
  const { topics } = await plane.send(createTopicsApi, 7, { topics: [topic], timeoutMs: 5_000 })
  return topics[0]?.errorCode
}

describe('a broker on an open log', () => {
  it('serves the whole store, whatever of it is given', async () => {
    const { store } = await memoryStore()
    const log = await store.log('audit', { partitions: 2 })
    const queue = await store.queue('jobs')
    const names = ['__odradek_queues-0', 'audit-0', 'audit-1', 'jobs-0']
    for (const holder of [log, queue, store]) {
      const { broker, plane } = await serve(holder)
      expect([...plane.hosted.keys()].toSorted()).toEqual(names)
      expect(plane.hosted.get('__odradek_queues-0')?.internal).toBe(true)
      await broker.stop()
    }
    expect(await log.append({ value: 'v', partition: 1 })).toBe(0)
  })

  it('is what and where the store is', async () => {
    const folder = temporaryFolder()
    await using store = await Store.open(folder, { configs: { 'node.id': '7' } })
    const { broker } = await serve(store)
    expect(broker).toMatchObject({
      nodeId: 7,
      dataDirectory: folder,
      dataDirectories: [folder],
      listeners: [{ host: '127.0.0.1' }],
    })
    expect(broker.observation.health()).toEqual({ serving: true, problems: [] })
    await broker.stop()
  })

  it('tells clients its own address and rack, not the last one', async () => {
    const { store } = await memoryStore()
    const first = await serve(store, { port: 5_001 })
    await first.broker.stop()
    const { plane } = await serve(store, {
      port: 5_002,
      configs: { 'broker.rack': 'r1' },
    })
    plane.local = { host: '127.0.0.1', port: 5_002 }
    const here = { host: '127.0.0.1', port: 5_002 }
    const { brokers: told, controllerId } = await plane.send(metadataApi, 12, { topics: [] })
    expect(told).toMatchObject([{ ...here, nodeId: 1, rack: 'r1' }])
    expect(controllerId).toBe(1)
    const cluster = await plane.send(describeClusterApi, 0, {
      includeClusterAuthorizedOperations: false,
    })
    expect(cluster.brokers).toMatchObject([here])
    const coordinator = await plane.send(findCoordinatorApi, 0, { key: 'g' })
    expect(coordinator).toMatchObject({ ...here, errorCode: 0 })
  })

  it('follows what becomes of topics until it is stopped, and then no more', async () => {
    const { store } = await memoryStore()
    const { broker, plane } = await serve(store)
    await store.log('early')
    expect([...plane.hosted.keys()]).toEqual(['early-0'])
    await broker.stop()
    expect(plane.stopped).toBe(true)
    const set = vi.spyOn(plane, 'setConnectionLimits')
    await store.log('late')
    const second = await serve(store)
    // A config of all brokers, of which the stopped one is not told.
    await second.plane.send(incrementalAlterConfigsApi, 1, {
      resources: [
        {
          resourceType: ResourceType.BROKER,
          resourceName: '',
          configs: [{ name: 'max.connections', value: '9', configOperation: 0 }],
        },
      ],
      validateOnly: false,
    })
    expect([...plane.hosted.keys()]).toEqual(['early-0'])
    expect([...second.plane.hosted.keys()].toSorted()).toEqual(['early-0', 'late-0'])
    expect(set).not.toHaveBeenCalled()
  })

  it('makes the topics that its options name, as logs of the store', async () => {
    const { store } = await memoryStore()
    await serve(store, { topics: { orders: 3 } })
    expect(store.names()).toEqual(['orders'])
    expect((await store.log('orders')).partitions).toBe(3)
  })
})

describe('the configuration', () => {
  async function described(plane: FakeDataPlane): Promise<Map<string, unknown>> {
    const resource = { resourceType: ResourceType.BROKER, resourceName: '1' }
    const { results } = await plane.send(describeConfigsApi, 4, {
      resources: [{ ...resource, configurationKeys: null }],
    })
    expect(results[0]?.errorCode).toBe(0)
    return new Map(results[0]?.configs.map(({ name, value }) => [name, value]))
  }

  it('is that of the store, with what the broker says of its listeners and limits', async () => {
    const configs = { 'log.retention.ms': '1234', 'auto.create.topics.enable': 'false' }
    const { store } = await memoryStore(undefined, { configs })
    const { plane } = await serve(store, { configs: { 'fetch.max.bytes': '2000' } })
    const found = await described(plane)
    expect(found.get('log.retention.ms')).toBe('1234')
    expect(found.get('fetch.max.bytes')).toBe('2000')
    const { topics } = await plane.send(metadataApi, 12, {
      topics: [{ name: 'missing' }],
      allowAutoTopicCreation: true,
    })
    expect(topics[0]?.errorCode).toBe(3)
  })

  it('that a client sets for all brokers holds for both doors, and for later ones', async () => {
    const { store } = await memoryStore()
    const log = await store.log('audit')
    const { broker, plane } = await serve(store)
    const set = { name: 'message.max.bytes', value: '2000', configOperation: 0 }
    const { responses } = await plane.send(incrementalAlterConfigsApi, 1, {
      resources: [{ resourceType: ResourceType.BROKER, resourceName: '', configs: [set] }],
      validateOnly: false,
    })
    expect(responses[0]?.errorCode).toBe(0)
    expect((await described(plane)).get('message.max.bytes')).toBe('2000')
    const long = log.append({ value: 'x'.repeat(3_000) })
    await expect(long).rejects.toEqual(logError('MESSAGE_TOO_LARGE'))
    await broker.stop()
    const second = await serve(store)
    expect((await described(second.plane)).get('message.max.bytes')).toBe('2000')
  })

  it('of the broker is none that a part of the engine reads', () => {
    const texts = (folder: string): string =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.ts') && !name.startsWith('config/'))
        .map((name) => readFileSync(join(folder, name), 'utf8'))
        .join('\n')
    const below = ['engine', 'controller', 'metadata', 'cleaner', 'policy', 'queue']
    const engine = below.map((folder) => texts(join('src', folder))).join('\n')
    const reads = /\.(?:number|flag|text|list|isSet|value)\(\s*'([^']+)'/g
    const readByEngine = new Set([...engine.matchAll(reads)].map(([, name]) => name))
    expect(readByEngine.size).toBeGreaterThan(10)
    const broker = texts('src/broker')
    for (const name of configsBesideLog) {
      expect(brokerConfigs().has(name), name).toBe(true)
      expect(readByEngine.has(name), `the engine reads ${name}`).toBe(false)
      // Once in the list.
      expect(broker.split(name).length, `nobody reads ${name}`).toBeGreaterThan(2)
    }
  })
})

describe('a start on an open log is refused', () => {
  const refused: [string, BrokerOptions, string][] = [
    ['dataDir', { dataDir: 'd' }, "The options 'log' and 'dataDir' exclude each other"],
    ['clusterId', { clusterId: 'AAAAAAAAAAAAAAAAAAAAQQ' }, "'log' and 'clusterId' exclude"],
    ['configFile', { configFile: { name: 'f', text: '' } }, "'log' and 'configFile' exclude"],
    ...['node.id', 'log.dirs', 'log.dir', 'metadata.log.dir', 'log.retention.ms'].map(
      (name): [string, BrokerOptions, string] => [
        name,
        { configs: { [name]: '1' } },
        `has no config ${name}; give ${name} to Store.open`,
      ],
    ),
    ['a wrong port', { port: 70_000 }, 'The port is 70000; it has to be one from 0 to 65535.'],
    ['port and listen', { port: 0, listen: ':0' }, "Both 'port' and 'listen' say where"],
    [
      'port and listeners',
      { port: 0, configs: { listeners: 'PLAINTEXT://:0' } },
      "Both 'port' and listeners say where",
    ],
  ]
  it.each(refused)('with %s', async (_, options, words) => {
    const { store } = await memoryStore()
    await expect(serve(store, options)).rejects.toThrow(words)
    // Nothing of it is left.
    await serve(store)
  })

  it('where what is given is none', async () => {
    for (const log of [null, 5, {}, { append: () => 1 }]) {
      const start = Broker.start({ log } as never)
      await expect(start).rejects.toThrow("'log' of Broker.start has to be a Log, a Queue or a")
    }
  })

  it('where its store is closed, not where other logs of that are open', async () => {
    const { store } = await memoryStore()
    const log = await store.log('audit')
    await log.close()
    await (await serve(log)).broker.stop()
    await store.close()
    for (const holder of [log, store]) await expect(serve(holder)).rejects.toThrow('is closed')
  })

  it('beside another broker, and not after it', async () => {
    const { store } = await memoryStore()
    const log = await store.log('audit')
    const starting = serve(store)
    await expect(serve(log)).rejects.toThrow(/A broker serves what is in .* already; stop it first/)
    await (await starting).broker.stop()
    await serve(log)
  })

  it('where its port is taken, and the log goes on', async () => {
    const log = await Log.open(temporaryFolder())
    const first = await Broker.start({ port: 0 })
    brokers.push(first)
    const port = first.endpoints[0]?.port ?? 0
    await expect(Broker.start({ log, port })).rejects.toThrow('in use')
    expect(await log.append({ value: 'v' })).toBe(0)
    const second = await Broker.start({ log, port: 0 })
    await second.stop()
    await log.close()
  })
})

describe('the end', () => {
  it('of the broker leaves the log open, as often as one is started', async () => {
    const log = await Log.open(temporaryFolder())
    for (let i = 0; i < 3; i++) {
      const broker = await Broker.start({ log, port: 0 })
      await broker.stop()
      expect(await log.append({ value: `${i}` })).toBe(i)
    }
    expect(await valuesOf(log.read())).toEqual(['0', '1', '2'])
    await log.close()
  })

  const holders: [string, (folder: string) => Promise<Store | Log | Queue>][] = [
    ['store', (folder) => Store.open(folder)],
    ['log', (folder) => Log.open(folder)],
    ['queue', (folder) => Queue.open(folder)],
  ]
  it.each(holders)('of the %s stops the broker first', async (_, open) => {
    const folder = temporaryFolder()
    const holder = await open(folder)
    const { broker, plane } = await serve(holder)
    const order: string[] = []
    const stop = plane.stop.bind(plane)
    plane.stop = async () => {
      order.push(`plane, ${[...plane.hosted.values()].every(({ log }) => log.online())}`)
      await stop()
    }
    await holder.close()
    order.push('closed')
    expect(order).toEqual(['plane, true', 'closed'])
    expect(broker.observation.health().serving).toBe(false)
    await broker.stop()
    await (await open(folder)).close()
  })

  it('of a log of a store leaves the broker to the others', async () => {
    const { store } = await memoryStore()
    const log = await store.log('audit')
    const { plane } = await serve(log)
    await log.close()
    expect(await createTopic(plane, 'more')).toBe(0)
    await store.close()
    expect(plane.stopped).toBe(true)
  })

  it('of the store waits for a broker that starts, and lets none in after it', async () => {
    const { store } = await memoryStore()
    const plane = new FakeDataPlane()
    let resolved = (): void => {}
    const gate = new Promise<void>((resolve) => {
      resolved = resolve
    })
    const environment = {
      startDataPlane: plane.start,
      resolve: async (host: string) => {
        await gate
        return [host]
      },
    }
    const starting = Broker.start({ log: store, environment })
    const closing = store.close()
    await expect(Broker.start({ log: store })).rejects.toThrow('is closed')
    resolved()
    await starting
    await closing
    expect(plane.stopped).toBe(true)
  })

  it('leaves an ordinary directory, which says where it was reached last', async () => {
    const folder = temporaryFolder()
    const log = await Log.open(folder, { name: 'audit' })
    await log.append({ value: 'v' })
    const broker = await Broker.start({ log, port: 0, configs: { 'broker.rack': 'r' } })
    const port = broker.endpoints[0]?.port
    await log.close()
    const bytes = readFileSync(join(folder, '__cluster_metadata-0', '00000000000000000000.log'))
    const records = decodeLog(bytes).batches.flatMap((batch) => batch.records)
    const registrations = records.filter((record) => record.name === 'RegisterBrokerRecord')
    expect(registrations.map(({ value }) => [value.rack, value.endPoints])).toMatchObject([
      [null, []],
      ['r', [{ name: 'PLAINTEXT', host: '127.0.0.1', port }]],
    ])
    const marker = JSON.parse(readFileSync(join(folder, '.kafka_cleanshutdown'), 'utf8'))
    expect(marker.brokerEpoch).toBe(registrations[1]?.value.brokerEpoch)
    const later = await Broker.start({ dataDir: folder })
    expect(later.observation.image().topicsByName.has('audit')).toBe(true)
    await later.stop()
  })

  it('by the disk ends both, and tells why', async () => {
    const { store, memory } = await memoryStore(createMemoryLogStore())
    const log = await store.log('audit')
    const { broker, plane } = await serve(store)
    const appended = log.append({ value: 'v' }).catch((error: unknown) => error)
    memory.goOffline('flush of audit-0/0.log failed')
    expect((await broker.failure).message).toContain('holds the metadata log and failed')
    expect(await appended).toEqual(logError('LOG_FAILED', 'audit-0/0.log'))
    await expect(store.close()).rejects.toEqual(logError('LOG_FAILED', 'audit-0/0.log'))
    await expect(log.append({ value: 'w' })).rejects.toEqual(logError('LOG_FAILED'))
    await broker.stop()
    expect(plane.stopped).toBe(true)
  })
})
