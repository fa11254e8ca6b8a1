import type { Logger } from '../telemetry/logger.ts'

/**
 * The parts of a broker in the order in which they stop: first nobody asks any more, then nobody
 * decides, last the files are closed.
 */
const stopOrder = [
  'background loading',
  'retries',
  'retention',
  'log cleaner',
  'data plane',
  'batch opener',
  'group coordinator',
  'controller',
  'data directory',
  'claim on the directory',
  'temporary directory',
] as const

/** Name of a part. */
export type PartName = (typeof stopOrder)[number]

/** What runs of a broker, complete or half started. */
export class RunningParts {
  readonly #logger: Logger
  readonly #stops = new Map<PartName, () => Promise<void>>()

  constructor(logger: Logger) {
    this.#logger = logger
  }

  /** A part runs now; `stop` ends it. */
  add(name: PartName, stop: () => Promise<void>): void {
    this.#stops.set(name, stop)
  }

  /** Stops all parts, whatever fails. Returns the first failure. */
  async stop(): Promise<Error | undefined> {
    let first: Error | undefined
    for (const name of stopOrder) {
      const stop = this.#stops.get(name)
      this.#stops.delete(name)
      try {
        await stop?.()
      } catch (error) {
        const failure = error instanceof Error ? error : new Error(String(error))
        this.#logger.error(`The ${name} did not stop cleanly: ${failure.message}`)
        first ??= failure
      }
    }
    return first
  }
}
