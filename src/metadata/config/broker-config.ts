/**
 * The configuration of one broker: what a `server.properties` file and `--set` gave, and above that
 * what the metadata log says for this broker or for all.
 */
import { assert } from '../../base/assert.ts'
import { didYouMean } from '../../base/nearest-name.ts'
import { parseProperties } from '../../base/properties.ts'
import type { Support } from './definition.ts'
import { brokerRuleProblem } from './rules.ts'
import { isDefault, unkeptPromise } from './support.ts'
import { brokerConfigs, brokerDefinition } from './tables.ts'
import { parseConfig } from './validator.ts'
import type { ConfigValue } from './value.ts'

/** Texts of configs by name. */
export type ConfigTexts = ReadonlyMap<string, string>

const noTexts: ConfigTexts = new Map()

/** Typed reads of one broker's configuration. Immutable. */
export class BrokerConfig {
  /** Set in the file or on the command line. */
  readonly static: ConfigTexts
  /** Set in the metadata log for this broker. */
  readonly dynamicBroker: ConfigTexts
  /** Set in the metadata log for every broker. */
  readonly dynamicDefault: ConfigTexts
  readonly #values = new Map<string, ConfigValue>()

  /** `fixed` must have passed {@link readBrokerConfig}; the others may hold anything. */
  constructor(
    fixed: ConfigTexts = noTexts,
    dynamicBroker: ConfigTexts = noTexts,
    dynamicDefault: ConfigTexts = noTexts,
  ) {
    this.static = fixed
    this.dynamicBroker = dynamicBroker
    this.dynamicDefault = dynamicDefault
  }

  /** The same static configuration below another dynamic one. */
  withDynamic(dynamicBroker: ConfigTexts, dynamicDefault: ConfigTexts): BrokerConfig {
    return new BrokerConfig(this.static, dynamicBroker, dynamicDefault)
  }

  /** Whether somebody gave it a value: the file, the command line or the metadata log. */
  isSet(name: string): boolean {
    assert(brokerDefinition(name) !== undefined, 'the broker config that is asked for exists')
    return [this.dynamicBroker, this.dynamicDefault, this.static].some((texts) => texts.has(name))
  }

  /** Names that the file or the command line gives another value than the default, sorted. */
  changedOf(support: Support): string[] {
    const changed = [...this.static].filter(([name, text]) => {
      const definition = brokerDefinition(name)
      return definition?.standing.support === support && !isDefault(definition, text)
    })
    return changed.map(([name]) => name).sort()
  }

  /**
   * The value in force: dynamic for this broker, dynamic for all, static, default. A dynamic value
   * that does not parse is passed over, as it was written by somebody with other rules. The name
   * must be one of the table's.
   */
  value(name: string): ConfigValue {
    let value = this.#values.get(name)
    if (value === undefined) {
      value = this.#find(name)
      this.#values.set(name, value)
    }
    return value
  }

  /** The value of an int, short, long or double; Infinity where it is unbounded. */
  number(name: string): number {
    const value = this.value(name)
    assert(typeof value === 'number', 'the config read as a number is one and is set')
    return value
  }

  /** The value of a boolean. */
  flag(name: string): boolean {
    const value = this.value(name)
    assert(typeof value === 'boolean', 'the config read as a flag is one')
    return value
  }

  /** The value of a string, class or password, or null when it is not set. */
  text(name: string): string | null {
    const value = this.value(name)
    assert(value === null || typeof value === 'string', 'the config read as a text is one')
    return value
  }

  /** The value of a list; empty when it is not set. */
  list(name: string): readonly string[] {
    const value = this.value(name) ?? []
    assert(typeof value === 'object', 'the config read as a list is one')
    return value
  }

  #find(name: string): ConfigValue {
    const definition = brokerDefinition(name)
    assert(definition !== undefined, 'the broker config that is read exists')
    for (const texts of [this.dynamicBroker, this.dynamicDefault, this.static]) {
      const text = texts.get(name)
      if (text === undefined) continue
      const parsed = parseConfig(definition, text)
      if (parsed.problem === undefined) return parsed.value
    }
    if (definition.default === null) return null
    const parsed = parseConfig(definition, definition.default)
    assert(parsed.problem === undefined, 'the default of a config is valid')
    return parsed.value
  }
}

/** A configuration with what should be told to the operator, or why there is none. */
export type BrokerConfigResult =
  | {
      readonly config: BrokerConfig
      readonly warnings: readonly string[]
      readonly problem: undefined
    }
  | { readonly config: undefined; readonly problem: string }

/** Where a broker's static configuration comes from. */
export interface BrokerConfigSource {
  /** A properties file: its name for messages, and its text. */
  readonly file?: { readonly name: string; readonly text: string } | undefined
  /** Settings that win over the file: `--set`, or the options of a broker started in code. */
  readonly overrides?: Iterable<readonly [name: string, value: string]> | undefined
}

/**
 * Reads and checks a static configuration. An unknown name is a warning in a file, where plug-ins
 * keep theirs, and a problem among the overrides. A value that its config cannot have is always a
 * problem.
 */
export function readBrokerConfig(source: BrokerConfigSource): BrokerConfigResult {
  const texts = new Map<string, string>()
  const warnings: string[] = []
  if (source.file !== undefined) {
    const { name: fileName, text } = source.file
    const parsed = parseProperties(text)
    if (parsed.problem !== undefined) return refuse(`${fileName}, ${parsed.problem}`)
    for (const { name, value, line } of parsed.entries) {
      const place = `${fileName}, line ${line}`
      const { problem, known } = check(name, value)
      if (problem !== undefined && known) return refuse(`${place}: ${problem}`)
      if (problem !== undefined) warnings.push(`${place}: ${problem}; it is not used`)
      else texts.set(name, value)
    }
  }
  for (const [name, value] of source.overrides ?? []) {
    const { problem } = check(name, value)
    if (problem !== undefined) return refuse(problem)
    texts.set(name, value)
  }
  const config = new BrokerConfig(texts)
  const problem = aliasNodeId(texts) ?? brokerRuleProblem(config)
  return problem === undefined ? { config, warnings, problem } : refuse(problem)
}

/** What is wrong with one setting; `known` false: nobody could use it. */
function check(name: string, value: string): { problem: string | undefined; known: boolean } {
  const definition = brokerDefinition(name)
  if (definition === undefined) return { problem: unknownConfig(name), known: false }
  if (definition.dynamicOnly) {
    return { problem: `config '${name}' can only be set while the broker runs`, known: false }
  }
  const { problem } = parseConfig(definition, value)
  return { problem: problem ?? unkeptPromise(name, definition, value), known: true }
}

function unknownConfig(name: string): string {
  const near = didYouMean(name, brokerConfigs().keys())
  return `unknown config '${name}'${near ?? ', a name that no Kafka broker knows'}`
}

/**
 * `broker.id` is the older name of `node.id`; whichever is set stands for both. Gives the problem
 * where they are two numbers.
 */
function aliasNodeId(texts: Map<string, string>): string | undefined {
  const [node, broker] = [texts.get('node.id'), texts.get('broker.id')]
  const id = node ?? broker
  if (id === undefined) return undefined
  if (node !== undefined && broker !== undefined && Number(node) !== Number(broker)) {
    return `node.id is ${node} and broker.id ${broker}; leave broker.id out`
  }
  texts.set('node.id', id)
  texts.set('broker.id', id)
  return undefined
}

function refuse(problem: string): BrokerConfigResult {
  return { config: undefined, problem }
}
