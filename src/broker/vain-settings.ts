/**
 * What is set in vain, in sentences for the operator, so that nobody counts on it: by the options
 * of a start, and by a metadata log that Apache Kafka wrote. Pure.
 */
import type { BrokerConfig } from '../metadata/config/broker-config.ts'
import type { ConfigDefinition, Support } from '../metadata/config/definition.ts'
import { unkeptPromise } from '../metadata/config/support.ts'
import { brokerDefinition, topicConfigs } from '../metadata/config/tables.ts'
import { parseConfig } from '../metadata/config/validator.ts'
import { configsOf, type MetadataImage, ResourceType } from '../metadata/image.ts'

/** Sentences about the static configuration: good to know, and needed to know. */
export interface VainSettings {
  readonly notices: readonly string[]
  readonly warnings: readonly string[]
}

/** At most one sentence for each reason. */
export function vainSettings(config: BrokerConfig): VainSettings {
  const sentences = (support: Support, start: string): string[] => {
    const names = config.changedOf(support)
    return names.length === 0 ? [] : [`${start}: ${names.join(', ')}.`]
  }
  return {
    notices: sentences('no meaning', 'Set, but without meaning on a single node'),
    warnings: sentences('not yet', 'Set, but not built yet and without effect'),
  }
}

/** More names than this are counted. */
const namedMax = 5

/**
 * One sentence for each config that the metadata log sets for this broker, for all or for topics,
 * and that promises what is not there. As an option it would be refused; here it stands already,
 * and is kept for whoever opens the directory next.
 */
export function unkeptPromises(image: MetadataImage, nodeId: number): string[] {
  const places = new Map<string, string[]>()
  const look = (type: number, resource: string, place: string, find: Find): void => {
    for (const [name, text] of configsOf(image, type, resource)) {
      const definition = find(name)
      if (definition === undefined || !isPromise(name, definition, text)) continue
      places.set(name, [...(places.get(name) ?? []), place])
    }
  }
  look(ResourceType.BROKER, '', 'all brokers', brokerDefinition)
  look(ResourceType.BROKER, String(nodeId), 'this broker', brokerDefinition)
  for (const topic of image.topicsByName.keys()) {
    look(ResourceType.TOPIC, topic, `the topic ${topic}`, (name) => topicConfigs().get(name))
  }
  return [...places].map(([name, where]) => {
    const more = where.length > namedMax ? ` and ${where.length - namedMax} more` : ''
    const named = `${where.slice(0, namedMax).join(', ')}${more}`
    return `The metadata log sets ${name} for ${named}, which is not built yet and has no effect.`
  })
}

type Find = (name: string) => ConfigDefinition | undefined

function isPromise(name: string, definition: ConfigDefinition, text: string): boolean {
  if (parseConfig(definition, text).problem !== undefined) return false
  return unkeptPromise(name, definition, text) !== undefined
}
