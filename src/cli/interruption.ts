import { assert } from '../base/assert.ts'

/** A shell's exit code for a process that a signal ended is this much above the signal's number. */
const signalExitBase = 128
const signalNumbers = { SIGINT: 2, SIGTERM: 15 } as const

/** Signals so near to each other are one wish: wrappers pass on what a terminal tells everybody. */
const sameWishMs = 500

/**
 * Takes SIGINT and SIGTERM as the wish that a command comes to its end in good order. Another one,
 * later, ends the process at once.
 */
export class Interruption {
  readonly #controller = new AbortController()
  readonly #handlers: (readonly [NodeJS.Signals, () => void])[]
  /** What the process ends with if it was stopped before it was done; 0 until then. */
  exitCode = 0

  constructor() {
    let askedMs = Number.POSITIVE_INFINITY
    this.#handlers = (['SIGINT', 'SIGTERM'] as const).map((signal) => {
      const handler = (): void => {
        const nowMs = performance.now()
        const code = signalExitBase + signalNumbers[signal]
        if (nowMs - askedMs > sameWishMs) process.exit(code)
        askedMs = Math.min(askedMs, nowMs)
        this.exitCode = code
        this.#controller.abort(signal)
      }
      process.on(signal, handler)
      return [signal, handler] as const
    })
    assert(this.#handlers.length === 2, 'both signals are heard')
  }

  /** Aborted once the process shall stop; its reason is the signal's name. */
  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** Gives the signals back to their default. */
  dispose(): void {
    for (const [signal, handler] of this.#handlers) process.off(signal, handler)
  }
}

/** Runs `work` with the signal of an {@link Interruption}: what runs until it is told to stop. */
export async function untilStopped<T>(work: (stop: AbortSignal) => Promise<T>): Promise<T> {
  const interruption = new Interruption()
  try {
    return await work(interruption.signal)
  } finally {
    interruption.dispose()
  }
}
