import { describe, expect, it } from 'vitest'
import type { Clock } from '../../../src/base/clock.ts'
import { Accumulator } from '../../../src/client/producer/accumulator.ts'
import { type DrainBounds, drain, dueAtMs } from '../../../src/client/producer/drain.ts'
import { PartitionBatches } from '../../../src/client/producer/partition-batches.ts'

/** Partitions with so many batches of about `bytes` each. */
/** A clock that stands. */
function at(monotonicMs: number): Clock {
  return { now: () => 0, monotonicMs: () => monotonicMs }
}

function partitions(counts: readonly number[], bytes = 200): PartitionBatches[] {
  const options = { batchSize: bytes, lingerMs: 0, bufferMemory: 1 << 24 }
  const accumulator = new Accumulator(options)
  return counts.map((count, index) => {
    const partition = new PartitionBatches('t', index)
    const value = 'x'.repeat(bytes - 105)
    for (let i = 0; i < count; i++) {
      accumulator.append(partition, { timestamp: 1, key: null, value, headers: [] }, at(10 + i))
    }
    return partition
  })
}

function bounds(changes: Partial<DrainBounds> = {}): DrainBounds {
  return { maxRequestSize: 1 << 20, nowMs: 100, mayTake: () => true, ...changes }
}

function numbers(list: readonly { readonly partition: number }[]): number[] {
  return list.map(({ partition }) => partition)
}

describe('drain', () => {
  it('takes the oldest batch of every partition, full or not', () => {
    const list = partitions([2, 1, 1])
    const oldest = list.map((partition) => partition.head)
    const { batches, waiting } = drain(list, bounds())
    expect(batches).toEqual(oldest)
    expect(batches.every(({ isFull }) => isFull)).toBe(true)
    expect(numbers(waiting)).toEqual([0])
  })

  it('stops at the largest request, and begins there the next time', () => {
    const list = partitions([2, 2, 2])
    const room = bounds({ maxRequestSize: 400 })
    const first = drain(list, room)
    expect(numbers(first.batches.map(({ owner }) => owner))).toEqual([0, 1])
    expect(numbers(first.waiting)).toEqual([2, 0, 1])
    const second = drain(first.waiting, room)
    expect(numbers(second.batches.map(({ owner }) => owner))).toEqual([2, 0])
    expect(numbers(second.waiting)).toEqual([1, 2])
  })

  it('sends a batch that is larger than a request alone', () => {
    const { batches, waiting } = drain(partitions([1, 1]), bounds({ maxRequestSize: 10 }))
    expect(numbers(batches.map(({ owner }) => owner))).toEqual([0])
    expect(numbers(waiting)).toEqual([1])
  })

  it('passes over what has to wait, and keeps it', () => {
    const list = partitions([1, 1, 1])
    const [late, forbidden] = list.map((partition) => partition.head)
    if (late !== undefined) late.retryAtMs = 101
    const mayTake: DrainBounds['mayTake'] = (batch) => batch !== forbidden
    const { batches, waiting } = drain(list, bounds({ mayTake }))
    expect(numbers(batches.map(({ owner }) => owner))).toEqual([2])
    expect(numbers(waiting)).toEqual([0, 1])
    expect(drain([new PartitionBatches('t', 9)], bounds())).toEqual({ batches: [], waiting: [] })
  })
})

describe('dueAtMs', () => {
  const calm = { lingerMs: 5, isUrgent: false }
  const yes = (): boolean => true

  it('is the end of the linger, or at once with a full batch', () => {
    const [one, two, none] = partitions([1, 2, 0]) as [
      PartitionBatches,
      PartitionBatches,
      PartitionBatches,
    ]
    expect(dueAtMs(one, calm, yes)).toBe(15)
    expect(dueAtMs(one, { ...calm, isUrgent: true }, yes)).toBe(0)
    expect(dueAtMs(two, calm, yes)).toBe(0)
    expect(dueAtMs(none, calm, yes)).toBe(Infinity)
    expect(dueAtMs(one, calm, () => false)).toBe(Infinity)
  })

  it('is the end of the backoff for a retry, however urgent', () => {
    const [one] = partitions([2]) as [PartitionBatches]
    if (one.head !== undefined) one.head.retryAtMs = 77
    expect(dueAtMs(one, { lingerMs: 0, isUrgent: true }, yes)).toBe(77)
  })
})
