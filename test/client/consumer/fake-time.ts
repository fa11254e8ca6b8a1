/** A clock and timers that a test moves. */
import type { Clock, Timers } from '../../../src/base/clock.ts'
import type { Random } from '../../../src/base/random.ts'
import type { NetworkEnvironment } from '../../../src/client/network/environment.ts'

interface Timer {
  readonly atMs: number
  readonly callback: () => void
}

/** Starts at 1,000 ms. */
export class FakeTime implements Clock, Timers {
  #nowMs = 1_000
  readonly #timers = new Set<Timer>()

  now(): number {
    return this.#nowMs
  }

  monotonicMs(): number {
    return this.#nowMs
  }

  setTimeout(callback: () => void, delayMs: number): Timer {
    const timer = { atMs: this.#nowMs + delayMs, callback }
    this.#timers.add(timer)
    return timer
  }

  clear(handle: unknown): void {
    this.#timers.delete(handle as Timer)
  }

  /** How many timers are set. */
  get timers(): number {
    return this.#timers.size
  }

  /** Time passes; what is due fires in its order. */
  pass(ms: number): void {
    const endMs = this.#nowMs + ms
    for (;;) {
      const due = [...this.#timers].filter(({ atMs }) => atMs <= endMs)
      const next = due.sort((a, b) => a.atMs - b.atMs)[0]
      if (next === undefined) break
      this.#timers.delete(next)
      this.#nowMs = Math.max(this.#nowMs, next.atMs)
      next.callback()
    }
    this.#nowMs = endMs
  }

  environment(random: Random): NetworkEnvironment {
    return { clock: this, timers: this, waits: this, random }
  }
}
