/** How records without an explicit partition find theirs. */
import type { Payload } from '../../../record/record.ts'

/** What a partitioner may know of a record; to be read during its call only. */
export interface PartitionedRecord {
  readonly topic: string
  readonly key: Payload | null
  readonly value: Payload | null
}

/**
 * A partitioner of one's own: returns a partition from 0 to `partitionCount` - 1.
 *
 * @example
 * ```ts
 * import { Producer } from 'odradek/client'
 *
 * const partitioner = (record: { value: unknown }, count: number) => (record.value ? 0 : count - 1)
 * const producer = new Producer({ bootstrapServers: ['127.0.0.1:9092'], partitioner })
 * ```
 */
export type PartitionFunction = (record: PartitionedRecord, partitionCount: number) => number

/**
 * `default`: records with a key by murmur2, as Kafka's Java client does, others sticky; `sticky`:
 * all of them sticky, keys are ignored; `round-robin`: one after the other; or a function.
 */
export type PartitionerOption = 'default' | 'sticky' | 'round-robin' | PartitionFunction

/** What the batches of a topic look like while it is partitioned. */
export interface TopicLoad {
  readonly partitionCount: number
  /** Partitions whose leader is known, in rising order. */
  readonly available: readonly number[]
  /** Batches that wait in each of `available`. */
  queueLengths(): readonly number[]
}

/** Chooses partitions for one topic. */
export interface TopicPartitioner {
  /** A partition from 0 to `load.partitionCount` - 1. */
  choose(record: PartitionedRecord, load: TopicLoad): number
  /**
   * A record of so many bytes went to the partition that was chosen; `isBatchFull` says whether
   * that partition's last batch takes no more.
   */
  appended(partition: number, bytes: number, isBatchFull: boolean): void
}
