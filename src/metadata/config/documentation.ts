/** What DescribeConfigs says where documentation is asked for; loaded at the first question. */
import { assert } from '../../base/assert.ts'
import type { ConfigDefinition, ConfigTable } from './definition.ts'
import {
  brokerSentences,
  clientMetricsSentences,
  groupSentences,
  topicSentences,
} from './documentation-table.ts'
import { topicConfigSynonyms } from './synonyms.ts'
import { brokerConfigs, clientMetricsConfigs, groupConfigs, topicConfigs } from './tables.ts'

/**
 * What a config does and what stands behind it. The definition must be one of the tables'; an
 * internal one, which is never described, may have no sentence about what it does.
 */
export function documentationOf(definition: ConfigDefinition): string {
  const { support, subject } = definition.standing
  const purpose = purposeOf(definition)
  const said = purpose === undefined ? '' : `${purpose} `
  if (support === 'built') return said.trimEnd()
  if (support === 'no meaning') return `${said}Without meaning on a single node. ${subject}.`
  if (support === 'not yet') return `${said}Not built yet: any value is kept and has no effect.`
  return `${said}Only the default is taken: ${subject} not built yet.`
}

/** What a config does, in a sentence or two; undefined where it does nothing here. */
export function purposeOf(definition: ConfigDefinition): string | undefined {
  purposes ??= readPurposes()
  return purposes.get(definition)
}

/** By the definition itself: a topic and a broker may have a config of the same name. */
let purposes: ReadonlyMap<ConfigDefinition, string> | undefined

function readPurposes(): ReadonlyMap<ConfigDefinition, string> {
  const found = new Map<ConfigDefinition, string>()
  const topics = addSentences(found, topicSentences, topicConfigs())
  addTopicDefaults(found, topics)
  addSentences(found, brokerSentences, brokerConfigs())
  addSentences(found, groupSentences, groupConfigs())
  addSentences(found, clientMetricsSentences, clientMetricsConfigs())
  addGroupDefaults(found)
  return found
}

/** Adds the sentences of a table; gives them by name. */
function addSentences(
  found: Map<ConfigDefinition, string>,
  text: string,
  table: ConfigTable,
): ReadonlyMap<string, string> {
  const sentences = new Map<string, string>()
  for (const line of text.trim().split('\n')) {
    const bar = line.indexOf('|')
    const [name, sentence] = [line.slice(0, bar), line.slice(bar + 1)]
    const definition = table.get(name)
    assert(definition !== undefined, 'a sentence is about a config that exists')
    assert(!sentences.has(name), 'a config has one sentence')
    sentences.set(name, sentence)
    found.set(definition, sentence)
  }
  return sentences
}

const units: ReadonlyMap<number, string> = new Map([
  [60_000, ', in minutes'],
  [3_600_000, ', in hours'],
])

/** Broker configs that give topics their defaults say so. */
function addTopicDefaults(
  found: Map<ConfigDefinition, string>,
  sentences: ReadonlyMap<string, string>,
): void {
  for (const [topicConfig, sentence] of sentences) {
    for (const { name, factor } of topicConfigSynonyms(topicConfig)) {
      const definition = brokerConfigs().get(name)
      assert(definition !== undefined, 'a synonym exists')
      const unit = units.get(factor) ?? ''
      found.set(definition, `The ${topicConfig} of topics that do not set it${unit}. ${sentence}`)
    }
  }
}

/** So do those that give groups theirs, or bound them. */
function addGroupDefaults(found: Map<ConfigDefinition, string>): void {
  for (const [groupConfig, { name }] of groupConfigs()) {
    const [kind = '', ...rest] = groupConfig.split('.')
    const last = rest.join('.')
    const related = [
      [`group.${groupConfig}`, `The ${name} of groups that do not set it.`],
      [`group.${kind}.min.${last}`, `The least ${name} that a group may set.`],
      [`group.${kind}.max.${last}`, `The largest ${name} that a group may set.`],
    ] as const
    for (const [brokerConfig, sentence] of related) {
      const definition = brokerConfigs().get(brokerConfig)
      if (definition !== undefined && !found.has(definition)) found.set(definition, sentence)
    }
  }
}
