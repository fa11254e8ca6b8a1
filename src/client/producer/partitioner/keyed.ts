import { assert } from '../../../base/assert.ts'
import { keyedPartition } from '../../../record/keyed-partition.ts'
import type { PartitionedRecord, TopicLoad, TopicPartitioner } from './partitioner.ts'

/** Records with a key by the key's hash, over all partitions; those without by another. */
export class KeyedPartitioner implements TopicPartitioner {
  readonly #keyless: TopicPartitioner

  constructor(keyless: TopicPartitioner) {
    this.#keyless = keyless
  }

  choose(record: PartitionedRecord, load: TopicLoad): number {
    assert(load.partitionCount > 0, 'a topic has partitions')
    if (record.key === null) return this.#keyless.choose(record, load)
    return keyedPartition(record.key, load.partitionCount)
  }

  appended(partition: number, bytes: number, isBatchFull: boolean): void {
    this.#keyless.appended(partition, bytes, isBatchFull)
  }
}
