import fc from 'fast-check'
import { expect, test } from 'vitest'
import { TimeHeap } from '../../../src/queue/delivery/time-heap.ts'

test('the earliest comes first, of one time the lowest offset', () => {
  const entry = fc.tuple(fc.nat(20), fc.nat(1000))
  fc.assert(
    fc.property(fc.array(entry), (entries) => {
      const heap = new TimeHeap()
      for (const [timeMs, offset] of entries) heap.add(timeMs, offset)
      expect(heap.size).toBe(entries.length)
      const taken: [number, number][] = []
      while (heap.size > 0) {
        const first = heap.first()
        const next = heap.remove()
        expect(next).toBe(first)
        taken.push([next?.timeMs ?? -1, next?.offset ?? -1])
      }
      expect(taken).toEqual(entries.sort(([a, b], [c, d]) => a - c || b - d))
      expect(heap.remove()).toBeUndefined()
    }),
  )
})

test('what is put in between finds its place', () => {
  const heap = new TimeHeap()
  heap.add(5, 1)
  heap.add(3, 2)
  expect(heap.remove()?.offset).toBe(2)
  heap.add(1, 3)
  heap.add(9, 4)
  expect([heap.remove(), heap.remove(), heap.remove()].map((one) => one?.offset)).toEqual([3, 1, 4])
})

test('nothing is left in it when it is cleared', () => {
  const heap = new TimeHeap()
  heap.add(5, 1)
  heap.clear()
  expect([heap.size, heap.first()]).toEqual([0, undefined])
})
