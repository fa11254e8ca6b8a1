import { describe, expect, it } from 'vitest'
import { type CleaningOptions, type CleaningResult, cleanLog } from '../../src/cleaner/clean-log.ts'
import type { LogToClean, SegmentReplacement } from '../../src/cleaner/log-to-clean.ts'
import { crc32c as crcOf } from '../../src/protocol/crc32c.ts'
import {
  batchAttributes,
  batchHeaderBytes,
  codecOf,
  encodeBatch,
  newBatch,
} from '../../src/protocol/record-batch.ts'
import { compression, options, type Step, TestLog, writtenAt } from './fixture.ts'

type Pair = readonly [key: number | null, value: number | null]
const data = (producer: number, records: readonly Pair[], codec = 0): Step => ({
  kind: 'data',
  producer,
  records: records.map(([key, value]) => ({ key, value })),
  codec,
  appendTime: false,
})
const end = (producer: number, commit: boolean, bump = false): Step => ({
  kind: 'end',
  producer,
  commit,
  bump,
})
const roll: Step = { kind: 'roll' }
const offsets = (log: TestLog): readonly number[] => log.records().map((one) => one.offset)
const now = writtenAt + 1_000_000

/** Cleans from the begin, at this many ms after the first time. */
async function cleanAt(log: TestLog, ms: number, more?: Partial<CleaningOptions>): Promise<void> {
  log.firstDirtyOffset = 0
  const result = await log.clean({ now: now + ms, deleteRetentionMs: 100, ...more })
  expect(result?.kind).toBe('cleaned')
}

describe('records', () => {
  it('stay if they are the last of their key', async () => {
    const log = TestLog.written([
      data(0, [
        [1, 10],
        [2, 20],
        [1, 11],
      ]),
      roll,
      data(0, [[2, 21]]),
      data(0, [[3, 30]]),
      roll,
      data(0, [[3, 31]]),
    ])
    const result = await log.clean({ segmentBytes: 1 })
    expect(result).toMatchObject({
      kind: 'cleaned',
      endOffset: 5,
      statistics: { mappedKeys: 3, recordsRead: 5, recordsKept: 3, recordsWithoutKey: 0 },
    })
    // The active segment does not count.
    expect(offsets(log)).toEqual([2, 3, 4, 5])
    expect(log.swaps.map((swap) => swap.replaced)).toEqual([[0]])
  })

  it('without key go, and are counted', async () => {
    const pairs: Pair[] = [
      [null, 1],
      [1, 1],
      [null, null],
    ]
    const log = TestLog.written([data(0, pairs), data(0, [[2, 2]]), roll])
    const result = await log.clean()
    expect(result).toMatchObject({ statistics: { recordsWithoutKey: 2, recordsKept: 2 } })
    expect(offsets(log)).toEqual([1, 3])
  })

  it('of the cleaned part go when a later one comes', async () => {
    const log = TestLog.written([
      data(0, [[1, 1]]),
      data(0, [[2, 1]]),
      roll,
      data(0, [[1, 2]]),
      roll,
    ])
    log.firstDirtyOffset = 2
    const result = await log.clean()
    expect(result).toMatchObject({ statistics: { mappedKeys: 1, segmentsReplaced: 2 } })
    expect(offsets(log)).toEqual([1, 2])
  })

  it('that delete go at their horizon, not before', async () => {
    const log = TestLog.written([data(0, [[1, 1]]), data(0, [[1, null]]), data(0, [[2, 2]]), roll])
    await cleanAt(log, 0)
    expect(offsets(log)).toEqual([1, 2])
    expect(log.batches[0]).toMatchObject({
      attributes: batchAttributes.deleteHorizon,
      baseTimestamp: now + 100,
    })
    await cleanAt(log, 99)
    expect(offsets(log)).toEqual([1, 2])
    await cleanAt(log, 100)
    expect(offsets(log)).toEqual([2])
  })

  it('behind the end of a small map stay, tombstones past their horizon too', async () => {
    const log = TestLog.written([
      data(0, [[1, 1]]),
      data(0, [[2, null]]),
      data(0, [
        [null, 1],
        [1, 2],
      ]),
      roll,
    ])
    await cleanAt(log, 0)
    expect(offsets(log)).toEqual([1, 3])
    log.firstDirtyOffset = 0
    const result = await log.clean({ now: now + 500, mapBytesMax: 1, mapLoadFactor: 0.1 })
    expect(result).toMatchObject({ kind: 'cleaned', endOffset: 3 })
    expect(offsets(log)).toEqual([3])
    const other = TestLog.written([data(0, [[1, 1]]), data(0, [[2, null]]), roll])
    await cleanAt(other, 0)
    other.firstDirtyOffset = 0
    const small = await other.clean({ now: now + 500, mapBytesMax: 1, mapLoadFactor: 0.1 })
    expect(small).toMatchObject({ kind: 'cleaned', endOffset: 1 })
    expect(offsets(other)).toEqual([0, 1])
  })
})

describe('batches', () => {
  it('without records stay for the last offset of the range', async () => {
    const log = TestLog.written([data(0, [[1, 1]]), data(0, [[null, 1]]), roll, data(0, [[2, 1]])])
    await cleanAt(log, 0)
    expect(log.batches.map((batch) => [batch.baseOffset, batch.records.length])).toEqual([
      [0, 1],
      [1, 0],
      [2, 1],
    ])
    // When there is more behind it, it goes.
    const longer = new TestLog([...log.segments, { baseOffset: 3, bytes: new Uint8Array() }])
    await cleanAt(longer, 0)
    expect(longer.batches.map((batch) => batch.baseOffset)).toEqual([0, 2])
  })

  it('without records stay for the last sequence number of a producer', async () => {
    const log = TestLog.written([data(1, [[1, 1]]), data(1, [[1, 2]]), data(0, [[1, 3]]), roll])
    await cleanAt(log, 0)
    const [kept, last] = log.batches
    expect(kept).toMatchObject({ baseOffset: 1, producerId: 1001, baseSequence: 1, records: [] })
    expect(last).toMatchObject({ baseOffset: 2, producerId: -1 })
    const log2 = TestLog.written([data(1, [[1, 1]]), data(0, [[1, 3]]), roll, data(1, [[1, 4]])])
    await cleanAt(log2, 0)
    expect(log2.batches.map((batch) => batch.baseOffset)).toEqual([1, 2])
  })

  it.each([1, 2, 3, 4])('of codec %d keep their bytes, or else their codec', async (codec) => {
    const pairs: Pair[] = [
      [2, 1],
      [3, 1],
    ]
    const log = TestLog.written([data(0, pairs, codec), data(0, [[4, 4]]), roll])
    const before = log.segments[0]!.bytes
    await cleanAt(log, 0)
    expect(log.swaps).toEqual([])
    const grown = new TestLog([
      { baseOffset: 0, bytes: before },
      { baseOffset: 3, bytes: record(3, 'key-2') },
      { baseOffset: 4, bytes: new Uint8Array() },
    ])
    await cleanAt(grown, 0)
    expect(offsets(grown)).toEqual([1, 2, 3])
    expect(codecOf(grown.batches[0]!)).toBe(codec)
  })
})

describe('transactions', () => {
  it('that were aborted go, their marker two cleanings and a horizon later', async () => {
    const log = TestLog.written([
      data(3, [[1, 1]]),
      end(3, false),
      data(3, [[1, 2]]),
      end(3, true),
      data(0, [[2, 2]]),
      roll,
      data(3, [[9, 9]]),
    ])
    const batches = (): readonly number[] => log.batches.map((batch) => batch.baseOffset)
    await cleanAt(log, 0)
    expect(batches()).toEqual([1, 2, 3, 4, 5])
    expect(log.swaps[0]?.aborted).toEqual([
      { producerId: 1003, firstOffset: 0, lastOffset: 1, lastStableOffset: 2 },
    ])
    await cleanAt(log, 10)
    expect(log.batches[0]).toMatchObject({
      baseTimestamp: now + 110,
      attributes: batchAttributes.deleteHorizon | batchAttributes.control | 0x10,
    })
    expect(log.swaps[1]?.aborted).toEqual([])
    await cleanAt(log, 109)
    expect(batches()).toEqual([1, 2, 3, 4, 5])
    await cleanAt(log, 110)
    expect(batches()).toEqual([2, 3, 4, 5])
  })

  it('that are open bound the range', async () => {
    const log = TestLog.written([
      data(0, [[1, 1]]),
      roll,
      data(3, [[1, 1]]),
      roll,
      data(0, [[1, 1]]),
    ])
    expect(log.firstUncleanableOffset()).toBe(1)
  })

  it('leave an emptied marker where it alone knows the epoch', async () => {
    const log = TestLog.written([data(3, [[1, 1]]), end(3, false, true), data(0, [[2, 2]]), roll])
    for (const ms of [0, 10, 110]) await cleanAt(log, ms)
    expect(log.batches[0]).toMatchObject({ baseOffset: 1, producerEpoch: 1, records: [] })
    await cleanAt(log, 110)
    expect(log.batches.map((batch) => batch.baseOffset)).toEqual([2])
  })
})

/** One record as a stored batch, with a right checksum whatever its header says. */
function record(offset: number, key: string, attributes = 0): Uint8Array {
  const one = { timestamp: writtenAt, key: Buffer.from(key), value: Buffer.from('v') }
  return encodeBatch({ ...newBatch([one], { attributes }), baseOffset: offset }, compression)
}

/** The same with other bytes for records. */
function broken(offset: number, attributes: number, records: Uint8Array): Uint8Array {
  const raw = { compress: () => records, decompress: compression.decompress }
  const one = { timestamp: writtenAt, key: Buffer.from('k'), value: null }
  // Codec 1 makes the encoder ask for the bytes; the real attributes are set behind its back.
  const batch = encodeBatch({ ...newBatch([one], { attributes: 1 }), baseOffset: offset }, raw)
  return resealed(batch, attributes)
}

function resealed(batch: Uint8Array, attributes: number): Uint8Array {
  const [header, records] = [batch.slice(0, batchHeaderBytes), batch.slice(batchHeaderBytes)]
  new DataView(header.buffer).setInt16(21, attributes)
  const whole = Buffer.concat([header, records])
  new DataView(whole.buffer, whole.byteOffset).setUint32(17, crcOf(whole.subarray(21)))
  return whole
}

describe('damage', () => {
  const junk = Buffer.from('this is no record and no stream')
  const bomb = compression.compress(1, new Uint8Array(8 << 20))
  it.each([
    ['records that are none', broken(1, 0, junk), /damaged batch at offset 1: .*of the records/],
    ['a compressed stream that is none', broken(1, 1, junk), /offset 1: corrupt gzip data/],
    ['a stream that grows without bound', broken(1, 1, bomb), /more than 65536 bytes/],
    ['a codec that does not exist', broken(1, 5, junk), /there is no compression codec 5/],
    ['a control record without type', record(1, 'abc', batchAttributes.control), /without type/],
    ['a control batch of junk', broken(1, batchAttributes.control, junk), /offset 1: .*record/],
  ])('%s ends the cleaning, in the dirty part and before it', async (_name, bytes, fault) => {
    const segments = [
      { baseOffset: 0, bytes: Buffer.concat([record(0, 'key'), bytes, record(2, 'key')]) },
      { baseOffset: 3, bytes: record(3, 'key') },
      { baseOffset: 4, bytes: new Uint8Array() },
    ]
    for (const firstDirtyOffset of [0, 3]) {
      const log = new TestLog(segments)
      const state = { producers: new Map(), aborted: [], lastStableOffset: 4 }
      log.state = () => state
      log.firstDirtyOffset = firstDirtyOffset
      const result = await log.clean({ openedBytesMax: 65_536 })
      expect(result).toEqual({ kind: 'damaged', fault: expect.stringMatching(fault) })
      expect(log.segments).toEqual(segments)
    }
  })

  it('of a record outside of its batch is seen', async () => {
    const batch = record(1, 'key')
    const bytes = Uint8Array.from(batch)
    // The offset delta of the only record: behind length, attributes and timestamp.
    bytes[batchHeaderBytes + 3] = 8
    const log = new TestLog([
      { baseOffset: 0, bytes: resealed(bytes, 0) },
      { baseOffset: 2, bytes: new Uint8Array() },
    ])
    log.state = () => ({ producers: new Map(), aborted: [], lastStableOffset: 2 })
    expect(await log.clean()).toMatchObject({ kind: 'damaged' })
  })
})

describe('a cleaning that does not come to its end', () => {
  const steps = [data(0, [[1, 1]]), data(0, [[2, 2]]), roll, data(0, [[1, 3]]), roll]

  async function watched(
    change: (log: LogToClean, replacement: SegmentReplacement) => Partial<SegmentReplacement>,
    more: Partial<CleaningOptions> = {},
  ): Promise<{ result: Promise<CleaningResult>; ended: string[]; log: TestLog }> {
    const log = TestLog.written(steps)
    const ended: string[] = []
    const toClean = log.toClean()
    const replace: LogToClean['replace'] = async (segments) => {
      const replacement = await toClean.replace(segments)
      const changed = { ...replacement, ...change(toClean, replacement) }
      return {
        ...changed,
        commit: () => {
          ended.push('commit')
          return changed.commit()
        },
        discard: () => {
          ended.push('discard')
          return changed.discard()
        },
      }
    }
    const result = cleanLog({ ...toClean, replace }, { ...options, segmentBytes: 1, ...more })
    await result.catch(() => undefined)
    return { result, ended, log }
  }

  it('is stopped between any two chunks', async () => {
    const calls: number[] = []
    const proceed = (bytes: number): Promise<boolean> => {
      calls.push(bytes)
      return Promise.resolve(true)
    }
    const whole = await watched(() => ({}), { proceed, bufferBytes: 12 })
    expect((await whole.result).kind).toBe('cleaned')
    const { bytesRead, bytesWritten } = statisticsOf(await whole.result)
    // The keys were read once more.
    expect(calls.reduce((sum, bytes) => sum + bytes)).toBe(bytesRead * 2 + bytesWritten)
    for (let stopAt = 0; stopAt < calls.length; stopAt++) {
      let call = 0
      const { result, ended, log } = await watched(() => ({}), {
        proceed: () => Promise.resolve(call++ < stopAt),
        bufferBytes: 12,
      })
      expect(await result).toEqual({ kind: 'stopped' })
      expect(ended.filter((one) => one === 'discard').length).toBe(stopAt < 3 ? 0 : 1)
      expect(log.finalValues('committed')).toEqual(TestLog.written(steps).finalValues('committed'))
    }
  })

  it('stops where the log lost a segment meanwhile', async () => {
    const { result, ended } = await watched((_, replacement) => ({
      commit: async () => {
        await replacement.discard()
        return false
      },
    }))
    expect(await result).toEqual({ kind: 'stopped' })
    expect(ended).toEqual(['commit'])
  })

  it('discards what it cannot write', async () => {
    const failing = await watched(() => ({ append: () => Promise.reject(new Error('disk full')) }))
    await expect(failing.result).rejects.toThrow('disk full')
    expect(failing.ended).toEqual(['discard'])
    expect(failing.log.swaps).toEqual([])
  })

  it('gives the reason where nothing can be read', async () => {
    const log = TestLog.written(steps).toClean()
    const refuse = (): Promise<never> => Promise.reject(new Error('input/output error'))
    const segments = log.segments.map((segment) => ({ ...segment, read: refuse }))
    await expect(cleanLog({ ...log, segments }, options)).rejects.toThrow('input/output error')
  })

  it('reads no more than it needs of the clean part for the keys', async () => {
    const log = TestLog.written([data(0, [[1, 1]]), data(0, [[2, 1]]), data(0, [[1, 2]]), roll])
    log.firstDirtyOffset = 2
    const toClean = log.toClean()
    const positions: number[] = []
    const [segment] = toClean.segments
    const second = log.batches[0]!.bytes
    const watchedSegment = {
      ...segment!,
      positionOf: (offset: number) => Promise.resolve(offset === 2 ? second : 0),
      read: (position: number, into: Uint8Array) => {
        positions.push(position)
        return segment!.read(position, into)
      },
    }
    const result = await cleanLog({ ...toClean, segments: [watchedSegment] }, options)
    expect(result).toMatchObject({ kind: 'cleaned', statistics: { mappedKeys: 1 } })
    expect(positions[0]).toBe(second)
    expect(offsets(log)).toEqual([1, 2])
  })
})

function statisticsOf(result: CleaningResult): { bytesRead: number; bytesWritten: number } {
  if (result.kind !== 'cleaned') throw new Error(result.kind)
  return result.statistics
}
