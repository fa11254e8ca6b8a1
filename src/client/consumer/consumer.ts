/** Reads records of topics, alone or as a member of a group. */
import { assert } from '../../base/assert.ts'
import type { ConsumerRecord } from '../../record/record.ts'
import { ClosedError, ConfigError } from '../error.ts'
import type { ClusterStatistics } from '../network/cluster.ts'
import { type NetworkEnvironment, systemEnvironment } from '../network/environment.ts'
import { openCluster } from '../options/connection-options.ts'
import { requireWhole } from '../options/whole-argument.ts'
import { ConsumerTracing } from '../tracing/consumer-tracing.ts'
import type { OffsetToCommit } from './commit.ts'
import type { ConsumerCluster } from './consumer-cluster.ts'
import { ConsumerLoop } from './consumer-loop.ts'
import { ConsumerOffsets } from './consumer-offsets.ts'
import { type ConsumerOptions, consumerSettings } from './consumer-options.ts'
import type { ConsumerSettings } from './consumer-settings.ts'
import type { CommittedOffset, TimedOffset } from './offset-queries.ts'
import type { RecordHandler } from './ordered-run.ts'
import { lagOf, type PartitionPosition } from './positions.ts'
import type { RebalanceHooks } from './rebalance-hooks.ts'
import {
  type ConsumerBatch,
  type PollOptions,
  RecordStream,
  type RunOptions,
} from './record-stream.ts'
import type { TopicFilter } from './subscription.ts'
import { keyOf, type TopicPartition } from './topic-partition.ts'

/** Where a consumer stands in a partition; offsets that are not known yet are null. */
export interface PartitionStatistics extends TopicPartition {
  /** The next record to be handed out. */
  readonly position: number | null
  /** What this consumer committed last. */
  readonly committed: number | null
  /** Behind the last record that all in-sync replicas had at the last fetch. */
  readonly highWatermark: number | null
  /** Records between the position and the end of what may be read. */
  readonly lag: number | null
  /** Whether `pause` holds it. */
  readonly isPaused: boolean
}

/** What a consumer did since it was made, and where it stands: a plain object. */
export interface ConsumerStatistics extends ClusterStatistics {
  /** Records that were handed out. */
  readonly recordsCount: number
  /** Fetch requests that were sent. */
  readonly fetchesCount: number
  /** Bytes of batches that came with them, as they are stored. */
  readonly fetchedBytes: number
  /** How often partitions were assigned by a group. */
  readonly rebalancesCount: number
  /** The largest lag of an assigned partition; null before the first fetch. */
  readonly recordsLagMax: number | null
  /** Of each partition that is assigned. */
  readonly partitions: readonly PartitionStatistics[]
}

/**
 * A consumer. A record counts as processed when the next one is asked for: leaving a loop by
 * `break`, `return` or `throw` leaves its last record uncommitted, so that it comes again, unless
 * {@link Consumer.commit} was called. Leaving a loop does not end the consumer:
 * {@link Consumer.close} does, or `await using`.
 *
 * @example
 * ```ts
 * import { Consumer } from 'odradek/client'
 *
 * const consumer = new Consumer({
 *   bootstrapServers: ['127.0.0.1:9092'],
 *   groupId: 'billing',
 *   autoOffsetReset: 'earliest',
 * })
 * await consumer.subscribe(['orders'])
 * for await (const record of consumer) {
 *   console.log(record.topic, record.partition, record.offset, String(record.value))
 *   if (record.offset === 99) break
 * }
 * await consumer.close()
 * ```
 */
export class Consumer<K = Buffer, V = Buffer> implements AsyncIterable<ConsumerRecord<K, V>> {
  readonly #loop: ConsumerLoop<K, V>
  readonly #cluster: ConsumerCluster
  readonly #settings: ConsumerSettings
  readonly #offsets: ConsumerOffsets
  readonly #stream: RecordStream<K, V>
  /** Null: nothing is traced. */
  readonly #tracing: ConsumerTracing<K, V> | null
  #closing: Promise<void> | null = null

  /**
   * Nothing is connected before the first call.
   *
   * @throws {ConfigError} an option is wrong; the message names it.
   */
  constructor(options: ConsumerOptions<K, V>, environment: NetworkEnvironment = systemEnvironment) {
    const { connection, allowAutoCreateTopics, settings, opentelemetry } = consumerSettings(options)
    this.#settings = settings
    this.#cluster = openCluster(connection, allowAutoCreateTopics, environment)
    this.#loop = new ConsumerLoop<K, V>(this.#cluster, settings)
    this.#offsets = new ConsumerOffsets(this.#cluster, settings)
    assert(settings.partitionAssignors.length > 0, 'a consumer can lead its group')
    this.#stream = new RecordStream(this.#loop, settings)
    const { clientId } = connection
    this.#tracing =
      opentelemetry === undefined
        ? null
        : new ConsumerTracing(opentelemetry, clientId, settings.groupId)
  }

  /**
   * Subscribes to topics by name or pattern, in place of those before; the group's members divide
   * the partitions while they wait for records.
   */
  async subscribe(topics: TopicFilter, hooks: RebalanceHooks = {}): Promise<void> {
    this.#mustBeOpen()
    await this.#loop.subscribe(topics, hooks)
  }

  /** Takes these partitions instead of those before, whatever others read. */
  assign(partitions: readonly TopicPartition[]): void {
    this.#mustBeOpen()
    this.#loop.assign(partitions)
  }

  /**
   * Leaves the group, or gives up what was assigned. A handler or a hook of {@link run} cannot: the
   * run has to be ended first, by its signal.
   */
  async unsubscribe(): Promise<void> {
    this.#mustBeOpen()
    if (this.#stream.isInsideRun) {
      const why = 'unsubscribe() waits for the handlers of run(), and one of them called it'
      throw new ConfigError(`${why}: end the run by its signal before.`)
    }
    await this.#loop.unsubscribe()
  }

  /** Partitions that the consumer reads at present. */
  get assignment(): readonly TopicPartition[] {
    return [...this.#loop.positions.all].map(({ topic, partition }) => ({ topic, partition }))
  }

  /** Topics that it subscribes to at present; what patterns found is among them. */
  get subscription(): readonly string[] {
    return this.#loop.topics
  }

  /** The consumer's id in its group; empty outside of one. */
  get memberId(): string {
    return this.#loop.member?.memberId ?? ''
  }

  /** Iterates over records; see the class. One loop at a time. */
  [Symbol.asyncIterator](): AsyncIterator<ConsumerRecord<K, V>, undefined> {
    const next = (): Promise<IteratorResult<ConsumerRecord<K, V>, undefined>> => this.#stream.next()
    return this.#tracing?.iterate(next) ?? { next, return: leave }
  }

  /** Iterates over records as they come together: up to `maxPollRecords` of one partition. */
  batches(options: { readonly signal?: AbortSignal } = {}): AsyncIterable<ConsumerBatch<K, V>> {
    const take = (): Promise<IteratorResult<ConsumerBatch<K, V>, undefined>> =>
      this.#stream.nextBatch(options)
    const tracing = this.#tracing
    const next =
      tracing === null ? take : () => tracing.receive(take, ({ value }) => value?.records ?? [])
    return { [Symbol.asyncIterator]: () => ({ next, return: leave }) }
  }

  /**
   * Waits for records and returns up to `maxPollRecords`; none when the time is over. Those of the
   * poll before count as processed.
   */
  poll(options: PollOptions = {}): Promise<readonly ConsumerRecord<K, V>[]> {
    const poll = (): Promise<readonly ConsumerRecord<K, V>[]> => this.#stream.poll(options)
    return this.#tracing?.receive(poll, (records) => records) ?? poll()
  }

  /**
   * Calls `handler` for every record until the consumer is closed or the signal is given: records
   * of one partition (or key) one after the other, up to `concurrency` of others at the same time.
   * Only what is finished, with all before it, is committed. Rejects with what a handler throws,
   * when the others have finished; its record is not committed.
   */
  run(options: RunOptions, handler: RecordHandler<K, V>): Promise<void> {
    const isTraced = this.#tracing !== null && typeof handler === 'function'
    return this.#stream.run(options, isTraced ? this.#tracing.handler(handler) : handler)
  }

  /** Goes on with this offset. */
  seek(partition: TopicPartition, offset: number): void {
    requireWhole(`The offset of ${keyOf(partition)}`, offset, 0)
    this.#loop.positions.seek(this.#assigned(partition), { offset, leaderEpoch: -1 })
    this.#loop.attend()
  }

  /** Goes on with the first records there are, of these partitions or of all. */
  seekToBeginning(partitions: readonly TopicPartition[] = this.assignment): void {
    for (const one of partitions) this.#loop.positions.requestReset(this.#assigned(one), 'earliest')
    this.#loop.attend()
  }

  /** Goes on with what comes from now on, in these partitions or in all. */
  seekToEnd(partitions: readonly TopicPartition[] = this.assignment): void {
    for (const one of partitions) this.#loop.positions.requestReset(this.#assigned(one), 'latest')
    this.#loop.attend()
  }

  /** Hands out nothing of these partitions until {@link resume}; they stay assigned. */
  pause(partitions: readonly TopicPartition[]): void {
    for (const one of partitions) this.#assigned(one).isPaused = true
    this.#loop.attend()
  }

  /** Ends {@link pause}. */
  resume(partitions: readonly TopicPartition[]): void {
    for (const one of partitions) this.#assigned(one).isPaused = false
    this.#loop.attend()
  }

  /** Partitions that are paused. */
  get paused(): readonly TopicPartition[] {
    const paused = [...this.#loop.positions.all].filter(({ isPaused }) => isPaused)
    return paused.map(({ topic, partition }) => ({ topic, partition }))
  }

  /** Offset of the next record; looked up if it is not known yet. */
  async position(partition: TopicPartition, timeoutMs?: number): Promise<number> {
    const one = this.#assigned(partition)
    await this.#loop.findPosition(one, timeoutMs ?? this.#settings.defaultApiTimeoutMs)
    assert(one.position >= 0, 'a position was found')
    return one.position
  }

  /** Records between the position and the end; null before the first fetch. */
  lag(partition: TopicPartition): number | null {
    return lagOf(this.#assigned(partition), this.#settings.readCommitted)
  }

  /** What the group committed, in the order of the partitions; null where nothing is. */
  committed(partitions: readonly TopicPartition[]): Promise<(CommittedOffset | null)[]> {
    return this.#offsets.committed(partitions)
  }

  /** The first record with this timestamp (ms) or a later one, in order; null where none is. */
  offsetsForTimes(
    partitions: readonly (TopicPartition & { readonly timestamp: number })[],
  ): Promise<(TimedOffset | null)[]> {
    return this.#offsets.forTimes(partitions)
  }

  /** Offsets of the first records, in order. */
  beginningOffsets(partitions: readonly TopicPartition[]): Promise<number[]> {
    return this.#offsets.ends(partitions, 'earliest')
  }

  /** Offsets behind the last records that may be read, in order. */
  endOffsets(partitions: readonly TopicPartition[]): Promise<number[]> {
    return this.#offsets.ends(partitions, 'latest')
  }

  /**
   * Commits these offsets (of the next record to read), or else everything that was handed out, the
   * present record included. In {@link run} it is everything that is finished.
   */
  commit(offsets?: readonly OffsetToCommit[]): Promise<void> {
    return this.#loop.commit(
      offsets ?? this.#stream.offsetsToCommit(),
      this.#settings.defaultApiTimeoutMs,
    )
  }

  /** As {@link commit}, but once and behind other commits; nobody has to wait for it. */
  commitAsync(offsets?: readonly OffsetToCommit[]): Promise<void> {
    return this.#loop.commitAsync(offsets ?? this.#stream.offsetsToCommit())
  }

  /** Ends the wait for records, or the next one, with a `ClosedError`; the consumer goes on. */
  wakeup(): void {
    this.#loop.wake()
  }

  /** What it did and where it stands. */
  statistics(): ConsumerStatistics {
    const { positions, source, fetcher, rebalances } = this.#loop
    const known = (offset: number): number | null => (offset < 0 ? null : offset)
    const partitions = [...positions.all].map((one) => ({
      topic: one.topic,
      partition: one.partition,
      position: known(one.position),
      committed: known(one.committed),
      highWatermark: known(one.highWatermark),
      lag: lagOf(one, this.#settings.readCommitted),
      isPaused: one.isPaused,
    }))
    assert(partitions.length === positions.size, 'every partition is told of')
    const lags = partitions.map(({ lag }) => lag).filter((lag) => lag !== null)
    const { fetches: fetchesCount, bytes: fetchedBytes } = fetcher.counts
    assert(fetchesCount >= 0 && fetchedBytes >= 0, 'what was done is counted')
    return {
      ...this.#cluster.statistics(),
      recordsCount: source.records,
      fetchesCount,
      fetchedBytes,
      rebalancesCount: rebalances,
      recordsLagMax: lags.length === 0 ? null : Math.max(...lags),
      partitions,
    }
  }

  /**
   * Commits what is processed if commits are automatic, leaves the group and ends all connections;
   * loops end. At most `timeoutMs`, 30,000 unless given. In a handler or a hook of {@link run} it
   * resolves at once, since it would wait for itself; the rest follows when the run has ended.
   */
  close(options: { readonly timeoutMs?: number } = {}): Promise<void> {
    const { timeoutMs = 30_000 } = options
    this.#closing ??= this.#loop.close(timeoutMs, this.#stream.whenIdle())
    if (!this.#stream.isInsideRun) return this.#closing
    this.#closing.catch(() => {})
    return Promise.resolve()
  }

  /** {@link close}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #assigned(partition: TopicPartition): PartitionPosition {
    this.#mustBeOpen()
    const position = this.#loop.positions.get(partition)
    if (position !== undefined) return position
    throw new ConfigError(`${keyOf(partition)} is not assigned to this consumer.`)
  }

  #mustBeOpen(): void {
    if (this.#loop.isClosed) throw new ClosedError('The consumer is closed.')
  }
}

/** Leaves a loop; the consumer stays. */
function leave(): Promise<IteratorReturnResult<undefined>> {
  return Promise.resolve({ done: true, value: undefined })
}
