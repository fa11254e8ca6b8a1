import { readFileSync } from 'node:fs'
import { gunzipSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type BatchCompression,
  decodeBatch,
  decodeBatches,
  decodeBatchHeader,
  encodeBatch,
  newBatch,
  offsetOf,
  type ReadBatch,
  timestampOf,
} from '../../src/protocol/record-batch.ts'

interface GoldenBatch {
  readonly name: string
  readonly batchLength: number
  readonly count: number
  readonly attributes: number
  readonly timestampType: string
  readonly baseOffset: number | string
  readonly records: readonly {
    readonly offset: number | string
    readonly timestamp: number
    readonly key: string | null
    readonly value: string | null
    readonly headers: readonly (readonly [string, string | null])[]
  }[]
  readonly bytes: string
}

interface GoldenSet {
  readonly name: string
  readonly validBytes: number
  readonly bytes: string
}

const golden = JSON.parse(
  readFileSync(new URL('fixtures/batches.json', import.meta.url), 'utf8'),
) as { readonly cases: readonly GoldenBatch[]; readonly sets: readonly GoldenSet[] }

const gzip: BatchCompression = {
  compress: (_, bytes) => gzipSync(bytes),
  decompress: (_, bytes) => gunzipSync(bytes, { maxOutputLength: 1 << 20 }),
}

const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'))
const nullable = (text: string | null): Uint8Array | null => (text === null ? null : bytesOf(text))

/** The batch, or a failed test. */
function opened(bytes: Uint8Array): ReadBatch {
  const decoded = decodeBatch(bytes, 0, gzip)
  if (decoded.value === null) throw new Error(decoded.error)
  return decoded.value
}

// A base offset above 2^53 is refused, see below.
const readable = golden.cases.filter((one) => typeof one.baseOffset === 'number')

describe.each(readable)('Kafka\'s batch "$name"', (expected) => {
  const bytes = bytesOf(expected.bytes)
  const batch = opened(bytes)

  test('has the same header', () => {
    const fields = ['baseOffset', 'partitionLeaderEpoch', 'crc', 'attributes', 'lastOffsetDelta']
    const more = ['baseTimestamp', 'maxTimestamp', 'producerId', 'producerEpoch', 'baseSequence']
    for (const name of [...fields, ...more]) {
      const given = (expected as unknown as Record<string, unknown>)[name]
      // What a double cannot hold stands as a decimal string; here that is only 2^63-1.
      const number = given === '9223372036854775807' ? Infinity : given
      expect([name, batch[name as keyof ReadBatch]]).toEqual([name, number])
    }
    expect([batch.bytes, batch.recordsCount]).toEqual([expected.batchLength + 12, expected.count])
  })

  test('has the same records', () => {
    expect(
      batch.records.map((record) => ({
        offset: offsetOf(batch, record),
        timestamp: timestampOf(batch, record),
        key: record.key,
        value: record.value,
        headers: record.headers.map((header) => [header.key, header.value]),
      })),
    ).toEqual(
      expected.records.map((record) => ({
        offset: record.offset,
        timestamp: record.timestamp,
        key: nullable(record.key),
        value: nullable(record.value),
        headers: record.headers.map(([key, value]) => [key, nullable(value)]),
      })),
    )
  })

  test('is the same when written again', () => {
    const again = encodeBatch(batch, gzip)
    if ((expected.attributes & 7) === 0) expect(again).toEqual(bytes)
    // Compressed bytes depend on the library; what is in them does not.
    expect(opened(again).records).toEqual(batch.records)
  })

  test('is refused when cut off, and when a bit flips', () => {
    for (let length = 0; length < Math.min(bytes.length, 200); length++) {
      expect(decodeBatch(bytes.subarray(0, length), 0, gzip).error).not.toBeNull()
    }
    for (let at = 16; at < Math.min(bytes.length, 200); at++) {
      const wrong = Uint8Array.from(bytes)
      wrong[at] = (wrong[at] ?? 0) ^ 4
      expect(decodeBatch(wrong, 0, gzip).error).not.toBeNull()
    }
  })
})

describe.each(golden.sets)('Kafka\'s range "$name"', ({ validBytes, bytes }) => {
  test('is read as far as it is whole', () => {
    const decoded = decodeBatches(bytesOf(bytes), gzip)
    expect(decoded.error).toBeNull()
    expect(decoded.value?.bytesRead).toBe(validBytes)
    const again = Buffer.concat(decoded.value?.batches.map((batch) => encodeBatch(batch)) ?? [])
    expect(again.equals(bytesOf(bytes).subarray(0, validBytes))).toBe(true)
  })
})

test('an offset beyond 2^53 is an error', () => {
  const large = golden.cases.find((one) => one.name === 'offset-large')
  expect(decodeBatch(bytesOf(large?.bytes ?? '')).error).toBe(
    'record batch: int64 beyond 2^53 at byte 8',
  )
})

test('a compressed batch needs a way to open it', () => {
  const compressed = bytesOf(golden.cases.find((one) => one.name === 'gzip-one')?.bytes ?? '')
  expect(decodeBatch(compressed).error).toBe(
    'record batch: compressed by codec 1, and none is given',
  )
  const decompress = (): never => {
    throw new Error('torn stream')
  }
  const failing = { ...gzip, decompress }
  expect(decodeBatch(compressed, 0, failing).error).toBe('record batch: codec 1: torn stream')
  expect(() => encodeBatch(opened(compressed))).toThrow('no compression for codec 1')
  expect(decodeBatchHeader(compressed).value?.recordsCount).toBe(1)
})

test('new batches come back, with and without compression', () => {
  const bytes = fc.option(fc.uint8Array({ maxLength: 40 }))
  const header = fc.record({ key: fc.string({ unit: 'grapheme' }), value: bytes })
  const record = fc.record({
    timestamp: fc.maxSafeNat(),
    key: bytes,
    value: bytes,
    headers: fc.array(header, { maxLength: 3 }),
  })
  const records = fc.array(record, { minLength: 1, maxLength: 5 })
  fc.assert(
    fc.property(records, fc.constantFrom(0, 1), (given, attributes) => {
      const batch = opened(encodeBatch(newBatch(given, { attributes, baseOffset: 100 }), gzip))
      expect(batch.maxTimestamp).toBe(Math.max(...given.map((one) => one.timestamp)))
      expect(batch.lastOffsetDelta).toBe(given.length - 1)
      const read = batch.records.map((one) => ({
        timestamp: timestampOf(batch, one),
        key: one.key,
        value: one.value,
        headers: one.headers,
      }))
      expect(read).toEqual(given)
      expect(batch.records.map((one) => offsetOf(batch, one))).toEqual(
        given.map((_, index) => 100 + index),
      )
    }),
  )
})

describe('a batch that lies', () => {
  const honest = newBatch([{ timestamp: 5, key: null, value: Uint8Array.of(1, 2, 3) }])
  const bytes = encodeBatch(honest)

  /** The batch with some bytes replaced, and a checksum that fits again. */
  function forged(at: number, ...replacement: number[]): string | null {
    const forgery = Uint8Array.from(bytes)
    forgery.set(replacement, at)
    const crc = decodeBatchHeader(forgery).value === null ? 0 : crcOf(forgery)
    new DataView(forgery.buffer).setUint32(17, crc)
    return decodeBatch(forgery).error
  }

  test.each([
    ['about its magic', 16, [1], 'magic 1 at byte 17'],
    ['about its length', 8, [0, 0, 0, 1], 'length 1 at byte 12'],
    ['about its length', 8, [127, 0, 0, 0], 'length 2130706432 beyond the end at byte 12'],
    ['about its length', 8, [255, 255, 255, 255], 'length -1 at byte 12'],
    ['about its count', 57, [255, 255, 255, 255], '-1 records at byte 61'],
    ['about its count', 57, [127, 255, 255, 255], 'more records than bytes'],
    ['about its count', 57, [0, 0, 0, 0], 'records: bytes behind the last record at byte 0'],
    ['about a record', 61, [0x7e], 'records: part of 63 bytes beyond the end at byte 1'],
    ['about a record', 61, [0x01], 'records: part of -1 bytes beyond the end at byte 1'],
    ['about a record', 61, [0x0a], 'records: needs 3 bytes, has 0 at byte 6'],
    ['about a key', 65, [0x03], 'records: length -2 at byte 5'],
    ['about headers', 70, [0x7e], 'records: 63 headers at byte 10'],
  ])('%s is refused', (_, at, replacement, why) => {
    expect(forged(at, ...replacement)).toBe(`record batch: ${why}`)
  })

  test('about its checksum is refused', () => {
    const forgery = Uint8Array.from(bytes)
    forgery[17] = (forgery[17] ?? 0) ^ 1
    expect(decodeBatch(forgery).error).toBe('record batch: checksum differs')
  })

  test('in the middle of a range names the place', () => {
    const range = Uint8Array.from([...bytes, ...bytes])
    range[range.length - 1] = 9
    expect(decodeBatches(range).error).toBe(
      `at byte ${bytes.length}: record batch: checksum differs`,
    )
  })
})

test('a value that does not fit its field is an error', () => {
  const record = { timestamp: 5, key: null, value: null }
  expect(() => encodeBatch(newBatch([record], { producerEpoch: 40000 }))).toThrow(
    'record batch: 40000 is no int16',
  )
  expect(() => newBatch([])).toThrow('a new batch has a record')
})

function crcOf(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes.subarray(21)) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1
  }
  return ~crc >>> 0
}
