import { expect, it } from 'vitest'
import { type OffsetReset, resetTimestamp } from '../../../src/client/consumer/offset-reset.ts'

it.each<[OffsetReset, number | null]>([
  ['earliest', -2],
  ['latest', -1],
  ['none', null],
  [{ durationMs: 1_000 }, 9_000],
  [{ durationMs: 20_000 }, 0],
  [{ durationMs: 0.5 }, 9_999],
])('a reset to %o looks for timestamp %o', (reset, timestamp) => {
  expect(resetTimestamp(reset, 10_000)).toBe(timestamp)
})
