/**
 * Which partition of `__consumer_offsets` holds a group, as every Kafka broker and client computes
 * it.
 */
import { assert } from '../../base/assert.ts'

/** Java's `String.hashCode`, over UTF-16 units, wrapped to 32 bits. */
export function javaStringHash(text: string): number {
  let hash = 0
  for (let i = 0; i < text.length; i++) hash = (Math.imul(31, hash) + text.charCodeAt(i)) | 0
  return hash
}

/** The absolute hash modulo `partitions`; the one hash that has no absolute value counts as 0. */
export function coordinatorPartition(groupId: string, partitions: number): number {
  assert(partitions > 0, 'a topic has a partition')
  const hash = javaStringHash(groupId)
  return (hash === -2147483648 ? 0 : Math.abs(hash)) % partitions
}
