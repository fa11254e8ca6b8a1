import fc from 'fast-check'
import { expect, test } from 'vitest'
import { planReset, type ResetPlace, type ResetTarget } from '../../../src/cli/group/reset-plan.ts'

const place: ResetPlace = {
  topic: 't',
  partition: 1,
  committed: 50,
  start: 10,
  end: 100,
  atTime: null,
}

function planned(target: ResetTarget, more: Partial<ResetPlace> = {}) {
  const [plan] = planReset('g', target, [{ ...place, ...more }])
  return [plan?.newOffset, plan?.note ?? null]
}

test.each<[ResetTarget, Partial<ResetPlace>, number, string | null]>([
  [{ kind: 'earliest' }, {}, 10, null],
  [{ kind: 'latest' }, {}, 100, null],
  [{ kind: 'current' }, {}, 50, null],
  [{ kind: 'current' }, { committed: null }, 100, 'nothing is committed; the end of the log'],
  [{ kind: 'offset', offset: 10 }, {}, 10, null],
  [{ kind: 'offset', offset: 100 }, {}, 100, null],
  [{ kind: 'offset', offset: 9 }, {}, 10, 'offset 9 is before the log; its first one, 10,'],
  [{ kind: 'offset', offset: 101 }, {}, 100, 'offset 101 is behind the log; its end, 100,'],
  [{ kind: 'shift', by: -5 }, {}, 45, null],
  [{ kind: 'shift', by: 50 }, {}, 100, null],
  [{ kind: 'shift', by: -41 }, {}, 10, 'offset 9 is before the log'],
  [{ kind: 'shift', by: 51 }, {}, 100, 'offset 101 is behind the log'],
  [{ kind: 'time', timestamp: 1 }, { atTime: 77 }, 77, null],
  [{ kind: 'time', timestamp: 1 }, {}, 100, 'no record is that young; the end of the log'],
  [{ kind: 'file', offsets: new Map([['t-1', 42]]) }, {}, 42, null],
  [{ kind: 'current' }, { committed: 5 }, 10, 'offset 5 is before the log'],
])('%j with %j ends at %i', (target, more, offset, note) => {
  const [newOffset, said] = planned(target, more)
  expect(newOffset).toBe(offset)
  if (note === null) expect(said).toBeNull()
  else expect(said).toContain(`t-1: ${note}`)
})

test('a plan says of each partition where the group is and where it goes', () => {
  const places = [place, { ...place, partition: 0, committed: null }]
  expect(planReset('g', { kind: 'latest' }, places)).toEqual([
    { group: 'g', topic: 't', partition: 1, currentOffset: 50, newOffset: 100, note: null },
    { group: 'g', topic: 't', partition: 0, currentOffset: null, newOffset: 100, note: null },
  ])
})

test('what cannot be planned is said', () => {
  expect(() => planned({ kind: 'shift', by: 1 }, { committed: null })).toThrow(
    'Group "g" has committed nothing for t-1, so there is nothing to shift from.',
  )
  expect(() => planned({ kind: 'file', offsets: new Map() })).toThrow('no offset of t-1')
})

test('no plan leads out of the log, and one that would says so', () => {
  const places = fc
    .record({
      start: fc.nat(1000),
      length: fc.nat(1000),
      committed: fc.option(fc.nat(3000)),
      atTime: fc.option(fc.nat(3000)),
    })
    .map(({ start, length, committed, atTime }) => ({
      ...{ topic: 't', partition: 1, start, end: start + length },
      ...{ committed, atTime },
    }))
  const target: fc.Arbitrary<ResetTarget> = fc.oneof(
    fc.constantFrom<ResetTarget>({ kind: 'earliest' }, { kind: 'latest' }, { kind: 'current' }),
    fc.nat(3000).map((offset) => ({ kind: 'offset' as const, offset })),
    fc.nat(3000).map((offset) => ({ kind: 'file' as const, offsets: new Map([['t-1', offset]]) })),
    fc.constant<ResetTarget>({ kind: 'time', timestamp: 0 }),
  )
  fc.assert(
    fc.property(places, target, (one, goal) => {
      const [plan] = planReset('g', goal, [one])
      const newOffset = plan?.newOffset ?? Number.NaN
      expect(newOffset).toBeGreaterThanOrEqual(one.start)
      expect(newOffset).toBeLessThanOrEqual(one.end)
      if (goal.kind === 'offset') {
        const isInside = goal.offset >= one.start && goal.offset <= one.end
        expect(plan?.note === null).toBe(isInside)
        if (isInside) expect(newOffset).toBe(goal.offset)
      }
    }),
  )
})
