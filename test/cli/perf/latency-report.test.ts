import { expect, test } from 'vitest'
import { Latencies } from '../../../src/cli/perf/latencies.ts'
import { latencyTotal, recordLine, totalLines } from '../../../src/cli/perf/latency-report.ts'

test("the lines of Kafka's tool", () => {
  const latencies = new Latencies()
  for (let at = 0; at < 1000; at++) latencies.record(at < 980 ? 1.5 : 12.25)
  expect(recordLine(1000, 1.568619)).toBe('1000\t1.568619')
  expect(totalLines(latencyTotal(latencies))).toEqual([
    'Avg latency: 1.7150 ms',
    'Percentiles: 50th = 1, 99th = 12, 99.9th = 12',
  ])
})

test('figures in full', () => {
  const latencies = new Latencies()
  latencies.record(0.5)
  const total = latencyTotal(latencies)
  expect(total).toMatchObject({ records: 1, averageMs: 0.5, maxMs: 0.5, p50Ms: 0.5, p999Ms: 0.5 })
  expect(total.histogram).toEqual([{ fromMs: 0.256, toMs: 0.512, count: 1 }])
})
