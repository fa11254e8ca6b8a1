// Generated from the schema by `npm run generate`; edit that instead.
import { assert } from '../../base/assert.ts'
import type { Api, MessageCodec } from '../codec.ts'
import { readInt32, writeInt32, readString, writeString } from '../primitives.ts'
import type { Reader } from '../reader.ts'
import type { Uuid } from '../uuid.ts'
import type { Writer } from '../writer.ts'

/** Versions 0 to 1. */
export interface ConsumerGroupDescribeRequest {
  readonly groupIds: readonly string[]
  readonly includeAuthorizedOperations: boolean
}

function decodeConsumerGroupDescribeRequest(
  reader: Reader,
  version: number,
): ConsumerGroupDescribeRequest {
  assert(version >= 0 && version <= 1, 'a version of ConsumerGroupDescribeRequest')
  const groupIds = reader.array(true, 1, version, readString)
  const includeAuthorizedOperations = reader.bool()
  reader.skipTags()
  return { groupIds, includeAuthorizedOperations }
}

function encodeConsumerGroupDescribeRequest(
  writer: Writer,
  version: number,
  message: ConsumerGroupDescribeRequest,
): void {
  assert(version >= 0 && version <= 1, 'a version of ConsumerGroupDescribeRequest')
  const { groupIds, includeAuthorizedOperations } = message
  writer.array(true, groupIds, version, writeString)
  writer.bool(includeAuthorizedOperations)
  writer.unsignedVarint(0)
}

/** Codec of {@link ConsumerGroupDescribeRequest}. */
export const consumerGroupDescribeRequest: MessageCodec<ConsumerGroupDescribeRequest> = {
  name: 'ConsumerGroupDescribeRequest',
  versionMin: 0,
  versionMax: 1,
  flexibleMin: 0,
  decode: decodeConsumerGroupDescribeRequest,
  encode: encodeConsumerGroupDescribeRequest,
}

/** Part of {@link ConsumerGroupDescribeResponse}. */
export interface ConsumerGroupTopicPartitions {
  readonly topicId: Uuid
  readonly topicName: string
  readonly partitions: readonly number[]
}

/** Part of {@link ConsumerGroupDescribeResponse}. */
export interface ConsumerGroupAssignment {
  readonly topicPartitions: readonly ConsumerGroupTopicPartitions[]
}

/** Part of {@link ConsumerGroupDescribeResponse}. */
export interface ConsumerGroupMember {
  readonly memberId: string
  readonly instanceId: string | null
  readonly rackId: string | null
  readonly memberEpoch: number
  readonly clientId: string
  readonly clientHost: string
  readonly subscribedTopicNames: readonly string[]
  readonly subscribedTopicRegex: string | null
  readonly assignment: ConsumerGroupAssignment
  readonly targetAssignment: ConsumerGroupAssignment
  /** Version 1 only; -1 unknown, 0 classic, 1 consumer. */
  readonly memberType: number
}

/** {@link ConsumerGroupMember} as it is encoded. */
export interface ConsumerGroupMemberInput {
  readonly memberId: string
  readonly instanceId?: string | null
  readonly rackId?: string | null
  readonly memberEpoch: number
  readonly clientId: string
  readonly clientHost: string
  readonly subscribedTopicNames: readonly string[]
  readonly subscribedTopicRegex?: string | null
  readonly assignment: ConsumerGroupAssignment
  readonly targetAssignment: ConsumerGroupAssignment
  readonly memberType?: number
}

/** Part of {@link ConsumerGroupDescribeResponse}. */
export interface DescribedConsumerGroup {
  readonly errorCode: number
  readonly errorMessage: string | null
  readonly groupId: string
  readonly groupState: string
  readonly groupEpoch: number
  readonly assignmentEpoch: number
  readonly assignorName: string
  readonly members: readonly ConsumerGroupMember[]
  /** Bit set; the smallest int32 when not asked for. */
  readonly authorizedOperations: number
}

/** {@link DescribedConsumerGroup} as it is encoded. */
export interface DescribedConsumerGroupInput {
  readonly errorCode: number
  readonly errorMessage?: string | null
  readonly groupId: string
  readonly groupState: string
  readonly groupEpoch: number
  readonly assignmentEpoch: number
  readonly assignorName: string
  readonly members: readonly ConsumerGroupMemberInput[]
  readonly authorizedOperations?: number
}

/** Versions 0 to 1. */
export interface ConsumerGroupDescribeResponse {
  readonly throttleTimeMs: number
  readonly groups: readonly DescribedConsumerGroup[]
}

/** {@link ConsumerGroupDescribeResponse} as it is encoded. */
export interface ConsumerGroupDescribeResponseInput {
  readonly throttleTimeMs: number
  readonly groups: readonly DescribedConsumerGroupInput[]
}

function decodeConsumerGroupTopicPartitions(
  reader: Reader,
  version: number,
  _flexible: boolean,
): ConsumerGroupTopicPartitions {
  const topicId = reader.uuid()
  const topicName = reader.string(true)
  const partitions = reader.array(true, 4, version, readInt32)
  reader.skipTags()
  return { topicId, topicName, partitions }
}

function decodeConsumerGroupAssignment(
  reader: Reader,
  version: number,
  _flexible: boolean,
): ConsumerGroupAssignment {
  const topicPartitions = reader.array(true, 19, version, decodeConsumerGroupTopicPartitions)
  reader.skipTags()
  return { topicPartitions }
}

function decodeConsumerGroupMember(
  reader: Reader,
  version: number,
  _flexible: boolean,
): ConsumerGroupMember {
  const memberId = reader.string(true)
  const instanceId = reader.nullableString(true)
  const rackId = reader.nullableString(true)
  const memberEpoch = reader.int32()
  const clientId = reader.string(true)
  const clientHost = reader.string(true)
  const subscribedTopicNames = reader.array(true, 1, version, readString)
  const subscribedTopicRegex = reader.nullableString(true)
  const assignment = decodeConsumerGroupAssignment(reader, version, true)
  const targetAssignment = decodeConsumerGroupAssignment(reader, version, true)
  const memberType = version === 1 ? reader.int8() : -1
  reader.skipTags()
  return {
    memberId,
    instanceId,
    rackId,
    memberEpoch,
    clientId,
    clientHost,
    subscribedTopicNames,
    subscribedTopicRegex,
    assignment,
    targetAssignment,
    memberType,
  }
}

function decodeDescribedConsumerGroup(
  reader: Reader,
  version: number,
  _flexible: boolean,
): DescribedConsumerGroup {
  const errorCode = reader.int16()
  const errorMessage = reader.nullableString(true)
  const groupId = reader.string(true)
  const groupState = reader.string(true)
  const groupEpoch = reader.int32()
  const assignmentEpoch = reader.int32()
  const assignorName = reader.string(true)
  const members = reader.array(true, 16, version, decodeConsumerGroupMember)
  const authorizedOperations = reader.int32()
  reader.skipTags()
  return {
    errorCode,
    errorMessage,
    groupId,
    groupState,
    groupEpoch,
    assignmentEpoch,
    assignorName,
    members,
    authorizedOperations,
  }
}

function decodeConsumerGroupDescribeResponse(
  reader: Reader,
  version: number,
): ConsumerGroupDescribeResponse {
  assert(version >= 0 && version <= 1, 'a version of ConsumerGroupDescribeResponse')
  const throttleTimeMs = reader.int32()
  const groups = reader.array(true, 20, version, decodeDescribedConsumerGroup)
  reader.skipTags()
  return { throttleTimeMs, groups }
}

function encodeConsumerGroupTopicPartitions(
  writer: Writer,
  version: number,
  _flexible: boolean,
  message: ConsumerGroupTopicPartitions,
): void {
  const { topicId, topicName, partitions } = message
  writer.uuid(topicId)
  writer.string(true, topicName)
  writer.array(true, partitions, version, writeInt32)
  writer.unsignedVarint(0)
}

function encodeConsumerGroupAssignment(
  writer: Writer,
  version: number,
  _flexible: boolean,
  message: ConsumerGroupAssignment,
): void {
  const { topicPartitions } = message
  writer.array(true, topicPartitions, version, encodeConsumerGroupTopicPartitions)
  writer.unsignedVarint(0)
}

function encodeConsumerGroupMember(
  writer: Writer,
  version: number,
  _flexible: boolean,
  message: ConsumerGroupMemberInput,
): void {
  const {
    memberId,
    instanceId = null,
    rackId = null,
    memberEpoch,
    clientId,
    clientHost,
    subscribedTopicNames,
    subscribedTopicRegex = null,
    assignment,
    targetAssignment,
    memberType = -1,
  } = message
  writer.string(true, memberId)
  writer.nullableString(true, instanceId)
  writer.nullableString(true, rackId)
  writer.int32(memberEpoch)
  writer.string(true, clientId)
  writer.string(true, clientHost)
  writer.array(true, subscribedTopicNames, version, writeString)
  writer.nullableString(true, subscribedTopicRegex)
  encodeConsumerGroupAssignment(writer, version, true, assignment)
  encodeConsumerGroupAssignment(writer, version, true, targetAssignment)
  if (version === 1) writer.int8(memberType)
  writer.unsignedVarint(0)
}

function encodeDescribedConsumerGroup(
  writer: Writer,
  version: number,
  _flexible: boolean,
  message: DescribedConsumerGroupInput,
): void {
  const {
    errorCode,
    errorMessage = null,
    groupId,
    groupState,
    groupEpoch,
    assignmentEpoch,
    assignorName,
    members,
    authorizedOperations = -2147483648,
  } = message
  writer.int16(errorCode)
  writer.nullableString(true, errorMessage)
  writer.string(true, groupId)
  writer.string(true, groupState)
  writer.int32(groupEpoch)
  writer.int32(assignmentEpoch)
  writer.string(true, assignorName)
  writer.array(true, members, version, encodeConsumerGroupMember)
  writer.int32(authorizedOperations)
  writer.unsignedVarint(0)
}

function encodeConsumerGroupDescribeResponse(
  writer: Writer,
  version: number,
  message: ConsumerGroupDescribeResponseInput,
): void {
  assert(version >= 0 && version <= 1, 'a version of ConsumerGroupDescribeResponse')
  const { throttleTimeMs, groups } = message
  writer.int32(throttleTimeMs)
  writer.array(true, groups, version, encodeDescribedConsumerGroup)
  writer.unsignedVarint(0)
}

/** Codec of {@link ConsumerGroupDescribeResponse}. */
export const consumerGroupDescribeResponse: MessageCodec<
  ConsumerGroupDescribeResponse,
  ConsumerGroupDescribeResponseInput
> = {
  name: 'ConsumerGroupDescribeResponse',
  versionMin: 0,
  versionMax: 1,
  flexibleMin: 0,
  decode: decodeConsumerGroupDescribeResponse,
  encode: encodeConsumerGroupDescribeResponse,
}

/** The ConsumerGroupDescribe API. */
export const consumerGroupDescribeApi: Api<
  ConsumerGroupDescribeRequest,
  ConsumerGroupDescribeRequest,
  ConsumerGroupDescribeResponse,
  ConsumerGroupDescribeResponseInput
> = {
  key: 69,
  name: 'ConsumerGroupDescribe',
  request: consumerGroupDescribeRequest,
  response: consumerGroupDescribeResponse,
}
