/** A log that is shared, as it is read on the engine of its owner. Other threads: conformance. */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { Log } from '../../src/queue/log.ts'
import { LogReader } from '../../src/queue/log-reader.ts'
import { Store } from '../../src/queue/store.ts'
import { deserializers, serializers } from '../../src/record/serializer.ts'
import { all, batchesOf, cleanUp, logError, soon, temporaryFolder, valuesOf } from './fixture.ts'

afterEach(cleanUp)

const closed = logError('LOG_CLOSED')

describe('a shared log', () => {
  it('is read as its owner reads it, and has nothing to write with', async () => {
    await using log = await Log.open(temporaryFolder())
    await log.append([{ value: '0', timestamp: 10 }])
    await log.append(['1', '2'].map((value) => ({ value, timestamp: 20 })))
    await log.append([{ value: '3', timestamp: 30 }])
    const shared = structuredClone(log.share())
    await using reader = await LogReader.open(shared)
    expect(reader).toMatchObject({ name: 'log', partitions: 1 })
    expect('append' in reader || 'trim' in reader || 'flush' in reader).toBe(false)
    expect([reader.startOffset(), reader.endOffset()]).toEqual([0, 4])
    expect(await valuesOf(reader.read())).toEqual(['0', '1', '2', '3'])
    expect(await valuesOf(reader.read({ from: 1, to: 3 }))).toEqual(['1', '2'])
    expect(await batchesOf(reader.read({ from: 1 }))).toEqual(['1-2', '3-3'])
    expect(await reader.offsetAt(11)).toBe(1)
    expect(await reader.offsetAt(31)).toBeUndefined()
    await log.trim(2)
    expect(reader.startOffset()).toBe(2)
    expect(() => reader.read({ from: 1 })).toThrow(logError('OFFSET_OUT_OF_RANGE', '2 up to 4'))
    await expect(reader.offsetAt(1.5)).rejects.toEqual(logError('INVALID_CONFIG'))
  })

  it('gives what the deserializers of the reader make, compressed or not', async () => {
    const folder = temporaryFolder()
    const options = { compression: 'gzip', valueSerializer: serializers.json } as const
    await using log = await Log.open<string, unknown>(folder, options)
    const stamped = [1, 2, 3].map((n) => ({ key: `k${n}`, value: { n }, timestamp: n * 10 }))
    await log.append(stamped)
    await using reader = await LogReader.open(log.share(), {
      keyDeserializer: deserializers.string,
      valueDeserializer: deserializers.json,
    })
    const [first] = await all(reader.read())
    expect(first).toMatchObject({ key: 'k1', value: { n: 1 } })
    expect(await reader.offsetAt(25)).toBe(2)
  })

  it('holds a reader to the bound of what a batch may become', async () => {
    await using log = await Log.open(temporaryFolder(), { compression: 'gzip' })
    await log.append({ value: 'x'.repeat(100_000) })
    const shared = log.share()
    await using reader = await LogReader.open({ ...shared, maxUncompressedBatchBytes: 1000 })
    await expect(valuesOf(reader.read())).rejects.toEqual(logError('CORRUPT_MESSAGE'))
    await using other = await LogReader.open(shared)
    expect(await valuesOf(other.read())).toHaveLength(1)
  })

  it('has the partitions that there were when the reader was opened', async () => {
    await using store = await Store.open(temporaryFolder())
    const log = await store.log('a', { partitions: 2 })
    const shared = log.share()
    await using before = await LogReader.open(shared)
    const more = await store.log('a', { partitions: 3 })
    await more.append({ value: 'v', partition: 2 })
    expect(before.partitions).toBe(2)
    expect(() => before.read({ partition: 2 })).toThrow(logError('INVALID_CONFIG', '0 to 1'))
    await using after = await LogReader.open(shared)
    expect(after.partitions).toBe(3)
    expect(() => after.read()).toThrow(logError('INVALID_CONFIG', 'name one'))
    expect(await valuesOf(after.read({ partition: 2 }))).toEqual(['v'])
  })

  it('is refused where it means nothing', async () => {
    const folder = temporaryFolder()
    const log = await Log.open(folder)
    const shared = log.share()
    const another = { ...shared, topicId: 'AAAAAAAAAAAAAAAAAAAAAQ' }
    await expect(LogReader.open(another)).rejects.toEqual(closed)
    await expect(LogReader.open({ ...shared, topicId: 'none' })).rejects.toEqual(closed)
    await expect(LogReader.open({ ...shared, name: 'other' })).rejects.toEqual(closed)
    await expect(LogReader.open({ ...shared, directory: `${folder}/none` })).rejects.toEqual(closed)
    const invalid = logError('INVALID_CONFIG')
    await expect(LogReader.open({} as never)).rejects.toEqual(invalid)
    await expect(LogReader.open(undefined as never)).rejects.toEqual(invalid)
    await expect(LogReader.open({ ...shared, name: '' })).rejects.toEqual(invalid)
    await expect(LogReader.open(shared, { live: true } as never)).rejects.toEqual(invalid)
    await log.close()
    await expect(LogReader.open(shared)).rejects.toEqual(closed)
    expect(() => log.share()).toThrow(closed)
    await using again = await Log.open(folder)
    await again.append({ value: 'v' })
    await using reader = await LogReader.open(shared)
    expect(await valuesOf(reader.read())).toEqual(['v'])
  })
})

describe('the end of a shared log', () => {
  it('comes to who waits, and to every later call, when its owner closes it', async () => {
    const folder = temporaryFolder()
    const log = await Log.open(folder)
    await log.append({ value: 'v' })
    const reader = await LogReader.open(log.share())
    const begun = reader.read()
    const records = reader.read({ live: true })
    expect(await records.next()).toMatchObject({ value: { offset: 0 } })
    const waiting = records.next()
    expect(await soon(waiting)).toBe('waits')
    await log.close()
    await expect(waiting).rejects.toEqual(closed)
    expect(await records.next()).toEqual({ done: true, value: undefined })
    await expect(begun.next()).rejects.toEqual(closed)
    expect(() => reader.read()).toThrow(closed)
    expect(() => reader.endOffset()).toThrow(closed)
    await expect(reader.offsetAt(0)).rejects.toEqual(closed)
    // The reader has kept nothing open, and does not come back to life with the next owner.
    await using _again = await Log.open(folder)
    expect(() => reader.startOffset()).toThrow(closed)
    await reader.close()
  })

  it('is not that of one of several openings of it', async () => {
    await using store = await Store.open(temporaryFolder())
    const log = await store.log('a')
    await using reader = await LogReader.open(log.share())
    const waiting = reader.read({ live: true }).next()
    await log.close()
    const again = await store.log('a')
    await again.append({ value: 'v' })
    expect(await waiting).toMatchObject({ value: { offset: 0 } })
  })

  it('is where its reader is closed, for that reader alone', async () => {
    await using log = await Log.open(temporaryFolder())
    const reader = await LogReader.open(log.share())
    await using other = await LogReader.open(log.share())
    const [waiting, going] = [reader, other].map((one) => one.read({ live: true }).next())
    if (waiting === undefined || going === undefined) throw new Error('two of them read')
    expect(await soon(waiting)).toBe('waits')
    await reader.close()
    await reader.close()
    expect(await waiting).toEqual({ done: true, value: undefined })
    expect(() => reader.read()).toThrow(closed)
    await log.append({ value: 'v' })
    expect(await going).toMatchObject({ value: { offset: 0 } })
  })

  it('does not wait for what reads', async () => {
    const log = await Log.open(temporaryFolder(), { durability: 'os' })
    const value = 'x'.repeat(900_000)
    for (let i = 0; i < 40; i++) await log.append({ value })
    const readers = await Promise.all([1, 2, 3].map(() => LogReader.open(log.share())))
    const ends = readers.map((reader) => valuesOf(reader.read()).catch((error: unknown) => error))
    await sleep(5)
    await log.close()
    for (const end of await Promise.all(ends)) {
      if (!Array.isArray(end)) expect(end).toEqual(closed)
    }
  })
})
