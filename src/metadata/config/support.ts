/**
 * What stands behind the name of a config: not every config of Apache Kafka has an effect here, and
 * none may pretend to. The data is in `support-table.ts`.
 */
import { assert } from '../../base/assert.ts'
import type { ConfigDefinition, Standing, Support } from './definition.ts'
import { parseConfig } from './validator.ts'
import { formatValue } from './value.ts'

/** Configs that stand alike, for one reason. */
export interface SupportGroup {
  readonly support: Support
  /** What they are about; of refused ones what is not there, as in "TLS is not built yet". */
  readonly subject: string
  /** Names divided by white space; `a.*` is every name that begins with `a.`. */
  readonly names: string
}

/**
 * Finds standings by name: the name itself first, then the longest beginning. What it gives is
 * undefined for a name of no group.
 */
export function standingsOf(
  groups: readonly SupportGroup[],
): (name: string) => Standing | undefined {
  const byName = new Map<string, Standing>()
  for (const { support, subject, names } of groups) {
    for (const name of names.trim().split(/\s+/)) {
      assert(!byName.has(name), 'a config stands in one group')
      byName.set(name, { support, subject })
    }
  }
  const find = (name: string, beginning: string): Standing | undefined => {
    const exact = byName.get(name)
    if (exact !== undefined || beginning === '') return exact
    const shorter = beginning.slice(0, Math.max(0, beginning.lastIndexOf('.')))
    return find(`${shorter}.*`, shorter)
  }
  return (name) => find(name, name)
}

/** The same value in other words is no difference. The text must be a valid one. */
export function isDefault(definition: ConfigDefinition, text: string): boolean {
  const { type, default: byDefault } = definition
  const value = parseConfig(definition, text)
  assert(value.problem === undefined, 'a value is checked before it is compared')
  if (byDefault === null) return value.value === null
  const expected = parseConfig(definition, byDefault)
  assert(expected.problem === undefined, 'the default of a config is valid')
  return formatValue(type, value.value) === formatValue(type, expected.value)
}

/**
 * Why a valid value cannot be taken all the same, or undefined: the config would promise what is
 * not there. `name` is the one that was given, which may have a listener's prefix.
 */
export function unkeptPromise(
  name: string,
  definition: ConfigDefinition,
  text: string,
): string | undefined {
  const { support, subject } = definition.standing
  if (support !== 'refused' || isDefault(definition, text)) return undefined
  return `config '${name}' cannot be set: ${subject} not built yet; leave it out`
}
