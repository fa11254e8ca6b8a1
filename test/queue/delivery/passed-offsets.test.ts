import fc from 'fast-check'
import { expect, test } from 'vitest'
import { PassedOffsets } from '../../../src/queue/delivery/passed-offsets.ts'

test('ranges that touch become one, and the cursor takes in what it reaches', () => {
  const passed = new PassedOffsets(10)
  passed.pass(12, 13)
  passed.pass(14, 15)
  expect(passed.ranges).toEqual([
    [12, 13],
    [14, 15],
  ])
  passed.pass(13, 14)
  expect(passed.ranges).toEqual([[12, 15]])
  passed.pass(20, 30)
  passed.pass(10, 12)
  expect([passed.cursor, passed.ranges]).toEqual([15, [[20, 30]]])
  passed.pass(0, 14)
  passed.pass(17, 17)
  expect([passed.cursor, passed.ranges]).toEqual([15, [[20, 30]]])
})

test('it is the set of what was passed', () => {
  const range = fc.tuple(fc.nat(60), fc.nat(12)).map(([start, more]) => [start, start + more])
  fc.assert(
    fc.property(fc.nat(20), fc.array(range, { maxLength: 40 }), (cursor, ranges) => {
      const passed = new PassedOffsets(cursor)
      const model = new Set<number>()
      for (let offset = 0; offset < cursor; offset++) model.add(offset)
      for (const [start = 0, end = 0] of ranges) {
        passed.pass(start, end)
        for (let offset = start; offset < end; offset++) model.add(offset)
        for (let offset = 0; offset < 80; offset++) {
          expect(passed.has(offset)).toBe(model.has(offset))
        }
        let lowest = 0
        while (model.has(lowest)) lowest++
        expect(passed.cursor).toBe(lowest)
        const again = new PassedOffsets(passed.cursor, passed.ranges)
        expect(again.ranges).toEqual(passed.ranges)
        const flat = passed.ranges.flat()
        expect(flat).toEqual([...new Set(flat)].sort((a, b) => a - b))
      }
    }),
  )
})
