import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { crc32c } from '../../src/protocol/crc32c.ts'
import {
  batchAttributes,
  decodeBatch,
  encodeBatch,
  type NewRecord,
  newBatch,
} from '../../src/protocol/record-batch.ts'
import { BatchReader, batchBytesAt, readHeaders } from '../../src/record/batch-reader.ts'

const bytes = fc.uint8Array({ maxLength: 40 })
const newRecord: fc.Arbitrary<NewRecord> = fc.record({
  timestamp: fc.integer({ min: -1, max: 2 ** 45 }),
  key: fc.option(bytes),
  value: fc.option(bytes),
  headers: fc.array(fc.record({ key: fc.string({ maxLength: 5 }), value: fc.option(bytes) }), {
    maxLength: 3,
  }),
})

interface Seen {
  readonly offset: number
  readonly timestamp: number
  readonly key: string | null
  readonly value: string | null
  readonly headers: readonly (readonly [string, string | null])[]
}

function hex(data: Uint8Array | null): string | null {
  return data && Buffer.from(data).toString('hex')
}

function walk(reader: BatchReader): Seen[] {
  const seen: Seen[] = []
  while (reader.next()) {
    const { offset, timestamp, key, value, headers } = reader
    const pairs = headers.map((header) => [header.key, hex(header.value)] as const)
    seen.push({ offset, timestamp, key: hex(key), value: hex(value), headers: pairs })
  }
  return seen
}

function encoded(records: readonly NewRecord[], header = {}): Buffer {
  return Buffer.from(encodeBatch(newBatch(records, header)))
}

describe('BatchReader', () => {
  it('reads what the reference codec wrote, anywhere in the bytes', () => {
    fc.assert(
      fc.property(
        fc.array(newRecord, { minLength: 1, maxLength: 20 }),
        fc.nat({ max: 20 }),
        fc.integer({ min: 0, max: 2 ** 40 }),
        (records, before, baseOffset) => {
          const batch = encoded(records, { baseOffset, partitionLeaderEpoch: 4 })
          const range = Buffer.concat([Buffer.alloc(before, 0xee), batch, Buffer.alloc(9, 0xee)])
          const reader = new BatchReader()
          expect(batchBytesAt(range, before)).toBe(batch.length)
          expect(reader.open(range, before, crc32c)).toBe(true)
          const expected = records.map((record, i) => ({
            offset: baseOffset + i,
            timestamp: record.timestamp,
            key: hex(record.key),
            value: hex(record.value),
            headers: (record.headers ?? []).map(({ key, value }) => [
              Buffer.from(key).toString(),
              hex(value),
            ]),
          }))
          expect(walk(reader)).toEqual(expected)
          expect(reader.error).toBeNull()
          expect(reader.batchBytes).toBe(batch.length)
          expect(reader.leaderEpoch).toBe(4)
          expect(reader.lastOffset).toBe(baseOffset + records.length - 1)
        },
      ),
      { numRuns: 300 },
    )
  })

  it('agrees with the reference codec on any damaged batch, and reads nothing elsewhere', () => {
    fc.assert(
      fc.property(
        fc.array(newRecord, { minLength: 1, maxLength: 6 }),
        fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 4 }),
        (records, damage) => {
          const batch = encoded(records)
          for (const [at, byte] of damage) {
            // Behind the checksum's coverage begin the records; lengths and varints are there.
            batch[57 + (at % (batch.length - 57))] = byte
          }
          batch.writeUInt32BE(crc32c(batch.subarray(21)), 17)
          const reader = new BatchReader()
          let isGood = reader.open(batch, 0, crc32c)
          try {
            while (reader.next()) void [reader.key, reader.value, reader.headers]
            isGood = isGood && reader.error === null
          } catch {
            isGood = false
          }
          // The reference also refuses what is odd inside a record: it is never laxer than this.
          if (decodeBatch(batch).value !== null) expect(isGood).toBe(true)
        },
      ),
      { numRuns: 1000 },
    )
  })

  it('opens what a codec has decompressed', () => {
    const records = [{ timestamp: 5, key: null, value: Buffer.from('v') }]
    const compression = {
      compress: (_codec: number, raw: Uint8Array) => Buffer.from(raw).reverse(),
      decompress: (_codec: number, stored: Uint8Array) => Buffer.from(stored).reverse(),
    }
    const batch = Buffer.from(encodeBatch(newBatch(records, { attributes: 4 }), compression))
    const reader = new BatchReader()
    expect(reader.open(batch)).toBe(true)
    expect(reader.codec).toBe(4)
    expect(reader.next()).toBe(false)
    expect(reader.error).toBeNull()
    reader.openRecords(Buffer.from(reader.storedRecords()).reverse())
    expect(walk(reader)).toMatchObject([{ offset: 0, value: hex(Buffer.from('v')) }])
  })

  it('gives the append time where the topic stamps it, and tells markers', () => {
    const attributes = batchAttributes.appendTime | batchAttributes.control
    const records = [{ timestamp: 5, key: null, value: null }]
    const reader = new BatchReader()
    reader.open(encoded(records, { attributes, maxTimestamp: 99, producerId: 8, producerEpoch: 2 }))
    expect(walk(reader)).toMatchObject([{ timestamp: 99, key: null, value: null }])
    expect(reader).toMatchObject({ isControl: true, isTransactional: false, isAppendTime: true })
    expect(reader).toMatchObject({ producerId: 8, producerEpoch: 2 })
  })

  it('makes records that outlive the cursor', () => {
    const records = ['a', 'b'].map((text) => ({
      timestamp: 5,
      key: Buffer.from(text),
      value: Buffer.from(text + text),
      headers: [{ key: 'h', value: null }],
    }))
    const reader = new BatchReader()
    reader.open(encoded(records, { baseOffset: 70 }))
    const kept = []
    while (reader.next()) kept.push(reader.record())
    expect(kept.map(({ offset, timestamp }) => [offset, timestamp])).toEqual([
      [70, 5],
      [71, 5],
    ])
    expect(kept.map(({ key, value }) => `${key} ${value}`)).toEqual(['a aa', 'b bb'])
    expect(kept[0]?.headers).toEqual([{ key: 'h', value: null }])
    expect(() => new BatchReader().record()).toThrow(/next\(\) came before/)
  })

  it('is used for one batch after the other, also behind a broken one', () => {
    const good = encoded([{ timestamp: 5, key: null, value: null }])
    const bad = Buffer.from(good)
    bad[20] = (bad[20] ?? 0) ^ 1
    const reader = new BatchReader()
    expect(reader.open(bad, 0, crc32c)).toBe(false)
    expect(reader.error).toBe('checksum differs')
    expect(reader.next()).toBe(false)
    expect(reader.open(good, 0, crc32c)).toBe(true)
    expect(walk(reader)).toHaveLength(1)
  })

  it.each([
    ['another magic', (batch: Buffer) => batch.writeInt8(1, 16), /magic 2/],
    ['a negative count', (batch: Buffer) => batch.writeInt32BE(-1, 57), /-1 records/],
    ['more records than bytes', (batch: Buffer) => batch.writeInt32BE(9, 57), /more records/],
    ['an offset above 2^53', (batch: Buffer) => batch.writeInt8(0x40, 0), /above 2\^53/],
    ['a record that is cut off', (batch: Buffer) => batch.writeUInt8(0x7e, 61), /cut off/],
    ['a key beyond its record', (batch: Buffer) => batch.writeUInt8(0x7e, 65), /key is longer/],
    ['a value beyond its record', (batch: Buffer) => batch.writeUInt8(0x7e, 66), /value is longer/],
    ['fewer records than bytes', (batch: Buffer) => batch.writeInt32BE(0, 57), /bytes behind/],
  ])('refuses %s', (_name, damage, error) => {
    const batch = encoded([{ timestamp: 5, key: null, value: Buffer.from('value') }])
    damage(batch)
    const reader = new BatchReader()
    reader.open(batch)
    expect(walk(reader)).toEqual([])
    expect(reader.error).toMatch(error)
  })
})

describe('batchBytesAt', () => {
  const batch = encoded([{ timestamp: 5, key: null, value: null }])

  it('is 0 for a batch that is cut off', () => {
    for (let length = 0; length < batch.length; length++) {
      expect(batchBytesAt(batch.subarray(0, length), 0)).toBe(0)
    }
  })

  it('is -1 for a length that no batch has', () => {
    const broken = Buffer.from(batch)
    broken.writeInt32BE(10, 8)
    expect(batchBytesAt(broken, 0)).toBe(-1)
    expect(new BatchReader().open(broken)).toBe(false)
  })
})

describe('readHeaders', () => {
  it.each([
    ['a count beyond the bytes', '7e00'],
    ['a header without key', '020100'],
    ['a key beyond the bytes', '02087878'],
    ['a number that does not end', 'ffffffffffff'],
  ])('refuses %s', (_name, broken) => {
    expect(() => readHeaders(Buffer.from(broken, 'hex'), 0)).toThrow()
  })
})
