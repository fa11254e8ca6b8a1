/** Works at the messages of one consumer with a handler: several at a time, until it is ended. */
import { assert } from '../base/assert.ts'
import { LogError } from './log-error.ts'
import type { Message } from './queue-message.ts'
import { milliseconds, type ProcessOptions } from './queue-options.ts'

/** Works at a message; what it throws gives the message back. */
export type MessageHandler<V> = (message: Message<V>) => unknown

/** Who hands out. */
export interface MessageTaker<V> {
  take(signal: AbortSignal): Promise<Message<V>>
  /** Has what was done kept. */
  settle(): Promise<void>
}

const retryFirstMs = 1_000
const retryMostMs = 300_000

/** See the head of this file. */
export class Processing<V> {
  readonly #options: ProcessOptions
  readonly #concurrency: number
  readonly #handler: MessageHandler<V>
  readonly #failing = new AbortController()
  readonly #ended: AbortSignal
  #failure: { readonly error: unknown } | undefined

  /**
   * Ends by the signal of the options, or by `ending`.
   *
   * @throws {LogError} INVALID_CONFIG
   */
  constructor(options: ProcessOptions, handler: MessageHandler<V>, ending: AbortSignal) {
    const { concurrency = 1, retryDelayMs, signal } = options
    if (!Number.isSafeInteger(concurrency) || concurrency < 1) {
      const message = `concurrency is ${concurrency}; it has to be a whole number from 1 on.`
      throw new LogError('INVALID_CONFIG', message)
    }
    if (typeof handler !== 'function') {
      throw new LogError('INVALID_CONFIG', `The handler is ${typeof handler}, not a function.`)
    }
    if (typeof retryDelayMs === 'number') milliseconds('retryDelayMs', retryDelayMs)
    this.#options = options
    this.#concurrency = concurrency
    this.#handler = handler
    const signals = [ending, this.#failing.signal, signal]
    this.#ended = AbortSignal.any(signals.filter((one) => one !== undefined))
  }

  /** Resolves when it was ended and nothing is at work; rejects then, where something failed. */
  async run(from: MessageTaker<V>): Promise<void> {
    const work = async (): Promise<void> => {
      while (!this.#ended.aborted) {
        const message = await from.take(this.#ended).catch((error: unknown) => {
          if (!this.#ended.aborted) this.#fail(error)
        })
        if (message !== undefined) await this.#handle(message)
      }
    }
    await Promise.all(Array.from({ length: this.#concurrency }, work))
    assert(this.#ended.aborted, 'only an end ends it')
    if (this.#failure !== undefined) throw this.#failure.error
    await from.settle()
  }

  async #handle(message: Message<V>): Promise<void> {
    const tell = (error: unknown): void => this.#tell(error, message)
    try {
      await this.#handler(message)
    } catch (error) {
      tell(error)
      if (!message.isEnded) await message.nack({ delayMs: this.#delayOf(message) }).catch(tell)
      return
    }
    // The next one is begun meanwhile: acknowledgements share a flush.
    if (!message.isEnded) message.ack().catch(tell)
  }

  #tell(error: unknown, message: Message<V>): void {
    try {
      this.#options.onError?.(error, message)
    } catch (thrown) {
      this.#fail(thrown)
    }
  }

  /** A message is given back whatever the program says of the delay. */
  #delayOf({ attempt }: Message<V>): number {
    const { retryDelayMs } = this.#options
    assert(attempt >= 1, 'attempts count from 1')
    try {
      if (typeof retryDelayMs === 'function') {
        return milliseconds('retryDelayMs', retryDelayMs(attempt))
      }
      if (retryDelayMs !== undefined) return retryDelayMs
    } catch (thrown) {
      this.#fail(thrown)
    }
    return Math.min(retryMostMs, retryFirstMs * 2 ** (attempt - 1))
  }

  /** The first failure ends all who work. */
  #fail(error: unknown): void {
    this.#failure ??= { error }
    this.#failing.abort()
  }
}
