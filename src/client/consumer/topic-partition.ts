/** A partition of a topic, and maps and orders of them. */

/** One partition. */
export interface TopicPartition {
  readonly topic: string
  readonly partition: number
}

/**
 * The key of a partition, which is also how messages name it: `orders-3`. The last dash parts topic
 * and number, so that no two partitions share a key.
 */
export function partitionKey(topic: string, partition: number): string {
  return `${topic}-${partition}`
}

/** {@link partitionKey} of a value. */
export function keyOf(partition: TopicPartition): string {
  return partitionKey(partition.topic, partition.partition)
}

/** Order of strings by their UTF-16 units, which is Java's. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

/** Order by topic, then by number. */
export function comparePartitions(a: TopicPartition, b: TopicPartition): number {
  return compareText(a.topic, b.topic) || a.partition - b.partition
}

/** The numbers of each topic's partitions, topics in the order of their first appearance. */
export function groupByTopic(partitions: Iterable<TopicPartition>): Map<string, number[]> {
  const topics = new Map<string, number[]>()
  for (const { topic, partition } of partitions) {
    const numbers = topics.get(topic)
    if (numbers === undefined) topics.set(topic, [partition])
    else numbers.push(partition)
  }
  return topics
}
