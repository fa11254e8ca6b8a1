/**
 * How a broker comes to the engine behind a log, a queue or a store that a program has open, of
 * which the program itself sees nothing.
 */
import { assert } from '../base/assert.ts'
import type { Engine } from './engine.ts'
import { StartError } from './start-error.ts'

/** One that stands on an engine that it did not start. */
export interface Guest {
  stop(): Promise<void>
}

/** An engine whose owner lets one guest stand on it, and ends it first. */
export class SharedEngine {
  readonly engine: Engine
  #guest: Promise<Guest> | undefined
  #isEnding = false

  constructor(engine: Engine) {
    this.engine = engine
  }

  /**
   * Starts a guest, which calls {@link leave} when it has stopped, or could not start. Throws a
   * {@link StartError} where there is one already, and once the owner closes.
   */
  admit<G extends Guest>(start: () => Promise<G>): Promise<G> {
    const { metadata } = this.engine.settings.directories
    if (this.#isEnding) throw new StartError(`What is in ${metadata} is closed; open it again.`)
    if (this.#guest !== undefined) {
      const way = 'stop it first, or give it all the listeners'
      throw new StartError(`A broker serves what is in ${metadata} already; ${way}.`)
    }
    const guest = start()
    this.#guest = guest
    return guest
  }

  /** The guest has gone; the next one may come. */
  leave(): void {
    assert(this.#guest !== undefined, 'only who came leaves')
    this.#guest = undefined
  }

  /** Stops the guest, and lets none in any more. Never rejects: a guest tells its own log. */
  async end(): Promise<void> {
    this.#isEnding = true
    const guest = await this.#guest?.catch(() => undefined)
    await guest?.stop().catch(() => undefined)
  }
}

let engineIn: (holder: EngineHolder) => SharedEngine

/** What a log, a queue and a store have in common: an engine that a broker may stand on. */
export abstract class EngineHolder {
  readonly #engine: SharedEngine

  constructor(engine: SharedEngine) {
    this.#engine = engine
  }

  static {
    engineIn = (holder) => holder.#engine
  }
}

/** The engine of what is one of those; undefined of anything else. */
export function engineBehind(value: unknown): SharedEngine | undefined {
  return value instanceof EngineHolder ? engineIn(value) : undefined
}
