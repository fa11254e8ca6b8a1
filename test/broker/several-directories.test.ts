/** A broker on several log directories, in memory: placement, failures, refusals. */
import { afterEach, describe, expect, test } from 'vitest'
import { systemTimers, type Timers } from '../../src/base/clock.ts'
import type { BrokerOptions } from '../../src/broker/options.ts'
import { ResourceType } from '../../src/metadata/image.ts'
import { ErrorCode } from '../../src/protocol/error-codes.ts'
import { listOffsetsApi } from '../../src/protocol/generated/02-list-offsets.ts'
import { metadataApi } from '../../src/protocol/generated/03-metadata.ts'
import { offsetCommitApi } from '../../src/protocol/generated/08-offset-commit.ts'
import { findCoordinatorApi } from '../../src/protocol/generated/10-find-coordinator.ts'
import { joinGroupApi } from '../../src/protocol/generated/11-join-group.ts'
import { listGroupsApi } from '../../src/protocol/generated/16-list-groups.ts'
import { createTopicsApi } from '../../src/protocol/generated/19-create-topics.ts'
import { deleteTopicsApi } from '../../src/protocol/generated/20-delete-topics.ts'
import type { LogStore } from '../../src/storage/log-store.ts'
import { StorageError } from '../../src/storage/log-store.ts'
import {
  createMemoryLogStore,
  type MemoryDisk,
  type MemoryLogStore,
} from '../../src/storage/memory-log-store.ts'
import { startedController } from '../controller/harness.ts'
import { startTestBroker, type TestBroker } from './fixture.ts'

/** Disks by the path of their directory; they outlive the brokers. */
type Disks = Map<string, MemoryDisk>

interface Running extends TestBroker {
  readonly stores: Map<string, MemoryLogStore>
}

const a = '/nonexistent/several/a'
const b = '/nonexistent/several/b'
const c = '/nonexistent/several/c'
const open: Running[] = []

afterEach(async () => {
  for (const { broker } of open.splice(0)) await broker.stop().catch(() => undefined)
})

async function start(
  disks: Disks,
  paths: readonly string[],
  more: Record<string, string> = {},
  broken: readonly string[] = [],
  damage: (path: string, store: MemoryLogStore) => void = () => {},
  timers: Timers = systemTimers,
): Promise<Running> {
  const stores = new Map<string, MemoryLogStore>()
  const openStore = async (path: string): Promise<LogStore> => {
    if (broken.includes(path)) throw new StorageError(ErrorCode.KAFKA_STORAGE_ERROR, 'it is broken')
    const disk = disks.get(path)
    const store = createMemoryLogStore(disk === undefined ? { path } : { disk, path })
    disks.set(path, store.disk)
    stores.set(path, store)
    damage(path, store)
    return store
  }
  const options: BrokerOptions = {
    configs: { 'log.dirs': paths.join(','), ...more },
    environment: { openStore, timers },
  }
  const running = { ...(await startTestBroker(options)), stores }
  open.push(running)
  return running
}

async function create(running: TestBroker, name: string, partitions: number): Promise<number> {
  const topic = { name, numPartitions: partitions, replicationFactor: -1 }
  const request = { topics: [{ ...topic, assignments: [], configs: [] }], timeoutMs: 10_000 }
  const { topics } = await running.plane.send(createTopicsApi, 7, request)
  return topics[0]?.errorCode ?? -1
}

async function remove(running: TestBroker, name: string): Promise<void> {
  await running.plane.send(deleteTopicsApi, 5, { topicNames: [name], timeoutMs: 10_000 })
}

/** Partitions as a client sees them: leader, offline replicas. */
async function seen(running: TestBroker, name: string): Promise<string[]> {
  const request = { topics: [{ name }], allowAutoTopicCreation: false }
  const { topics } = await running.plane.send(metadataApi, 9, request)
  return (topics[0]?.partitions ?? [])
    .map(
      (one) => `${one.partitionIndex}: ${one.leaderId} [${one.offlineReplicas}] ${one.errorCode}`,
    )
    .sort()
}

const fine = (index: number): string => `${index}: 1 [] 0`
const offline = (index: number): string => `${index}: -1 [1] ${ErrorCode.LEADER_NOT_AVAILABLE}`

/** The directory works, so that nothing is told of the replica. */
const leaderless = (index: number): string => offline(index).replace('[1]', '[]')

async function latestOf(running: TestBroker, name: string, partitionIndex: number) {
  const partitions = [{ partitionIndex, timestamp: -1 }]
  const request = { replicaId: -1, topics: [{ name, partitions }] }
  const { topics } = await running.plane.send(listOffsetsApi, 5, request)
  return topics[0]?.partitions[0]?.errorCode
}

const foldersOf = (disks: Disks, path: string): string[] =>
  [...(disks.get(path)?.partitions.keys() ?? [])].sort()

describe('partitions', () => {
  test('go where the fewest are, the metadata log not counted, and stay there', async () => {
    const disks: Disks = new Map()
    const first = await start(disks, [a, b])
    expect(first.broker.dataDirectories).toEqual([a, b])
    await create(first, 'x', 3)
    await create(first, 'y', 1)
    expect(foldersOf(disks, a)).toEqual(['__cluster_metadata-0', 'x-0', 'x-2'])
    expect(foldersOf(disks, b)).toEqual(['x-1', 'y-0'])
    await remove(first, 'x')
    await create(first, 'z', 3)
    expect(foldersOf(disks, a)).toEqual(['__cluster_metadata-0', 'z-0', 'z-1'])
    expect(foldersOf(disks, b)).toEqual(['y-0', 'z-2'])
    await first.broker.stop()

    const properties = [a, b].map((path) => disks.get(path)?.properties)
    expect(properties[0]?.clusterId).toBe(properties[1]?.clusterId)
    expect(properties[0]?.directoryId).not.toBe(properties[1]?.directoryId)
    const second = await start(disks, [a, b, c])
    expect(second.lines.join()).not.toContain('not clean')
    expect(await seen(second, 'z')).toEqual([fine(0), fine(1), fine(2)])
    await create(second, 'new', 1)
    expect(foldersOf(disks, c)).toEqual(['new-0'])
  })

  test('go to no directory that is cordoned, and to no broker that has no other', async () => {
    const disks: Disks = new Map()
    const running = await start(disks, [a, b], { 'cordoned.log.dirs': b })
    await create(running, 'x', 3)
    expect(foldersOf(disks, b)).toEqual([])
    await running.broker.stop()
    const full = await start(disks, [a, b], { 'cordoned.log.dirs': '*' })
    expect(await create(full, 'y', 1)).toBe(ErrorCode.INVALID_REPLICATION_FACTOR)
    expect(await seen(full, 'x')).toEqual([fine(0), fine(1), fine(2)])
  })

  test('nor to one that the metadata log says is cordoned', async () => {
    const disks: Disks = new Map()
    const first = await start(disks, [a, b], { 'metadata.log.dir': c })
    await first.broker.stop()
    const { controller, store } = await startedController(disks.get(c))
    const value = { name: 'cordoned.log.dirs', configOperation: 0, value: a }
    const resources = [{ resourceType: ResourceType.BROKER, resourceName: '1', configs: [value] }]
    const [altered] = await controller.alterConfigs({ resources, validateOnly: false })
    expect(altered).toMatchObject({ errorCode: 0 })
    await controller.close()
    await store.close()

    const second = await start(disks, [a, b], { 'metadata.log.dir': c })
    await create(second, 'x', 2)
    expect(foldersOf(disks, a)).toEqual([])
    expect(foldersOf(disks, b)).toEqual(['x-0', 'x-1'])
  })

  test('are led again where they are found, wherever they were', async () => {
    const disks: Disks = new Map()
    const first = await start(disks, [a, b])
    await create(first, 'x', 2)
    await first.broker.stop()
    const moved = disks.get(b)?.partitions.get('x-1')
    if (moved === undefined) throw new Error('x-1 is in b')
    disks.get(b)?.partitions.delete('x-1')
    disks.set(c, { ...createMemoryLogStore().disk, clean: true })
    const second = await start(disks, [a, c])
    await second.broker.stop()
    disks.get(c)?.partitions.set('x-1', moved)
    const third = await start(disks, [a, c])
    expect(await seen(third, 'x')).toEqual([fine(0), fine(1)])
    expect(third.stores.get(c)?.find('x', 1)?.online()).toBe(true)
  })

  test('keep their metadata log apart where metadata.log.dir says so', async () => {
    const disks: Disks = new Map()
    const running = await start(disks, [a, b], { 'metadata.log.dir': c })
    await create(running, 'x', 4)
    expect(foldersOf(disks, a)).toEqual(['x-0', 'x-2'])
    expect(foldersOf(disks, b)).toEqual(['x-1', 'x-3'])
    expect(foldersOf(disks, c)).toEqual(['__cluster_metadata-0'])
    expect(running.broker.dataDirectory).toBe(c)
  })
})

describe('a new directory that cannot be told whose it is', () => {
  const unwritable =
    (...paths: readonly string[]) =>
    (path: string, store: MemoryLogStore): void => {
      if (!paths.includes(path)) return
      store.format = () =>
        Promise.reject(new StorageError(ErrorCode.KAFKA_STORAGE_ERROR, 'no space left'))
    }

  test('is missing from then on, and let go of; the others go on', async () => {
    const disks: Disks = new Map()
    const running = await start(disks, [a, b], {}, [], unwritable(b))
    expect(running.lines.filter((line) => line.includes(b))).toEqual([
      expect.stringContaining('no space left'),
    ])
    await create(running, 'x', 2)
    expect(foldersOf(disks, a)).toEqual(['__cluster_metadata-0', 'x-0', 'x-1'])
    expect(await seen(running, 'x')).toEqual([fine(0), fine(1)])
    await running.broker.stop()
    const second = await start(disks, [a, b])
    await create(second, 'y', 2)
    expect(foldersOf(disks, b)).toEqual(['y-0', 'y-1'])
  })

  test('ends the start where nothing else could hold partitions, or the metadata log', async () => {
    for (const [broken, more] of [
      [[a], {}],
      [[a, b], { 'metadata.log.dir': c }],
    ] as const) {
      const running = start(new Map(), [a, b], more, [], unwritable(...broken))
      await expect(running).rejects.toThrow('no space left')
    }
  })
})

describe('a directory that fails while the broker runs', () => {
  test('takes its partitions offline with one line, the others go on', async () => {
    const disks: Disks = new Map()
    const running = await start(disks, [a, b])
    await create(running, 'x', 2)
    running.stores.get(b)?.goOffline('a write failed: /b/x-1: Input/output error')
    await expect.poll(() => seen(running, 'x')).toEqual([fine(0), offline(1)])
    expect(running.lines.filter((line) => line.includes('ERROR'))).toEqual([
      expect.stringMatching(`The log directory ${b} is offline, and its partitions.*output error`),
    ])
    expect(await latestOf(running, 'x', 1)).toBe(ErrorCode.KAFKA_STORAGE_ERROR)
    expect(await latestOf(running, 'x', 0)).toBe(0)
    // Who knows of the new epoch is answered by the failed log, not refused for the epoch.
    expect(running.plane.hosted.get('x-1')?.leaderEpoch).toBe(1)
    await create(running, 'y', 2)
    expect(foldersOf(disks, a)).toEqual(['__cluster_metadata-0', 'x-0', 'y-0', 'y-1'])
    await remove(running, 'x')
    expect(foldersOf(disks, b)).toEqual(['x-1'])
    await running.broker.stop()
    expect(disks.get(a)?.clean).toBe(true)
    expect(disks.get(b)?.clean).toBe(false)
  })

  test('has groups without a coordinator, and others with theirs', async () => {
    const running = await start(new Map(), [a, b])
    await running.plane.send(findCoordinatorApi, 0, { key: 'any' })
    const partition = { partitionIndex: 0, committedOffset: 1, committedMetadata: '' }
    const topics = [{ name: 'x', partitions: [partition] }]
    const commit = async (groupId: string): Promise<number | undefined> => {
      const answer = await running.plane.send(offsetCommitApi, 2, { groupId, topics })
      return answer.topics[0]?.partitions[0]?.errorCode
    }
    await create(running, 'x', 1)
    const groups = Array.from({ length: 8 }, (_, i) => `group-${i}`)
    for (const group of groups) expect(await commit(group)).toBe(0)
    running.stores.get(b)?.goOffline('the disk is gone')
    const codes = new Set<number | undefined>()
    for (const group of groups) codes.add(await commit(group))
    expect([...codes].sort()).toEqual([0, ErrorCode.NOT_COORDINATOR])
  })

  test('tells whoever waits in a group that its coordinator is gone', async () => {
    const running = await start(new Map(), [a, b], { 'group.initial.rebalance.delay.ms': '60000' })
    await running.plane.send(findCoordinatorApi, 0, { key: 'any' })
    const member = { sessionTimeoutMs: 10_000, rebalanceTimeoutMs: 10_000, memberId: '' }
    const protocol = { protocolType: 'x', protocols: [{ name: 'p', metadata: new Uint8Array() }] }
    const joins = Array.from({ length: 8 }, async (_, at) => {
      const request = { ...member, ...protocol, groupId: `group-${at}` }
      return (await running.plane.send(joinGroupApi, 3, request, 100 + at)).errorCode
    })
    const waiting = async (): Promise<number> => {
      const { groups } = await running.plane.send(listGroupsApi, 0, {})
      return groups.length
    }
    await expect.poll(waiting).toBe(joins.length)
    running.stores.get(b)?.goOffline('the disk is gone')
    const first = await Promise.race(joins)
    expect(first).toBe(ErrorCode.NOT_COORDINATOR)
  })

  test('leads its partitions again at the next start', async () => {
    const disks: Disks = new Map()
    const first = await start(disks, [a, b])
    await create(first, 'x', 2)
    first.stores.get(b)?.goOffline('the disk is gone')
    await expect.poll(() => seen(first, 'x')).toEqual([fine(0), offline(1)])
    await first.broker.stop()
    const second = await start(disks, [a, b])
    expect(await seen(second, 'x')).toEqual([fine(0), fine(1)])
    const lines = second.lines.filter((line) => line.includes('not clean'))
    expect(lines).toEqual([
      expect.stringMatching(`The last stop of ${b} was not clean: .* in [0-9]+ ms\\.$`),
    ])
  })

  test('while a topic is made in it, has the topic without a leader there', async () => {
    const fail = (path: string, store: MemoryLogStore): void => {
      if (path !== b) return
      store.openPartition = async () => {
        store.goOffline('the disk is gone')
        throw new StorageError(ErrorCode.KAFKA_STORAGE_ERROR, store.offlineReason())
      }
    }
    const running = await start(new Map(), [a, b], {}, [], fail)
    expect(await create(running, 'x', 2)).toBe(0)
    await expect.poll(() => seen(running, 'x')).toEqual([fine(0), offline(1)])
    expect([...running.plane.unavailable]).toEqual(['x-1'])
    expect(await latestOf(running, 'x', 1)).toBe(ErrorCode.KAFKA_STORAGE_ERROR)
    expect(running.lines.filter((line) => line.includes('ERROR'))).toEqual([
      expect.stringContaining(`The log directory ${b} is offline`),
    ])
    await remove(running, 'x')
    expect(await create(running, 'x', 2)).toBe(0)
    expect(await seen(running, 'x')).toEqual([fine(0), fine(1)])
  })

  test('while a topic is deleted from it, keeps the folder, which is set aside', async () => {
    const disks: Disks = new Map()
    const first = await start(disks, [a, b])
    await create(first, 'x', 2)
    const store = first.stores.get(b)
    if (store === undefined) throw new Error('b is open')
    store.deletePartition = async () => {
      store.goOffline('the disk is gone')
      throw new StorageError(ErrorCode.KAFKA_STORAGE_ERROR, store.offlineReason())
    }
    await remove(first, 'x')
    expect(first.lines.join()).toContain('The folder of x-1, which is deleted, stays until the')
    expect(await seen(first, 'x')).toEqual([])
    expect(await create(first, 'y', 1)).toBe(0)
    await first.broker.stop()
    const second = await start(disks, [a, b])
    expect(second.lines.join()).toContain(`Set aside x-1 of ${b}`)
    expect(foldersOf(disks, b)).toEqual([])
  })

  test.each([
    ['holds the metadata log', a, [a, b], {}],
    ['is the only one', a, [a], {}],
    ['is the last for partitions', b, [b], { 'metadata.log.dir': a }],
  ])('and %s stops the broker', async (_, fails, paths, more) => {
    const running = await start(new Map(), paths, more)
    running.stores.get(fails)?.goOffline('the disk is gone')
    expect((await running.broker.failure).message).toMatch(/^The broker stops: /)
    await running.broker.stop().catch(() => undefined)
    expect(running.plane.stopped).toBe(true)
    expect(running.lines.join('\n')).toContain(`${fails} is offline`)
  })
})

describe('a topic that was deleted and made anew while a directory was not there', () => {
  async function withStale(): Promise<Disks> {
    const disks: Disks = new Map()
    const first = await start(disks, [a, b], { 'metadata.log.dir': c })
    await create(first, 'x', 2)
    first.stores.get(b)?.goOffline('the disk is gone')
    await expect.poll(() => seen(first, 'x')).toEqual([fine(0), offline(1)])
    await remove(first, 'x')
    await create(first, 'x', 2)
    await first.broker.stop()
    expect(foldersOf(disks, a)).toEqual(['x-0', 'x-1'])
    expect(foldersOf(disks, b)).toEqual(['x-1'])
    return disks
  }

  test.each([
    [a, b],
    [b, a],
  ])('has the folder of the old one set aside, with %s named first', async (...paths) => {
    const disks = await withStale()
    const second = await start(disks, paths, { 'metadata.log.dir': c })
    expect(await seen(second, 'x')).toEqual([fine(0), fine(1)])
    expect(foldersOf(disks, a)).toEqual(['x-0', 'x-1'])
    expect(foldersOf(disks, b)).toEqual([])
    expect([...(disks.get(b)?.strays.keys() ?? [])]).toEqual(['x-1'])
    expect(second.lines.join()).toContain(`Set aside x-1 of ${b}, which the metadata does not name`)
  })

  test('is not made anew in the place of that folder', async () => {
    const disks = await withStale()
    const second = await start(disks, [a, b], { 'metadata.log.dir': c }, [a])
    expect(await seen(second, 'x')).toEqual([offline(0), offline(1)])
    expect(foldersOf(disks, b)).toEqual([])
    await second.broker.stop()
    const third = await start(disks, [a, b], { 'metadata.log.dir': c })
    expect(await seen(third, 'x')).toEqual([fine(0), fine(1)])
  })
})

describe('a directory that does not work at the start', () => {
  test('is left out with its partitions, until it works again', async () => {
    const disks: Disks = new Map()
    const first = await start(disks, [a, b])
    await create(first, 'x', 2)
    await first.broker.stop()

    const second = await start(disks, [a, b], {}, [b])
    expect(second.lines.join('\n')).toContain(`The log directory ${b} is offline`)
    expect(second.lines.join('\n')).toContain('The partition x-1 cannot be used: its log directory')
    expect(await seen(second, 'x')).toEqual([fine(0), offline(1)])
    expect(await latestOf(second, 'x', 1)).toBe(ErrorCode.KAFKA_STORAGE_ERROR)
    await create(second, 'y', 2)
    expect(foldersOf(disks, a)).toEqual(['__cluster_metadata-0', 'x-0', 'y-0', 'y-1'])
    await second.broker.stop()

    const third = await start(disks, [a, b])
    expect(await seen(third, 'x')).toEqual([fine(0), fine(1)])
  })

  test('or is not named any more, keeps its partitions: none is made anew', async () => {
    const disks: Disks = new Map()
    const first = await start(disks, [a, b])
    await create(first, 'x', 2)
    await first.broker.stop()
    const second = await start(disks, [a, c])
    expect(await seen(second, 'x')).toEqual([fine(0), offline(1)])
    expect(foldersOf(disks, c)).toEqual([])
  })

  test('or fails before it is registered refuses the start where it is the last', async () => {
    const disks: Disks = new Map()
    const first = await start(disks, [b], { 'metadata.log.dir': a })
    await first.broker.stop()
    const fail = (path: string, store: MemoryLogStore): void => {
      if (path === b) store.goOffline('the disk is gone')
    }
    const second = start(disks, [b], { 'metadata.log.dir': a }, [], fail)
    await expect(second).rejects.toThrow('Every log directory failed during the start: the disk')
  })

  test.each([
    ['holds the metadata log', [a, b], [a]],
    ['is the only one', [a], [a]],
  ])('and %s refuses the start', async (_, paths, broken) => {
    await expect(start(new Map(), paths, {}, broken)).rejects.toThrow('it is broken')
  })
})

describe('partitions that cannot be opened', () => {
  test('are refused alone, with one line, and led again when they can be', async () => {
    const disks: Disks = new Map()
    const first = await start(disks, [a, b])
    await create(first, 'x', 4)
    await first.broker.stop()
    const damage = (path: string, store: MemoryLogStore): void => {
      const openPartition = store.openPartition.bind(store)
      store.openPartition = async (topic, partition, ...rest) => {
        if (topic !== 'x' || partition === 2) return openPartition(topic, partition, ...rest)
        throw new StorageError(ErrorCode.KAFKA_STORAGE_ERROR, `${path} has a damaged segment`)
      }
    }
    const second = await start(disks, [a, b], {}, [], damage)
    expect(await seen(second, 'x')).toEqual([leaderless(0), leaderless(1), fine(2), leaderless(3)])
    expect(second.lines.filter((line) => line.includes('ERROR'))).toEqual([
      expect.stringContaining(`The partition x-0 cannot be used: ${a} has a damaged segment`),
      expect.stringContaining(`The partition x-1 and 1 more cannot be used: ${b} has a damaged`),
    ])
    expect(await latestOf(second, 'x', 0)).toBe(ErrorCode.KAFKA_STORAGE_ERROR)
    await second.broker.stop()
    const third = await start(disks, [a, b])
    expect(await seen(third, 'x')).toEqual([fine(0), fine(1), fine(2), fine(3)])
  })
})

test('a topic that is created on a full disk is led once there is room', async () => {
  let isFull = true
  const fill = (_: string, store: MemoryLogStore): void => {
    const openPartition = store.openPartition.bind(store)
    store.openPartition = async (topic, ...rest) => {
      if (topic !== 'x' || !isFull) return openPartition(topic, ...rest)
      throw new StorageError(ErrorCode.KAFKA_STORAGE_ERROR, 'the disk is full')
    }
  }
  const retries: (() => void)[] = []
  const timers: Timers = {
    ...systemTimers,
    setTimeout: (callback, delayMs) => {
      if (delayMs !== 5_000) return systemTimers.setTimeout(callback, delayMs)
      return retries.push(callback)
    },
    clear: (handle) => (typeof handle === 'number' ? undefined : systemTimers.clear(handle)),
  }
  const running = await start(new Map(), [a], {}, [], fill, timers)
  expect(await create(running, 'x', 2)).toBe(0)
  expect([...running.plane.unavailable].sort()).toEqual(['x-0', 'x-1'])
  expect(await latestOf(running, 'x', 0)).toBe(ErrorCode.KAFKA_STORAGE_ERROR)
  retries.shift()?.()
  await expect.poll(() => retries.length).toBe(1)
  expect(running.lines.filter((line) => line.includes('cannot be used'))).toHaveLength(1)
  isFull = false
  retries.shift()?.()
  await expect.poll(() => running.plane.hosted.size).toBe(2)
  expect(running.plane.unavailable.size).toBe(0)
  expect(await latestOf(running, 'x', 0)).toBe(0)
})

describe('a start is refused', () => {
  test('when one partition is in two directories', async () => {
    const disks: Disks = new Map()
    const first = await start(disks, [a, b])
    await create(first, 'x', 1)
    await first.broker.stop()
    const state = disks.get(a)?.partitions.get('x-0')
    if (state === undefined) throw new Error('x-0 is in a')
    disks.get(b)?.partitions.set('x-0', state)
    await expect(start(disks, [a, b])).rejects.toThrow(
      `x-0 is in ${a} and in ${b}, and only one can be right; move one of the two folders away.`,
    )
  })

  test('when the metadata log is in another directory than the first', async () => {
    const disks: Disks = new Map()
    const first = await start(disks, [a, b])
    await first.broker.stop()
    await expect(start(disks, [b, a])).rejects.toThrow(
      `${a} holds a metadata log, which is to be in ${b}; name the right directory first`,
    )
    const again = await start(disks, [b, a], { 'metadata.log.dir': a })
    expect(await create(again, 'x', 1)).toBe(0)
  })
})
