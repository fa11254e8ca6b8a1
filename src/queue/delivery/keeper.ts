/**
 * Keeps what changes of one consumer: the changes of a turn of the event loop in one batch, and
 * those that come while one is on its way to the disk in the next. What is only handed out need not
 * reach the disk: it counts attempts.
 */
import { assert } from '../../base/assert.ts'

/** What a {@link Keeper} works with. `Changes` is what has to be kept. */
export interface KeeperOptions<Changes> {
  /** What changed since the last call; undefined: nothing did. */
  readonly take: () => Changes | undefined
  /** It was not kept: it is part of the next call's answer. */
  readonly putBack: (changes: Changes) => void
  /** Resolves when it is kept; as durable as acknowledgements are, if `isFinal`. */
  readonly write: (changes: Changes, isFinal: boolean) => Promise<unknown>
  /** Calls it in a later turn. */
  readonly later: (call: () => void) => void
}

interface Waiter {
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/** See the head of this file. */
export class Keeper<Changes> {
  readonly #options: KeeperOptions<Changes>
  #waiters: Waiter[] = []
  #isScheduled = false
  /** Something changed while a write was under way. */
  #isTouched = false
  /** The write that is under way. */
  #writing: Promise<void> | undefined

  constructor(options: KeeperOptions<Changes>) {
    this.#options = options
  }

  /** Something changed that nobody waits for. */
  touch(): void {
    if (this.#isScheduled) return
    this.#isTouched = this.#writing !== undefined
    if (this.#isTouched) return
    this.#isScheduled = true
    this.#options.later(this.#turn)
  }

  /** Resolves when all that changed so far is kept for good. */
  settle(): Promise<void> {
    const settled = new Promise<void>((resolve, reject) => this.#waiters.push({ resolve, reject }))
    this.touch()
    return settled
  }

  readonly #turn = (): void => {
    this.#isScheduled = false
    assert(this.#writing === undefined, 'one write is under way at a time')
    const waiters = this.#waiters
    this.#waiters = []
    const { take, putBack, write } = this.#options
    const changes = take()
    if (changes === undefined) {
      for (const { resolve } of waiters) resolve()
      return
    }
    this.#writing = write(changes, waiters.length > 0).then(
      () => {
        for (const { resolve } of waiters) resolve()
        this.#written()
      },
      (error: unknown) => {
        putBack(changes)
        for (const { reject } of waiters) reject(error)
        this.#written()
      },
    )
  }

  #written(): void {
    assert(this.#writing !== undefined && !this.#isScheduled, 'a write that ends was under way')
    this.#writing = undefined
    if (this.#isTouched) this.touch()
  }
}
