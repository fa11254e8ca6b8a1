import { expect, test } from 'vitest'
import { intervalLine, ProduceReport, totalLine } from '../../../src/cli/perf/produce-report.ts'

/** 1,000 records of 1 KiB in 2 s, acknowledged after 1 to 10 ms. */
function report(): ProduceReport {
  const one = new ProduceReport(1024, 5_000)
  for (let at = 0; at < 1000; at++) one.record((at % 10) + 1)
  return one
}

test("an interval, in the words of Kafka's tool", () => {
  const figures = report().interval(7_000)
  expect(figures && intervalLine(figures)).toBe(
    '1000 records sent, 500.0 records/sec (0.49 MB/sec), 5.5 ms avg latency, 10.0 ms max latency.',
  )
})

test("the whole run, in the words of Kafka's tool", () => {
  expect(totalLine(report().total(7_000))).toBe(
    '1000 records sent, 500.000000 records/sec (0.49 MB/sec), 5.50 ms avg latency, ' +
      '10.00 ms max latency, 5 ms 50th, 10 ms 95th, 10 ms 99th, 10 ms 99.9th.',
  )
})

test('an interval begins where the one before ended, and the total has all of them', () => {
  const one = report()
  one.interval(6_000)
  expect(one.interval(6_500)).toBeUndefined()
  one.record(3)
  one.record(4)
  expect(one.interval(7_000)).toEqual({
    records: 2,
    recordsPerSecond: 4,
    mbPerSecond: 4 / 1024,
    averageMs: 3.5,
    maxMs: 4,
  })
  const { records, maxMs, histogram } = one.total(9_000)
  expect([records, maxMs]).toEqual([1002, 10])
  expect(histogram.reduce((sum, { count }) => sum + count, 0)).toBe(1002)
})

test('nothing was sent in no time', () => {
  const { records, recordsPerSecond, averageMs } = new ProduceReport(100, 0).total(0)
  expect([records, recordsPerSecond, averageMs]).toEqual([0, 0, 0])
})
