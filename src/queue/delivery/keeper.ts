/**
 * Keeps what changes of one consumer, strictly in order: one write at a time, and none before the
 * one ahead of it is known to be stored or not. What is to be kept for good is flushed: all that
 * changes in a turn of the event loop by one flush, what changes while that runs by the next.
 */
import { assert } from '../../base/assert.ts'

/** What a {@link Keeper} works with. `Changes` is what has to be kept. */
export interface KeeperOptions<Changes> {
  /** What changed since the last call, or a part of it; undefined: nothing did. */
  readonly take: () => Changes | undefined
  /** It was not kept: it is part of the next call's answer. */
  readonly putBack: (changes: Changes) => void
  /** Resolves when the operating system has all of it; rejects when nothing of it was stored. */
  readonly write: (changes: Changes) => Promise<unknown>
  /** Resolves when all that was written is kept as acknowledgements are. */
  readonly flush: () => Promise<unknown>
  /** Calls it in a later turn. */
  readonly later: (call: () => void) => void
}

/** What all wait for who asked in one turn. */
interface Settling {
  readonly settled: Promise<void>
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/** See the head of this file. */
export class Keeper<Changes> {
  readonly #options: KeeperOptions<Changes>
  #asked: Settling | undefined
  /** The writes so far, which do not overlap. */
  #written: Promise<unknown> = Promise.resolve()
  /** A turn is to come, or at work. */
  #isBusy = false
  #isTouched = false
  #isStopped = false

  constructor(options: KeeperOptions<Changes>) {
    this.#options = options
  }

  /** Resolves when the operating system has all that changed so far. */
  write(): Promise<void> {
    return this.#isStopped ? Promise.reject(stopped()) : this.#write()
  }

  /** Something changed that nobody waits for. */
  touch(): void {
    if (this.#isStopped) return
    this.#isTouched = true
    this.#schedule()
  }

  /** Resolves when all that changed so far is kept for good; of one turn it is one promise. */
  settle(): Promise<void> {
    if (this.#isStopped) return Promise.reject(stopped())
    this.#asked ??= settling()
    this.#schedule()
    return this.#asked.settled
  }

  /** Keeps what changed so far; nothing is written once that is settled. Idempotent. */
  async stop(): Promise<void> {
    if (this.#isStopped) return
    const settled = this.settle()
    this.#isStopped = true
    await settled.finally(() => {
      assert(this.#asked === undefined, 'nobody waits for what does not come')
    })
  }

  #write(): Promise<void> {
    const written = this.#written.then(async () => {
      const { take, putBack, write } = this.#options
      for (let changes = take(); changes !== undefined; changes = take()) {
        try {
          await write(changes)
        } catch (error) {
          putBack(changes)
          throw error
        }
      }
    })
    this.#written = written.catch(() => undefined)
    return written
  }

  #schedule(): void {
    if (this.#isBusy) return
    this.#isBusy = true
    this.#options.later(() => void this.#turn())
  }

  async #turn(): Promise<void> {
    assert(this.#isBusy, 'a turn was asked for')
    const asked = this.#asked
    this.#asked = undefined
    this.#isTouched = false
    try {
      await this.#write()
      if (asked !== undefined) await this.#options.flush()
      asked?.resolve()
    } catch (error) {
      asked?.reject(error)
    }
    this.#isBusy = false
    if (this.#asked !== undefined || this.#isTouched) this.#schedule()
  }
}

function settling(): Settling {
  const made = {} as { resolve: () => void; reject: (error: unknown) => void }
  const settled = new Promise<void>((resolve, reject) => Object.assign(made, { resolve, reject }))
  return { settled, ...made }
}

function stopped(): Error {
  return new Error('nothing is kept any more')
}
