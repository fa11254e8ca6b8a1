import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { IoPace } from '../../src/cleaner/io-pace.ts'

describe('the pace of a cleaning', () => {
  it('lets everything through without a limit', () => {
    const pace = new IoPace(Number.POSITIVE_INFINITY)
    expect(pace.note(2 ** 40, 5)).toBe(0)
    expect(pace.note(2 ** 40, 5)).toBe(0)
    expect(new IoPace(Number.MAX_VALUE).note(2 ** 40, 0)).toBe(0)
  })

  it('waits as long as the bytes take at that speed', () => {
    const pace = new IoPace(1000)
    expect(pace.note(500, 0)).toBe(500)
    expect(pace.note(100, 500)).toBe(100)
    // It came back late: what it did not use is gone.
    expect(pace.note(100, 10_000)).toBe(100)
  })

  it('adds up what is too short to wait for', () => {
    const pace = new IoPace(1000)
    expect([pace.note(2, 0), pace.note(2, 0), pace.note(2, 0)]).toEqual([0, 0, 6])
  })

  it('takes another speed from the next bytes on', () => {
    const pace = new IoPace(1000)
    expect(pace.note(100, 0)).toBe(100)
    pace.limit(10_000)
    expect(pace.note(100, 100)).toBe(10)
  })

  it('is never faster over a whole run, whatever the pieces', () => {
    const pieces = fc.array(fc.tuple(fc.nat(100_000), fc.nat(50)), { minLength: 1 })
    fc.assert(
      fc.property(pieces, fc.integer({ min: 1, max: 1_000_000 }), (all, speed) => {
        const pace = new IoPace(speed)
        let now = 0
        let bytes = 0
        for (const [size, workMs] of all) {
          now += workMs
          bytes += size
          now += pace.note(size, now)
        }
        // All but the last few ms, which nobody waited for.
        expect(bytes).toBeLessThanOrEqual(((now + 5) * speed) / 1000 + 1)
      }),
    )
  })
})
