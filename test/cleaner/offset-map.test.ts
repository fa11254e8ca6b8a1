import { describe, expect, it } from 'vitest'
import { randomBelow, seededRandom } from '../../src/base/random.ts'
import { OffsetMap, offsetMapLoadFactor, offsetMapSlotBytes } from '../../src/cleaner/offset-map.ts'

const bounds = { memoryBytesMax: 1 << 20, loadFactor: offsetMapLoadFactor, keysMax: 1000 }
const key = (value: number | string): Buffer => Buffer.from(`key-${value}`)

describe('the offset map', () => {
  it('knows the last offset of each key', () => {
    const map = new OffsetMap(bounds)
    expect(map.put(key(1), 5)).toBe(true)
    expect(map.put(key(2), 6)).toBe(true)
    expect(map.put(key(1), 7)).toBe(true)
    expect([map.get(key(1)), map.get(key(2)), map.get(key(3)), map.size]).toEqual([7, 6, -1, 2])
  })

  it('holds offset 0, offsets beyond 32 bits and the empty key', () => {
    const map = new OffsetMap(bounds)
    map.put(Buffer.alloc(0), 0)
    map.put(key('far'), Number.MAX_SAFE_INTEGER - 1)
    expect(map.get(new Uint8Array())).toBe(0)
    expect(map.get(key('far'))).toBe(Number.MAX_SAFE_INTEGER - 1)
  })

  it('takes known keys when it is full, and no others', () => {
    const map = new OffsetMap({ ...bounds, memoryBytesMax: 50 * offsetMapSlotBytes })
    let offset = 0
    while (map.put(key(offset), offset)) offset++
    expect(map.size).toBe(map.capacity)
    expect(offset).toBe(map.capacity)
    expect(map.put(key(0), 1000)).toBe(true)
    expect(map.get(key(0))).toBe(1000)
    expect(map.get(key(offset))).toBe(-1)
    expect(map.put(key(offset), 1001)).toBe(false)
  })

  it.each([0.5, 0.9, 1])('is full at its load factor, %d', (loadFactor) => {
    const map = new OffsetMap({ ...bounds, loadFactor, memoryBytesMax: 1009 * offsetMapSlotBytes })
    expect(map.capacity).toBe(Math.min(1008, Math.floor(1009 * loadFactor)))
  })

  it.each([1, 2, 3, 10, 63, 64, 1000, 99_999])('has room for the %d keys that may come', (keys) => {
    const map = new OffsetMap({ ...bounds, keysMax: keys, memoryBytesMax: 1 << 30 })
    expect(map.capacity).toBeGreaterThanOrEqual(keys)
    expect(map.capacity).toBeLessThan(keys * 1.2 + 200)
  })

  it('makes progress in whatever memory it gets', () => {
    const map = new OffsetMap({ ...bounds, memoryBytesMax: 1 })
    expect(map.put(key(1), 1)).toBe(true)
    expect(map.capacity).toBeGreaterThanOrEqual(1)
  })

  it('is a map, as many keys as collide', () => {
    const map = new OffsetMap({ ...bounds, keysMax: 20_000 })
    const plain = new Map<number, number>()
    const random = seededRandom(1)
    for (let offset = 0; offset < 30_000; offset++) {
      const value = randomBelow(random, 20_000)
      expect(map.put(key(value), offset)).toBe(true)
      plain.set(value, offset)
    }
    expect(map.size).toBe(plain.size)
    for (let value = 0; value < 20_000; value++) {
      expect(map.get(key(value))).toBe(plain.get(value) ?? -1)
    }
  })

  it('needs few probes even when it is full', () => {
    const map = new OffsetMap({ ...bounds, keysMax: 100_000, memoryBytesMax: 1 << 21 })
    let offset = 0
    while (map.put(key(offset), offset)) offset++
    const begin = performance.now()
    for (let i = 0; i < 10_000; i++) map.get(key(`unknown-${i}`))
    // Ten probes each take a few ms; a table that degenerates takes seconds.
    expect(performance.now() - begin).toBeLessThan(1000)
  })
})
