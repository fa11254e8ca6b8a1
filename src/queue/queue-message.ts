import { assert } from '../base/assert.ts'
import type { RecordHeader } from '../record/headers.ts'
import { LogError } from './log-error.ts'

/** What a message does with itself; its consumer's part. */
export interface MessageOwner {
  readonly queue: string
  readonly consumer: string
  finish(offset: number, attempt: number): Promise<void> | undefined
  giveBack(offset: number, attempt: number, delayMs: number): Promise<void> | undefined
  extend(offset: number, attempt: number): boolean
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
 * ```js
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
  /** How many messages were made of it, by the queue that they went to. */
  readonly #made = new Map<string, number>()

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
    return this.#ended !== undefined
  }

  /**
   * It is finished for this consumer. Resolves when that is as durable as the queue. Once more:
   * waits for the same.
   *
   * @throws {LogError} LEASE_LOST, LOG_CLOSED, DISK_FULL, LOG_FAILED
   */
  ack(): Promise<void> {
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
    const { delayMs = 0 } = options
    if (!(delayMs >= 0 && Number.isFinite(delayMs))) {
      const message = `delayMs is ${String(delayMs)}; it has to be a number of ms, from 0 on.`
      return Promise.reject(new LogError('INVALID_CONFIG', message))
    }
    const delay = Math.ceil(delayMs)
    assert(delay >= delayMs, 'nothing comes too early')
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

  /** The oldest message that its consumer may get again, and when it was put. */
  oldest(): Promise<{ readonly offset: number; readonly timestamp: number }> {
    return this.#owner.oldest()
  }

  /** The number of the next message that is made of it for that queue. */
  nextMade(queue: string): number {
    const index = this.#made.get(queue) ?? 0
    assert(index >= 0, 'they are counted from 0')
    this.#made.set(queue, index + 1)
    return index
  }

  async #end(call: () => Promise<void> | undefined): Promise<void> {
    const ended = call()
    if (ended === undefined) throw this.#lost()
    await ended
  }

  #lost(): LogError {
    const what = `The lease of message ${this.offset} of ${this.queue} has ended`
    const who = `consumer ${this.consumer} gets it again, or has`
    return new LogError('LEASE_LOST', `${what}: ${who}; take a longer leaseMs, or extend() it.`)
  }
}
