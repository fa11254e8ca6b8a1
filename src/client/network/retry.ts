import { assert } from '../../base/assert.ts'
import type { Clock } from '../../base/clock.ts'
import { ClientError, TimeoutError } from '../error.ts'
import { type BackoffOptions, backoffMs } from './backoff.ts'
import type { NetworkEnvironment } from './environment.ts'

/** A moment until which something is tried. */
export class Deadline {
  readonly #clock: Clock
  readonly #atMs: number
  /** The whole time that was given, in ms. */
  readonly timeoutMs: number

  constructor(clock: Clock, timeoutMs: number) {
    assert(timeoutMs >= 0, 'a deadline lies ahead')
    this.#clock = clock
    this.timeoutMs = timeoutMs
    this.#atMs = clock.monotonicMs() + timeoutMs
  }

  /** Never negative. */
  get leftMs(): number {
    return Math.max(0, this.#atMs - this.#clock.monotonicMs())
  }
}

/**
 * Runs `attempt` until it resolves, fails for good, or the time is over; between attempts it waits
 * longer and longer. At the end it rejects with the last error if that came from a broker, else
 * with a {@link TimeoutError} whose cause it is. `what` begins the sentence: "Cannot list topics".
 */
export async function retrying<T>(
  what: string,
  timeoutMs: number,
  backoff: BackoffOptions,
  environment: NetworkEnvironment,
  attempt: (deadline: Deadline) => Promise<T>,
): Promise<T> {
  const deadline = new Deadline(environment.clock, timeoutMs)
  for (let failures = 1; ; failures++) {
    try {
      return await attempt(deadline)
    } catch (error) {
      if (!(error instanceof ClientError) || !error.retriable) throw error
      const waitMs = backoffMs(backoff, failures, environment.random)
      if (waitMs >= deadline.leftMs) throw outOfTime(what, timeoutMs, error)
      await pause(environment, waitMs)
      // A timer may be late.
      if (deadline.leftMs <= 0) throw outOfTime(what, timeoutMs, error)
    }
  }
}

/**
 * What `promise` gives; once `timeoutMs` are over it rejects with what `late` makes. What comes
 * after that is of no interest.
 */
export function within<T>(
  timeoutMs: number,
  environment: NetworkEnvironment,
  promise: Promise<T>,
  late: () => ClientError,
): Promise<T> {
  assert(timeoutMs >= 0, 'a wait has a length')
  if (timeoutMs === Infinity) return promise
  const { waits } = environment
  return new Promise((resolve, reject) => {
    const timer = waits.setTimeout(() => reject(late()), timeoutMs)
    promise.then(resolve, reject).finally(() => waits.clear(timer))
  })
}

/** Resolves after that long. */
export function pause(environment: NetworkEnvironment, forMs: number): Promise<void> {
  assert(forMs >= 0, 'a pause has a length')
  return new Promise((resolve) => environment.waits.setTimeout(resolve, forMs))
}

function outOfTime(what: string, timeoutMs: number, cause: ClientError): TimeoutError {
  assert(cause.retriable, 'what is final is told at once')
  assert(!what.endsWith('.'), 'the sentence goes on')
  const words = `${what} within ${Math.round(timeoutMs)} ms`
  return new TimeoutError(`${words}; the last attempt said: ${cause.message}`, { cause })
}
