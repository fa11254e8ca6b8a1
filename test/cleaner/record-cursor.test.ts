import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type AnnouncedRecords, RecordCursor } from '../../src/cleaner/record-cursor.ts'
import { batchHeaderBytes, encodeBatch, newBatch } from '../../src/protocol/record-batch.ts'

/** The records of a batch without its header. */
function recordsOf(
  records: readonly { key: Uint8Array | null; value: Uint8Array | null; timestamp: number }[],
): Uint8Array {
  const headers = [{ key: 'name', value: Buffer.from('x') }]
  return encodeBatch(newBatch(records.map((one) => ({ ...one, headers })))).subarray(
    batchHeaderBytes,
  )
}

/** A header of this many records, one offset each. */
function announced(recordsCount: number): AnnouncedRecords {
  return { recordsCount, lastOffsetDelta: recordsCount - 1 }
}

const record = { key: Buffer.from('key'), value: Buffer.from('value'), timestamp: 5 }

describe('the record cursor', () => {
  it('reads what the reference codec wrote', () => {
    const bytes = fc.option(fc.uint8Array({ maxLength: 200 }))
    const timestamp = fc.integer({ min: -(2 ** 51), max: 2 ** 51 })
    fc.assert(
      fc.property(
        fc.array(fc.record({ key: bytes, value: bytes, timestamp }), { minLength: 1 }),
        (records) => {
          const opened = recordsOf(records)
          const cursor = new RecordCursor(opened, announced(records.length))
          let end = 0
          records.forEach(({ key, value, timestamp: at }, i) => {
            expect(cursor.next()).toBe(true)
            expect(cursor.start).toBe(end)
            end = cursor.end
            expect(cursor.offsetDelta).toBe(i)
            expect(cursor.keyBytes).toBe(key?.length ?? -1)
            expect(cursor.valueBytes).toBe(value?.length ?? -1)
            if (key !== null) expect(Buffer.from(cursor.key())).toEqual(Buffer.from(key))
            expect(cursor.timestampDelta()).toBe(BigInt(at - records[0]!.timestamp))
          })
          expect(cursor.next()).toBe(false)
          expect([cursor.fault, end]).toEqual([null, opened.length])
        },
      ),
    )
  })

  it.each([
    ['-2^63', [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01], -(2n ** 63n)],
    ['2^63-1', [0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01], 2n ** 63n - 1n],
    ['-1', [0x01], -1n],
    ['64', [0x80, 0x01], 64n],
  ])('reads a timestamp %s away', (_name, delta, value) => {
    const body = [0, ...delta, 0, 1, 1, 0]
    const cursor = new RecordCursor(Uint8Array.from([body.length * 2, ...body]), announced(1))
    expect(cursor.next()).toBe(true)
    expect(cursor.timestampDelta()).toBe(value)
  })

  it('goes back to a record', () => {
    const opened = recordsOf([record, { ...record, key: Buffer.from('other') }])
    const cursor = new RecordCursor(opened, announced(2))
    cursor.next()
    const first = cursor.start
    cursor.next()
    cursor.seek(first)
    expect(Buffer.from(cursor.key()).toString()).toBe('key')
  })

  it.each([
    ['fewer bytes than records', recordsOf([record]), 2],
    ['more bytes than records', recordsOf([record, record]), 1],
    ['bytes and no record', recordsOf([record]), 0],
    ['a record that is cut short', recordsOf([record]).subarray(0, -1), 1],
    ['a length beyond 32 bits', Uint8Array.from([0xff, 0xff, 0xff, 0xff, 0xff, 1]), 1],
    ['a negative length', Uint8Array.from([1, 0, 0, 0, 1, 1, 0]), 1],
    ['a key length below -1', Uint8Array.from([12, 0, 0, 0, 3, 1, 0]), 1],
    ['a key beyond the record', Uint8Array.from([12, 0, 0, 0, 60, 1, 0]), 1],
    ['a value beyond the record', Uint8Array.from([12, 0, 0, 0, 1, 60, 0]), 1],
    ['no number of headers', Uint8Array.from([10, 0, 0, 0, 1, 1]), 1],
    ['an offset behind the last one', Uint8Array.from([12, 0, 0, 2, 1, 1, 0]), 1],
    ['an offset before the first one', Uint8Array.from([12, 0, 0, 1, 1, 1, 0]), 1],
    ['a timestamp beyond 64 bits', Uint8Array.from([40, 0, ...Array<number>(19).fill(0xff)]), 1],
  ])('refuses %s', (_name, bytes, count) => {
    const cursor = new RecordCursor(bytes, announced(count))
    let read = 0
    while (cursor.next()) read++
    expect(read).toBeLessThanOrEqual(count)
    expect(cursor.fault).toMatch(/at byte \d+ of the records$/)
  })

  it('ends on any bytes, within them', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(5), (bytes, count) => {
        const cursor = new RecordCursor(bytes, announced(count))
        while (cursor.next()) {
          expect(cursor.end).toBeLessThanOrEqual(bytes.length)
          expect(cursor.bodyAt).toBeLessThan(cursor.end)
          if (cursor.keyBytes >= 0) expect(cursor.key().length).toBe(cursor.keyBytes)
        }
      }),
    )
  })
})
