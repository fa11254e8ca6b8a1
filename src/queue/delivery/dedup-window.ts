/**
 * Which keys were put within the last while, and where their messages are. Pure. Times may go back,
 * as clocks do: what comes then counts as put when the one before was.
 */
import { assert } from '../../base/assert.ts'

interface Seen<Place> {
  readonly place: Place
  readonly putMs: number
}

/** See the head of this file. `Place` is what a key leads to. */
export class DedupWindow<Place> {
  readonly #windowMs: number
  /** In the order of their times: the first are forgotten first. */
  readonly #seen = new Map<string, Seen<Place>>()
  #lastMs = 0

  constructor(windowMs: number) {
    assert(windowMs >= 0, 'a window has a length')
    this.#windowMs = windowMs
  }

  /** How many keys it knows, some included whose time has passed. */
  get size(): number {
    return this.#seen.size
  }

  /** Where the message of that key is, if it was put less than the window before `nowMs`. */
  find(key: string, nowMs: number): Place | undefined {
    this.#lastMs = Math.max(this.#lastMs, nowMs)
    this.#forget(this.#lastMs)
    return this.#seen.get(key)?.place
  }

  /** A message was put with that key, which the window does not know. */
  add(key: string, place: Place, putMs: number): void {
    this.#lastMs = Math.max(this.#lastMs, putMs)
    this.#forget(this.#lastMs)
    assert(!this.#seen.has(key), 'a key that is known is not put again')
    if (this.#windowMs > 0) this.#seen.set(key, { place, putMs: this.#lastMs })
    assert(this.#windowMs > 0 || this.#seen.size === 0, 'without a window nothing is known')
  }

  /** The message of that key was not stored. */
  remove(key: string): void {
    this.#seen.delete(key)
  }

  #forget(nowMs: number): void {
    for (const [key, { putMs }] of this.#seen) {
      if (nowMs - putMs < this.#windowMs) return
      this.#seen.delete(key)
    }
  }
}
