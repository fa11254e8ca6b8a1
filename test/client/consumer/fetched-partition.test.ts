import { describe, expect, it } from 'vitest'
import { FetchedPartition, summarize } from '../../../src/client/consumer/fetched-partition.ts'
import { type PartitionPosition, Positions } from '../../../src/client/consumer/positions.ts'
import { gzip } from '../../../src/compression/gzip.ts'
import type { Codec } from '../../../src/compression/index.ts'
import { crc32c } from '../../../src/protocol/crc32c.ts'
import { batchAttributes, encodeBatch, newBatch } from '../../../src/protocol/record-batch.ts'

const { transactional, control } = batchAttributes

/** A batch of values, its first at `baseOffset`. */
function batch(
  baseOffset: number,
  values: readonly string[],
  attributes = 0,
  producerId = -1,
): Buffer {
  const records = values.map((value, i) => ({
    timestamp: 1_000 + i,
    key: null,
    value: Buffer.from(value),
  }))
  const compression = {
    compress: (_: number, bytes: Uint8Array) => gzip.compress(bytes),
    decompress: never,
  }
  const header = { baseOffset, attributes, producerId, partitionLeaderEpoch: 3 }
  return Buffer.from(encodeBatch(newBatch(records, header), compression))
}

function never(): Uint8Array {
  throw new Error('nobody reads here')
}

/** The marker that ends a transaction. */
function marker(offset: number, producerId: number, commits: boolean): Buffer {
  const key = Buffer.from([0, 0, 0, commits ? 1 : 0])
  const records = [{ timestamp: 1, key, value: Buffer.alloc(6) }]
  const attributes = transactional | control
  return Buffer.from(encodeBatch(newBatch(records, { baseOffset: offset, attributes, producerId })))
}

function positionAt(offset: number): PartitionPosition {
  const positions = new Positions('earliest')
  positions.assign([{ topic: 't', partition: 2 }])
  const [position] = [...positions.all]
  if (position === undefined) throw new Error('assigned')
  positions.seek(position, { offset, leaderEpoch: -1 })
  return position
}

interface Settings {
  readonly from?: number
  readonly aborted?: readonly { readonly producerId: number; readonly firstOffset: number }[]
  readonly codecs?: ReadonlyMap<number, Codec>
}

function pieceOf(
  bytes: Buffer,
  { from = 0, aborted, codecs = new Map() }: Settings = {},
): FetchedPartition {
  const position = positionAt(from)
  const opening = { checksum: crc32c, codecs }
  return new FetchedPartition(position, bytes, summarize(bytes, from), opening, aborted ?? null)
}

/** All that is handed out, as `offset=value`. */
function all(piece: FetchedPartition): string[] {
  const seen: string[] = []
  while (piece.advance()) seen.push(`${piece.reader.offset}=${piece.reader.value}`)
  return seen
}

describe('a fetched partition', () => {
  it('hands out its records, batch after batch, and moves the position', () => {
    const piece = pieceOf(Buffer.concat([batch(0, ['a', 'b']), batch(2, ['c'])]))
    expect(piece.advance()).toBe(true)
    expect(piece.position).toMatchObject({ position: 1, positionEpoch: 3 })
    expect(all(piece)).toEqual(['1=b', '2=c'])
    expect(piece.position.position).toBe(3)
    expect(piece.endOffset).toBe(3)
    expect(piece.advance()).toBe(false)
  })

  it('leaves out what lies before the position', () => {
    const piece = pieceOf(Buffer.concat([batch(0, ['a']), batch(1, ['b', 'c', 'd'])]), { from: 3 })
    expect(all(piece)).toEqual(['3=d'])
  })

  it('passes over what compaction left of a batch', () => {
    const records = [{ offsetDelta: 1, timestampDelta: 0, key: null, value: null, headers: [] }]
    const holes = {
      ...newBatch([{ timestamp: 1, key: null, value: null }]),
      records,
      lastOffsetDelta: 9,
    }
    const bytes = Buffer.from(encodeBatch(holes))
    const piece = pieceOf(bytes)
    expect(all(piece)).toEqual(['1=null'])
    expect(piece.position.position).toBe(10)
  })

  it('ends before a batch that is cut off', () => {
    const bytes = Buffer.concat([batch(0, ['a']), batch(1, ['b']).subarray(0, 40)])
    expect(all(pieceOf(bytes))).toEqual(['0=a'])
    expect(summarize(batch(0, ['a']).subarray(0, 40), 7)).toMatchObject({
      isCutOff: true,
      nextOffset: 7,
    })
  })

  it('opens compressed batches', () => {
    const bytes = Buffer.concat([batch(0, ['a', 'b'], 1), batch(2, ['c'])])
    expect([...summarize(bytes, 0).codecs]).toEqual([1])
    expect(all(pieceOf(bytes, { codecs: new Map([[1, gzip]]) }))).toEqual(['0=a', '1=b', '2=c'])
  })

  it('reads what was opened ahead, and opens the rest itself', () => {
    const first = batch(0, ['a'], 1)
    const bytes = Buffer.concat([first, batch(1, ['b'], 1)])
    const summary = summarize(bytes, 0)
    expect(summary.compressed.map(({ batchAt }) => batchAt)).toEqual([0, first.length])
    const [ahead] = summary.compressed
    const records = gzip.decompress(bytes.subarray(ahead?.from, ahead?.to), 1_000)
    const opened = new Map([[0, Buffer.from(records)]])
    let opens = 0
    const counting: Codec = {
      ...gzip,
      decompress: (from, max) => {
        opens++
        return gzip.decompress(from, max)
      },
    }
    const opening = { checksum: crc32c, codecs: new Map([[1, counting]]), opened }
    const piece = new FetchedPartition(positionAt(0), bytes, summary, opening, null)
    expect(all(piece)).toEqual(['0=a', '1=b'])
    expect(opens).toBe(1)
  })

  it('compares checksums of what was opened ahead, too', () => {
    const bytes = batch(0, ['a'], 1)
    const summary = summarize(bytes, 0)
    const opened = new Map([[0, Buffer.alloc(10)]])
    bytes.writeUInt8(bytes.readUInt8(40) ^ 1, 40)
    const opening = { checksum: crc32c, codecs: new Map([[1, gzip]]), opened }
    const piece = new FetchedPartition(positionAt(0), bytes, summary, opening, null)
    expect(() => piece.advance()).toThrow('its batch is broken')
  })

  it('stays before a broken batch, and says where it is', () => {
    const broken = batch(1, ['b'])
    broken[broken.length - 2] = (broken.at(-2) ?? 0) ^ 1
    const piece = pieceOf(Buffer.concat([batch(0, ['a']), broken]))
    expect(piece.advance()).toBe(true)
    for (let tries = 0; tries < 2; tries++) {
      expect(() => piece.advance()).toThrow('t-2 from offset 1 on')
      expect(() => piece.advance()).toThrow('checksum differs')
    }
    expect(piece.position.position).toBe(1)
  })

  it('says which codec fails', () => {
    const bytes = batch(0, ['a'], 1)
    expect(() => pieceOf(bytes).advance()).toThrow('codec 1')
    bytes.fill(0, 70)
    const opening = { checksum: undefined, codecs: new Map([[1, gzip]]) }
    const piece = new FetchedPartition(positionAt(0), bytes, summarize(bytes, 0), opening, null)
    expect(() => piece.advance()).toThrow('corrupt gzip data')
  })

  it('is obsolete once somebody seeks', () => {
    const position = positionAt(0)
    const bytes = batch(0, ['a'])
    const opening = { checksum: undefined, codecs: new Map() }
    const piece = new FetchedPartition(position, bytes, summarize(bytes, 0), opening, null)
    expect(piece.isCurrent).toBe(true)
    position.version++
    expect(piece.isCurrent).toBe(false)
  })
})

describe('transactions', () => {
  const log = Buffer.concat([
    batch(0, ['a'], transactional, 7),
    batch(1, ['b'], transactional, 8),
    batch(2, ['c'], transactional, 7),
    marker(3, 7, false),
    batch(4, ['d'], transactional, 7),
    marker(5, 8, true),
    marker(6, 7, true),
    batch(7, ['e']),
  ])

  it('are all read, without their markers, when nobody asks for committed ones alone', () => {
    const piece = pieceOf(log)
    expect(all(piece)).toEqual(['0=a', '1=b', '2=c', '4=d', '7=e'])
  })

  it('that were aborted are left out, and no later one of the same producer', () => {
    const piece = pieceOf(log, { aborted: [{ producerId: 7, firstOffset: 0 }] })
    expect(all(piece)).toEqual(['1=b', '4=d', '7=e'])
    expect(piece.position.position).toBe(8)
  })

  it('may be aborted twice by one producer', () => {
    const aborted = [
      { producerId: 7, firstOffset: 4 },
      { producerId: 7, firstOffset: 0 },
    ]
    const bytes = Buffer.concat([log.subarray(0, -1), log.subarray(-1)])
    expect(all(pieceOf(bytes, { aborted }))).toEqual(['1=b', '7=e'])
  })

  it('that end before the position begin are over', () => {
    const aborted = [{ producerId: 7, firstOffset: 0 }]
    expect(all(pieceOf(log, { from: 4, aborted }))).toEqual(['4=d', '7=e'])
    expect(all(pieceOf(log, { from: 2, aborted }))).toEqual(['4=d', '7=e'])
  })

  it('move the position behind a marker at the end', () => {
    const piece = pieceOf(Buffer.concat([batch(0, ['a'], transactional, 7), marker(1, 7, false)]), {
      aborted: [{ producerId: 7, firstOffset: 0 }],
    })
    expect(all(piece)).toEqual([])
    expect(piece.position.position).toBe(2)
  })
})
