import { describe, expect, it } from 'vitest'
import { readLimits } from '../../../bench/harness/budget.ts'

describe('readLimits', () => {
  it('has one bound for each figure of a case', () => {
    const limits = readLimits()
    for (const limit of limits) {
      expect([limit.atMost, limit.atLeast].filter((bound) => bound !== undefined)).toHaveLength(1)
    }
    const names = limits.map((limit) => `${limit.case} ${limit.figure}`)
    expect(new Set(names).size).toBe(names.length)
  })
})
