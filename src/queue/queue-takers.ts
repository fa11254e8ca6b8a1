/** Who waits for a message of one consumer: first come, first served, until a signal ends it. */
import { assert } from '../base/assert.ts'

interface Taker<M> {
  readonly resolve: (message: M) => void
  readonly reject: (error: unknown) => void
  readonly signal: AbortSignal | undefined
}

/** Those who wait with one signal, which has one listener for all of them. */
interface Company<M> {
  readonly takers: Set<Taker<M>>
  readonly leave: () => void
}

/** See the head of this file. */
export class Takers<M> {
  readonly #waiting = new Set<Taker<M>>()
  readonly #companies = new Map<AbortSignal, Company<M>>()
  readonly #onLeft: (signal: AbortSignal) => unknown

  /** `onLeft` is called when a signal has ended some, and gives the error that they are told. */
  constructor(onLeft: (signal: AbortSignal) => unknown) {
    this.#onLeft = onLeft
  }

  get size(): number {
    return this.#waiting.size
  }

  /** Waits in the line; the signal was not aborted so far. */
  wait(signal: AbortSignal | undefined): Promise<M> {
    assert(signal?.aborted !== true, 'who is ended does not wait')
    return new Promise((resolve, reject) => {
      const taker = { resolve, reject, signal }
      this.#waiting.add(taker)
      if (signal !== undefined) this.#join(taker, signal)
    })
  }

  /** Gives a message to the first in the line. */
  serve(message: M): void {
    this.#leaveFirst().resolve(message)
  }

  /** Tells the first in the line why there is none. */
  refuse(error: unknown): void {
    this.#leaveFirst().reject(error)
  }

  /** Tells all of them. */
  refuseAll(error: unknown): void {
    while (this.size > 0) this.refuse(error)
    assert(this.#companies.size === 0, 'nobody waits with a signal')
  }

  #leaveFirst(): Taker<M> {
    const [first] = this.#waiting
    assert(first !== undefined, 'somebody waits')
    this.#waiting.delete(first)
    const company = first.signal === undefined ? undefined : this.#companies.get(first.signal)
    company?.takers.delete(first)
    if (company?.takers.size === 0) company.leave()
    return first
  }

  #join(taker: Taker<M>, signal: AbortSignal): void {
    const known = this.#companies.get(signal)
    if (known !== undefined) {
      known.takers.add(taker)
      return
    }
    const takers = new Set([taker])
    const end = (): void => {
      leave()
      for (const one of takers) this.#waiting.delete(one)
      const error = this.#onLeft(signal)
      for (const { reject } of takers) reject(error)
    }
    const leave = (): void => {
      signal.removeEventListener('abort', end)
      this.#companies.delete(signal)
    }
    signal.addEventListener('abort', end, { once: true })
    this.#companies.set(signal, { takers, leave })
  }
}
