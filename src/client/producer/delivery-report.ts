/** What a producer tells about batches whose records nobody waits for. */
import { assert } from '../../base/assert.ts'
import { BatchBuilder, memoryForRecord } from '../../record/batch-builder.ts'
import { BatchReader, type FetchedRecord } from '../../record/batch-reader.ts'
import type { ClientError } from '../error.ts'
import type { BatchOutcome } from './delivery.ts'
import type { Outgoing } from './outgoing.ts'
import type { ProducerBatch } from './producer-batch.ts'

/** What became of a batch that has records of `enqueue`. */
export interface DeliveryReport {
  readonly topic: string
  /** -1 for records that reached no partition, as the topic was not found. */
  readonly partition: number
  /** Offset of the first record; -1 where the broker did not tell, or where there is an error. */
  readonly baseOffset: number
  /** Records of the batch, those of `send` among them. */
  readonly recordsCount: number
  /** Why they were not stored, or null. */
  readonly error: ClientError | null
  /**
   * The records themselves, with offsets from 0 on, as for a dead letter queue. To be called during
   * the report only: then their memory is used again. Costs time, so call it where it matters.
   */
  readonly records: () => readonly FetchedRecord[]
}

/** Told once per batch; what it throws is for the next flush. */
export type DeliveryReportCallback = (report: DeliveryReport) => void

/** The report of a batch. */
export function reportOf(batch: ProducerBatch, outcome: BatchOutcome): DeliveryReport {
  const { topic, partition, baseOffset, error } = outcome
  const { recordsCount } = batch
  assert(batch.deliveries.enqueued <= recordsCount, 'who is told of is in the batch')
  return {
    topic,
    partition,
    baseOffset,
    recordsCount,
    error,
    records: () => recordsIn(batch.builder),
  }
}

/** The report of a record that reached no batch. */
export function reportOfUnsent(record: Outgoing, error: ClientError): DeliveryReport {
  const { timestamp, key, value, headers } = record
  const records = (): readonly FetchedRecord[] => {
    const builder = new BatchBuilder(Buffer.allocUnsafeSlow(memoryForRecord(key, value, headers)))
    builder.append(timestamp, key, value, headers)
    return recordsIn(builder)
  }
  const { topic } = record
  return { topic, partition: -1, baseOffset: -1, recordsCount: 1, error, records }
}

/** Copies, so that who keeps them does not see the memory's next use. */
function recordsIn(builder: BatchBuilder): readonly FetchedRecord[] {
  const bytes = builder.copy()
  const reader = new BatchReader()
  const records: FetchedRecord[] = []
  reader.open(bytes)
  while (reader.next()) records.push(reader.record())
  assert(reader.error === null, 'what was built can be read')
  return records
}
