import { existsSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import { BatchOpener, type CompressedRecords } from '../../../src/client/consumer/batch-opener.ts'
import { loadCodec } from '../../../src/compression/index.ts'

/** Compiled, as Node 20 runs no TypeScript in a thread. */
const compiled = new URL('../../../dist/client/consumer/decompression-worker.js', import.meta.url)
let opener: BatchOpener
afterEach(() => opener?.close())

/** A piece of compressed texts, with a gap before each as a batch's header leaves one. */
async function pieceOf(...texts: (readonly [codecId: number, text: string])[]) {
  const records: CompressedRecords[] = []
  const parts: Buffer[] = []
  let at = 0
  for (const [codecId, text] of texts) {
    const bytes = Buffer.from((await loadCodec(codecId)).compress(Buffer.from(text)))
    records.push({ batchAt: at, from: at + 61, to: at + 61 + bytes.length, codecId })
    parts.push(Buffer.alloc(61), bytes)
    at += 61 + bytes.length
  }
  return { piece: Buffer.concat(parts), records }
}

const kib = 1024
const ofSize = (codecId: number, bytes: number): CompressedRecords[] => [
  { batchAt: 0, from: 61, to: 61 + bytes, codecId },
]

describe('what is worth the way to a thread', () => {
  it.each([
    [1, 16 * kib],
    [4, 16 * kib],
    [2, 128 * kib],
    [3, 128 * kib],
  ])('codec %i: %i bytes', (codecId, bytes) => {
    opener = new BatchOpener()
    expect(opener.isWorth(ofSize(codecId, bytes))).toBe(true)
    expect(opener.isWorth(ofSize(codecId, bytes - 1))).toBe(false)
  })

  it('is the piece, and not a batch of it', () => {
    opener = new BatchOpener()
    const small = ofSize(4, 5 * kib)
    expect(opener.isWorth([...small, ...small, ...small])).toBe(false)
    expect(opener.isWorth([...small, ...small, ...small, ...small])).toBe(true)
    expect(opener.isWorth([])).toBe(false)
  })
})

// Without a build there is no file for the thread: `npm run compile:ts`.
describe.skipIf(!existsSync(compiled))('a piece', () => {
  it('is opened batch by batch, whatever the codec', async () => {
    opener = new BatchOpener(compiled)
    const { piece, records } = await pieceOf([1, 'gzip'], [2, 'snappy'], [3, 'lz4'], [4, 'zstd'])
    const before = Buffer.from(piece)
    const opened = await opener.open(piece, records)
    expect([...opened.keys()]).toEqual(records.map(({ batchAt }) => batchAt))
    expect([...opened.values()].map(String)).toEqual(['gzip', 'snappy', 'lz4', 'zstd'])
    expect(piece.equals(before)).toBe(true)
  })

  it('comes back in the order of the questions', async () => {
    opener = new BatchOpener(compiled)
    const large = await pieceOf([1, 'x'.repeat(4 * kib * kib)])
    const small = await pieceOf([1, 'y'])
    const ended: number[] = []
    await Promise.all([
      opener.open(large.piece, large.records).then(() => ended.push(1)),
      opener.open(small.piece, small.records).then(() => ended.push(2)),
    ])
    expect(ended).toEqual([1, 2])
  })

  it('is opened without the batches that are broken, or of no codec', async () => {
    opener = new BatchOpener(compiled)
    const { piece, records } = await pieceOf([4, 'first'], [1, 'broken'], [4, 'last'])
    piece.fill(7, records[1]?.from, records[1]?.to)
    const unknown = { batchAt: 999, from: 61, to: 70, codecId: 6 }
    const opened = await opener.open(piece, [...records, unknown])
    expect([...opened.values()].map(String)).toEqual(['first', 'last'])
  })

  it('is opened up to a bound, and the rest where it is read', async () => {
    opener = new BatchOpener(compiled)
    const text = 'z'.repeat(9 * kib * kib)
    const { piece, records } = await pieceOf([4, text], [4, text], [4, 'small'])
    const opened = await opener.open(piece, records)
    expect([...opened.values()].map(({ length }) => length)).toEqual([text.length, 5])
  })
})

it('without a thread nothing is opened ahead, and no other thread is tried', async () => {
  opener = new BatchOpener(new URL('./not-there.js', import.meta.url))
  const { piece, records } = await pieceOf([1, 'text'])
  expect(opener.isWorth(ofSize(1, 16 * kib))).toBe(true)
  expect(await opener.open(piece, records)).toEqual(new Map())
  expect(opener.isWorth(ofSize(1, 16 * kib))).toBe(false)
})
