/**
 * What is known about one config, and how the checked-in tables of configs are read.
 *
 * A table is one line per config, fields divided by `|`, empty ones at the end left out:
 *
 *   name|type|importance|update|default|valid|flags
 *
 * importance: h, m or l. update (broker configs): r read-only, b per broker, c cluster-wide.
 * default: as a user would write it, `~` for null. A line that is too long goes on in the next
 * (a backslash before the line break of a template literal).
 *
 * valid, alternatives divided by `/`:
 *   `1..9` `0..` `..5`     a number within bounds, both inclusive
 *   `{a,b}` `{a,b}i`       one of these words or numbers; i: in any case
 *   `[*]` `[a,b]`          a list of anything, or of these; e: may be empty, n: may be null
 *   `!null` `!empty`       any string, a string that is not empty
 *   `@name`                a format of `validator.ts`
 *
 * flags: i internal (never described), d deprecated, s sensitive (value never described), l may
 * be set per listener, y only a dynamic config, r required.
 */
import { assert } from '../../base/assert.ts'

/** How the text of a config is read; the names are Kafka's. */
export type ConfigType =
  | 'boolean'
  | 'int'
  | 'short'
  | 'long'
  | 'double'
  | 'string'
  | 'list'
  | 'class'
  | 'password'

/** One rule that a value may satisfy. */
export type Rule =
  | { readonly kind: 'range'; readonly min: number; readonly max: number }
  | { readonly kind: 'enum'; readonly values: readonly string[]; readonly ignoreCase: boolean }
  | {
      readonly kind: 'list'
      /** Null: any element. */
      readonly values: readonly string[] | null
      readonly emptyAllowed: boolean
      readonly nullAllowed: boolean
    }
  | { readonly kind: 'nonNull' }
  | { readonly kind: 'nonEmpty' }
  | { readonly kind: 'format'; readonly format: string }

/** When a changed broker config takes effect: at a restart, at once on one broker, or on all. */
export type UpdateMode = 'read-only' | 'per-broker' | 'cluster-wide'

/**
 * What stands behind the name of a config:
 * - `built`: it has its effect;
 * - `no meaning`: on a single node there is nothing that it could change, so any value is taken;
 * - `not yet`: its effect is to be built; any value is taken, kept and shown, and nothing follows;
 * - `refused`: a promise that cannot be kept, so no value but the default is taken.
 */
export type Support = 'built' | 'no meaning' | 'not yet' | 'refused'

/** How one config stands, and what it is about. */
export interface Standing {
  readonly support: Support
  readonly subject: string
}

/** One config that exists. */
export interface ConfigDefinition {
  readonly name: string
  readonly type: ConfigType
  readonly importance: 'high' | 'medium' | 'low'
  /** Undefined for configs that are no broker configs; those can always be changed. */
  readonly updateMode: UpdateMode | undefined
  readonly default: string | null
  /** A value must satisfy one of these; none means any value of the type. */
  readonly rules: readonly Rule[]
  readonly internal: boolean
  readonly deprecated: boolean
  readonly sensitive: boolean
  readonly listenerPrefixed: boolean
  readonly dynamicOnly: boolean
  readonly required: boolean
  readonly standing: Standing
}

/** Definitions by name. */
export type ConfigTable = ReadonlyMap<string, ConfigDefinition>

/** What is known about configs beside their lines. */
export interface TableContext {
  readonly standingOf: (name: string) => Standing | undefined
  /** Defaults in place of those of the table. */
  readonly defaults?: ReadonlyMap<string, string>
  /** Names that only a restart changes, whatever the table says. */
  readonly readOnly?: ReadonlySet<string>
}

/** Reads a checked-in table. */
export function readTable(text: string, context: TableContext): ConfigTable {
  const table = new Map<string, ConfigDefinition>()
  for (const line of text.split('\n')) {
    if (line === '') continue
    const definition = readLine(line, context)
    assert(!table.has(definition.name), 'a config stands twice in its table')
    table.set(definition.name, definition)
  }
  for (const name of [...(context.defaults?.keys() ?? []), ...(context.readOnly ?? [])])
    assert(table.has(name), 'what is decided differently is a config that exists')
  return table
}

const importances = { h: 'high', m: 'medium', l: 'low' } as const
const updateModes = { r: 'read-only', b: 'per-broker', c: 'cluster-wide', '': undefined } as const

const types: ReadonlySet<string> = new Set<ConfigType>([
  'boolean',
  'int',
  'short',
  'long',
  'double',
  'string',
  'list',
  'class',
  'password',
])

function readLine(line: string, context: TableContext): ConfigDefinition {
  const [name = '', type = '', importance = '', mode = '', value = '', valid = '', flags = ''] =
    line.split('|')
  assert(importance in importances && mode in updateModes, 'a malformed line in a config table')
  assert(types.has(type), 'a config table names a type that exists')
  assert(/^[idslyr]*$/.test(flags), 'a config table has flags that exist')
  const standing = context.standingOf(name)
  assert(standing !== undefined, 'a config has a standing')
  const readOnly = context.readOnly?.has(name) === true
  return {
    name,
    type: type as ConfigType,
    importance: importances[importance as keyof typeof importances],
    updateMode: readOnly ? 'read-only' : updateModes[mode as keyof typeof updateModes],
    default: context.defaults?.get(name) ?? (value === '~' ? null : value),
    rules: valid === '' ? [] : valid.split('/').map(readRule),
    internal: flags.includes('i'),
    deprecated: flags.includes('d'),
    sensitive: flags.includes('s'),
    listenerPrefixed: flags.includes('l'),
    dynamicOnly: flags.includes('y'),
    required: flags.includes('r'),
    standing,
  }
}

function readRule(text: string): Rule {
  if (text === '!null') return { kind: 'nonNull' }
  if (text === '!empty') return { kind: 'nonEmpty' }
  if (text.startsWith('@')) return { kind: 'format', format: text.slice(1) }
  const group = /^([{[])(.*)[}\]]([ien]*)$/.exec(text)
  if (group === null) return readRange(text)
  const [, open, body = '', flags = ''] = group
  const values = body.split(',')
  if (open === '{') return { kind: 'enum', values, ignoreCase: flags.includes('i') }
  return {
    kind: 'list',
    values: body === '*' ? null : values,
    emptyAllowed: flags.includes('e'),
    nullAllowed: flags.includes('n'),
  }
}

function readRange(text: string): Rule {
  const [min = '', max = ''] = text.split('..')
  assert(text.includes('..'), 'a malformed rule in a config table')
  const least = min === '' ? -Infinity : Number(min)
  const most = max === '' ? Infinity : Number(max)
  assert(least <= most, 'bounds in a config table are numbers in order')
  return { kind: 'range', min: least, max: most }
}
