import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseDateTime, parseDuration } from '../../src/cli/point-in-time.ts'

const noon = Date.UTC(2026, 1, 28, 12, 0, 0)

test.each([
  ['2026-02-28T12:00:00.000', noon],
  ['2026-02-28T12:00:00.5', noon + 500],
  ['2026-02-28T12:00:00', noon],
  ['2026-02-28T12:00', noon],
  ['2026-02-28T12:00:00.000Z', noon],
  ['2026-02-28T14:00:00.000+02:00', noon],
  ['2026-02-28T14:00:00.000+0200', noon],
  ['2026-02-28T10:30:00.000-01:30', noon],
  ['2026-02-28T07:00:00.000-05', noon],
  ['1970-01-01T00:00:00.000', 0],
  ['2026-02-29T12:00:00.000', undefined],
  ['2026-13-01T12:00:00.000', undefined],
  ['2026-02-28T24:01:00.000', undefined],
  ['2026-02-28', undefined],
  ['2026-02-28 12:00:00', undefined],
  ['yesterday', undefined],
  ['', undefined],
])('%j as a point in time', (text, milliseconds) => {
  expect(parseDateTime(text)).toBe(milliseconds)
})

test('every moment that can be written is read back', () => {
  fc.assert(
    fc.property(fc.date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true }), (date) => {
      expect(parseDateTime(date.toISOString())).toBe(date.getTime())
      expect(parseDateTime(date.toISOString().slice(0, -1))).toBe(date.getTime())
    }),
  )
})

test.each([
  ['P1D', 86_400_000],
  ['PT1H30M', 5_400_000],
  ['PT0.5S', 500],
  ['P2DT3H4M5.006S', ((2 * 24 + 3) * 60 + 4) * 60_000 + 5_006],
  ['pt10s', 10_000],
  ['PT0H0M0S', 0],
  ['P', undefined],
  ['PT', undefined],
  ['P1DT', undefined],
  ['1D', undefined],
  ['P1M', undefined],
  ['PT1S2M', undefined],
  ['-PT1S', undefined],
  ['', undefined],
])('%j as a duration', (text, milliseconds) => {
  expect(parseDuration(text)).toBe(milliseconds)
})

test('durations add up', () => {
  const part = fc.nat(10_000)
  fc.assert(
    fc.property(part, part, part, part, (days, hours, minutes, seconds) => {
      const sum = ((days * 24 + hours) * 60 + minutes) * 60_000 + seconds * 1000
      expect(parseDuration(`P${days}DT${hours}H${minutes}M${seconds}S`)).toBe(sum)
    }),
  )
})
