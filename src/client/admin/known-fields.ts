import { assert } from '../../base/assert.ts'
import { didYouMean } from '../../base/nearest-name.ts'
import { ConfigError } from '../error.ts'

/**
 * Refuses fields that nobody reads: a name of another client, as `numPartitions`, would be passed
 * over, and something else be made than was meant.
 *
 * @param what begins the sentence of the error, as `The topic "orders"`.
 * @throws {ConfigError} with the known field that is nearest.
 */
export function requireKnownFields(what: string, given: object, known: readonly string[]): void {
  assert(known.length > 0, 'something is known')
  const unknown = Object.keys(given).find((field) => !known.includes(field))
  if (unknown === undefined) return
  const hint = didYouMean(unknown, known) ?? `; it may have ${known.join(', ')}.`
  throw new ConfigError(`${what} has no field '${unknown}'${hint}`)
}
