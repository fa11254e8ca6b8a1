import { describe, expect, it } from 'vitest'
import { brokerRows, caseNames, caseRows, ratioRows } from '../../../src/bench/compare/tables.ts'
import { sampleSides, sampleTurn, sampleWorkload } from './sample-results.ts'

describe('ratioRows', () => {
  it('has a cell for each figure that compares, with the range of the pairs', () => {
    const tables = ratioRows(sampleWorkload([20, 30, 40], [10, 10, 10]), sampleSides)
    if (typeof tables === 'string') throw new Error(tables)
    const [[heads, row] = [], [, broker] = []] = tables
    expect(heads?.slice(0, 4)).toEqual(['times', 'MB/s', 'records/s', 'requests/s'])
    expect(row?.slice(0, 4)).toEqual(['one', ...Array(3).fill('3 (2 to 4)')])
    expect(row).toHaveLength(heads?.length ?? 0)
    expect(heads).not.toContain('client busy %')
    expect(broker?.slice(0, 3)).toEqual(['broker', '1 (1 to 1)', '0.010 (0.010 to 0.010)'])
  })

  it('is a sentence where there are too few pairs', () => {
    const words = '1 interleaved pair, a ratio needs 3'
    expect(ratioRows(sampleWorkload([20], [10]), sampleSides)).toBe(words)
    const start = sampleWorkload([20], [10])
    const alone = { ...start, turns: start.turns.map((turn) => ({ ...turn, cases: {} })) }
    expect(ratioRows(alone, sampleSides)).toBe(words)
  })
})

describe('caseRows and brokerRows', () => {
  const results = sampleWorkload([30, 10, 20], [7, 5, 6])

  it('have the medians of both sides, and a figure for every head', () => {
    const [heads = [], ours = [], theirs = []] = caseRows(results, sampleSides)
    expect(heads.slice(0, 2)).toEqual(['case', 'broker'])
    const at = heads.indexOf('requests/s')
    expect([ours[at], theirs[at]]).toEqual(['20', '6'])
    expect(ours[heads.indexOf('client busy %')]).toBe('50')
    expect(new Set([heads, ours, theirs].map(({ length }) => length)).size).toBe(1)
    expect(brokerRows(results, sampleSides)).toEqual([
      ['broker', 'first answer ms', 'first produce ms', ...rss],
      ['odradek', '10', '20', '50', '60', '70'],
      ['kafka', '10', '2,000', '50', '60', '70'],
    ])
  })

  const rss = ['idle RSS MiB', 'loaded RSS MiB', 'peak RSS MiB']

  it('leave out the start and memory of a broker that was not started here', () => {
    const { broker: _, ...running } = sampleTurn('kafka', 1, 10)
    const turns = [sampleTurn('odradek', 1, 20), running]
    const rows = brokerRows(sampleWorkload([], [], { turns }), sampleSides)
    expect(rows.map(([name]) => name)).toEqual(['broker', 'odradek'])
  })
})

describe('caseNames', () => {
  it('keeps the order of the workload', () => {
    const turn = sampleTurn('odradek', 1, 1)
    const turns = [{ ...turn, cases: { b: {}, a: {} } }]
    expect(caseNames(sampleWorkload([], [], { turns }))).toEqual(['b', 'a'])
  })
})
