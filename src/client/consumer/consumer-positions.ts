/** The part of a consumer that says where it stands, and goes elsewhere. */
import { assert } from '../../base/assert.ts'
import { ClosedError, ConfigError } from '../error.ts'
import { requireTimeout, requireWhole } from '../options/whole-argument.ts'
import { keyOf, type TopicPartition } from '../topic-partition.ts'
import type { ConsumerLoop } from './consumer-loop.ts'
import { ConsumerOffsets } from './consumer-offsets.ts'
import type { ConsumerSettings } from './consumer-settings.ts'
import type { CommittedOffset, TimedOffset } from './offset-queries.ts'
import { lagOf, type PartitionPosition } from './positions.ts'

/** Positions, pauses and offsets of partitions; `Consumer` has them with everything else. */
export abstract class ConsumerPositions<K, V> {
  readonly #loop: ConsumerLoop<K, V>
  readonly #offsets: ConsumerOffsets

  protected constructor(loop: ConsumerLoop<K, V>) {
    this.#loop = loop
    this.#offsets = new ConsumerOffsets(loop.cluster, loop.settings)
  }

  /** What the consumer does while somebody waits; not for programs. */
  protected get loop(): ConsumerLoop<K, V> {
    return this.#loop
  }

  /** What the options made; not for programs. */
  protected get settings(): ConsumerSettings {
    return this.#loop.settings
  }

  /** Partitions that the consumer reads at present. */
  get assignment(): readonly TopicPartition[] {
    return [...this.loop.positions.all].map(({ topic, partition }) => ({ topic, partition }))
  }

  /**
   * Goes on with this offset.
   *
   * @throws {ConfigError} it is no offset, or the partition is not assigned.
   *
   * @example
   * ```ts
   * consumer.seek({ topic: 'orders', partition: 0 }, 42)
   * ```
   */
  seek(partition: TopicPartition, offset: number): void {
    requireWhole(`The offset of ${keyOf(partition)}`, offset, 0)
    this.loop.positions.seek(this.#assigned(partition), { offset, leaderEpoch: -1 })
    this.loop.attend()
  }

  /**
   * Goes on with the first records there are, of these partitions or of all.
   *
   * @example
   * ```ts
   * consumer.seekToBeginning([{ topic: 'orders', partition: 0 }])
   * ```
   */
  seekToBeginning(partitions: readonly TopicPartition[] = this.assignment): void {
    for (const one of partitions) this.loop.positions.requestReset(this.#assigned(one), 'earliest')
    this.loop.attend()
  }

  /**
   * Goes on with what comes from now on, in these partitions or in all.
   *
   * @example
   * ```ts
   * consumer.seekToEnd()
   * ```
   */
  seekToEnd(partitions: readonly TopicPartition[] = this.assignment): void {
    for (const one of partitions) this.loop.positions.requestReset(this.#assigned(one), 'latest')
    this.loop.attend()
  }

  /**
   * Hands out nothing of these partitions until {@link resume}; they stay assigned.
   *
   * @example
   * ```ts
   * const partition = { topic: 'orders', partition: 0 }
   * consumer.pause([partition])
   * setTimeout(() => consumer.resume([partition]), 1_000)
   * ```
   */
  pause(partitions: readonly TopicPartition[]): void {
    for (const one of partitions) this.#assigned(one).isPaused = true
    this.loop.attend()
  }

  /**
   * Ends {@link pause}.
   *
   * @example
   * ```ts
   * consumer.resume(consumer.paused)
   * ```
   */
  resume(partitions: readonly TopicPartition[]): void {
    for (const one of partitions) this.#assigned(one).isPaused = false
    this.loop.attend()
  }

  /** Partitions that are paused. */
  get paused(): readonly TopicPartition[] {
    const paused = [...this.loop.positions.all].filter(({ isPaused }) => isPaused)
    return paused.map(({ topic, partition }) => ({ topic, partition }))
  }

  /**
   * Offset of the next record; looked up if it is not known yet.
   *
   * @throws {TimeoutError} after `timeoutMs`, or `defaultApiTimeoutMs`.
   *
   * @example
   * ```ts
   * console.log(await consumer.position({ topic: 'orders', partition: 0 }))
   * ```
   */
  async position(
    partition: TopicPartition,
    timeoutMs: number = this.settings.defaultApiTimeoutMs,
  ): Promise<number> {
    requireTimeout(timeoutMs)
    const one = this.#assigned(partition)
    await this.loop.findPosition(one, timeoutMs)
    assert(one.position >= 0, 'a position was found')
    return one.position
  }

  /**
   * Records between the position and the end; null before the first fetch.
   *
   * @example
   * ```ts
   * for (const partition of consumer.assignment) console.log(partition, consumer.lag(partition))
   * ```
   */
  lag(partition: TopicPartition): number | null {
    return lagOf(this.#assigned(partition), this.settings.readCommitted)
  }

  /**
   * What the group committed, in the order of the partitions; null where nothing is.
   *
   * @example
   * ```ts
   * const [committed] = await consumer.committed([{ topic: 'orders', partition: 0 }])
   * console.log(committed?.offset, committed?.metadata)
   * ```
   */
  committed(partitions: readonly TopicPartition[]): Promise<(CommittedOffset | null)[]> {
    return this.#offsets.committed(partitions)
  }

  /**
   * The first record with this timestamp (ms) or a later one, in order; null where none is.
   *
   * @example
   * ```ts
   * const partition = { topic: 'orders', partition: 0 }
   * const timestamp = Date.now() - 3_600_000
   * const [found] = await consumer.offsetsForTimes([{ ...partition, timestamp }])
   * if (found) consumer.seek(partition, found.offset)
   * ```
   */
  offsetsForTimes(
    partitions: readonly (TopicPartition & { readonly timestamp: number })[],
  ): Promise<(TimedOffset | null)[]> {
    return this.#offsets.forTimes(partitions)
  }

  /**
   * Offsets of the first records, in order.
   *
   * @example
   * ```ts
   * const [first] = await consumer.beginningOffsets([{ topic: 'orders', partition: 0 }])
   * console.log(first)
   * ```
   */
  beginningOffsets(partitions: readonly TopicPartition[]): Promise<number[]> {
    return this.#offsets.ends(partitions, 'earliest')
  }

  /**
   * Offsets behind the last records that may be read, in order.
   *
   * @example
   * ```ts
   * const [end] = await consumer.endOffsets([{ topic: 'orders', partition: 0 }])
   * console.log(end)
   * ```
   */
  endOffsets(partitions: readonly TopicPartition[]): Promise<number[]> {
    return this.#offsets.ends(partitions, 'latest')
  }

  #assigned(partition: TopicPartition): PartitionPosition {
    this.mustBeOpen()
    const position = this.loop.positions.get(partition)
    if (position !== undefined) return position
    throw new ConfigError(`${keyOf(partition)} is not assigned to this consumer.`)
  }

  /** Throws a {@link ClosedError} once the consumer is closed. */
  protected mustBeOpen(): void {
    if (this.loop.isClosed) throw new ClosedError('The consumer is closed.')
  }
}
