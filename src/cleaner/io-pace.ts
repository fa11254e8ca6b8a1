/**
 * Keeps reading and writing below `log.cleaner.io.max.bytes.per.second`: after each piece it says
 * how long to wait. What was not used is not saved up, so there are no bursts after a pause.
 */
import { assert } from '../base/assert.ts'

/** Waits shorter than this would only cost wake-ups; they add up until they are worth it, in ms. */
const waitMsMin = 5

/** See the head of this file. Bytes per second over 0; `Infinity` is no limit. */
export class IoPace {
  #bytesPerSecond: number
  /** When the bytes so far would be through at that speed. */
  #dueMs = Number.NEGATIVE_INFINITY

  constructor(bytesPerSecond: number) {
    assert(bytesPerSecond > 0, 'something may be read')
    this.#bytesPerSecond = bytesPerSecond
  }

  /** From the next bytes on. */
  limit(bytesPerSecond: number): void {
    assert(bytesPerSecond > 0, 'something may be read')
    this.#bytesPerSecond = bytesPerSecond
  }

  /** So many bytes went through by `nowMs`, a monotonic time; how many ms to wait before more. */
  note(bytes: number, nowMs: number): number {
    assert(bytes >= 0, 'bytes are not negative')
    this.#dueMs = Math.max(this.#dueMs, nowMs) + (bytes * 1000) / this.#bytesPerSecond
    const waitMs = this.#dueMs - nowMs
    return waitMs < waitMsMin ? 0 : waitMs
  }
}
