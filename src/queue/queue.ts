import { assert } from '../base/assert.ts'
import { EngineHolder, type SharedEngine } from '../engine/shared-engine.ts'
import { type HeaderPair, noHeaders } from '../record/headers.ts'
import { pairsOf, payloadOf, UnserializableError } from '../record/payload.ts'
import type { Payload } from '../record/record.ts'
import { keptChanges, neededFrom, newPosition, type Standing } from './delivery/kept-state.ts'
import type { Log } from './log.ts'
import { LogError } from './log-error.ts'
import { isReserved, type MessageNotes } from './message-headers.ts'
import { checkCall } from './options.ts'
import { type ConsumerStatistics, QueueConsumer } from './queue-consumer.ts'
import type { QueueHost } from './queue-host.ts'
import { Message } from './queue-message.ts'
import {
  checkSingleQueueOptions,
  consumerName,
  milliseconds,
  type NewMessage,
  type ProcessOptions,
  type PutOptions,
  type PutResult,
  type QueueOptions,
  type QueueSettings,
  type SingleQueueOptions,
  type TakeOptions,
} from './queue-options.ts'
import { type MessageHandler, Processing } from './queue-processing.ts'
import type { QueueState } from './queue-state.ts'
import type { QueueTopic } from './queue-topic.ts'
import { QueueTrimmer } from './queue-trimmer.ts'
import { Store } from './store.ts'

/** Files of an empty queue that are smaller are kept, in bytes. */
const emptiedBytesMin = 1024 * 1024

/** What a {@link Queue} is made of. */
export interface QueueMakings<VI, VO> {
  readonly log: Log
  readonly shared: SharedEngine
  readonly topic: QueueTopic
  readonly host: QueueHost
  readonly state: QueueState
  readonly settings: QueueSettings
  readonly options: QueueOptions<VI, VO>
  readonly sizeBytes: () => number
  /** Ends the file that is written. */
  readonly roll: () => Promise<unknown>
  /** Of the message at an offset. */
  readonly leaderEpochAt: (offset: number) => number
  readonly onClose: () => Promise<void>
}

/** What is in a queue, and what its consumers did since it was opened. */
export interface QueueStatistics {
  /** Messages that are stored, finished ones that were not deleted yet included. */
  readonly messages: number
  /** Of its files. */
  readonly bytes: number
  readonly consumers: readonly ConsumerStatistics[]
}

/**
 * Messages that wait until each named consumer has finished them. Every consumer gets every message
 * and keeps its place through restarts and crashes; those who share a name share the messages. A
 * message is handed out again until it is acknowledged: at least once.
 *
 * @example
 * ```ts
 * import { Queue } from 'odradek'
 *
 * const queue = await Queue.open('./data/mail')
 * await queue.put({ value: 'job' }, { delayMs: 1_000, key: 'job-17' })
 * const stop = new AbortController()
 * await queue.process({ consumer: 'sender', concurrency: 8, signal: stop.signal }, (message) => {
 *   console.log(message.value?.toString())
 *   stop.abort()
 * })
 * await queue.close()
 * ```
 */
export class Queue<ValueIn = Payload, ValueOut = Buffer> extends EngineHolder {
  readonly name: string
  readonly #makings: QueueMakings<ValueIn, ValueOut>
  readonly #consumers = new Map<string, QueueConsumer<ValueOut>>()
  /** Consumers that are made, or removed, at the moment: one after the other of a name. */
  readonly #changing = new Map<string, Promise<unknown>>()
  /** Calls of {@link process} under way. */
  readonly #working = new Set<Promise<void>>()
  readonly #ending = new AbortController()
  readonly #trimmer: QueueTrimmer
  #closing: Promise<void> | undefined

  /** Queues come from `Store.queue` and {@link Queue.open}. */
  constructor(makings: QueueMakings<ValueIn, ValueOut>) {
    super(makings.shared)
    this.name = makings.log.name
    this.#makings = makings
    this.#trimmer = new QueueTrimmer({
      timers: makings.host.timers,
      isAwaited: () => makings.topic.isAwaited,
      trim: () => this.#trim(),
    })
  }

  /**
   * Opens the one queue of a directory of its own, which is made if it is missing.
   *
   * @throws {LogError} NOT_OPENED, INVALID_CONFIG
   */
  static async open<VI = Payload, VO = Buffer>(
    directory: string,
    options: SingleQueueOptions<VI, VO> = {},
  ): Promise<Queue<VI, VO>> {
    const { name, store: storeOptions, queue } = checkSingleQueueOptions(options)
    const store = await Store.open(directory, storeOptions)
    try {
      return await store.onlyQueue(name, queue)
    } catch (error) {
      await store.close().catch(() => undefined)
      throw error
    }
  }

  /** Has its consumers, those that it is told of included. Where that fails it is closed again. */
  async begin(): Promise<void> {
    const { state, settings, topic } = this.#makings
    for (const [name, kept] of state.consumersOf(this.name)) this.#add(name, kept)
    const { dedupWindowMs, maxBytes, whenFull } = settings
    topic.bound({ dedupWindowMs, maxBytes, whenFull, trim: () => this.#trimmer.now() })
    const made = await Promise.allSettled(settings.consumers.map((name) => this.#consumer(name)))
    const failed = made.find(({ status }) => status === 'rejected')
    if (failed?.status !== 'rejected') return
    this.#closing = this.#end()
    await this.#closing
    throw failed.reason
  }

  /**
   * Puts a message; resolves with where it is when it is as durable as the queue.
   *
   * @throws {LogError} INVALID_RECORD, MESSAGE_TOO_LARGE, QUEUE_FULL, DISK_FULL, LOG_FAILED,
   * LOG_CLOSED
   */
  async put(message: NewMessage<ValueIn>, options: PutOptions = {}): Promise<PutResult> {
    this.#requireOpen()
    const { host, topic, options: given } = this.#makings
    checkCall('put', options)
    const { delayMs, key, source, durability, signal } = options
    if (key !== undefined && !isText(key)) {
      const what = `The key of a message is ${String(key)}`
      throw new LogError('INVALID_CONFIG', `${what}; it has to be a text of whole characters.`)
    }
    const { value, headers } = stored(this.name, given, message)
    const dueMs =
      delayMs === undefined ? undefined : host.clock.now() + milliseconds('delayMs', delayMs)
    const how = { durability, signal }
    const notes: MessageNotes = { dueMs, key, source: undefined }
    if (source === undefined) return topic.put({ value, headers, notes }, how)
    if (!(source instanceof Message)) {
      throw new LogError('INVALID_CONFIG', 'The source of a message has to be one that was taken.')
    }
    const index = source.nextMade(this.name)
    const of = [source.queue, source.consumer, source.offset, index, source.leaderEpoch()] as const
    const origin = { oldest: () => source.oldest(), timestamp: source.timestamp }
    try {
      await source.noted()
      return await topic.put(
        { value, headers, notes: { ...notes, source: of } },
        { ...how, origin },
      )
    } catch (error) {
      source.notMade(this.name, index)
      throw error
    }
  }

  /**
   * Messages one by one, as they come, by a loop or by `next()`; each is to be acknowledged or
   * given back. Who leaves the loop gives the last one back, unless it ended before.
   */
  take(options: TakeOptions): AsyncIterableIterator<Message<ValueOut>, never> {
    this.#requireOpen()
    const name = consumerName(options?.consumer)
    checkCall('take', options)
    const { signal } = options
    let last: Message<ValueOut> | undefined
    const messages: AsyncIterableIterator<Message<ValueOut>, never> = {
      next: async () => {
        const consumer = this.#consumers.get(name) ?? (await this.#consumer(name))
        last = await consumer.take(signal)
        assert(!last.isEnded, 'what is handed out is in hands')
        return { value: last, done: false }
      },
      return: async () => {
        if (last !== undefined && !last.isEnded) await last.nack().catch(ignoreLost)
        return { value: undefined as never, done: true }
      },
      [Symbol.asyncIterator]: () => messages,
    }
    return messages
  }

  /**
   * Calls `handler` with each message, several at a time if `concurrency` says so; when it returns,
   * or its promise resolves, the message is acknowledged, when it throws, given back. Resolves when
   * the signal or the close of the queue ended it and the handlers at work are done; rejects then
   * too, where something failed.
   *
   * @throws {LogError} LOG_FAILED, INVALID_CONFIG
   */
  async process(options: ProcessOptions, handler: MessageHandler<ValueOut>): Promise<void> {
    this.#requireOpen()
    const consumer = consumerName(options?.consumer)
    checkCall('process', options)
    const processing = new Processing<ValueOut>(options, handler, this.#ending.signal)
    const working = this.#consumer(consumer).then((from) => processing.run(from))
    this.#working.add(working)
    await working.finally(() => this.#working.delete(working))
  }

  /** Names of its consumers, in no order. */
  consumers(): string[] {
    return [...this.#consumers.keys()]
  }

  /**
   * A consumer is no more, with its place; nothing is kept for it. Who takes in its name is ended.
   * False: there is none.
   */
  async removeConsumer(name: string): Promise<boolean> {
    this.#requireOpen()
    const consumer = this.#consumers.get(consumerName(name))
    if (consumer === undefined) return false
    this.#consumers.delete(name)
    const { state, log } = this.#makings
    await this.#change(name, async () => {
      const removed = new LogError('LOG_CLOSED', `The consumer ${name} of ${this.name} is removed.`)
      // What it could not keep any more is forgotten as well.
      await consumer.stop(removed).catch(() => undefined)
      try {
        await state.forget(this.name, name, log.durability)
      } catch (error) {
        // It is there still, with what it has not finished, and may be removed again.
        const kept = state.consumer(this.name, name)
        if (kept !== undefined) this.#add(name, kept)
        throw error
      }
    })
    await this.#trimmer.now()
    return true
  }

  /** What is in it, and what its consumers did. */
  statistics(): QueueStatistics {
    this.#requireOpen()
    const { log, sizeBytes } = this.#makings
    const end = log.endOffset()
    return {
      messages: end - log.startOffset(),
      bytes: sizeBytes(),
      consumers: [...this.#consumers.values()].map((consumer) => consumer.statistics(end)),
    }
  }

  /**
   * Hands out no more, waits for the handlers of {@link process}, and keeps where all stand; a
   * queue in a directory of its own closes that cleanly. Messages in hands come again after the
   * next opening. Idempotent. A handler that awaits it waits for itself.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  /** Its store has failed: who waits for room is told so, and all others meet it by themselves. */
  fail(error: LogError): void {
    this.#makings.topic.endWaits(error)
  }

  /** `await using`: closes it. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #close(): Promise<void> {
    await this.#end()
    await this.#makings.onClose()
  }

  async #end(): Promise<void> {
    const { topic } = this.#makings
    this.#ending.abort()
    // A handler may take, or put, itself.
    topic.endWaits()
    for (const consumer of this.#consumers.values()) consumer.refuse(this.#closed())
    await Promise.allSettled([...this.#working, ...this.#changing.values()])
    assert(this.#working.size === 0, 'nothing is worked at any more')
    const consumers = [...this.#consumers.values()]
    // What cannot be kept comes again.
    await Promise.allSettled(consumers.map((consumer) => consumer.stop(this.#closed())))
    await this.#trimmer.stop()
    topic.bound()
  }

  async #consumer(name: string): Promise<QueueConsumer<ValueOut>> {
    this.#requireOpen()
    const known = this.#consumers.get(name)
    if (known !== undefined) return known
    assert(name !== '', 'a name was checked')
    return this.#change(name, async () => {
      const made = this.#consumers.get(name)
      if (made !== undefined) return made
      this.#requireOpen()
      const { state, log, leaderEpochAt } = this.#makings
      const kept = { position: newPosition(log.startOffset()), parked: new Map() }
      // From now on nothing is deleted that it has not finished.
      await state.keep(this.name, name, keptChanges(kept, leaderEpochAt), log.durability)
      return this.#add(name, kept)
    })
  }

  /** Makes or removes a consumer, behind what is done to one of that name already. */
  #change<T>(name: string, change: () => Promise<T>): Promise<T> {
    const before = this.#changing.get(name) ?? Promise.resolve()
    const changed = before.catch(() => undefined).then(change)
    this.#changing.set(name, changed)
    const done = (): void => {
      if (this.#changing.get(name) === changed) this.#changing.delete(name)
    }
    changed.then(done, done)
    return changed
  }

  #add(name: string, kept: Standing): QueueConsumer<ValueOut> {
    const { log, host, state, settings, options, leaderEpochAt } = this.#makings
    const { valueDeserializer } = options
    const consumer: QueueConsumer<ValueOut> = new QueueConsumer<ValueOut>({
      queue: this.name,
      consumer: name,
      log,
      kept,
      leaseMs: settings.leaseMs,
      attemptsMax: settings.maxAttempts,
      clock: host.clock,
      timers: host.timers,
      deserialize: ({ value, headers }) =>
        value === null || valueDeserializer === undefined
          ? (value as ValueOut | null)
          : valueDeserializer(value, this.name, headers),
      keep: (changes) => state.keep(this.name, name, keptChanges(changes, leaderEpochAt), 'os'),
      leaderEpochAt,
      flush: async () => {
        if (log.durability === 'fsync') await state.flush()
      },
      neededFrom: () => this.#neededFrom(name),
      bury: (message) => {
        const origin = { oldest: () => consumer.oldest(), timestamp: message.timestamp }
        return host.bury(settings.deadLetters ?? `${this.name}.dead`, message, origin)
      },
      onFinished: () => this.#trimmer.soon(),
    })
    assert(!this.#consumers.has(name), 'a name is one consumer')
    this.#consumers.set(name, consumer)
    return consumer
  }

  /**
   * Deletes what every consumer has finished and no put may be told by; where nobody consumes,
   * nothing is finished. True: more is finished.
   */
  async #trim(): Promise<boolean> {
    const { log, topic, state, sizeBytes, roll } = this.#makings
    const finished = this.#finishedBelow()
    if (finished <= log.startOffset()) return false
    const deletable = await topic.deletableBelow(finished)
    assert(deletable <= finished, 'what is not finished is not deleted')
    if (deletable > log.startOffset()) {
      await state.flush()
      // Somebody may consume since.
      const below = Math.min(deletable, this.#finishedBelow())
      const bytes = sizeBytes()
      if (below > log.startOffset()) await log.trim(below)
      // The file that is written makes no room, and where nothing is left nothing ends it.
      const isEmpty = log.startOffset() === log.endOffset()
      if (isEmpty && bytes >= emptiedBytesMin) await roll().then(() => log.trim(below))
      topic.freed()
    }
    return deletable < finished
  }

  /** Below it every consumer has finished everything, and that is kept. */
  #finishedBelow(): number {
    // One that is made or removed at the moment counts as one that is there.
    const names = [...this.#consumers.keys(), ...this.#changing.keys()]
    if (names.length === 0) return 0
    const floors = names.map((name) => this.#neededFrom(name))
    assert(
      floors.every((floor) => floor >= 0),
      'offsets count from 0',
    )
    return Math.min(...floors, this.#makings.log.endOffset())
  }

  #neededFrom(name: string): number {
    const { state, log } = this.#makings
    const kept = state.consumer(this.name, name)
    return kept === undefined ? log.startOffset() : neededFrom(kept)
  }

  #requireOpen(): void {
    if (this.#closing !== undefined) throw this.#closed()
  }

  #closed(): LogError {
    return new LogError('LOG_CLOSED', `The queue ${this.name} is closed.`)
  }
}

/** What is stored of a message that is put. */
function stored<VI>(
  queue: string,
  { valueSerializer }: Pick<QueueOptions<VI, unknown>, 'valueSerializer'>,
  message: NewMessage<VI>,
): { readonly value: Payload | null; readonly headers: readonly HeaderPair[] } {
  const invalid = (what: string, cause?: unknown): LogError =>
    new LogError('INVALID_RECORD', `A message for ${queue} ${what}.`, cause)
  if (typeof message !== 'object' || message === null) {
    throw invalid(`is ${message === null ? 'null' : typeof message}, not an object`)
  }
  if (Array.isArray(message)) throw invalid('is a list; put takes one, and many share a flush')
  const { value, headers: given } = message
  if ('key' in message) throw invalid('has a key, which belongs into the options of put')
  if (value === undefined) throw invalid('has the value undefined; without a value it has null')
  try {
    const headers = given === undefined ? noHeaders : pairsOf(given)
    const reserved = headers.find(([name]) => isReserved(name))
    if (reserved !== undefined) throw invalid(`has the header ${reserved[0]}, which is the queue's`)
    const payload = value === null ? null : payloadOf('value', valueSerializer, value, queue)
    return { value: payload, headers }
  } catch (error) {
    if (!(error instanceof UnserializableError)) throw error
    throw invalid(`cannot have its ${error.part} serialised: ${error.message}`, error.cause)
  }
}

/** A text that is the same when it was stored and read again. */
function isText(key: unknown): boolean {
  return typeof key === 'string' && key !== '' && Buffer.from(key).toString() === key
}

function ignoreLost(error: unknown): void {
  const isLate = error instanceof LogError && ['LEASE_LOST', 'LOG_CLOSED'].includes(error.code)
  if (!isLate) throw error
}
