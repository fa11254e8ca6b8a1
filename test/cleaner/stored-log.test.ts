/** Logs of both stores, cleaned: the same comes out as of the fixture's log. */
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { cleanStoredLog, type DirtyRange, logToClean } from '../../src/cleaner/stored-log.ts'
import { ErrorCode } from '../../src/protocol/error-codes.ts'
import type { LogStore, PartitionLog } from '../../src/storage/log-store.ts'
import { createMemoryLogStore } from '../../src/storage/memory-log-store.ts'
import { NativeDirectoryUnderTest } from '../storage/native-directory.ts'
import { settings, topicId } from '../storage/store-behaviour.ts'
import { anySteps, batchesOf, options, type Step, TestLog } from './fixture.ts'

const directory = new NativeDirectoryUnderTest()
const native = await directory.open()
afterAll(() => directory.dispose())

let made = 0
/** A partition with exactly these batches and segments. */
async function stored(store: LogStore, test: TestLog): Promise<PartitionLog> {
  const log = await store.openPartition(`t${made++}`, 0, topicId, settings())
  // That of the fixture's batches.
  log.becomeLeader(4)
  let required = 0
  for (const segment of test.segments) {
    if (segment !== test.segments[0]) await log.roll()
    for (const { baseOffset, bytes } of slicesOf(segment.bytes)) {
      const appended = log.append(bytes)
      expect(appended.baseOffset).toBe(baseOffset)
      required = appended.requiredHighWatermark
    }
  }
  await log.committed(required)
  return log
}

function slicesOf(bytes: Uint8Array): { baseOffset: number; bytes: Uint8Array }[] {
  const slices = []
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let at = 0; at < bytes.length; ) {
    const size = 12 + view.getInt32(at + 8)
    slices.push({
      baseOffset: Number(view.getBigInt64(at)),
      bytes: bytes.subarray(at, at + size),
    })
    at += size
  }
  return slices
}

async function segmentsOf(log: PartitionLog): Promise<{ baseOffset: number; bytes: string }[]> {
  const found = []
  for (const { baseOffset, active } of await log.segments()) {
    if (active) continue
    const bytes = await log.readSegment(baseOffset, 0, 1 << 24)
    found.push({ baseOffset, bytes: Buffer.from(bytes).toString('hex') })
  }
  return found
}

const data = (key: number, value: number | null = 1): Step => ({
  kind: 'data',
  producer: 0,
  records: [{ key, value }],
  codec: 0,
  appendTime: false,
})
const roll: Step = { kind: 'roll' }
const everything = (log: TestLog): DirtyRange => ({
  firstDirtyOffset: 0,
  firstUncleanableOffset: log.firstUncleanableOffset(),
})

const stores: readonly (readonly [string, () => LogStore])[] = [
  ['the store in memory', () => createMemoryLogStore()],
  ['the store on disk', () => native],
]

describe.each(stores)('a log of %s', (_, store) => {
  const logs = fc.sample(anySteps, { seed: 7, numRuns: 10 })
  it.each(logs.map((steps, i) => [i, steps] as const))('is cleaned, log %d', async (_i, steps) => {
    const test = TestLog.written([...steps, roll, data(9)])
    const log = await stored(store(), test)
    for (const now of [options.now, options.now + 10_000]) {
      test.firstDirtyOffset = 0
      const range = everything(test)
      if (range.firstUncleanableOffset === 0) return
      const expected = await test.clean({ now, segmentBytes: 700 })
      const result = await cleanStoredLog(log, range, { ...options, now, segmentBytes: 700 })
      expect(result).toEqual(expected)
      const segments = test.segments.slice(0, -1)
      expect(await segmentsOf(log)).toEqual(
        segments.map(({ baseOffset, bytes }) => ({
          baseOffset,
          bytes: Buffer.from(bytes).toString('hex'),
        })),
      )
    }
    const read = await log.read(log.logStartOffset(), 1 << 24, 'logEndOffset')
    expect(batchesOf(read).length).toBeGreaterThan(0)
  })

  it('is judged anew where its segments are others by now', async () => {
    const test = TestLog.written([data(1), roll, data(1), roll, data(2), roll, data(3)])
    const log = await stored(store(), test)
    const all = everything(test)
    expect(await logToClean(log, { ...all, firstUncleanableOffset: 9 })).toBeUndefined()
    await log.deleteUpTo(1)
    expect(await cleanStoredLog(log, all, options)).toEqual({ kind: 'stopped' })
    const rest = await cleanStoredLog(log, { ...all, firstDirtyOffset: 1 }, options)
    expect(rest).toMatchObject({ kind: 'cleaned', endOffset: 3 })
  })

  it('stops where retention takes its segments', async () => {
    const test = TestLog.written([data(1), roll, data(1), roll, data(2), roll, data(3)])
    const log = await stored(store(), test)
    const before = await segmentsOf(log)
    let pieces = 0
    const proceed = async (): Promise<boolean> => {
      if (++pieces === 1) await log.deleteUpTo(2)
      return true
    }
    const result = await cleanStoredLog(log, everything(test), { ...options, proceed })
    expect(result).toEqual({ kind: 'stopped' })
    expect(await segmentsOf(log)).toEqual(before.slice(2))
    // Nothing of it is left that would stand in the way of the next one.
    await (await log.replaceSegments(2, 3)).discard()
  })

  it('is left as it is by a cleaning that is taken back', async () => {
    const test = TestLog.written([data(1), roll, data(1), roll, data(3)])
    const log = await stored(store(), test)
    const before = await segmentsOf(log)
    for (const stopAt of [1, 2, 3, 4]) {
      let pieces = 0
      const proceed = async (): Promise<boolean> => ++pieces < stopAt
      const result = await cleanStoredLog(log, everything(test), { ...options, proceed })
      expect(result).toEqual({ kind: 'stopped' })
      expect(await segmentsOf(log)).toEqual(before)
    }
  })

  it('rejects a cleaning when it is not in service any more', async () => {
    const test = TestLog.written([data(1), roll, data(1), roll, data(3)])
    const own = store()
    const log = await stored(own, test)
    const proceed = async (): Promise<boolean> => {
      if (own.find(log.topic, 0) !== undefined) await own.deletePartition(log.topic, 0)
      return true
    }
    const gone = { name: 'StorageError', code: ErrorCode.NOT_LEADER_OR_FOLLOWER }
    const cleaning = cleanStoredLog(log, everything(test), { ...options, proceed })
    await expect(cleaning).rejects.toMatchObject(gone)
  })

  it('becomes durable first where nobody asks for it', async () => {
    const never = settings({ flushMessages: Infinity, flushMs: Infinity })
    const own = store()
    const test = TestLog.written([data(1), roll, data(1), roll, data(3)])
    const log = await stored(own, test)
    log.configure(never)
    const lazy = await own.openPartition(`t${made++}`, 0, topicId, never)
    lazy.becomeLeader(4)
    for (const segment of test.segments) {
      for (const { bytes } of slicesOf(segment.bytes)) lazy.append(bytes)
      await lazy.roll()
    }
    const result = await cleanStoredLog(lazy, everything(test), options)
    expect(result).toMatchObject({ kind: 'cleaned', endOffset: 2 })
    expect(lazy.durableOffset()).toBeGreaterThanOrEqual(2)
  })
})
