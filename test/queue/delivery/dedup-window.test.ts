import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DedupWindow } from '../../../src/queue/delivery/dedup-window.ts'

test('a key is known for as long as the window, and may be put again then', () => {
  const window = new DedupWindow<number>(100)
  window.add('a', 1, 1000)
  window.add('b', 2, 1050)
  expect([window.find('a', 1099), window.find('b', 1099)]).toEqual([1, 2])
  expect([window.find('a', 1100), window.find('b', 1100)]).toEqual([undefined, 2])
  window.add('a', 3, 1100)
  expect(window.find('a', 1199)).toBe(3)
  expect(window.size).toBe(1)
  window.remove('a')
  expect(window.find('a', 1199)).toBeUndefined()
})

test('without a window nothing is known', () => {
  const window = new DedupWindow<number>(0)
  window.add('a', 1, 5)
  expect([window.find('a', 5), window.size]).toEqual([undefined, 0])
})

test('it knows what a list of everything knows', () => {
  const put = fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd'), afterMs: fc.nat(40) })
  fc.assert(
    fc.property(fc.nat(60), fc.array(put, { maxLength: 50 }), (windowMs, puts) => {
      const window = new DedupWindow<number>(windowMs)
      const all: { key: string; place: number; putMs: number }[] = []
      let nowMs = 0
      for (const [place, { key, afterMs }] of puts.entries()) {
        nowMs += afterMs
        const known = all.findLast((one) => one.key === key && nowMs - one.putMs < windowMs)
        expect(window.find(key, nowMs)).toBe(known?.place)
        if (known !== undefined) continue
        window.add(key, place, nowMs)
        all.push({ key, place, putMs: nowMs })
      }
    }),
  )
})

test('times that go back lose nothing, and keep nothing beyond the latest window', () => {
  const window = new DedupWindow<number>(100)
  window.add('a', 1, 1000)
  window.add('b', 2, 900)
  expect([window.find('a', 950), window.find('b', 950)]).toEqual([1, 2])
  expect([window.find('a', 1100), window.find('b', 1100)]).toEqual([undefined, undefined])
})
