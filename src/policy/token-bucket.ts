/**
 * How often something expensive may be done: tokens come in steadily, up to a burst, and may be
 * overdrawn once. Pure: the time is passed in. The arithmetic is that of Apache Kafka's quota of
 * controller mutations.
 */
import { assert } from '../base/assert.ts'

/** See the head of this file. Full at its beginning. */
export class TokenBucket {
  #tokens = Number.POSITIVE_INFINITY
  #filledMs = 0

  /** Takes `count`, there or not; it holds at most what comes in `burstSeconds`. */
  take(count: number, rate: number, burstSeconds: number, nowMs: number): void {
    assert(count >= 0, 'nothing is put back')
    this.#fill(rate, burstSeconds, nowMs)
    this.#tokens -= count
  }

  /** For how long it is overdrawn, in ms; 0: something may be taken. */
  overdrawnMs(rate: number, burstSeconds: number, nowMs: number): number {
    this.#fill(rate, burstSeconds, nowMs)
    return this.#tokens < 0 ? Math.round((-this.#tokens / rate) * 1000) : 0
  }

  #fill(rate: number, burstSeconds: number, nowMs: number): void {
    assert(rate > 0 && burstSeconds > 0, 'tokens come in')
    const gained = (rate * Math.max(0, nowMs - this.#filledMs)) / 1000
    this.#tokens = Math.min(rate * burstSeconds, this.#tokens + gained)
    this.#filledMs = Math.max(nowMs, this.#filledMs)
  }
}
