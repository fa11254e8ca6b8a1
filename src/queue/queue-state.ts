/**
 * Where the consumers of a store's queues stand, in an internal log of the store that keeps the
 * last record of each key.
 */
import { assert } from '../base/assert.ts'
import type { DeliveryChanges } from './delivery/delivery.ts'
import {
  type KeptConsumer,
  type KeptRecord,
  KeptState,
  recordsOf,
  recordsToForget,
} from './delivery/kept-state.ts'
import type { Log } from './log.ts'
import type { LogOptions } from './options.ts'
import type { Durability } from './partition-writer.ts'

/** Name of that log; no queue and no other log can have it. */
export const queueStateName = '__odradek_queues'

/** How it is opened. */
export const queueStateOptions: LogOptions = {
  durability: 'fsync',
  configs: {
    'cleanup.policy': 'compact',
    'max.message.bytes': String(8 * 1024 * 1024),
    'segment.bytes': String(16 * 1024 * 1024),
  },
}

/** With names as long as they may be, so many fit into one batch. */
const batchRecordsMax = 2_000

/** See the head of this file. */
export class QueueState {
  readonly #log: Log
  /** Consumers of queues that are not open. */
  readonly #resting = new Map<string, ReadonlyMap<string, KeptConsumer>>()
  readonly #found: KeptState

  private constructor(log: Log, found: KeptState) {
    this.#log = log
    this.#found = found
  }

  /** Reads what is there. */
  static async of(log: Log): Promise<QueueState> {
    const found = new KeptState()
    for await (const { key, value } of log.read()) {
      found.apply({ key: String(key), value: value === null ? null : String(value) })
    }
    return new QueueState(log, found)
  }

  /** The consumers of a queue that is opened, by their names. */
  wake(queue: string): ReadonlyMap<string, KeptConsumer> {
    const consumers = this.#resting.get(queue) ?? this.#found.consumersOf(queue)
    this.#resting.delete(queue)
    return consumers
  }

  /** A queue is closed; so its consumers stand. */
  rest(queue: string, consumers: ReadonlyMap<string, KeptConsumer>): void {
    assert(!this.#resting.has(queue), 'a queue is closed once')
    this.#resting.set(queue, consumers)
  }

  /**
   * Keeps what changed of one consumer: of what is too much for one batch the position is last, so
   * that no crash leaves a cursor without what it passed.
   */
  keep(
    queue: string,
    consumer: string,
    changes: DeliveryChanges,
    durability: Durability,
  ): Promise<unknown> {
    return this.#write(recordsOf(queue, consumer, changes), durability)
  }

  /** Takes back what is kept of a consumer. */
  forget(
    queue: string,
    consumer: string,
    kept: Pick<KeptConsumer, 'parked'>,
    durability: Durability,
  ): Promise<unknown> {
    return this.#write(recordsToForget(queue, consumer, kept), durability)
  }

  #write(records: readonly KeptRecord[], durability: Durability): Promise<unknown> {
    assert(records.length > 0, 'only what changed is kept')
    const batches: Promise<number>[] = []
    for (let from = 0; from < records.length; from += batchRecordsMax) {
      const batch = records.slice(from, from + batchRecordsMax)
      batches.push(this.#log.append(batch, { durability }))
    }
    return Promise.all(batches)
  }
}
