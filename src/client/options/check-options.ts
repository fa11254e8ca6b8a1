import { checkAgainst, type Rules } from '../../base/option-rule.ts'
import { ConfigError } from '../error.ts'

/**
 * Checks the options of a client and fills in the defaults.
 *
 * @throws {ConfigError} it names the option, what was given and what it has to be.
 */
export function checkOptions<Options extends object>(
  client: string,
  rules: Rules<Options>,
  given: unknown,
): Options {
  return checkAgainst(client, rules, given, (message) => new ConfigError(message))
}
