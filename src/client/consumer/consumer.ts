/** Reads records of topics, alone or as a member of a group. */
import { assert } from '../../base/assert.ts'
import type { ConsumerRecord } from '../../record/record.ts'
import { ConfigError } from '../error.ts'
import type { ClusterStatistics } from '../network/cluster.ts'
import { type NetworkEnvironment, systemEnvironment } from '../network/environment.ts'
import { openCluster } from '../options/connection-options.ts'
import { requireTimeout } from '../options/whole-argument.ts'
import type { TopicPartition } from '../topic-partition.ts'
import { ConsumerTracing } from '../tracing/consumer-tracing.ts'
import type { OffsetToCommit } from './commit.ts'
import { ConsumerLoop } from './consumer-loop.ts'
import { type ConsumerOptions, consumerSettings } from './consumer-options.ts'
import { ConsumerPositions } from './consumer-positions.ts'
import type { RecordHandler } from './ordered-run.ts'
import { lagOf } from './positions.ts'
import type { RebalanceHooks } from './rebalance-hooks.ts'
import {
  type ConsumerBatch,
  type PollOptions,
  RecordStream,
  type RunOptions,
} from './record-stream.ts'
import type { TopicFilter } from './subscription.ts'

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
export class Consumer<K = Buffer, V = Buffer>
  extends ConsumerPositions<K, V>
  implements AsyncIterable<ConsumerRecord<K, V>>
{
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
    const cluster = openCluster(connection, allowAutoCreateTopics, environment)
    super(new ConsumerLoop<K, V>(cluster, settings))
    assert(settings.partitionAssignors.length > 0, 'a consumer can lead its group')
    this.#stream = new RecordStream(this.loop, settings)
    const { clientId } = connection
    this.#tracing =
      opentelemetry === undefined
        ? null
        : new ConsumerTracing(opentelemetry, clientId, settings.groupId)
  }

  /**
   * Subscribes to topics by name or pattern, in place of those before; the group's members divide
   * the partitions while they wait for records.
   *
   * @throws {ConfigError} there is no `groupId`, or partitions are assigned.
   *
   * @example
   * ```ts
   * await consumer.subscribe(['orders', /^returns-/], {
   *   onPartitionsRevoked: (partitions) => console.log('given up', partitions),
   * })
   * ```
   */
  async subscribe(topics: TopicFilter, hooks: RebalanceHooks = {}): Promise<void> {
    this.mustBeOpen()
    await this.loop.subscribe(topics, hooks)
  }

  /**
   * Takes these partitions instead of those before, whatever others read.
   *
   * @throws {ConfigError} topics are subscribed to.
   *
   * @example
   * ```ts
   * consumer.assign([{ topic: 'orders', partition: 0 }])
   * ```
   */
  assign(partitions: readonly TopicPartition[]): void {
    this.mustBeOpen()
    this.loop.assign(partitions)
  }

  /**
   * Leaves the group, or gives up what was assigned. A handler or a hook of {@link run} cannot: the
   * run has to be ended first, by its signal.
   *
   * @example
   * ```ts
   * await consumer.unsubscribe()
   * consumer.assign([{ topic: 'orders', partition: 0 }])
   * ```
   */
  async unsubscribe(): Promise<void> {
    this.mustBeOpen()
    if (this.#stream.isInsideRun) {
      const why = 'unsubscribe() waits for the handlers of run(), and one of them called it'
      throw new ConfigError(`${why}: end the run by its signal before.`)
    }
    await this.loop.unsubscribe()
  }

  /** Topics that it subscribes to at present; what patterns found is among them. */
  get subscription(): readonly string[] {
    return this.loop.topics
  }

  /** The consumer's id in its group; empty outside of one. */
  get memberId(): string {
    return this.loop.member?.memberId ?? ''
  }

  /** Iterates over records; see the class. One loop at a time. */
  [Symbol.asyncIterator](): AsyncIterator<ConsumerRecord<K, V>, undefined> {
    return this.#iterate(undefined)
  }

  /**
   * Iterates over records as the consumer itself does, until the signal is given: what asks for the
   * next record then gets a `ClosedError`, whose cause is the signal's reason. The record before
   * counts as processed, and the consumer goes on.
   *
   * @example
   * ```ts
   * const signal = AbortSignal.timeout(60_000)
   * for await (const record of consumer.records({ signal })) console.log(record.offset)
   * ```
   */
  records(
    options: { readonly signal?: AbortSignal } = {},
  ): AsyncIterable<ConsumerRecord<K, V>, undefined> {
    return { [Symbol.asyncIterator]: () => this.#iterate(options.signal) }
  }

  /**
   * Iterates over records as they come together: up to `maxPollRecords` of one partition.
   * The records of a batch count as processed when the next batch is asked for.
   *
   * @example
   * ```ts
   * for await (const { topic, partition, records } of consumer.batches()) {
   *   console.log(topic, partition, records.length)
   * }
   * ```
   */
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
   *
   * @throws {ClosedError} `wakeup()` or the signal ended the wait; the consumer goes on.
   *
   * @example
   * ```ts
   * for (const record of await consumer.poll({ timeoutMs: 1_000 })) console.log(record.offset)
   * ```
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
   *
   * @example
   * ```ts
   * const store = async (value: Buffer | null) => console.log(value?.length)
   * await consumer.run({ concurrency: 8, order: 'key' }, ({ value }) => store(value))
   * ```
   */
  run(options: RunOptions, handler: RecordHandler<K, V>): Promise<void> {
    const isTraced = this.#tracing !== null && typeof handler === 'function'
    return this.#stream.run(options, isTraced ? this.#tracing.handler(handler) : handler)
  }

  /**
   * Commits these offsets (of the next record to read), or else everything that was handed out, the
   * present record included. In {@link run} it is everything that is finished.
   * Tried again while it fails for now, until `defaultApiTimeoutMs` are over.
   *
   * @throws {ProtocolError} the group rebalanced: the records come again, perhaps elsewhere.
   *
   * @example
   * ```ts
   * await consumer.commit()
   * await consumer.commit([{ topic: 'orders', partition: 0, offset: 43, metadata: 'half done' }])
   * ```
   */
  commit(offsets?: readonly OffsetToCommit[]): Promise<void> {
    return this.loop.commits.commit(
      offsets ?? this.#stream.offsetsToCommit(),
      this.settings.defaultApiTimeoutMs,
    )
  }

  /**
   * As {@link commit}, but once and behind other commits; nobody has to wait for it.
   *
   * @example
   * ```ts
   * consumer.commitAsync().catch((error: unknown) => console.log('not committed', error))
   * ```
   */
  commitAsync(offsets?: readonly OffsetToCommit[]): Promise<void> {
    return this.loop.commits.commitAsync(offsets ?? this.#stream.offsetsToCommit())
  }

  /**
   * Ends the wait for records, or the next one, with a `ClosedError`; the consumer goes on.
   *
   * @example
   * ```ts
   * process.once('SIGUSR2', () => consumer.wakeup())
   * ```
   */
  wakeup(): void {
    this.loop.wake()
  }

  /**
   * What it did and where it stands.
   *
   * @example
   * ```ts
   * const { recordsLagMax, partitions } = consumer.statistics()
   * console.log(recordsLagMax, partitions.length)
   * ```
   */
  statistics(): ConsumerStatistics {
    const { positions, source, fetcher, rebalances } = this.loop
    const known = (offset: number): number | null => (offset < 0 ? null : offset)
    const partitions = [...positions.all].map((one) => ({
      topic: one.topic,
      partition: one.partition,
      position: known(one.position),
      committed: known(one.committed),
      highWatermark: known(one.highWatermark),
      lag: lagOf(one, this.settings.readCommitted),
      isPaused: one.isPaused,
    }))
    assert(partitions.length === positions.size, 'every partition is told of')
    const lags = partitions.map(({ lag }) => lag).filter((lag) => lag !== null)
    const { fetches: fetchesCount, bytes: fetchedBytes } = fetcher.counts
    assert(fetchesCount >= 0 && fetchedBytes >= 0, 'what was done is counted')
    return {
      ...this.loop.cluster.statistics(),
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
   *
   * @example
   * ```ts
   * await consumer.close({ timeoutMs: 5_000 })
   * ```
   */
  async close(options: { readonly timeoutMs?: number } = {}): Promise<void> {
    const { timeoutMs = 30_000 } = options
    requireTimeout(timeoutMs)
    this.#closing ??= this.loop.close(timeoutMs, this.#stream.whenIdle())
    if (!this.#stream.isInsideRun) return this.#closing
    this.#closing.catch(() => {})
  }

  /** {@link close}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #iterate(signal: AbortSignal | undefined): AsyncIterator<ConsumerRecord<K, V>, undefined> {
    const next = (): Promise<IteratorResult<ConsumerRecord<K, V>, undefined>> =>
      this.#stream.next(signal)
    return this.#tracing?.iterate(next) ?? { next, return: leave }
  }
}

/** Leaves a loop; the consumer stays. */
function leave(): Promise<IteratorReturnResult<undefined>> {
  return Promise.resolve({ done: true, value: undefined })
}
