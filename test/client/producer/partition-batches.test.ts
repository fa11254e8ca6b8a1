import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Deliveries } from '../../../src/client/producer/delivery.ts'
import { PartitionBatches } from '../../../src/client/producer/partition-batches.ts'
import { ProducerBatch } from '../../../src/client/producer/producer-batch.ts'
import { BatchBuilder } from '../../../src/record/batch-builder.ts'

function add(partition: PartitionBatches): ProducerBatch {
  const builder = new BatchBuilder(Buffer.alloc(100))
  const place = partition.nextPlace()
  const batch = new ProducerBatch(partition, builder, new Deliveries(), 0, place)
  partition.push(batch)
  return batch
}

describe('PartitionBatches', () => {
  it('has its last batch open until that was full or taken', () => {
    const partition = new PartitionBatches('t', 0)
    expect(partition.open).toBeUndefined()
    const batch = add(partition)
    expect(partition.open).toBe(batch)
    expect(partition.head).toBe(batch)
    batch.isFull = true
    expect(partition.open).toBeUndefined()
    const next = add(partition)
    expect(partition.shift()).toBe(batch)
    expect(partition.shift()).toBe(next)
    expect(next.isFull).toBe(true)
    expect(partition.shift()).toBeUndefined()
  })

  it('keeps the order whatever goes out and comes back', () => {
    const steps = fc.array(fc.constantFrom('add', 'take', 'restore'), { maxLength: 60 })
    fc.assert(
      fc.property(steps, fc.infiniteStream(fc.nat()), (list, choices) => {
        const partition = new PartitionBatches('t', 0)
        const out: ProducerBatch[] = []
        for (const step of list) {
          if (step === 'add') add(partition)
          const taken = step === 'take' ? partition.shift() : undefined
          if (taken !== undefined) out.push(taken)
          if (step !== 'restore' || out.length === 0) continue
          const [back] = out.splice((choices.next().value ?? 0) % out.length, 1)
          if (back !== undefined) partition.restore(back)
        }
        const ordinals = partition.waiting.map(({ ordinal }) => ordinal)
        expect(ordinals).toEqual([...ordinals].sort((a, b) => a - b))
        expect(partition.length).toBe(ordinals.length)
      }),
    )
  })

  it('does not take back what may still be filled', () => {
    const partition = new PartitionBatches('t', 0)
    const batch = add(partition)
    expect(() => partition.restore(batch)).toThrow(/no more records/)
    expect(() => new PartitionBatches('t', -1)).toThrow(/count from 0/)
  })

  it('takes out what is over', () => {
    const partition = new PartitionBatches('t', 0)
    const batches = [add(partition), add(partition), add(partition)]
    expect(partition.removeWhere((batch) => batch === batches[1])).toEqual([batches[1]])
    expect(partition.waiting).toEqual([batches[0], batches[2]])
    expect(partition.removeWhere(() => false)).toEqual([])
  })
})
