/** How long a page may keep the thread before others have it, in ms. */
const sliceMs = 5

/** Lets others have the event loop while something long is made in pieces. */
export class Breather {
  readonly #monotonicMs: () => number
  #sliceEndMs: number

  constructor(monotonicMs: () => number = () => performance.now()) {
    this.#monotonicMs = monotonicMs
    this.#sliceEndMs = monotonicMs() + sliceMs
  }

  /** Whether it is time for {@link rest}; cheap enough to be asked for every line. */
  get isDue(): boolean {
    return this.#monotonicMs() >= this.#sliceEndMs
  }

  /** Resolves when the event loop has gone round; the next slice begins then. */
  async rest(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve))
    this.#sliceEndMs = this.#monotonicMs() + sliceMs
  }
}
