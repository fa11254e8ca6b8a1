/**
 * Puts messages into one queue: each once where that was asked for, with rising times, and within
 * the queue's bound. A message by which a later put may be known is not deleted.
 */
import { assert } from '../base/assert.ts'
import type { Clock } from '../base/clock.ts'
import type { HeaderPair } from '../record/headers.ts'
import type { Payload } from '../record/record.ts'
import { DedupWindow } from './delivery/dedup-window.ts'
import { NotedOffsets } from './delivery/noted-offsets.ts'
import type { Log } from './log.ts'
import { LogError } from './log-error.ts'
import type { LogRecord } from './log-record.ts'
import { headersOf, type MessageNotes, type MessageSource, notesOf } from './message-headers.ts'
import type { Durability } from './partition-writer.ts'
import type { PutResult } from './queue-options.ts'
import { isOutOfRange } from './queue-reader.ts'

/** What a {@link QueueTopic} works with. */
export interface QueueTopicOptions {
  readonly log: Log
  readonly clock: Pick<Clock, 'now'>
  /** Of the files, in bytes. */
  readonly sizeBytes: () => number
  /** The largest time of a message that is there; -1: none. */
  readonly lastTimestamp: number
  /** Whether a message may be delivered again, as it is kept. */
  readonly mayComeAgain: (queue: string, consumer: string, offset: number) => boolean
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

/** A stored time so far ahead of the clock is believed, in ms: clocks differ. */
const timeSlackMs = 60_000

/** Messages made of those of one consumer: where they are, by offset and number of their source. */
interface MadeMessages {
  readonly places: Map<string, Promise<number>>
  /** So many were known when the finished ones were last left out. */
  checkedAt: number
}

/** Fewer than these are all kept. */
const madeMessagesMin = 10_000

/** For what a message is not deleted. */
interface PutNote {
  /** When it was put, if it has a key. */
  readonly keyedMs: number | undefined
  readonly source: MessageSource | undefined
  /** It was not stored. */
  isVoid: boolean
}

interface Waiter {
  readonly wake: () => void
  readonly refuse: (error: LogError) => void
}

/** See the head of this file. */
export class QueueTopic {
  readonly #options: QueueTopicOptions
  #bounds = unbounded
  #isEnding = false
  #lastMs: number
  #keys: Promise<DedupWindow<Promise<number>>> | undefined
  readonly #made = new Map<string, Promise<MadeMessages>>()
  /** Of what was put through here, and of what was found when it was opened. */
  readonly #notedPuts = new NotedOffsets<PutNote>()
  readonly #notedFound = new NotedOffsets<PutNote>()
  readonly #foundEnd: number
  /** What was found is noted up to here. */
  #foundAt = 0
  /** Bytes of puts that were let in and are not settled. */
  #pendingBytes = 0
  /** Puts that were not let in yet. */
  #awaiting = 0
  readonly #waiting = new Set<Waiter>()

  constructor(options: QueueTopicOptions) {
    this.#options = options
    this.#lastMs = options.lastTimestamp
    this.#foundEnd = options.log.endOffset()
  }

  /** A queue is open, or closed again. */
  bound(bounds: QueueBounds = unbounded): void {
    assert(bounds.dedupWindowMs >= 0 && bounds.maxBytes > 0, 'options are checked before')
    this.endWaits()
    this.#bounds = bounds
    this.#isEnding = false
    this.#keys = undefined
  }

  /**
   * The queue is about to close, or has failed: who waits for room is told that, and nobody does
   * from now on.
   */
  endWaits(error: LogError = this.#closed()): void {
    this.#isEnding = true
    for (const { refuse } of [...this.#waiting]) refuse(error)
  }

  /**
   * Stores a message unless it is there already.
   *
   * @throws {LogError} QUEUE_FULL, LOG_CLOSED, and what `Log.append` throws
   */
  async put(message: StoredMessage, options: StoreMessageOptions = {}): Promise<PutResult> {
    const { value, headers, notes } = message
    const { key, source } = notes
    const { durability, signal, origin } = options
    assert(source === undefined || origin !== undefined, 'a source is somewhere')
    const bounds = this.#bounds
    const keys = key === undefined ? undefined : await this.#knownKeys()
    const made = source && (await this.#madeOf(source, origin))
    const place = source && placeOf(source)
    const known = (): Promise<number> | undefined =>
      (place === undefined ? undefined : made?.places.get(place)) ??
      (key === undefined ? undefined : keys?.find(key, this.#options.clock.now()))
    const before = known()
    if (before !== undefined) return this.#found(before, durability)
    const all = [...headers, ...headersOf(notes)]
    const bytes = this.#bounds.maxBytes === Infinity ? 0 : sizeOf(value, all)
    if (!this.#reserve(bytes)) await this.#room(bytes, signal)
    // From here to the append nothing else runs: two puts of one key are one.
    let note: PutNote | undefined
    try {
      // The next opening reads the keys anew, and would not know this one.
      if (key !== undefined && bounds !== this.#bounds) throw this.#closed()
      const meanwhile = known()
      if (meanwhile !== undefined) return await this.#found(meanwhile, durability)
      const { log, clock } = this.#options
      const record = { value, headers: all, timestamp: this.#tick(origin?.timestamp ?? 0) }
      const from = log.endOffset()
      const stored = log.append(record, durability === undefined ? {} : { durability })
      if (key !== undefined) keys?.add(key, stored, clock.now())
      if (place !== undefined) made?.places.set(place, stored)
      if (key !== undefined || source !== undefined) {
        note = { keyedMs: key === undefined ? undefined : clock.now(), source, isVoid: false }
        this.#notedPuts.add(from, note)
      }
      return { offset: await stored, isDuplicate: false }
    } catch (error) {
      if (note !== undefined) note.isVoid = true
      if (key !== undefined && note !== undefined) keys?.remove(key)
      if (place !== undefined && note !== undefined) made?.places.delete(place)
      throw error
    } finally {
      this.#pendingBytes -= bytes
      assert(this.#pendingBytes >= 0, 'what was added is taken away')
      if (bytes > 0) this.freed()
    }
  }

  /** It is there already, and as durable as is asked for now once this resolves. */
  async #found(
    place: Promise<number>,
    durability: Durability = this.#options.log.durability,
  ): Promise<PutResult> {
    const offset = await place
    assert(offset >= 0, 'what is there has an offset')
    if (durability === 'fsync') await this.#options.log.flush()
    return { offset, isDuplicate: true }
  }

  /**
   * How far its messages may be deleted, of those below `below`. The others are what later puts are
   * known by: keys within their window, and what was made of messages that may come again.
   */
  async deletableBelow(below: number): Promise<number> {
    await this.#noteFound(below)
    const nowMs = this.#options.clock.now()
    const { mayComeAgain } = this.#options
    const { dedupWindowMs } = this.#bounds
    const isNeeded = ({ keyedMs, source, isVoid }: PutNote): boolean =>
      !isVoid &&
      ((keyedMs !== undefined && nowMs - keyedMs < dedupWindowMs) ||
        (source !== undefined && mayComeAgain(source[0], source[1], source[2])))
    const needed = [this.#notedFound, this.#notedPuts].map((noted) => noted.neededFrom(isNeeded))
    assert(below <= this.#options.log.endOffset(), 'what is not there is not deleted')
    return Math.min(below, ...needed)
  }

  /** Whether somebody waits for room. */
  get isAwaited(): boolean {
    return this.#awaiting > 0
  }

  /** There may be room again. */
  freed(): void {
    for (const { wake } of [...this.#waiting]) wake()
  }

  /** Times rise, but for those that somebody stored far ahead of the clock. */
  #tick(leastMs: number): number {
    const now = this.#options.clock.now()
    const most = now + timeSlackMs
    const stored = [this.#lastMs, leastMs].filter((ms) => ms <= most)
    this.#lastMs = Math.max(now, ...stored)
    assert(this.#lastMs >= now && this.#lastMs <= most, 'a time is about that of the clock')
    return this.#lastMs
  }

  /** Lets a put in if there is room for it, and holds that for it. */
  #reserve(bytes: number): boolean {
    if (bytes === 0) return true
    const { log, sizeBytes } = this.#options
    const taken = sizeBytes() + this.#pendingBytes
    // Files of a segment that is not full stay, although no message is in them.
    const isEmpty = this.#pendingBytes === 0 && log.startOffset() === log.endOffset()
    if (!isEmpty && taken + bytes > this.#bounds.maxBytes) return false
    this.#pendingBytes += bytes
    return true
  }

  async #room(bytes: number, signal: AbortSignal | undefined): Promise<void> {
    const bounds = this.#bounds
    this.#awaiting++
    try {
      for (;;) {
        await bounds.trim()
        if (this.#isEnding || bounds !== this.#bounds) throw this.#closed()
        if (this.#reserve(bytes)) return
        // What is on its way may count twice until it is settled.
        if (bounds.whenFull === 'refuse' && this.#pendingBytes === 0) {
          const what = `The queue ${this.#options.log.name} has no room`
          const most = `it has ${bounds.maxBytes} bytes at most`
          throw new LogError('QUEUE_FULL', `${what}: ${most}, and what is there is needed.`)
        }
        await this.#untilFreed(signal)
      }
    } finally {
      this.#awaiting--
      assert(this.#awaiting >= 0, 'who waits has come')
    }
  }

  #untilFreed(signal: AbortSignal | undefined): Promise<void> {
    const aborted = (): LogError => {
      const message = `Putting into ${this.#options.log.name} was ended by its signal.`
      return new LogError('LOG_CLOSED', message, signal?.reason)
    }
    if (signal?.aborted === true) return Promise.reject(aborted())
    return new Promise((resolve, reject) => {
      const end = (settle: () => void): void => {
        this.#waiting.delete(waiter)
        signal?.removeEventListener('abort', abort)
        settle()
      }
      const waiter = {
        wake: () => end(resolve),
        refuse: (error: LogError) => end(() => reject(error)),
      }
      const abort = (): void => waiter.refuse(aborted())
      this.#waiting.add(waiter)
      signal?.addEventListener('abort', abort, { once: true })
    })
  }

  #closed(): LogError {
    const message = `The queue ${this.#options.log.name} was closed before it took the message.`
    return new LogError('LOG_CLOSED', message)
  }

  /** Notes what was found below that offset, before it is deleted. */
  async #noteFound(below: number): Promise<void> {
    const { log, clock } = this.#options
    const from = Math.max(this.#foundAt, log.startOffset())
    const to = Math.min(below, this.#foundEnd)
    if (from >= to) return
    for await (const record of log.read({ from, to })) {
      const { offset, timestamp } = record
      const { key, source } = notesOf(record)
      this.#foundAt = offset + 1
      if (key === undefined && source === undefined) continue
      const keyedMs = key === undefined ? undefined : Math.min(timestamp, clock.now())
      this.#notedFound.add(offset, { keyedMs, source, isVoid: false })
    }
    this.#foundAt = to
  }

  #knownKeys(): Promise<DedupWindow<Promise<number>>> {
    if (this.#keys === undefined) {
      const reading = this.#readKeys()
      this.#keys = reading
      reading.catch(() => {
        if (this.#keys === reading) this.#keys = undefined
      })
    }
    return this.#keys
  }

  async #readKeys(): Promise<DedupWindow<Promise<number>>> {
    const { clock } = this.#options
    const { dedupWindowMs } = this.#bounds
    const keys = new DedupWindow<Promise<number>>(dedupWindowMs)
    if (dedupWindowMs === 0) return keys
    const sinceMs = clock.now() - Math.min(dedupWindowMs, clock.now())
    await this.#readSince(sinceMs, (record) => {
      const { offset, timestamp } = record
      const { key } = notesOf(record)
      const putMs = Math.min(timestamp, clock.now())
      if (key === undefined || keys.find(key, putMs) !== undefined) return
      keys.add(key, Promise.resolve(offset), putMs)
    })
    return keys
  }

  /** Reads what is not older than that; from the beginning again where it is deleted meanwhile. */
  async #readSince(sinceMs: number, each: (record: LogRecord) => void): Promise<void> {
    const { log } = this.#options
    assert(sinceMs >= 0, 'times count from 1970')
    // What was put and is not on the disk yet is not read.
    await log.flush()
    for (;;) {
      const from = await log.offsetAt(sinceMs)
      if (from === undefined) return
      try {
        for await (const record of log.read({ from })) each(record)
        return
      } catch (error) {
        if (!isOutOfRange(error) || log.startOffset() <= from) throw error
      }
    }
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
    if (made.places.size >= 2 * made.checkedAt) this.#forgetFinished(made, queue, consumer)
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
    const made = { places: new Map<string, Promise<number>>(), checkedAt: madeMessagesMin }
    const { timestamp = 0 } = (await origin?.oldest()) ?? {}
    // Where the source's clock is ahead its time tells nothing.
    const nowMs = this.#options.clock.now()
    const sinceMs = timestamp > nowMs ? 0 : Math.max(0, timestamp - timeSlackMs)
    await this.#readSince(sinceMs, (record) => {
      const { source } = notesOf(record)
      if (source?.[0] !== queue || source[1] !== consumer) return
      made.places.set(placeOf(source), Promise.resolve(record.offset))
    })
    return made
  }

  /** Leaves out what was made of messages that do not come again. */
  #forgetFinished(made: MadeMessages, queue: string, consumer: string): void {
    assert(made.checkedAt >= madeMessagesMin, 'few are all kept')
    for (const place of made.places.keys()) {
      const offset = Number.parseInt(place, 10)
      if (!this.#options.mayComeAgain(queue, consumer, offset)) made.places.delete(place)
    }
    made.checkedAt = Math.max(madeMessagesMin, made.places.size)
  }
}

/** What the messages made of one consumer's are told apart by. */
function placeOf([, , offset, index, leaderEpoch]: MessageSource): string {
  return `${offset}/${index}/${leaderEpoch}`
}

/** About what a message takes, in bytes. */
export function storedBytes({ value, headers, notes }: StoredMessage): number {
  return sizeOf(value, [...headers, ...headersOf(notes)])
}

function sizeOf(value: Payload | null, headers: readonly HeaderPair[]): number {
  let bytes = recordOverheadBytes + lengthOf(value)
  for (const [key, of] of headers) bytes += lengthOf(key) + lengthOf(of)
  return bytes
}

function lengthOf(payload: Payload | null): number {
  return payload === null ? 0 : Buffer.byteLength(payload)
}
