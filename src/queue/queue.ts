import { assert } from '../base/assert.ts'
import { type HeaderPair, noHeaders } from '../record/headers.ts'
import { pairsOf, payloadOf, UnserializableError } from '../record/payload.ts'
import type { Payload } from '../record/record.ts'
import { type KeptConsumer, newPosition } from './delivery/kept-state.ts'
import type { Log } from './log.ts'
import { LogError } from './log-error.ts'
import { isReserved, type MessageNotes } from './message-headers.ts'
import { type ConsumerStatistics, QueueConsumer } from './queue-consumer.ts'
import type { QueueHost } from './queue-host.ts'
import type { Message } from './queue-message.ts'
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
import type { QueueState } from './queue-state.ts'
import type { QueueTopic } from './queue-topic.ts'
import { Store } from './store.ts'

/** What a {@link Queue} is made of. */
export interface QueueMakings<VI, VO> {
  readonly log: Log
  readonly topic: QueueTopic
  readonly host: QueueHost
  readonly state: QueueState
  readonly settings: QueueSettings
  readonly options: QueueOptions<VI, VO>
  readonly sizeBytes: () => number
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

/** Works at a message; what it throws gives the message back. */
export type MessageHandler<V> = (message: Message<V>) => unknown

/** Finished messages are deleted so often, in ms, and when there is no room. */
const trimEveryMs = 1_000

const retryFirstMs = 1_000
const retryMostMs = 300_000

/**
 * Messages that wait until each named consumer has finished them. Every consumer gets every message
 * and keeps its place through restarts and crashes; those who share a name share the messages. A
 * message is handed out again until it is acknowledged: at least once.
 *
 * @example
 * ```js
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
export class Queue<ValueIn = Payload, ValueOut = Buffer> {
  readonly name: string
  readonly #makings: QueueMakings<ValueIn, ValueOut>
  readonly #consumers = new Map<string, QueueConsumer<ValueOut>>()
  /** Handlers that are at work. */
  readonly #working = new Set<Promise<void>>()
  readonly #ending = new AbortController()
  #trimmedMs = 0
  #trimming: Promise<void> | undefined
  #isTrimStale = false
  #closing: Promise<void> | undefined

  /** Queues come from `Store.queue` and {@link Queue.open}. */
  constructor(makings: QueueMakings<ValueIn, ValueOut>) {
    this.name = makings.log.name
    this.#makings = makings
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

  /** Has its consumers, those that it is told of included. */
  async begin(): Promise<void> {
    const { state, settings, topic } = this.#makings
    for (const [name, kept] of state.wake(this.name)) this.#add(name, kept)
    const { dedupWindowMs, maxBytes, whenFull } = settings
    topic.bound({ dedupWindowMs, maxBytes, whenFull, trim: () => this.#trim() })
    await Promise.all(settings.consumers.map((name) => this.#consumer(name)))
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
    const { delayMs, key, source, durability, signal } = options
    if (key !== undefined && (typeof key !== 'string' || key === '')) {
      throw new LogError('INVALID_CONFIG', `The key of a message has to be a text, not ${key}.`)
    }
    const { value, headers } = stored(this.name, given, message)
    const dueMs =
      delayMs === undefined ? undefined : host.clock.now() + milliseconds('delayMs', delayMs)
    const notes: MessageNotes = {
      dueMs,
      key,
      source: source && [source.queue, source.consumer, source.offset, source.nextMade(this.name)],
    }
    const origin = source && { oldest: () => source.oldest(), timestamp: source.timestamp }
    return topic.put({ value, headers, notes }, { durability, signal, origin })
  }

  /**
   * Messages one by one, as they come; each is to be acknowledged or given back. Who leaves the
   * loop gives the last one back, unless it ended before.
   */
  take(options: TakeOptions): AsyncIterable<Message<ValueOut>> {
    const { signal } = options
    const name = consumerName(options.consumer)
    this.#requireOpen()
    return {
      [Symbol.asyncIterator]: () => {
        let last: Message<ValueOut> | undefined
        return {
          next: async () => {
            const consumer = await this.#consumer(name)
            last = await consumer.take(signal)
            return { value: last, done: false }
          },
          return: async () => {
            if (last !== undefined && !last.isEnded) await last.nack().catch(ignoreLost)
            return { value: undefined, done: true }
          },
        }
      },
    }
  }

  /**
   * Calls `handler` with each message, several at a time if `concurrency` says so; when it returns,
   * or its promise resolves, the message is acknowledged, when it throws, given back. Resolves when
   * the signal or the close of the queue ended it and the handlers at work are done.
   *
   * @throws {LogError} LOG_FAILED, INVALID_CONFIG
   */
  async process(options: ProcessOptions, handler: MessageHandler<ValueOut>): Promise<void> {
    const { concurrency = 1, signal } = options
    this.#requireOpen()
    if (!Number.isSafeInteger(concurrency) || concurrency < 1) {
      const message = `concurrency is ${concurrency}; it has to be a whole number from 1 on.`
      throw new LogError('INVALID_CONFIG', message)
    }
    const ending = this.#ending.signal
    const ended = signal === undefined ? ending : AbortSignal.any([signal, ending])
    const consumer = await this.#consumer(consumerName(options.consumer))
    const work = async (): Promise<void> => {
      while (!ended.aborted) {
        const message = await consumer.take(ended).catch((error: unknown) => {
          if (!ended.aborted) throw error
        })
        if (message !== undefined) await this.#handle(message, handler, options)
      }
    }
    await Promise.all(Array.from({ length: concurrency }, work))
    await consumer.settle()
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
    consumer.end(new LogError('LOG_CLOSED', `The consumer ${name} of ${this.name} is removed.`))
    const { state, log } = this.#makings
    await state.forget(this.name, name, consumer.kept, log.durability)
    await this.#trim()
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
   * next opening. Idempotent.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  /** `await using`: closes it. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #close(): Promise<void> {
    const { state, topic, onClose } = this.#makings
    this.#ending.abort()
    await Promise.allSettled([...this.#working])
    assert(this.#working.size === 0, 'nothing is worked at any more')
    const kept = new Map<string, KeptConsumer>()
    for (const [name, consumer] of this.#consumers) {
      await consumer.settle().catch(() => undefined)
      consumer.end(this.#closed())
      kept.set(name, consumer.kept)
    }
    await this.#trimming
    await this.#trimNow().catch(() => undefined)
    topic.bound()
    state.rest(this.name, kept)
    await onClose()
  }

  async #handle(
    message: Message<ValueOut>,
    handler: MessageHandler<ValueOut>,
    options: ProcessOptions,
  ): Promise<void> {
    const work = (async () => {
      const tell = (error: unknown): void => options.onError?.(error, message)
      try {
        await handler(message)
      } catch (error) {
        tell(error)
        if (!message.isEnded) await message.nack({ delayMs: delayOf(options, message) }).catch(tell)
        return
      }
      // The next one is begun meanwhile: acknowledgements share a flush.
      if (!message.isEnded) message.ack().catch(tell)
    })()
    assert(!this.#ending.signal.aborted || this.#closing !== undefined, 'only a close ends it')
    this.#working.add(work)
    await work.finally(() => this.#working.delete(work))
  }

  async #consumer(name: string): Promise<QueueConsumer<ValueOut>> {
    const known = this.#consumers.get(name)
    if (known !== undefined) return known
    const { state, log } = this.#makings
    assert(name !== '', 'a name was checked')
    const position = newPosition(log.startOffset())
    const consumer = this.#add(name, { position, parked: new Map() })
    // From now on nothing is deleted that it has not finished.
    await state.keep(this.name, name, { position, parked: new Map() }, log.durability)
    return consumer
  }

  #add(name: string, kept: KeptConsumer): QueueConsumer<ValueOut> {
    const { log, host, state, settings, options } = this.#makings
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
      keep: (changes, isFinal) =>
        state.keep(this.name, name, changes, isFinal ? log.durability : 'os'),
      bury: async (message) => {
        const { topic } = await host.partsOf(settings.deadLetters ?? `${this.name}.dead`)
        const origin = { oldest: () => consumer.oldest(), timestamp: message.timestamp }
        return topic.put(message, { origin })
      },
      onFinished: () => void this.#trimSoon(),
    })
    assert(!this.#consumers.has(name), 'a name is one consumer')
    this.#consumers.set(name, consumer)
    return consumer
  }

  #trimSoon(): void {
    const { host, topic } = this.#makings
    const isTime = host.clock.now() - this.#trimmedMs >= trimEveryMs
    if (isTime || topic.isAwaited) void this.#trim().catch(() => undefined)
  }

  #trim(): Promise<void> {
    if (this.#trimming !== undefined) {
      // What is finished since it began may be the room that somebody waits for.
      this.#isTrimStale = true
      return this.#trimming
    }
    this.#trimming = this.#trimNow().finally(() => {
      this.#trimming = undefined
      if (this.#isTrimStale) this.#trimSoon()
      this.#isTrimStale = false
    })
    return this.#trimming
  }

  /** Deletes what every consumer has finished; where nobody consumes, nothing is finished. */
  async #trimNow(): Promise<void> {
    const { log, topic, host } = this.#makings
    this.#trimmedMs = host.clock.now()
    assert(this.#trimmedMs >= 0, 'times count from 1970')
    if (this.#consumers.size === 0) return
    const consumers = [...this.#consumers.values()]
    assert(consumers.length > 0, 'somebody has finished it')
    const floors = await Promise.all(consumers.map((consumer) => consumer.finishedBelow()))
    const floor = Math.min(...floors, log.endOffset())
    assert(floor >= 0, 'offsets begin at 0')
    if (floor > log.startOffset()) await log.trim(floor)
    topic.freed()
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
  const { value, headers: given } = message
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

function delayOf({ retryDelayMs }: ProcessOptions, { attempt }: Message<unknown>): number {
  if (typeof retryDelayMs === 'number') return retryDelayMs
  if (retryDelayMs !== undefined) return retryDelayMs(attempt)
  return Math.min(retryMostMs, retryFirstMs * 2 ** (attempt - 1))
}

function ignoreLost(error: unknown): void {
  const isLate = error instanceof LogError && ['LEASE_LOST', 'LOG_CLOSED'].includes(error.code)
  if (!isLate) throw error
}
