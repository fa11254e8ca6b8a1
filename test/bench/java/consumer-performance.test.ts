import { describe, expect, it } from 'vitest'
import { consumedPerSecond } from '../../../src/bench/java/consumer-performance.ts'

describe('consumedPerSecond', () => {
  const line = (ms: string, records: number): string =>
    `2026-11-22T06:34:3${ms}, 0, 9.6100, 28.1, ${records}, 295104.0, 0, 250, 28.1433, 295104.0000`

  it('leaves out the first third', () => {
    const lines = [line('4.000', 1), line('5.000', 99), line('6.000', 500), line('8.500', 1500)]
    expect(consumedPerSecond(lines.join('\n'))).toBe(400)
  })

  it('is NaN of too few lines', () => {
    expect(consumedPerSecond('')).toBeNaN()
    expect(consumedPerSecond('WARN nothing\n')).toBeNaN()
    expect(consumedPerSecond(line('4.000', 100))).toBeNaN()
  })
})
