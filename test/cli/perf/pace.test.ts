import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Pace } from '../../../src/cli/perf/pace.ts'

test('so many a second, the first one at once', () => {
  const pace = new Pace(200)
  expect([0, 4.9, 5, 1000, 2000].map((ms) => pace.due(ms))).toEqual([1, 1, 2, 201, 401])
  expect([0, 1, 200].map((sent) => pace.dueAtMs(sent))).toEqual([0, 5, 1000])
})

test.each([0, -1])('%i is as many as can be', (perSecond) => {
  const pace = new Pace(perSecond)
  expect([pace.due(0), pace.dueAtMs(1_000_000)]).toEqual([Infinity, 0])
})

test('when the next one is due it is due, and never are more than wanted', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000_000 }), fc.nat(1_000_000), (perSecond, sent) => {
      const pace = new Pace(perSecond)
      // Half a millionth of a record for what is rounded.
      expect(pace.due(pace.dueAtMs(sent) + 0.0005 / perSecond)).toBe(sent + 1)
      expect(pace.due(1000)).toBe(perSecond + 1)
    }),
  )
})
