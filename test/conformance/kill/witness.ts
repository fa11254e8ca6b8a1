import { isDeepStrictEqual } from 'node:util'

/**
 * What a client may say of one thing that it changes, and that a broker died over: the state that
 * was acknowledged last, or the one that it had asked for and got no answer to. Nothing between.
 */
export class Witness<State> {
  #held: State
  #asked: State | undefined
  /** Acknowledged changes. */
  changes = 0
  /** Changes without an answer that were found to hold, or not to hold. */
  readonly unanswered = { held: 0, lost: 0 }

  constructor(initial: State) {
    this.#held = initial
  }

  /** The state that the next change starts from. */
  get held(): State {
    return this.#held
  }

  /** Asks for `next`; `act` resolves once it is acknowledged, and rejects where no answer came. */
  async change(next: State, act: () => Promise<void>): Promise<void> {
    this.#asked = next
    await act()
    this.#asked = undefined
    this.#held = next
    this.changes++
  }

  /** The fault in what is found, or undefined. From then on that is the state. */
  judge(found: State): string | undefined {
    const asked = this.#asked
    this.#asked = undefined
    if (isDeepStrictEqual(found, this.#held)) {
      if (asked !== undefined) this.unanswered.lost++
      return undefined
    }
    const allowed = asked === undefined ? [this.#held] : [this.#held, asked]
    if (asked !== undefined && isDeepStrictEqual(found, asked)) {
      this.#held = asked
      this.unanswered.held++
      return undefined
    }
    const [is, mayBe] = [JSON.stringify(found), allowed.map((state) => JSON.stringify(state))]
    return `found ${is}, acknowledged and asked for: ${mayBe.join(' and ')}`
  }
}
