import { assert } from '../../base/assert.ts'
import type { Clock } from '../../base/clock.ts'
import type { Random } from '../../base/random.ts'
import { ErrorCode, errorInfo } from '../../protocol/error-codes.ts'
import type {
  PartitionProduceResponse,
  ProduceResponse,
} from '../../protocol/generated/00-produce.ts'
import {
  type Checksum,
  noProducer,
  type ProducerStamp,
  writeBatchHeader,
} from '../../record/batch-header.ts'
import { ClientError, ConfigError, NetworkError, ProtocolError, TimeoutError } from '../error.ts'
import { backoffMs } from '../network/backoff.ts'
import type { Accumulator } from './accumulator.ts'
import type { Compressor } from './compressor.ts'
import type { BatchOutcome } from './delivery.ts'
import type { PartitionBatches } from './partition-batches.ts'
import { answersOf, produceRequest, type SealedBatch, versionMaxFor } from './produce-request.ts'
import type { ProducerBatch } from './producer-batch.ts'
import type { ProducerNetwork } from './producer-network.ts'
import { Sequences, type Verdict } from './sequences.ts'

/** Sizes in bytes, times in ms; see the producer's options of the same names. */
export interface SenderOptions {
  readonly acks: -1 | 0 | 1
  readonly idempotence: boolean
  readonly maxInFlight: number
  readonly maxRequestSize: number
  readonly requestTimeoutMs: number
  readonly deliveryTimeoutMs: number
  readonly retries: number
  readonly retryBackoffMs: number
  readonly retryBackoffMaxMs: number
}

/** What the sender is given from outside. */
export interface SenderEnvironment {
  readonly clock: Clock
  readonly random: Random
  readonly checksum: Checksum
}

/** Whom the sender tells. */
export interface SenderEvents {
  /** The batch has its outcome; its memory is still there. */
  settled(batch: ProducerBatch, outcome: BatchOutcome): void
  /** The batch is replaced by its parts. */
  split(batch: ProducerBatch, parts: readonly ProducerBatch[]): void
  /** Something came in that may make batches due: call {@link Sender.run} soon. */
  wake(): void
}

/** Counts since the producer was made. */
export interface SenderCounts {
  requests: number
  batches: number
  records: number
  bytes: number
  retries: number
  failedRecords: number
}

/** Codes with which the leader may have stored a batch: it waited for its followers in vain. */
const mayBeStored: ReadonlySet<number> = new Set([
  ErrorCode.REQUEST_TIMED_OUT,
  ErrorCode.NOT_ENOUGH_REPLICAS_AFTER_APPEND,
])

/**
 * Brings batches to the nodes that lead their partitions, and decides what their answers mean:
 * stored, to be sent again, to be split, or failed. It does nothing by itself: {@link Sender.run}
 * does what is due and says when to come again.
 */
export class Sender {
  readonly counts: SenderCounts = {
    requests: 0,
    batches: 0,
    records: 0,
    bytes: 0,
    retries: 0,
    failedRecords: 0,
  }
  readonly #options: SenderOptions
  readonly #network: ProducerNetwork
  readonly #accumulator: Accumulator
  readonly #compressor: Compressor
  readonly #environment: SenderEnvironment
  readonly #events: SenderEvents
  readonly #sequences = new Sequences<PartitionBatches>()
  /** Requests under way, by node. */
  readonly #inFlight = new Map<number, number>()
  /** Per node, the end of what is being compressed: requests go out in the order of their drain. */
  readonly #compressing = new Map<number, Promise<void>>()
  readonly #onWire = new Set<ProducerBatch>()
  /** Batches whose fate those behind them in their partition will tell. */
  readonly #aside = new Set<ProducerBatch>()
  #isAskingForId = false
  #idNotBeforeMs = 0
  #idFailures = 0
  /** How often leaders were asked for since all partitions with batches had one. */
  #leaderSearches = 0
  #leadersNotBeforeMs = 0

  constructor(
    options: SenderOptions,
    network: ProducerNetwork,
    accumulator: Accumulator,
    compressor: Compressor,
    environment: SenderEnvironment,
    events: SenderEvents,
  ) {
    assert(options.maxInFlight > 0 && options.maxRequestSize > 0, 'requests can be made')
    this.#options = options
    this.#network = network
    this.#accumulator = accumulator
    this.#compressor = compressor
    this.#environment = environment
    this.#events = events
  }

  /**
   * Sends what is due. Returns when, by the monotonic clock, to come again if nothing happens
   * before: Infinity when only an answer or a record can change something.
   */
  run(nowMs: number): number {
    assert(nowMs >= 0, 'time does not run backwards')
    const { unsettled } = this.#accumulator
    if (unsettled.size === 0) return Infinity
    let nextMs = this.#expire(nowMs)
    if (this.#options.idempotence) {
      this.#sequences.settle()
      if (!this.#sequences.hasProducerId) return Math.min(nextMs, this.#askForId(nowMs))
    }
    const { nodes } = this.#accumulator
    if (!nodes.includes(-1)) this.#leaderSearches = 0
    for (const nodeId of nodes) {
      const againMs = nodeId < 0 ? this.#askForLeaders(nowMs) : this.#sendTo(nodeId, nowMs)
      nextMs = Math.min(nextMs, againMs)
    }
    return nextMs
  }

  /** Answers that name no leader come at once and make the loop run: so each takes its time. */
  #askForLeaders(nowMs: number): number {
    if (this.#leaderSearches === 0 || nowMs >= this.#leadersNotBeforeMs) {
      this.#network.requestRefresh()
      this.#leadersNotBeforeMs = nowMs + this.#backoffMs(++this.#leaderSearches)
    }
    assert(this.#leaderSearches > 0, 'somebody has asked')
    return this.#leadersNotBeforeMs
  }

  /** Fails every batch that waits or is under way, as when the producer is closed. */
  abandon(error: ClientError): void {
    const batches = [...this.#accumulator.unsettled]
    this.#accumulator.removeWhere(() => true)
    // Who is told of a failure may add records: they are in other batches, which stay.
    for (const batch of batches) this.#fail(batch, error, false)
    assert(
      batches.every(({ isDone }) => isDone),
      'nothing of it is left',
    )
  }

  #sendTo(nodeId: number, nowMs: number): number {
    const { maxInFlight, maxRequestSize } = this.#options
    for (;;) {
      const inFlight = this.#inFlight.get(nodeId) ?? 0
      if (inFlight >= maxInFlight) return Infinity
      const dueMs = this.#accumulator.dueAtMs(nodeId, this.#mayTake)
      if (dueMs > nowMs) return dueMs
      const bounds = { maxRequestSize, nowMs, mayTake: this.#mayTake }
      const batches = this.#accumulator.drain(nodeId, bounds)
      assert(batches.length > 0, 'what is due can be drained')
      this.#inFlight.set(nodeId, inFlight + 1)
      this.#prepare(nodeId, batches)
    }
  }

  readonly #mayTake = (batch: ProducerBatch): boolean => {
    if (this.#options.idempotence) return this.#sequences.maySend(batch.owner, batch)
    // Without sequences only one request at a time keeps the order when a leader moves.
    return this.#options.maxInFlight > 1 || batch.owner.onWire === 0
  }

  /** Compresses and seals batches, then sends them; without compression at once. */
  #prepare(nodeId: number, batches: readonly ProducerBatch[]): void {
    for (const batch of batches) {
      assert(!batch.isDone && !batch.isOnWire, 'a batch is in one request at a time')
      if (this.#options.idempotence) this.#sequences.stamp(batch.owner, batch)
      batch.isOnWire = true
      batch.attempts++
      batch.owner.onWire++
      this.#onWire.add(batch)
      if (batch.attempts > 1) this.counts.retries++
    }
    const before = this.#compressing.get(nodeId)
    const waits = this.#compressor.codecId === 0 ? [] : this.#compress(batches)
    if (before === undefined && waits.length === 0) {
      this.#transmit(nodeId, batches)
      return
    }
    const ready = Promise.all([before, ...waits]).then(() => {
      if (this.#compressing.get(nodeId) === ready) this.#compressing.delete(nodeId)
      this.#transmit(nodeId, batches)
    })
    this.#compressing.set(nodeId, ready)
  }

  /** What has to be waited for. A batch that cannot be compressed is left without bytes. */
  #compress(batches: readonly ProducerBatch[]): readonly Promise<void>[] {
    const waits: Promise<void>[] = []
    for (const batch of batches) {
      if (batch.compressed !== undefined) continue
      const failed = (error: unknown): void => {
        const what = `Cannot compress records for ${nameOf(batch)}`
        const why = error instanceof Error ? error.message : String(error)
        this.#takeOff(batch)
        if (!batch.isDone)
          this.#fail(batch, new ConfigError(`${what}: ${why}`, { cause: error }), true)
      }
      const keep = (compressed: Buffer): void => {
        batch.compressed = compressed
      }
      try {
        const compressed = this.#compressor.compress(batch.builder.records())
        if (compressed instanceof Promise) waits.push(compressed.then(keep, failed))
        else keep(compressed)
      } catch (error) {
        failed(error)
      }
    }
    return waits
  }

  #transmit(nodeId: number, drained: readonly ProducerBatch[]): void {
    const batches: SealedBatch[] = []
    for (const batch of drained) {
      if (batch.isDone) this.#takeOff(batch)
      else batches.push({ batch, bytes: this.#seal(batch), topicId: batch.owner.topicId })
    }
    if (batches.length === 0) {
      this.#answered(nodeId)
      return
    }
    assert(nodeId >= 0, 'a request goes to somebody')
    const { acks, requestTimeoutMs: timeoutMs } = this.#options
    const request = produceRequest(batches, { acks, timeoutMs })
    const written = (): void => {
      for (const { batch } of batches) batch.writes--
    }
    this.counts.requests++
    this.counts.batches += batches.length
    const call = { timeoutMs, versionMax: versionMaxFor(batches), written }
    const sent: Promise<ProduceResponse | undefined> =
      acks === 0
        ? this.#network.produceUnanswered(nodeId, request, call).then(() => undefined)
        : this.#network.produce(nodeId, request, call)
    sent.then(
      (response) => this.#responded(nodeId, batches, response),
      (error: unknown) => this.#broke(nodeId, batches, error),
    )
  }

  /** Writes the header of a batch over its bytes, which no socket reads at the moment. */
  #seal(batch: ProducerBatch): Buffer {
    const { builder, compressed } = batch
    assert(batch.isOnWire && batch.isFull, 'what is sealed is under way and gets no more records')
    const stamp: ProducerStamp = this.#options.idempotence ? batch : noProducer
    const { checksum } = this.#environment
    assert(stamp === noProducer || stamp.baseSequence >= 0, 'a batch has its sequence')
    batch.writes++
    this.counts.bytes += batch.bytes
    if (compressed === undefined) return builder.close(0, stamp, checksum)
    const { recordsCount, baseTimestamp, maxTimestamp } = builder
    const { producerId, producerEpoch, baseSequence } = stamp
    const attributes = this.#compressor.codecId
    const times = { recordsCount, baseTimestamp, maxTimestamp }
    const producer = { producerId, producerEpoch, baseSequence }
    writeBatchHeader(compressed, { attributes, ...times, ...producer }, checksum)
    return compressed
  }

  #responded(
    nodeId: number,
    batches: readonly SealedBatch[],
    response: ProduceResponse | undefined,
  ): void {
    if (response === undefined) {
      assert(this.#options.acks === 0, 'only acks 0 has no answer')
      for (const { batch } of batches) this.#stored(batch, -1, -1)
      this.#answered(nodeId)
      return
    }
    const answers = answersOf(batches, response)
    assert(answers.length === batches.length, 'each batch has its answer')
    const hasMoved = this.#learnLeaders(batches, answers, response)
    for (const [at, { batch }] of batches.entries()) this.#take(batch, answers[at], hasMoved)
    this.#answered(nodeId)
  }

  #take(
    batch: ProducerBatch,
    answer: PartitionProduceResponse | undefined,
    hasMoved: boolean,
  ): void {
    if (answer === undefined) {
      batch.isFateUnknown = true
      const error = new NetworkError(`A broker left ${nameOf(batch)} out of its answer.`)
      this.#refused(batch, ErrorCode.NETWORK_EXCEPTION, -1, error, hasMoved)
      return
    }
    const { errorCode: code, baseOffset, logStartOffset } = answer
    const what = `Cannot store records in ${nameOf(batch)}`
    if (code === ErrorCode.DUPLICATE_SEQUENCE_NUMBER) this.#stored(batch, -1, -1)
    else if (code !== ErrorCode.NONE) {
      if (mayBeStored.has(code)) batch.isFateUnknown = true
      const error = new ProtocolError(what, code, answer.errorMessage)
      this.#refused(batch, code, logStartOffset, error, hasMoved)
    } else if (baseOffset < -1) {
      batch.isFateUnknown = true
      const unknown = ErrorCode.UNKNOWN_SERVER_ERROR
      const error = new ProtocolError(what, unknown, `the broker gave offset ${baseOffset}`)
      this.#refused(batch, unknown, logStartOffset, error, hasMoved)
    } else this.#stored(batch, baseOffset, answer.logAppendTimeMs)
  }

  #broke(nodeId: number, batches: readonly SealedBatch[], cause: unknown): void {
    const isOurs = cause instanceof ClientError
    const error = isOurs ? cause : new NetworkError(`A request failed: ${String(cause)}`, { cause })
    for (const { batch } of batches) {
      batch.isFateUnknown = true
      this.#refused(batch, error.kafkaCode, -1, error, false)
    }
    this.#answered(nodeId)
  }

  #answered(nodeId: number): void {
    const left = (this.#inFlight.get(nodeId) ?? 0) - 1
    assert(left >= 0, 'each request is answered once')
    assert(left < this.#options.maxInFlight, 'no more requests than agreed')
    if (left === 0) this.#inFlight.delete(nodeId)
    else this.#inFlight.set(nodeId, left)
    this.#events.wake()
  }

  #takeOff(batch: ProducerBatch): void {
    if (!batch.isOnWire) return
    batch.isOnWire = false
    batch.owner.onWire--
    assert(batch.owner.onWire >= 0, 'each batch comes back once')
    this.#onWire.delete(batch)
  }

  #stored(batch: ProducerBatch, baseOffset: number, appendTime: number): void {
    this.#takeOff(batch)
    if (batch.isDone) return
    const { recordsCount, owner } = batch
    assert(recordsCount > 0, 'no batch is empty')
    if (this.#options.idempotence) {
      // A broker takes a batch, or knows it again, only when it has all before it.
      for (const before of this.#asideOf(owner)) {
        if (before.ordinal < batch.ordinal) this.#stored(before, -1, -1)
      }
      const lastOffset = baseOffset < 0 ? -1 : baseOffset + recordsCount - 1
      this.#sequences.stored(owner, batch, lastOffset)
    }
    this.counts.records += recordsCount
    const { topic, partition } = owner
    this.#settle(batch, { topic, partition, baseOffset, appendTime, error: null })
  }

  /** `hasMoved`: the answer named another leader, so that there is no reason to wait. */
  #refused(
    batch: ProducerBatch,
    code: number,
    logStartOffset: number,
    error: ClientError,
    hasMoved: boolean,
  ): void {
    this.#takeOff(batch)
    assert(batch.attempts > 0, 'what was refused was sent')
    if (errorInfo(code).refreshesMetadata) this.#network.requestRefresh()
    if (batch.isDone) return
    if (code === ErrorCode.MESSAGE_TOO_LARGE && batch.recordsCount > 1) {
      this.#splitUp(batch)
      return
    }
    const nowMs = this.#environment.clock.monotonicMs()
    const { deliveryTimeoutMs, retries } = this.#options
    const isInTime = nowMs - batch.createdMs < deliveryTimeoutMs && batch.attempts <= retries
    const verdict = isInTime ? this.#verdictOn(batch, code, logStartOffset, error) : 'fail'
    if (verdict === 'stored') this.#stored(batch, -1, -1)
    else if (verdict === 'set-aside') this.#aside.add(batch)
    else if (verdict === 'retry') {
      const waitMs = hasMoved ? 0 : this.#backoffMs(batch.attempts)
      this.#accumulator.restore(batch, nowMs + waitMs)
    } else {
      // A batch that was refused for good is surely not stored; one that ran out of time may be.
      this.#fail(batch, error, isInTime && !batch.isFateUnknown)
    }
    this.#returnAside(batch.owner)
  }

  #verdictOn(
    batch: ProducerBatch,
    code: number,
    logStartOffset: number,
    error: ClientError,
  ): Verdict {
    if (!this.#options.idempotence) return error.retriable ? 'retry' : 'fail'
    const refusal = { code, logStartOffset, isRetriable: error.retriable }
    return this.#sequences.refused(batch.owner, batch, refusal)
  }

  /** Those of a partition that are set aside, in the order of their sequences. */
  #asideOf(owner: PartitionBatches): readonly ProducerBatch[] {
    if (this.#aside.size === 0) return []
    return [...this.#aside].filter((batch) => batch.owner === owner)
  }

  /** Those that are no longer to be set aside wait again. */
  #returnAside(owner: PartitionBatches): void {
    for (const batch of this.#asideOf(owner)) {
      if (batch.isAside) continue
      assert(!batch.isDone && !batch.isOnWire, 'what was set aside waits for its outcome')
      this.#aside.delete(batch)
      this.#accumulator.restore(batch, this.#environment.clock.monotonicMs())
    }
  }

  #splitUp(batch: ProducerBatch): void {
    assert(!batch.isOnWire, 'what is split has been answered')
    const parts = this.#accumulator.split(batch)
    if (this.#options.idempotence) this.#sequences.split(batch.owner, batch, parts)
    this.#events.split(batch, parts)
    for (const part of parts) this.#accumulator.restore(part, 0)
  }

  #fail(batch: ProducerBatch, error: ClientError, isKnown: boolean): void {
    const { topic, partition } = batch.owner
    assert(!batch.isDone, 'a batch fails once')
    if (this.#options.idempotence) this.#sequences.failed(batch.owner, batch, isKnown)
    this.counts.failedRecords += batch.recordsCount
    this.#settle(batch, { topic, partition, baseOffset: -1, appendTime: -1, error })
  }

  #settle(batch: ProducerBatch, outcome: BatchOutcome): void {
    assert(!batch.isOnWire || outcome.error !== null, 'what was stored has been answered')
    this.#aside.delete(batch)
    this.#events.settled(batch, outcome)
    this.#accumulator.settled(batch)
  }

  /** Fails what is too old, waiting or under way; returns when the next is. */
  #expire(nowMs: number): number {
    const { deliveryTimeoutMs } = this.#options
    // Batches come into the set in the order of their creation, parts of split ones aside.
    const [oldest] = this.#accumulator.unsettled
    assert(oldest !== undefined, 'something is unsettled')
    if (nowMs - oldest.createdMs < deliveryTimeoutMs) return oldest.createdMs + deliveryTimeoutMs
    const isOver = (batch: ProducerBatch): boolean => nowMs - batch.createdMs >= deliveryTimeoutMs
    const waited = this.#accumulator.removeWhere(isOver)
    for (const batch of [...this.#aside, ...waited, ...this.#onWire].filter(isOver)) {
      if (batch.isDone) continue
      const message =
        `${batch.recordsCount} records for ${nameOf(batch)} were not stored within ` +
        `${deliveryTimeoutMs} ms.`
      this.#fail(batch, new TimeoutError(message), false)
    }
    const [next] = this.#accumulator.unsettled
    return next === undefined ? Infinity : Math.max(nowMs, next.createdMs + deliveryTimeoutMs)
  }

  #askForId(nowMs: number): number {
    assert(!this.#sequences.hasProducerId, 'who has an id asks for none')
    if (this.#isAskingForId) return Infinity
    if (nowMs < this.#idNotBeforeMs) return this.#idNotBeforeMs
    this.#isAskingForId = true
    this.#network.initProducerId(this.#options.requestTimeoutMs).then(
      ({ producerId, producerEpoch }) => {
        this.#isAskingForId = false
        this.#idFailures = 0
        this.#sequences.setProducerId(producerId, producerEpoch)
        this.#events.wake()
      },
      (error: unknown) => {
        this.#isAskingForId = false
        this.#idNotBeforeMs =
          this.#environment.clock.monotonicMs() + this.#backoffMs(++this.#idFailures)
        if (error instanceof ClientError && !error.retriable) this.abandon(error)
        this.#events.wake()
      },
    )
    return Infinity
  }

  #learnLeaders(
    batches: readonly SealedBatch[],
    answers: readonly (PartitionProduceResponse | undefined)[],
    response: ProduceResponse,
  ): boolean {
    const leaders = batches.flatMap(({ batch: { owner } }, at) => {
      const named = answers[at]?.currentLeader
      if (named === undefined || named.leaderId < 0) return []
      const { leaderId: leader, leaderEpoch } = named
      return [{ topic: owner.topic, partition: owner.partition, leader, leaderEpoch }]
    })
    return leaders.length > 0 && this.#network.learnLeaders(leaders, response.nodeEndpoints)
  }

  #backoffMs(attempts: number): number {
    const { retryBackoffMs: initialMs, retryBackoffMaxMs: maxMs } = this.#options
    assert(attempts > 0, 'there was an attempt')
    return backoffMs({ initialMs, maxMs }, attempts, this.#environment.random)
  }
}

function nameOf(batch: ProducerBatch): string {
  return `${batch.owner.topic}-${batch.owner.partition}`
}
