/** Record batches as a Fetch answers them: cut anywhere, damaged anywhere, of any codec. */
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Codec, loadCodec } from '../../src/compression/index.ts'
import {
  type BatchCompression,
  decodeBatch,
  decodeBatches,
  decodeBatchHeader,
  encodeBatch,
  type NewRecord,
  newBatch,
  offsetOf,
  type ReadBatch,
  timestampOf,
} from '../../src/protocol/record-batch.ts'

const codecs = new Map<number, Codec>()
beforeAll(async () => {
  for (const id of [1, 2, 3, 4]) codecs.set(id, await loadCodec(id))
})

function codec(id: number): Codec {
  const found = codecs.get(id)
  if (found === undefined) throw new Error(`no codec ${id}`)
  return found
}

const compression: BatchCompression = {
  compress: (id, bytes) => codec(id).compress(bytes),
  decompress: (id, bytes) => codec(id).decompress(bytes, 4 * 1024 * 1024),
}

const bytes = fc.option(fc.uint8Array({ maxLength: 60 }))
const header = fc.record({ key: fc.string({ unit: 'grapheme', maxLength: 5 }), value: bytes })
const record: fc.Arbitrary<NewRecord> = fc.record({
  timestamp: fc.nat({ max: 2 ** 31 - 1 }),
  key: bytes,
  value: bytes,
  headers: fc.array(header, { maxLength: 2 }),
})

interface Given {
  readonly records: readonly NewRecord[]
  readonly codec: number
  readonly gap: number
  readonly appendTime: boolean
}

const given: fc.Arbitrary<Given> = fc.record({
  records: fc.array(record, { minLength: 1, maxLength: 4 }),
  codec: fc.integer({ min: 0, max: 4 }),
  gap: fc.nat({ max: 3 }),
  appendTime: fc.boolean(),
})
const range = fc.array(given, { minLength: 1, maxLength: 5 })

/** The batches one behind the other, offsets ascending with gaps, as compaction leaves them. */
function encoded(all: readonly Given[]): Uint8Array[] {
  let baseOffset = 0
  return all.map(({ records, codec: id, gap, appendTime }) => {
    baseOffset += gap
    const attributes = id | (appendTime ? 0x08 : 0)
    const batch = encodeBatch(newBatch(records, { baseOffset, attributes }), compression)
    baseOffset += records.length
    return batch
  })
}

function plain(batches: readonly ReadBatch[]) {
  return batches.map((batch) =>
    batch.records.map((one) => ({
      offset: offsetOf(batch, one),
      timestamp: timestampOf(batch, one),
      ...{ key: one.key, value: one.value, headers: one.headers },
    })),
  )
}

describe('a range of batches', () => {
  test('comes back with every offset, time, key, value and header', () => {
    fc.assert(
      fc.property(range, (all) => {
        const { value } = decodeBatches(Buffer.concat(encoded(all)), compression)
        let next = 0
        const expected = all.map(({ records, gap, appendTime }) => {
          next += gap
          const latest = Math.max(...records.map(({ timestamp }) => timestamp))
          return records.map((one) => ({
            ...one,
            offset: next++,
            timestamp: appendTime ? latest : one.timestamp,
          }))
        })
        expect(plain(value?.batches ?? [])).toEqual(expected)
      }),
    )
  })

  test('cut at any byte gives its whole batches, and says how far they go', () => {
    fc.assert(
      fc.property(range, (all) => {
        const parts = encoded(all)
        const whole = Buffer.concat(parts)
        const ends = parts.map((_, at) => Buffer.concat(parts.slice(0, at + 1)).length)
        for (let length = 0; length <= whole.length; length++) {
          const { value } = decodeBatches(whole.subarray(0, length), compression)
          const count = ends.filter((end) => end <= length).length
          expect(value?.batches.length).toBe(count)
          expect(value?.bytesRead).toBe(ends[count - 1] ?? 0)
        }
      }),
      { numRuns: 15 },
    )
  })

  test('with a flipped bit names the batch, except in what a broker sets', () => {
    // Base offset and leader epoch are outside of the checksum; the length, where it grows, makes
    // the batch one that is cut off.
    const unprotected = 16
    fc.assert(
      fc.property(range, fc.nat(), fc.nat({ max: 7 }), (all, place, bit) => {
        const parts = encoded(all)
        const whole = Buffer.concat(parts)
        const at = place % whole.length
        let start = 0
        for (const part of parts) {
          if (start + part.length > at) break
          start += part.length
        }
        fc.pre(at - start >= unprotected)
        whole[at]! ^= 1 << bit
        // A header that cannot be is told before its checksum is looked at.
        const { error } = decodeBatches(whole, compression)
        expect(error?.startsWith(`at byte ${start}: record batch: `)).toBe(true)
      }),
      { numRuns: 300 },
    )
  })
})

describe('a batch of any bytes whose checksum fits', () => {
  test('is read or refused, never more, and what was read is written again the same', () => {
    const changes = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), {
      minLength: 1,
      maxLength: 4,
    })
    fc.assert(
      fc.property(given, changes, (one, replaced) => {
        const [batch = new Uint8Array()] = encoded([{ ...one, codec: 0 }])
        for (const [place, byte] of replaced) batch[21 + (place % (batch.length - 21))] = byte
        new DataView(batch.buffer, batch.byteOffset).setUint32(17, slowCrc(batch.subarray(21)))
        const { value, error } = decodeBatch(batch, 0, compression)
        expect(value === null).toBe(error !== null)
        if (value === null) {
          expect(error).toMatch(/^record batch: /)
          return
        }
        expect(value.records.length).toBe(decodeBatchHeader(batch).value?.recordsCount)
        // A varint has longer forms, and an attribute byte of a record is not kept: the bytes may
        // differ, what they mean does not.
        const again = decodeBatch(encodeBatch(value, compression), 0, compression).value
        expect(again?.records).toEqual(value.records)
      }),
      { numRuns: 1500 },
    )
  })
})

/** CRC-32C bit by bit, from its polynomial. */
function slowCrc(data: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of data) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1
  }
  return ~crc >>> 0
}
