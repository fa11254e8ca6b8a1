/** Has what nobody needs deleted: once in a while, and at once where somebody waits for room. */
import { assert } from '../base/assert.ts'
import type { Timers } from '../base/clock.ts'

/** What a {@link QueueTrimmer} works with. */
export interface TrimmerOptions {
  readonly timers: Timers
  /** Deletes it; true: time alone may free more. */
  readonly trim: () => Promise<boolean>
  /** Whether somebody waits for room. */
  readonly isAwaited: () => boolean
}

/** Finished messages are deleted so often, in ms. */
const trimEveryMs = 1_000

/** See the head of this file. */
export class QueueTrimmer {
  readonly #options: TrimmerOptions
  #running: Promise<void> | undefined
  /** Begins behind the one that runs. */
  #next: Promise<void> | undefined
  #timer: unknown
  #isStopped = false

  constructor(options: TrimmerOptions) {
    this.#options = options
  }

  /** Something was finished. */
  soon(): void {
    if (this.#isStopped) return
    if (this.#options.isAwaited()) void this.now().catch(() => undefined)
    else this.#later()
  }

  /** Resolves when what could be deleted at this moment is; rejects where that fails. */
  now(): Promise<void> {
    if (this.#running === undefined) {
      this.#running = this.#run().finally(() => {
        this.#running = undefined
      })
      return this.#running
    }
    this.#next ??= this.#running
      .catch(() => undefined)
      .then(() => {
        this.#next = undefined
        return this.now()
      })
    return this.#next
  }

  /** Deletes once more what it can; nothing after that. */
  async stop(): Promise<void> {
    assert(!this.#isStopped, 'it is stopped once')
    this.#isStopped = true
    this.#options.timers.clear(this.#timer)
    await this.now().catch(() => undefined)
  }

  async #run(): Promise<void> {
    const { trim, isAwaited } = this.#options
    let isMore = true
    try {
      isMore = await trim()
    } finally {
      if (isMore || isAwaited()) this.#later()
    }
  }

  #later(): void {
    if (this.#timer !== undefined || this.#isStopped) return
    this.#timer = this.#options.timers.setTimeout(() => {
      assert(this.#timer !== undefined, 'a timer that fires was set')
      this.#timer = undefined
      void this.now().catch(() => undefined)
    }, trimEveryMs)
  }
}
