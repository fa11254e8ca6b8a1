import { afterEach, describe, expect, it, vi } from 'vitest'
import { ErrorCode } from '../../src/protocol/error-codes.ts'
import { Log } from '../../src/queue/log.ts'
import type { LogError } from '../../src/queue/log-error.ts'
import type { NewRecord } from '../../src/queue/log-record.ts'
import { keyedPartition } from '../../src/record/keyed-partition.ts'
import { deserializers, serializers } from '../../src/record/serializer.ts'
import { type PartitionLog, StorageError } from '../../src/storage/log-store.ts'
import { NativePartitionLog } from '../../src/storage/native-log-store.ts'
import {
  all,
  batchesOf,
  cleanUp,
  logError,
  memoryStore,
  soon,
  temporaryFolder,
  valuesOf,
} from './fixture.ts'

afterEach(cleanUp)

/** Lets nobody know that the log is durable until it is ended. */
function heldFlush(log: PartitionLog): { end(): void } {
  let end = (): void => {}
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })
  const committed = log.committed.bind(log)
  log.committed = (offset) => ended.then(() => committed(offset))
  return { end }
}

const texts = (...values: readonly string[]): NewRecord[] => values.map((value) => ({ value }))

describe('append', () => {
  it('gives the offset, and keeps key, value, headers and timestamp', async () => {
    const { store } = await memoryStore()
    const log = await store.log('a')
    expect(await log.append({ value: 'first' })).toBe(0)
    const headers = [
      ['h', '1'],
      ['h', null],
    ] as const
    expect(await log.append({ key: 'k', value: null, headers, timestamp: 5 })).toBe(1)
    const [, record] = await all(log.read())
    expect(record).toMatchObject({ partition: 0, offset: 1, timestamp: 5, value: null })
    expect(record?.key?.toString()).toBe('k')
    expect(record?.headers).toEqual([
      { key: 'h', value: Buffer.from('1') },
      { key: 'h', value: null },
    ])
  })

  it('makes one batch of what comes in one turn, in order', async () => {
    const { store } = await memoryStore()
    const log = await store.log('a')
    const offsets = await Promise.all(texts('0', '1', '2').map((record) => log.append(record)))
    expect(offsets).toEqual([0, 1, 2])
    await log.append({ value: '3' })
    expect(await batchesOf(log.read())).toEqual(['0-2', '3-3'])
    expect(await valuesOf(log.read())).toEqual(['0', '1', '2', '3'])
  })

  it('gathers what comes while a flush is under way', async () => {
    const { store, partition } = await memoryStore()
    const log = await store.log('a')
    const flush = heldFlush(partition('a'))
    const first = log.append({ value: '0' })
    const others: Promise<number>[] = []
    for (const value of ['1', '2']) {
      expect(await soon(first)).toBe('waits')
      others.push(log.append({ value }))
    }
    expect(partition('a').logEndOffset()).toBe(1)
    flush.end()
    expect(await first).toBe(0)
    expect(await Promise.all(others)).toEqual([1, 2])
    expect(await batchesOf(log.read())).toEqual(['0-0', '1-2'])
  })

  it('keeps records that were given together in one batch, behind those before', async () => {
    const { store } = await memoryStore()
    const log = await store.log('a')
    const single = log.append({ value: '0' })
    const together = log.append(texts('1', '2'))
    expect(await Promise.all([single, together, log.append({ value: '3' })])).toEqual([0, 1, 3])
    expect(await batchesOf(log.read())).toEqual(['0-0', '1-2', '3-3'])
  })

  it('appends all of them or none', async () => {
    const { store } = await memoryStore()
    const log = await store.log('a', { configs: { 'max.message.bytes': '1000' } })
    const bad = [{ value: 'good' }, { value: undefined as never }]
    await expect(log.append(bad)).rejects.toEqual(logError('INVALID_RECORD', 'tombstone'))
    const large = texts('x'.repeat(500), 'y'.repeat(500))
    await expect(log.append(large)).rejects.toEqual(logError('MESSAGE_TOO_LARGE', '1000'))
    await expect(log.append([])).rejects.toEqual(logError('INVALID_RECORD'))
    expect(await log.append({ value: 'next' })).toBe(0)
  })

  it('takes a record of up to max.message.bytes, and no larger one', async () => {
    const { store } = await memoryStore()
    const log = await store.log('a', { configs: { 'max.message.bytes': '100000' } })
    const overhead = 61 + 11
    expect(await log.append({ value: 'x'.repeat(100_000 - overhead) })).toBe(0)
    const larger = log.append({ value: 'x'.repeat(100_000) })
    await expect(larger).rejects.toEqual(logError('MESSAGE_TOO_LARGE', 'max.message.bytes'))
    // One that others wait beside is refused alone.
    const [good, refused] = await Promise.allSettled([
      log.append({ value: 'good' }),
      log.append({ value: 'x'.repeat(100_000) }),
    ])
    expect([good.status, refused.status]).toEqual(['fulfilled', 'rejected'])
    expect(await log.append({ value: 'ü'.repeat(30_000) })).toBe(2)
    const lengths = (await valuesOf(log.read())).map((value) => value?.length)
    expect(lengths).toEqual([100_000 - overhead, 4, 30_000])
  })

  it('parts what is gathered into batches of 256 KiB', async () => {
    const { store } = await memoryStore()
    const log = await store.log('a')
    const value = 'x'.repeat(100_000)
    await Promise.all([1, 2, 3, 4, 5].map(() => log.append({ value })))
    expect(await batchesOf(log.read())).toEqual(['0-1', '2-3', '4-4'])
  })

  it.each<[string, unknown, string]>([
    ['null', null, 'null'],
    ['a number', 5, 'number'],
    ['without value', { key: 'k' }, 'tombstone'],
    ['with an object as value', { value: {} }, 'value'],
    ['with a number as key', { key: 1, value: 'v' }, 'key'],
    ['with bad headers', { value: 'v', headers: { h: 1 } }, 'headers'],
    ['with a bad timestamp', { value: 'v', timestamp: -1 }, 'timestamp'],
    ['of a far future', { value: 'v', timestamp: Date.now() + 1e9 }, 'after.max.ms'],
  ])('refuses a record that is %s', async (_what, record, words) => {
    const { store } = await memoryStore()
    const log = await store.log('a', { configs: { 'message.timestamp.after.max.ms': '3600000' } })
    await expect(log.append(record as NewRecord)).rejects.toEqual(logError('INVALID_RECORD', words))
    expect(log.endOffset()).toBe(0)
  })

  it('refuses a record without key where the log is compacted', async () => {
    const { store } = await memoryStore()
    const log = await store.log('a', { configs: { 'cleanup.policy': 'compact' } })
    await expect(log.append({ value: 'v' })).rejects.toEqual(logError('INVALID_RECORD', 'no key'))
    expect(await log.append({ key: 'k', value: 'v' })).toBe(0)
  })

  it('is ended by its signal', async () => {
    const { store } = await memoryStore()
    const log = await store.log('a')
    const why = new Error('enough')
    const ended = log.append({ value: 'v' }, { signal: AbortSignal.abort(why) })
    await expect(ended).rejects.toMatchObject({ code: 'LOG_CLOSED', cause: why })
    expect(log.endOffset()).toBe(0)
    const control = new AbortController()
    const late = log.append({ value: 'v' }, { signal: control.signal })
    control.abort(why)
    await expect(late).rejects.toMatchObject({ code: 'LOG_CLOSED', cause: why })
    expect(await log.append({ value: 'w' }, { signal: new AbortController().signal })).toBe(1)
  })
})

describe('durability', () => {
  it('is what a flush waits for, of all that was appended so far', async () => {
    const os = await Log.open(temporaryFolder(), { durability: 'os' })
    const flush = vi.spyOn(NativePartitionLog.prototype, 'flush')
    const appended = Promise.all([os.append({ value: '0' }), os.append(texts('1', '2'))])
    await os.flush()
    expect([await appended, flush.mock.calls.length]).toEqual([[0, 1], 1])
    await os.flush()
    expect(flush).toHaveBeenCalledOnce()
    await os.append({ value: '3' })
    flush.mockRejectedValueOnce(new StorageError(ErrorCode.KAFKA_STORAGE_ERROR, 'no'))
    await expect(os.flush()).rejects.toEqual(logError('DISK_FULL', 'no'))
    flush.mockRestore()
    await os.close()
    await expect(os.flush()).rejects.toEqual(logError('LOG_CLOSED'))
  })

  it('waits for the flush, or not, as the call says', async () => {
    const { store, partition } = await memoryStore()
    const log = await store.log('a')
    const held = heldFlush(partition('a'))
    expect(await log.append({ value: '0' }, { durability: 'os' })).toBe(0)
    const synced = log.append({ value: '1' })
    expect(await soon(synced)).toBe('waits')
    held.end()
    expect(await synced).toBe(1)
  })

  it('of a call syncs a log that is not synced by itself', async () => {
    const os = await Log.open(temporaryFolder(), { durability: 'os' })
    const flush = vi.spyOn(NativePartitionLog.prototype, 'flush')
    expect(await os.append({ value: '0' })).toBe(0)
    expect(await valuesOf(os.read())).toEqual(['0'])
    expect(flush).not.toHaveBeenCalled()
    expect(await os.append({ value: '1' }, { durability: 'fsync' })).toBe(1)
    expect(flush).toHaveBeenCalledOnce()
    flush.mockRestore()
    const bad = os.append({ value: '2' }, { durability: 'disk' as never })
    await expect(bad).rejects.toEqual(logError('INVALID_CONFIG', 'disk'))
    await os.close()
  })
})

describe('partitions', () => {
  it('take records by their key, as they say, or spread', async () => {
    const { store } = await memoryStore()
    const log = await store.log('a', { partitions: 3 })
    expect(log.partitions).toBe(3)
    const home = keyedPartition('key', 3)
    await log.append({ key: 'key', value: 'by key' })
    await log.append({ key: 'key', value: 'by number', partition: (home + 1) % 3 })
    expect(await valuesOf(log.read({ partition: home }))).toEqual(['by key'])
    expect(await valuesOf(log.read({ partition: (home + 1) % 3 }))).toEqual(['by number'])
    for (let i = 0; i < 3; i++) await Promise.all(texts('x', 'y').map((one) => log.append(one)))
    const ends = [0, 1, 2].map((partition) => log.endOffset(partition))
    expect(ends.toSorted()).toEqual([2, 3, 3])
  })

  it('of one append are one', async () => {
    const { store } = await memoryStore()
    const log = await store.log('a', { partitions: 2 })
    const mixed: NewRecord[] = [
      { value: '0', partition: 0 },
      { value: '1', partition: 1 },
    ]
    await expect(log.append(mixed)).rejects.toEqual(logError('INVALID_RECORD', 'several'))
    await log.append([{ value: '0', partition: 1 }, { value: '1' }])
    expect([log.endOffset(0), log.endOffset(1)]).toEqual([0, 2])
  })

  it('have to be named where there are several, and exist', async () => {
    const { store } = await memoryStore()
    const log = await store.log('a', { partitions: 2 })
    expect(() => log.read()).toThrow(/2 partitions/)
    expect(() => log.read({ partition: 2 })).toThrow(/no partition 2/)
    const bad = log.append({ value: 'v', partition: -1 })
    await expect(bad).rejects.toEqual(logError('INVALID_CONFIG', 'no partition -1'))
  })
})

describe('serializers', () => {
  it('make what is stored, and of it what is read', async () => {
    const { store } = await memoryStore()
    const log = await store.log('a', {
      keySerializer: serializers.string,
      valueSerializer: serializers.json,
      keyDeserializer: deserializers.string,
      valueDeserializer: deserializers.json,
    })
    await log.append({ key: 'k', value: { n: 1 } })
    await log.append({ value: null })
    const [first, second] = await all(log.read())
    expect(first).toMatchObject({ key: 'k', value: { n: 1 }, offset: 0, headers: [] })
    expect(second).toMatchObject({ key: null, value: null })
    const loop: Record<string, unknown> = {}
    loop['self'] = loop
    await expect(log.append({ value: loop })).rejects.toEqual(logError('INVALID_RECORD', 'value'))
  })

  it('that refuse what is stored end the reading there', async () => {
    const { store } = await memoryStore()
    const raw = await store.log('a')
    const log = await store.log('a', { valueDeserializer: deserializers.json })
    await raw.append(texts('1', '{', '3'))
    const reader = log.read()
    expect(await reader.next()).toMatchObject({ value: { value: 1 } })
    const refused = await reader.next().catch((error: LogError) => error)
    expect(refused).toMatchObject({ code: 'DESERIALIZATION_FAILED', cause: expect.any(Error) })
    expect(await reader.next()).toEqual({ done: true, value: undefined })
    expect(await all(log.read({ from: 2 }))).toMatchObject([{ value: 3 }])
  })
})

describe('compression', () => {
  it.each(['gzip', 'snappy', 'lz4', 'zstd'] as const)('by %s is undone when read', async (name) => {
    const { store, partition } = await memoryStore()
    const log = await store.log('a', { compression: name })
    const values = Array.from({ length: 100 }, (_, i) => `value ${i} ${'x'.repeat(50)}`)
    await log.append(texts(...values))
    expect(partition('a').sizeBytes()).toBeLessThan(2_500)
    expect(await valuesOf(log.read())).toEqual(values)
    expect(await valuesOf(log.read({ from: 40, to: 42 }))).toEqual(values.slice(40, 42))
  })
})

describe('offsetAt', () => {
  it.each(['none', 'zstd'] as const)('finds the first that is not older (%s)', async (codec) => {
    const { store } = await memoryStore()
    const log = await store.log('a', { compression: codec })
    await log.append([10, 20, 30].map((timestamp) => ({ value: 'v', timestamp })))
    await log.append([40, 50].map((timestamp) => ({ value: 'v', timestamp })))
    const found = await Promise.all([0, 10, 25, 31, 50, 51].map((time) => log.offsetAt(time)))
    expect(found).toEqual([0, 0, 2, 3, 4, undefined])
    await expect(log.offsetAt(Number.NaN)).rejects.toEqual(logError('INVALID_CONFIG'))
  })
})

describe('trim', () => {
  it('deletes from the start', async () => {
    const { store } = await memoryStore()
    const log = await store.log('a')
    await log.append(texts('0', '1', '2'))
    expect(await log.trim(2)).toBe(2)
    expect([log.startOffset(), log.endOffset()]).toEqual([2, 3])
    expect(await valuesOf(log.read())).toEqual(['2'])
    await expect(log.trim(4)).rejects.toEqual(logError('OFFSET_OUT_OF_RANGE'))
    await expect(log.trim(-1)).rejects.toEqual(logError('INVALID_CONFIG'))
    expect(await log.trim(1)).toBe(2)
  })
})

describe('close', () => {
  it('settles what is under way, ends readers, and refuses what comes', async () => {
    const { store } = await memoryStore()
    const log = await store.log('a')
    const waiting = log.read({ live: true }).next()
    const appended = log.append({ value: 'v' })
    expect(await waiting).toMatchObject({ value: { offset: 0 } })
    const reader = log.read({ from: 1, live: true })
    const ended = reader.next()
    const unread = log.read()
    await log.close()
    expect(await appended).toBe(0)
    expect(await ended).toEqual({ done: true, value: undefined })
    expect(await unread.next()).toEqual({ done: true, value: undefined })
    await expect(log.append({ value: 'w' })).rejects.toEqual(logError('LOG_CLOSED'))
    expect(() => log.read()).toThrow(/closed/)
    expect(await (await store.log('a')).append({ value: 'w' })).toBe(1)
  })
})
