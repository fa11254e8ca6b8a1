// Generated from the schema by `npm run generate`; edit that instead.
import { assert } from '../../base/assert.ts'
import type { Api, MessageCodec } from '../codec.ts'
import type { Reader } from '../reader.ts'
import type { Writer } from '../writer.ts'

/** Part of {@link ListOffsetsRequest}. */
export interface ListOffsetsPartition {
  readonly partitionIndex: number
  /** From version 4. */
  readonly currentLeaderEpoch: number
  /** In ms, or -1 latest, -2 earliest, -3 largest timestamp, -4 to -6 tiered storage. */
  readonly timestamp: number
}

/** {@link ListOffsetsPartition} as it is encoded. */
export interface ListOffsetsPartitionInput {
  readonly partitionIndex: number
  readonly currentLeaderEpoch?: number
  readonly timestamp: number
}

/** Part of {@link ListOffsetsRequest}. */
export interface ListOffsetsTopic {
  readonly name: string
  readonly partitions: readonly ListOffsetsPartition[]
}

/** {@link ListOffsetsTopic} as it is encoded. */
export interface ListOffsetsTopicInput {
  readonly name: string
  readonly partitions: readonly ListOffsetsPartitionInput[]
}

/** Versions 1 to 11. */
export interface ListOffsetsRequest {
  /** -1 for a client, -2 for a debugging client. */
  readonly replicaId: number
  /** From version 2; 1: latest means the last stable offset. */
  readonly isolationLevel: number
  readonly topics: readonly ListOffsetsTopic[]
  /** From version 10; for lookups in remote storage. */
  readonly timeoutMs: number
}

/** {@link ListOffsetsRequest} as it is encoded. */
export interface ListOffsetsRequestInput {
  readonly replicaId: number
  readonly isolationLevel?: number
  readonly topics: readonly ListOffsetsTopicInput[]
  readonly timeoutMs?: number
}

function decodeListOffsetsPartition(
  reader: Reader,
  version: number,
  flexible: boolean,
): ListOffsetsPartition {
  const partitionIndex = reader.int32()
  const currentLeaderEpoch = version >= 4 ? reader.int32() : -1
  const timestamp = reader.int64Nearest()
  if (flexible) reader.skipTags()
  return { partitionIndex, currentLeaderEpoch, timestamp }
}

function decodeListOffsetsTopic(
  reader: Reader,
  version: number,
  flexible: boolean,
): ListOffsetsTopic {
  const name = reader.string(flexible)
  const partitions = reader.array(flexible, 12, version, decodeListOffsetsPartition)
  if (flexible) reader.skipTags()
  return { name, partitions }
}

function decodeListOffsetsRequest(reader: Reader, version: number): ListOffsetsRequest {
  assert(version >= 1 && version <= 11, 'a version of ListOffsetsRequest')
  const flexible = version >= 6
  const replicaId = reader.int32()
  const isolationLevel = version >= 2 ? reader.int8() : 0
  const topics = reader.array(flexible, 3, version, decodeListOffsetsTopic)
  const timeoutMs = version >= 10 ? reader.int32() : 0
  if (flexible) reader.skipTags()
  return { replicaId, isolationLevel, topics, timeoutMs }
}

function encodeListOffsetsPartition(
  writer: Writer,
  version: number,
  flexible: boolean,
  message: ListOffsetsPartitionInput,
): void {
  const { partitionIndex, currentLeaderEpoch = -1, timestamp } = message
  writer.int32(partitionIndex)
  if (version >= 4) writer.int32(currentLeaderEpoch)
  writer.int64(timestamp)
  if (flexible) writer.unsignedVarint(0)
}

function encodeListOffsetsTopic(
  writer: Writer,
  version: number,
  flexible: boolean,
  message: ListOffsetsTopicInput,
): void {
  const { name, partitions } = message
  writer.string(flexible, name)
  writer.array(flexible, partitions, version, encodeListOffsetsPartition)
  if (flexible) writer.unsignedVarint(0)
}

function encodeListOffsetsRequest(
  writer: Writer,
  version: number,
  message: ListOffsetsRequestInput,
): void {
  assert(version >= 1 && version <= 11, 'a version of ListOffsetsRequest')
  const flexible = version >= 6
  const { replicaId, isolationLevel = 0, topics, timeoutMs = 0 } = message
  writer.int32(replicaId)
  if (version >= 2) writer.int8(isolationLevel)
  else if (isolationLevel !== 0) writer.unsupported('ListOffsetsRequest.isolationLevel', version)
  writer.array(flexible, topics, version, encodeListOffsetsTopic)
  if (version >= 10) writer.int32(timeoutMs)
  if (flexible) writer.unsignedVarint(0)
}

/** Codec of {@link ListOffsetsRequest}. */
export const listOffsetsRequest: MessageCodec<ListOffsetsRequest, ListOffsetsRequestInput> = {
  name: 'ListOffsetsRequest',
  versionMin: 1,
  versionMax: 11,
  flexibleMin: 6,
  decode: decodeListOffsetsRequest,
  encode: encodeListOffsetsRequest,
}

/** Part of {@link ListOffsetsResponse}. */
export interface ListOffsetsPartitionResponse {
  readonly partitionIndex: number
  readonly errorCode: number
  /** Of the record found; -1 none, or the ends of the log. */
  readonly timestamp: number
  /** -1 when no record is that young. */
  readonly offset: number
  /** From version 4. */
  readonly leaderEpoch: number
}

/** {@link ListOffsetsPartitionResponse} as it is encoded. */
export interface ListOffsetsPartitionResponseInput {
  readonly partitionIndex: number
  readonly errorCode: number
  readonly timestamp?: number
  readonly offset?: number
  readonly leaderEpoch?: number
}

/** Part of {@link ListOffsetsResponse}. */
export interface ListOffsetsTopicResponse {
  readonly name: string
  readonly partitions: readonly ListOffsetsPartitionResponse[]
}

/** {@link ListOffsetsTopicResponse} as it is encoded. */
export interface ListOffsetsTopicResponseInput {
  readonly name: string
  readonly partitions: readonly ListOffsetsPartitionResponseInput[]
}

/** Versions 1 to 11. */
export interface ListOffsetsResponse {
  /** From version 2. */
  readonly throttleTimeMs: number
  readonly topics: readonly ListOffsetsTopicResponse[]
}

/** {@link ListOffsetsResponse} as it is encoded. */
export interface ListOffsetsResponseInput {
  readonly throttleTimeMs?: number
  readonly topics: readonly ListOffsetsTopicResponseInput[]
}

function decodeListOffsetsPartitionResponse(
  reader: Reader,
  version: number,
  flexible: boolean,
): ListOffsetsPartitionResponse {
  const partitionIndex = reader.int32()
  const errorCode = reader.int16()
  const timestamp = reader.int64Nearest()
  const offset = reader.int64()
  const leaderEpoch = version >= 4 ? reader.int32() : -1
  if (flexible) reader.skipTags()
  return { partitionIndex, errorCode, timestamp, offset, leaderEpoch }
}

function decodeListOffsetsTopicResponse(
  reader: Reader,
  version: number,
  flexible: boolean,
): ListOffsetsTopicResponse {
  const name = reader.string(flexible)
  const partitions = reader.array(flexible, 22, version, decodeListOffsetsPartitionResponse)
  if (flexible) reader.skipTags()
  return { name, partitions }
}

function decodeListOffsetsResponse(reader: Reader, version: number): ListOffsetsResponse {
  assert(version >= 1 && version <= 11, 'a version of ListOffsetsResponse')
  const flexible = version >= 6
  const throttleTimeMs = version >= 2 ? reader.int32() : 0
  const topics = reader.array(flexible, 3, version, decodeListOffsetsTopicResponse)
  if (flexible) reader.skipTags()
  return { throttleTimeMs, topics }
}

function encodeListOffsetsPartitionResponse(
  writer: Writer,
  version: number,
  flexible: boolean,
  message: ListOffsetsPartitionResponseInput,
): void {
  const { partitionIndex, errorCode, timestamp = -1, offset = -1, leaderEpoch = -1 } = message
  writer.int32(partitionIndex)
  writer.int16(errorCode)
  writer.int64(timestamp)
  writer.int64(offset)
  if (version >= 4) writer.int32(leaderEpoch)
  else if (leaderEpoch !== -1)
    writer.unsupported('ListOffsetsResponse.ListOffsetsPartitionResponse.leaderEpoch', version)
  if (flexible) writer.unsignedVarint(0)
}

function encodeListOffsetsTopicResponse(
  writer: Writer,
  version: number,
  flexible: boolean,
  message: ListOffsetsTopicResponseInput,
): void {
  const { name, partitions } = message
  writer.string(flexible, name)
  writer.array(flexible, partitions, version, encodeListOffsetsPartitionResponse)
  if (flexible) writer.unsignedVarint(0)
}

function encodeListOffsetsResponse(
  writer: Writer,
  version: number,
  message: ListOffsetsResponseInput,
): void {
  assert(version >= 1 && version <= 11, 'a version of ListOffsetsResponse')
  const flexible = version >= 6
  const { throttleTimeMs = 0, topics } = message
  if (version >= 2) writer.int32(throttleTimeMs)
  writer.array(flexible, topics, version, encodeListOffsetsTopicResponse)
  if (flexible) writer.unsignedVarint(0)
}

/** Codec of {@link ListOffsetsResponse}. */
export const listOffsetsResponse: MessageCodec<ListOffsetsResponse, ListOffsetsResponseInput> = {
  name: 'ListOffsetsResponse',
  versionMin: 1,
  versionMax: 11,
  flexibleMin: 6,
  decode: decodeListOffsetsResponse,
  encode: encodeListOffsetsResponse,
}

/** The ListOffsets API. */
export const listOffsetsApi: Api<
  ListOffsetsRequest,
  ListOffsetsRequestInput,
  ListOffsetsResponse,
  ListOffsetsResponseInput
> = {
  key: 2,
  name: 'ListOffsets',
  request: listOffsetsRequest,
  response: listOffsetsResponse,
}
