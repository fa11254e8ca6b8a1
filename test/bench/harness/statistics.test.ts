import { describe, expect, it } from 'vitest'
import { median, short } from '../../../src/bench/harness/statistics.ts'

describe('median', () => {
  it('is the middle value, or the mean of the two middle ones, in any order', () => {
    expect(median([3, 1, 2])).toBe(2)
    expect(median([10, 1, 2, 4])).toBe(3)
    expect(median([7])).toBe(7)
    expect(median([])).toBeNaN()
  })
})

describe('short', () => {
  it('keeps about three digits', () => {
    expect(short(1234567.8)).toBe('1,234,568')
    expect(short(12.345)).toBe('12.3')
    expect(short(1.2345)).toBe('1.23')
    expect(short(0.12345)).toBe('0.123')
  })

  it('leaves whole numbers whole', () => {
    expect(short(0)).toBe('0')
    expect(short(7)).toBe('7')
    expect(short(60_000)).toBe('60,000')
  })

  it('is a dash where nothing was measured', () => {
    expect(short(median([]))).toBe('-')
  })
})
