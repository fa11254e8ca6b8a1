// Generated from the schema by `npm run generate`; edit that instead.
import { assert } from '../../base/assert.ts'
import type { Api, MessageCodec } from '../codec.ts'
import { readInt32, writeInt32 } from '../primitives.ts'
import type { Reader } from '../reader.ts'
import type { Uuid } from '../uuid.ts'
import { zeroUuid } from '../uuid.ts'
import type { Writer } from '../writer.ts'

/** Part of {@link OffsetFetchRequest}. */
export interface OffsetFetchRequestTopic {
  readonly name: string
  readonly partitionIndexes: readonly number[]
}

/** Part of {@link OffsetFetchRequest}. */
export interface OffsetFetchRequestTopics {
  /** Versions 8 to 9. */
  readonly name: string
  /** Version 10 only. */
  readonly topicId: Uuid
  readonly partitionIndexes: readonly number[]
}

/** {@link OffsetFetchRequestTopics} as it is encoded. */
export interface OffsetFetchRequestTopicsInput {
  readonly name?: string
  readonly topicId?: Uuid
  readonly partitionIndexes: readonly number[]
}

/** Part of {@link OffsetFetchRequest}. */
export interface OffsetFetchRequestGroup {
  readonly groupId: string
  /** From version 9. */
  readonly memberId: string | null
  /** From version 9. */
  readonly memberEpoch: number
  /** Null for all that the group has. */
  readonly topics: readonly OffsetFetchRequestTopics[] | null
}

/** {@link OffsetFetchRequestGroup} as it is encoded. */
export interface OffsetFetchRequestGroupInput {
  readonly groupId: string
  readonly memberId?: string | null
  readonly memberEpoch?: number
  readonly topics: readonly OffsetFetchRequestTopicsInput[] | null
}

/** Versions 1 to 10. */
export interface OffsetFetchRequest {
  /** Versions 1 to 7. */
  readonly groupId: string
  /** Versions 1 to 7; null for all that the group has. */
  readonly topics: readonly OffsetFetchRequestTopic[] | null
  /** From version 8. */
  readonly groups: readonly OffsetFetchRequestGroup[]
  /** From version 7; answer 88 while a transaction has undecided commits. */
  readonly requireStable: boolean
}

/** {@link OffsetFetchRequest} as it is encoded. */
export interface OffsetFetchRequestInput {
  readonly groupId?: string
  readonly topics?: readonly OffsetFetchRequestTopic[] | null
  readonly groups?: readonly OffsetFetchRequestGroupInput[]
  readonly requireStable?: boolean
}

function decodeOffsetFetchRequestTopic(
  reader: Reader,
  version: number,
  flexible: boolean,
): OffsetFetchRequestTopic {
  const name = reader.string(flexible)
  const partitionIndexes = reader.array(flexible, 4, version, readInt32)
  if (flexible) reader.skipTags()
  return { name, partitionIndexes }
}

function decodeOffsetFetchRequestTopics(
  reader: Reader,
  version: number,
  _flexible: boolean,
): OffsetFetchRequestTopics {
  const name = version <= 9 ? reader.string(true) : ''
  const topicId = version === 10 ? reader.uuid() : zeroUuid
  const partitionIndexes = reader.array(true, 4, version, readInt32)
  reader.skipTags()
  return { name, topicId, partitionIndexes }
}

function decodeOffsetFetchRequestGroup(
  reader: Reader,
  version: number,
  _flexible: boolean,
): OffsetFetchRequestGroup {
  const groupId = reader.string(true)
  const memberId = version >= 9 ? reader.nullableString(true) : null
  const memberEpoch = version >= 9 ? reader.int32() : -1
  const topics = reader.nullableArray(true, 3, version, decodeOffsetFetchRequestTopics)
  reader.skipTags()
  return { groupId, memberId, memberEpoch, topics }
}

function decodeOffsetFetchRequest(reader: Reader, version: number): OffsetFetchRequest {
  assert(version >= 1 && version <= 10, 'a version of OffsetFetchRequest')
  const flexible = version >= 6
  const groupId = version <= 7 ? reader.string(flexible) : ''
  const topics = version <= 7
    ? reader.nullableArray(flexible, 3, version, decodeOffsetFetchRequestTopic, version >= 2)
    : []
  const groups = version >= 8
    ? reader.array(flexible, 3, version, decodeOffsetFetchRequestGroup)
    : []
  const requireStable = version >= 7 ? reader.bool() : false
  if (flexible) reader.skipTags()
  return { groupId, topics, groups, requireStable }
}

function encodeOffsetFetchRequestTopic(
  writer: Writer,
  version: number,
  flexible: boolean,
  message: OffsetFetchRequestTopic,
): void {
  const { name, partitionIndexes } = message
  writer.string(flexible, name)
  writer.array(flexible, partitionIndexes, version, writeInt32)
  if (flexible) writer.unsignedVarint(0)
}

function encodeOffsetFetchRequestTopics(
  writer: Writer,
  version: number,
  _flexible: boolean,
  message: OffsetFetchRequestTopicsInput,
): void {
  const { name = '', topicId = zeroUuid, partitionIndexes } = message
  if (version <= 9) writer.string(true, name)
  if (version === 10) writer.uuid(topicId)
  writer.array(true, partitionIndexes, version, writeInt32)
  writer.unsignedVarint(0)
}

function encodeOffsetFetchRequestGroup(
  writer: Writer,
  version: number,
  _flexible: boolean,
  message: OffsetFetchRequestGroupInput,
): void {
  const { groupId, memberId = null, memberEpoch = -1, topics } = message
  writer.string(true, groupId)
  if (version >= 9) writer.nullableString(true, memberId)
  if (version >= 9) writer.int32(memberEpoch)
  writer.nullableArray(true, topics, version, encodeOffsetFetchRequestTopics)
  writer.unsignedVarint(0)
}

function encodeOffsetFetchRequest(
  writer: Writer,
  version: number,
  message: OffsetFetchRequestInput,
): void {
  assert(version >= 1 && version <= 10, 'a version of OffsetFetchRequest')
  const flexible = version >= 6
  const { groupId = '', topics = [], groups = [], requireStable = false } = message
  if (version <= 7) writer.string(flexible, groupId)
  else if (groupId !== '') writer.unsupported('OffsetFetchRequest.groupId', version)
  if (version <= 7)
    writer.nullableArray(flexible, topics, version, encodeOffsetFetchRequestTopic, version >= 2)
  else if (topics?.length !== 0) writer.unsupported('OffsetFetchRequest.topics', version)
  if (version >= 8) writer.array(flexible, groups, version, encodeOffsetFetchRequestGroup)
  else if (groups.length > 0) writer.unsupported('OffsetFetchRequest.groups', version)
  if (version >= 7) writer.bool(requireStable)
  else if (requireStable) writer.unsupported('OffsetFetchRequest.requireStable', version)
  if (flexible) writer.unsignedVarint(0)
}

/** Codec of {@link OffsetFetchRequest}. */
export const offsetFetchRequest: MessageCodec<OffsetFetchRequest, OffsetFetchRequestInput> = {
  name: 'OffsetFetchRequest',
  versionMin: 1,
  versionMax: 10,
  flexibleMin: 6,
  decode: decodeOffsetFetchRequest,
  encode: encodeOffsetFetchRequest,
}

/** Part of {@link OffsetFetchResponse}. */
export interface OffsetFetchResponsePartition {
  readonly partitionIndex: number
  /** -1 when there is none. */
  readonly committedOffset: number
  /** From version 5. */
  readonly committedLeaderEpoch: number
  readonly metadata: string | null
  readonly errorCode: number
}

/** {@link OffsetFetchResponsePartition} as it is encoded. */
export interface OffsetFetchResponsePartitionInput {
  readonly partitionIndex: number
  readonly committedOffset: number
  readonly committedLeaderEpoch?: number
  readonly metadata: string | null
  readonly errorCode: number
}

/** Part of {@link OffsetFetchResponse}. */
export interface OffsetFetchResponseTopic {
  readonly name: string
  readonly partitions: readonly OffsetFetchResponsePartition[]
}

/** {@link OffsetFetchResponseTopic} as it is encoded. */
export interface OffsetFetchResponseTopicInput {
  readonly name: string
  readonly partitions: readonly OffsetFetchResponsePartitionInput[]
}

/** Part of {@link OffsetFetchResponse}. */
export interface OffsetFetchResponsePartitions {
  readonly partitionIndex: number
  /** -1 when there is none. */
  readonly committedOffset: number
  readonly committedLeaderEpoch: number
  readonly metadata: string | null
  readonly errorCode: number
}

/** {@link OffsetFetchResponsePartitions} as it is encoded. */
export interface OffsetFetchResponsePartitionsInput {
  readonly partitionIndex: number
  readonly committedOffset: number
  readonly committedLeaderEpoch?: number
  readonly metadata: string | null
  readonly errorCode: number
}

/** Part of {@link OffsetFetchResponse}. */
export interface OffsetFetchResponseTopics {
  /** Versions 8 to 9. */
  readonly name: string
  /** Version 10 only. */
  readonly topicId: Uuid
  readonly partitions: readonly OffsetFetchResponsePartitions[]
}

/** {@link OffsetFetchResponseTopics} as it is encoded. */
export interface OffsetFetchResponseTopicsInput {
  readonly name?: string
  readonly topicId?: Uuid
  readonly partitions: readonly OffsetFetchResponsePartitionsInput[]
}

/** Part of {@link OffsetFetchResponse}. */
export interface OffsetFetchResponseGroup {
  readonly groupId: string
  readonly topics: readonly OffsetFetchResponseTopics[]
  readonly errorCode: number
}

/** {@link OffsetFetchResponseGroup} as it is encoded. */
export interface OffsetFetchResponseGroupInput {
  readonly groupId: string
  readonly topics: readonly OffsetFetchResponseTopicsInput[]
  readonly errorCode?: number
}

/** Versions 1 to 10. */
export interface OffsetFetchResponse {
  /** From version 3. */
  readonly throttleTimeMs: number
  /** Versions 1 to 7. */
  readonly topics: readonly OffsetFetchResponseTopic[]
  /** Versions 2 to 7. */
  readonly errorCode: number
  /** From version 8. */
  readonly groups: readonly OffsetFetchResponseGroup[]
}

/** {@link OffsetFetchResponse} as it is encoded. */
export interface OffsetFetchResponseInput {
  readonly throttleTimeMs?: number
  readonly topics?: readonly OffsetFetchResponseTopicInput[]
  readonly errorCode?: number
  readonly groups?: readonly OffsetFetchResponseGroupInput[]
}

function decodeOffsetFetchResponsePartition(
  reader: Reader,
  version: number,
  flexible: boolean,
): OffsetFetchResponsePartition {
  const partitionIndex = reader.int32()
  const committedOffset = reader.int64()
  const committedLeaderEpoch = version >= 5 ? reader.int32() : -1
  const metadata = reader.nullableString(flexible)
  const errorCode = reader.int16()
  if (flexible) reader.skipTags()
  return { partitionIndex, committedOffset, committedLeaderEpoch, metadata, errorCode }
}

function decodeOffsetFetchResponseTopic(
  reader: Reader,
  version: number,
  flexible: boolean,
): OffsetFetchResponseTopic {
  const name = reader.string(flexible)
  const partitions = reader.array(flexible, 16, version, decodeOffsetFetchResponsePartition)
  if (flexible) reader.skipTags()
  return { name, partitions }
}

function decodeOffsetFetchResponsePartitions(
  reader: Reader,
  _version: number,
  _flexible: boolean,
): OffsetFetchResponsePartitions {
  const partitionIndex = reader.int32()
  const committedOffset = reader.int64()
  const committedLeaderEpoch = reader.int32()
  const metadata = reader.nullableString(true)
  const errorCode = reader.int16()
  reader.skipTags()
  return { partitionIndex, committedOffset, committedLeaderEpoch, metadata, errorCode }
}

function decodeOffsetFetchResponseTopics(
  reader: Reader,
  version: number,
  _flexible: boolean,
): OffsetFetchResponseTopics {
  const name = version <= 9 ? reader.string(true) : ''
  const topicId = version === 10 ? reader.uuid() : zeroUuid
  const partitions = reader.array(true, 20, version, decodeOffsetFetchResponsePartitions)
  reader.skipTags()
  return { name, topicId, partitions }
}

function decodeOffsetFetchResponseGroup(
  reader: Reader,
  version: number,
  _flexible: boolean,
): OffsetFetchResponseGroup {
  const groupId = reader.string(true)
  const topics = reader.array(true, 3, version, decodeOffsetFetchResponseTopics)
  const errorCode = reader.int16()
  reader.skipTags()
  return { groupId, topics, errorCode }
}

function decodeOffsetFetchResponse(reader: Reader, version: number): OffsetFetchResponse {
  assert(version >= 1 && version <= 10, 'a version of OffsetFetchResponse')
  const flexible = version >= 6
  const throttleTimeMs = version >= 3 ? reader.int32() : 0
  const topics = version <= 7
    ? reader.array(flexible, 3, version, decodeOffsetFetchResponseTopic)
    : []
  const errorCode = version >= 2 && version <= 7 ? reader.int16() : 0
  const groups = version >= 8
    ? reader.array(flexible, 5, version, decodeOffsetFetchResponseGroup)
    : []
  if (flexible) reader.skipTags()
  return { throttleTimeMs, topics, errorCode, groups }
}

function encodeOffsetFetchResponsePartition(
  writer: Writer,
  version: number,
  flexible: boolean,
  message: OffsetFetchResponsePartitionInput,
): void {
  const {
    partitionIndex,
    committedOffset,
    committedLeaderEpoch = -1,
    metadata,
    errorCode,
  } = message
  writer.int32(partitionIndex)
  writer.int64(committedOffset)
  if (version >= 5) writer.int32(committedLeaderEpoch)
  writer.nullableString(flexible, metadata)
  writer.int16(errorCode)
  if (flexible) writer.unsignedVarint(0)
}

function encodeOffsetFetchResponseTopic(
  writer: Writer,
  version: number,
  flexible: boolean,
  message: OffsetFetchResponseTopicInput,
): void {
  const { name, partitions } = message
  writer.string(flexible, name)
  writer.array(flexible, partitions, version, encodeOffsetFetchResponsePartition)
  if (flexible) writer.unsignedVarint(0)
}

function encodeOffsetFetchResponsePartitions(
  writer: Writer,
  _version: number,
  _flexible: boolean,
  message: OffsetFetchResponsePartitionsInput,
): void {
  const {
    partitionIndex,
    committedOffset,
    committedLeaderEpoch = -1,
    metadata,
    errorCode,
  } = message
  writer.int32(partitionIndex)
  writer.int64(committedOffset)
  writer.int32(committedLeaderEpoch)
  writer.nullableString(true, metadata)
  writer.int16(errorCode)
  writer.unsignedVarint(0)
}

function encodeOffsetFetchResponseTopics(
  writer: Writer,
  version: number,
  _flexible: boolean,
  message: OffsetFetchResponseTopicsInput,
): void {
  const { name = '', topicId = zeroUuid, partitions } = message
  if (version <= 9) writer.string(true, name)
  if (version === 10) writer.uuid(topicId)
  writer.array(true, partitions, version, encodeOffsetFetchResponsePartitions)
  writer.unsignedVarint(0)
}

function encodeOffsetFetchResponseGroup(
  writer: Writer,
  version: number,
  _flexible: boolean,
  message: OffsetFetchResponseGroupInput,
): void {
  const { groupId, topics, errorCode = 0 } = message
  writer.string(true, groupId)
  writer.array(true, topics, version, encodeOffsetFetchResponseTopics)
  writer.int16(errorCode)
  writer.unsignedVarint(0)
}

function encodeOffsetFetchResponse(
  writer: Writer,
  version: number,
  message: OffsetFetchResponseInput,
): void {
  assert(version >= 1 && version <= 10, 'a version of OffsetFetchResponse')
  const flexible = version >= 6
  const { throttleTimeMs = 0, topics = [], errorCode = 0, groups = [] } = message
  if (version >= 3) writer.int32(throttleTimeMs)
  if (version <= 7) writer.array(flexible, topics, version, encodeOffsetFetchResponseTopic)
  else if (topics.length > 0) writer.unsupported('OffsetFetchResponse.topics', version)
  if (version >= 2 && version <= 7) writer.int16(errorCode)
  if (version >= 8) writer.array(flexible, groups, version, encodeOffsetFetchResponseGroup)
  else if (groups.length > 0) writer.unsupported('OffsetFetchResponse.groups', version)
  if (flexible) writer.unsignedVarint(0)
}

/** Codec of {@link OffsetFetchResponse}. */
export const offsetFetchResponse: MessageCodec<OffsetFetchResponse, OffsetFetchResponseInput> = {
  name: 'OffsetFetchResponse',
  versionMin: 1,
  versionMax: 10,
  flexibleMin: 6,
  decode: decodeOffsetFetchResponse,
  encode: encodeOffsetFetchResponse,
}

/** The OffsetFetch API. */
export const offsetFetchApi: Api<
  OffsetFetchRequest,
  OffsetFetchRequestInput,
  OffsetFetchResponse,
  OffsetFetchResponseInput
> = {
  key: 9,
  name: 'OffsetFetch',
  request: offsetFetchRequest,
  response: offsetFetchResponse,
}
