import { assert } from '../../base/assert.ts'
import { ConfigError } from '../error.ts'

/**
 * Holds a number that a caller gave to what the protocol can carry: NaN and fractions would go out
 * as another number.
 *
 * @param what begins the sentence of the error, as `The offset of orders-0`.
 * @param unit what `min` is the first of, as `0` or `milliseconds since 1970`.
 * @throws {ConfigError} it is not a whole number from `min` on.
 */
export function requireWhole(what: string, value: unknown, min: number, unit = ''): void {
  assert(!what.endsWith('.'), 'the sentence goes on')
  if (Number.isSafeInteger(value) && (value as number) >= min) return
  const bound = min === Number.MIN_SAFE_INTEGER ? '' : ` from ${min} on`
  const kind = unit === '' ? 'a whole number' : `a whole number of ${unit}`
  throw new ConfigError(`${what} is ${String(value)}; it has to be ${kind}${bound}.`)
}

/**
 * Holds a time that a caller gave to one that can be waited for: NaN would end a wait at once.
 *
 * @throws {ConfigError} it is no number of milliseconds from 0 on; Infinity is one.
 */
export function requireTimeout(timeoutMs: unknown): void {
  if (typeof timeoutMs === 'number' && timeoutMs >= 0) return
  const what = `timeoutMs is ${String(timeoutMs)}`
  throw new ConfigError(`${what}; it has to be a number of milliseconds from 0 on.`)
}
