/** A partition of a topic, and maps and orders of them. */
import { groupedBy } from '../base/grouped.ts'

/** A partition of a topic. */
export interface TopicPartition {
  readonly topic: string
  /** From 0 on. */
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
  const topics = groupedBy(partitions, ({ topic }) => topic)
  return new Map([...topics].map(([topic, of]) => [topic, of.map(({ partition }) => partition)]))
}
