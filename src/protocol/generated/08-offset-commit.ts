// Generated from the schema by `npm run generate`; edit that instead.
import { assert } from '../../base/assert.ts'
import type { Api, MessageCodec } from '../codec.ts'
import type { Reader } from '../reader.ts'
import type { Uuid } from '../uuid.ts'
import { zeroUuid } from '../uuid.ts'
import type { Writer } from '../writer.ts'

/** Part of {@link OffsetCommitRequest}. */
export interface OffsetCommitRequestPartition {
  readonly partitionIndex: number
  /** The next offset to read. */
  readonly committedOffset: number
  /** From version 6. */
  readonly committedLeaderEpoch: number
  readonly committedMetadata: string | null
}

/** {@link OffsetCommitRequestPartition} as it is encoded. */
export interface OffsetCommitRequestPartitionInput {
  readonly partitionIndex: number
  readonly committedOffset: number
  readonly committedLeaderEpoch?: number
  readonly committedMetadata: string | null
}

/** Part of {@link OffsetCommitRequest}. */
export interface OffsetCommitRequestTopic {
  /** Versions 2 to 9. */
  readonly name: string
  /** Version 10 only. */
  readonly topicId: Uuid
  readonly partitions: readonly OffsetCommitRequestPartition[]
}

/** {@link OffsetCommitRequestTopic} as it is encoded. */
export interface OffsetCommitRequestTopicInput {
  readonly name?: string
  readonly topicId?: Uuid
  readonly partitions: readonly OffsetCommitRequestPartitionInput[]
}

/** Versions 2 to 10. */
export interface OffsetCommitRequest {
  readonly groupId: string
  /** -1 when no member commits, an admin tool for instance. */
  readonly generationIdOrMemberEpoch: number
  readonly memberId: string
  /** From version 7. */
  readonly groupInstanceId: string | null
  /** Versions 2 to 4; -1 for the broker's own retention. */
  readonly retentionTimeMs: number
  readonly topics: readonly OffsetCommitRequestTopic[]
}

/** {@link OffsetCommitRequest} as it is encoded. */
export interface OffsetCommitRequestInput {
  readonly groupId: string
  readonly generationIdOrMemberEpoch?: number
  readonly memberId?: string
  readonly groupInstanceId?: string | null
  readonly retentionTimeMs?: number
  readonly topics: readonly OffsetCommitRequestTopicInput[]
}

function decodeOffsetCommitRequestPartition(
  reader: Reader,
  version: number,
  flexible: boolean,
): OffsetCommitRequestPartition {
  const partitionIndex = reader.int32()
  const committedOffset = reader.int64()
  const committedLeaderEpoch = version >= 6 ? reader.int32() : -1
  const committedMetadata = reader.nullableString(flexible)
  if (flexible) reader.skipTags()
  return { partitionIndex, committedOffset, committedLeaderEpoch, committedMetadata }
}

function decodeOffsetCommitRequestTopic(
  reader: Reader,
  version: number,
  flexible: boolean,
): OffsetCommitRequestTopic {
  const name = version <= 9 ? reader.string(flexible) : ''
  const topicId = version === 10 ? reader.uuid() : zeroUuid
  const partitions = reader.array(flexible, 14, version, decodeOffsetCommitRequestPartition)
  if (flexible) reader.skipTags()
  return { name, topicId, partitions }
}

function decodeOffsetCommitRequest(reader: Reader, version: number): OffsetCommitRequest {
  assert(version >= 2 && version <= 10, 'a version of OffsetCommitRequest')
  const flexible = version >= 8
  const groupId = reader.string(flexible)
  const generationIdOrMemberEpoch = reader.int32()
  const memberId = reader.string(flexible)
  const groupInstanceId = version >= 7 ? reader.nullableString(flexible) : null
  const retentionTimeMs = version <= 4 ? reader.int64Nearest() : -1
  const topics = reader.array(flexible, 3, version, decodeOffsetCommitRequestTopic)
  if (flexible) reader.skipTags()
  return { groupId, generationIdOrMemberEpoch, memberId, groupInstanceId, retentionTimeMs, topics }
}

function encodeOffsetCommitRequestPartition(
  writer: Writer,
  version: number,
  flexible: boolean,
  message: OffsetCommitRequestPartitionInput,
): void {
  const { partitionIndex, committedOffset, committedLeaderEpoch = -1, committedMetadata } = message
  writer.int32(partitionIndex)
  writer.int64(committedOffset)
  if (version >= 6) writer.int32(committedLeaderEpoch)
  writer.nullableString(flexible, committedMetadata)
  if (flexible) writer.unsignedVarint(0)
}

function encodeOffsetCommitRequestTopic(
  writer: Writer,
  version: number,
  flexible: boolean,
  message: OffsetCommitRequestTopicInput,
): void {
  const { name = '', topicId = zeroUuid, partitions } = message
  if (version <= 9) writer.string(flexible, name)
  if (version === 10) writer.uuid(topicId)
  writer.array(flexible, partitions, version, encodeOffsetCommitRequestPartition)
  if (flexible) writer.unsignedVarint(0)
}

function encodeOffsetCommitRequest(
  writer: Writer,
  version: number,
  message: OffsetCommitRequestInput,
): void {
  assert(version >= 2 && version <= 10, 'a version of OffsetCommitRequest')
  const flexible = version >= 8
  const {
    groupId,
    generationIdOrMemberEpoch = -1,
    memberId = '',
    groupInstanceId = null,
    retentionTimeMs = -1,
    topics,
  } = message
  writer.string(flexible, groupId)
  writer.int32(generationIdOrMemberEpoch)
  writer.string(flexible, memberId)
  if (version >= 7) writer.nullableString(flexible, groupInstanceId)
  else if (groupInstanceId !== null)
    writer.unsupported('OffsetCommitRequest.groupInstanceId', version)
  if (version <= 4) writer.int64(retentionTimeMs)
  writer.array(flexible, topics, version, encodeOffsetCommitRequestTopic)
  if (flexible) writer.unsignedVarint(0)
}

/** Codec of {@link OffsetCommitRequest}. */
export const offsetCommitRequest: MessageCodec<OffsetCommitRequest, OffsetCommitRequestInput> = {
  name: 'OffsetCommitRequest',
  versionMin: 2,
  versionMax: 10,
  flexibleMin: 8,
  decode: decodeOffsetCommitRequest,
  encode: encodeOffsetCommitRequest,
}

/** Part of {@link OffsetCommitResponse}. */
export interface OffsetCommitResponsePartition {
  readonly partitionIndex: number
  readonly errorCode: number
}

/** Part of {@link OffsetCommitResponse}. */
export interface OffsetCommitResponseTopic {
  /** Versions 2 to 9. */
  readonly name: string
  /** Version 10 only. */
  readonly topicId: Uuid
  readonly partitions: readonly OffsetCommitResponsePartition[]
}

/** {@link OffsetCommitResponseTopic} as it is encoded. */
export interface OffsetCommitResponseTopicInput {
  readonly name?: string
  readonly topicId?: Uuid
  readonly partitions: readonly OffsetCommitResponsePartition[]
}

/** Versions 2 to 10. */
export interface OffsetCommitResponse {
  /** From version 3. */
  readonly throttleTimeMs: number
  readonly topics: readonly OffsetCommitResponseTopic[]
}

/** {@link OffsetCommitResponse} as it is encoded. */
export interface OffsetCommitResponseInput {
  readonly throttleTimeMs?: number
  readonly topics: readonly OffsetCommitResponseTopicInput[]
}

function decodeOffsetCommitResponsePartition(
  reader: Reader,
  _version: number,
  flexible: boolean,
): OffsetCommitResponsePartition {
  const partitionIndex = reader.int32()
  const errorCode = reader.int16()
  if (flexible) reader.skipTags()
  return { partitionIndex, errorCode }
}

function decodeOffsetCommitResponseTopic(
  reader: Reader,
  version: number,
  flexible: boolean,
): OffsetCommitResponseTopic {
  const name = version <= 9 ? reader.string(flexible) : ''
  const topicId = version === 10 ? reader.uuid() : zeroUuid
  const partitions = reader.array(flexible, 6, version, decodeOffsetCommitResponsePartition)
  if (flexible) reader.skipTags()
  return { name, topicId, partitions }
}

function decodeOffsetCommitResponse(reader: Reader, version: number): OffsetCommitResponse {
  assert(version >= 2 && version <= 10, 'a version of OffsetCommitResponse')
  const flexible = version >= 8
  const throttleTimeMs = version >= 3 ? reader.int32() : 0
  const topics = reader.array(flexible, 3, version, decodeOffsetCommitResponseTopic)
  if (flexible) reader.skipTags()
  return { throttleTimeMs, topics }
}

function encodeOffsetCommitResponsePartition(
  writer: Writer,
  _version: number,
  flexible: boolean,
  message: OffsetCommitResponsePartition,
): void {
  const { partitionIndex, errorCode } = message
  writer.int32(partitionIndex)
  writer.int16(errorCode)
  if (flexible) writer.unsignedVarint(0)
}

function encodeOffsetCommitResponseTopic(
  writer: Writer,
  version: number,
  flexible: boolean,
  message: OffsetCommitResponseTopicInput,
): void {
  const { name = '', topicId = zeroUuid, partitions } = message
  if (version <= 9) writer.string(flexible, name)
  if (version === 10) writer.uuid(topicId)
  writer.array(flexible, partitions, version, encodeOffsetCommitResponsePartition)
  if (flexible) writer.unsignedVarint(0)
}

function encodeOffsetCommitResponse(
  writer: Writer,
  version: number,
  message: OffsetCommitResponseInput,
): void {
  assert(version >= 2 && version <= 10, 'a version of OffsetCommitResponse')
  const flexible = version >= 8
  const { throttleTimeMs = 0, topics } = message
  if (version >= 3) writer.int32(throttleTimeMs)
  writer.array(flexible, topics, version, encodeOffsetCommitResponseTopic)
  if (flexible) writer.unsignedVarint(0)
}

/** Codec of {@link OffsetCommitResponse}. */
export const offsetCommitResponse: MessageCodec<OffsetCommitResponse, OffsetCommitResponseInput> = {
  name: 'OffsetCommitResponse',
  versionMin: 2,
  versionMax: 10,
  flexibleMin: 8,
  decode: decodeOffsetCommitResponse,
  encode: encodeOffsetCommitResponse,
}

/** The OffsetCommit API. */
export const offsetCommitApi: Api<
  OffsetCommitRequest,
  OffsetCommitRequestInput,
  OffsetCommitResponse,
  OffsetCommitResponseInput
> = {
  key: 8,
  name: 'OffsetCommit',
  request: offsetCommitRequest,
  response: offsetCommitResponse,
}
