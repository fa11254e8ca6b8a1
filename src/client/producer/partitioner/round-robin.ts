import { assert } from '../../../base/assert.ts'
import type { PartitionedRecord, TopicLoad, TopicPartitioner } from './partitioner.ts'

/** One partition after the other, whatever the key; those without a leader are passed over. */
export class RoundRobinPartitioner implements TopicPartitioner {
  #next = 0

  choose(_record: PartitionedRecord, load: TopicLoad): number {
    const { available, partitionCount } = load
    assert(partitionCount > 0, 'a topic has partitions')
    const turn = this.#next++
    return available.length > 0
      ? (available[turn % available.length] as number)
      : turn % partitionCount
  }

  appended(): void {}
}
