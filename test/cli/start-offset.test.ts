import { describe, expect, it } from 'vitest'
import { type OffsetSource, parseOffset, startingPoints } from '../../src/cli/start-offset.ts'

describe('parseOffset', () => {
  it.each([
    ['beginning', { kind: 'beginning' }],
    ['end', { kind: 'end' }],
    ['0', { kind: 'offset', offset: 0 }],
    ['9007199254740991', { kind: 'offset', offset: Number.MAX_SAFE_INTEGER }],
    ['-10', { kind: 'tail', count: 10 }],
    ['s@1700000000000', { kind: 'from-time', timestamp: 1_700_000_000_000 }],
    ['e@0', { kind: 'until-time', timestamp: 0 }],
    ['s@2023-11-14T22:13:20Z', { kind: 'from-time', timestamp: 1_700_000_000_000 }],
  ])('%j', (text, offset) => {
    expect(parseOffset(text)).toEqual(offset)
  })

  it.each(['', 'stored', 'x', '1.5', '--1', '9007199254740992', 's@', 's@soon', 'x@1', 's@-1'])(
    'not %j',
    (text) => {
      expect(parseOffset(text)).toBeUndefined()
    },
  )
})

describe('startingPoints', () => {
  /** Partition 0 holds offsets 10 to 19, whose times are 1010 to 1019; partition 1 is empty. */
  const source: OffsetSource = {
    beginningOffsets: (all) =>
      Promise.resolve(all.map(({ partition }) => (partition === 0 ? 10 : 5))),
    endOffsets: (all) => Promise.resolve(all.map(({ partition }) => (partition === 0 ? 20 : 5))),
    offsetsForTimes: (all) =>
      Promise.resolve(
        all.map(({ partition, timestamp }) => {
          if (partition !== 0 || timestamp > 1_019) return null
          return { offset: Math.max(10, timestamp - 1_000), timestamp, leaderEpoch: 0 }
        }),
      ),
  }

  it.each([
    ['beginning', [10, 5]],
    ['end', [20, 5]],
    ['15', [15, 5]],
    ['25', [20, 5]],
    ['-3', [17, 5]],
    ['-300', [10, 5]],
    ['-0', [20, 5]],
    ['s@1012', [12, 5]],
    ['s@0', [10, 5]],
    ['s@2000', [20, 5]],
  ])('%j', async (text, offsets) => {
    const start = parseOffset(text)
    if (start === undefined) throw new Error(text)
    const points = await startingPoints(source, 'orders', [0, 1], start)
    expect(points).toMatchObject([
      { partition: 0, offset: offsets[0], endOffset: 20 },
      { partition: 1, offset: offsets[1], endOffset: 5 },
    ])
    for (const point of points) expect(point).not.toHaveProperty('goneUpTo')
  })

  it('tells what is gone', async () => {
    const points = await startingPoints(source, 'orders', [0], { kind: 'offset', offset: 3 })
    expect(points).toEqual([{ partition: 0, offset: 10, endOffset: 20, goneUpTo: 10 }])
  })
})
