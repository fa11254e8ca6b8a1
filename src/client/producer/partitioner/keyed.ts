import { assert } from '../../../base/assert.ts'
import { murmur2Of, toPositive } from '../../../record/murmur2.ts'
import type { Payload } from '../../../record/record.ts'
import type { PartitionedRecord, TopicLoad, TopicPartitioner } from './partitioner.ts'

/** Keys up to so many units are hashed in memory that is used again for each. */
const scratchUnitsMax = 1_024
const scratch = Buffer.alloc(scratchUnitsMax * 3)

/** Records with a key by the key's hash, over all partitions; those without by another. */
export class KeyedPartitioner implements TopicPartitioner {
  readonly #keyless: TopicPartitioner

  constructor(keyless: TopicPartitioner) {
    this.#keyless = keyless
  }

  choose(record: PartitionedRecord, load: TopicLoad): number {
    assert(load.partitionCount > 0, 'a topic has partitions')
    if (record.key === null) return this.#keyless.choose(record, load)
    return toPositive(hash(record.key)) % load.partitionCount
  }

  appended(partition: number, bytes: number, isBatchFull: boolean): void {
    this.#keyless.appended(partition, bytes, isBatchFull)
  }
}

function hash(key: Payload): number {
  if (typeof key !== 'string') return murmur2Of(key, key.length)
  const units = key.length
  if (units > scratchUnitsMax) {
    const bytes = Buffer.from(key, 'utf8')
    return murmur2Of(bytes, bytes.length)
  }
  for (let i = 0; i < units; i++) {
    const unit = key.charCodeAt(i)
    if (unit > 0x7f) return murmur2Of(scratch, scratch.write(key, 0, 'utf8'))
    scratch[i] = unit
  }
  return murmur2Of(scratch, units)
}
