import fc from 'fast-check'
import { expect, it } from 'vitest'
import { codecSet } from '../../../src/broker/open-batch/codec-set.ts'
import { findTimestamp } from '../../../src/broker/open-batch/find-timestamp.ts'
import { runJob } from '../../../src/broker/open-batch/job.ts'
import { batchAttributes, encodeBatch, newBatch } from '../../../src/protocol/record-batch.ts'
import { topicDefaults } from './fixture.ts'

const codecs = await codecSet([1, 2, 3, 4], { openedBytesMax: 1 << 27 })
const start = 1_700_000_000_000
const base = 40

function batchOf(timestamps: readonly number[], codec: number, attributes = 0): Uint8Array {
  const records = timestamps.map((timestamp) => ({ timestamp, key: null, value: null }))
  const place = { baseOffset: base, attributes: codec | attributes }
  return encodeBatch(newBatch(records, place), codecs)
}

it('finds the first record that is not older, in any order of times', () => {
  const times = fc.array(fc.nat({ max: 20 }), { minLength: 1, maxLength: 12 })
  fc.assert(
    fc.property(
      times,
      fc.nat({ max: 21 }),
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: -3, max: 13 }),
      (all, wanted, codec, skipped) => {
        const timestamps = all.map((one) => start + one)
        const from = base + skipped
        const batch = batchOf(timestamps, codec)
        const { found, error } = findTimestamp(batch, start + wanted, from, codecs)
        const at = all.findIndex((one, i) => one >= wanted && i >= skipped)
        const expected = { offset: base + at, timestamp: start + (all[at] ?? 0) }
        expect(error).toBeNull()
        expect(found).toEqual(at < 0 ? undefined : expected)
      },
    ),
  )
})

it('finds the first record with the largest time of those from an offset on', () => {
  const times = fc.array(fc.nat({ max: 20 }), { minLength: 1, maxLength: 12 })
  fc.assert(
    fc.property(times, fc.integer({ min: -3, max: 13 }), (all, skipped) => {
      const batch = batchOf(all, 1)
      const { found, error } = findTimestamp(batch, 'largest', base + skipped, codecs)
      const left = all.slice(Math.max(0, skipped))
      const largest = Math.max(...left)
      const offset = base + Math.max(0, skipped) + left.indexOf(largest)
      expect(error).toBeNull()
      expect(found).toEqual(left.length === 0 ? undefined : { offset, timestamp: largest })
    }),
  )
})

it('takes the time of the batch for all its records where that was the time of the append', () => {
  const batch = batchOf([start, start + 5], 1, batchAttributes.appendTime)
  const expected = { offset: base, timestamp: start + 5 }
  expect(findTimestamp(batch, start + 3, 0, codecs).found).toEqual(expected)
})

it('says why a batch cannot be opened, and not that no record is that young', async () => {
  const batch = batchOf([start, start + 1], 1)
  const flipped = Uint8Array.from(batch)
  flipped[70]! ^= 1
  expect(findTimestamp(flipped, start, 0, codecs)).toEqual({
    found: undefined,
    error: expect.stringContaining('checksum'),
  })
  const others = await codecSet([2], { openedBytesMax: 1 << 27 })
  expect(findTimestamp(batch, start, 0, others)).toEqual({
    found: undefined,
    error: expect.stringContaining('not loaded'),
  })
})

it('is a job of the worker, as a judgement is', async () => {
  const bound = { openedBytesMax: 1 << 27 }
  for (const codec of [1, 2, 3, 4]) {
    const bytes = batchOf([start, start + 1], codec)
    const found = { offset: base + 1, timestamp: start + 1 }
    expect(await runJob({ kind: 'find', bytes, atLeast: start + 1, from: 0, ...bound })).toEqual({
      kind: 'find',
      search: { found, error: null },
    })
    const judge = { kind: 'judge', bytes, rules: topicDefaults, now: start, ...bound } as const
    expect(await runJob(judge)).toMatchObject({
      kind: 'judge',
      verdict: { code: 0 },
    })
  }
})

it('finds no record below the log start, which may lie within the batch', () => {
  const batch = batchOf([start, start + 9, start + 4], 2)
  const found = (from: number) => findTimestamp(batch, start, base + from, codecs).found?.offset
  expect([0, 1, 2, 3].map(found)).toEqual([base, base + 1, base + 2, undefined])
})
