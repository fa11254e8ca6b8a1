/**
 * One named consumer of a queue at work: reads ahead in the log, hands messages to who takes, has
 * what changes kept, and puts the dead ones away. Decides nothing: `delivery/` does.
 */
import { assert } from '../base/assert.ts'
import type { Clock, Timers } from '../base/clock.ts'
import type { HeaderPair } from '../record/headers.ts'
import { Delivery, type DeliveryChanges, type Handout } from './delivery/delivery.ts'
import { Keeper } from './delivery/keeper.ts'
import type { KeptConsumer } from './delivery/kept-state.ts'
import type { Log } from './log.ts'
import { LogError } from './log-error.ts'
import type { LogRecord } from './log-record.ts'
import { type MessageNotes, notesOf, withoutNotes } from './message-headers.ts'
import { Message, type MessageOwner } from './queue-message.ts'

/** What a {@link QueueConsumer} works with. */
export interface ConsumerOptions<V> {
  readonly queue: string
  readonly consumer: string
  readonly log: Log
  readonly kept: KeptConsumer
  readonly leaseMs: number
  readonly attemptsMax: number
  readonly clock: Pick<Clock, 'now'>
  readonly timers: Timers
  /** The message's value of that of its record. */
  readonly deserialize: (record: LogRecord) => V | null
  /** Resolves when the changes are kept, for good if `isFinal`. */
  readonly keep: (changes: DeliveryChanges, isFinal: boolean) => Promise<unknown>
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

/** Messages that are kept ready for who takes. */
const readAheadMax = 1_000

/** Between attempts to put a dead message away, in ms. */
const buryAgainMs = 1_000

interface Taker<V> {
  readonly resolve: (message: Message<V>) => void
  readonly reject: (error: unknown) => void
}

/** See the head of this file. */
export class QueueConsumer<V> implements MessageOwner {
  readonly queue: string
  readonly consumer: string
  readonly #options: ConsumerOptions<V>
  readonly #delivery: Delivery
  readonly #keeper: Keeper<DeliveryChanges>
  /** Records of the messages that were not handed out yet. */
  readonly #ready = new Map<number, LogRecord>()
  readonly #takers: Taker<V>[] = []
  #iterator: AsyncIterator<LogRecord> | undefined
  #stopReading: AbortController | undefined
  #isReading = false
  #timer: unknown
  #timerMs = Infinity
  #ended: LogError | undefined
  readonly #counts = { handedOut: 0, redelivered: 0, acknowledged: 0, dead: 0 }

  constructor(options: ConsumerOptions<V>) {
    const { queue, consumer, kept, leaseMs, attemptsMax, keep } = options
    this.queue = queue
    this.consumer = consumer
    this.#options = options
    this.#delivery = new Delivery({ leaseMs, attemptsMax }, kept.position, kept.parked)
    this.#keeper = new Keeper<DeliveryChanges>({
      take: () => {
        const changes = this.#delivery.changes()
        const isNone = changes.position === undefined && changes.parked.size === 0
        return isNone ? undefined : changes
      },
      putBack: (changes) => this.#delivery.putBack(changes),
      write: keep,
      later: (call) => setImmediate(call),
    })
  }

  /** The next message, as soon as there is one. Rejects when the signal or the queue ends it. */
  take(signal?: AbortSignal): Promise<Message<V>> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended)
    if (signal?.aborted) return Promise.reject(this.#aborted(signal))
    return new Promise((resolve, reject) => {
      const taker: Taker<V> = {
        resolve: (message) => {
          signal?.removeEventListener('abort', abort)
          resolve(message)
        },
        reject: (error) => {
          signal?.removeEventListener('abort', abort)
          reject(error)
        },
      }
      const abort = (): void => {
        const at = this.#takers.indexOf(taker)
        if (at >= 0) this.#takers.splice(at, 1)
        reject(this.#aborted(signal as AbortSignal))
        this.#rest()
      }
      signal?.addEventListener('abort', abort, { once: true })
      this.#takers.push(taker)
      this.#deliver()
    })
  }

  finish(offset: number, attempt: number): Promise<void> | undefined {
    this.#requireOpen()
    if (!this.#delivery.ack(offset, attempt)) return undefined
    this.#counts.acknowledged++
    assert(this.#counts.acknowledged <= this.#counts.handedOut, 'only what was handed out is')
    return this.#keeper.settle().then(() => this.#options.onFinished())
  }

  giveBack(offset: number, attempt: number, delayMs: number): Promise<void> | undefined {
    this.#requireOpen()
    const became = this.#delivery.nack(offset, attempt, delayMs, this.#options.clock.now())
    if (became === 'lost') return undefined
    const settled = this.#keeper.settle()
    this.#deliver()
    return settled
  }

  extend(offset: number, attempt: number): boolean {
    this.#requireOpen()
    const isExtended = this.#delivery.extend(offset, attempt, this.#options.clock.now())
    if (isExtended) this.#arm()
    return isExtended
  }

  /** The oldest message that may be delivered again, and when it was put. */
  async oldest(): Promise<{ readonly offset: number; readonly timestamp: number }> {
    const offset = this.#delivery.neededFrom
    const record = await this.#read(offset)
    return { offset, timestamp: record?.timestamp ?? 0 }
  }

  /** An offset below which this consumer needs nothing, whatever happens. */
  async finishedBelow(): Promise<number> {
    const floor = this.#delivery.neededFrom
    assert(floor <= this.#delivery.offered, 'what was not read is needed')
    await this.#keeper.settle()
    return floor
  }

  /** What is kept of it; what is in hands counts as handed out. */
  get kept(): KeptConsumer {
    return { position: this.#delivery.position, parked: this.#delivery.parked }
  }

  statistics(endOffset: number): ConsumerStatistics {
    assert(this.#counts.redelivered <= this.#counts.handedOut, 'what comes again was handed out')
    const { leasedCount, parkedCount, freshCount, offered } = this.#delivery
    const unread = Math.max(0, endOffset - offered)
    return {
      consumer: this.consumer,
      lag: unread + freshCount + parkedCount + leasedCount,
      leased: leasedCount,
      parked: parkedCount,
      ...this.#counts,
    }
  }

  /** Has everything kept that it knows of. */
  settle(): Promise<void> {
    return this.#keeper.settle()
  }

  /** Hands out no more; who waits is told `error`. */
  end(error: LogError): void {
    this.#ended ??= error
    for (const { reject } of this.#takers.splice(0)) reject(this.#ended)
    this.#rest()
  }

  /** Hands out what can be, and sees to it that more comes. */
  #deliver(): void {
    const { clock } = this.#options
    const now = clock.now()
    this.#delivery.expire(now)
    let isTouched = false
    while (this.#takers.length > 0) {
      const handout = this.#delivery.take(now)
      if (handout === undefined) break
      isTouched = true
      const taker = this.#takers.shift() as Taker<V>
      assert(handout.attempt >= 1, 'attempts count from 1')
      const record = this.#ready.get(handout.offset)
      this.#ready.delete(handout.offset)
      if (record === undefined) void this.#loadFor(taker, handout)
      else this.#hand(taker, handout, record)
    }
    for (const dead of this.#delivery.takeDead()) void this.#bury(dead)
    if (isTouched) this.#keeper.touch()
    if (this.#takers.length > 0) void this.#readAhead()
    this.#arm()
  }

  #hand(taker: Taker<V>, handout: Handout, record: LogRecord): void {
    const { offset, attempt } = handout
    const { timestamp } = record
    assert(record.offset === offset, 'a message is of its own record')
    let value: V | null
    try {
      value = this.#options.deserialize(record)
    } catch {
      // Another attempt would fail as well; who reads the dead letters has the bytes.
      this.#takers.unshift(taker)
      this.#delivery.kill(offset, attempt)
      queueMicrotask(() => this.#deliver())
      return
    }
    this.#counts.handedOut++
    if (attempt > 1) this.#counts.redelivered++
    const headers = withoutNotes(record.headers)
    taker.resolve(new Message<V>({ offset, timestamp, attempt, value, headers }, this))
  }

  async #loadFor(taker: Taker<V>, handout: Handout): Promise<void> {
    try {
      const record = await this.#read(handout.offset)
      if (record !== undefined) return this.#hand(taker, handout, record)
      // Somebody deleted it.
      this.#delivery.ack(handout.offset, handout.attempt)
      this.#takers.unshift(taker)
      this.#deliver()
    } catch (error) {
      taker.reject(this.#ended ?? error)
    }
  }

  /** Reads on while somebody waits, and some more. */
  async #readAhead(): Promise<void> {
    if (this.#isReading || this.#ended !== undefined) return
    this.#isReading = true
    const stop = this.#stopReading ?? new AbortController()
    this.#stopReading = stop
    try {
      const iterator = this.#iterator ?? this.#open(stop.signal)
      this.#iterator = iterator
      while (this.#takers.length > 0 && this.#delivery.freshCount < readAheadMax) {
        const { value: record, done } = await iterator.next()
        if (done === true || stop.signal.aborted) break
        this.#offer(record)
        this.#deliver()
      }
    } catch (error) {
      if (!stop.signal.aborted) for (const { reject } of this.#takers.splice(0)) reject(error)
    }
    this.#isReading = false
    if (stop.signal.aborted && this.#takers.length > 0) void this.#readAhead()
  }

  #open(signal: AbortSignal): AsyncIterator<LogRecord> {
    const { log } = this.#options
    const from = Math.max(this.#delivery.offered, log.startOffset())
    this.#delivery.skipTo(from)
    assert(this.#delivery.offered === from, 'reading goes on where offering does')
    return log.read({ from, live: true, signal })[Symbol.asyncIterator]()
  }

  #offer(record: LogRecord): void {
    assert(record.offset >= this.#delivery.offered, 'the log is read in its order')
    const { dueMs = 0 } = notesOf(record.headers)
    const before = this.#delivery.freshCount
    this.#delivery.offer(record.offset, dueMs, this.#options.clock.now())
    if (this.#delivery.freshCount > before) this.#ready.set(record.offset, record)
    else this.#keeper.touch()
  }

  async #read(offset: number): Promise<LogRecord | undefined> {
    const { log } = this.#options
    if (offset < log.startOffset() || offset >= log.endOffset()) return undefined
    for await (const record of log.read({ from: offset, to: offset + 1 })) return record
    return undefined
  }

  async #bury({ offset, attempt }: Pick<Handout, 'offset' | 'attempt'>): Promise<void> {
    const { bury, timers } = this.#options
    try {
      const record = await this.#read(offset)
      if (record !== undefined) {
        const { value, headers, timestamp } = record
        const source = [this.queue, this.consumer, offset, 0] as const
        const notes = { dueMs: undefined, key: undefined, source }
        const pairs = withoutNotes(headers).map(({ key, value: of }): HeaderPair => [key, of])
        await bury({ value, headers: pairs, notes, timestamp })
      }
      this.#delivery.ack(offset, attempt)
      this.#counts.dead++
      await this.#keeper.settle()
      this.#options.onFinished()
    } catch {
      // It stays in hands without an end; a full disk may have room again.
      const again = (): unknown => this.#ended ?? this.#bury({ offset, attempt })
      timers.setTimeout(() => void again(), buryAgainMs)
    }
  }

  /** Wakes up for the next lease that ends or message that is due, while somebody waits. */
  #arm(): void {
    const { clock, timers } = this.#options
    const nextMs = this.#takers.length === 0 ? Infinity : this.#delivery.nextMs()
    if (nextMs === this.#timerMs) return
    assert(nextMs >= 0, 'times count from 1970')
    timers.clear(this.#timer)
    this.#timer = undefined
    this.#timerMs = nextMs
    if (nextMs === Infinity) return
    this.#timer = timers.setTimeout(
      () => {
        this.#timerMs = Infinity
        this.#deliver()
      },
      Math.max(0, nextMs - clock.now()),
    )
  }

  /** Nobody takes any more: a wait for the end of the log would keep the process alive. */
  #rest(): void {
    if (this.#takers.length > 0) return
    assert(this.#iterator === undefined || this.#stopReading !== undefined, 'a read can be ended')
    this.#stopReading?.abort()
    this.#stopReading = undefined
    this.#iterator = undefined
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
