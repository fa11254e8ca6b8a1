/** Which topics a group reads, as far as its members say. */
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
