import type { TopicDescription, TopicPartition } from '../client/index.ts'

/** A topic, or some of its partitions: `orders`, `orders:0,1`. */
export interface TopicScope {
  readonly topic: string
  /** Undefined for all of them. */
  readonly partitions: readonly number[] | undefined
}

/** The largest partition that a topic can have. */
const partitionMax = 2 ** 31 - 1

/** Reads the form of Kafka's tools, `TOPIC` or `TOPIC:0,1,2`; undefined for anything else. */
export function parseTopicScope(text: string): TopicScope | undefined {
  const [, topic = '', list] = /^([^:\s]+)(?::(\d+(?:,\d+)*))?$/.exec(text) ?? []
  if (topic === '') return undefined
  if (list === undefined) return { topic, partitions: undefined }
  const partitions = [...new Set(list.split(',').map(Number))]
  return partitions.every((one) => one <= partitionMax) ? { topic, partitions } : undefined
}

/**
 * The partitions of several scopes, each once, in the order of `scopes`. Throws a sentence for a
 * partition that its topic doesn't have.
 *
 * @param topics the topics that the scopes name.
 */
export function partitionsInScope(
  scopes: readonly TopicScope[],
  topics: readonly TopicDescription[],
): readonly TopicPartition[] {
  const counts = new Map(topics.map(({ name, partitionCount }) => [name, partitionCount]))
  const found = new Map<string, TopicPartition>()
  for (const { topic, partitions } of scopes) {
    const count = counts.get(topic)
    if (count === undefined) throw new Error(`There is no topic "${topic}".`)
    for (const partition of partitions ?? Array.from({ length: count }, (_, at) => at)) {
      if (partition >= count) {
        const last = count === 1 ? 'only partition 0' : `partitions 0 to ${count - 1}`
        throw new Error(`Topic "${topic}" has no partition ${partition}; it has ${last}.`)
      }
      found.set(`${topic}-${partition}`, { topic, partition })
    }
  }
  return [...found.values()]
}
