/** Which partition a key belongs to: the same as with Kafka's Java client. */
import { assert } from '../base/assert.ts'
import { murmur2Of, toPositive } from './murmur2.ts'
import type { Payload } from './record.ts'

/** Keys up to so many units are hashed in memory that is used again for each. */
const scratchUnitsMax = 1_024
const scratch = Buffer.alloc(scratchUnitsMax * 3)

/** The partition, of so many, of all records with this key. */
export function keyedPartition(key: Payload, partitionCount: number): number {
  assert(partitionCount > 0, 'a topic has partitions')
  return toPositive(hash(key)) % partitionCount
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
