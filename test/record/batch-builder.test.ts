import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { crc32c } from '../../src/protocol/crc32c.ts'
import { decodeBatch, type ReadBatch, timestampOf } from '../../src/protocol/record-batch.ts'
import { BatchBuilder, builderSlackBytes, memoryForRecord } from '../../src/record/batch-builder.ts'
import { noProducer } from '../../src/record/batch-header.ts'
import { type HeaderPair, noHeaders } from '../../src/record/headers.ts'
import type { Payload } from '../../src/record/record.ts'

interface Given {
  readonly timestamp: number
  readonly key: Payload | null
  readonly value: Payload | null
  readonly headers: readonly HeaderPair[]
}

const text = fc.oneof(
  fc.string({ maxLength: 80 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
)
const payload = fc.oneof(
  text,
  fc.uint8Array({ maxLength: 80 }),
  fc.constant(null),
) as fc.Arbitrary<Payload | null>
const given: fc.Arbitrary<Given> = fc.record({
  timestamp: fc.oneof(
    fc.integer({ min: 1_700_000_000_000, max: 1_700_000_100_000 }),
    fc.integer({ min: 0, max: 8_640_000_000_000_000 }),
  ),
  key: payload,
  value: payload,
  headers: fc.array(fc.tuple(text, payload), { maxLength: 3 }),
})

function bytesOf(data: Payload | null): string | null {
  return data === null ? null : Buffer.from(data as string).toString('hex')
}

function plain(batch: ReadBatch): unknown[] {
  return batch.records.map((record) => ({
    timestamp: timestampOf(batch, record),
    key: record.key && Buffer.from(record.key).toString('hex'),
    value: record.value && Buffer.from(record.value).toString('hex'),
    headers: record.headers.map(({ key, value }) => [key, value && bytesOf(value)]),
  }))
}

function expected(records: readonly Given[]): unknown[] {
  return records.map(({ timestamp, key, value, headers }) => ({
    timestamp,
    key: bytesOf(key),
    value: bytesOf(value),
    headers: headers.map(([name, data]) => [Buffer.from(name).toString('utf8'), bytesOf(data)]),
  }))
}

function decoded(bytes: Buffer): ReadBatch {
  const batch = decodeBatch(bytes)
  if (batch.value === null) throw new Error(batch.error)
  return batch.value
}

describe('BatchBuilder', () => {
  it('writes what the reference codec reads, and never beyond its memory', () => {
    fc.assert(
      fc.property(
        fc.array(given, { minLength: 1, maxLength: 20 }),
        fc.integer({ min: 128, max: 4096 }),
        (records, capacity) => {
          const guarded = Buffer.alloc(capacity + 8, 0xaa)
          const builder = new BatchBuilder(guarded.subarray(0, capacity))
          const taken: Given[] = []
          for (const record of records) {
            const { timestamp, key, value, headers } = record
            const before = builder.bytes
            if (builder.append(timestamp, key, value, headers)) taken.push(record)
            else expect(builder.bytes).toBe(before)
          }
          expect(guarded.subarray(capacity).toString('hex')).toBe('aa'.repeat(8))
          expect(builder.recordsCount).toBe(taken.length)
          if (taken.length === 0) return
          const batch = decoded(builder.close(0, noProducer, crc32c))
          expect(plain(batch)).toEqual(expected(taken))
          expect(batch.maxTimestamp).toBe(Math.max(...taken.map(({ timestamp }) => timestamp)))
        },
      ),
      { numRuns: 500 },
    )
  })

  it('takes any one record in the memory that was reckoned for it', () => {
    fc.assert(
      fc.property(given, ({ timestamp, key, value, headers }) => {
        const builder = new BatchBuilder(Buffer.alloc(memoryForRecord(key, value, headers)))
        expect(builder.append(timestamp, key, value, headers)).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  it('fills its memory to the last byte before the slack', () => {
    // A record of 7 bytes beside its value.
    const builder = new BatchBuilder(Buffer.alloc(61 + 7 + 20 + builderSlackBytes))
    expect(builder.append(1, null, 'x'.repeat(21), noHeaders)).toBe(false)
    expect(builder.append(1, null, 'x'.repeat(20), noHeaders)).toBe(true)
    expect(builder.append(1, null, null, noHeaders)).toBe(false)
  })

  it('sees a string of four-byte characters that would end in the slack', () => {
    for (let units = 25; units < 40; units++) {
      const value = `${'x'.repeat(units)}\u{1f600}`
      const builder = new BatchBuilder(Buffer.alloc(memoryForRecord(null, value, noHeaders)))
      expect(builder.append(1, null, value, noHeaders)).toBe(true)
      const batch = decoded(builder.close(0, noProducer, crc32c))
      expect(Buffer.from(batch.records[0]?.value ?? []).toString()).toBe(value)
    }
  })

  it('goes on in larger memory', () => {
    const builder = new BatchBuilder(Buffer.alloc(128))
    const records: Given[] = []
    for (let i = 0; records.length < 20; i++) {
      const record = { timestamp: 5 + i, key: `k${i}`, value: 'v'.repeat(30), headers: noHeaders }
      if (builder.append(record.timestamp, record.key, record.value, noHeaders)) {
        records.push(record)
        continue
      }
      const former = builder.memory
      expect(builder.moveTo(Buffer.alloc(former.length * 2))).toBe(former)
    }
    expect(plain(decoded(builder.close(0, noProducer, crc32c)))).toEqual(expected(records))
    expect(() => builder.moveTo(Buffer.alloc(16))).toThrow(/larger memory/)
  })

  it('can be closed again under another stamp', () => {
    const builder = new BatchBuilder(Buffer.alloc(256))
    builder.append(9, 'k', 'v', [['h', '1']])
    builder.close(0, { producerId: 5, producerEpoch: 0, baseSequence: 70 }, crc32c)
    const again = { producerId: 5, producerEpoch: 1, baseSequence: 0 }
    expect(decoded(builder.close(0, again, crc32c))).toMatchObject(again)
  })

  it('tells the records alone, for a codec', () => {
    const builder = new BatchBuilder(Buffer.alloc(256))
    builder.append(9, 'k', 'v', noHeaders)
    expect(builder.records().length).toBe(builder.bytes - 61)
  })
})
