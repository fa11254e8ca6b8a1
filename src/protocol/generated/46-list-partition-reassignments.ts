// Generated from the schema by `npm run generate`; edit that instead.
import { assert } from '../../base/assert.ts'
import type { Api, MessageCodec } from '../codec.ts'
import { readInt32, writeInt32 } from '../primitives.ts'
import type { Reader } from '../reader.ts'
import type { Writer } from '../writer.ts'

/** Part of {@link ListPartitionReassignmentsRequest}. */
export interface ListPartitionReassignmentsTopics {
  readonly name: string
  readonly partitionIndexes: readonly number[]
}

/** Version 0. */
export interface ListPartitionReassignmentsRequest {
  readonly timeoutMs: number
  /** Null for all. */
  readonly topics: readonly ListPartitionReassignmentsTopics[] | null
}

/** {@link ListPartitionReassignmentsRequest} as it is encoded. */
export interface ListPartitionReassignmentsRequestInput {
  readonly timeoutMs?: number
  readonly topics?: readonly ListPartitionReassignmentsTopics[] | null
}

function decodeListPartitionReassignmentsTopics(
  reader: Reader,
  version: number,
  _flexible: boolean,
): ListPartitionReassignmentsTopics {
  const name = reader.string(true)
  const partitionIndexes = reader.array(true, 4, version, readInt32)
  reader.skipTags()
  return { name, partitionIndexes }
}

function decodeListPartitionReassignmentsRequest(
  reader: Reader,
  version: number,
): ListPartitionReassignmentsRequest {
  assert(version >= 0 && version <= 0, 'a version of ListPartitionReassignmentsRequest')
  const timeoutMs = reader.int32()
  const topics = reader.nullableArray(true, 3, version, decodeListPartitionReassignmentsTopics)
  reader.skipTags()
  return { timeoutMs, topics }
}

function encodeListPartitionReassignmentsTopics(
  writer: Writer,
  version: number,
  _flexible: boolean,
  message: ListPartitionReassignmentsTopics,
): void {
  const { name, partitionIndexes } = message
  writer.string(true, name)
  writer.array(true, partitionIndexes, version, writeInt32)
  writer.unsignedVarint(0)
}

function encodeListPartitionReassignmentsRequest(
  writer: Writer,
  version: number,
  message: ListPartitionReassignmentsRequestInput,
): void {
  assert(version >= 0 && version <= 0, 'a version of ListPartitionReassignmentsRequest')
  const { timeoutMs = 60000, topics = null } = message
  writer.int32(timeoutMs)
  writer.nullableArray(true, topics, version, encodeListPartitionReassignmentsTopics)
  writer.unsignedVarint(0)
}

/** Codec of {@link ListPartitionReassignmentsRequest}. */
export const listPartitionReassignmentsRequest: MessageCodec<
  ListPartitionReassignmentsRequest,
  ListPartitionReassignmentsRequestInput
> = {
  name: 'ListPartitionReassignmentsRequest',
  versionMin: 0,
  versionMax: 0,
  flexibleMin: 0,
  decode: decodeListPartitionReassignmentsRequest,
  encode: encodeListPartitionReassignmentsRequest,
}

/** Part of {@link ListPartitionReassignmentsResponse}. */
export interface OngoingPartitionReassignment {
  readonly partitionIndex: number
  readonly replicas: readonly number[]
  readonly addingReplicas: readonly number[]
  readonly removingReplicas: readonly number[]
}

/** Part of {@link ListPartitionReassignmentsResponse}. */
export interface OngoingTopicReassignment {
  readonly name: string
  readonly partitions: readonly OngoingPartitionReassignment[]
}

/** Version 0. */
export interface ListPartitionReassignmentsResponse {
  readonly throttleTimeMs: number
  readonly errorCode: number
  readonly errorMessage: string | null
  readonly topics: readonly OngoingTopicReassignment[]
}

function decodeOngoingPartitionReassignment(
  reader: Reader,
  version: number,
  _flexible: boolean,
): OngoingPartitionReassignment {
  const partitionIndex = reader.int32()
  const replicas = reader.array(true, 4, version, readInt32)
  const addingReplicas = reader.array(true, 4, version, readInt32)
  const removingReplicas = reader.array(true, 4, version, readInt32)
  reader.skipTags()
  return { partitionIndex, replicas, addingReplicas, removingReplicas }
}

function decodeOngoingTopicReassignment(
  reader: Reader,
  version: number,
  _flexible: boolean,
): OngoingTopicReassignment {
  const name = reader.string(true)
  const partitions = reader.array(true, 8, version, decodeOngoingPartitionReassignment)
  reader.skipTags()
  return { name, partitions }
}

function decodeListPartitionReassignmentsResponse(
  reader: Reader,
  version: number,
): ListPartitionReassignmentsResponse {
  assert(version >= 0 && version <= 0, 'a version of ListPartitionReassignmentsResponse')
  const throttleTimeMs = reader.int32()
  const errorCode = reader.int16()
  const errorMessage = reader.nullableString(true)
  const topics = reader.array(true, 3, version, decodeOngoingTopicReassignment)
  reader.skipTags()
  return { throttleTimeMs, errorCode, errorMessage, topics }
}

function encodeOngoingPartitionReassignment(
  writer: Writer,
  version: number,
  _flexible: boolean,
  message: OngoingPartitionReassignment,
): void {
  const { partitionIndex, replicas, addingReplicas, removingReplicas } = message
  writer.int32(partitionIndex)
  writer.array(true, replicas, version, writeInt32)
  writer.array(true, addingReplicas, version, writeInt32)
  writer.array(true, removingReplicas, version, writeInt32)
  writer.unsignedVarint(0)
}

function encodeOngoingTopicReassignment(
  writer: Writer,
  version: number,
  _flexible: boolean,
  message: OngoingTopicReassignment,
): void {
  const { name, partitions } = message
  writer.string(true, name)
  writer.array(true, partitions, version, encodeOngoingPartitionReassignment)
  writer.unsignedVarint(0)
}

function encodeListPartitionReassignmentsResponse(
  writer: Writer,
  version: number,
  message: ListPartitionReassignmentsResponse,
): void {
  assert(version >= 0 && version <= 0, 'a version of ListPartitionReassignmentsResponse')
  const { throttleTimeMs, errorCode, errorMessage, topics } = message
  writer.int32(throttleTimeMs)
  writer.int16(errorCode)
  writer.nullableString(true, errorMessage)
  writer.array(true, topics, version, encodeOngoingTopicReassignment)
  writer.unsignedVarint(0)
}

/** Codec of {@link ListPartitionReassignmentsResponse}. */
export const listPartitionReassignmentsResponse: MessageCodec<
  ListPartitionReassignmentsResponse
> = {
  name: 'ListPartitionReassignmentsResponse',
  versionMin: 0,
  versionMax: 0,
  flexibleMin: 0,
  decode: decodeListPartitionReassignmentsResponse,
  encode: encodeListPartitionReassignmentsResponse,
}

/** The ListPartitionReassignments API. */
export const listPartitionReassignmentsApi: Api<
  ListPartitionReassignmentsRequest,
  ListPartitionReassignmentsRequestInput,
  ListPartitionReassignmentsResponse,
  ListPartitionReassignmentsResponse
> = {
  key: 46,
  name: 'ListPartitionReassignments',
  request: listPartitionReassignmentsRequest,
  response: listPartitionReassignmentsResponse,
}
