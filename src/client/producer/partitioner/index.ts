import { assert } from '../../../base/assert.ts'
import type { Random } from '../../../base/random.ts'
import { KeyedPartitioner } from './keyed.ts'
import type { PartitionerOption, TopicPartitioner } from './partitioner.ts'
import { RoundRobinPartitioner } from './round-robin.ts'
import { StickyPartitioner } from './sticky.ts'

/** The partitioner of one topic, as the producer's option wants it. */
export function topicPartitioner(
  option: PartitionerOption,
  random: Random,
  batchSize: number,
): TopicPartitioner {
  assert(batchSize > 0, 'a batch has a size')
  if (typeof option === 'function') {
    return {
      choose: (record, load) => option(record, load.partitionCount),
      appended: () => {},
    }
  }
  if (option === 'round-robin') return new RoundRobinPartitioner()
  const sticky = new StickyPartitioner(random, batchSize)
  return option === 'sticky' ? sticky : new KeyedPartitioner(sticky)
}
