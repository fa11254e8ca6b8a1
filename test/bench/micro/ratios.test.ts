import { describe, expect, it } from 'vitest'
import { readLimits } from '../../../bench/harness/budget.ts'
import { comparedCases, ratioLimits, ratiosByRound } from '../../../bench/micro/ratios.ts'
import { judge } from '../../../src/bench/harness/limits.ts'

const limit = { case: 'find-1000', figure: 'over.find-10', atMost: 2 }

describe('ratioLimits', () => {
  it('are those of two cases', () => {
    const others = [
      { case: 'small', figure: 'cpuUs', atMost: 10 },
      { case: null, figure: 'over.find-10', atMost: 10 },
    ]
    expect(ratioLimits([...others, limit])).toEqual([limit])
    expect(comparedCases(limit)).toEqual(['find-1000', 'find-10'])
  })

  it('of budget.json have an upper bound and two names', () => {
    const limits = ratioLimits(readLimits())
    expect(limits.length).toBeGreaterThan(0)
    for (const one of limits) {
      expect(one.atMost).toBeGreaterThan(0)
      for (const name of comparedCases(one)) expect(name).toMatch(/^[a-z][a-z0-9-]+$/)
    }
  })
})

describe('ratiosByRound', () => {
  it('compares what was measured in the same round', () => {
    // The machine was four times as slow in the second round and in the third.
    const figures = { 'find-1000': [15, 60, 76], 'find-10': [10, 40, 40], other: [1, 1, 1] }
    const rounds = ratiosByRound(figures, [limit])
    expect(rounds.map((round) => round['find-1000'])).toEqual([
      { over: { 'find-10': 1.5 } },
      { over: { 'find-10': 1.5 } },
      { over: { 'find-10': 1.9 } },
    ])
    expect(judge(rounds, [limit])).toEqual(['held: find-1000 over.find-10 is 1.50, at most 2'])
  })

  it('compares one case with several', () => {
    const second = { case: 'find-1000', figure: 'over.read', atMost: 5 }
    const rounds = ratiosByRound({ 'find-1000': [12], 'find-10': [4], read: [2] }, [limit, second])
    expect(judge(rounds, [limit, second])).toEqual([
      'MISSED: find-1000 over.find-10 is 3, at most 2',
      'MISSED: find-1000 over.read is 6, at most 5',
    ])
  })

  it.each(['find-1000', 'find-10'])('refuses a limit of a case that is gone: %s', (gone) => {
    const figures: Record<string, number[]> = { 'find-1000': [1], 'find-10': [1] }
    delete figures[gone]
    expect(() => ratiosByRound(figures, [limit])).toThrow(`budget.json names ${gone}, which is no`)
  })
})
