import { assert } from '../base/assert.ts'

/**
 * Keeps whoever can cause log lines at will from filling the disk with them: at most so many lines
 * in each window of time, and a count of the others with the first line of the next window.
 */
export class LogLimiter {
  readonly #monotonicMs: () => number
  readonly #linesMax: number
  readonly #windowMs: number
  #windowStart = -Infinity
  #lines = 0
  #dropped = 0

  constructor(monotonicMs: () => number, linesMax: number, windowMs: number) {
    assert(linesMax > 0 && windowMs > 0, 'a limiter lets something through')
    this.#monotonicMs = monotonicMs
    this.#linesMax = linesMax
    this.#windowMs = windowMs
  }

  /** The text to log, with a note of what was left out before it; undefined: leave this one out. */
  admit(text: string): string | undefined {
    const now = this.#monotonicMs()
    if (now - this.#windowStart >= this.#windowMs) {
      this.#windowStart = now
      this.#lines = 0
    }
    if (this.#lines === this.#linesMax) {
      this.#dropped++
      return undefined
    }
    this.#lines++
    const note = this.#dropped === 0 ? '' : ` (${this.#dropped} such lines were left out.)`
    this.#dropped = 0
    return text + note
  }
}
