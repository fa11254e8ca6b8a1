import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { StoredBatch } from '../../src/cleaner/batch-stream.ts'
import { RecordCursor } from '../../src/cleaner/record-cursor.ts'
import { emptyBatch, rewriteBatch } from '../../src/cleaner/rewrite-batch.ts'
import { crc32c } from '../../src/protocol/crc32c.ts'
import {
  batchAttributes,
  batchHeaderBytes,
  decodeBatch,
  decodeBatchHeader,
  encodeBatch,
  type NewRecord,
  newBatch,
  type ReadBatch,
  type ReadBatchHeader,
  timestampOf,
} from '../../src/protocol/record-batch.ts'

const identity = {
  baseOffset: 1000,
  partitionLeaderEpoch: 7,
  producerId: 42,
  producerEpoch: 3,
  baseSequence: 900,
}

function stored(bytes: Uint8Array): StoredBatch {
  return { header: decodeBatchHeader(bytes).value!, bytes }
}

function read(bytes: Uint8Array): ReadBatch {
  const { value, error } = decodeBatch(bytes)
  expect(error).toBeNull()
  return value!
}

/** Where each record begins. */
function startsOf(batch: StoredBatch): number[] {
  const cursor = new RecordCursor(batch.bytes.subarray(batchHeaderBytes), batch.header)
  const starts: number[] = []
  while (cursor.next()) starts.push(cursor.start)
  return starts
}

function rewritten(bytes: Uint8Array, keep: readonly number[], newHorizonMs = -1): Uint8Array {
  const batch = stored(bytes)
  const starts = startsOf(batch)
  return rewriteBatch({
    batch,
    opened: bytes.subarray(batchHeaderBytes),
    kept: keep.map((index) => starts[index]!),
    codec: undefined,
    newHorizonMs,
  })
}

const anyRecord: fc.Arbitrary<NewRecord> = fc.record({
  timestamp: fc.integer({ min: 0, max: 2 ** 50 }),
  key: fc.option(fc.uint8Array({ maxLength: 70 })),
  value: fc.option(fc.uint8Array({ maxLength: 70 })),
  headers: fc.array(fc.record({ key: fc.string({ maxLength: 5 }), value: fc.constant(null) }), {
    maxLength: 2,
  }),
})

describe('a batch that loses records', () => {
  it('keeps the others, their offsets and their timestamps, with or without horizon', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(anyRecord, fc.boolean()), { minLength: 1, maxLength: 10 }),
        fc.boolean(),
        fc.constantFrom(-1, 0, 1_800_000_000_000, Number.MAX_SAFE_INTEGER),
        (records, appendTime, horizon) => {
          const keep = records.flatMap(([, isKept], i) => (isKept || i === 0 ? [i] : []))
          const attributes = appendTime ? batchAttributes.appendTime : 0
          const batch = newBatch(
            records.map(([record]) => record),
            { ...identity, attributes },
          )
          const before = read(encodeBatch(batch))
          const bytes = rewritten(encodeBatch(batch), keep, horizon)
          const header = decodeBatchHeader(bytes).value!
          expect(crc32c(bytes.subarray(21))).toBe(header.crc)
          expect(header).toMatchObject({ ...identity, lastOffsetDelta: records.length - 1 })
          const cursor = new RecordCursor(bytes.subarray(batchHeaderBytes), header)
          for (const index of keep) {
            expect(cursor.next()).toBe(true)
            expect(cursor.offsetDelta).toBe(index)
            const expected = timestampOf(before, before.records[index]!)
            const found = BigInt(header.baseTimestamp) + cursor.timestampDelta()
            expect(found).toBe(BigInt(expected))
          }
          expect([cursor.next(), cursor.fault]).toEqual([false, null])
          if (horizon < 0) {
            const kept = keep.map((index) => before.records[index]!)
            const shown = ({ timestampDelta: _, ...record }: ReadBatch['records'][number]) => record
            expect(read(bytes).records.map(shown)).toEqual(kept.map(shown))
          }
        },
      ),
    )
  })

  const three = [30, 10, 20].map((timestamp) => ({ timestamp, key: null, value: null }))

  it('has the largest timestamp of what stays, and the first one as its base', () => {
    const header = decodeBatchHeader(rewritten(encodeBatch(newBatch(three)), [1, 2])).value!
    expect([header.baseTimestamp, header.maxTimestamp]).toEqual([10, 20])
  })

  it('keeps its append time', () => {
    const appendTime = { attributes: batchAttributes.appendTime, maxTimestamp: 99 }
    const bytes = rewritten(encodeBatch(newBatch(three, appendTime)), [1])
    expect(decodeBatchHeader(bytes).value).toMatchObject({ baseTimestamp: 99, maxTimestamp: 99 })
  })

  it('keeps the horizon that it has, and gets one once', () => {
    const first = rewritten(encodeBatch(newBatch(three)), [0, 1, 2], 5000)
    expect(decodeBatchHeader(first).value).toMatchObject({
      attributes: batchAttributes.deleteHorizon,
      baseTimestamp: 5000,
      maxTimestamp: 30,
    })
    const second = rewritten(first, [1, 2])
    expect(decodeBatchHeader(second).value).toMatchObject({
      attributes: batchAttributes.deleteHorizon,
      baseTimestamp: 5000,
      maxTimestamp: 20,
    })
    expect(() => rewritten(first, [1], 6000)).toThrow(/horizon/)
  })

  it('keeps timestamps that a number cannot hold', () => {
    const bytes = encodeBatch(newBatch(three))
    const view = new DataView(bytes.buffer, bytes.byteOffset)
    const nanoseconds = 1_700_000_000_123_456_789n
    view.setBigInt64(27, nanoseconds)
    view.setBigInt64(35, nanoseconds + 30n)
    const after = rewritten(bytes, [1, 2])
    const changed = new DataView(after.buffer, after.byteOffset)
    expect(changed.getBigInt64(27)).toBe(nanoseconds - 20n)
    expect(changed.getBigInt64(35)).toBe(nanoseconds - 10n)
    const withHorizon = rewritten(bytes, [0, 1, 2], 1_800_000_000_000)
    const cursor = new RecordCursor(withHorizon.subarray(batchHeaderBytes), stored(bytes).header)
    for (const delta of [0n, -20n, -10n]) {
      cursor.next()
      expect(cursor.timestampDelta() + 1_800_000_000_000n).toBe(nanoseconds + delta)
    }
  })
})

describe('a batch that loses all of them', () => {
  it('is a header without codec, horizon and base timestamp', () => {
    const { transactional, deleteHorizon } = batchAttributes
    const attributes = 3 | transactional | deleteHorizon
    const records = [1, 2].map((timestamp) => ({ timestamp, key: null, value: null }))
    const plain = encodeBatch(newBatch(records, { ...identity, attributes }), {
      compress: (_, bytes) => bytes,
      decompress: (_, bytes) => bytes,
    })
    const empty = emptyBatch(stored(plain))
    expect(empty.length).toBe(batchHeaderBytes)
    const expected: Partial<ReadBatchHeader> = {
      ...identity,
      attributes: transactional,
      lastOffsetDelta: 1,
      baseTimestamp: -1,
      maxTimestamp: 2,
      recordsCount: 0,
    }
    expect(read(empty)).toMatchObject({ ...expected, records: [] })
  })
})
