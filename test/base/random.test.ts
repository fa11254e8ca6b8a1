import { describe, expect, it } from 'vitest'
import { randomBelow, seededRandom, systemRandom } from '../../src/base/random.ts'

describe('seededRandom', () => {
  it('repeats its sequence for the same seed', () => {
    const draw = (seed: number): number[] => {
      const random = seededRandom(seed)
      return Array.from({ length: 50 }, () => random.uint32())
    }
    expect(draw(7)).toEqual(draw(7))
    expect(draw(7)).not.toEqual(draw(8))
    expect(draw(2 ** 40)).not.toEqual(draw(0))
  })

  it('spreads over the whole range', () => {
    const random = seededRandom(1)
    const buckets = new Array<number>(16).fill(0)
    for (let i = 0; i < 16_000; i++) {
      const bucket = random.uint32() >>> 28
      buckets[bucket] = (buckets[bucket] ?? 0) + 1
    }
    expect(Math.min(...buckets)).toBeGreaterThan(850)
    expect(Math.max(...buckets)).toBeLessThan(1150)
  })
})

describe('uuid', () => {
  it('is a version 4 UUID in 22 characters that never start with a dash', () => {
    for (const random of [systemRandom, seededRandom(3)]) {
      const seen = new Set<string>()
      for (let i = 0; i < 2000; i++) {
        const uuid = random.uuid()
        expect(uuid).toMatch(/^[A-Za-z0-9_][A-Za-z0-9_-]{21}$/)
        const bytes = Buffer.from(uuid, 'base64url')
        expect(bytes.length).toBe(16)
        expect(bytes[6]! >>> 4).toBe(4)
        expect(bytes[8]! >>> 6).toBe(2)
        seen.add(uuid)
      }
      expect(seen.size).toBe(2000)
    }
  })
})

describe('randomBelow', () => {
  it('stays below its bound and reaches every value', () => {
    const random = seededRandom(5)
    const seen = new Set<number>()
    for (let i = 0; i < 500; i++) seen.add(randomBelow(random, 7))
    expect([...seen].sort()).toEqual([0, 1, 2, 3, 4, 5, 6])
  })

  it('refuses a bound that it cannot serve', () => {
    expect(() => randomBelow(systemRandom, 0)).toThrow(/bound/)
    expect(() => randomBelow(systemRandom, 2 ** 33)).toThrow(/bound/)
  })
})
