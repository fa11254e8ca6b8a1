import type { Logger } from '../telemetry/logger.ts'

/** What runs, complete or half started, and the order in which it stops. */
export class RunningParts<Name extends string> {
  readonly #order: readonly Name[]
  readonly #logger: Logger
  readonly #stops = new Map<Name, () => Promise<unknown>>()

  /** `order` names every part that there may be. */
  constructor(order: readonly Name[], logger: Logger) {
    this.#order = order
    this.#logger = logger
  }

  /**
   * A part runs now; `stop` ends it. It rejects where that fails, or resolves with an `Error` that
   * the log tells of already.
   */
  add(name: Name, stop: () => Promise<unknown>): void {
    this.#stops.set(name, stop)
  }

  /** Stops all parts, whatever fails. Returns the first failure. */
  async stop(): Promise<Error | undefined> {
    let first: Error | undefined
    for (const name of this.#order) {
      const stop = this.#stops.get(name)
      this.#stops.delete(name)
      try {
        const told = await stop?.()
        if (told instanceof Error) first ??= told
      } catch (error) {
        const failure = error instanceof Error ? error : new Error(String(error))
        this.#logger.error(`The ${name} did not stop cleanly: ${failure.message}`)
        first ??= failure
      }
    }
    return first
  }
}
