import { describe, expect, it } from 'vitest'
import {
  comparePartitions,
  compareText,
  groupByTopic,
  keyOf,
  partitionKey,
} from '../../src/client/topic-partition.ts'

describe('keys of partitions', () => {
  it('are how messages name them', () => {
    expect(keyOf({ topic: 'orders', partition: 3 })).toBe('orders-3')
  })

  it('differ where partitions do, dashes or not', () => {
    const keys = [partitionKey('a-1', 2), partitionKey('a', 12), partitionKey('a-1-2', 0)]
    expect(new Set(keys).size).toBe(3)
  })
})

describe('orders', () => {
  it('go by units, not by language', () => {
    expect(['b', 'a', 'B', 'ä', 'aa'].sort(compareText)).toEqual(['B', 'a', 'aa', 'b', 'ä'])
  })

  it('take numbers as numbers', () => {
    const partitions = [10, 9, 1].map((partition) => ({ topic: 't', partition }))
    partitions.push({ topic: 's', partition: 5 })
    expect(partitions.sort(comparePartitions).map(keyOf)).toEqual(['s-5', 't-1', 't-9', 't-10'])
  })
})

it('groups by topic in the order of appearance', () => {
  const partitions = [
    { topic: 'b', partition: 1 },
    { topic: 'a', partition: 0 },
    { topic: 'b', partition: 0 },
  ]
  expect([...groupByTopic(partitions)]).toEqual([
    ['b', [1, 0]],
    ['a', [0]],
  ])
})
