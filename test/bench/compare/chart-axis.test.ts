import { describe, expect, it } from 'vitest'
import { linearAxis, logarithmicAxis } from '../../../src/bench/compare/chart-axis.ts'

describe('linearAxis', () => {
  it('begins at 0, has room behind the largest value, and marks round numbers', () => {
    const axis = linearAxis([10, 30])
    expect(axis.at(0)).toBe(0)
    expect(axis.at(30)).toBeCloseTo(30 / 36)
    expect(axis.ticks).toEqual([0, 10, 20, 30])
    expect(linearAxis([1_700]).ticks).toEqual([0, 500, 1_000, 1_500, 2_000])
    expect(linearAxis([0.02]).ticks.map((tick) => tick.toFixed(3))).toEqual([
      '0.000',
      '0.005',
      '0.010',
      '0.015',
      '0.020',
    ])
  })

  it('has an end where there is nothing, or nothing but 0', () => {
    for (const values of [[], [0, 0]]) {
      const { at, ticks } = linearAxis(values)
      expect(at(0)).toBe(0)
      expect(ticks.every((tick) => at(tick) >= 0 && at(tick) <= 1)).toBe(true)
    }
  })
})

describe('logarithmicAxis', () => {
  it('goes from the power of ten below all values to the one above', () => {
    const axis = logarithmicAxis([30, 2_000])
    expect(axis.ticks).toEqual([10, 100, 1_000, 10_000])
    expect([10, 100, 10_000].map((value) => axis.at(value))).toEqual([0, 1 / 3, 1])
  })

  it('is not empty for one value, and takes 0 to its beginning', () => {
    expect(logarithmicAxis([100]).ticks).toEqual([100, 1_000])
    expect(logarithmicAxis([0, 100]).at(0)).toBe(0)
    expect(logarithmicAxis([]).ticks).toEqual([1, 10])
  })
})
