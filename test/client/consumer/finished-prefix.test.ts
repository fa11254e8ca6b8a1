import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FinishedPrefix } from '../../../src/client/consumer/finished-prefix.ts'

describe('the finished prefix', () => {
  it('ends before the first record that is under way', () => {
    const prefix = new FinishedPrefix()
    expect(prefix.end).toBe(null)
    const [first, second, third] = [5, 6, 9].map((offset) => prefix.start(offset, 2))
    third?.()
    expect(prefix.end).toBe(null)
    first?.()
    expect(prefix.end).toEqual({ offset: 6, leaderEpoch: 2 })
    second?.()
    expect(prefix.end).toEqual({ offset: 10, leaderEpoch: 2 })
    expect(prefix.size).toBe(0)
  })

  it('has the epoch of its last record', () => {
    const prefix = new FinishedPrefix()
    prefix.start(1, 2)()
    prefix.start(2, 3)()
    expect(prefix.end).toEqual({ offset: 3, leaderEpoch: 3 })
  })

  it('keeps little of what is over', () => {
    const prefix = new FinishedPrefix()
    const first = prefix.start(0, 0)
    for (let offset = 1; offset < 10_000; offset++) prefix.start(offset, 0)()
    expect(prefix.size).toBe(10_000)
    first()
    expect(prefix.size).toBe(0)
  })

  it('refuses records out of their order', () => {
    const prefix = new FinishedPrefix()
    prefix.start(3, 0)
    expect(() => prefix.start(3, 0)).toThrow('in their order')
  })

  it('never passes a record that is not finished, in whatever order they finish', () => {
    const order = fc.array(fc.nat(), { minLength: 1, maxLength: 50 })
    fc.assert(
      fc.property(order, (picks) => {
        const prefix = new FinishedPrefix()
        const running = picks.map((_, i) => ({ offset: 2 * i, finish: prefix.start(2 * i, 0) }))
        for (const pick of picks) {
          const [done] = running.splice(pick % running.length, 1)
          done?.finish()
          const first = running.length === 0 ? Infinity : Math.min(...running.map((r) => r.offset))
          const end = prefix.end?.offset ?? 0
          expect(end).toBeLessThanOrEqual(first)
          // And everything that can be committed is.
          if (first !== Infinity) expect(end).toBe(first === 0 ? 0 : first - 1)
        }
        expect(prefix.end?.offset).toBe(2 * picks.length - 1)
      }),
    )
  })
})
