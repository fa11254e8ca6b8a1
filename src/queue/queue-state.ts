/**
 * Where the consumers of a store's queues stand, in an internal log of the store that keeps the
 * last record of each key.
 */
import { assert } from '../base/assert.ts'
import { queueStateTopic } from '../metadata/topic-name.ts'
import {
  type KeptChanges,
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
export const queueStateName: string = queueStateTopic

/**
 * How it is opened. Hand-outs are noted without a flush, and one would be under way when an
 * acknowledgement asks for its own: what has to be on the disk is flushed by name.
 */
export const queueStateOptions: LogOptions = {
  durability: 'os',
  configs: {
    'cleanup.policy': 'compact',
    'max.message.bytes': String(8 * 1024 * 1024),
    'segment.bytes': String(16 * 1024 * 1024),
  },
}

/** With names as long as they may be, so many fit into one batch: all are kept or none. */
export const parkedOfBatchMax = 2_000

/** See the head of this file. */
export class QueueState {
  readonly #log: Log
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

  /** What is kept of the consumers of a queue, by their names. */
  consumersOf(queue: string): ReadonlyMap<string, KeptConsumer> {
    return this.#found.consumersOf(queue)
  }

  /** What is kept of one consumer; undefined: there is none. */
  consumer(queue: string, name: string): KeptConsumer | undefined {
    return this.#found.consumer(queue, name)
  }

  /** Keeps what changed of one consumer, of {@link parkedOfBatchMax} parked messages at most. */
  async keep(
    queue: string,
    consumer: string,
    changes: KeptChanges,
    durability: Durability,
  ): Promise<void> {
    await this.#write(recordsOf(queue, consumer, changes), durability)
    this.#found.keep(queue, consumer, changes)
  }

  /** Takes back what is kept of a consumer. */
  async forget(queue: string, consumer: string, durability: Durability): Promise<void> {
    const kept = this.#found.consumer(queue, consumer) ?? { parked: new Map() }
    await this.#write(recordsToForget(queue, consumer, kept), durability)
    this.#found.forget(queue, consumer)
  }

  /** Resolves when all that is kept is on the disk. */
  flush(): Promise<void> {
    return this.#log.flush()
  }

  /** Batch after batch, as a later one may need those before it. */
  async #write(records: readonly KeptRecord[], durability: Durability): Promise<void> {
    assert(records.length > 0, 'only what changed is kept')
    for (let from = 0; from < records.length; from += recordsOfBatchMax) {
      const batch = records.slice(from, from + recordsOfBatchMax)
      await this.#log.append(batch, { durability })
    }
  }
}

/** And one for the position. */
const recordsOfBatchMax = parkedOfBatchMax + 1
