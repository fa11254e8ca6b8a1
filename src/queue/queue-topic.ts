/**
 * Puts messages into one queue: each once where that was asked for, with rising times, and within
 * the queue's bound.
 */
import { assert } from '../base/assert.ts'
import type { Clock } from '../base/clock.ts'
import type { HeaderPair } from '../record/headers.ts'
import type { Payload } from '../record/record.ts'
import { DedupWindow } from './delivery/dedup-window.ts'
import type { Log } from './log.ts'
import { LogError } from './log-error.ts'
import { headersOf, type MessageNotes, type MessageSource, notesOf } from './message-headers.ts'
import type { Durability } from './partition-writer.ts'
import type { PutResult } from './queue-options.ts'

/** What a {@link QueueTopic} works with. */
export interface QueueTopicOptions {
  readonly log: Log
  readonly clock: Pick<Clock, 'now'>
  /** Of the files, in bytes. */
  readonly sizeBytes: () => number
  /** The largest time of a message that is there; -1: none. */
  readonly lastTimestamp: number
}

/** What a queue that is open asks of it; nothing as long as only dead letters go there. */
export interface QueueBounds {
  readonly dedupWindowMs: number
  readonly maxBytes: number
  readonly whenFull: 'refuse' | 'wait'
  /** Deletes what nobody needs. */
  readonly trim: () => Promise<unknown>
}

/** A message as it is stored. */
export interface StoredMessage {
  readonly value: Payload | null
  readonly headers: readonly HeaderPair[]
  readonly notes: MessageNotes
}

/** The oldest message of its source's consumer, and when the source was put. */
export interface SourceOrigin {
  readonly oldest: () => Promise<{ readonly offset: number; readonly timestamp: number }>
  readonly timestamp: number
}

/** How a message is put. */
export interface StoreMessageOptions {
  readonly durability?: Durability | undefined
  readonly signal?: AbortSignal | undefined
  /** Of a message with a source. */
  readonly origin?: SourceOrigin | undefined
}

/** About what a record takes beside its payloads. */
const recordOverheadBytes = 80

/** Nothing is asked of it. */
const unbounded: QueueBounds = {
  dedupWindowMs: 0,
  maxBytes: Number.POSITIVE_INFINITY,
  whenFull: 'refuse',
  trim: async () => undefined,
}

/** Messages made of those of one consumer: where they are, by offset and number of their source. */
interface MadeMessages {
  readonly places: Map<string, Promise<number>>
  /** So many were known when the finished ones were last left out. */
  checkedAt: number
}

/** Fewer than these are all kept. */
const madeMessagesMin = 10_000

/** See the head of this file. */
export class QueueTopic {
  readonly #options: QueueTopicOptions
  #bounds = unbounded
  #lastMs: number
  #keys: Promise<DedupWindow<Promise<number>>> | undefined
  readonly #made = new Map<string, Promise<MadeMessages>>()
  /** Bytes of puts that the log has not got yet. */
  #pendingBytes = 0
  #trimming: Promise<unknown> | undefined
  readonly #waiting = new Set<() => void>()

  constructor(options: QueueTopicOptions) {
    this.#options = options
    this.#lastMs = options.lastTimestamp
  }

  /** A queue is open, or closed again. */
  bound(bounds: QueueBounds = unbounded): void {
    assert(bounds.dedupWindowMs >= 0 && bounds.maxBytes > 0, 'options are checked before')
    this.#bounds = bounds
    this.#keys = undefined
    this.freed()
  }

  /**
   * Stores a message unless it is there already.
   *
   * @throws {LogError} QUEUE_FULL, and what `Log.append` throws
   */
  async put(message: StoredMessage, options: StoreMessageOptions = {}): Promise<PutResult> {
    const { value, headers, notes } = message
    const { key, source } = notes
    const keys = key === undefined ? undefined : await this.#knownKeys()
    const made = source && (await this.#madeOf(source, options.origin))
    const bytes = sizeOf(message)
    if (this.#isFull(bytes)) await this.#room(bytes, options.signal)
    // From here to the append nothing else runs: two puts of one key are one.
    assert(source === undefined || options.origin !== undefined, 'a source is somewhere')
    const nowMs = this.#tick(options.origin?.timestamp ?? 0)
    const makingKey = source && placeOf(source)
    const known =
      (makingKey === undefined ? undefined : made?.places.get(makingKey)) ??
      (key === undefined ? undefined : keys?.find(key, nowMs))
    if (known !== undefined) return { offset: await known, isDuplicate: true }
    const { durability } = options
    const record = { value, headers: [...headers, ...headersOf(notes)], timestamp: nowMs }
    const stored = this.#options.log.append(record, durability === undefined ? {} : { durability })
    if (key !== undefined) keys?.add(key, stored, nowMs)
    if (makingKey !== undefined) made?.places.set(makingKey, stored)
    this.#pendingBytes += bytes
    assert(bytes > 0, 'a record has bytes')
    try {
      return { offset: await stored, isDuplicate: false }
    } catch (error) {
      if (key !== undefined) keys?.remove(key)
      if (makingKey !== undefined) made?.places.delete(makingKey)
      throw error
    } finally {
      this.#pendingBytes -= bytes
      assert(this.#pendingBytes >= 0, 'what was added is taken away')
    }
  }

  /** Whether somebody waits for room. */
  get isAwaited(): boolean {
    return this.#waiting.size > 0
  }

  /** There may be room again. */
  freed(): void {
    for (const wake of [...this.#waiting]) wake()
  }

  #tick(leastMs: number): number {
    const before = this.#lastMs
    this.#lastMs = Math.max(this.#options.clock.now(), before, leastMs)
    assert(this.#lastMs >= before, 'times never go back')
    return this.#lastMs
  }

  #isFull(bytes: number): boolean {
    const { maxBytes } = this.#bounds
    if (maxBytes === Infinity) return false
    assert(bytes > 0, 'a record has bytes')
    const taken = this.#options.sizeBytes() + this.#pendingBytes
    // A message that is larger than all has room where nothing else is.
    return taken > 0 && taken + bytes > maxBytes
  }

  async #room(bytes: number, signal: AbortSignal | undefined): Promise<void> {
    const { log } = this.#options
    for (;;) {
      await this.#trim()
      if (!this.#isFull(bytes)) return
      const { maxBytes, whenFull } = this.#bounds
      if (whenFull === 'refuse') {
        const what = `The queue ${log.name} has no room: it has ${maxBytes} bytes at most`
        throw new LogError('QUEUE_FULL', `${what}, and its consumers need what is there.`)
      }
      await this.#untilFreed(signal)
    }
  }

  #trim(): Promise<unknown> {
    this.#trimming ??= this.#bounds.trim().finally(() => {
      this.#trimming = undefined
    })
    return this.#trimming
  }

  #untilFreed(signal: AbortSignal | undefined): Promise<void> {
    const aborted = (): LogError => {
      const message = `Putting into ${this.#options.log.name} was ended by its signal.`
      return new LogError('LOG_CLOSED', message, signal?.reason)
    }
    if (signal?.aborted === true) return Promise.reject(aborted())
    assert(this.#bounds.whenFull === 'wait', 'nobody else waits')
    return new Promise((resolve, reject) => {
      const end = (settle: () => void): void => {
        this.#waiting.delete(wake)
        signal?.removeEventListener('abort', abort)
        settle()
      }
      const wake = (): void => end(resolve)
      const abort = (): void => end(() => reject(aborted()))
      this.#waiting.add(wake)
      signal?.addEventListener('abort', abort, { once: true })
    })
  }

  #knownKeys(): Promise<DedupWindow<Promise<number>>> {
    this.#keys ??= this.#readKeys()
    return this.#keys
  }

  async #readKeys(): Promise<DedupWindow<Promise<number>>> {
    const { log, clock } = this.#options
    const { dedupWindowMs } = this.#bounds
    const keys = new DedupWindow<Promise<number>>(dedupWindowMs)
    const since = Math.max(0, clock.now() - Math.min(dedupWindowMs, clock.now()))
    const from = dedupWindowMs === 0 ? undefined : await log.offsetAt(since)
    if (from === undefined) return keys
    for await (const { offset, timestamp, headers } of log.read({ from })) {
      const { key } = notesOf(headers)
      if (key === undefined || keys.find(key, timestamp) !== undefined) continue
      keys.add(key, Promise.resolve(offset), timestamp)
    }
    return keys
  }

  async #madeOf(
    [queue, consumer]: MessageSource,
    origin: SourceOrigin | undefined,
  ): Promise<MadeMessages> {
    const name = JSON.stringify([queue, consumer])
    let reading = this.#made.get(name)
    if (reading === undefined) {
      reading = this.#readMade(queue, consumer, origin)
      this.#made.set(name, reading)
      reading.catch(() => this.#made.delete(name))
    }
    const made = await reading
    if (made.places.size >= 2 * made.checkedAt) await forgetFinished(made, origin)
    return made
  }

  /**
   * What was made of messages that may come again. None of it is older than the oldest of those: a
   * message has no earlier time than its source.
   */
  async #readMade(
    queue: string,
    consumer: string,
    origin: SourceOrigin | undefined,
  ): Promise<MadeMessages> {
    const { log } = this.#options
    const made = { places: new Map<string, Promise<number>>(), checkedAt: madeMessagesMin }
    const oldest = await origin?.oldest()
    const from = oldest && (await log.offsetAt(oldest.timestamp))
    if (from === undefined) return made
    for await (const { offset, headers } of log.read({ from })) {
      const { source } = notesOf(headers)
      if (source?.[0] !== queue || source[1] !== consumer) continue
      made.places.set(placeOf(source), Promise.resolve(offset))
    }
    return made
  }
}

/** Leaves out what was made of messages that do not come again. */
async function forgetFinished(made: MadeMessages, origin: SourceOrigin | undefined): Promise<void> {
  assert(made.checkedAt >= madeMessagesMin, 'few are all kept')
  made.checkedAt = Infinity
  const { offset: oldest = 0 } = (await origin?.oldest()) ?? {}
  for (const place of made.places.keys()) {
    if (Number.parseInt(place, 10) < oldest) made.places.delete(place)
  }
  made.checkedAt = Math.max(madeMessagesMin, made.places.size)
}

/** What the messages made of one consumer's are told apart by. */
function placeOf([, , offset, index]: MessageSource): string {
  return `${offset}/${index}`
}

function sizeOf({ value, headers }: StoredMessage): number {
  let bytes = recordOverheadBytes + lengthOf(value)
  for (const [key, of] of headers) bytes += key.length + lengthOf(of)
  return bytes
}

function lengthOf(payload: Payload | null): number {
  return payload === null ? 0 : payload.length
}
