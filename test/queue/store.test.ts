import { afterEach, describe, expect, it, vi } from 'vitest'
import { ErrorCode } from '../../src/protocol/error-codes.ts'
import { Log } from '../../src/queue/log.ts'
import { Store } from '../../src/queue/store.ts'
import { StorageError } from '../../src/storage/log-store.ts'
import { createMemoryLogStore } from '../../src/storage/memory-log-store.ts'
import { createLogger } from '../../src/telemetry/logger.ts'
import { cleanUp, logError, memoryStore, soon, temporaryFolder, valuesOf } from './fixture.ts'

afterEach(cleanUp)

describe('a store', () => {
  it('keeps its logs, with their records and options, from one opening to the next', async () => {
    const folder = temporaryFolder()
    const store = await Store.open(folder)
    expect(store.directory).toBe(folder)
    const first = await store.log('a', { partitions: 2, compression: 'gzip' })
    const second = await store.log('b', { durability: 'os', configs: { 'segment.ms': '60000' } })
    await first.append({ value: '1', partition: 1 })
    await second.append({ value: '2' })
    await store.close()

    await using again = await Store.open(folder)
    expect(again.names().toSorted()).toEqual(['a', 'b'])
    const log = await again.log('a')
    expect(log.partitions).toBe(2)
    expect(await valuesOf(log.read({ partition: 1 }))).toEqual(['1'])
    expect(await valuesOf((await again.log('b')).read())).toEqual(['2'])
  })

  it('lets options change a log that exists, but not take partitions away', async () => {
    const { store, partition } = await memoryStore()
    const first = await store.log('a', { partitions: 2 })
    const configure = vi.spyOn(partition('a', 1), 'configure')
    const wider = await store.log('a', { partitions: 3, durability: 'os' })
    // What is open of it is the same log.
    expect([first.partitions, wider.partitions]).toEqual([3, 3])
    expect(configure).toHaveBeenCalledWith(
      expect.objectContaining({ flushMessages: Number.POSITIVE_INFINITY }),
    )
    const fewer = store.log('a', { partitions: 1 })
    await expect(fewer).rejects.toEqual(logError('INVALID_CONFIG', '3 partitions'))
    const configs = { 'retention.ms': 'soon' }
    await expect(store.log('a', { configs })).rejects.toEqual(
      logError('INVALID_CONFIG', 'retention'),
    )
    await expect(store.log('b', { configs })).rejects.toEqual(
      logError('INVALID_CONFIG', 'retention'),
    )
    expect(await (await store.log('a')).append({ value: 'v', partition: 2 })).toBe(0)
  })

  it('makes one log of several openings at once, which append to the same batch', async () => {
    const { store } = await memoryStore()
    const logs = await Promise.all([1, 2, 3].map(() => store.log('a')))
    const offsets = await Promise.all(logs.map((log) => log.append({ value: 'v' })))
    expect(offsets.toSorted()).toEqual([0, 1, 2])
    await logs[0]?.close()
    expect(await logs[1]?.append({ value: 'w' })).toBe(3)
  })

  it('keeps everything in a new log, unless it is told otherwise', async () => {
    const { store, memory } = await memoryStore()
    const set = vi.fn()
    const openPartition = memory.openPartition.bind(memory)
    memory.openPartition = (topic, partition, id, config) => {
      set(topic, config)
      return openPartition(topic, partition, id, config)
    }
    await store.log('a')
    await store.log('b', { configs: { 'retention.ms': '1000' } })
    const bounds = { retentionBytes: Number.POSITIVE_INFINITY, flushMessages: 1 }
    expect(set).toHaveBeenCalledWith(
      'a',
      expect.objectContaining({ ...bounds, retentionMs: Number.POSITIVE_INFINITY }),
    )
    expect(set).toHaveBeenCalledWith('b', expect.objectContaining({ ...bounds, retentionMs: 1000 }))
  })

  const taken = ['__consumer_offsets', '__cluster_metadata', '__odradek_queues']
  it.each([...taken, '', 'a b', '..', 5])('has no log of the name %j', async (name) => {
    const { store } = await memoryStore()
    await expect(store.log(name as string)).rejects.toEqual(logError('INVALID_CONFIG'))
  })

  it.each([
    ['partitions', { partitions: 0 }],
    ['durability', { durability: 'memory' }],
    ['compression', { compression: 'zip' }],
    ['configs', { configs: { 'retention.ms': 5 } }],
    ['keySerializer', { keySerializer: 'json' }],
    ['partition', { partition: 1 }],
  ])('refuses a wrong option %s', async (name, options) => {
    const { store } = await memoryStore()
    const refused = store.log('a', options as never)
    await expect(refused).rejects.toEqual(logError('INVALID_CONFIG', `'${name}'`))
    expect(store.names()).toEqual([])
  })

  it('is open once, and not in the place of another node', async () => {
    const folder = temporaryFolder()
    const store = await Store.open(folder, { configs: { 'node.id': '7' } })
    const configs = { 'node.id': '7' }
    const twice = Store.open(folder, { configs })
    await expect(twice).rejects.toEqual(logError('NOT_OPENED', 'open'))
    await store.close()
    await expect(Store.open(folder)).rejects.toEqual(logError('NOT_OPENED', 'node.id=7'))
    const unknown = Store.open(folder, { config: {} } as never)
    await expect(unknown).rejects.toEqual(logError('INVALID_CONFIG', "'config'"))
    const wrong = Store.open(folder, { configs: { 'node.id': 'x' } })
    await expect(wrong).rejects.toEqual(logError('INVALID_CONFIG', 'node.id'))
    await (await Store.open(folder, { configs })).close()
  })

  it('tells who is under way when it closes that it is closed', async () => {
    const { store, partition } = await memoryStore()
    const log = await store.log('a')
    const refusal = new StorageError(ErrorCode.KAFKA_STORAGE_ERROR, 'the log is closed')
    let refuse = (): void => {}
    vi.spyOn(partition('a'), 'lookupTimestamp').mockReturnValue(
      new Promise((_, reject) => {
        refuse = () => reject(refusal)
      }),
    )
    const found = log.offsetAt(1)
    await store.close()
    refuse()
    await expect(found).rejects.toMatchObject({ code: 'LOG_CLOSED', cause: refusal })
  })

  it('takes nothing any more once it is closed, and closes once', async () => {
    const { store } = await memoryStore()
    const log = await store.log('a')
    const appended = log.append({ value: 'v' })
    const closing = store.close()
    expect(store.close()).toBe(closing)
    expect(await appended).toBe(0)
    await closing
    await expect(log.append({ value: 'w' })).rejects.toEqual(logError('LOG_CLOSED'))
    await expect(store.log('b')).rejects.toEqual(logError('LOG_CLOSED'))
  })

  it('tells its logger', async () => {
    const lines: string[] = []
    const logger = createLogger({ write: (line) => lines.push(line), now: Date.now, level: 'info' })
    const memory = createMemoryLogStore()
    await memoryStore(memory, { logger })
    memory.goOffline('the disk broke')
    expect(lines.join()).toContain('the disk broke')
  })
})

describe('a log in a directory of its own', () => {
  it('closes the directory with it', async () => {
    const folder = temporaryFolder()
    const log = await Log.open(folder, { name: 'audit', partitions: 2 })
    expect(log.name).toBe('audit')
    await log.append({ value: 'v', partition: 1 })
    await log.close()
    await using again = await Log.open(folder, { name: 'audit' })
    expect(await valuesOf(again.read({ partition: 1 }))).toEqual(['v'])
  })

  it('leaves the directory free where it cannot be opened', async () => {
    const folder = temporaryFolder()
    const refused = Log.open(folder, { configs: { nonsense: '1' } })
    await expect(refused).rejects.toEqual(logError('INVALID_CONFIG', 'nonsense'))
    await (await Log.open(folder)).close()
    const unknown = Log.open(folder, { topic: 'a' } as never)
    await expect(unknown).rejects.toEqual(logError('INVALID_CONFIG', "'topic'"))
    const taken = Log.open(folder, { name: '__odradek_queues' })
    await expect(taken).rejects.toEqual(logError('INVALID_CONFIG', 'is taken'))
  })
})

describe('a disk', () => {
  it('that is full refuses appends, and takes them again when it has room', async () => {
    const { store, partition } = await memoryStore()
    const log = await store.log('a')
    await log.append({ value: '0' })
    const append = vi.spyOn(partition('a'), 'append').mockImplementation(() => {
      throw new StorageError(ErrorCode.KAFKA_STORAGE_ERROR, 'the disk is full')
    })
    const refused = await Promise.allSettled([
      log.append({ value: '1' }),
      log.append({ value: '2' }, { durability: 'os' }),
      log.append([{ value: '3' }]),
    ])
    for (const one of refused) {
      expect(one).toMatchObject({ reason: { code: 'DISK_FULL', retriable: true } })
    }
    append.mockRestore()
    expect(await log.append({ value: '4' })).toBe(1)
    expect(await valuesOf(log.read())).toEqual(['0', '4'])
  })

  it('that fails closes the store, with its sentence', async () => {
    const { store, memory, partition } = await memoryStore()
    const log = await store.log('a')
    await log.append({ value: '0' })
    const committed = vi.spyOn(partition('a'), 'committed').mockImplementation(async () => {
      memory.goOffline('flush of a-0/0.log failed')
      throw new StorageError(ErrorCode.KAFKA_STORAGE_ERROR, 'the log went out of service')
    })
    const failed = logError('LOG_FAILED', 'a-0/0.log')
    await expect(log.append({ value: '1' })).rejects.toEqual(failed)
    expect(committed).toHaveBeenCalledOnce()
    expect(await soon(log.append({ value: '2' }))).toBe('LOG_FAILED')
    await expect(store.log('b')).rejects.toEqual(failed)
    await expect(store.close()).rejects.toEqual(failed)
    await expect(log.append({ value: '3' })).rejects.toEqual(failed)
  })
})
