import { describe, expect, it } from 'vitest'
import {
  batchesInFlightMax,
  type SequencedBatch,
  Sequences,
  sequenceAfter,
} from '../../../src/client/producer/sequences.ts'
import { ErrorCode } from '../../../src/protocol/error-codes.ts'

const outOfOrder = {
  code: ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER,
  logStartOffset: 0,
  isRetriable: false,
}
const unknownProducer = {
  code: ErrorCode.UNKNOWN_PRODUCER_ID,
  logStartOffset: 7,
  isRetriable: false,
}

function batchOf(recordsCount = 10, isFateUnknown = false): SequencedBatch {
  return {
    recordsCount,
    producerId: -1,
    producerEpoch: -1,
    baseSequence: -1,
    isSequenceReset: false,
    isFateUnknown,
    isAside: false,
  }
}

/** Sequences of a producer 7, epoch 0, with so many batches of ten records sent to 'p'. */
function sent(
  count: number,
  isFateUnknown = false,
): { sequences: Sequences<string>; batches: SequencedBatch[] } {
  const sequences = new Sequences<string>()
  sequences.setProducerId(7, 0)
  const batches = Array.from({ length: count }, () => batchOf(10, isFateUnknown))
  for (const batch of batches) sequences.stamp('p', batch)
  return { sequences, batches }
}

function bases(batches: readonly SequencedBatch[]): number[] {
  return batches.map(({ baseSequence }) => baseSequence)
}

describe('sequenceAfter', () => {
  it('goes on with 0 behind 2^31 - 1', () => {
    expect(sequenceAfter(5, 3)).toBe(8)
    expect(sequenceAfter(2 ** 31 - 1, 1)).toBe(0)
    expect(sequenceAfter(2 ** 31 - 2, 10)).toBe(8)
  })
})

describe('Sequences', () => {
  it('sends nothing without a producer id', () => {
    const sequences = new Sequences<string>()
    expect(sequences.maySend('p', batchOf())).toBe(false)
    sequences.setProducerId(7, 3)
    expect(sequences.maySend('p', batchOf())).toBe(true)
    const batch = batchOf()
    sequences.stamp('p', batch)
    expect(batch).toMatchObject({ producerId: 7, producerEpoch: 3, baseSequence: 0 })
  })

  it('counts on per partition, also around the last sequence', () => {
    const { sequences, batches } = sent(3)
    expect(bases(batches)).toEqual([0, 10, 20])
    const other = batchOf()
    sequences.stamp('q', other)
    expect(other.baseSequence).toBe(0)
    sequences.of('q').next = 2 ** 31 - 4
    const last = batchOf()
    sequences.stamp('q', last)
    const first = batchOf()
    sequences.stamp('q', first)
    expect(bases([last, first])).toEqual([2 ** 31 - 4, 6])
  })

  it('sends the first batch of a partition alone', () => {
    const { sequences, batches } = sent(1)
    expect(sequences.maySend('p', batchOf())).toBe(false)
    sequences.stored('p', batches[0] as SequencedBatch, 9)
    sequences.stamp('p', batchOf())
    expect(sequences.maySend('p', batchOf())).toBe(true)
  })

  it('has five batches of a partition under way at most', () => {
    const { sequences, batches } = sent(batchesInFlightMax)
    expect(sequences.maySend('p', batchOf())).toBe(false)
    sequences.stored('p', batches[0] as SequencedBatch, 9)
    expect(sequences.maySend('p', batchOf())).toBe(true)
  })

  it('keeps the sequence of a retry, and lets only the first one go', () => {
    const { sequences, batches } = sent(2)
    const [first, second] = batches as [SequencedBatch, SequencedBatch]
    expect(sequences.maySend('p', second)).toBe(false)
    expect(sequences.maySend('p', first)).toBe(true)
    sequences.stamp('p', first)
    expect(first.baseSequence).toBe(0)
    sequences.stored('p', first, 9)
    expect(sequences.maySend('p', second)).toBe(true)
  })

  it('takes the next epoch behind a batch that surely was not stored', () => {
    const { sequences, batches } = sent(3)
    const [first, second, third] = batches as [SequencedBatch, SequencedBatch, SequencedBatch]
    sequences.failed('p', first, true)
    expect(sequences.maySend('p', second)).toBe(false)
    expect(sequences.settle()).toBe(false)
    expect(sequences.producerEpoch).toBe(1)
    expect(second).toMatchObject({ producerEpoch: 1, baseSequence: 0, isSequenceReset: true })
    expect(third).toMatchObject({ producerEpoch: 1, baseSequence: 10, isSequenceReset: true })
    // They were on their way under the old epoch; the broker missed the first.
    expect(sequences.refused('p', second, outOfOrder)).toBe('retry')
    expect(sequences.settle()).toBe(false)
    expect(sequences.producerEpoch).toBe(1)
  })

  it('does not count anew what may be stored already', () => {
    const { sequences, batches } = sent(3)
    const [first, second, third] = batches as [SequencedBatch, SequencedBatch, SequencedBatch]
    sequences.failed('p', second, true)
    sequences.settle()
    expect(first).toMatchObject({ producerEpoch: 0, baseSequence: 0 })
    sequences.stored('p', first, 9)
    expect(sequences.refused('p', third, outOfOrder)).toBe('retry')
    sequences.settle()
    expect(third).toMatchObject({ producerEpoch: 1, baseSequence: 0 })
  })

  it('leaves other partitions at their epoch until nothing of theirs is under way', () => {
    const { sequences, batches } = sent(1)
    const [mine] = batches as [SequencedBatch]
    const other = batchOf()
    sequences.stamp('q', other)
    sequences.failed('p', mine, true)
    sequences.settle()
    expect(other).toMatchObject({ producerEpoch: 0, baseSequence: 0 })
    expect(sequences.maySend('q', batchOf())).toBe(false)
    sequences.stored('q', other, 9)
    const next = batchOf()
    expect(sequences.maySend('q', next)).toBe(true)
    sequences.stamp('q', next)
    expect(next).toMatchObject({ producerEpoch: 1, baseSequence: 0 })
  })

  it('does not forget a younger batch that was stored when an older one is told of again', () => {
    const { sequences, batches } = sent(2)
    const [first, second] = batches as [SequencedBatch, SequencedBatch]
    sequences.stored('p', second, 19)
    sequences.stored('p', first, 9)
    expect(sequences.of('p').lastStored).toBe(19)
    const state = sequences.of('p')
    state.next = 2 ** 31 - 10
    const [last, wrapped] = [batchOf(), batchOf()]
    for (const batch of [last, wrapped]) sequences.stamp('p', batch)
    state.lastStored = 2 ** 31 - 11
    sequences.stored('p', wrapped, 39)
    expect(state.lastStored).toBe(9)
    sequences.stored('p', last, 29)
    expect(state.lastStored).toBe(9)
  })

  it('waits behind a batch of unknown fate until nothing before it is under way', () => {
    const { sequences, batches } = sent(2)
    const [first, second] = batches as [SequencedBatch, SequencedBatch]
    sequences.failed('p', first, false)
    sequences.settle()
    expect(sequences.producerEpoch).toBe(0)
    expect(sequences.maySend('p', batchOf())).toBe(false)
    expect(sequences.maySend('p', second)).toBe(true)
    // The second was taken: so the first was stored after all.
    sequences.stored('p', second, 19)
    sequences.settle()
    expect(sequences.producerEpoch).toBe(0)
    expect(sequences.maySend('p', batchOf())).toBe(true)
  })

  it('takes the next epoch where what expired left a gap', () => {
    const { sequences, batches } = sent(1)
    sequences.failed('p', batches[0] as SequencedBatch, false)
    sequences.settle()
    expect(sequences.producerEpoch).toBe(1)
    const next = batchOf()
    sequences.stamp('p', next)
    expect(next).toMatchObject({ producerEpoch: 1, baseSequence: 0 })
  })

  it('retries behind a gap that may still close, and bumps where it cannot', () => {
    const { sequences, batches } = sent(2)
    const [first, second] = batches as [SequencedBatch, SequencedBatch]
    expect(sequences.refused('p', second, outOfOrder)).toBe('retry')
    sequences.settle()
    expect(sequences.producerEpoch).toBe(0)
    // The first is what the broker should have expected: it lost what was before.
    expect(sequences.refused('p', first, outOfOrder)).toBe('retry')
    sequences.settle()
    expect(sequences.producerEpoch).toBe(1)
    expect(bases([first, second])).toEqual([0, 10])
  })

  it('bumps where the first behind an expired batch meets the gap', () => {
    const { sequences, batches } = sent(3)
    const [first, second, third] = batches as [SequencedBatch, SequencedBatch, SequencedBatch]
    sequences.failed('p', first, false)
    expect(sequences.refused('p', third, outOfOrder)).toBe('retry')
    sequences.settle()
    expect(sequences.producerEpoch).toBe(0)
    expect(sequences.refused('p', second, outOfOrder)).toBe('retry')
    sequences.settle()
    expect(sequences.producerEpoch).toBe(1)
    expect(bases([second, third])).toEqual([0, 10])
  })

  it('asks for those behind a batch that may be stored, before it counts anew', () => {
    const { sequences, batches } = sent(3, true)
    const [first, second, third] = batches as [SequencedBatch, SequencedBatch, SequencedBatch]
    expect(sequences.refused('p', first, outOfOrder)).toBe('set-aside')
    expect(batches.map((batch) => sequences.maySend('p', batch))).toEqual([false, true, false])
    expect(sequences.maySend('p', batchOf())).toBe(false)
    expect(sequences.refused('p', second, outOfOrder)).toBe('set-aside')
    // The broker knows the third again: it has all three.
    for (const [index, batch] of [first, second, third].entries()) {
      sequences.stored('p', batch, 10 * index)
    }
    sequences.settle()
    expect(sequences.producerEpoch).toBe(0)
    const next = batchOf()
    expect(sequences.maySend('p', next)).toBe(true)
    sequences.stamp('p', next)
    expect(next.baseSequence).toBe(30)
  })

  it('takes a batch for stored when one behind it is, though the broker knows it no more', () => {
    const { sequences, batches } = sent(2, true)
    const [first, second] = batches as [SequencedBatch, SequencedBatch]
    sequences.stored('p', second, 19)
    expect(sequences.refused('p', first, outOfOrder)).toBe('stored')
    const known = sent(2)
    const [lost, stored] = known.batches as [SequencedBatch, SequencedBatch]
    known.sequences.stored('p', stored, 19)
    expect(known.sequences.refused('p', lost, outOfOrder)).toBe('retry')
  })

  it('counts all anew where the broker knows not even the last', () => {
    const { sequences, batches } = sent(2, true)
    const [first, second] = batches as [SequencedBatch, SequencedBatch]
    expect(sequences.refused('p', first, outOfOrder)).toBe('set-aside')
    expect(sequences.refused('p', second, outOfOrder)).toBe('retry')
    expect([first.isAside, second.isAside]).toEqual([false, false])
    sequences.settle()
    expect(sequences.producerEpoch).toBe(1)
    expect(bases(batches)).toEqual([0, 10])
    expect(sequences.maySend('p', first)).toBe(true)
  })

  it('counts anew what was set aside when the last one behind it failed for good', () => {
    const { sequences, batches } = sent(3, true)
    const [first, second, third] = batches as [SequencedBatch, SequencedBatch, SequencedBatch]
    expect(sequences.refused('p', first, outOfOrder)).toBe('set-aside')
    sequences.failed('p', second, true)
    expect([first.isAside, sequences.maySend('p', third)]).toEqual([true, true])
    sequences.failed('p', third, true)
    expect(first.isAside).toBe(false)
    sequences.settle()
    expect(first).toMatchObject({ producerEpoch: 1, baseSequence: 0 })
  })

  it('counts anew where the broker has forgotten the producer', () => {
    const { sequences, batches } = sent(2)
    const [first, second] = batches as [SequencedBatch, SequencedBatch]
    expect(sequences.refused('p', first, unknownProducer)).toBe('retry')
    sequences.settle()
    expect(sequences.producerEpoch).toBe(1)
    expect(sequences.refused('p', second, unknownProducer)).toBe('retry')
    sequences.settle()
    expect(sequences.producerEpoch).toBe(1)
    expect(sequences.refused('p', first, { ...unknownProducer, logStartOffset: -1 })).toBe('fail')
  })

  it('asks for another id behind the last epoch', () => {
    const sequences = new Sequences<string>()
    sequences.setProducerId(7, 32_767)
    const [lost, kept] = [batchOf(), batchOf()]
    sequences.stamp('p', lost)
    sequences.stamp('p', kept)
    sequences.failed('p', lost, true)
    expect(sequences.settle()).toBe(true)
    expect(sequences.hasProducerId).toBe(false)
    expect(sequences.maySend('p', kept)).toBe(false)
    sequences.setProducerId(8, 0)
    expect(kept).toMatchObject({ producerId: 8, producerEpoch: 0, baseSequence: 0 })
    expect(sequences.maySend('p', kept)).toBe(true)
  })

  it('gives the parts of a batch its sequences', () => {
    const { sequences, batches } = sent(3)
    const parts = [batchOf(4), batchOf(6)]
    sequences.split('p', batches[1] as SequencedBatch, parts)
    expect(bases(parts)).toEqual([10, 14])
    sequences.stored('p', batches[0] as SequencedBatch, 9)
    expect(sequences.maySend('p', parts[0] as SequencedBatch)).toBe(true)
    expect(sequences.maySend('p', parts[1] as SequencedBatch)).toBe(false)
  })

  it('follows the verdict of other errors, and does not mind batches that were never sent', () => {
    const { sequences } = sent(0)
    const refusal = { code: ErrorCode.NOT_LEADER_OR_FOLLOWER, logStartOffset: -1 }
    expect(sequences.refused('p', batchOf(), { ...refusal, isRetriable: true })).toBe('retry')
    expect(sequences.refused('p', batchOf(), { ...refusal, isRetriable: false })).toBe('fail')
    sequences.failed('p', batchOf(), true)
    sequences.split('p', batchOf(), [batchOf()])
    expect(sequences.settle()).toBe(false)
    expect(sequences.producerEpoch).toBe(0)
  })
})
