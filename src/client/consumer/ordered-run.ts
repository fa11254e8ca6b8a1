/**
 * Work on records that goes on side by side and yet in order: records of one partition, or of one
 * key, one after the other; those of others at the same time. Knows up to which offset everything
 * of a partition is finished.
 */
import { assert } from '../../base/assert.ts'
import type { ConsumerRecord } from '../../record/record.ts'
import { ConfigError } from '../error.ts'
import { keyOf, type TopicPartition } from '../topic-partition.ts'
import { FinishedPrefix } from './finished-prefix.ts'
import type { OffsetAndEpoch, PartitionPosition } from './positions.ts'

/** Does the work of one record. */
export type RecordHandler<K, V> = (record: ConsumerRecord<K, V>) => void | Promise<void>

/** What is kept in order: all records of a partition, or those of one key in it. */
export type RunOrder = 'partition' | 'key'

/** For each handler at work, so many records may wait behind it. */
const waitingPerHandler = 16

interface Task<K, V> {
  readonly record: ConsumerRecord<K, V>
  readonly finish: () => void
}

/** What is finished of a partition since it was begun with, or somebody sought there. */
interface Progress {
  readonly position: PartitionPosition
  readonly version: number
  readonly prefix: FinishedPrefix
}

/** See the head of this file. */
export class OrderedRun<K, V> {
  readonly #concurrency: number
  readonly #order: RunOrder
  readonly #handler: RecordHandler<K, V>
  /** What waits behind the task at work, by lane. */
  readonly #lanes = new Map<string, Task<K, V>[]>()
  /** Lanes whose first task waits for one of the handlers. */
  readonly #runnable: string[] = []
  readonly #progress = new Map<string, Progress>()
  #active = 0
  #held = 0
  #failure: { readonly error: unknown } | null = null
  #wakes: (() => void)[] = []

  readonly #onFailure: () => void

  /** @param onFailure is told when the first handler has failed. */
  constructor(
    concurrency: number,
    order: RunOrder,
    handler: RecordHandler<K, V>,
    onFailure: () => void,
  ) {
    assert(concurrency >= 1, 'somebody works')
    this.#onFailure = onFailure
    this.#concurrency = concurrency
    this.#order = order
    this.#handler = handler
  }

  /** Whether another record may be added; otherwise wait for {@link room}. */
  get hasRoom(): boolean {
    return this.#failure === null && this.#held < this.#concurrency * waitingPerHandler
  }

  /** What a handler threw: nothing more is begun. */
  get failure(): { readonly error: unknown } | null {
    return this.#failure
  }

  /**
   * Takes a record of a partition that had this version. Under another one offsets begin anew, and
   * what is finished late of the records before says nothing any more.
   */
  add(
    record: ConsumerRecord<K, V>,
    leaderEpoch: number,
    position: PartitionPosition,
    version: number,
  ): void {
    const partition = keyOf(record)
    const prefix = this.#prefixOf(partition, position, version)
    const task = { record, finish: prefix.start(record.offset, leaderEpoch) }
    const lane = this.#laneOf(record, partition)
    this.#held++
    assert(this.#held > 0, 'a record that was added is held')
    const waiting = this.#lanes.get(lane)
    if (waiting !== undefined) {
      waiting.push(task)
      return
    }
    this.#lanes.set(lane, [task])
    this.#runnable.push(lane)
    this.#begin()
  }

  /** Resolves when a record may be added, or a handler has failed. */
  async room(): Promise<void> {
    while (!this.hasRoom && this.#failure === null) await this.#change()
  }

  /** Resolves when nothing is at work; what waits is dropped if a handler has failed. */
  async idle(): Promise<void> {
    while (this.#active > 0 || (this.#held > 0 && this.#failure === null)) await this.#change()
  }

  /** Behind everything that is finished, of partitions where nobody sought meanwhile. */
  *finished(): Iterable<readonly [position: PartitionPosition, end: OffsetAndEpoch]> {
    for (const { position, version, prefix } of this.#progress.values()) {
      const { end } = prefix
      if (end !== null && position.version === version) yield [position, end]
    }
  }

  /** Forgets partitions that are given up; nothing of them is at work. */
  forget(partitions: readonly TopicPartition[]): void {
    for (const one of partitions) this.#progress.delete(keyOf(one))
  }

  #prefixOf(partition: string, position: PartitionPosition, version: number): FinishedPrefix {
    const known = this.#progress.get(partition)
    if (known?.position === position && known.version === version) return known.prefix
    const prefix = new FinishedPrefix()
    this.#progress.set(partition, { position, version, prefix })
    return prefix
  }

  #laneOf(record: ConsumerRecord<K, V>, partition: string): string {
    if (this.#order === 'partition') return partition
    const { key } = record
    // A record without key has no order to keep.
    if (key === null) return `${partition} ${record.offset}`
    return `${partition} ${textOf(key)}`
  }

  #begin(): void {
    while (this.#active < this.#concurrency && this.#failure === null) {
      const lane = this.#runnable.shift()
      if (lane === undefined) return
      void this.#work(lane)
    }
  }

  async #work(lane: string): Promise<void> {
    const waiting = this.#lanes.get(lane)
    const [task] = waiting ?? []
    assert(waiting !== undefined && task !== undefined, 'a runnable lane has a task')
    this.#active++
    assert(this.#active <= this.#concurrency, 'no more work than agreed')
    try {
      await this.#handler(task.record)
      task.finish()
    } catch (error) {
      const isFirst = this.#failure === null
      this.#failure ??= { error }
      if (isFirst) this.#onFailure()
    }
    this.#active--
    this.#held--
    assert(this.#active >= 0 && this.#held >= this.#active, 'who works holds a record')
    waiting.shift()
    if (waiting.length > 0) this.#runnable.push(lane)
    else this.#lanes.delete(lane)
    this.#begin()
    for (const wake of this.#wakes.splice(0)) wake()
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#wakes.push(resolve))
  }
}

/** The same text for keys that are alike. */
function textOf(key: unknown): string {
  if (Buffer.isBuffer(key)) return `b${key.toString('latin1')}`
  if (typeof key !== 'object') return `${typeof key} ${String(key)}`
  const plain = (_: string, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value)
  try {
    return `o${JSON.stringify(key, plain)}`
  } catch (cause) {
    const why = (cause as Error).message
    throw new ConfigError(`Keys cannot be told apart, for order 'key': ${why}.`, { cause })
  }
}
