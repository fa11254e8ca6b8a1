import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Clock } from '../../../src/base/clock.ts'
import { Accumulator, type PreparedRecord } from '../../../src/client/producer/accumulator.ts'
import { PartitionBatches } from '../../../src/client/producer/partition-batches.ts'
import type { ProducerBatch } from '../../../src/client/producer/producer-batch.ts'
import { crc32c } from '../../../src/protocol/crc32c.ts'
import { decodeBatch } from '../../../src/protocol/record-batch.ts'
import { noProducer } from '../../../src/record/batch-header.ts'

const anything = { maxRequestSize: 1 << 20, nowMs: 0, mayTake: (): boolean => true }

/** A clock that stands. */
function at(monotonicMs: number): Clock {
  return { now: () => 0, monotonicMs: () => monotonicMs }
}

function recordOf(value: string): PreparedRecord {
  return { timestamp: 1, key: null, value, headers: [] }
}

function newAccumulator(options = {}): Accumulator {
  return new Accumulator({ batchSize: 1000, lingerMs: 5, bufferMemory: 1 << 20, ...options })
}

function ledBy(nodeId: number, partition = 0): PartitionBatches {
  const batches = new PartitionBatches('t', partition)
  batches.leaderId = nodeId
  return batches
}

function valuesOf(batch: ProducerBatch): string[] {
  const { value, error } = decodeBatch(batch.builder.close(0, noProducer, crc32c))
  if (value === null) throw new Error(error)
  return value.records.map((record) => Buffer.from(record.value ?? []).toString())
}

describe('Accumulator', () => {
  it('fills a batch up to its size, then opens the next', () => {
    const accumulator = newAccumulator()
    const partition = ledBy(1)
    const batches = new Set<ProducerBatch | undefined>()
    for (let i = 0; i < 20; i++) {
      batches.add(accumulator.append(partition, recordOf('x'.repeat(93)), at(0)))
    }
    // 61 bytes and 100 a record: nine in 1,000 bytes.
    expect([...batches].map((batch) => batch?.recordsCount)).toEqual([9, 9, 2])
    for (const batch of batches) expect(batch?.builder.bytes).toBeLessThanOrEqual(1000)
  })

  it('lets a record that is larger than a batch go alone', () => {
    const accumulator = newAccumulator({ batchSize: 4096 })
    const partition = ledBy(1)
    const large = accumulator.append(partition, recordOf('x'.repeat(9000)), at(0))
    const small = accumulator.append(partition, recordOf(''), at(0))
    expect(large?.recordsCount).toBe(1)
    expect(small).not.toBe(large)
  })

  it('starts with little memory and takes more as a batch grows', () => {
    const accumulator = newAccumulator({ batchSize: 100_000 })
    const partition = ledBy(1)
    accumulator.append(partition, recordOf('x'), at(0))
    expect(accumulator.usedBytes).toBe(4096)
    const batch = accumulator.append(partition, recordOf('y'.repeat(50_000)), at(0))
    expect(accumulator.usedBytes).toBe(batch?.builder.memory.length)
    expect(accumulator.unsettled.size).toBe(1)
    expect(batch && valuesOf(batch)).toEqual(['x', 'y'.repeat(50_000)])
  })

  it('refuses what passes the buffer, and takes it when a batch was settled', () => {
    const accumulator = newAccumulator({ batchSize: 4000, bufferMemory: 9000 })
    const partition = ledBy(1)
    const record = recordOf('x'.repeat(3000))
    const first = accumulator.append(partition, record, at(0))
    expect(accumulator.append(partition, record, at(0))).toBeDefined()
    expect(accumulator.append(partition, record, at(0))).toBeUndefined()
    accumulator.drain(1, anything)
    accumulator.settled(first as ProducerBatch)
    expect(accumulator.append(partition, record, at(0))).toBeDefined()
  })

  it('does not use memory again that a socket may still read', () => {
    const accumulator = newAccumulator()
    const partition = ledBy(1)
    const first = accumulator.append(partition, recordOf('x'), at(0)) as ProducerBatch
    accumulator.drain(1, anything)
    first.writes = 1
    accumulator.settled(first)
    expect(accumulator.usedBytes).toBe(0)
    const second = accumulator.append(partition, recordOf('y'), at(0)) as ProducerBatch
    expect(second.builder.memory).not.toBe(first.builder.memory)
    expect(() => accumulator.settled(first)).toThrow(/settled once/)
  })

  it('says when a node has work: linger, a full batch, haste', () => {
    const accumulator = newAccumulator()
    const partition = ledBy(1)
    const due = (): number => accumulator.dueAtMs(1, () => true)
    expect(due()).toBe(Infinity)
    accumulator.append(partition, recordOf('x'), at(100))
    expect(due()).toBe(105)
    accumulator.hurry()
    expect(due()).toBe(0)
    accumulator.calm()
    expect(due()).toBe(105)
    for (let i = 0; i < 12; i++) accumulator.append(partition, recordOf('x'.repeat(93)), at(101))
    expect(due()).toBe(0)
    expect(accumulator.dueAtMs(1, () => false)).toBe(Infinity)
    expect(() => accumulator.calm()).toThrow(/comes after hurry/)
  })

  it('moves a partition to its new leader, batches and all', () => {
    const accumulator = newAccumulator()
    const partition = ledBy(-1)
    accumulator.append(partition, recordOf('x'), at(0))
    expect(accumulator.nodes).toEqual([-1])
    accumulator.moveTo(partition, 4)
    accumulator.moveTo(partition, 4)
    expect(accumulator.nodes).toEqual([4])
    expect(accumulator.drain(4, anything)).toHaveLength(1)
    expect(accumulator.nodes).toEqual([])
    accumulator.moveTo(partition, 5)
    accumulator.append(partition, recordOf('y'), at(0))
    expect(accumulator.nodes).toEqual([5])
  })

  it('brings a retried batch back before younger ones', () => {
    const accumulator = newAccumulator()
    const partition = ledBy(1)
    accumulator.append(partition, recordOf('a'), at(0))
    const [first] = accumulator.drain(1, anything) as [ProducerBatch]
    accumulator.append(partition, recordOf('b'), at(0))
    accumulator.restore(first, 50)
    expect(accumulator.dueAtMs(1, () => true)).toBe(50)
    expect(accumulator.drain(1, anything)).toEqual([])
    const later = { ...anything, nowMs: 50 }
    expect(accumulator.drain(1, later).map(valuesOf)).toEqual([['a']])
    expect(accumulator.drain(1, later).map(valuesOf)).toEqual([['b']])
  })

  it('takes out what has expired, and knows its oldest', () => {
    const accumulator = newAccumulator({ batchSize: 100 })
    const [one, other] = [ledBy(1), ledBy(2, 1)]
    for (const ms of [10, 20, 30]) accumulator.append(one, recordOf('x'.repeat(50)), at(ms))
    accumulator.append(other, recordOf('y'), at(5))
    expect(accumulator.oldestMs()).toBe(5)
    const removed = accumulator.removeWhere(({ createdMs }) => createdMs <= 20)
    expect(removed.map(({ createdMs }) => createdMs)).toEqual([10, 20, 5])
    expect(accumulator.nodes).toEqual([1])
    expect(accumulator.oldestMs()).toBe(30)
    for (const batch of removed) accumulator.settled(batch)
    expect(accumulator.unsettled.size).toBe(1)
  })

  it('splits a batch into parts that together are it, in its place', () => {
    const values = fc.array(fc.string({ unit: 'grapheme' }), { minLength: 2, maxLength: 30 })
    fc.assert(
      fc.property(values, (texts) => {
        const accumulator = newAccumulator({ batchSize: 100_000 })
        const partition = ledBy(1)
        for (const text of texts) accumulator.append(partition, recordOf(text), at(3))
        const [batch] = accumulator.drain(1, anything) as [ProducerBatch]
        accumulator.append(partition, recordOf('younger'), at(4))
        const parts = accumulator.split(batch)
        for (const part of [...parts].reverse()) accumulator.restore(part, 0)
        const drained: string[][] = []
        while (accumulator.nodes.length > 0) {
          drained.push(...accumulator.drain(1, anything).map(valuesOf))
        }
        expect(drained.flat()).toEqual([...texts, 'younger'])
        expect(drained).toHaveLength(3)
        expect(accumulator.unsettled.size).toBe(3)
      }),
    )
  })

  it('splits a part again, and keeps the order', () => {
    const accumulator = newAccumulator()
    const partition = ledBy(1)
    for (const text of ['a', 'b', 'c', 'd']) accumulator.append(partition, recordOf(text), at(0))
    const [batch] = accumulator.drain(1, anything) as [ProducerBatch]
    const [front, back] = accumulator.split(batch) as [ProducerBatch, ProducerBatch]
    const parts = [...accumulator.split(front), ...accumulator.split(back)]
    for (const i of [2, 0, 3, 1]) accumulator.restore(parts[i] as ProducerBatch, 0)
    const order: string[] = []
    while (accumulator.nodes.length > 0) {
      order.push(...accumulator.drain(1, anything).flatMap(valuesOf))
    }
    expect(order).toEqual(['a', 'b', 'c', 'd'])
  })
})
