import { assert } from '../../base/assert.ts'
import { type Random, randomBelow } from '../../base/random.ts'

/** How long to wait between attempts; times in ms. */
export interface BackoffOptions {
  /** Before the second attempt. */
  readonly initialMs: number
  /** Never longer than this, jitter aside. */
  readonly maxMs: number
}

/** Each wait is this much longer than the one before, as in Kafka's clients. */
const multiplier = 2

/** Waits are up to this part shorter or longer, so that clients do not come all at once. */
const jitter = 0.2

/**
 * Exponential backoff with jitter. Pure: the same random numbers give the same waits.
 *
 * `failures` counts the attempts that failed in a row; 0 asks for no wait.
 */
export function backoffMs(options: BackoffOptions, failures: number, random: Random): number {
  assert(failures >= 0 && options.initialMs >= 0, 'neither count nor wait is negative')
  if (failures === 0 || options.initialMs === 0) return 0
  // The exponent is bounded before the power, so that nothing overflows after long outages.
  const exponent = Math.min(failures - 1, 30)
  const term = Math.min(options.initialMs * multiplier ** exponent, options.maxMs)
  assert(Number.isFinite(term), 'a wait ends')
  const spread = randomBelow(random, 2 ** 32) / 2 ** 32
  return Math.min(term * (1 - jitter + 2 * jitter * spread), options.maxMs * (1 + jitter))
}
