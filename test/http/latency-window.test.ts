import { expect, test } from 'vitest'
import { LatencyWindow } from '../../src/http/latency-window.ts'

const minute = 60_000
const counts = (...buckets: number[]) => ({ buckets, sumUs: 0 })

test('the first look has all since the start, later ones what came since the oldest note', () => {
  const window = new LatencyWindow()
  expect(window.recent('Produce', counts(5, 0), 0)).toEqual([5, 0])
  expect(window.recent('Produce', counts(5, 2), minute / 2)).toEqual([0, 2])
  expect(window.recent('Produce', counts(6, 2), 2 * minute)).toEqual([1, 2])
  expect(window.recent('Produce', counts(6, 3), 5 * minute)).toEqual([1, 3])
})

test('what is older than five minutes is forgotten', () => {
  const window = new LatencyWindow()
  for (let at = 0; at <= 10; at++) {
    const recent = window.recent('Produce', counts(at), at * minute)
    expect(recent).toEqual([at === 0 ? 0 : Math.min(at, 5)])
  }
})

test('after a long time without a look all since the start counts', () => {
  const window = new LatencyWindow()
  window.recent('Produce', counts(5), 0)
  expect(window.recent('Produce', counts(9), 60 * minute)).toEqual([9])
})

test('requests are told apart', () => {
  const window = new LatencyWindow()
  window.recent('Produce', counts(5), 0)
  expect(window.recent('Fetch', counts(7), 1)).toEqual([7])
  expect(window.recent('Produce', counts(6), 1)).toEqual([1])
})
