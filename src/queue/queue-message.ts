import { assert } from '../base/assert.ts'
import type { RecordHeader } from '../record/headers.ts'
import { LogError } from './log-error.ts'
import { milliseconds } from './queue-options.ts'

/** What a message does with itself; its consumer's part. */
export interface MessageOwner {
  readonly queue: string
  readonly consumer: string
  finish(offset: number, attempt: number): Promise<void> | undefined
  giveBack(offset: number, attempt: number, delayMs: number): Promise<void> | undefined
  extend(offset: number, attempt: number): boolean
  /** Resolves when the operating system has it that its messages were handed out. */
  noted(): Promise<void>
  /** Of the message at an offset. */
  leaderEpochAt(offset: number): number
  /** Has what was done kept for good. */
  settle(): Promise<void>
  /** The oldest message that may be delivered to it again, and when it was put. */
  oldest(): Promise<{ readonly offset: number; readonly timestamp: number }>
}

/** What a message is made of. */
export interface MessageParts<V> {
  readonly offset: number
  readonly timestamp: number
  readonly attempt: number
  readonly value: V | null
  readonly headers: readonly RecordHeader[]
}

/**
 * A message in somebody's hands. It is theirs until they acknowledge it, give it back, or the lease
 * has run out; who is late gets a `LogError` with the code LEASE_LOST and changes nothing.
 *
 * @example
 * ```ts
 * import { Queue } from 'odradek'
 *
 * await using queue = await Queue.open('./data/mail')
 * for await (const message of queue.take({ consumer: 'sender' })) {
 *   if (message.value === null) await message.nack({ delayMs: 5_000 })
 *   else await message.ack()
 * }
 * ```
 */
export class Message<V = Buffer> {
  /** Its number in the queue. */
  readonly offset: number
  /** When it was put, in ms since the epoch. */
  readonly timestamp: number
  /** Which delivery to this consumer it is, from 1. */
  readonly attempt: number
  readonly value: V | null
  readonly headers: readonly RecordHeader[]
  readonly #owner: MessageOwner
  #ended: Promise<void> | undefined
  /** How it ended. */
  #outcome: 'acknowledged' | 'given back' | undefined
  /** It was acknowledged or given back, and that could not be kept yet. */
  #isUnkept = false
  /** Numbers of the messages that were made of it, by the queue that they went to. */
  #made: Map<string, { next: number; readonly free: number[] }> | undefined

  /** Messages come from `Queue.take` and `Queue.process`. */
  constructor(parts: MessageParts<V>, owner: MessageOwner) {
    assert(parts.attempt >= 1, 'attempts count from 1')
    this.offset = parts.offset
    this.timestamp = parts.timestamp
    this.attempt = parts.attempt
    this.value = parts.value
    this.headers = parts.headers
    this.#owner = owner
  }

  /** The queue that it is of. */
  get queue(): string {
    return this.#owner.queue
  }

  /** Who has it. */
  get consumer(): string {
    return this.#owner.consumer
  }

  /** Whether it was acknowledged or given back. */
  get isEnded(): boolean {
    return this.#ended !== undefined || this.#isUnkept
  }

  /**
   * It is finished for this consumer. Resolves when that is as durable as the queue. Once more:
   * waits for the same; after DISK_FULL it tries again to have it kept. One that was given back is
   * lost to it.
   *
   * @throws {LogError} LEASE_LOST, LOG_CLOSED, DISK_FULL, LOG_FAILED
   */
  ack(): Promise<void> {
    if (this.#outcome === 'given back') return Promise.reject(this.#lost())
    this.#outcome = 'acknowledged'
    this.#ended ??= this.#end(() => this.#owner.finish(this.offset, this.attempt))
    return this.#ended
  }

  /**
   * It is given back, and handed out again after `delayMs`, 0 unless given; after its last attempt
   * it goes to the dead letters. Resolves as {@link ack} does.
   *
   * @throws {LogError} LEASE_LOST, LOG_CLOSED, DISK_FULL, LOG_FAILED
   */
  nack(options: { readonly delayMs?: number } = {}): Promise<void> {
    let delay: number
    try {
      delay = milliseconds('delayMs', options.delayMs ?? 0)
    } catch (error) {
      return Promise.reject(error)
    }
    if (this.#outcome === 'acknowledged') return Promise.reject(this.#lost())
    this.#outcome = 'given back'
    this.#ended ??= this.#end(() => this.#owner.giveBack(this.offset, this.attempt, delay))
    return this.#ended
  }

  /**
   * Its lease begins anew.
   *
   * @throws {LogError} LEASE_LOST
   */
  extend(): void {
    if (this.isEnded || !this.#owner.extend(this.offset, this.attempt)) throw this.#lost()
  }

  /** Of the message itself: another one at its offset has another. */
  leaderEpoch(): number {
    assert(this.offset >= 0, 'offsets count from 0')
    return this.#owner.leaderEpochAt(this.offset)
  }

  /**
   * Resolves when the operating system has it that the message was handed out: what is made of it
   * is not deleted from then on.
   *
   * @throws {LogError} DISK_FULL, LOG_CLOSED, LOG_FAILED
   */
  noted(): Promise<void> {
    return this.#owner.noted()
  }

  /** The oldest message that its consumer may get again, and when it was put. */
  oldest(): Promise<{ readonly offset: number; readonly timestamp: number }> {
    return this.#owner.oldest()
  }

  /** The lowest number that no message has which was made of it for that queue. */
  nextMade(queue: string): number {
    this.#made ??= new Map()
    const numbers = this.#made.get(queue) ?? { next: 0, free: [] }
    this.#made.set(queue, numbers)
    const index = numbers.free.shift() ?? numbers.next++
    assert(index >= 0 && index < numbers.next, 'they are counted from 0')
    return index
  }

  /** The message of that number was not stored: the next one has it. */
  notMade(queue: string, index: number): void {
    const free = this.#made?.get(queue)?.free
    assert(free !== undefined && !free.includes(index), 'a number is given back once')
    free.push(index)
    free.sort((one, other) => one - other)
  }

  #end(call: () => Promise<void> | undefined): Promise<void> {
    let ended: Promise<void> | undefined
    try {
      ended = this.#isUnkept ? this.#owner.settle() : call()
    } catch (error) {
      return Promise.reject(error)
    }
    if (ended === undefined) return Promise.reject(this.#lost())
    return ended.catch((error: unknown) => {
      this.#isUnkept = error instanceof LogError && error.retriable
      if (this.#isUnkept) this.#ended = undefined
      throw error
    })
  }

  #lost(): LogError {
    const what = `The lease of message ${this.offset} of ${this.queue} has ended`
    const who = `consumer ${this.consumer} gets it again, or has`
    return new LogError('LEASE_LOST', `${what}: ${who}; take a longer leaseMs, or extend() it.`)
  }
}
