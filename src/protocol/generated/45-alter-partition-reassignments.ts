// Generated from the schema by `npm run generate`; edit that instead.
import { assert } from '../../base/assert.ts'
import type { Api, MessageCodec } from '../codec.ts'
import { readInt32, writeInt32 } from '../primitives.ts'
import type { Reader } from '../reader.ts'
import type { Writer } from '../writer.ts'

/** Part of {@link AlterPartitionReassignmentsRequest}. */
export interface ReassignablePartition {
  readonly partitionIndex: number
  /** Null to call off what is under way. */
  readonly replicas: readonly number[] | null
}

/** {@link ReassignablePartition} as it is encoded. */
export interface ReassignablePartitionInput {
  readonly partitionIndex: number
  readonly replicas?: readonly number[] | null
}

/** Part of {@link AlterPartitionReassignmentsRequest}. */
export interface ReassignableTopic {
  readonly name: string
  readonly partitions: readonly ReassignablePartition[]
}

/** {@link ReassignableTopic} as it is encoded. */
export interface ReassignableTopicInput {
  readonly name: string
  readonly partitions: readonly ReassignablePartitionInput[]
}

/** Versions 0 to 1. */
export interface AlterPartitionReassignmentsRequest {
  readonly timeoutMs: number
  /** Version 1 only. */
  readonly allowReplicationFactorChange: boolean
  readonly topics: readonly ReassignableTopic[]
}

/** {@link AlterPartitionReassignmentsRequest} as it is encoded. */
export interface AlterPartitionReassignmentsRequestInput {
  readonly timeoutMs?: number
  readonly allowReplicationFactorChange?: boolean
  readonly topics: readonly ReassignableTopicInput[]
}

function decodeReassignablePartition(
  reader: Reader,
  version: number,
  _flexible: boolean,
): ReassignablePartition {
  const partitionIndex = reader.int32()
  const replicas = reader.nullableArray(true, 4, version, readInt32)
  reader.skipTags()
  return { partitionIndex, replicas }
}

function decodeReassignableTopic(
  reader: Reader,
  version: number,
  _flexible: boolean,
): ReassignableTopic {
  const name = reader.string(true)
  const partitions = reader.array(true, 6, version, decodeReassignablePartition)
  reader.skipTags()
  return { name, partitions }
}

function decodeAlterPartitionReassignmentsRequest(
  reader: Reader,
  version: number,
): AlterPartitionReassignmentsRequest {
  assert(version >= 0 && version <= 1, 'a version of AlterPartitionReassignmentsRequest')
  const timeoutMs = reader.int32()
  const allowReplicationFactorChange = version === 1 ? reader.bool() : true
  const topics = reader.array(true, 3, version, decodeReassignableTopic)
  reader.skipTags()
  return { timeoutMs, allowReplicationFactorChange, topics }
}

function encodeReassignablePartition(
  writer: Writer,
  version: number,
  _flexible: boolean,
  message: ReassignablePartitionInput,
): void {
  const { partitionIndex, replicas = null } = message
  writer.int32(partitionIndex)
  writer.nullableArray(true, replicas, version, writeInt32)
  writer.unsignedVarint(0)
}

function encodeReassignableTopic(
  writer: Writer,
  version: number,
  _flexible: boolean,
  message: ReassignableTopicInput,
): void {
  const { name, partitions } = message
  writer.string(true, name)
  writer.array(true, partitions, version, encodeReassignablePartition)
  writer.unsignedVarint(0)
}

function encodeAlterPartitionReassignmentsRequest(
  writer: Writer,
  version: number,
  message: AlterPartitionReassignmentsRequestInput,
): void {
  assert(version >= 0 && version <= 1, 'a version of AlterPartitionReassignmentsRequest')
  const { timeoutMs = 60000, allowReplicationFactorChange = true, topics } = message
  writer.int32(timeoutMs)
  if (version === 1) writer.bool(allowReplicationFactorChange)
  else if (!allowReplicationFactorChange)
    writer.unsupported('AlterPartitionReassignmentsRequest.allowReplicationFactorChange', version)
  writer.array(true, topics, version, encodeReassignableTopic)
  writer.unsignedVarint(0)
}

/** Codec of {@link AlterPartitionReassignmentsRequest}. */
export const alterPartitionReassignmentsRequest: MessageCodec<
  AlterPartitionReassignmentsRequest,
  AlterPartitionReassignmentsRequestInput
> = {
  name: 'AlterPartitionReassignmentsRequest',
  versionMin: 0,
  versionMax: 1,
  flexibleMin: 0,
  decode: decodeAlterPartitionReassignmentsRequest,
  encode: encodeAlterPartitionReassignmentsRequest,
}

/** Part of {@link AlterPartitionReassignmentsResponse}. */
export interface ReassignablePartitionResponse {
  readonly partitionIndex: number
  readonly errorCode: number
  readonly errorMessage: string | null
}

/** Part of {@link AlterPartitionReassignmentsResponse}. */
export interface ReassignableTopicResponse {
  readonly name: string
  readonly partitions: readonly ReassignablePartitionResponse[]
}

/** Versions 0 to 1. */
export interface AlterPartitionReassignmentsResponse {
  readonly throttleTimeMs: number
  /** Version 1 only. */
  readonly allowReplicationFactorChange: boolean
  readonly errorCode: number
  readonly errorMessage: string | null
  readonly responses: readonly ReassignableTopicResponse[]
}

/** {@link AlterPartitionReassignmentsResponse} as it is encoded. */
export interface AlterPartitionReassignmentsResponseInput {
  readonly throttleTimeMs: number
  readonly allowReplicationFactorChange?: boolean
  readonly errorCode: number
  readonly errorMessage: string | null
  readonly responses: readonly ReassignableTopicResponse[]
}

function decodeReassignablePartitionResponse(
  reader: Reader,
  _version: number,
  _flexible: boolean,
): ReassignablePartitionResponse {
  const partitionIndex = reader.int32()
  const errorCode = reader.int16()
  const errorMessage = reader.nullableString(true)
  reader.skipTags()
  return { partitionIndex, errorCode, errorMessage }
}

function decodeReassignableTopicResponse(
  reader: Reader,
  version: number,
  _flexible: boolean,
): ReassignableTopicResponse {
  const name = reader.string(true)
  const partitions = reader.array(true, 8, version, decodeReassignablePartitionResponse)
  reader.skipTags()
  return { name, partitions }
}

function decodeAlterPartitionReassignmentsResponse(
  reader: Reader,
  version: number,
): AlterPartitionReassignmentsResponse {
  assert(version >= 0 && version <= 1, 'a version of AlterPartitionReassignmentsResponse')
  const throttleTimeMs = reader.int32()
  const allowReplicationFactorChange = version === 1 ? reader.bool() : true
  const errorCode = reader.int16()
  const errorMessage = reader.nullableString(true)
  const responses = reader.array(true, 3, version, decodeReassignableTopicResponse)
  reader.skipTags()
  return { throttleTimeMs, allowReplicationFactorChange, errorCode, errorMessage, responses }
}

function encodeReassignablePartitionResponse(
  writer: Writer,
  _version: number,
  _flexible: boolean,
  message: ReassignablePartitionResponse,
): void {
  const { partitionIndex, errorCode, errorMessage } = message
  writer.int32(partitionIndex)
  writer.int16(errorCode)
  writer.nullableString(true, errorMessage)
  writer.unsignedVarint(0)
}

function encodeReassignableTopicResponse(
  writer: Writer,
  version: number,
  _flexible: boolean,
  message: ReassignableTopicResponse,
): void {
  const { name, partitions } = message
  writer.string(true, name)
  writer.array(true, partitions, version, encodeReassignablePartitionResponse)
  writer.unsignedVarint(0)
}

function encodeAlterPartitionReassignmentsResponse(
  writer: Writer,
  version: number,
  message: AlterPartitionReassignmentsResponseInput,
): void {
  assert(version >= 0 && version <= 1, 'a version of AlterPartitionReassignmentsResponse')
  const {
    throttleTimeMs,
    allowReplicationFactorChange = true,
    errorCode,
    errorMessage,
    responses,
  } = message
  writer.int32(throttleTimeMs)
  if (version === 1) writer.bool(allowReplicationFactorChange)
  writer.int16(errorCode)
  writer.nullableString(true, errorMessage)
  writer.array(true, responses, version, encodeReassignableTopicResponse)
  writer.unsignedVarint(0)
}

/** Codec of {@link AlterPartitionReassignmentsResponse}. */
export const alterPartitionReassignmentsResponse: MessageCodec<
  AlterPartitionReassignmentsResponse,
  AlterPartitionReassignmentsResponseInput
> = {
  name: 'AlterPartitionReassignmentsResponse',
  versionMin: 0,
  versionMax: 1,
  flexibleMin: 0,
  decode: decodeAlterPartitionReassignmentsResponse,
  encode: encodeAlterPartitionReassignmentsResponse,
}

/** The AlterPartitionReassignments API. */
export const alterPartitionReassignmentsApi: Api<
  AlterPartitionReassignmentsRequest,
  AlterPartitionReassignmentsRequestInput,
  AlterPartitionReassignmentsResponse,
  AlterPartitionReassignmentsResponseInput
> = {
  key: 45,
  name: 'AlterPartitionReassignments',
  request: alterPartitionReassignmentsRequest,
  response: alterPartitionReassignmentsResponse,
}
