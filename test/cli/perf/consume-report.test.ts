import { expect, test } from 'vitest'
import {
  consumeFigures,
  intervalHeader,
  intervalLine,
  timeInWords,
  totalHeader,
  totalLine,
} from '../../../src/cli/perf/consume-report.ts'

const at = new Date(2026, 10, 22, 6, 18, 17, 7).getTime()
const begin = { atMs: at, records: 0, bytes: 0, rebalanceMs: 0 }
const middle = { atMs: at + 2_000, records: 1_000, bytes: 1024 * 1024, rebalanceMs: 1_500 }
const end = { atMs: at + 4_000, records: 5_000, bytes: 5 * 1024 * 1024, rebalanceMs: 1_500 }

test('a time as the tools of Kafka write it, in the zone of the machine', () => {
  expect(timeInWords(at)).toBe('2026-11-22 06:18:17:007')
})

test('the whole run: rates over all of the time, and over that without rebalances', () => {
  expect(totalLine(consumeFigures(begin, end))).toBe(
    '2026-11-22 06:18:17:007, 2026-11-22 06:18:21:007, 5.0000, 1.2500, 5000, 1250.0000, ' +
      '1500, 2500, 2.0000, 2000.0000',
  )
})

test('an interval: what came in all, at the rates of the interval', () => {
  const total = consumeFigures(begin, end)
  expect(intervalLine(consumeFigures(middle, end), total)).toBe(
    '2026-11-22 06:18:21:007, 0, 5.0000, 2.0000, 5000, 2000.0000, 0, 2000, 2.0000, 2000.0000',
  )
})

test('each cell has its heading', () => {
  const figures = consumeFigures(begin, end)
  const cells = (line: string): number => line.split(', ').length
  expect(cells(totalLine(figures))).toBe(cells(totalHeader))
  expect(cells(intervalLine(figures, figures))).toBe(cells(intervalHeader))
})

test('nothing in no time, and a time that was all rebalance', () => {
  expect(consumeFigures(begin, begin)).toMatchObject({ mbPerSecond: 0, fetchRecordsPerSecond: 0 })
  const only = { ...begin, atMs: at + 1_000, rebalanceMs: 1_000 }
  expect(consumeFigures(begin, only)).toMatchObject({ fetchMs: 0, fetchMbPerSecond: 0 })
})
