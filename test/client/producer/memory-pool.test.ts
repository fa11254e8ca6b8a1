import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MemoryPool } from '../../../src/client/producer/memory-pool.ts'
import { builderSlackBytes } from '../../../src/record/batch-builder.ts'

describe('MemoryPool', () => {
  it('counts to the byte, and never hands out more than its bound', () => {
    const step = fc.oneof(
      fc.record({ take: fc.integer({ min: 1, max: 200_000 }) }),
      fc.record({ give: fc.nat({ max: 50 }) }),
      fc.record({ forget: fc.nat({ max: 50 }) }),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const pool = new MemoryPool(500_000, 100_000)
        const taken: Buffer[] = []
        for (const one of steps) {
          if ('take' in one) {
            const piece = pool.take(one.take)
            if (piece === undefined) continue
            expect(piece.length).toBeGreaterThanOrEqual(one.take)
            expect(taken.every((other) => other.buffer !== piece.buffer)).toBe(true)
            taken.push(piece)
          } else {
            const at = 'give' in one ? one.give : one.forget
            const [piece] = taken.splice(at % Math.max(1, taken.length), 1)
            if (piece === undefined) continue
            if ('give' in one) pool.give(piece)
            else pool.forget(piece)
          }
          expect(pool.usedBytes).toBe(taken.reduce((sum, { length }) => sum + length, 0))
          expect(pool.usedBytes + pool.freeBytes).toBeLessThanOrEqual(pool.bytesMax)
        }
      }),
    )
  })

  it('has sizes up to that of a batch, which its slack does not count in', () => {
    const pool = new MemoryPool(1_000_000, 100_000)
    expect(pool.pieceBytesMax).toBe(100_000 + builderSlackBytes)
    expect(pool.take(100)?.length).toBe(4096)
    expect(pool.sizeAbove(4096)).toBe(16_384)
    expect(pool.sizeAbove(pool.pieceBytesMax)).toBeUndefined()
    expect(pool.take(200_000)?.length).toBe(200_000)
  })

  it('gives the bytes themselves where the next size passes the bound', () => {
    const pool = new MemoryPool(200_000, 262_144)
    const piece = pool.take(70_000)
    expect(piece?.length).toBe(70_000)
    expect(pool.sizeFor(70_000)).toBe(70_000)
    expect(pool.sizeFor(7_000)).toBe(16_384)
    expect(pool.take(140_000)).toBeUndefined()
    pool.give(piece as Buffer)
    expect([pool.usedBytes, pool.freeBytes]).toEqual([0, 0])
    for (const bytes of [1, 5_000, 70_000, 200_000]) {
      expect(new MemoryPool(bytes, 262_144).take(bytes)).toHaveLength(bytes)
    }
  })

  it('hands out again what came back, unless it was forgotten', () => {
    const pool = new MemoryPool(1_000_000, 100_000)
    const piece = pool.take(100) as Buffer
    pool.give(piece)
    expect(pool.freeBytes).toBe(4096)
    expect(pool.take(100)).toBe(piece)
    pool.forget(piece)
    expect(pool.take(100)).not.toBe(piece)
  })

  it('gives what is accepted already its memory beyond the bound', () => {
    const pool = new MemoryPool(5000, 4000)
    expect(pool.take(4000)).toBeDefined()
    expect(pool.take(4000)).toBeUndefined()
    expect(pool.takeAnyway(4000).length).toBe(4000 + builderSlackBytes)
    expect(pool.usedBytes).toBeGreaterThan(pool.bytesMax)
  })

  it('does not take back what it never gave', () => {
    expect(() => new MemoryPool(5000, 4000).give(Buffer.alloc(10))).toThrow(/was taken/)
  })
})
