/** A record on its way into a batch, with who waits for it. */
import { assert } from '../../base/assert.ts'
import type { HeaderPair } from '../../record/headers.ts'
import type { Payload } from '../../record/record.ts'
import type { PreparedRecord } from './accumulator.ts'
import type { SendGroup, SingleSend } from './delivery.ts'
import type { PartitionedRecord } from './partitioner/partitioner.ts'
import type { TopicBatches } from './topic-batches.ts'

/** Who waits for a record: one promise, a group, or nobody. */
export type Waiting = SingleSend | SendGroup | undefined

/**
 * A serialised record. The one that a {@link RecordPreparer} hands out is filled anew for the next
 * record, so that a record costs no object; whoever keeps it takes {@link Outgoing.kept}.
 */
export class Outgoing implements PreparedRecord, PartitionedRecord {
  /** Where it goes. */
  home: TopicBatches
  partition: number | undefined
  timestamp: number
  key: Payload | null
  value: Payload | null
  headers: readonly HeaderPair[]

  constructor(
    home: TopicBatches,
    partition: number | undefined,
    timestamp: number,
    key: Payload | null,
    value: Payload | null,
    headers: readonly HeaderPair[],
  ) {
    assert(timestamp >= 0, 'a timestamp was checked')
    this.home = home
    this.partition = partition
    this.timestamp = timestamp
    this.key = key
    this.value = value
    this.headers = headers
  }

  /** Name of its topic. */
  get topic(): string {
    return this.home.name
  }

  /**
   * The same with bytes of its own: a record that has to wait must not change when its program uses
   * its buffers again.
   */
  kept(): Outgoing {
    const { home, partition, timestamp, headers } = this
    const pairs = headers.map(([name, value]) => [name, copied(value)] as const)
    return new Outgoing(home, partition, timestamp, copied(this.key), copied(this.value), pairs)
  }
}

function copied(payload: Payload | null): Payload | null {
  return payload === null || typeof payload === 'string' ? payload : Uint8Array.from(payload)
}
