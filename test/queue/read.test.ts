import { afterEach, describe, expect, it, vi } from 'vitest'
import { batchAttributes } from '../../src/protocol/record-batch.ts'
import type { Log } from '../../src/queue/log.ts'
import { createMemoryLogStore } from '../../src/storage/memory-log-store.ts'
import { batchOf, commit } from '../storage/store-behaviour.ts'
import {
  all,
  batchesOf,
  cleanUp,
  logError,
  type MemoryStore,
  memoryStore,
  soon,
  valuesOf,
} from './fixture.ts'

afterEach(cleanUp)

/** A log with the values '0' to '9' in batches of three. */
async function ofTen(): Promise<MemoryStore & { readonly log: Log }> {
  const made = await memoryStore()
  const log = await made.store.log('a')
  for (let from = 0; from < 10; from += 3) {
    const values = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'].slice(from, from + 3)
    await log.append(values.map((value) => ({ value })))
  }
  return { ...made, log }
}

describe('read', () => {
  it('gives what is between the bounds, whatever the batches', async () => {
    const { log } = await ofTen()
    expect(await valuesOf(log.read())).toEqual([...'0123456789'])
    expect(await valuesOf(log.read({ from: 4 }))).toEqual([...'456789'])
    expect(await valuesOf(log.read({ from: 2, to: 7 }))).toEqual([...'23456'])
    expect(await valuesOf(log.read({ to: 3 }))).toEqual([...'012'])
    expect(await valuesOf(log.read({ from: 10 }))).toEqual([])
    expect(await valuesOf(log.read({ from: 5, to: 5 }))).toEqual([])
    expect(await valuesOf(log.read({ from: 8, to: 100 }))).toEqual([...'89'])
  })

  it('ends at a bound among offsets that were compacted away', async () => {
    const { log, memory, partition } = await ofTen()
    memory.disk.partitions.get('a-0')?.batches.splice(1, 1)
    const stored = partition('a')
    const { read } = stored
    let reads = 0
    // Without it who reads the same again and again would never let this test end.
    stored.read = (...args) => {
      if (++reads > 10) throw new Error('it reads for ever')
      return read.apply(stored, args)
    }
    expect(await valuesOf(log.read({ to: 4 }))).toEqual([...'012'])
    expect(await valuesOf(log.read({ from: 4, to: 6 }))).toEqual([])
    expect(await valuesOf(log.read({ from: 4, to: 7 }))).toEqual(['6'])
  })

  it('gives batches, with those of their records that are wanted', async () => {
    const { log } = await ofTen()
    expect(await batchesOf(log.read())).toEqual(['0-2', '3-5', '6-8', '9-9'])
    const batches = await all(log.read({ from: 4, to: 7 }).batches())
    expect(batches.map(({ records }) => records.map(({ offset }) => offset))).toEqual([[4, 5], [6]])
    const reader = log.read()
    await reader.next()
    expect(() => reader.batches()).toThrow(logError('INVALID_CONFIG', 'batches'))
  })

  it('asks for little where few records are wanted', async () => {
    const { log, partition } = await ofTen()
    const read = vi.spyOn(partition('a'), 'read')
    expect(await valuesOf(log.read({ from: 4, to: 5 }))).toEqual(['4'])
    expect(read.mock.calls.map(([from, bytes]) => [from, bytes])).toEqual([[4, 1024]])
  })

  it('ends where the log ended when it began', async () => {
    const { log } = await ofTen()
    const values: (string | undefined)[] = []
    for await (const { value } of log.read({ from: 8 })) {
      values.push(value?.toString())
      await log.append({ value: 'more' })
    }
    expect(values).toEqual(['8', '9'])
  })

  it('answers calls that do not wait for each other in order', async () => {
    const { log } = await ofTen()
    const reader = log.read({ from: 7 })
    const results = await Promise.all([1, 2, 3, 4].map(() => reader.next()))
    expect(results.map(({ done, value }) => (done ? 'end' : value.offset))).toEqual([
      7,
      8,
      9,
      'end',
    ])
  })

  it('refuses an offset that is none, or not there', async () => {
    const { log } = await ofTen()
    await log.trim(2)
    expect(() => log.read({ from: 1 })).toThrow(logError('OFFSET_OUT_OF_RANGE', '2 up to 10'))
    expect(() => log.read({ from: 11 })).toThrow(logError('OFFSET_OUT_OF_RANGE'))
    expect(() => log.read({ from: 2.5 })).toThrow(logError('INVALID_CONFIG', "'from' is 2.5"))
    expect(() => log.read({ to: -1 })).toThrow(logError('INVALID_CONFIG', "'to'"))
  })

  it('fails where what it wants next is deleted meanwhile', async () => {
    const { log, partition } = await ofTen()
    const reader = log.read({ live: true })
    const { read } = partition('a')
    vi.spyOn(partition('a'), 'read').mockImplementation((from) =>
      read.call(partition('a'), from, 1, 'highWatermark'),
    )
    await reader.next()
    await log.trim(8)
    const rest = valuesOf(reader)
    await expect(rest).rejects.toEqual(logError('OFFSET_OUT_OF_RANGE'))
    expect(await reader.next()).toEqual({ done: true, value: undefined })
  })

  it('says which batch is broken, once', async () => {
    const { log, partition } = await ofTen()
    const { read } = partition('a')
    vi.spyOn(partition('a'), 'read').mockImplementation(async (...asked) => {
      const bytes = Buffer.from(await read.apply(partition('a'), asked))
      bytes[bytes.length - 1] = 77
      return bytes
    })
    const reader = log.read()
    for (let i = 0; i < 9; i++) await reader.next()
    await expect(reader.next()).rejects.toEqual(logError('CORRUPT_MESSAGE', 'a-0 from offset 9'))
    expect(await reader.next()).toEqual({ done: true, value: undefined })
  })

  it('passes over markers of transactions', async () => {
    const { log, partition } = await ofTen()
    await commit(partition('a'), batchOf([1], { attributes: batchAttributes.control }))
    expect(log.endOffset()).toBe(11)
    expect(await valuesOf(log.read({ from: 9 }))).toEqual(['9'])
  })

  it('views what was read, and copies as JSON', async () => {
    const { log } = await ofTen()
    const [record] = await all(log.read({ from: 9 }))
    const { timestamp } = record ?? {}
    const value = { type: 'Buffer', data: ['9'.charCodeAt(0)] }
    const expected = { partition: 0, offset: 9, timestamp, key: null, value, headers: [] }
    expect(JSON.parse(JSON.stringify(record))).toEqual(expected)
  })
})

describe('a live read', () => {
  it('waits for what comes, and ends at its bound', async () => {
    const { log } = await ofTen()
    const reader = log.read({ from: 9, to: 12, live: true })
    const values = valuesOf(reader)
    expect(await soon(values)).toBe('waits')
    await log.append({ value: '10' })
    expect(await soon(values)).toBe('waits')
    await Promise.all([log.append({ value: '11' }), log.append({ value: '12' })])
    expect(await values).toEqual(['9', '10', '11'])
  })

  it('reads on the spot what it waited for, and elsewhere what is not in memory', async () => {
    const { log, partition } = await ofTen()
    const read = vi.spyOn(partition('a'), 'read')
    const cached = vi.spyOn(partition('a'), 'readCached')
    const reader = log.read({ from: 10, live: true })
    for (const offset of [10, 11]) {
      const next = reader.next()
      expect(await soon(next)).toBe('waits')
      await log.append({ value: 'v' })
      expect(await next).toMatchObject({ value: { offset } })
      expect(cached).toHaveBeenCalledTimes(offset - 9)
      expect(read).not.toHaveBeenCalled()
    }
    cached.mockReturnValue(undefined)
    const last = reader.next()
    await soon(last)
    await log.append({ value: 'w' })
    expect(await last).toMatchObject({ value: { offset: 12 } })
    expect(read).toHaveBeenCalledOnce()
  })

  it('shares one wait with all others, which ends with the last of them', async () => {
    const { log, partition } = await ofTen()
    const passed = vi.spyOn(partition('a'), 'passed')
    const giveUp = vi.spyOn(partition('a'), 'giveUp')
    const readers = [1, 2, 3].map(() => log.read({ from: 10, live: true }))
    const waiting = readers.map((reader) => reader.next())
    await soon(Promise.all(waiting))
    expect(passed.mock.calls).toEqual([[11]])
    await readers[0]?.return()
    await readers[1]?.return()
    expect(giveUp).not.toHaveBeenCalled()
    expect(await waiting[0]).toEqual({ done: true, value: undefined })
    expect(await soon(waiting[2] ?? Promise.reject(new Error('none')))).toBe('waits')
    await readers[2]?.return()
    expect(giveUp.mock.calls).toEqual([[11]])
    expect(await Promise.all(waiting)).toHaveLength(3)
    // The next one waits anew, whatever becomes of the wait that was given up.
    const late = log.read({ from: 10, live: true }).next()
    await log.append({ value: 'late' })
    expect(await late).toMatchObject({ value: { offset: 10 } })
  })

  it('is ended by its signal, before and while it waits', async () => {
    const { log } = await ofTen()
    const why = new Error('enough')
    const never = log.read({ signal: AbortSignal.abort(why) })
    await expect(never.next()).rejects.toMatchObject({ code: 'LOG_CLOSED', cause: why })
    const control = new AbortController()
    const reader = log.read({ from: 10, live: true, signal: control.signal })
    const waiting = reader.next()
    await soon(waiting)
    control.abort(why)
    await expect(waiting).rejects.toMatchObject({ code: 'LOG_CLOSED', cause: why })
    expect(await reader.next()).toEqual({ done: true, value: undefined })
  })

  it('fails when the directory fails', async () => {
    const memory = createMemoryLogStore()
    const { store } = await memoryStore(memory)
    const log = await store.log('a')
    const waiting = log.read({ live: true }).next()
    await soon(waiting)
    memory.goOffline('the disk broke')
    await expect(waiting).rejects.toEqual(logError('LOG_FAILED', 'the disk broke'))
  })
})
