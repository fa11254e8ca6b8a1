/**
 * Hands out records: one by one, in batches, by polls, or to handlers. One call waits at a time.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { assert } from '../../base/assert.ts'
import type { ConsumerRecord } from '../../record/record.ts'
import { ClosedError, ConfigError } from '../error.ts'
import { requireTimeout } from '../options/whole-argument.ts'
import type { TopicPartition } from '../topic-partition.ts'
import type { OffsetToCommit } from './commit.ts'
import { type ConsumerLoop, settlePosition } from './consumer-loop.ts'
import type { ConsumerSettings } from './consumer-settings.ts'
import { OrderedRun, type RecordHandler, type RunOrder } from './ordered-run.ts'
import type { PartitionPosition } from './positions.ts'

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

/** How `Consumer.run` works. */
export interface RunOptions {
  /** Records at work at the same time, at most; 1 unless given. */
  readonly concurrency?: number
  /** What is kept in order: a partition, or each key of it. `partition` unless given. */
  readonly order?: RunOrder
  /** Ends the run, which then resolves, when what is at work is finished. */
  readonly signal?: AbortSignal
}

/** After so many records the clock is looked at: other work of the process may be due. */
const recordsPerLook = 32

/** For so long records are handed out before timers and sockets have their turn, in ms. */
const turnMs = 8

/** The run whose handlers and hooks the present code belongs to: they cannot wait for its end. */
const inside = new AsyncLocalStorage<object>()

/** See the head of this file. */
export class RecordStream<K, V> {
  readonly #loop: ConsumerLoop<K, V>
  readonly #settings: ConsumerSettings
  /** Partition of the record that was handed out last. */
  #last: PartitionPosition | null = null
  #looks = 0
  #turnEndsMs = 0
  /** The call that waits for records; there is one at a time. */
  #waiting: Promise<unknown> | null = null
  #run: OrderedRun<K, V> | null = null

  constructor(loop: ConsumerLoop<K, V>, settings: ConsumerSettings) {
    this.#loop = loop
    this.#settings = settings
    loop.beforeHandOver = (partitions) => this.#beforeHandOver(partitions)
    loop.commits.beforeCommit = () => this.#settleRun()
  }

  /** Resolves when no call waits for records. */
  async whenIdle(): Promise<void> {
    await this.#waiting?.catch(() => {})
  }

  /** Whether the caller is a handler or a hook of the run under way, which waits for him. */
  get isInsideRun(): boolean {
    return this.#run !== null && inside.getStore() === this.#run
  }

  /** What `commit()` commits: everything handed out, or in a run what is finished. */
  offsetsToCommit(): OffsetToCommit[] {
    if (this.#run === null) return this.#loop.commits.handedOut()
    this.#settleRun()
    return this.#loop.commits.processed()
  }

  /** See `Consumer.poll`. */
  poll(options: PollOptions): Promise<readonly ConsumerRecord<K, V>[]> {
    return this.#alone(async () => {
      const { timeoutMs = Infinity } = options
      requireTimeout(timeoutMs)
      this.#last = null
      this.#loop.settle()
      const records: ConsumerRecord<K, V>[] = []
      const nowMs = this.#loop.nowMs()
      const untilMs = nowMs + timeoutMs
      // A loop over polls that find something, or do not wait, would hold up the whole process.
      if (nowMs >= this.#turnEndsMs) await this.#yield()
      const { maxPollRecords } = this.#settings
      // A piece in hand may be over, or hold nothing that is handed out.
      while (records.length === 0 && (await this.#fill(options, untilMs))) {
        let goesOn = true
        do goesOn = this.#takeInto(records)
        while (goesOn && records.length < maxPollRecords && this.#loop.source.begin())
      }
      assert(records.length <= this.#settings.maxPollRecords, 'no more than a poll may have')
      return records
    })
  }

  /** See `Consumer.run`. */
  async run(options: RunOptions, handler: RecordHandler<K, V>): Promise<void> {
    const { concurrency = 1, order = 'partition', signal } = options
    if (!Number.isSafeInteger(concurrency) || concurrency < 1) {
      throw new ConfigError(`concurrency is ${concurrency}; it has to be a whole number from 1 on.`)
    }
    if (typeof handler !== 'function') throw new ConfigError('run() needs a function for records.')
    const run = new OrderedRun(concurrency, order, handler, () => this.#loop.attend())
    await this.#alone(async () => {
      assert(this.#run === null, 'one run at a time')
      this.#loop.settle()
      this.#run = run
      try {
        await inside.run(run, () => this.#feed(run, signal))
      } finally {
        await run.idle()
        assert(this.#run === run, 'no other run has begun')
        this.#settleRun()
        this.#run = null
        this.#last = null
        // What was not finished comes again.
        this.#loop.rewind()
      }
    })
    if (run.failure !== null) throw run.failure.error
  }

  /** The way of almost every record: it is in hand, and nothing else is to be done. */
  next(signal?: AbortSignal): Promise<IteratorResult<ConsumerRecord<K, V>, undefined>> {
    const isQuiet = !this.#loop.needsAttention && this.#waiting === null && !isAborted(signal)
    if (!isQuiet || ++this.#looks >= recordsPerLook) return this.#lookAround(signal)
    try {
      const record = this.#take()
      if (record === undefined) return this.#lookAround(signal)
      return Promise.resolve({ done: false, value: record })
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /** Whether something is due, and else the next record. */
  #lookAround(
    signal: AbortSignal | undefined,
  ): Promise<IteratorResult<ConsumerRecord<K, V>, undefined>> {
    this.#looks = 0
    return this.#alone(async () => {
      const nowMs = this.#loop.nowMs()
      if (nowMs >= this.#turnEndsMs) await this.#yield()
      if (!this.#loop.isDue(nowMs) && !isAborted(signal)) {
        const record = this.#take()
        if (record !== undefined) return { done: false, value: record }
      }
      const record = await this.#nextOf(signal === undefined ? {} : { signal })
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

  /** The next batch, for a loop over batches. */
  async nextBatch(options: PollOptions): Promise<IteratorResult<ConsumerBatch<K, V>, undefined>> {
    const batch = await this.#alone(() => this.#nextBatch(options))
    return batch === null ? { done: true, value: undefined } : { done: false, value: batch }
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
      assert(records[0]?.partition === partition, 'a batch is of the partition in hand')
      return { topic, partition, records, highWatermark }
    }
  }

  /**
   * Takes from the piece in hand until there are `maxPollRecords`. A record that fails ends it; the
   * failure comes again with the next call. False: nothing more may be taken before that.
   */
  #takeInto(records: ConsumerRecord<K, V>[]): boolean {
    const { source } = this.#loop
    const { maxPollRecords } = this.#settings
    assert(records.length < maxPollRecords, 'there is room for a record')
    try {
      while (records.length < maxPollRecords) {
        const record = source.next()
        if (record === undefined) return true
        records.push(record)
      }
    } catch (error) {
      if (records.length === 0) throw error
      return false
    }
    return true
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
      const nowMs = this.#loop.nowMs()
      if (nowMs >= this.#turnEndsMs) await this.#yield()
      try {
        const inHand = this.#loop.isDue(nowMs) ? undefined : this.#take()
        const record = inHand ?? (await this.#nextOf(options))
        if (record === null) return
        const { source } = this.#loop
        const { position, version, leaderEpoch } = source
        assert(position !== null, 'a record is of the piece in hand')
        run.add(record, leaderEpoch, position, version)
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
    for (const [position, end] of run.finished()) {
      if (this.#loop.positions.get(position) !== position) continue
      if (end.offset < position.processed) continue
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
      assert(this.#waiting !== null, 'one call waited')
      this.#waiting = null
    })
    this.#waiting = waiting
    return waiting
  }
}

function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true
}
