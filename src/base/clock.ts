/**
 * Time as it is passed in. Nothing below the composition root reads a clock or sets a timer of its
 * own, so that a test or the simulator can drive the same code with a time of its choice.
 */

/** Where "now" comes from. */
export interface Clock {
  /** Milliseconds since 1970 by the wall clock; it can jump either way. */
  now(): number
  /** Milliseconds since some fixed moment, never falling; for durations and deadlines. */
  monotonicMs(): number
}

/** A timer that has been set; what it holds is the business of the {@link Timers} that made it. */
export type TimerHandle = unknown

/** What can call back later. */
export interface Timers {
  /** Calls `callback` once after at least `delayMs`; 0 and less mean "in the next turn". */
  setTimeout(callback: () => void, delayMs: number): TimerHandle
  /**
   * Takes a timer back; one that has fired or was taken back is left alone, and so is a handle that
   * is undefined.
   */
  clear(handle: TimerHandle): void
}

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
}

/** Node cuts a longer delay to 1 ms, so one of more than 24.8 days is made of several. */
const nodeDelayMsMax = 2 ** 31 - 1

/** Node's timers. They do not keep the process alive. */
export const systemTimers: Timers = {
  setTimeout: (callback, delayMs) => {
    const timer: { current: NodeJS.Timeout | undefined } = { current: undefined }
    const arm = (leftMs: number): void => {
      const stepMs = Math.min(leftMs, nodeDelayMsMax)
      const next = leftMs > stepMs ? (): void => arm(leftMs - stepMs) : callback
      timer.current = setTimeout(next, stepMs).unref()
    }
    arm(Math.max(0, delayMs))
    return timer
  },
  clear: (handle) => {
    clearTimeout((handle as { current: NodeJS.Timeout | undefined } | undefined)?.current)
  },
}
