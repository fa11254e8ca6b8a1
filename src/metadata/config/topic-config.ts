/** The configs of one topic: which texts may be set, and which values are in force. */
import { assert } from '../../base/assert.ts'
import { didYouMean } from '../../base/nearest-name.ts'
import type { BrokerConfig, ConfigTexts } from './broker-config.ts'
import { unkeptPromise } from './support.ts'
import { topicConfigSynonyms } from './synonyms.ts'
import { topicConfigs } from './tables.ts'
import { parseConfig } from './validator.ts'
import type { ConfigValue } from './value.ts'

/**
 * What is wrong with the configs that a topic would have, or undefined. `texts` is the whole set,
 * as it would be after the change; a null value is what a client sends for "no value". A promise
 * that was `kept` from before, as in a directory of Apache Kafka, is in the way of no other change.
 */
export function checkTopicConfigs(
  texts: Iterable<readonly [name: string, value: string | null]>,
  kept: ConfigTexts = new Map(),
): string | undefined {
  const values = new Map<string, ConfigValue>()
  for (const [name, text] of texts) {
    const definition = topicConfigs().get(name)
    if (definition === undefined) {
      const near = didYouMean(name, topicConfigs().keys()) ?? ''
      return `Unknown topic config name: ${name}${near}`
    }
    if (text === null) return `Null value not supported for topic configs: ${name}`
    const parsed = parseConfig(definition, text)
    if (parsed.problem !== undefined) return parsed.problem
    const promise = kept.get(name) === text ? undefined : unkeptPromise(name, definition, text)
    if (promise !== undefined) return promise
    values.set(name, parsed.value)
  }
  return checkTogether(values)
}

/** Rules between configs. What is not set has a default that agrees with anything. */
function checkTogether(values: ReadonlyMap<string, ConfigValue>): string | undefined {
  const min = values.get('min.compaction.lag.ms') ?? 0
  const max = values.get('max.compaction.lag.ms') ?? Infinity
  if (min > max) {
    return (
      `conflict topic config setting min.compaction.lag.ms (${String(min)}) > ` +
      `max.compaction.lag.ms (${String(max)})`
    )
  }
  return undefined
}

/**
 * The value in force of one topic config: the topic's own, else the broker configs behind it, else
 * the default. A stored text that does not parse counts as not set. Negative times and sizes in
 * other units stay negative: they mean "no bound"; so does any negative retention of the broker.
 */
export function topicConfigValue(
  name: string,
  texts: ConfigTexts,
  broker: BrokerConfig,
): ConfigValue {
  const definition = topicConfigs().get(name)
  assert(definition !== undefined, 'the topic config that is read exists')
  const own = texts.get(name)
  if (own !== undefined) {
    const parsed = parseConfig(definition, own)
    if (parsed.problem === undefined) return parsed.value
  }
  for (const synonym of topicConfigSynonyms(name)) {
    const value = broker.value(synonym.name)
    if (value === null) continue
    if (synonym.factor === 1 && name !== 'retention.ms') return value
    assert(typeof value === 'number', 'a broker config in other units is a number')
    return value < 0 ? -1 : value * synonym.factor
  }
  if (definition.default === null) return null
  const parsed = parseConfig(definition, definition.default)
  assert(parsed.problem === undefined, 'the default of a config is valid')
  return parsed.value
}
