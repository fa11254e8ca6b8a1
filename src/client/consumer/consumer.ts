/** Reads records of topics, alone or as a member of a group. */
import type { ConsumerRecord } from '../../record/record.ts'
import { ClosedError, ConfigError } from '../error.ts'
import { type NetworkEnvironment, systemEnvironment } from '../network/environment.ts'
import { openCluster } from '../options/connection-options.ts'
import type { OffsetToCommit } from './commit.ts'
import type { ConsumerCluster } from './consumer-cluster.ts'
import { ConsumerLoop, settlePosition } from './consumer-loop.ts'
import { ConsumerOffsets } from './consumer-offsets.ts'
import { type ConsumerOptions, consumerSettings } from './consumer-options.ts'
import type { ConsumerSettings } from './consumer-settings.ts'
import type { CommittedOffset, FoundOffset } from './offset-queries.ts'
import { OrderedRun, type RecordHandler, type RunOrder } from './ordered-run.ts'
import { lagOf, type PartitionPosition } from './positions.ts'
import type { RebalanceHooks } from './rebalance-hooks.ts'
import type { TopicFilter } from './subscription.ts'
import { keyOf, type TopicPartition } from './topic-partition.ts'

/** Records of one partition, in their order. */
export interface ConsumerBatch<K = Buffer, V = Buffer> extends TopicPartition {
  /** At least one. */
  readonly records: readonly ConsumerRecord<K, V>[]
  /** Offset behind the last record that all replicas have. */
  readonly highWatermark: number
}

/** How to wait for records. */
export interface PollOptions {
  /** At most so long, in ms; 0 looks only at what is there. Unlimited unless given. */
  readonly timeoutMs?: number
  /** Ends the wait with a `ClosedError` whose cause is the signal's reason. */
  readonly signal?: AbortSignal
}

/** How {@link Consumer.run} works. */
export interface RunOptions {
  /** Records at work at the same time, at most; 1 unless given. */
  readonly concurrency?: number
  /** What is kept in order: a partition, or each key of it. `partition` unless given. */
  readonly order?: RunOrder
  /** Ends the run, which then resolves, when what is at work is finished. */
  readonly signal?: AbortSignal
}

/** What a consumer did and where it stands; numbers only. */
export interface ConsumerStatistics {
  readonly recordsCount: number
  readonly fetchesCount: number
  readonly fetchedBytes: number
  readonly rebalancesCount: number
  /** The largest lag of an assigned partition; null before the first fetch. */
  readonly recordsLagMax: number | null
  readonly partitions: readonly (TopicPartition & {
    readonly position: number | null
    readonly committed: number | null
    readonly highWatermark: number | null
    readonly lag: number | null
    readonly isPaused: boolean
  })[]
}

/** After so many records the clock is looked at: other work of the process may be due. */
const recordsPerLook = 32

/** For so long records are handed out before timers and sockets have their turn, in ms. */
const turnMs = 8

/**
 * A consumer. A record counts as processed when the next one is asked for: leaving a loop by
 * `break`, `return` or `throw` leaves its last record uncommitted, so that it comes again, unless
 * {@link Consumer.commit} was called. Leaving a loop does not end the consumer: {@link Consumer.close}
 * does, or `await using`.
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
  /** Partition of the record that was handed out last. */
  #last: PartitionPosition | null = null
  #looks = 0
  #turnEndsMs = 0
  /** The call that waits for records; there is one at a time. */
  #waiting: Promise<unknown> | null = null
  #run: OrderedRun<K, V> | null = null
  #closing: Promise<void> | null = null

  /**
   * Nothing is connected before the first call.
   *
   * @throws {ConfigError} an option is wrong; the message names it.
   */
  constructor(options: ConsumerOptions<K, V>, environment: NetworkEnvironment = systemEnvironment) {
    const { connection, allowAutoCreateTopics, settings } = consumerSettings(options)
    this.#settings = settings
    this.#cluster = openCluster(connection, allowAutoCreateTopics, environment)
    this.#loop = new ConsumerLoop<K, V>(this.#cluster, settings)
    this.#offsets = new ConsumerOffsets(this.#cluster, settings)
    this.#loop.beforeHandOver = (partitions) => this.#beforeHandOver(partitions)
    this.#loop.beforeCommit = () => this.#settleRun()
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

  /** Leaves the group, or gives up what was assigned. */
  async unsubscribe(): Promise<void> {
    this.#mustBeOpen()
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
    const next = (): Promise<IteratorResult<ConsumerRecord<K, V>, undefined>> => this.#next()
    return { next, return: leave }
  }

  /** Iterates over records as they come together: up to `maxPollRecords` of one partition. */
  batches(options: { readonly signal?: AbortSignal } = {}): AsyncIterable<ConsumerBatch<K, V>> {
    const next = async (): Promise<IteratorResult<ConsumerBatch<K, V>, undefined>> => {
      const batch = await this.#alone(() => this.#nextBatch(options))
      return batch === null ? { done: true, value: undefined } : { done: false, value: batch }
    }
    return { [Symbol.asyncIterator]: () => ({ next, return: leave }) }
  }

  /**
   * Waits for records and returns up to `maxPollRecords`; none when the time is over. Those of the
   * poll before count as processed.
   */
  poll(options: PollOptions = {}): Promise<readonly ConsumerRecord<K, V>[]> {
    return this.#alone(async () => {
      this.#last = null
      this.#loop.settle()
      const records: ConsumerRecord<K, V>[] = []
      const { timeoutMs = Infinity } = options
      const untilMs = this.#loop.nowMs() + timeoutMs
      // A piece in hand may be over, or hold nothing that is handed out.
      while (records.length === 0 && (await this.#fill(options, untilMs))) {
        do this.#takeInto(records)
        while (records.length < this.#settings.maxPollRecords && this.#loop.source.begin())
      }
      return records
    })
  }

  /**
   * Calls `handler` for every record until the consumer is closed or the signal is given: records
   * of one partition (or key) one after the other, up to `concurrency` of others at the same time.
   * Only what is finished, with all before it, is committed. Rejects with what a handler throws,
   * when the others have finished; its record is not committed.
   */
  async run(handler: RecordHandler<K, V>, options?: RunOptions): Promise<void>
  async run(options: RunOptions, handler: RecordHandler<K, V>): Promise<void>
  async run(
    first: RunOptions | RecordHandler<K, V>,
    second: RunOptions | RecordHandler<K, V> = {},
  ): Promise<void> {
    const [handler, options] = typeof first === 'function' ? [first, second] : [second, first]
    if (typeof handler !== 'function' || typeof options === 'function') {
      throw new ConfigError('run() takes options and one function.')
    }
    const { concurrency = 1, order = 'partition', signal } = options
    if (!Number.isSafeInteger(concurrency) || concurrency < 1) {
      throw new ConfigError(`concurrency is ${concurrency}; it has to be a whole number from 1 on.`)
    }
    const run = new OrderedRun(concurrency, order, handler, () => this.#loop.attend())
    await this.#alone(async () => {
      this.#loop.settle()
      this.#run = run
      try {
        await this.#feed(run, signal)
      } finally {
        await run.idle()
        this.#settleRun()
        this.#run = null
        this.#last = null
        // What was not finished comes again.
        this.#loop.rewind()
      }
    })
    if (run.failure !== null) throw run.failure.error
  }

  /** Goes on with this offset. */
  seek(partition: TopicPartition, offset: number): void {
    if (!Number.isSafeInteger(offset) || offset < 0) {
      throw new ConfigError(`The offset is ${offset}; it has to be a whole number from 0 on.`)
    }
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
  ): Promise<(FoundOffset | null)[]> {
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
    return this.#loop.commit(offsets ?? this.#toCommit(), this.#settings.defaultApiTimeoutMs)
  }

  /** As {@link commit}, but once and behind other commits; nobody has to wait for it. */
  commitAsync(offsets?: readonly OffsetToCommit[]): Promise<void> {
    return this.#loop.commitAsync(offsets ?? this.#toCommit())
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
    const lags = partitions.map(({ lag }) => lag).filter((lag) => lag !== null)
    const { fetches: fetchesCount, bytes: fetchedBytes } = fetcher.counts
    return {
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
   * loops end. At most `timeoutMs`, 30,000 unless given.
   */
  close(options: { readonly timeoutMs?: number } = {}): Promise<void> {
    const { timeoutMs = 30_000 } = options
    const idle = this.#waiting ?? Promise.resolve()
    this.#closing ??= this.#loop.close(
      timeoutMs,
      idle.catch(() => {}),
    )
    return this.#closing
  }

  /** {@link close}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** The way of almost every record: it is in hand, and nothing else is to be done. */
  #next(): Promise<IteratorResult<ConsumerRecord<K, V>, undefined>> {
    if (this.#loop.needsAttention || this.#waiting !== null || ++this.#looks >= recordsPerLook) {
      return this.#lookAround()
    }
    try {
      const record = this.#take()
      if (record === undefined) return this.#lookAround()
      return Promise.resolve({ done: false, value: record })
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /** Whether something is due, and else the next record. */
  #lookAround(): Promise<IteratorResult<ConsumerRecord<K, V>, undefined>> {
    this.#looks = 0
    return this.#alone(async () => {
      const nowMs = this.#loop.nowMs()
      if (nowMs >= this.#turnEndsMs) await this.#yield()
      if (!this.#loop.isDue(nowMs)) {
        const record = this.#take()
        if (record !== undefined) return { done: false, value: record }
      }
      const record = await this.#nextOf({})
      return record === null ? { done: true, value: undefined } : { done: false, value: record }
    })
  }

  /** The next record in hand; the one before is processed. */
  #take(): ConsumerRecord<K, V> | undefined {
    if (this.#last !== null && this.#run === null) settlePosition(this.#last)
    const { source } = this.#loop
    this.#last = source.position
    return source.next()
  }

  /** The next record, waited for; null when the consumer was closed. */
  async #nextOf(options: PollOptions): Promise<ConsumerRecord<K, V> | null> {
    this.#last = null
    if (this.#run === null) this.#loop.settle()
    while (await this.#fill(options)) {
      const record = this.#take()
      if (record !== undefined) return record
    }
    return null
  }

  async #nextBatch(options: PollOptions): Promise<ConsumerBatch<K, V> | null> {
    this.#last = null
    this.#loop.settle()
    const nowMs = this.#loop.nowMs()
    if (nowMs >= this.#turnEndsMs) await this.#yield()
    for (;;) {
      const { source } = this.#loop
      const isInHand = !this.#loop.isDue(nowMs) && source.position !== null
      if (!isInHand && !(await this.#fill(options))) return null
      const { position } = source
      const records: ConsumerRecord<K, V>[] = []
      this.#takeInto(records)
      if (records.length === 0 || position === null) continue
      const { topic, partition, highWatermark } = position
      return { topic, partition, records, highWatermark }
    }
  }

  /**
   * Takes from the piece in hand until there are `maxPollRecords`. A record that fails ends it; the
   * failure comes again with the next call.
   */
  #takeInto(records: ConsumerRecord<K, V>[]): void {
    const { source } = this.#loop
    const { maxPollRecords } = this.#settings
    try {
      while (records.length < maxPollRecords) {
        const record = source.next()
        if (record === undefined) return
        records.push(record)
      }
    } catch (error) {
      if (records.length === 0) throw error
    }
  }

  /** Waits for a piece; false: the time is over, the run failed, or the consumer was closed. */
  async #fill({ signal }: PollOptions, untilMs = Infinity): Promise<boolean> {
    const wake = (): void => this.#loop.attend()
    const ended = (): boolean => isAborted(signal) || (this.#run?.failure ?? null) !== null
    signal?.addEventListener('abort', wake)
    try {
      const isFull = await this.#loop.fill(untilMs, ended)
      if (isAborted(signal)) {
        const message = 'The wait for records was ended by its AbortSignal.'
        throw new ClosedError(message, { cause: signal?.reason })
      }
      return isFull
    } finally {
      signal?.removeEventListener('abort', wake)
    }
  }

  /** Hands records to a run as long as it takes them. */
  async #feed(run: OrderedRun<K, V>, signal: AbortSignal | undefined): Promise<void> {
    const options = signal === undefined ? {} : { signal }
    while (run.failure === null && !isAborted(signal)) {
      await run.room()
      if (run.failure !== null) return
      this.#settleRun()
      const nowMs = this.#loop.nowMs()
      if (nowMs >= this.#turnEndsMs) await this.#yield()
      try {
        const inHand = this.#loop.isDue(nowMs) ? undefined : this.#take()
        const record = inHand ?? (await this.#nextOf(options))
        if (record === null) return
        run.add(record, this.#loop.source.leaderEpoch)
      } catch (error) {
        if (isAborted(signal)) return
        throw error
      }
    }
  }

  /** What is finished is processed. */
  #settleRun(): void {
    const run = this.#run
    if (run === null) return
    const ends = new Map(run.finished())
    for (const position of this.#loop.positions.all) {
      const end = ends.get(keyOf(position))
      if (end === undefined || end.offset < position.processed) continue
      position.processed = end.offset
      position.processedEpoch = end.leaderEpoch
    }
  }

  /** Records of partitions that are given up are finished first. */
  async #beforeHandOver(partitions: readonly TopicPartition[]): Promise<void> {
    const run = this.#run
    if (run === null) return
    await run.idle()
    this.#settleRun()
    run.forget(partitions)
  }

  #toCommit(): OffsetToCommit[] {
    const run = this.#run
    if (run === null) return this.#loop.handedOutOffsets()
    this.#settleRun()
    return this.#loop.processedOffsets()
  }

  /** Sockets and timers have their turn. */
  async #yield(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve))
    this.#turnEndsMs = this.#loop.nowMs() + turnMs
  }

  /** One call waits for records at a time; the next one would take what this one is owed. */
  #alone<T>(wait: () => Promise<T>): Promise<T> {
    if (this.#waiting !== null) {
      const what = 'The consumer waits for records already: one loop, poll() or run() at a time.'
      return Promise.reject(new ConfigError(what))
    }
    const waiting = wait().finally(() => {
      this.#waiting = null
    })
    this.#waiting = waiting
    return waiting
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

function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true
}

/** Leaves a loop; the consumer stays. */
function leave(): Promise<IteratorReturnResult<undefined>> {
  return Promise.resolve({ done: true, value: undefined })
}
