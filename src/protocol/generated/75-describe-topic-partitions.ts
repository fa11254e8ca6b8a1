// Generated from the schema by `npm run generate`; edit that instead.
import { assert } from '../../base/assert.ts'
import type { Api, MessageCodec } from '../codec.ts'
import { readInt32, writeInt32 } from '../primitives.ts'
import type { Reader } from '../reader.ts'
import type { Uuid } from '../uuid.ts'
import { zeroUuid } from '../uuid.ts'
import type { Writer } from '../writer.ts'

/** Part of {@link DescribeTopicPartitionsRequest}. */
export interface DescribedTopic {
  readonly name: string
}

/** Part of {@link DescribeTopicPartitionsRequest}. */
export interface FirstTopicPartition {
  readonly topicName: string
  readonly partitionIndex: number
}

/** Version 0. */
export interface DescribeTopicPartitionsRequest {
  /** Empty for all. */
  readonly topics: readonly DescribedTopic[]
  readonly responsePartitionLimit: number
  /** Where to go on; null to begin. */
  readonly cursor: FirstTopicPartition | null
}

/** {@link DescribeTopicPartitionsRequest} as it is encoded. */
export interface DescribeTopicPartitionsRequestInput {
  readonly topics: readonly DescribedTopic[]
  readonly responsePartitionLimit?: number
  readonly cursor?: FirstTopicPartition | null
}

function decodeDescribedTopic(
  reader: Reader,
  _version: number,
  _flexible: boolean,
): DescribedTopic {
  const name = reader.string(true)
  reader.skipTags()
  return { name }
}

function decodeFirstTopicPartition(
  reader: Reader,
  _version: number,
  _flexible: boolean,
): FirstTopicPartition {
  const topicName = reader.string(true)
  const partitionIndex = reader.int32()
  reader.skipTags()
  return { topicName, partitionIndex }
}

function decodeDescribeTopicPartitionsRequest(
  reader: Reader,
  version: number,
): DescribeTopicPartitionsRequest {
  assert(version >= 0 && version <= 0, 'a version of DescribeTopicPartitionsRequest')
  const topics = reader.array(true, 2, version, decodeDescribedTopic)
  const responsePartitionLimit = reader.int32()
  const cursor = reader.nullableStruct(true, version, decodeFirstTopicPartition)
  reader.skipTags()
  return { topics, responsePartitionLimit, cursor }
}

function encodeDescribedTopic(
  writer: Writer,
  _version: number,
  _flexible: boolean,
  message: DescribedTopic,
): void {
  const { name } = message
  writer.string(true, name)
  writer.unsignedVarint(0)
}

function encodeFirstTopicPartition(
  writer: Writer,
  _version: number,
  _flexible: boolean,
  message: FirstTopicPartition,
): void {
  const { topicName, partitionIndex } = message
  writer.string(true, topicName)
  writer.int32(partitionIndex)
  writer.unsignedVarint(0)
}

function encodeDescribeTopicPartitionsRequest(
  writer: Writer,
  version: number,
  message: DescribeTopicPartitionsRequestInput,
): void {
  assert(version >= 0 && version <= 0, 'a version of DescribeTopicPartitionsRequest')
  const { topics, responsePartitionLimit = 2000, cursor = null } = message
  writer.array(true, topics, version, encodeDescribedTopic)
  writer.int32(responsePartitionLimit)
  writer.nullableStruct(true, cursor, version, encodeFirstTopicPartition)
  writer.unsignedVarint(0)
}

/** Codec of {@link DescribeTopicPartitionsRequest}. */
export const describeTopicPartitionsRequest: MessageCodec<
  DescribeTopicPartitionsRequest,
  DescribeTopicPartitionsRequestInput
> = {
  name: 'DescribeTopicPartitionsRequest',
  versionMin: 0,
  versionMax: 0,
  flexibleMin: 0,
  decode: decodeDescribeTopicPartitionsRequest,
  encode: encodeDescribeTopicPartitionsRequest,
}

/** Part of {@link DescribeTopicPartitionsResponse}. */
export interface DescribedPartition {
  readonly errorCode: number
  readonly partitionIndex: number
  readonly leaderId: number
  readonly leaderEpoch: number
  readonly replicaNodes: readonly number[]
  readonly isrNodes: readonly number[]
  readonly eligibleLeaderReplicas: readonly number[] | null
  readonly lastKnownElr: readonly number[] | null
  readonly offlineReplicas: readonly number[]
}

/** {@link DescribedPartition} as it is encoded. */
export interface DescribedPartitionInput {
  readonly errorCode: number
  readonly partitionIndex: number
  readonly leaderId: number
  readonly leaderEpoch?: number
  readonly replicaNodes: readonly number[]
  readonly isrNodes: readonly number[]
  readonly eligibleLeaderReplicas?: readonly number[] | null
  readonly lastKnownElr?: readonly number[] | null
  readonly offlineReplicas?: readonly number[]
}

/** Part of {@link DescribeTopicPartitionsResponse}. */
export interface DescribedTopicResult {
  readonly errorCode: number
  readonly name: string | null
  readonly topicId: Uuid
  readonly isInternal: boolean
  readonly partitions: readonly DescribedPartition[]
  /** Bit set; the smallest int32 when not asked for. */
  readonly topicAuthorizedOperations: number
}

/** {@link DescribedTopicResult} as it is encoded. */
export interface DescribedTopicResultInput {
  readonly errorCode: number
  readonly name: string | null
  readonly topicId?: Uuid
  readonly isInternal?: boolean
  readonly partitions: readonly DescribedPartitionInput[]
  readonly topicAuthorizedOperations?: number
}

/** Part of {@link DescribeTopicPartitionsResponse}. */
export interface NextTopicPartition {
  readonly topicName: string
  readonly partitionIndex: number
}

/** Version 0. */
export interface DescribeTopicPartitionsResponse {
  readonly throttleTimeMs: number
  readonly topics: readonly DescribedTopicResult[]
  /** Where the next page begins; null at the end. */
  readonly nextCursor: NextTopicPartition | null
}

/** {@link DescribeTopicPartitionsResponse} as it is encoded. */
export interface DescribeTopicPartitionsResponseInput {
  readonly throttleTimeMs?: number
  readonly topics: readonly DescribedTopicResultInput[]
  readonly nextCursor?: NextTopicPartition | null
}

function decodeDescribedPartition(
  reader: Reader,
  version: number,
  _flexible: boolean,
): DescribedPartition {
  const errorCode = reader.int16()
  const partitionIndex = reader.int32()
  const leaderId = reader.int32()
  const leaderEpoch = reader.int32()
  const replicaNodes = reader.array(true, 4, version, readInt32)
  const isrNodes = reader.array(true, 4, version, readInt32)
  const eligibleLeaderReplicas = reader.nullableArray(true, 4, version, readInt32)
  const lastKnownElr = reader.nullableArray(true, 4, version, readInt32)
  const offlineReplicas = reader.array(true, 4, version, readInt32)
  reader.skipTags()
  return {
    errorCode,
    partitionIndex,
    leaderId,
    leaderEpoch,
    replicaNodes,
    isrNodes,
    eligibleLeaderReplicas,
    lastKnownElr,
    offlineReplicas,
  }
}

function decodeDescribedTopicResult(
  reader: Reader,
  version: number,
  _flexible: boolean,
): DescribedTopicResult {
  const errorCode = reader.int16()
  const name = reader.nullableString(true)
  const topicId = reader.uuid()
  const isInternal = reader.bool()
  const partitions = reader.array(true, 20, version, decodeDescribedPartition)
  const topicAuthorizedOperations = reader.int32()
  reader.skipTags()
  return { errorCode, name, topicId, isInternal, partitions, topicAuthorizedOperations }
}

function decodeNextTopicPartition(
  reader: Reader,
  _version: number,
  _flexible: boolean,
): NextTopicPartition {
  const topicName = reader.string(true)
  const partitionIndex = reader.int32()
  reader.skipTags()
  return { topicName, partitionIndex }
}

function decodeDescribeTopicPartitionsResponse(
  reader: Reader,
  version: number,
): DescribeTopicPartitionsResponse {
  assert(version >= 0 && version <= 0, 'a version of DescribeTopicPartitionsResponse')
  const throttleTimeMs = reader.int32()
  const topics = reader.array(true, 26, version, decodeDescribedTopicResult)
  const nextCursor = reader.nullableStruct(true, version, decodeNextTopicPartition)
  reader.skipTags()
  return { throttleTimeMs, topics, nextCursor }
}

function encodeDescribedPartition(
  writer: Writer,
  version: number,
  _flexible: boolean,
  message: DescribedPartitionInput,
): void {
  const {
    errorCode,
    partitionIndex,
    leaderId,
    leaderEpoch = -1,
    replicaNodes,
    isrNodes,
    eligibleLeaderReplicas = null,
    lastKnownElr = null,
    offlineReplicas = [],
  } = message
  writer.int16(errorCode)
  writer.int32(partitionIndex)
  writer.int32(leaderId)
  writer.int32(leaderEpoch)
  writer.array(true, replicaNodes, version, writeInt32)
  writer.array(true, isrNodes, version, writeInt32)
  writer.nullableArray(true, eligibleLeaderReplicas, version, writeInt32)
  writer.nullableArray(true, lastKnownElr, version, writeInt32)
  writer.array(true, offlineReplicas, version, writeInt32)
  writer.unsignedVarint(0)
}

function encodeDescribedTopicResult(
  writer: Writer,
  version: number,
  _flexible: boolean,
  message: DescribedTopicResultInput,
): void {
  const {
    errorCode,
    name,
    topicId = zeroUuid,
    isInternal = false,
    partitions,
    topicAuthorizedOperations = -2147483648,
  } = message
  writer.int16(errorCode)
  writer.nullableString(true, name)
  writer.uuid(topicId)
  writer.bool(isInternal)
  writer.array(true, partitions, version, encodeDescribedPartition)
  writer.int32(topicAuthorizedOperations)
  writer.unsignedVarint(0)
}

function encodeNextTopicPartition(
  writer: Writer,
  _version: number,
  _flexible: boolean,
  message: NextTopicPartition,
): void {
  const { topicName, partitionIndex } = message
  writer.string(true, topicName)
  writer.int32(partitionIndex)
  writer.unsignedVarint(0)
}

function encodeDescribeTopicPartitionsResponse(
  writer: Writer,
  version: number,
  message: DescribeTopicPartitionsResponseInput,
): void {
  assert(version >= 0 && version <= 0, 'a version of DescribeTopicPartitionsResponse')
  const { throttleTimeMs = 0, topics, nextCursor = null } = message
  writer.int32(throttleTimeMs)
  writer.array(true, topics, version, encodeDescribedTopicResult)
  writer.nullableStruct(true, nextCursor, version, encodeNextTopicPartition)
  writer.unsignedVarint(0)
}

/** Codec of {@link DescribeTopicPartitionsResponse}. */
export const describeTopicPartitionsResponse: MessageCodec<
  DescribeTopicPartitionsResponse,
  DescribeTopicPartitionsResponseInput
> = {
  name: 'DescribeTopicPartitionsResponse',
  versionMin: 0,
  versionMax: 0,
  flexibleMin: 0,
  decode: decodeDescribeTopicPartitionsResponse,
  encode: encodeDescribeTopicPartitionsResponse,
}

/** The DescribeTopicPartitions API. */
export const describeTopicPartitionsApi: Api<
  DescribeTopicPartitionsRequest,
  DescribeTopicPartitionsRequestInput,
  DescribeTopicPartitionsResponse,
  DescribeTopicPartitionsResponseInput
> = {
  key: 75,
  name: 'DescribeTopicPartitions',
  request: describeTopicPartitionsRequest,
  response: describeTopicPartitionsResponse,
}
