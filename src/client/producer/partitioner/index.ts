import { assert } from '../../../base/assert.ts'
import type { Random } from '../../../base/random.ts'
import { ConfigError } from '../../error.ts'
import { KeyedPartitioner } from './keyed.ts'
import type {
  PartitionedRecord,
  PartitionerOption,
  PartitionFunction,
  TopicPartitioner,
} from './partitioner.ts'
import { RoundRobinPartitioner } from './round-robin.ts'
import { StickyPartitioner } from './sticky.ts'

/**
 * The partitioner of one topic, as the producer's option wants it. What a function as the option
 * throws comes as a {@link ConfigError} with it as its cause.
 */
export function topicPartitioner(
  option: PartitionerOption,
  random: Random,
  batchSize: number,
): TopicPartitioner {
  assert(batchSize > 0, 'a batch has a size')
  if (typeof option === 'function') {
    return {
      choose: (record, load) => chosenBy(option, record, load.partitionCount),
      appended: () => {},
    }
  }
  if (option === 'round-robin') return new RoundRobinPartitioner()
  const sticky = new StickyPartitioner(random, batchSize)
  return option === 'sticky' ? sticky : new KeyedPartitioner(sticky)
}

function chosenBy(
  partitioner: PartitionFunction,
  record: PartitionedRecord,
  count: number,
): number {
  try {
    return partitioner(record, count)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    const what = `The partitioner failed for a record of topic ${record.topic}`
    throw new ConfigError(`${what}: ${why.replace(/\.$/, '')}.`, { cause })
  }
}
