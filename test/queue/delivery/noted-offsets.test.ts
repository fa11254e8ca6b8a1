import fc from 'fast-check'
import { expect, test } from 'vitest'
import { NotedOffsets } from '../../../src/queue/delivery/noted-offsets.ts'

test('the lowest that is needed is the floor, and those before it are forgotten', () => {
  const noted = new NotedOffsets<string>()
  for (const [from, note] of [
    [3, 'a'],
    [3, 'b'],
    [7, 'c'],
  ] as const)
    noted.add(from, note)
  expect(noted.neededFrom(() => true)).toBe(3)
  expect(noted.neededFrom((note) => note === 'c')).toBe(7)
  expect(noted.size).toBe(1)
  expect(noted.neededFrom(() => false)).toBe(Infinity)
})

test('one that is needed for long does not keep all behind it', () => {
  const noted = new NotedOffsets<number>()
  for (let offset = 0; offset < 10_000; offset++) noted.add(offset, offset)
  expect(noted.neededFrom((note) => note === 0)).toBe(0)
  expect(noted.size).toBe(1)
})

test('nothing that is needed lies below what it says', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(3), fc.nat(50))), fc.nat(50), (steps, until) => {
      const noted = new NotedOffsets<number>()
      let offset = 0
      const all: number[][] = []
      for (const [gap, note] of steps) {
        offset += gap
        noted.add(offset, note)
        all.push([offset, note])
      }
      const needed = all.filter(([, note = 0]) => note > until).map(([from = 0]) => from)
      expect(noted.neededFrom((note) => note > until)).toBe(Math.min(Infinity, ...needed))
    }),
  )
})
