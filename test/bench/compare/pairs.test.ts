import { describe, expect, it } from 'vitest'
import { durabilityDifference, ratioOf, valuesOf } from '../../../src/bench/compare/pairs.ts'
import { sampleSides, sampleTurn, sampleWorkload } from './sample-results.ts'

const ratio = (ours: readonly number[], theirs: readonly number[]) =>
  ratioOf(sampleWorkload(ours, theirs), sampleSides, 'one', 'requestsPerSecond')

describe('ratioOf', () => {
  it('is the median of the ratios of pairs, not the ratio of medians', () => {
    // Medians are 30 and 20; the second round was fast for both.
    expect(ratio([10, 90, 30], [10, 20, 30])).toEqual({ pairs: 3, median: 1, least: 1, most: 4.5 })
  })

  it('is refused for fewer than three pairs', () => {
    expect(ratio([10, 20], [1, 2])).toEqual({
      refused: '2 interleaved pairs, a ratio needs 3',
    })
    expect(ratio([10], [1])).toEqual({ refused: '1 interleaved pair, a ratio needs 3' })
  })

  it('pairs turns of the same round only', () => {
    const { turns } = sampleWorkload([1, 2, 3], [1, 2, 3])
    const shifted = turns.map((turn) =>
      turn.side === 'kafka' ? { ...turn, round: turn.round + 1 } : turn,
    )
    const results = sampleWorkload([], [], { turns: shifted })
    expect(ratioOf(results, sampleSides, 'one', 'requestsPerSecond')).toEqual({
      refused: '2 interleaved pairs, a ratio needs 3',
    })
  })

  it('does not divide by nothing, nor invents what a side does not have', () => {
    expect(ratio([1, 2, 3], [1, 0, 3])).toMatchObject({ refused: expect.stringMatching(/^2 /) })
    const results = sampleWorkload([1, 2, 3], [1, 2, 3])
    for (const name of ['brokerCpuSecondsPerMillionRecords', 'nothing']) {
      expect(ratioOf(results, sampleSides, 'one', name)).toHaveProperty('refused')
    }
    expect(ratioOf(results, sampleSides, 'two', 'requestsPerSecond')).toHaveProperty('refused')
  })

  it("compares the brokers' own figures too", () => {
    const results = sampleWorkload([1, 1, 1], [1, 1, 1])
    expect(ratioOf(results, sampleSides, null, 'firstProduceMs')).toMatchObject({ median: 0.01 })
  })

  it('is refused where the brokers promise different things', () => {
    const { turns } = sampleWorkload([1, 2, 3], [1, 2, 3])
    const odd = { ...sampleTurn('kafka', 3, 3), durability: { 'flush.messages': '9' } }
    const results = sampleWorkload([], [], { turns: [...turns.slice(0, 5), odd] })
    const words = 'durability differs: flush.messages=1 and flush.messages=9'
    expect(durabilityDifference(results)).toBe(words)
    expect(ratioOf(results, sampleSides, 'one', 'requestsPerSecond')).toEqual({ refused: words })
  })
})

describe('valuesOf', () => {
  it("gives one side's rounds in their order", () => {
    const results = sampleWorkload([3, 1, 2], [9, 9, 9])
    expect(valuesOf(results, 'odradek', 'one', 'requestsPerSecond')).toEqual([3, 1, 2])
    expect(valuesOf(results, 'odradek', 'one', 'latencyUs.p99')).toEqual([100, 100, 100])
  })
})
