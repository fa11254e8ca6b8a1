import { afterEach, describe, expect, it } from 'vitest'
import { systemTimers } from '../../src/base/clock.ts'
import { seededRandom } from '../../src/base/random.ts'
import type { Door } from '../../src/engine/door.ts'
import { Engine } from '../../src/engine/engine.ts'
import { engineEnvironment } from '../../src/engine/environment.ts'
import type { EngineAddress } from '../../src/engine/options.ts'
import { BrokerConfig } from '../../src/metadata/config/broker-config.ts'
import { ErrorCode } from '../../src/protocol/error-codes.ts'
import { zeroUuid } from '../../src/protocol/uuid.ts'
import { StorageError } from '../../src/storage/log-store.ts'
import {
  createMemoryLogStore,
  type MemoryDisk,
  type MemoryLogStore,
} from '../../src/storage/memory-log-store.ts'
import { createLogger } from '../../src/telemetry/logger.ts'
import { Loggers } from '../../src/telemetry/loggers.ts'
import { commit } from '../storage/store-behaviour.ts'

const path = '/nonexistent/odradek-engine'
const lines: string[] = []
const running: Engine[] = []
let seed = 1

afterEach(async () => {
  for (const engine of running.splice(0)) await engine.close()
  lines.length = 0
})

async function start(store: MemoryLogStore, address?: EngineAddress): Promise<Engine> {
  const logger = createLogger({ write: (line) => lines.push(line), now: Date.now, level: 'debug' })
  const engine = await Engine.start({
    settings: {
      config: new BrokerConfig(),
      nodeId: 1,
      clusterId: undefined,
      directories: { data: [path], metadata: path },
    },
    environment: {
      ...engineEnvironment,
      timers: systemTimers,
      random: seededRandom(seed++),
      openStore: () => Promise.resolve(store),
    },
    loggers: new Loggers(logger),
    ...(address === undefined ? {} : { address }),
  })
  running.push(engine)
  return engine
}

const onDisk = (disk: MemoryDisk): MemoryLogStore => createMemoryLogStore({ disk })

async function create(engine: Engine, name: string, numPartitions: number): Promise<void> {
  const topic = { name, numPartitions, replicationFactor: 1, assignments: [], configs: [] }
  const request = { topics: [topic], timeoutMs: 1_000, validateOnly: false }
  const [result] = await engine.controller.createTopics(request)
  expect(result?.errorCode).toBe(0)
}

/** A door that notes what it was told. */
function notingDoor(): Door & { readonly told: string[] } {
  const told: string[] = []
  return {
    told,
    host: ({ topic, partition }) => told.push(`host ${topic}-${partition}`),
    hostUnavailable: (topic, partition) => told.push(`unavailable ${topic}-${partition}`),
    unhost: (topic, partition) => told.push(`unhost ${topic}-${partition}`),
  }
}

describe('an engine without a door', () => {
  it('keeps topics and records from one start to the next', async () => {
    const store = createMemoryLogStore()
    const first = await start(store)
    await create(first, 'a', 2)
    const log = first.logs.find('a', 1)
    if (log === undefined) throw new Error('the partition is open')
    expect(await commit(log)).toBe(0)
    expect(await first.close()).toBeUndefined()

    const second = await start(onDisk(store.disk))
    expect(second.directories.isClean()).toBe(true)
    expect(second.logs.find('a', 1)?.logEndOffset()).toBe(1)
    expect(second.controller.properties).toEqual(first.controller.properties)
  })

  it('registers as the node did that could be reached', async () => {
    const address: EngineAddress = {
      rack: 'r',
      listeners: [{ name: 'PLAINTEXT', host: 'h', port: 1, securityProtocol: 0 }],
      controllerListener: { name: 'C', host: 'c', port: 2, securityProtocol: 0 },
    }
    const store = createMemoryLogStore()
    const reached = await start(store, address)
    await reached.close()
    const { image } = await start(onDisk(store.disk))
    expect(image.brokers.get(1)).toMatchObject({ rack: 'r', listeners: address.listeners })
    expect(image.controllers.get(1)?.listeners).toEqual([address.controllerListener])
  })

  it('claims its directory until it is closed', async () => {
    const store = createMemoryLogStore()
    const first = await start(store)
    await expect(start(createMemoryLogStore())).rejects.toThrow(path)
    await first.close()
    await start(onDisk(store.disk))
  })

  it('says why it has to be closed, and how its stop fails', async () => {
    const store = createMemoryLogStore()
    const engine = await start(store)
    store.goOffline('the disk broke')
    store.close = () => Promise.reject(new Error('the disk broke'))
    expect((await engine.failure).message).toContain(`the log directory ${store.path}`)
    const failure = await engine.close()
    expect(failure?.message).toContain('the disk broke')
    expect(lines.filter((line) => line.includes('did not stop cleanly'))).toHaveLength(1)
  })
})

describe('a door', () => {
  it('is told of what is open, comes and goes, and of nothing once it is closed', async () => {
    const engine = await start(createMemoryLogStore())
    await create(engine, 'a', 2)
    const [one, other] = [notingDoor(), notingDoor()]
    await engine.logs.openDoor(one)
    expect(one.told).toEqual(['host a-0', 'host a-1'])
    await create(engine, 'b', 1)
    await engine.logs.openDoor(other)
    engine.logs.closeDoor(one)
    await engine.controller.deleteTopics({
      topics: [{ name: 'a', topicId: zeroUuid }],
      topicNames: [],
      timeoutMs: 1_000,
    })
    expect(one.told).toEqual(['host a-0', 'host a-1', 'host b-0'])
    expect(other.told).toEqual(['host a-0', 'host a-1', 'host b-0', 'unhost a-0', 'unhost a-1'])
  })

  it('is told of partitions that cannot be opened', async () => {
    const store = createMemoryLogStore()
    const first = await start(store)
    await create(first, 'a', 2)
    await first.close()
    const broken = onDisk(store.disk)
    const openPartition = broken.openPartition.bind(broken)
    broken.openPartition = (topic, partition, ...rest) =>
      topic === 'a' && partition === 0
        ? Promise.reject(new StorageError(ErrorCode.KAFKA_STORAGE_ERROR, 'no room'))
        : openPartition(topic, partition, ...rest)
    const engine = await start(broken)
    const door = notingDoor()
    await engine.logs.openDoor(door)
    expect(door.told).toEqual(['unavailable a-0', 'host a-1'])
  })
})
