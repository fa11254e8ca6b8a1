import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  abortedIndexRows,
  offsetIndexRows,
  timeIndexRows,
} from '../../../src/cli/dump/index-files.ts'
import type { Row } from '../../../src/cli/dump/row.ts'

interface Entry {
  readonly relative: number
  readonly position: number
  readonly timestamp: number
}

/** The bytes of the two indexes that take an entry for each of these. */
function indexesOf(entries: readonly Entry[]): { offsets: Buffer; times: Buffer } {
  const offsets = Buffer.alloc(8 * entries.length)
  const times = Buffer.alloc(12 * entries.length)
  for (const [i, { relative, position, timestamp }] of entries.entries()) {
    offsets.writeInt32BE(relative, 8 * i)
    offsets.writeInt32BE(position, 8 * i + 4)
    times.writeBigInt64BE(BigInt(timestamp), 12 * i)
    times.writeInt32BE(relative, 12 * i + 8)
  }
  return { offsets, times }
}

const steps = fc.array(fc.record({ by: fc.integer({ min: 1, max: 1 << 20 }) }), { maxLength: 20 })
const ascending: fc.Arbitrary<Entry[]> = steps.map((all) => {
  let relative = 0
  return all.map(({ by }) => {
    relative += by
    return { relative, position: 2 * relative, timestamp: 3 * relative }
  })
})

const base = 5_000_000_000
const reserved = fc.nat({ max: 40 })

describe('an index', () => {
  it('is told entry by entry, with the room that was never written', () => {
    fc.assert(
      fc.property(ascending, reserved, (entries, free) => {
        const { offsets, times } = indexesOf(entries)
        const told = [
          [...offsetIndexRows(Buffer.concat([offsets, Buffer.alloc(8 * free)]), base)],
          [...timeIndexRows(Buffer.concat([times, Buffer.alloc(12 * free)]), base)],
        ]
        const room = (at: number, bytes: number) =>
          free > 0 ? [{ kind: 'unwritten', at, bytes }] : []
        expect(told).toEqual([
          [
            ...entries.map((one) => ({
              kind: 'entry',
              offset: base + one.relative,
              position: one.position,
            })),
            ...room(offsets.length, 8 * free),
          ],
          [
            ...entries.map((one) => ({
              kind: 'entry',
              timestamp: one.timestamp,
              offset: base + one.relative,
            })),
            ...room(times.length, 12 * free),
          ],
        ])
      }),
    )
  })

  /** What is wrong, with the place. */
  const faults = (rows: Iterable<Row>): unknown[] =>
    [...rows].filter(({ kind }) => kind === 'fault').map(({ at, text }) => [at, text])

  it('says where its entries do not ascend, and goes on', () => {
    const at = (relative: number) => ({ relative, position: relative, timestamp: relative })
    const { offsets, times } = indexesOf([at(3), at(7), at(7), at(9)])
    expect(faults(offsetIndexRows(offsets, base))).toEqual([
      [16, `offset ${base + 7} does not ascend`],
    ])
    expect(faults(timeIndexRows(times, base))).toEqual([[24, 'timestamp 7 does not ascend']])
    expect([...offsetIndexRows(offsets, base)].length).toBe(5)
  })

  it('says that something lies behind an empty entry, and how much of one is cut', () => {
    const entry = { relative: 3, position: 3, timestamp: 3 }
    const gap = { relative: 0, position: 0, timestamp: 0 }
    const { offsets, times } = indexesOf([entry, gap, entry])
    const behind = 'entries behind an empty one'
    expect(faults(offsetIndexRows(offsets, base))).toEqual([[8, behind]])
    expect(faults(timeIndexRows(times, base))).toEqual([[12, behind]])
    const cut = '3 bytes behind the last whole entry'
    expect(faults(offsetIndexRows(offsets.subarray(0, 8 + 3), base))).toEqual([[8, cut]])
    expect(faults(timeIndexRows(times.subarray(0, 12 + 3), base))).toEqual([[12, cut]])
    expect(faults(abortedIndexRows(Buffer.alloc(34 + 3)))).toEqual([[34, cut]])
  })
})

describe('an index of aborted transactions', () => {
  it('tells each, up to a version that is not known', () => {
    const bytes = Buffer.alloc(2 * 34)
    bytes.writeBigInt64BE(7n, 2)
    bytes.writeBigInt64BE(10n, 10)
    bytes.writeBigInt64BE(19n, 18)
    bytes.writeBigInt64BE(12n, 26)
    bytes.writeInt16BE(1, 34)
    expect([...abortedIndexRows(bytes)]).toEqual([
      {
        kind: 'aborted transaction',
        producerId: 7,
        firstOffset: 10,
        lastOffset: 19,
        lastStableOffset: 12,
      },
      { kind: 'fault', at: 34, text: 'entry of unknown version 1' },
    ])
  })
})
