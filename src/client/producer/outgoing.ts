/** A record on its way into a batch, with who waits for it. */
import type { HeaderPair } from '../../record/headers.ts'
import type { Payload } from '../../record/record.ts'
import type { PreparedRecord } from './accumulator.ts'
import { type SendGroup, SingleSend } from './delivery.ts'
import type { ProducerBatch } from './producer-batch.ts'
import type { TopicBatches } from './topic-batches.ts'

/** Who waits for a record: one promise, a group, or nobody. */
export type Waiting = SingleSend | SendGroup | undefined

/** A serialised record. One object per record is all that a send costs before the encoding. */
export class Outgoing implements PreparedRecord {
  readonly topic: TopicBatches
  readonly partition: number | undefined
  readonly timestamp: number
  readonly key: Payload | null
  readonly value: Payload | null
  readonly headers: readonly HeaderPair[]

  constructor(
    topic: TopicBatches,
    partition: number | undefined,
    timestamp: number,
    key: Payload | null,
    value: Payload | null,
    headers: readonly HeaderPair[],
  ) {
    this.topic = topic
    this.partition = partition
    this.timestamp = timestamp
    this.key = key
    this.value = value
    this.headers = headers
  }

  /**
   * The same with bytes of its own: a record that has to wait must not change when its program uses
   * its buffers again.
   */
  kept(): Outgoing {
    const { topic, partition, timestamp, headers } = this
    const pairs = headers.map(([name, value]) => [name, copied(value)] as const)
    return new Outgoing(topic, partition, timestamp, copied(this.key), copied(this.value), pairs)
  }
}

/**
 * Tells the batch, whose last record it now is, who waits for the record; `input` is its number in
 * the call of a group.
 */
export function registerIn(batch: ProducerBatch, waiting: Waiting, input: number): void {
  const { deliveries, recordsCount } = batch
  if (waiting === undefined) deliveries.addEnqueued()
  else if (waiting instanceof SingleSend) deliveries.addSingle(waiting, recordsCount - 1)
  else deliveries.addToGroup(waiting, input, recordsCount - 1)
}

function copied(payload: Payload | null): Payload | null {
  return payload === null || typeof payload === 'string' ? payload : Uint8Array.from(payload)
}
