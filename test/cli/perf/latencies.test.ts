import fc from 'fast-check'
import { expect, test } from 'vitest'
import { histogramLines, Latencies } from '../../../src/cli/perf/latencies.ts'

function latenciesOf(...all: number[]): Latencies {
  const latencies = new Latencies()
  for (const one of all) latencies.record(one)
  return latencies
}

test('without any, everything is nothing', () => {
  const none = latenciesOf()
  expect([none.count, none.averageMs, none.maxMs, none.percentileMs(99)]).toEqual([0, 0, 0, 0])
  expect(none.ranges()).toEqual([])
  expect(histogramLines(none.ranges())).toEqual([])
})

test('percentiles of a hundred', () => {
  const hundred = latenciesOf(...Array.from({ length: 100 }, (_, at) => at + 1))
  expect(hundred.averageMs).toBe(50.5)
  expect(hundred.maxMs).toBe(100)
  for (const percent of [1, 50, 95, 99, 100]) {
    expect(Math.abs(hundred.percentileMs(percent) - percent)).toBeLessThanOrEqual(percent / 500)
  }
})

test('percentiles are those of the sorted list, to a tenth of a percent', () => {
  const latency = fc.double({ min: 0.002, max: 100_000, noNaN: true })
  fc.assert(
    fc.property(fc.array(latency, { minLength: 1, maxLength: 300 }), (all) => {
      const latencies = latenciesOf(...all)
      const sorted = [...all].sort((a, b) => a - b)
      for (const percent of [50, 95, 99, 99.9]) {
        // The nearest rank, as HdrHistogram has it.
        const rank = Math.max(1, Math.floor((percent / 100) * sorted.length + 0.5))
        const exact = sorted[rank - 1] ?? 0
        const found = latencies.percentileMs(percent)
        expect(Math.abs(found - exact)).toBeLessThanOrEqual(exact / 500 + 0.001)
      }
      expect(latencies.maxMs).toBe(sorted.at(-1))
    }),
  )
})

test('ranges follow each other and hold each latency once', () => {
  const latency = fc.double({ min: 0, max: 1_000_000, noNaN: true })
  fc.assert(
    fc.property(fc.array(latency, { minLength: 1, maxLength: 100 }), (all) => {
      const ranges = latenciesOf(...all).ranges()
      for (const [at, { fromMs, toMs, count }] of ranges.entries()) {
        const next = ranges[at + 1]
        if (next !== undefined) expect(next.fromMs).toBe(toMs)
        // Whole microseconds decide.
        const own = all.map((ms) => Math.floor(ms * 1000) / 1000)
        const held = own.filter((ms) => ms >= fromMs && (toMs === null || ms < toMs))
        expect(count).toBe(held.length)
      }
      expect(ranges.reduce((sum, { count }) => sum + count, 0)).toBe(all.length)
    }),
  )
})

test('lines with bars, the longest for the largest', () => {
  const lines = histogramLines([
    { fromMs: 0.512, toMs: 1.024, count: 30 },
    { fromMs: 1.024, toMs: 2.048, count: 0 },
    { fromMs: 2.048, toMs: null, count: 10 },
  ])
  expect(lines.map((line) => line.trim().split(/ {2,}/))).toEqual([
    ['0.512 ms to 1.024 ms', '█'.repeat(40), '75.00 %', '30'],
    ['1.024 ms to 2.048 ms', '0.00 %', '0'],
    ['from 2.048 ms on', '█'.repeat(13), '25.00 %', '10'],
  ])
})
