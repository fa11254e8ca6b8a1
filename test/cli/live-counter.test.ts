import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { LiveCounter } from '../../src/cli/live-counter.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('a line that redraws itself, and stays at the end', () => {
  const written: string[] = []
  let nowMs = 0
  const stream = { write: (text: string) => written.push(text) > 0 }
  const counter = new LiveCounter(stream as never, () => nowMs)
  counter.add(1_500, 2_000_000)
  nowMs = 500
  vi.advanceTimersByTime(250)
  expect(written).toEqual(['\r\u001b[K1,500 records, 2 MB, 3,000 records/s'])
  counter.add(500, 500_000)
  nowMs = 1_000
  counter.end()
  expect(written.slice(1)).toEqual(['\r\u001b[K2,000 records, 2.5 MB, 2,000 records/s', '\n'])
  vi.advanceTimersByTime(1_000)
  expect(written.length).toBe(3)
})

test('without a terminal it only counts', () => {
  const counter = new LiveCounter(undefined)
  counter.add(1, 10)
  counter.end()
  expect(vi.getTimerCount()).toBe(0)
  expect(counter.line).toMatch(/^1 records, 10 bytes, [\d,]+ records\/s$/)
})
