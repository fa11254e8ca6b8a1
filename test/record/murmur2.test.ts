import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { murmur2, murmur2Of, toPositive } from '../../src/record/murmur2.ts'

interface Recorded {
  readonly partitionCounts: readonly number[]
  readonly keys: readonly {
    readonly key: string
    readonly hash: number
    readonly partitions: readonly number[]
  }[]
}

/** 1,000 keys as Apache Kafka 4.3.1's own class hashes them. */
const recorded = JSON.parse(
  readFileSync(new URL('murmur2-keys.json', import.meta.url), 'utf8'),
) as Recorded

describe('murmur2', () => {
  it('gives what Kafka gives for 1,000 random keys', () => {
    expect(recorded.keys).toHaveLength(1000)
    for (const { key, hash } of recorded.keys) {
      expect(murmur2(Buffer.from(key, 'base64')), key).toBe(hash)
    }
  })

  it('chooses the partitions that Kafka chooses', () => {
    for (const { key, partitions } of recorded.keys) {
      const positive = toPositive(murmur2(Buffer.from(key, 'base64')))
      expect(
        recorded.partitionCounts.map((count) => positive % count),
        key,
      ).toEqual(partitions)
    }
  })

  it('reads only the part of a scratch buffer that is the key', () => {
    for (const text of ['', 'a', 'ab', 'abc', 'abcd', 'abcde']) {
      const scratch = Buffer.alloc(16, 0xff)
      scratch.write(text)
      expect(murmur2Of(scratch, text.length)).toBe(murmur2(Buffer.from(text)))
    }
  })
})

describe('toPositive', () => {
  it('clears the sign bit, which is not the absolute value', () => {
    expect(toPositive(-1)).toBe(0x7fff_ffff)
    expect(toPositive(-0x8000_0000)).toBe(0)
    expect(toPositive(5)).toBe(5)
  })
})
