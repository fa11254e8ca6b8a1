/**
 * One named consumer of a queue at work: reads ahead in the log, hands messages to who takes, has
 * what changes kept, and puts the dead ones away. Decides nothing: `delivery/` does.
 *
 * A message is on its way from when it is chosen until its hand-out is noted with the operating
 * system and its record is there; only then it meets somebody who takes. Who has left by then, or a
 * lease that has ended, has nothing to be undone.
 */
import { assert } from '../base/assert.ts'
import type { Clock, Timers } from '../base/clock.ts'
import type { HeaderPair, RecordHeader } from '../record/headers.ts'
import { Delivery, type DeliveryChanges, type Handout, type Moment } from './delivery/delivery.ts'
import { Keeper } from './delivery/keeper.ts'
import type { Standing } from './delivery/kept-state.ts'
import type { Log } from './log.ts'
import { LogError } from './log-error.ts'
import type { LogRecord } from './log-record.ts'
import {
  deadLetterIndex,
  headersIn,
  type MessageNotes,
  notesOf,
  withoutNotes,
} from './message-headers.ts'
import { type MessageRecord, OwnRecord } from './own-record.ts'
import { ParkedRecords } from './parked-records.ts'
import { Message, type MessageOwner } from './queue-message.ts'
import { delayMsMax } from './queue-options.ts'
import { QueueReader } from './queue-reader.ts'
import { parkedOfBatchMax } from './queue-state.ts'
import { Takers } from './queue-takers.ts'

/** What a {@link QueueConsumer} works with. */
export interface ConsumerOptions<V> {
  readonly queue: string
  readonly consumer: string
  readonly log: Log
  readonly kept: Standing
  readonly leaseMs: number
  readonly attemptsMax: number
  readonly clock: Clock
  readonly timers: Timers
  /** The message's value of that of its record. */
  readonly deserialize: (record: MessageRecord) => V | null
  /** Resolves when the operating system has all the changes; rejects when it has none. */
  readonly keep: (changes: DeliveryChanges) => Promise<unknown>
  /** Resolves when what was kept is as durable as the queue. */
  readonly flush: () => Promise<unknown>
  /** Of the message at an offset. */
  readonly leaderEpochAt: (offset: number) => number
  /** The lowest offset that it may still ask for, as it is kept. */
  readonly neededFrom: () => number
  /** Puts a dead message away; resolves when it is stored there. */
  readonly bury: (message: BuriedMessage) => Promise<unknown>
  /** Something is finished for good: it may be that less has to be kept. */
  readonly onFinished: () => void
}

/** A message that goes to the dead letters. */
export interface BuriedMessage {
  readonly value: Buffer | null
  readonly headers: readonly HeaderPair[]
  readonly notes: MessageNotes
  readonly timestamp: number
}

/** What a consumer did since the queue was opened, and where it stands. */
export interface ConsumerStatistics {
  readonly consumer: string
  /** Messages that it has not finished: those that wait, and those in hands. */
  readonly lag: number
  /** In hands. */
  readonly leased: number
  /** Delayed, given back, or to be delivered again. */
  readonly parked: number
  readonly handedOut: number
  /** Of these, those that were not the first delivery. */
  readonly redelivered: number
  readonly acknowledged: number
  /** Put to the dead letters. */
  readonly dead: number
}

/** Records of messages that wait by themselves take about so much memory at most, in bytes. */
const parkedBytesMax = 8 * 1024 * 1024

/** Of what is read and has to wait that is kept which is due so soon, in ms. */
const keptAheadMs = 60_000

/** Messages that are kept ready for who takes. */
const readAheadMax = 1_000

/**
 * So often who waits looks for what is due, in ms: a clock that is set moves that, and so does a
 * machine that slept, whose timers did not run.
 */
const lookAgainMs = 60_000

/** Between attempts to read a message again, or to put a dead one away, in ms. */
const tryAgainMs = 1_000

/** See the head of this file. */
export class QueueConsumer<V> implements MessageOwner {
  readonly queue: string
  readonly consumer: string
  readonly #options: ConsumerOptions<V>
  readonly #delivery: Delivery
  readonly #keeper: Keeper<DeliveryChanges>
  /** What is being kept, for all who ended a message in one turn, and what follows it. */
  #kept: Promise<void> | undefined
  #settled: Promise<void> = Promise.resolve()
  /** Records of the messages that were not handed out yet. */
  readonly #ready = new Map<number, LogRecord>()
  readonly #takers: Takers<Message<V>>
  readonly #reader: QueueReader
  readonly #parked: ParkedRecords
  /** Messages that were parked, are on their way, and have no record yet. */
  readonly #unread = new Set<number>()
  /** Something was handed out on a full disk, and that is not kept. */
  #isUnnoted = false
  #isReading = false
  /** Hand-outs that are on their way to who takes. */
  #coming = 0
  readonly #bringing = new Set<Promise<void>>()
  #isWoken = false
  #timer: unknown
  /** When it fires, by the monotonic clock. */
  #timerMs = Infinity
  /** What who takes is told from now on. */
  #refusal: LogError | undefined
  #ended: LogError | undefined
  readonly #counts = { handedOut: 0, redelivered: 0, acknowledged: 0, dead: 0 }

  constructor(options: ConsumerOptions<V>) {
    const { queue, consumer, log, kept, leaseMs, attemptsMax, keep, flush } = options
    this.queue = queue
    this.consumer = consumer
    this.#options = options
    this.#reader = new QueueReader(log)
    this.#takers = new Takers((signal) => {
      this.#rest()
      return this.#aborted(signal)
    })
    this.#delivery = new Delivery({ leaseMs, attemptsMax }, kept.position, kept.parked)
    this.#parked = new ParkedRecords({
      read: (from, to) => this.#reader.some(from, to),
      isWanted: (offset) =>
        this.#unread.has(offset) || this.#delivery.isDueBy(offset, options.clock.now()),
      bytesMax: parkedBytesMax,
    })
    this.#keeper = new Keeper<DeliveryChanges>({
      take: () => {
        const changes = this.#delivery.changes(parkedOfBatchMax)
        const isNone = changes.position === undefined && changes.parked.size === 0
        return isNone ? undefined : changes
      },
      putBack: (changes) => this.#delivery.putBack(changes),
      write: keep,
      flush,
      later: (call) => setImmediate(call),
    })
  }

  /** The next message, as soon as there is one. Rejects when the signal or the queue ends it. */
  take(signal?: AbortSignal): Promise<Message<V>> {
    if (this.#refusal !== undefined) return Promise.reject(this.#refusal)
    if (signal?.aborted) return Promise.reject(this.#aborted(signal))
    const taken = this.#takers.wait(signal)
    this.#wake()
    return taken
  }

  finish(offset: number, attempt: number): Promise<void> | undefined {
    this.#requireOpen()
    if (!this.#delivery.ack(offset, attempt)) return undefined
    this.#counts.acknowledged++
    assert(this.#counts.acknowledged <= this.#counts.handedOut, 'only what was handed out is')
    return this.settle()
  }

  giveBack(offset: number, attempt: number, delayMs: number): Promise<void> | undefined {
    this.#requireOpen()
    const became = this.#delivery.nack(offset, attempt, delayMs, this.#now())
    if (became === 'lost') return undefined
    this.#wake()
    return this.settle()
  }

  extend(offset: number, attempt: number): boolean {
    this.#requireOpen()
    const isExtended = this.#delivery.extend(offset, attempt, this.#now())
    if (isExtended) this.#arm()
    return isExtended
  }

  async noted(): Promise<void> {
    if (!this.#isUnnoted) return
    this.#requireOpen()
    await this.#keeper.write()
    this.#isUnnoted = false
  }

  leaderEpochAt(offset: number): number {
    return this.#options.leaderEpochAt(offset)
  }

  /** The oldest message that may be delivered again, and when it was put. */
  async oldest(): Promise<{ readonly offset: number; readonly timestamp: number }> {
    const { neededFrom, log } = this.#options
    const offset = Math.max(neededFrom(), log.startOffset())
    const record = await this.#reader.one(offset)
    return { offset, timestamp: record?.timestamp ?? 0 }
  }

  statistics(endOffset: number): ConsumerStatistics {
    assert(this.#counts.redelivered <= this.#counts.handedOut, 'what comes again was handed out')
    const { leasedCount, parkedCount, freshCount } = this.#delivery
    const unread = this.#delivery.unofferedBelow(endOffset)
    assert(unread >= 0, 'no more is passed than is there')
    return {
      consumer: this.consumer,
      lag: unread + freshCount + parkedCount + leasedCount,
      leased: leasedCount,
      parked: parkedCount,
      ...this.#counts,
    }
  }

  /** Has everything kept for good that it knows of. */
  settle(): Promise<void> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended)
    const kept = this.#keeper.settle()
    if (kept !== this.#kept) {
      this.#kept = kept
      this.#settled = kept.then(this.#options.onFinished)
    }
    return this.#settled
  }

  /** Hands out no more, and tells who waits `error`; what is in hands may be finished. */
  refuse(error: LogError): void {
    this.#refusal ??= error
    this.#rejectAll(error)
    this.#rest()
  }

  /**
   * Ends it, and keeps where it stands: once that is settled nothing is written any more. Rejects
   * where it could not be kept.
   */
  async stop(error: LogError): Promise<void> {
    this.refuse(error)
    this.#ended ??= error
    await Promise.allSettled([...this.#bringing])
    assert(this.#coming === 0, 'nothing is on its way')
    this.#parked.clear()
    await this.#keeper.stop()
  }

  /** Delivers in the next turn: all who take in this one share a note. */
  #wake(): void {
    if (this.#isWoken) return
    this.#isWoken = true
    setImmediate(() => {
      this.#isWoken = false
      this.#deliver()
    })
  }

  /** Sends on their way as many as are waited for, and sees to it that more comes. */
  #deliver(): void {
    if (this.#ended !== undefined) return
    assert(this.#coming >= 0, 'what is on its way is counted')
    const now = this.#now()
    this.#delivery.expire(now)
    const handouts: Handout[] = []
    while (this.#takers.size > this.#coming + handouts.length) {
      const handout = this.#delivery.take(now)
      if (handout === undefined) break
      handouts.push(handout)
    }
    for (const dead of this.#delivery.takeDead()) void this.#bury(dead)
    if (handouts.length > 0) {
      this.#coming += handouts.length
      const bringing = this.#bring(handouts)
      this.#bringing.add(bringing)
      void bringing.finally(() => this.#bringing.delete(bringing))
    }
    if (this.#takers.size > this.#coming) void this.#readAhead()
    this.#arm()
  }

  async #bring(handouts: readonly Handout[]): Promise<void> {
    assert(handouts.length > 0, 'something is on its way')
    try {
      await this.#keeper.write()
      this.#isUnnoted = false
    } catch (error) {
      // On a full disk who consumes makes room, so the attempt counts in this process alone.
      this.#isUnnoted = error instanceof LogError && error.retriable
      if (!this.#isUnnoted) this.#rejectAll(error)
    }
    const unread: Handout[] = []
    for (const handout of handouts) {
      const record = this.#ready.get(handout.offset)
      this.#ready.delete(handout.offset)
      if (record === undefined) unread.push(handout)
      else this.#hand(handout, record)
    }
    for (const { offset } of unread) this.#unread.add(offset)
    assert(this.#unread.size >= unread.length, 'a message is on its way once')
    for (const handout of unread) {
      const { offset } = handout
      await this.#parked.take(offset).then(
        (record) => this.#hand(handout, record),
        (error: unknown) => this.#unreadable(handout, error),
      )
      this.#unread.delete(offset)
    }
    // Who waited for the end of the log to move may have got what was due.
    if (this.#isReading) this.#rest()
    this.#wake()
  }

  /** It has arrived: it is noted as handed out, and has its record unless that was deleted. */
  #hand({ offset, attempt }: Handout, record: MessageRecord | undefined): void {
    this.#coming--
    assert(this.#coming >= 0, 'what arrives was on its way')
    if (!this.#delivery.isHeld(offset, attempt)) return
    if (record === undefined) {
      this.#delivery.ack(offset, attempt)
      this.#keeper.touch()
      return
    }
    let value: V | null
    let headers: readonly RecordHeader[]
    try {
      const own = OwnRecord.of(record)
      headers = withoutNotes(own.headers)
      value = this.#options.deserialize(own)
    } catch {
      // Another attempt would fail as well; who reads the dead letters has the bytes.
      this.#delivery.kill(offset, attempt)
      return
    }
    // Looked at last: what makes values is the program's, and may end who takes.
    if (this.#takers.size === 0) {
      this.#delivery.release(offset, attempt, this.#now())
      this.#keeper.touch()
      return
    }
    this.#counts.handedOut++
    if (attempt > 1) this.#counts.redelivered++
    const { timestamp } = record
    this.#takers.serve(new Message<V>({ offset, timestamp, attempt, value, headers }, this))
  }

  /** Nobody has had it, so that it is not counted; meanwhile others pass it. */
  #unreadable({ offset, attempt }: Handout, error: unknown): void {
    this.#coming--
    assert(this.#coming >= 0, 'what does not arrive was on its way')
    this.#delivery.release(offset, attempt, this.#now(), tryAgainMs)
    this.#keeper.touch()
    if (this.#takers.size > 0) this.#takers.refuse(error)
  }

  #rejectAll(error: unknown): void {
    this.#takers.refuseAll(this.#refusal ?? error)
  }

  /** Reads on while somebody waits, and some more. */
  async #readAhead(): Promise<void> {
    if (this.#isReading) return
    this.#isReading = true
    try {
      while (this.#isShort && this.#delivery.freshCount < readAheadMax) {
        const record = await this.#reader.next(this.#delivery.offered)
        if (record === undefined) break
        this.#offer(record)
        this.#wake()
      }
    } catch (error) {
      this.#rejectAll(error)
    }
    this.#isReading = false
    // Somebody came after the reading was stopped.
    if (this.#takers.size > this.#coming && this.#delivery.freshCount === 0) this.#wake()
  }

  /** More is waited for than is there. */
  get #isShort(): boolean {
    return this.#takers.size > this.#coming + this.#delivery.freshCount
  }

  #offer(record: LogRecord): void {
    assert(record.offset >= this.#delivery.offered, 'the log is read in its order')
    const { dueMs = 0 } = notesOf(record)
    const before = this.#delivery.freshCount
    const now = this.#now()
    // No put is delayed for longer: what a client wrote there is no time.
    const isTime = dueMs - now.wallMs <= delayMsMax
    this.#delivery.offer(record.offset, isTime ? dueMs : 0, now)
    if (this.#delivery.freshCount > before) {
      this.#ready.set(record.offset, record)
      return
    }
    if (this.#delivery.isDueBy(record.offset, now.wallMs + keptAheadMs)) this.#parked.keep(record)
    this.#keeper.touch()
  }

  async #bury({ offset }: Pick<Handout, 'offset'>): Promise<void> {
    const { bury, timers } = this.#options
    try {
      const record = await this.#parked.take(offset)
      if (this.#ended !== undefined) return
      if (record !== undefined) {
        const { value, timestamp } = record
        const headers = headersIn(record) ?? []
        await this.noted()
        const epoch = this.leaderEpochAt(offset)
        const source = [this.queue, this.consumer, offset, deadLetterIndex, epoch] as const
        const notes = { dueMs: undefined, key: undefined, source }
        const pairs = withoutNotes(headers).map(({ key, value: of }): HeaderPair => [key, of])
        await bury({ value, headers: pairs, notes, timestamp })
      }
    } catch {
      // It stays dead and in nobody's hands; a full disk may have room again.
      timers.setTimeout(() => void (this.#ended ?? this.#bury({ offset })), tryAgainMs)
      return
    }
    // After a stop it is put away again, which the dead letters take for the same.
    if (this.#ended !== undefined) return
    this.#delivery.buried(offset)
    this.#counts.dead++
    await this.settle().catch(() => undefined)
  }

  /** Wakes up for the next lease that ends or message that is due, while somebody waits. */
  #arm(): void {
    const { timers } = this.#options
    const now = this.#now()
    const waitMs = this.#takers.size === 0 ? Infinity : this.#delivery.waitMs(now)
    const nextMs = waitMs === Infinity ? waitMs : now.monotonicMs + Math.min(waitMs, lookAgainMs)
    assert(waitMs >= 0, 'what comes is not over')
    // One that is set and earlier looks for what comes then.
    if (nextMs < Infinity && nextMs >= this.#timerMs) return
    timers.clear(this.#timer)
    this.#timer = undefined
    this.#timerMs = nextMs
    if (nextMs === Infinity) return
    this.#timer = timers.setTimeout(() => {
      this.#timerMs = Infinity
      this.#deliver()
    }, nextMs - now.monotonicMs)
  }

  #now(): Moment {
    const { clock } = this.#options
    return { wallMs: clock.now(), monotonicMs: clock.monotonicMs() }
  }

  /** Nobody takes any more: a wait for the end of the log would keep the process alive. */
  #rest(): void {
    if (this.#takers.size > 0) return
    this.#reader.stop()
    this.#arm()
  }

  #requireOpen(): void {
    if (this.#ended !== undefined) throw this.#ended
  }

  #aborted(signal: AbortSignal): LogError {
    const message = `Taking from ${this.queue} was ended by its signal.`
    return new LogError('LOG_CLOSED', message, signal.reason)
  }
}
