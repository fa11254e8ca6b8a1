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
import { mergedAnswers, type TopicAnswer } from './partition-answers.ts'
import type { GroupShard } from './shard.ts'
import { commitRefusal } from './sync.ts'

/** First version that names topics by id. */
const idVersion = 10

/** First version of OffsetCommit that can tell that there is no such group. */
const unknownGroupVersion = 9

/** First version of OffsetFetch that asks for several groups. */
const manyGroupsVersion = 8

/** Version of offset records: the one that every Kafka since 2.1 reads; 1 carries an expiry. */
const offsetRecordVersion = 3
const expiringRecordVersion = 1

/** Topics as the metadata has them now. */
export interface TopicNames {
  nameOf(id: Uuid): string | undefined
  idOf(name: string): Uuid | undefined
  /** Number of partitions; 0 for a topic that does not exist. */
  partitionCount(name: string): number
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

/** Commits offsets; a shard of undefined means that this broker does not coordinate the group. */
export async function commitOffsets(
  shard: GroupShard | undefined,
  request: OffsetCommitRequest,
  context: CommitContext,
): Promise<OffsetCommitResponseInput> {
  const { refused, wanted } = sortedOut(request, context)
  // Apache Kafka does not look at the group where nothing is left to commit.
  if (wanted.length === 0) return commitResponse(refused, [], context)
  const refusal =
    shard === undefined ? ErrorCode.NOT_COORDINATOR : groupRefusal(shard, request, context)
  const codes = new Map<OffsetCommitRequestPartition, number>()
  const records: GroupRecordInput[] = []
  for (const { name, partitions } of wanted) {
    for (const partition of partitions) {
      const code = refusal === ErrorCode.NONE ? metadataCode(partition, context) : refusal
      codes.set(partition, code)
      if (code !== ErrorCode.NONE) continue
      records.push(offsetRecord(request, name, partition, context.wallNow))
    }
  }
  assert(shard !== undefined || records.length === 0, 'only a coordinator writes')
  const written = (await shard?.write(records)) ?? ErrorCode.NONE
  const served = wanted.map(({ topic, partitions }) => ({
    topic,
    partitions: partitions.map((partition) => {
      const code = codes.get(partition)
      assert(code !== undefined, 'every partition of a commit was judged')
      const errorCode = code === ErrorCode.NONE ? written : code
      return { partitionIndex: partition.partitionIndex, errorCode }
    }),
  }))
  return commitResponse(refused, served, context)
}

function groupRefusal(
  shard: GroupShard,
  request: OffsetCommitRequest,
  context: CommitContext,
): number {
  const { groupId, memberId, groupInstanceId, generationIdOrMemberEpoch: generationId } = request
  const group = shard.groups.get(groupId)
  if (group !== undefined) {
    return commitRefusal(group, { memberId, groupInstanceId, generationId }, context.now)
  }
  const foreign = shard.foreign.get(groupId)
  if (foreign !== undefined) return shard.foreign.commitRefusal(foreign, generationId, context.now)
  if (generationId >= 0) {
    const isTold = context.version >= unknownGroupVersion
    return isTold ? ErrorCode.GROUP_ID_NOT_FOUND : ErrorCode.ILLEGAL_GENERATION
  }
  // A client that manages its partitions itself: its group exists from the first commit on.
  shard.obtain(groupId)
  return ErrorCode.NONE
}

/** Partitions that exist, by topic as in the request. */
interface WantedCommit {
  readonly topic: OffsetCommitRequestTopic
  readonly name: string
  readonly partitions: readonly OffsetCommitRequestPartition[]
}

/** Parts what there is from what there is not. */
function sortedOut(
  request: OffsetCommitRequest,
  { version, topics }: CommitContext,
): {
  readonly refused: readonly TopicAnswer<OffsetCommitRequestTopic>[]
  readonly wanted: readonly WantedCommit[]
} {
  const refused: TopicAnswer<OffsetCommitRequestTopic>[] = []
  const wanted: WantedCommit[] = []
  for (const topic of request.topics) {
    const name = version >= idVersion ? topics.nameOf(topic.topicId) : topic.name
    const unknownId = name === undefined
    const errorCode = unknownId ? ErrorCode.UNKNOWN_TOPIC_ID : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
    const count = name === undefined ? 0 : topics.partitionCount(name)
    const exists = ({ partitionIndex: index }: OffsetCommitRequestPartition): boolean =>
      index >= 0 && index < count
    const missing = topic.partitions.filter((partition) => !exists(partition))
    const partitions = topic.partitions.filter(exists)
    // A topic that is not there is told of also where no partition of it is named.
    if (missing.length > 0 || count === 0) {
      const answers = missing.map(({ partitionIndex }) => ({ partitionIndex, errorCode }))
      refused.push({ topic, partitions: answers })
    }
    if (name !== undefined && partitions.length > 0) wanted.push({ topic, name, partitions })
  }
  return { refused, wanted }
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
  refused: readonly TopicAnswer<OffsetCommitRequestTopic>[],
  served: readonly TopicAnswer<OffsetCommitRequestTopic>[],
  { version }: CommitContext,
): OffsetCommitResponseInput {
  const byId = version >= idVersion
  const merged = mergedAnswers(refused, served, ({ name, topicId }) => (byId ? topicId : name))
  return {
    topics: merged.map(({ topic: { name, topicId }, partitions }) => ({
      ...(byId ? { topicId } : { name }),
      partitions,
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
    const group = { groupId: request.groupId, topics: wanted, memberId: null, memberEpoch: -1 }
    const found = fetchGroup(shard, group, version, topics)
    // Version 1 has no place for an error of the group but its partitions.
    const named = found.topics.map(({ name, partitions }) => ({ name, partitions }))
    return version >= 2 ? { topics: named, errorCode: found.errorCode } : { topics: named }
  }
  const areKnown = request.groups.every((group) => shards.has(group.groupId))
  assert(areKnown, 'the shard of every group was looked up')
  return {
    groups: request.groups.map((group) => ({
      groupId: group.groupId,
      ...fetchGroup(shards.get(group.groupId), group, version, topics),
    })),
  }
}

interface WantedGroup {
  readonly groupId: string
  readonly topics: readonly WantedTopic[] | null
  readonly memberId: string | null
  readonly memberEpoch: number
}

function fetchGroup(
  shard: GroupShard | undefined,
  group: WantedGroup,
  version: number,
  topics: TopicNames,
) {
  const { groupId } = group
  const errorCode = fetchRefusal(shard, group)
  // An error of the group stands for its partitions, where there is a place for it.
  if (errorCode !== ErrorCode.NONE && version >= 2) return { errorCode, topics: [] }
  const list =
    group.topics ?? (shard === undefined ? [] : everything(shard, groupId, version, topics))
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

/** Whoever asks as a member of a group that is not served here is none. */
function fetchRefusal(shard: GroupShard | undefined, group: WantedGroup): number {
  if (shard === undefined) return ErrorCode.NOT_COORDINATOR
  const foreign = shard.foreignGroup(group.groupId)
  if (foreign === undefined || foreign.type === 'share') return ErrorCode.NONE
  const asMember = group.memberId !== null || group.memberEpoch >= 0
  return asMember ? ErrorCode.UNKNOWN_MEMBER_ID : ErrorCode.NONE
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
