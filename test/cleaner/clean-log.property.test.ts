/**
 * Random logs of every kind of producer and codec, cut anywhere and cleaned again and again, beside
 * a model that knows nothing of bytes; and what every reader and every start must find afterwards.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { batchAttributes, codecOf, type ReadBatch } from '../../src/protocol/record-batch.ts'
import { anySteps, TestLog, writtenAt } from './fixture.ts'
import { NaiveCleaner, type NaiveRecord } from './naive-cleaner.ts'

const runs = { numRuns: 100 }

/** When and how the next cleanings happen. */
const anyCleanings = fc.array(
  fc.record({
    afterMs: fc.constantFrom(0, 400, 1000, 5000),
    deleteRetentionMs: fc.constantFrom(0, 1000),
    segmentBytes: fc.constantFrom(1, 700, 1 << 20),
    bufferBytes: fc.constantFrom(12, 100, 4096),
    fromBegin: fc.boolean(),
  }),
  { minLength: 1, maxLength: 5 },
)

const isControl = (batch: ReadBatch): boolean => (batch.attributes & batchAttributes.control) !== 0

function modelOf(log: TestLog): NaiveCleaner {
  const committed = new Set(log.records('committed').map((one) => one.offset))
  const { lastStableOffset } = log.state()
  const records = log.batches
    .filter((batch) => !isControl(batch))
    .flatMap((batch) =>
      batch.records.map((record): NaiveRecord => {
        const offset = batch.baseOffset + record.offsetDelta
        return {
          offset,
          key: record.key === null ? null : Buffer.from(record.key).toString(),
          isTombstone: record.value === null,
          isAborted: offset < lastStableOffset && !committed.has(offset),
          batch: batch.baseOffset,
        }
      }),
    )
  return new NaiveCleaner(records)
}

describe('random logs, cleaned again and again', () => {
  it('hold what the model says, and what committed readers need', async () => {
    await fc.assert(
      fc.asyncProperty(anySteps, anyCleanings, async (steps, cleanings) => {
        const log = TestLog.written(steps)
        const model = modelOf(log)
        const original = new Map(log.records().map((one) => [one.offset, one]))
        const values = log.finalValues('committed')
        const { lastStableOffset, producers } = log.state()
        let now = writtenAt + 10_000
        for (const { afterMs, fromBegin, ...options } of cleanings) {
          now += afterMs
          if (fromBegin) log.firstDirtyOffset = 0
          const dirty = log.firstDirtyOffset
          const result = await log.clean({ now, ...options })
          if (result === undefined) continue
          expect(result).toMatchObject({ kind: 'cleaned', endOffset: log.firstUncleanableOffset() })
          model.clean(dirty, log.firstDirtyOffset, now, options.deleteRetentionMs)
          const left = log.records()
          expect(left.map((one) => one.offset)).toEqual(model.records.map((one) => one.offset))
          for (const record of left) expect(record).toEqual(original.get(record.offset))
          expect(log.finalValues('committed')).toEqual(values)
          const state = log.state()
          expect(state.lastStableOffset).toBe(lastStableOffset)
          for (const [id, producer] of producers) {
            if (producer.lastDataOffset >= 0) expect(state.producers.get(id)).toEqual(producer)
          }
        }
      }),
      runs,
    )
  })

  it('keep of each batch all that is not its records', async () => {
    await fc.assert(
      fc.asyncProperty(anySteps, anyCleanings, async (steps, cleanings) => {
        const log = TestLog.written(steps)
        const original = new Map(log.batches.map((batch) => [batch.baseOffset, batch]))
        let now = writtenAt + 10_000
        for (const { afterMs, fromBegin: _, ...options } of cleanings) {
          now += afterMs
          log.firstDirtyOffset = 0
          await log.clean({ now, ...options })
        }
        for (const batch of log.batches) {
          const before = original.get(batch.baseOffset)!
          const { crc: _crc, bytes: _bytes, records, ...header } = batch
          const isEmpty = records.length === 0
          const horizon = isEmpty ? 0 : batch.attributes & batchAttributes.deleteHorizon
          const codec = isEmpty ? 0 : codecOf(before)
          expect(header).toEqual({
            ...header,
            attributes: (before.attributes & ~batchAttributes.codecMask) | horizon | codec,
            lastOffsetDelta: before.lastOffsetDelta,
            partitionLeaderEpoch: before.partitionLeaderEpoch,
            producerId: before.producerId,
            producerEpoch: before.producerEpoch,
            baseSequence: before.baseSequence,
          })
          expect(batch.maxTimestamp).toBeLessThanOrEqual(before.maxTimestamp)
          const isWhole = records.length === before.records.length && horizon === 0
          if (isWhole) expect(batch).toEqual(before)
        }
      }),
      runs,
    )
  })

  it('come to rest', async () => {
    await fc.assert(
      fc.asyncProperty(anySteps, fc.constantFrom(0, 1000), async (steps, deleteRetentionMs) => {
        const log = TestLog.written(steps)
        const clean = async (): Promise<void> => {
          log.firstDirtyOffset = 0
          await log.clean({ deleteRetentionMs, segmentBytes: 1 })
        }
        // Data goes, then the tombstones' and markers' horizons are set, then they go, and what
        // was kept for their sake.
        for (let i = 0; i < 5; i++) await clean()
        const rested = log.segments
        log.swaps = []
        await clean()
        expect(log.swaps).toEqual([])
        expect(log.segments).toBe(rested)
      }),
      runs,
    )
  })

  it('lose nothing that committed readers need where the map is too small', async () => {
    await fc.assert(
      fc.asyncProperty(anySteps, fc.integer({ min: 1, max: 5 }), async (steps, slots) => {
        const log = TestLog.written(steps)
        const values = log.finalValues('committed')
        const end = log.firstUncleanableOffset()
        while (log.firstDirtyOffset < end) {
          const before = log.firstDirtyOffset
          const result = await log.clean({ mapBytesMax: slots * 24, mapLoadFactor: 1 })
          expect(result?.kind).toBe('cleaned')
          expect(log.firstDirtyOffset).toBeGreaterThan(before)
          expect(log.finalValues('committed')).toEqual(values)
        }
        expect(log.firstDirtyOffset).toBe(end)
      }),
      runs,
    )
  })
})

describe('a byte that was turned', () => {
  it('is found, and nothing is cleaned', async () => {
    const byte = fc.record({ segment: fc.nat(), at: fc.nat(), bit: fc.nat(7) })
    await fc.assert(
      fc.asyncProperty(anySteps, byte, async (steps, { segment, at, bit }) => {
        const log = TestLog.written(steps)
        const sealed = log.toClean().segments.length
        if (sealed === 0) return
        const target = log.segments[segment % sealed]!
        const bytes = Uint8Array.from(target.bytes)
        const where = at % bytes.length
        // The leader's epoch is outside the checksum, and cannot be told from another one.
        if (epochBytesOf(target.bytes).has(where)) return
        bytes[where]! ^= 1 << bit
        const { producers, aborted, lastStableOffset } = log.state()
        const end = log.firstUncleanableOffset()
        log.segments = log.segments.with(segment % sealed, { ...target, bytes })
        log.state = () => ({ producers, aborted, lastStableOffset })
        log.firstUncleanableOffset = () => end
        const damaged = log.segments
        const result = await log.clean()
        expect(result?.kind).toBe('damaged')
        expect(log.segments).toBe(damaged)
        expect(log.swaps).toEqual([])
      }),
      { numRuns: 250 },
    )
  })
})

function epochBytesOf(bytes: Uint8Array): ReadonlySet<number> {
  const found = new Set<number>()
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  for (let at = 0; at < bytes.length; at += 12 + view.getInt32(at + 8)) {
    for (let i = 12; i < 16; i++) found.add(at + i)
  }
  return found
}
