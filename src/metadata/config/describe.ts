/**
 * What DescribeConfigs and CreateTopics say about configs: the value in force, where it comes from,
 * and the places that were looked at.
 */
import { assert } from '../../base/assert.ts'
import type { CreatableTopicConfigs } from '../../protocol/generated/19-create-topics.ts'
import type {
  DescribeConfigsResourceResult,
  DescribeConfigsSynonym,
} from '../../protocol/generated/32-describe-configs.ts'
import type { BrokerConfig, ConfigTexts } from './broker-config.ts'
import type { ConfigDefinition, ConfigTable, ConfigType } from './definition.ts'
import { brokerSynonyms, topicConfigSynonyms } from './synonyms.ts'
import {
  brokerConfigs,
  brokerDefinition,
  clientMetricsConfigs,
  groupConfigs,
  topicConfigs,
} from './tables.ts'
import { topicConfigValue } from './topic-config.ts'
import { parseConfig } from './validator.ts'
import { formatValue } from './value.ts'

/** Where a value comes from, by Kafka's numbers. */
export const ConfigSource = {
  TOPIC: 1,
  BROKER: 2,
  ALL_BROKERS: 3,
  FILE: 4,
  DEFAULT: 5,
  LOGGER: 6,
  CLIENT_METRICS: 7,
  GROUP: 8,
} as const

const typeNumbers: Readonly<Record<ConfigType, number>> = {
  boolean: 1,
  string: 2,
  int: 3,
  short: 4,
  long: 5,
  double: 6,
  list: 7,
  class: 8,
  password: 9,
}

/** What a request for configs asks for. */
export interface DescribeOptions {
  /** Null: all configs. Names that do not exist are left out of the answer. */
  readonly names: readonly string[] | null
  readonly synonyms: boolean
  /** Gives the documentation, where it is asked for. */
  readonly documentationOf?: (definition: ConfigDefinition) => string
}

/** The configs of a topic that has `texts` set. */
export function describeTopicConfigs(
  texts: ConfigTexts,
  broker: BrokerConfig,
  options: DescribeOptions,
): DescribeConfigsResourceResult[] {
  return wanted(topicConfigs(), options).map((definition) => {
    const { name, type } = definition
    const value = formatValue(type, topicConfigValue(name, texts, broker))
    const first = topicConfigSynonyms(name)[0]?.name
    const synonyms = first === undefined ? [] : synonymsOf(first, broker)
    if (texts.has(name)) synonyms.unshift({ name, value, source: ConfigSource.TOPIC })
    return entry(definition, value, synonyms, false, options)
  })
}

/** The configs of the broker whose configuration `broker` is. */
export function describeBrokerConfigs(
  broker: BrokerConfig,
  options: DescribeOptions,
): DescribeConfigsResourceResult[] {
  const definitions = wanted(brokerConfigs(), options).filter(
    ({ name, dynamicOnly }) => !dynamicOnly || broker.dynamicBroker.has(name),
  )
  return definitions.map((definition) => {
    const value = definition.sensitive
      ? null
      : formatValue(definition.type, broker.value(definition.name))
    const synonyms = synonymsOf(definition.name, broker)
    return entry(definition, value, synonyms, definition.updateMode === 'read-only', options)
  })
}

/** The configs that are set for every broker in the metadata log, and no others. */
export function describeDefaultBrokerConfigs(
  broker: BrokerConfig,
  options: DescribeOptions,
): DescribeConfigsResourceResult[] {
  const source = ConfigSource.ALL_BROKERS
  const definitions = wanted(brokerConfigs(), options).filter(({ name }) =>
    broker.dynamicDefault.has(name),
  )
  return definitions.map((definition) => {
    const value = shown(definition, broker.dynamicDefault.get(definition.name) ?? '')
    const synonyms = [{ name: definition.name, value, source }]
    return entry(definition, value, synonyms, false, options)
  })
}

/** The configs of a group that has `texts` set; most get their default from the broker. */
export function describeGroupConfigs(
  texts: ConfigTexts,
  broker: BrokerConfig,
  options: DescribeOptions,
): DescribeConfigsResourceResult[] {
  return describePlain(groupConfigs(), texts, ConfigSource.GROUP, options, (definition) => {
    const name = `group.${definition.name}`
    return brokerConfigs().has(name) ? synonymsOf(name, broker) : defaultOf(definition)
  })
}

/** The configs of a client metrics subscription that has `texts` set. */
export function describeClientMetricsConfigs(
  texts: ConfigTexts,
  options: DescribeOptions,
): DescribeConfigsResourceResult[] {
  const source = ConfigSource.CLIENT_METRICS
  // As in Kafka, nothing stands behind them that would be worth telling.
  const plain = { ...options, synonyms: false }
  return describePlain(clientMetricsConfigs(), texts, source, plain, defaultOf)
}

/**
 * A topic's configs as CreateTopics answers them from version 5 on. As in Kafka, values are told as
 * they were written, not as they were read.
 */
export function createdTopicConfigs(
  texts: ConfigTexts,
  broker: BrokerConfig,
): CreatableTopicConfigs[] {
  return wanted(topicConfigs(), { names: null, synonyms: false }).map((definition) => {
    const { name, default: text, sensitive: isSensitive } = definition
    assert(!isSensitive, 'no config of a topic is a password')
    const found = writtenFor(name, texts, broker)
    const value = found?.value ?? (text === null ? null : shown(definition, text))
    const configSource = found?.source ?? ConfigSource.DEFAULT
    return { name, value, readOnly: false, configSource, isSensitive }
  })
}

/** What was written for a topic's config, in its own unit; undefined where nothing was. */
function writtenFor(
  name: string,
  texts: ConfigTexts,
  broker: BrokerConfig,
): { readonly value: string; readonly source: number } | undefined {
  const own = texts.get(name)
  if (own !== undefined) return { value: own, source: ConfigSource.TOPIC }
  for (const { texts: written, source } of layersOf(broker)) {
    for (const synonym of topicConfigSynonyms(name)) {
      const text = written.get(synonym.name)
      if (text === undefined) continue
      const value = synonym.factor === 1 ? text : String(Number(text) * synonym.factor)
      return { value, source }
    }
  }
  return undefined
}

/** The places where a broker config may be set, the winner first. */
function layersOf(
  broker: BrokerConfig,
): { readonly texts: ConfigTexts; readonly source: number }[] {
  return [
    { texts: broker.dynamicBroker, source: ConfigSource.BROKER },
    { texts: broker.dynamicDefault, source: ConfigSource.ALL_BROKERS },
    { texts: broker.static, source: ConfigSource.FILE },
  ]
}

/** Configs whose value is set on the resource itself, or is the first of those `behind` it. */
function describePlain(
  table: ConfigTable,
  texts: ConfigTexts,
  source: number,
  options: DescribeOptions,
  behind: (definition: ConfigDefinition) => DescribeConfigsSynonym[],
): DescribeConfigsResourceResult[] {
  return wanted(table, options).map((definition) => {
    const { name } = definition
    const text = texts.get(name)
    const synonyms = behind(definition)
    if (text !== undefined) synonyms.unshift({ name, value: shown(definition, text), source })
    return entry(definition, synonyms[0]?.value ?? null, synonyms, false, options)
  })
}

function defaultOf({ name, default: value }: ConfigDefinition): DescribeConfigsSynonym[] {
  return value === null ? [] : [{ name, value, source: ConfigSource.DEFAULT }]
}

function wanted(table: ConfigTable, options: DescribeOptions): ConfigDefinition[] {
  const { names } = options
  const all = [...table.values()].filter((definition) => !definition.internal)
  return names === null ? all : all.filter(({ name }) => names.includes(name))
}

/**
 * The places where a broker config's value may come from, the winner first. Kafka begins at the
 * first that bears the config's own name: a value given in other units only shows up behind it.
 */
function synonymsOf(name: string, broker: BrokerConfig): DescribeConfigsSynonym[] {
  const layers = [...layersOf(broker), { texts: undefined, source: ConfigSource.DEFAULT }]
  const found: DescribeConfigsSynonym[] = []
  for (const { texts, source } of layers) {
    for (const synonym of brokerSynonyms(name)) {
      const definition = brokerDefinition(synonym)
      const text = texts === undefined ? definition?.default : texts.get(synonym)
      if (definition === undefined || text === undefined || text === null) continue
      found.push({ name: synonym, value: shown(definition, text), source })
    }
  }
  const own = found.findIndex((synonym) => synonym.name === name)
  assert(own !== -1 || found.length === 0 || brokerSynonyms(name).length > 1, 'alone it is first')
  return own === -1 ? [] : found.slice(own)
}

/** A stored text in the form of a parsed value; as it is where it does not parse. */
function shown(definition: ConfigDefinition, text: string): string | null {
  if (definition.sensitive) return null
  const parsed = parseConfig(definition, text)
  return parsed.problem === undefined ? formatValue(definition.type, parsed.value) : text
}

function entry(
  definition: ConfigDefinition,
  value: string | null,
  synonyms: readonly DescribeConfigsSynonym[],
  readOnly: boolean,
  options: DescribeOptions,
): DescribeConfigsResourceResult {
  assert(!definition.internal, 'an internal config is not described')
  assert(!definition.sensitive || value === null, 'a password is not described')
  return {
    name: definition.name,
    value,
    readOnly,
    configSource: synonyms[0]?.source ?? ConfigSource.DEFAULT,
    isSensitive: definition.sensitive,
    synonyms: options.synonyms ? synonyms : [],
    configType: typeNumbers[definition.type],
    documentation: options.documentationOf?.(definition) ?? null,
  }
}
