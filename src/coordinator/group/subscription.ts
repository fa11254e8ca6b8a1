/** Which topics a group reads, as far as its members say. */
import { assert } from '../../base/assert.ts'
import { Reader } from '../../protocol/reader.ts'
import type { ClassicGroup } from './classic-group.ts'
import { metadataFor } from './member.ts'

/**
 * Topics that the members of a consumer group subscribe to (`ConsumerProtocolSubscription`, whose
 * topics come first in every version); undefined for other protocols and unreadable subscriptions.
 */
export function subscribedTopics(group: ClassicGroup): ReadonlySet<string> | undefined {
  if (group.protocolType !== 'consumer' || group.protocolName === undefined) return undefined
  const topics = new Set<string>()
  for (const member of group.members.values()) {
    const reader = new Reader(metadataFor(member, group.protocolName))
    reader.int16()
    const names = reader.array(false, 2, 0, () => reader.string(false))
    if (reader.error !== null) return undefined
    for (const name of names) topics.add(name)
  }
  return topics
}

/**
 * Whether Apache Kafka 4.3.1 fails over a subscription: it loads no group of a partition that has
 * such a member, and never answers one that joins. It reads version, topics and user data, whatever
 * the version, and takes it for unknown where a number is cut off; a size that cannot be kills it.
 */
export function isHarmful(subscription: Uint8Array): boolean {
  const { buffer, byteOffset, byteLength } = subscription
  const view = new DataView(buffer, byteOffset, byteLength)
  let at = 2
  if (byteLength < at + 4 || view.getInt16(0) < 0) return false
  const topics = view.getInt32(at)
  at += 4
  if (topics < 0 || topics > byteLength - at) return true
  for (let left = topics; left > 0; left--) {
    if (byteLength < at + 2) return false
    const size = view.getInt16(at)
    at += 2
    if (size < 0 || size > byteLength - at) return true
    at += size
  }
  assert(at <= byteLength, 'nothing is read beyond the end')
  return byteLength >= at + 4 && view.getInt32(at) > byteLength - at - 4
}
