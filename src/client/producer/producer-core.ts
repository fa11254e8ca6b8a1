import { assert } from '../../base/assert.ts'
import type { Clock, TimerHandle, Timers } from '../../base/clock.ts'
import type { Random } from '../../base/random.ts'
import { ErrorCode } from '../../protocol/error-codes.ts'
import type { Checksum } from '../../record/batch-header.ts'
import type { RecordMetadata } from '../../record/record.ts'
import {
  BufferError,
  ClientError,
  ClosedError,
  ConfigError,
  ProtocolError,
  TimeoutError,
} from '../error.ts'
import { Accumulator } from './accumulator.ts'
import { type Blockage, BlockedSends, failWaiting } from './blocked-sends.ts'
import { Compressor } from './compressor.ts'
import { type BatchOutcome, type SendGroup, SingleSend } from './delivery.ts'
import {
  type DeliveryReport,
  type DeliveryReportCallback,
  reportOf,
  reportOfUnsent,
} from './delivery-report.ts'
import type { Outgoing, Waiting } from './outgoing.ts'
import type { PartitionBatches } from './partition-batches.ts'
import { topicPartitioner } from './partitioner/index.ts'
import { ProducerBatch } from './producer-batch.ts'
import type { ProducerNetwork } from './producer-network.ts'
import type { ProducerSettings } from './producer-settings.ts'
import { asClientError } from './record-preparer.ts'
import { Sender, type SenderCounts } from './sender.ts'
import { TopicBatches } from './topic-batches.ts'

/** Time, randomness and the rest that a producer's core takes from outside. */
export interface ProducerEnvironment {
  readonly clock: Clock
  /** Those that keep the process alive: what was accepted is worth staying for. */
  readonly timers: Timers
  readonly random: Random
  readonly checksum: Checksum
  /** Calls back when everything that has come in has been looked at. */
  readonly soon: (callback: () => void) => void
}

interface Flush {
  readonly left: Set<ProducerBatch>
  readonly resolve: () => void
}

/**
 * A producer without serializers and options: it takes records, sends what is due, and tells who
 * waits. The one loop is {@link ProducerCore.#run}, and one timer wakes it.
 */
export class ProducerCore {
  readonly #settings: ProducerSettings
  readonly #network: ProducerNetwork
  readonly #environment: ProducerEnvironment
  readonly #onReport: DeliveryReportCallback | undefined
  readonly #accumulator: Accumulator
  readonly #compressor: Compressor
  readonly #sender: Sender
  readonly #topics = new Map<string, TopicBatches>()
  readonly #blocked = new BlockedSends()
  /** Topics that are being asked for, as records wait for them. */
  readonly #sought = new Set<TopicBatches>()
  readonly #flushes = new Set<Flush>()
  readonly #stopListening: () => void
  /** Flushes that wait until what was blocked before them is in a batch, or has failed. */
  #unblocked: { readonly before: number; readonly resolve: () => void }[] = []
  /** Those who wait for {@link ProducerCore.ready}. */
  #readies: (() => void)[] = []
  /** Memory that `enqueue` was refused; 0: it takes records. */
  #refusedBytes = 0
  /** Whoever was refused waits: until then `enqueue` takes nothing, that nobody leaves one out. */
  #isAwaited = false
  #isScheduled = false
  #timer: TimerHandle | undefined
  #timerAtMs = Infinity
  /** The first failure of a record of `enqueue`, or of a report, that no flush has told of. */
  #failure: ClientError | undefined
  #closed: ClosedError | undefined

  constructor(
    settings: ProducerSettings,
    network: ProducerNetwork,
    environment: ProducerEnvironment,
    onReport?: DeliveryReportCallback,
  ) {
    this.#settings = settings
    this.#network = network
    this.#environment = environment
    this.#onReport = onReport
    assert(settings.maxBlockMs >= 0, 'a wait has a length')
    this.#accumulator = new Accumulator(settings)
    this.#compressor = new Compressor(settings.compression, settings.compressionLevel)
    const events = {
      settled: (batch: ProducerBatch, outcome: BatchOutcome) => this.#settled(batch, outcome),
      split: (batch: ProducerBatch, parts: readonly ProducerBatch[]) => this.#split(batch, parts),
      wake: () => this.#wake(),
    }
    const { clock, random, checksum } = environment
    this.#sender = new Sender(
      settings,
      network,
      this.#accumulator,
      this.#compressor,
      { clock, random, checksum },
      events,
    )
    this.#stopListening = network.onUpdate(() => this.#updated())
  }

  /** What was sent so far, and what waits. */
  get statistics(): SenderCounts & { bufferBytes: number; waitingRecords: number } {
    const bufferBytes = this.#accumulator.usedBytes
    let waitingRecords = this.#blocked.length
    for (const { recordsCount } of this.#accumulator.unsettled) waitingRecords += recordsCount
    return { ...this.#sender.counts, bufferBytes, waitingRecords }
  }

  /** Set once the producer takes no more records. */
  get closed(): ClosedError | undefined {
    return this.#closed
  }

  /** The topic of a name; its metadata is asked for from now on. */
  topic(name: string): TopicBatches {
    let topic = this.#topics.get(name)
    if (topic === undefined) {
      const { partitioner, batchSize } = this.#settings
      topic = new TopicBatches(
        name,
        topicPartitioner(partitioner, this.#environment.random, batchSize),
      )
      this.#topics.set(name, topic)
      topic.update(this.#network.topic(name), this.#accumulator)
    }
    return topic
  }

  /** Takes a record; what cannot be done rejects, now or later. */
  send(record: Outgoing): Promise<RecordMetadata> {
    const place = this.#impossible(record) ?? this.#append(record)
    if (place instanceof ProducerBatch) {
      this.#wake()
      return place.deliveries.addSingle(place.recordsCount - 1, record.timestamp)
    }
    if (place instanceof ClientError) return Promise.reject(place)
    return new Promise((resolve, reject) => {
      this.#block(record, new SingleSend(resolve, reject), 0)
    })
  }

  /** Takes the record that is number `input` of a group, which is told what becomes of it. */
  sendInGroup(record: Outgoing, group: SendGroup, input: number): void {
    assert(input >= 0, 'records of a call count from 0')
    const place = this.#impossible(record) ?? this.#append(record)
    if (place instanceof ProducerBatch) {
      this.#wake()
      place.deliveries.addToGroup(group, input, place.recordsCount - 1)
    } else if (place instanceof ClientError) group.fail(input, place)
    else this.#block(record, group, input)
  }

  /** Takes a record for whom nobody waits; false: there is no memory, and it was not taken. */
  enqueue(record: Outgoing): boolean {
    assert(this.#closed === undefined, 'a closed producer takes nothing')
    if (this.#refusedBytes > 0) return false
    const place = this.#impossible(record) ?? this.#append(record)
    if (place instanceof ProducerBatch) {
      this.#wake()
      place.deliveries.addEnqueued()
      return true
    }
    if (place instanceof ClientError) throw place
    const bytes = Accumulator.memoryFor(record)
    const memory = this.#blocked.bytes + bytes
    const isFull = this.#accumulator.usedBytes + memory > this.#settings.bufferMemory
    if (place === 'no-memory' || isFull) {
      this.#refusedBytes = bytes
      // What waits is due now, as that gives memory back.
      this.#wake()
      return false
    }
    this.#block(record, undefined, 0)
    return true
  }

  /** Resolves when {@link enqueue} takes records again, or never will. */
  ready(): Promise<void> {
    if (this.#refusedBytes === 0 || this.#closed !== undefined) return Promise.resolve()
    this.#await()
    return new Promise((resolve) => this.#readies.push(resolve))
  }

  /**
   * Sends everything that was accepted before, without linger, and resolves when all of it has its
   * outcome. Rejects with the first failure of a record of `enqueue` that was not told before.
   */
  async flush(): Promise<void> {
    this.#accumulator.hurry()
    this.#await()
    try {
      if (this.#blocked.length > 0) {
        const before = this.#blocked.added
        await new Promise<void>((resolve) => this.#unblocked.push({ before, resolve }))
      }
      const left = new Set(this.#accumulator.unsettled)
      if (left.size > 0) {
        await new Promise<void>((resolve) => this.#flushes.add({ left, resolve }))
      }
    } finally {
      this.#accumulator.calm()
    }
    const failure = this.#failure
    this.#failure = undefined
    if (failure !== undefined) throw failure
  }

  /** Takes no more records, sends what was accepted for at most `timeoutMs`, and ends. */
  async close(timeoutMs: number): Promise<void> {
    assert(this.#closed === undefined, 'a producer is closed once')
    this.#closed = new ClosedError('The producer is closed.')
    let timer: TimerHandle
    const timeout = new Promise<void>((resolve) => {
      timer = this.#environment.timers.setTimeout(resolve, timeoutMs)
    })
    let failure: unknown
    const flushed = this.flush().catch((error: unknown) => {
      failure = error
    })
    await Promise.race([flushed, timeout])
    this.#environment.timers.clear(timer)
    this.#abandon(new ClosedError(`The producer was closed before the record was sent.`))
    await flushed
    this.#clearTimer()
    this.#stopListening()
    this.#network.close()
    await this.#compressor.close()
    if (failure !== undefined) throw failure
  }

  #abandon(error: ClosedError): void {
    for (const send of this.#blocked.remove())
      this.#failed(send.record, send.waiting, send.input, error)
    this.#unblock()
    this.#sender.abandon(error)
    assert(this.#flushes.size === 0 && this.#unblocked.length === 0, 'no flush waits any more')
    this.#tellReady()
  }

  /** Why a record can never be sent, if so. */
  #impossible(record: Outgoing): ClientError | undefined {
    const { maxRequestSize, bufferMemory } = this.#settings
    const units = (record.key?.length ?? 0) + (record.value?.length ?? 0)
    // A unit takes three bytes at most; the usual record needs no closer look.
    if (record.headers.length === 0 && units * 3 + 1_024 < Math.min(maxRequestSize, bufferMemory)) {
      return undefined
    }
    const bytes = Accumulator.memoryFor(record)
    const what = `A record for ${record.topic} takes ${bytes} bytes`
    if (bytes > maxRequestSize) {
      return new BufferError(
        `${what}, more than maxRequestSize (${maxRequestSize}).`,
        'MESSAGE_TOO_LARGE',
      )
    }
    if (bytes <= bufferMemory) return undefined
    return new BufferError(
      `${what}, more than bufferMemory (${bufferMemory}).`,
      'MESSAGE_TOO_LARGE',
    )
  }

  /** The batch that has taken the record as its last one, or why none has. */
  #append(record: Outgoing): ProducerBatch | Blockage | ClientError {
    if (this.#blocked.length > 0 && this.#blocked.has(record.home)) return 'topic-unknown'
    return this.#place(record)
  }

  #place(record: Outgoing): ProducerBatch | Blockage | ClientError {
    const { home, partition: explicit } = record
    if (!home.isKnown) return 'topic-unknown'
    const partition = partitionOf(record)
    if (partition instanceof ClientError) return partition
    const before = partition.open?.builder.bytes ?? 0
    const batch = this.#accumulator.append(partition, record, this.#environment.clock)
    if (batch === undefined) return 'no-memory'
    const { bytes } = batch.builder
    assert(batch.owner === partition, 'a record goes to its partition')
    if (batch.recordsCount === 1) this.#want(home)
    if (explicit === undefined) home.appended(batch, bytes > before ? bytes - before : bytes)
    return batch
  }

  /** A new batch keeps its topic asked for; one that nobody sent to for long was forgotten. */
  #want(topic: TopicBatches): void {
    assert(topic.isKnown, 'what has batches was found')
    if (this.#network.topic(topic.name) === undefined) this.#network.requestRefresh()
  }

  #block(record: Outgoing, waiting: Waiting, input: number): void {
    const topic = record.home
    const { maxBlockMs } = this.#settings
    const deadlineMs = this.#environment.clock.monotonicMs() + maxBlockMs
    assert(deadlineMs >= 0, 'time does not run backwards')
    this.#blocked.add({ record: record.kept(), waiting, input, deadlineMs })
    if (!topic.isKnown) this.#findTopic(topic)
    this.#wake()
  }

  /** Asks for a topic until it is known, or no record waits for it any more. */
  #findTopic(topic: TopicBatches): void {
    assert(!topic.isKnown, 'what is known is not asked for')
    if (this.#sought.has(topic)) return
    this.#sought.add(topic)
    const { maxBlockMs } = this.#settings
    const untilMs = this.#environment.clock.monotonicMs() + maxBlockMs
    this.#network.awaitTopic(topic.name, maxBlockMs).then(
      (view) => {
        this.#sought.delete(topic)
        topic.update(view, this.#accumulator)
        this.#wake()
      },
      (error: unknown) => {
        this.#sought.delete(topic)
        const failure = error instanceof ClientError ? error : new TimeoutError(String(error))
        // Records that came later have time left, if time is of any use.
        const failed = failure.retriable
          ? this.#blocked.expired(untilMs, topic)
          : this.#blocked.remove(topic)
        for (const send of failed) this.#failed(send.record, send.waiting, send.input, failure)
        if (this.#blocked.has(topic) && !topic.isKnown) this.#findTopic(topic)
        this.#unblock()
        this.#wake()
      },
    )
  }

  /** Offers what is blocked again. */
  #release(): void {
    this.#blocked.release((send) => {
      const { record, waiting, input } = send
      const place = this.#place(record)
      if (typeof place === 'string') return place
      if (place instanceof ClientError) this.#failed(record, waiting, input, place)
      else register(place, record, waiting, input)
      return 'taken'
    })
    this.#unblock()
  }

  #unblock(): void {
    if (this.#unblocked.length === 0) return
    const { first } = this.#blocked
    const isOver = (flush: { readonly before: number }): boolean => first >= flush.before
    const over = this.#unblocked.filter(isOver)
    this.#unblocked = this.#unblocked.filter((flush) => !isOver(flush))
    for (const { resolve } of over) resolve()
  }

  #expireBlocked(nowMs: number): void {
    const { maxBlockMs } = this.#settings
    for (const send of this.#blocked.expired(nowMs)) {
      const topic = send.record.home
      const message = topic.isKnown
        ? `The buffer stayed full for ${maxBlockMs} ms (maxBlockMs).`
        : `Topic ${topic.name} was not found within ${maxBlockMs} ms (maxBlockMs).`
      const error = topic.isKnown
        ? new BufferError(message, 'REQUEST_TIMED_OUT')
        : new TimeoutError(message, { cause: this.#network.faultOf(topic.name) })
      this.#failed(send.record, send.waiting, send.input, error)
    }
    this.#unblock()
  }

  /** A record that reached no batch has failed. */
  #failed(record: Outgoing, waiting: Waiting, input: number, error: ClientError): void {
    if (waiting !== undefined) {
      failWaiting(waiting, input, error)
      return
    }
    this.#failure ??= error
    this.#report(reportOfUnsent(record, error))
  }

  /** What the program's callback throws must not stop the loop: the next flush tells of it. */
  #report(report: DeliveryReport): void {
    const failed = (cause: unknown): void => {
      const why = cause instanceof Error ? cause.message : String(cause)
      const what = `onDelivery threw when it was told of records for topic ${report.topic}`
      this.#failure ??= new ConfigError(`${what}: ${why.replace(/\.$/, '')}.`, { cause })
    }
    try {
      // An async function passes for one that returns nothing.
      const returned: unknown = this.#onReport?.(report)
      if (returned instanceof Promise) returned.catch(failed)
    } catch (cause) {
      failed(cause)
    }
  }

  #settled(batch: ProducerBatch, outcome: BatchOutcome): void {
    assert(batch.isFull && !batch.isDone, 'a batch is settled once, and gets no more records')
    const { deliveries } = batch
    if (deliveries.enqueued > 0) {
      if (outcome.error !== null) this.#failure ??= outcome.error
      this.#report(reportOf(batch, outcome))
    }
    deliveries.settle(outcome)
    for (const flush of this.#flushes) {
      if (flush.left.delete(batch)) this.#endFlush(flush)
    }
  }

  #split(batch: ProducerBatch, parts: readonly ProducerBatch[]): void {
    for (const { left } of this.#flushes) {
      assert(parts.length > 1, 'a batch is split into parts')
      if (left.delete(batch)) for (const part of parts) left.add(part)
    }
  }

  #endFlush(flush: Flush): void {
    if (flush.left.size > 0) return
    assert(this.#flushes.has(flush), 'a flush ends once')
    this.#flushes.delete(flush)
    flush.resolve()
  }

  #updated(): void {
    const waiting = new Set<string>()
    for (const { owner } of this.#accumulator.unsettled) waiting.add(owner.topic)
    // To look at a topic keeps it asked for, a deleted one, too, which that would create again: so
    // beside new batches only those that wait do it.
    for (const topic of this.#topics.values()) {
      const { name } = topic
      const isWanted = waiting.has(name) || this.#blocked.has(topic)
      const view = isWanted ? this.#network.topic(name) : this.#network.peekTopic(name)
      topic.update(view, this.#accumulator)
    }
    this.#wake()
  }

  #wake(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    this.#environment.soon(this.#run)
  }

  readonly #run = (): void => {
    this.#isScheduled = false
    assert(this.#accumulator.usedBytes >= 0, 'memory is counted')
    const nowMs = this.#environment.clock.monotonicMs()
    if (this.#blocked.length > 0) {
      this.#release()
      this.#expireBlocked(nowMs)
    }
    if (this.#isAwaited && this.#blocked.length === 0 && this.#hasRoom()) {
      this.#refusedBytes = 0
      this.#isAwaited = false
      this.#tellReady()
    }
    this.#accumulator.isShort = this.#refusedBytes > 0 || this.#blocked.length > 0
    const dueMs = Math.min(this.#sender.run(nowMs), this.#blocked.deadlineMs)
    this.#arm(dueMs, nowMs)
  }

  /**
   * Room for a batch, or half of the buffer, and for what was refused, so that the next `enqueue`
   * does not fail at once.
   */
  #hasRoom(): boolean {
    const { bufferMemory, batchSize } = this.#settings
    if (!this.#accumulator.hasRoomFor(this.#refusedBytes)) return false
    return this.#accumulator.usedBytes + Math.min(batchSize, bufferMemory / 2) <= bufferMemory
  }

  /** Somebody waits until there is room, or until all is sent. */
  #await(): void {
    this.#isAwaited = this.#refusedBytes > 0
    this.#wake()
  }

  #tellReady(): void {
    for (const resolve of this.#readies.splice(0)) resolve()
  }

  #arm(dueMs: number, nowMs: number): void {
    assert(!Number.isNaN(dueMs), 'a moment, or never')
    if (dueMs === this.#timerAtMs) return
    this.#clearTimer()
    assert(this.#timer === undefined, 'one timer at a time')
    if (dueMs === Infinity) return
    this.#timerAtMs = dueMs
    const fire = (): void => {
      this.#timer = undefined
      this.#timerAtMs = Infinity
      this.#run()
    }
    this.#timer = this.#environment.timers.setTimeout(fire, Math.max(0, Math.ceil(dueMs - nowMs)))
  }

  #clearTimer(): void {
    this.#environment.timers.clear(this.#timer)
    this.#timer = undefined
    this.#timerAtMs = Infinity
  }
}

/** Tells a batch who waited while its last record was blocked. */
function register(batch: ProducerBatch, record: Outgoing, waiting: Waiting, input: number): void {
  const { deliveries, recordsCount } = batch
  const index = recordsCount - 1
  if (waiting === undefined) deliveries.addEnqueued()
  else if (waiting instanceof SingleSend) {
    waiting.resolve(deliveries.addSingle(index, record.timestamp))
  } else deliveries.addToGroup(waiting, input, index)
}

/** Where a record goes, or why it goes nowhere: a partitioner of one's own may fail. */
function partitionOf(record: Outgoing): PartitionBatches | ClientError {
  const { home, partition: explicit } = record
  try {
    return home.partitionFor(record, explicit) ?? noPartition(home, explicit)
  } catch (error) {
    return asClientError(error)
  }
}

function noPartition(topic: TopicBatches, partition: number | undefined): ClientError {
  const count = topic.partitionCount
  const what = `Cannot send to partition ${partition ?? 'of the partitioner'} of ${topic.name}`
  const why = `it has partitions 0 to ${count - 1}`
  return new ProtocolError(what, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, why)
}
