/** A clock and timers that a test moves by hand. Both clocks start at the same number. */
import type { Clock, Timers } from '../../src/base/clock.ts'

interface Due {
  readonly at: number
  readonly callback: () => void
}

/** Time that stands still until {@link ManualTime.advance}. */
export class ManualTime implements Clock, Timers {
  #now = 1_700_000_000_000
  readonly #timers = new Set<Due>()

  now(): number {
    return this.#now
  }
  monotonicMs(): number {
    return this.#now
  }
  setTimeout(callback: () => void, delayMs: number): Due {
    const due = { at: this.#now + Math.max(0, delayMs), callback }
    this.#timers.add(due)
    return due
  }
  clear(handle: unknown): void {
    this.#timers.delete(handle as Due)
  }

  /** Number of timers that have not fired. */
  get pending(): number {
    return this.#timers.size
  }

  /** Lets time pass; timers fire in order, and promises settle between them. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms
    await settle()
    for (;;) {
      const next = [...this.#timers].sort((a, b) => a.at - b.at)[0]
      if (next === undefined || next.at > end) break
      this.#timers.delete(next)
      this.#now = Math.max(this.#now, next.at)
      next.callback()
      await settle()
    }
    this.#now = end
    await settle()
  }
}

/** Lets everything happen that waits for nothing but a turn of the event loop. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve))
}
