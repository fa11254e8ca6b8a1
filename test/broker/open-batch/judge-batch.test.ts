import { describe, expect, it } from 'vitest'
import { codecSet } from '../../../src/broker/open-batch/codec-set.ts'
import { codecsFor, judgeBatch } from '../../../src/broker/open-batch/judge-batch.ts'
import {
  codecOf,
  decodeBatch,
  decodeBatchHeader,
  encodeBatch,
  type NewRecord,
  newBatch,
} from '../../../src/protocol/record-batch.ts'
import { topicDefaults as rules } from './fixture.ts'

const now = 1_700_000_000_000
const codecs = await codecSet([1, 2, 3, 4], { openedBytesMax: 1 << 27 })

function record(index: number, change: Partial<NewRecord> = {}): NewRecord {
  const value = Buffer.from(`value ${index}`)
  return { timestamp: now + index, key: Buffer.from(`key ${index}`), value, ...change }
}

function batchOf(records: readonly NewRecord[], codec: number): Uint8Array {
  return encodeBatch(newBatch(records, { attributes: codec }), codecs)
}

describe('judgeBatch', () => {
  it('accepts a good batch as it stands', () => {
    const batch = batchOf([record(0), record(1)], 4)
    const verdict = judgeBatch(batch, rules, now, codecs)
    expect(verdict).toEqual({ code: 0, message: '', faults: [], replacement: undefined })
  })

  it('names each record without key on a compacted topic', () => {
    const batch = batchOf([record(0, { key: null }), record(1), record(2, { key: null })], 1)
    const verdict = judgeBatch(batch, { ...rules, compacted: true }, now, codecs)
    expect(verdict.code).toBe(87)
    expect(verdict.faults.map((fault) => fault.index)).toEqual([0, 2])
  })

  it('refuses records from the far future', () => {
    const batch = batchOf([record(0), record(1, { timestamp: now + 3_600_001 })], 3)
    const verdict = judgeBatch(batch, rules, now, codecs)
    expect(verdict.code).toBe(32)
    expect(verdict.faults.map((fault) => fault.index)).toEqual([1])
  })

  it('keeps the attributes that there are, and drops bits that nobody knows', () => {
    const header = { attributes: 0x0400 | 0x10 | 1 }
    const batch = encodeBatch(newBatch([record(0)], header), codecs)
    const anew = judgeBatch(batch, { ...rules, targetCodec: 2 }, now, codecs).replacement
    expect(anew && decodeBatchHeader(anew).value?.attributes).toBe(0x10 | 2)
    const asItIs = judgeBatch(batch, { ...rules, targetCodec: 1 }, now, codecs)
    expect(asItIs).toMatchObject({ code: 0, replacement: undefined })
  })

  it.each([0, 1, 2, 3, 4])('stores the same records with codec %i', (targetCodec) => {
    const batch = batchOf([record(0), record(1), record(2, { value: null })], 2)
    const verdict = judgeBatch(batch, { ...rules, targetCodec }, now, codecs)
    expect(verdict.code).toBe(0)
    const stored = decodeBatch(verdict.replacement ?? batch, 0, codecs).value
    const sent = decodeBatch(batch, 0, codecs).value
    expect(stored && codecOf(stored)).toBe(targetCodec)
    expect(stored?.records).toEqual(sent?.records)
  })

  it('stamps the append time', () => {
    const batch = batchOf([record(0)], 4)
    const later = now + 10_000_000
    const verdict = judgeBatch(batch, { ...rules, logAppendTime: true }, later, codecs)
    const stored = decodeBatch(verdict.replacement ?? batch, 0, codecs).value
    expect(stored?.maxTimestamp).toBe(later)
    expect((stored?.attributes ?? 0) & 8).toBe(8)
  })

  it('answers a stream that its codec cannot read as Apache Kafka does', () => {
    const plain = encodeBatch(newBatch([record(0)]))
    const claimed = encodeBatch(newBatch([record(0)], { attributes: 1 }), {
      compress: () => plain.subarray(61),
      decompress: (_, bytes) => bytes,
    })
    expect(judgeBatch(claimed, rules, now, codecs).code).toBe(-1)
  })

  it('refuses what grows beyond max.message.bytes when stored without codec', () => {
    const batch = batchOf([record(0, { value: Buffer.alloc(2_000_000) })], 1)
    expect(judgeBatch(batch, { ...rules, targetCodec: 0 }, now, codecs).code).toBe(10)
  })
})

it('names the codecs that a judgement needs', () => {
  expect(codecsFor(batchOf([record(0)], 3), { targetCodec: 4 })).toEqual([3, 4])
  expect(codecsFor(batchOf([record(0)], 3), { targetCodec: -1 })).toEqual([3, 0])
})

describe('a batch that grows too much', () => {
  const value = Buffer.alloc(100_000)
  const batches = [1, 2, 3, 4].map((codec) => batchOf([record(0, { value })], codec))

  it.each([1, 2, 3, 4])('is refused as too large with codec %i', async (codec) => {
    const bounded = await codecSet([codec], { openedBytesMax: 90_000 })
    const verdict = judgeBatch(batches[codec - 1] ?? value, rules, now, bounded)
    expect(verdict.code).toBe(10)
    expect(verdict.message).toContain('would decompress to more than')
  })

  it.each([1, 2, 3, 4])('is one whose codec cannot read it if it is damaged: codec %i', (codec) => {
    const damaged = encodeBatch(newBatch([record(0)], { attributes: codec }), {
      compress: () => Buffer.from('no stream of any codec'),
      decompress: codecs.decompress,
    })
    expect(judgeBatch(damaged, rules, now, codecs).code).toBe(-1)
  })
})

describe('the level of the target codec', () => {
  const words = Array.from({ length: 3000 }, (_, i) => `w${(i * 7919) % 251}`).join(' ')
  const batch = batchOf([record(0, { value: Buffer.from(words) })], 0)

  async function stored(codec: number, level: number): Promise<number> {
    const target = { codec, level }
    const set = await codecSet([codec], { openedBytesMax: 1 << 27, target })
    return judgeBatch(batch, { ...rules, targetCodec: codec }, now, set).replacement?.length ?? 0
  }

  it('makes batches smaller, the higher it is', async () => {
    expect(await stored(1, 9)).toBeLessThan(await stored(1, 1))
    expect(await stored(4, 19)).toBeLessThan(await stored(4, -100))
  })

  it('is not that of another codec', async () => {
    const target = { codec: 4, level: 19 }
    const set = await codecSet([1], { openedBytesMax: 1 << 27, target })
    const usual = await codecSet([1], { openedBytesMax: 1 << 27 })
    const bytes = Buffer.from(words)
    expect(set.compress(1, bytes)).toEqual(usual.compress(1, bytes))
  })
})
