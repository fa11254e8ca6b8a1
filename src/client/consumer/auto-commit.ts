import { assert } from '../../base/assert.ts'

/** When offsets are committed without being asked: at a poll, once per interval. Pure. */
export class AutoCommit {
  readonly #intervalMs: number
  #dueMs: number

  /** @param intervalMs Infinity for never. */
  constructor(intervalMs: number, nowMs: number) {
    assert(intervalMs >= 0, 'an interval is not negative')
    this.#intervalMs = intervalMs
    this.#dueMs = nowMs + intervalMs
  }

  /** Whether it is on. */
  get isOn(): boolean {
    return this.#intervalMs !== Infinity
  }

  /** Whether {@link isDue} would say so. */
  wouldBeDue(nowMs: number): boolean {
    return nowMs >= this.#dueMs
  }

  /** At a poll: whether to commit now. If so, the next interval begins. */
  isDue(nowMs: number): boolean {
    if (nowMs < this.#dueMs) return false
    this.#dueMs = nowMs + this.#intervalMs
    return true
  }

  /** A commit failed for now: the next poll after this moment tries again. */
  retryAt(atMs: number): void {
    this.#dueMs = Math.min(this.#dueMs, atMs)
  }
}
