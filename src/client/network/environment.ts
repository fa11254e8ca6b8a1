import { type Clock, systemClock, systemTimers, type Timers } from '../../base/clock.ts'
import { type Random, systemRandom } from '../../base/random.ts'

/** Where time and randomness of the client come from. */
export interface NetworkEnvironment {
  readonly clock: Clock
  /** For what happens in the background; they do not keep the process alive. */
  readonly timers: Timers
  /** For what a caller waits for; they keep the process alive. */
  readonly waits: Timers
  readonly random: Random
}

/** Node cuts a longer delay to 1 ms; no call waits for 24 days. */
const delayMsMax = 2 ** 31 - 1

const systemWaits: Timers = {
  setTimeout: (callback, delayMs) =>
    setTimeout(callback, Math.min(Math.max(0, delayMs), delayMsMax)),
  clear: (handle) => clearTimeout(handle as NodeJS.Timeout | undefined),
}

/** The machine's. */
export const systemEnvironment: NetworkEnvironment = {
  clock: systemClock,
  timers: systemTimers,
  waits: systemWaits,
  random: systemRandom,
}
