/** OffsetDelete: what nobody in the group reads any more is forgotten. */
import { assert } from '../../base/assert.ts'
import { ErrorCode } from '../../protocol/error-codes.ts'
import type {
  OffsetDeleteRequest,
  OffsetDeleteRequestPartition,
  OffsetDeleteResponseInput,
} from '../../protocol/generated/47-offset-delete.ts'
import type { TopicNames } from './offset-requests.ts'
import { mergedAnswers, type TopicAnswer } from './partition-answers.ts'
import type { GroupShard } from './shard.ts'

/** Forgets offsets; a shard of undefined means that this broker does not coordinate the group. */
export async function deleteOffsets(
  shard: GroupShard | undefined,
  { groupId, topics: asked }: OffsetDeleteRequest,
  topics: TopicNames,
  now: number,
): Promise<OffsetDeleteResponseInput> {
  if (groupId === '') return { errorCode: ErrorCode.INVALID_GROUP_ID, topics: [] }
  if (shard === undefined) return { errorCode: ErrorCode.NOT_COORDINATOR, topics: [] }
  const { errorCode, isRead } = readers(shard, groupId, now)
  if (errorCode !== ErrorCode.NONE) return { errorCode, topics: [] }
  const refused: TopicAnswer<string>[] = []
  const served: TopicAnswer<string>[] = []
  const gone = new Map<string, Set<number>>()
  for (const { name, partitions } of asked) {
    const count = topics.partitionCount(name)
    const exists = ({ partitionIndex }: OffsetDeleteRequestPartition): boolean =>
      partitionIndex >= 0 && partitionIndex < count
    const missing = partitions.filter((partition) => !exists(partition))
    const present = partitions.filter(exists)
    if (missing.length > 0 || count === 0) {
      refused.push(answered(name, missing, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION))
    }
    if (present.length === 0) continue
    const code = isRead(name) ? ErrorCode.GROUP_SUBSCRIBED_TO_TOPIC : ErrorCode.NONE
    served.push(answered(name, present, code))
    if (code !== ErrorCode.NONE) continue
    const indexes = gone.get(name) ?? new Set()
    for (const { partitionIndex } of present) indexes.add(partitionIndex)
    gone.set(name, indexes)
  }
  assert(gone.size <= served.length, 'only what is told of goes')
  const isGone = (topic: string, partition: number): boolean =>
    gone.get(topic)?.has(partition) === true
  const code = await shard.write(shard.tombstones(groupId, isGone))
  if (code !== ErrorCode.NONE) return { errorCode: code, topics: [] }
  const merged = mergedAnswers(refused, served, (name) => name)
  return {
    errorCode: code,
    topics: merged.map(({ topic: name, partitions }) => ({ name, partitions })),
  }
}

/** Which topics members read, or why the group as a whole is refused. */
function readers(
  shard: GroupShard,
  groupId: string,
  now: number,
): { readonly errorCode: number; readonly isRead: (topic: string) => boolean } {
  const nobody = { errorCode: ErrorCode.NONE, isRead: () => false }
  const group = shard.groups.get(groupId)
  if (group === undefined) {
    const foreign = shard.foreign.get(groupId)
    if (foreign === undefined || foreign.type === 'share') {
      return { ...nobody, errorCode: ErrorCode.GROUP_ID_NOT_FOUND }
    }
    // What members of another type of group read is not known here: it may be anything.
    const isEmpty = shard.foreign.isEmpty(foreign, now)
    return isEmpty ? nobody : { ...nobody, isRead: () => true }
  }
  if (group.state === 'Empty') return nobody
  if (group.protocolType !== 'consumer') return { ...nobody, errorCode: ErrorCode.NON_EMPTY_GROUP }
  // Before the first generation, and where a subscription cannot be read, it may be anything.
  return { ...nobody, isRead: (topic) => group.subscribed?.has(topic) ?? true }
}

function answered(
  topic: string,
  partitions: readonly OffsetDeleteRequestPartition[],
  errorCode: number,
): TopicAnswer<string> {
  return {
    topic,
    partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode })),
  }
}
