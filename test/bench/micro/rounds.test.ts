import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { measureInRounds } from '../../../bench/micro/rounds.ts'
import { median } from '../../../src/bench/harness/statistics.ts'

describe('measureInRounds', () => {
  const hash = (bytes: Buffer) => (): unknown => createHash('sha256').update(bytes).digest()

  it('tells how long one call takes, whether it is short or long, in each round', () => {
    const figures = measureInRounds(
      [
        { name: 'short', call: hash(Buffer.alloc(1_000)) },
        { name: 'long', call: hash(Buffer.alloc(1_000_000)) },
      ],
      5,
    )
    const [short = [], long = []] = [figures['short'], figures['long']]
    expect([short.length, long.length]).toEqual([5, 5])
    // A thousand times the bytes, beside a call that costs something too.
    const ratio = median(long) / median(short)
    expect(ratio).toBeGreaterThan(30)
    expect(ratio).toBeLessThan(2_000)
    // Nanoseconds: nothing hashes 10 bytes in one, and every machine does one in 100.
    expect(median(long)).toBeGreaterThan(1_000_000 / 10)
    expect(median(long)).toBeLessThan(1_000_000 * 100)
  })

  it('ends where a case fails', () => {
    let calls = 0
    const call = (): void => {
      if (++calls > 1_000_000) throw new Error('broken after a while')
    }
    expect(() => measureInRounds([{ name: 'broken', call }], 100)).toThrow('broken after a while')
  })
})
