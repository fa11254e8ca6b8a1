import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../../src/base/random.ts'
import { topicPartitioner } from '../../../../src/client/producer/partitioner/index.ts'
import { KeyedPartitioner } from '../../../../src/client/producer/partitioner/keyed.ts'
import type { TopicLoad } from '../../../../src/client/producer/partitioner/partitioner.ts'
import { RoundRobinPartitioner } from '../../../../src/client/producer/partitioner/round-robin.ts'
import { StickyPartitioner } from '../../../../src/client/producer/partitioner/sticky.ts'
import { murmur2, toPositive } from '../../../../src/record/murmur2.ts'

function load(
  partitionCount: number,
  lengths?: readonly number[],
  available?: number[],
): TopicLoad {
  const all = Array.from({ length: partitionCount }, (_, i) => i)
  return {
    partitionCount,
    available: available ?? all,
    queueLengths: () => lengths ?? all.map(() => 0),
  }
}

const keyless = { topic: 't', key: null, value: 'v' }

/** How often each partition is chosen when the partitioner switches after each record. */
function shares(lengths: readonly number[], available?: number[]): number[] {
  const sticky = new StickyPartitioner(seededRandom(5), 100)
  const counts = lengths.map(() => 0)
  for (let i = 0; i < 30_000; i++) {
    const chosen = sticky.choose(keyless, load(lengths.length, lengths, available))
    counts[chosen] = (counts[chosen] ?? 0) + 1
    sticky.appended(chosen, 200, true)
  }
  return counts.map((count) => count / 30_000)
}

describe('KeyedPartitioner', () => {
  const recorded = JSON.parse(
    readFileSync(new URL('../../../record/murmur2-keys.json', import.meta.url), 'utf8'),
  ) as { partitionCounts: number[]; keys: { key: string; partitions: number[] }[] }

  it('puts 1,000 random keys where Kafka puts them', () => {
    const keyed = new KeyedPartitioner(new RoundRobinPartitioner())
    for (const { key, partitions } of recorded.keys) {
      const bytes = Buffer.from(key, 'base64')
      const chosen = recorded.partitionCounts.map((count) =>
        keyed.choose({ ...keyless, key: bytes }, load(count)),
      )
      expect(chosen).toEqual(partitions)
    }
  })

  it('hashes a string as its UTF-8, however long', () => {
    const keyed = new KeyedPartitioner(new RoundRobinPartitioner())
    const text = fc.oneof(
      fc.string(),
      fc.string({ unit: 'grapheme' }),
      fc.string({ minLength: 1000, maxLength: 3000 }),
    )
    fc.assert(
      fc.property(text, (key) => {
        const expected = toPositive(murmur2(Buffer.from(key))) % 50
        expect(keyed.choose({ ...keyless, key }, load(50))).toBe(expected)
      }),
    )
  })

  it('counts partitions without a leader too, and leaves records without key to the other', () => {
    const keyed = new KeyedPartitioner(new RoundRobinPartitioner())
    const spread = new Set(
      Array.from({ length: 200 }, (_, i) =>
        keyed.choose({ ...keyless, key: `k${i}` }, load(4, undefined, [1])),
      ),
    )
    expect([...spread].sort()).toEqual([0, 1, 2, 3])
    expect([0, 1, 2].map(() => keyed.choose(keyless, load(2)))).toEqual([0, 1, 0])
  })
})

describe('RoundRobinPartitioner', () => {
  it('takes one after the other, passing over those without a leader', () => {
    const robin = new RoundRobinPartitioner()
    expect([0, 1, 2, 3].map(() => robin.choose(keyless, load(3)))).toEqual([0, 1, 2, 0])
    const other = new RoundRobinPartitioner()
    const partial = load(4, undefined, [1, 3])
    expect([0, 1, 2].map(() => other.choose(keyless, partial))).toEqual([1, 3, 1])
    expect(new RoundRobinPartitioner().choose(keyless, load(3, undefined, []))).toBe(0)
  })
})

describe('StickyPartitioner', () => {
  it('stays until a batch is full, and at most for two', () => {
    const sticky = new StickyPartitioner(seededRandom(1), 100)
    const stays = (bytes: number, isFull: boolean): boolean => {
      const before = sticky.choose(keyless, load(1000))
      sticky.appended(before, bytes, isFull)
      return sticky.choose(keyless, load(1000)) === before
    }
    expect(stays(60, false)).toBe(true)
    expect(stays(60, false)).toBe(true)
    expect(stays(1, true)).toBe(false)
    expect(stays(199, false)).toBe(true)
    expect(stays(1, false)).toBe(false)
  })

  it('does not count records that went elsewhere', () => {
    const sticky = new StickyPartitioner(seededRandom(1), 100)
    const current = sticky.choose(keyless, load(1000))
    sticky.appended(current + 1, 500, true)
    expect(sticky.choose(keyless, load(1000))).toBe(current)
  })

  it('is uniform where all queues are equally long', () => {
    for (const share of shares([2, 2, 2, 2])) expect(share).toBeCloseTo(0.25, 1)
  })

  it('prefers short queues, by how much shorter they are', () => {
    // Weights 1, 4, 3.
    const [slow, idle, middle] = shares([3, 0, 1]) as [number, number, number]
    expect(slow).toBeCloseTo(1 / 8, 1)
    expect(idle).toBeCloseTo(4 / 8, 1)
    expect(middle).toBeCloseTo(3 / 8, 1)
  })

  it('takes only partitions with a leader, if there are any', () => {
    expect(shares([0, 0, 0], [1])).toEqual([0, 1, 0])
    for (const share of shares([0, 0], [])) expect(share).toBeCloseTo(0.5, 1)
  })

  it('chooses again when the topic has fewer partitions than it had', () => {
    const sticky = new StickyPartitioner(seededRandom(1), 100)
    sticky.choose(keyless, load(1, undefined, []))
    const wide = new StickyPartitioner(seededRandom(3), 100)
    wide.choose(keyless, load(1000))
    expect(wide.choose(keyless, load(1))).toBe(0)
  })
})

describe('topicPartitioner', () => {
  const random = seededRandom(1)

  it('makes what the option names', () => {
    expect(topicPartitioner('default', random, 1)).toBeInstanceOf(KeyedPartitioner)
    expect(topicPartitioner('sticky', random, 1)).toBeInstanceOf(StickyPartitioner)
    expect(topicPartitioner('round-robin', random, 1)).toBeInstanceOf(RoundRobinPartitioner)
  })

  it('asks a function with the record and the number of partitions', () => {
    const asked: unknown[] = []
    const own = topicPartitioner(
      (...args) => {
        asked.push(args)
        return 2
      },
      random,
      1,
    )
    expect(own.choose(keyless, load(7))).toBe(2)
    own.appended(2, 1, true)
    expect(asked).toEqual([[keyless, 7]])
  })
})
