/** Something that may be waited for: news, or that time passed. */
import { assert } from '../../base/assert.ts'
import type { Timers } from '../../base/clock.ts'

/** News that nobody waited for is kept until somebody does. */
export class Signal {
  readonly #timers: Timers
  readonly #wakes = new Set<() => void>()
  #isSet = false

  /** @param timers keep the process alive, since somebody waits. */
  constructor(timers: Timers) {
    this.#timers = timers
  }

  /** There is news: all who wait go on, and if nobody does, the next who comes does not wait. */
  set(): void {
    this.#isSet = this.#wakes.size === 0
    for (const wake of this.#wakes) wake()
  }

  /** Resolves at the next news, or after that long. */
  async wait(timeoutMs: number): Promise<void> {
    if (this.#isSet || timeoutMs <= 0) {
      this.#isSet = false
      return
    }
    assert(!Number.isNaN(timeoutMs), 'a wait has an end')
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        this.#timers.clear(timer)
        this.#wakes.delete(wake)
        resolve()
      }
      const timer = this.#timers.setTimeout(wake, timeoutMs)
      this.#wakes.add(wake)
    })
  }
}
