/** OffsetCommit and OffsetFetch: requests in, responses out, for names and for topic ids. */
import { assert } from '../../base/assert.ts'
import { ErrorCode } from '../../protocol/error-codes.ts'
import type {
  OffsetCommitRequest,
  OffsetCommitRequestPartition,
  OffsetCommitRequestTopic,
  OffsetCommitResponseInput,
} from '../../protocol/generated/08-offset-commit.ts'
import type {
  OffsetFetchRequest,
  OffsetFetchResponseInput,
} from '../../protocol/generated/09-offset-fetch.ts'
import type { GroupRecordInput } from '../../protocol/group-record.ts'
import { type Uuid, zeroUuid } from '../../protocol/uuid.ts'
import type { CommittedOffset } from './offsets.ts'
import type { GroupShard } from './shard.ts'
import { commitRefusal } from './sync.ts'

/** First version that names topics by id. */
const idVersion = 10

/** First version of OffsetFetch that asks for several groups. */
const manyGroupsVersion = 8

/** Version of offset records: the one that every Kafka since 2.1 reads; 1 carries an expiry. */
const offsetRecordVersion = 3
const expiringRecordVersion = 1

/** Topics as the metadata has them now. */
export interface TopicNames {
  nameOf(id: Uuid): string | undefined
  idOf(name: string): Uuid | undefined
}

/** What a commit needs beside the request. */
export interface CommitContext {
  readonly version: number
  readonly metadataBytesMax: number
  /** Monotonic, for sessions. */
  readonly now: number
  /** Wall clock, for the commit's timestamp. */
  readonly wallNow: number
  readonly topics: TopicNames
}

/** Commits offsets; a shard of undefined means that the group has no coordinator or no name. */
export async function commitOffsets(
  shard: GroupShard | undefined,
  request: OffsetCommitRequest,
  context: CommitContext,
): Promise<OffsetCommitResponseInput> {
  if (shard === undefined) {
    const empty = request.groupId === ''
    const code = empty ? ErrorCode.INVALID_GROUP_ID : ErrorCode.COORDINATOR_NOT_AVAILABLE
    return commitResponse(request, context, () => code)
  }
  const refusal = groupRefusal(shard, request, context)
  if (refusal !== ErrorCode.NONE) return commitResponse(request, context, () => refusal)
  const codes = new Map<OffsetCommitRequestPartition, number>()
  const records: GroupRecordInput[] = []
  for (const topic of request.topics) {
    const resolved = resolveTopic(topic, context)
    for (const partition of topic.partitions) {
      const code = resolved.name === undefined ? resolved.code : metadataCode(partition, context)
      codes.set(partition, code)
      if (code !== ErrorCode.NONE || resolved.name === undefined) continue
      records.push(offsetRecord(request, resolved.name, partition, context.wallNow))
    }
  }
  const written = await shard.write(records)
  return commitResponse(request, context, (partition) => {
    const code = codes.get(partition)
    assert(code !== undefined, 'every partition of a commit was judged')
    return code === ErrorCode.NONE ? written : code
  })
}

function groupRefusal(
  shard: GroupShard,
  request: OffsetCommitRequest,
  context: CommitContext,
): number {
  assert(request.groupId !== '', 'a group without a name has no shard')
  const claim = {
    memberId: request.memberId,
    groupInstanceId: request.groupInstanceId,
    generationId: request.generationIdOrMemberEpoch,
  }
  const group = shard.groups.get(request.groupId)
  if (group !== undefined) return commitRefusal(group, claim, context.now)
  if (claim.generationId >= 0) return ErrorCode.ILLEGAL_GENERATION
  // A client that manages its partitions itself: its group exists from the first commit on.
  shard.obtain(request.groupId)
  return ErrorCode.NONE
}

function resolveTopic(
  topic: OffsetCommitRequestTopic,
  context: CommitContext,
):
  | { readonly name: string; readonly code: 0 }
  | { readonly name: undefined; readonly code: number } {
  if (context.version >= idVersion) {
    const name = context.topics.nameOf(topic.topicId)
    return name === undefined
      ? { name, code: ErrorCode.UNKNOWN_TOPIC_ID }
      : { name, code: ErrorCode.NONE }
  }
  return context.topics.idOf(topic.name) === undefined
    ? { name: undefined, code: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION }
    : { name: topic.name, code: ErrorCode.NONE }
}

function metadataCode(partition: OffsetCommitRequestPartition, context: CommitContext): number {
  const bytes = Buffer.byteLength(partition.committedMetadata ?? '')
  return bytes > context.metadataBytesMax ? ErrorCode.OFFSET_METADATA_TOO_LARGE : ErrorCode.NONE
}

function offsetRecord(
  request: OffsetCommitRequest,
  topic: string,
  partition: OffsetCommitRequestPartition,
  wallNow: number,
): GroupRecordInput {
  assert(topic !== '', 'an offset is of a topic that has a name')
  const key = { group: request.groupId, topic, partition: partition.partitionIndex }
  const value = {
    offset: partition.committedOffset,
    metadata: partition.committedMetadata ?? '',
    commitTimestamp: wallNow,
  }
  const retentionMs = request.retentionTimeMs
  if (retentionMs >= 0) {
    const expireTimestamp = wallNow + retentionMs
    const expiring = { ...value, expireTimestamp }
    return { name: 'OffsetCommit', key, version: expiringRecordVersion, value: expiring }
  }
  const current = { ...value, leaderEpoch: partition.committedLeaderEpoch }
  return { name: 'OffsetCommit', key, version: offsetRecordVersion, value: current }
}

function commitResponse(
  request: OffsetCommitRequest,
  context: CommitContext,
  codeOf: (partition: OffsetCommitRequestPartition) => number,
): OffsetCommitResponseInput {
  const byId = context.version >= idVersion
  return {
    topics: request.topics.map((topic) => ({
      ...(byId ? { topicId: topic.topicId } : { name: topic.name }),
      partitions: topic.partitions.map((partition) => ({
        partitionIndex: partition.partitionIndex,
        errorCode: codeOf(partition),
      })),
    })),
  }
}

interface WantedTopic {
  readonly name: string
  readonly topicId: Uuid
  readonly partitionIndexes: readonly number[]
}

/** Fetches committed offsets of one group (up to version 7) or of several. */
export function fetchOffsets(
  shards: ReadonlyMap<string, GroupShard | undefined>,
  request: OffsetFetchRequest,
  version: number,
  topics: TopicNames,
): OffsetFetchResponseInput {
  if (version < manyGroupsVersion) {
    const wanted = request.topics?.map((topic) => ({ ...topic, topicId: zeroUuid })) ?? null
    assert(shards.has(request.groupId), 'the shard of the group was looked up')
    const shard = shards.get(request.groupId)
    const found = fetchGroup(shard, request.groupId, wanted, version, topics)
    // Version 1 has no place for an error of the group but its partitions.
    const named = found.topics.map(({ name, partitions }) => ({ name, partitions }))
    return version >= 2 ? { topics: named, errorCode: found.errorCode } : { topics: named }
  }
  const areKnown = request.groups.every((group) => shards.has(group.groupId))
  assert(areKnown, 'the shard of every group was looked up')
  return {
    groups: request.groups.map((group) => ({
      groupId: group.groupId,
      ...fetchGroup(shards.get(group.groupId), group.groupId, group.topics, version, topics),
    })),
  }
}

function fetchGroup(
  shard: GroupShard | undefined,
  groupId: string,
  wanted: readonly WantedTopic[] | null,
  version: number,
  topics: TopicNames,
) {
  const unavailable =
    groupId === '' ? ErrorCode.INVALID_GROUP_ID : ErrorCode.COORDINATOR_NOT_AVAILABLE
  const errorCode = shard === undefined ? unavailable : ErrorCode.NONE
  const list = wanted ?? (shard === undefined ? [] : everything(shard, groupId, version, topics))
  return {
    errorCode,
    topics: list.map((topic) => {
      const byId = version >= idVersion
      const name = byId ? topics.nameOf(topic.topicId) : topic.name
      const code = name === undefined ? ErrorCode.UNKNOWN_TOPIC_ID : errorCode
      return {
        name: byId ? '' : topic.name,
        topicId: byId ? topic.topicId : zeroUuid,
        partitions: topic.partitionIndexes.map((index) =>
          fetched(index, name && shard?.offsets.get(groupId, name, index), code),
        ),
      }
    }),
  }
}

/** All that the group has committed; by id only topics that still exist can be told. */
function everything(
  shard: GroupShard,
  groupId: string,
  version: number,
  topics: TopicNames,
): WantedTopic[] {
  const all: WantedTopic[] = []
  for (const [name, partitions] of shard.offsets.of(groupId)) {
    const topicId = topics.idOf(name)
    if (version >= idVersion && topicId === undefined) continue
    const partitionIndexes = [...partitions.keys()]
    all.push({ name, topicId: topicId ?? zeroUuid, partitionIndexes })
  }
  return all
}

function fetched(
  partitionIndex: number,
  found: CommittedOffset | string | undefined,
  code: number,
) {
  const offset = typeof found === 'object' ? found : undefined
  return {
    partitionIndex,
    committedOffset: offset?.offset ?? -1,
    committedLeaderEpoch: offset?.leaderEpoch ?? -1,
    metadata: offset?.metadata ?? '',
    errorCode: code,
  }
}
