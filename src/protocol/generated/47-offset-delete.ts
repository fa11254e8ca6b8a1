// Generated from the schema by `npm run generate`; edit that instead.
import { assert } from '../../base/assert.ts'
import type { Api, MessageCodec } from '../codec.ts'
import type { Reader } from '../reader.ts'
import type { Writer } from '../writer.ts'

/** Part of {@link OffsetDeleteRequest}. */
export interface OffsetDeleteRequestPartition {
  readonly partitionIndex: number
}

/** Part of {@link OffsetDeleteRequest}. */
export interface OffsetDeleteRequestTopic {
  readonly name: string
  readonly partitions: readonly OffsetDeleteRequestPartition[]
}

/** Version 0. */
export interface OffsetDeleteRequest {
  readonly groupId: string
  readonly topics: readonly OffsetDeleteRequestTopic[]
}

function decodeOffsetDeleteRequestPartition(
  reader: Reader,
  _version: number,
  _flexible: boolean,
): OffsetDeleteRequestPartition {
  const partitionIndex = reader.int32()
  return { partitionIndex }
}

function decodeOffsetDeleteRequestTopic(
  reader: Reader,
  version: number,
  _flexible: boolean,
): OffsetDeleteRequestTopic {
  const name = reader.string(false)
  const partitions = reader.array(false, 4, version, decodeOffsetDeleteRequestPartition)
  return { name, partitions }
}

function decodeOffsetDeleteRequest(reader: Reader, version: number): OffsetDeleteRequest {
  assert(version >= 0 && version <= 0, 'a version of OffsetDeleteRequest')
  const groupId = reader.string(false)
  const topics = reader.array(false, 6, version, decodeOffsetDeleteRequestTopic)
  return { groupId, topics }
}

function encodeOffsetDeleteRequestPartition(
  writer: Writer,
  _version: number,
  _flexible: boolean,
  message: OffsetDeleteRequestPartition,
): void {
  const { partitionIndex } = message
  writer.int32(partitionIndex)
}

function encodeOffsetDeleteRequestTopic(
  writer: Writer,
  version: number,
  _flexible: boolean,
  message: OffsetDeleteRequestTopic,
): void {
  const { name, partitions } = message
  writer.string(false, name)
  writer.array(false, partitions, version, encodeOffsetDeleteRequestPartition)
}

function encodeOffsetDeleteRequest(
  writer: Writer,
  version: number,
  message: OffsetDeleteRequest,
): void {
  assert(version >= 0 && version <= 0, 'a version of OffsetDeleteRequest')
  const { groupId, topics } = message
  writer.string(false, groupId)
  writer.array(false, topics, version, encodeOffsetDeleteRequestTopic)
}

/** Codec of {@link OffsetDeleteRequest}. */
export const offsetDeleteRequest: MessageCodec<OffsetDeleteRequest> = {
  name: 'OffsetDeleteRequest',
  versionMin: 0,
  versionMax: 0,
  flexibleMin: Infinity,
  decode: decodeOffsetDeleteRequest,
  encode: encodeOffsetDeleteRequest,
}

/** Part of {@link OffsetDeleteResponse}. */
export interface OffsetDeleteResponsePartition {
  readonly partitionIndex: number
  readonly errorCode: number
}

/** Part of {@link OffsetDeleteResponse}. */
export interface OffsetDeleteResponseTopic {
  readonly name: string
  readonly partitions: readonly OffsetDeleteResponsePartition[]
}

/** Version 0. */
export interface OffsetDeleteResponse {
  readonly errorCode: number
  readonly throttleTimeMs: number
  readonly topics: readonly OffsetDeleteResponseTopic[]
}

/** {@link OffsetDeleteResponse} as it is encoded. */
export interface OffsetDeleteResponseInput {
  readonly errorCode: number
  readonly throttleTimeMs?: number
  readonly topics: readonly OffsetDeleteResponseTopic[]
}

function decodeOffsetDeleteResponsePartition(
  reader: Reader,
  _version: number,
  _flexible: boolean,
): OffsetDeleteResponsePartition {
  const partitionIndex = reader.int32()
  const errorCode = reader.int16()
  return { partitionIndex, errorCode }
}

function decodeOffsetDeleteResponseTopic(
  reader: Reader,
  version: number,
  _flexible: boolean,
): OffsetDeleteResponseTopic {
  const name = reader.string(false)
  const partitions = reader.array(false, 6, version, decodeOffsetDeleteResponsePartition)
  return { name, partitions }
}

function decodeOffsetDeleteResponse(reader: Reader, version: number): OffsetDeleteResponse {
  assert(version >= 0 && version <= 0, 'a version of OffsetDeleteResponse')
  const errorCode = reader.int16()
  const throttleTimeMs = reader.int32()
  const topics = reader.array(false, 6, version, decodeOffsetDeleteResponseTopic)
  return { errorCode, throttleTimeMs, topics }
}

function encodeOffsetDeleteResponsePartition(
  writer: Writer,
  _version: number,
  _flexible: boolean,
  message: OffsetDeleteResponsePartition,
): void {
  const { partitionIndex, errorCode } = message
  writer.int32(partitionIndex)
  writer.int16(errorCode)
}

function encodeOffsetDeleteResponseTopic(
  writer: Writer,
  version: number,
  _flexible: boolean,
  message: OffsetDeleteResponseTopic,
): void {
  const { name, partitions } = message
  writer.string(false, name)
  writer.array(false, partitions, version, encodeOffsetDeleteResponsePartition)
}

function encodeOffsetDeleteResponse(
  writer: Writer,
  version: number,
  message: OffsetDeleteResponseInput,
): void {
  assert(version >= 0 && version <= 0, 'a version of OffsetDeleteResponse')
  const { errorCode, throttleTimeMs = 0, topics } = message
  writer.int16(errorCode)
  writer.int32(throttleTimeMs)
  writer.array(false, topics, version, encodeOffsetDeleteResponseTopic)
}

/** Codec of {@link OffsetDeleteResponse}. */
export const offsetDeleteResponse: MessageCodec<OffsetDeleteResponse, OffsetDeleteResponseInput> = {
  name: 'OffsetDeleteResponse',
  versionMin: 0,
  versionMax: 0,
  flexibleMin: Infinity,
  decode: decodeOffsetDeleteResponse,
  encode: encodeOffsetDeleteResponse,
}

/** The OffsetDelete API. */
export const offsetDeleteApi: Api<
  OffsetDeleteRequest,
  OffsetDeleteRequest,
  OffsetDeleteResponse,
  OffsetDeleteResponseInput
> = {
  key: 47,
  name: 'OffsetDelete',
  request: offsetDeleteRequest,
  response: offsetDeleteResponse,
}
