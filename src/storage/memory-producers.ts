/** Which producers a log in memory remembers: what its batches say of them, from first to last. */
import { assert } from '../base/assert.ts'
import { decodeControlRecord } from '../protocol/control-record.ts'
import { batchAttributes, decodeBatch, lastOffsetOf } from '../protocol/record-batch.ts'
import type { LogProducer } from './log-store.ts'
import type { StoredBatch } from './memory-segments.ts'

/** Sequences count from 0 again behind the largest int32. */
const sequences = 2 ** 31

/** The producers of these batches, in the order of their first ones. */
export function producersOf(batches: readonly StoredBatch[]): LogProducer[] {
  const producers = new Map<number, LogProducer>()
  for (const batch of batches) {
    const { producerId } = batch.header
    if (producerId < 0) continue
    const after = next(batch, producers.get(producerId))
    if (after !== undefined) producers.set(producerId, after)
  }
  return [...producers.values()]
}

/** What is known of the producer with this batch; undefined for a control batch without marker. */
function next(
  { header, bytes }: StoredBatch,
  before: LogProducer | undefined,
): LogProducer | undefined {
  const { producerId, producerEpoch, maxTimestamp: lastTimestamp } = header
  const isSame = before?.producerEpoch === producerEpoch
  const producer: LogProducer = {
    producerId,
    producerEpoch,
    lastSequence: isSame ? before.lastSequence : -1,
    lastTimestamp,
    coordinatorEpoch: before?.coordinatorEpoch ?? -1,
    transactionFirstOffset: before?.transactionFirstOffset ?? -1,
    lastDataOffset: isSame ? before.lastDataOffset : -1,
  }
  if ((header.attributes & batchAttributes.control) !== 0) {
    const record = decodeBatch(bytes).value?.records[0]
    const marker = record === undefined ? null : decodeControlRecord(record).value
    if (marker?.name !== 'abort' && marker?.name !== 'commit') return before
    const { coordinatorEpoch } = marker.value
    return { ...producer, coordinatorEpoch, transactionFirstOffset: -1 }
  }
  assert(header.baseSequence >= 0, 'a batch of a producer has a sequence')
  assert(!isSame || before.producerId === producerId, 'a producer stays itself')
  const begins =
    (header.attributes & batchAttributes.transactional) !== 0 &&
    producer.transactionFirstOffset === -1
  return {
    ...producer,
    lastSequence: (header.baseSequence + header.lastOffsetDelta) % sequences,
    transactionFirstOffset: begins ? header.baseOffset : producer.transactionFirstOffset,
    lastDataOffset: lastOffsetOf(header),
  }
}
