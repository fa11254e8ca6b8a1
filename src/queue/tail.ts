/**
 * Waits for the end of one partition to move, for all who read there: one native promise, whoever
 * many wait, and none once nobody does.
 */
import { assert } from '../base/assert.ts'
import type { ReadableLog } from '../storage/log-store.ts'

/** Who waits; called once, with an error if the log went out of service. */
export type TailListener = (error?: unknown) => void

/** See the head of this file. */
export class Tail {
  readonly #log: Pick<ReadableLog, 'highWatermark' | 'passed' | 'giveUp'>
  readonly #listeners = new Set<TailListener>()
  /** What is waited for; undefined: nothing. */
  #awaited: number | undefined

  constructor(log: Pick<ReadableLog, 'highWatermark' | 'passed' | 'giveUp'>) {
    this.#log = log
  }

  /** Tells `listener` when something is behind `position`, where the end was a moment ago. */
  listen(position: number, listener: TailListener): void {
    assert(position >= 0, 'offsets count from 0')
    assert(!this.#listeners.has(listener), 'a reader waits once')
    this.#listeners.add(listener)
    // Who came first waits for less or the same: the end never moves back.
    if (this.#awaited === undefined) void this.#await(position + 1)
  }

  /** Does not tell it any more. */
  forget(listener: TailListener): void {
    this.#listeners.delete(listener)
    if (this.#listeners.size === 0 && this.#awaited !== undefined) this.#log.giveUp(this.#awaited)
  }

  async #await(offset: number): Promise<void> {
    assert(this.#awaited === undefined, 'one offset is waited for')
    this.#awaited = offset
    let failure: { readonly error: unknown } | undefined
    try {
      await this.#log.passed(offset)
    } catch (error) {
      failure = { error }
    }
    this.#awaited = undefined
    // Somebody may have come after all others had left, and the wait was given up.
    if (failure === undefined && this.#log.highWatermark() < offset) {
      if (this.#listeners.size > 0) void this.#await(this.#log.highWatermark() + 1)
      return
    }
    const told = [...this.#listeners]
    this.#listeners.clear()
    for (const listener of told) listener(failure?.error)
  }
}
