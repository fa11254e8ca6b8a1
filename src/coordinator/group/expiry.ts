/** Forgets committed offsets that outlived the retention, and groups that have nothing left. */
import type { GroupRecordInput } from '../../protocol/group-record.ts'
import type { ClassicGroup } from './classic-group.ts'
import { type ExpiryView, expired } from './offsets.ts'
import type { GroupShard } from './shard.ts'
import { subscribedTopics } from './subscription.ts'

/** One pass over a shard's groups; `now` is the wall clock. */
export async function expireOffsets(
  shard: GroupShard,
  retentionMs: number,
  now: number,
): Promise<void> {
  for (const group of [...shard.groups.values()]) {
    const { records, left } = expiredOffsets(shard, group, retentionMs, now)
    const finished = left === 0 && group.state === 'Empty' && group.pendingMembers.size === 0
    // A group that has neither members nor offsets is gone, unless it was made a moment ago.
    if (finished && (records.length > 0 || now - group.stateTimestamp >= retentionMs)) {
      await shard.drop(group)
    } else if (records.length > 0) {
      await shard.write(records)
    }
  }
}

function expiredOffsets(
  shard: GroupShard,
  group: ClassicGroup,
  retentionMs: number,
  now: number,
): { readonly records: GroupRecordInput[]; readonly left: number } {
  const view: ExpiryView = {
    state: group.state,
    protocolType: group.protocolType,
    stateTimestamp: group.stateTimestamp,
    subscribed: subscribedTopics(group),
  }
  const records: GroupRecordInput[] = []
  let left = 0
  for (const [topic, partitions] of shard.offsets.of(group.groupId)) {
    for (const [partition, offset] of partitions) {
      if (!expired(topic, offset, view, retentionMs, now)) {
        left += 1
        continue
      }
      const key = { group: group.groupId, topic, partition }
      records.push({ name: 'OffsetCommit', key, version: 0, value: null })
    }
  }
  return { records, left }
}
