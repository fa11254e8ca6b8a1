// Generated from the schema by `npm run generate`; edit that instead.
import { assert } from '../../base/assert.ts'
import type { Api, MessageCodec } from '../codec.ts'
import type { Reader } from '../reader.ts'
import type { Writer } from '../writer.ts'

/** Part of {@link DeleteRecordsRequest}. */
export interface DeleteRecordsPartition {
  readonly partitionIndex: number
  /** The first one to keep; -1 for the high watermark. */
  readonly offset: number
}

/** Part of {@link DeleteRecordsRequest}. */
export interface DeleteRecordsTopic {
  readonly name: string
  readonly partitions: readonly DeleteRecordsPartition[]
}

/** Versions 0 to 2. */
export interface DeleteRecordsRequest {
  readonly topics: readonly DeleteRecordsTopic[]
  readonly timeoutMs: number
}

function decodeDeleteRecordsPartition(
  reader: Reader,
  _version: number,
  flexible: boolean,
): DeleteRecordsPartition {
  const partitionIndex = reader.int32()
  const offset = reader.int64()
  if (flexible) reader.skipTags()
  return { partitionIndex, offset }
}

function decodeDeleteRecordsTopic(
  reader: Reader,
  version: number,
  flexible: boolean,
): DeleteRecordsTopic {
  const name = reader.string(flexible)
  const partitions = reader.array(flexible, 12, version, decodeDeleteRecordsPartition)
  if (flexible) reader.skipTags()
  return { name, partitions }
}

function decodeDeleteRecordsRequest(reader: Reader, version: number): DeleteRecordsRequest {
  assert(version >= 0 && version <= 2, 'a version of DeleteRecordsRequest')
  const flexible = version === 2
  const topics = reader.array(flexible, 3, version, decodeDeleteRecordsTopic)
  const timeoutMs = reader.int32()
  if (flexible) reader.skipTags()
  return { topics, timeoutMs }
}

function encodeDeleteRecordsPartition(
  writer: Writer,
  _version: number,
  flexible: boolean,
  message: DeleteRecordsPartition,
): void {
  const { partitionIndex, offset } = message
  writer.int32(partitionIndex)
  writer.int64(offset)
  if (flexible) writer.unsignedVarint(0)
}

function encodeDeleteRecordsTopic(
  writer: Writer,
  version: number,
  flexible: boolean,
  message: DeleteRecordsTopic,
): void {
  const { name, partitions } = message
  writer.string(flexible, name)
  writer.array(flexible, partitions, version, encodeDeleteRecordsPartition)
  if (flexible) writer.unsignedVarint(0)
}

function encodeDeleteRecordsRequest(
  writer: Writer,
  version: number,
  message: DeleteRecordsRequest,
): void {
  assert(version >= 0 && version <= 2, 'a version of DeleteRecordsRequest')
  const flexible = version === 2
  const { topics, timeoutMs } = message
  writer.array(flexible, topics, version, encodeDeleteRecordsTopic)
  writer.int32(timeoutMs)
  if (flexible) writer.unsignedVarint(0)
}

/** Codec of {@link DeleteRecordsRequest}. */
export const deleteRecordsRequest: MessageCodec<DeleteRecordsRequest> = {
  name: 'DeleteRecordsRequest',
  versionMin: 0,
  versionMax: 2,
  flexibleMin: 2,
  decode: decodeDeleteRecordsRequest,
  encode: encodeDeleteRecordsRequest,
}

/** Part of {@link DeleteRecordsResponse}. */
export interface DeleteRecordsPartitionResult {
  readonly partitionIndex: number
  /** Log start offset now; -1 on an error. */
  readonly lowWatermark: number
  readonly errorCode: number
}

/** Part of {@link DeleteRecordsResponse}. */
export interface DeleteRecordsTopicResult {
  readonly name: string
  readonly partitions: readonly DeleteRecordsPartitionResult[]
}

/** Versions 0 to 2. */
export interface DeleteRecordsResponse {
  readonly throttleTimeMs: number
  readonly topics: readonly DeleteRecordsTopicResult[]
}

function decodeDeleteRecordsPartitionResult(
  reader: Reader,
  _version: number,
  flexible: boolean,
): DeleteRecordsPartitionResult {
  const partitionIndex = reader.int32()
  const lowWatermark = reader.int64()
  const errorCode = reader.int16()
  if (flexible) reader.skipTags()
  return { partitionIndex, lowWatermark, errorCode }
}

function decodeDeleteRecordsTopicResult(
  reader: Reader,
  version: number,
  flexible: boolean,
): DeleteRecordsTopicResult {
  const name = reader.string(flexible)
  const partitions = reader.array(flexible, 14, version, decodeDeleteRecordsPartitionResult)
  if (flexible) reader.skipTags()
  return { name, partitions }
}

function decodeDeleteRecordsResponse(reader: Reader, version: number): DeleteRecordsResponse {
  assert(version >= 0 && version <= 2, 'a version of DeleteRecordsResponse')
  const flexible = version === 2
  const throttleTimeMs = reader.int32()
  const topics = reader.array(flexible, 3, version, decodeDeleteRecordsTopicResult)
  if (flexible) reader.skipTags()
  return { throttleTimeMs, topics }
}

function encodeDeleteRecordsPartitionResult(
  writer: Writer,
  _version: number,
  flexible: boolean,
  message: DeleteRecordsPartitionResult,
): void {
  const { partitionIndex, lowWatermark, errorCode } = message
  writer.int32(partitionIndex)
  writer.int64(lowWatermark)
  writer.int16(errorCode)
  if (flexible) writer.unsignedVarint(0)
}

function encodeDeleteRecordsTopicResult(
  writer: Writer,
  version: number,
  flexible: boolean,
  message: DeleteRecordsTopicResult,
): void {
  const { name, partitions } = message
  writer.string(flexible, name)
  writer.array(flexible, partitions, version, encodeDeleteRecordsPartitionResult)
  if (flexible) writer.unsignedVarint(0)
}

function encodeDeleteRecordsResponse(
  writer: Writer,
  version: number,
  message: DeleteRecordsResponse,
): void {
  assert(version >= 0 && version <= 2, 'a version of DeleteRecordsResponse')
  const flexible = version === 2
  const { throttleTimeMs, topics } = message
  writer.int32(throttleTimeMs)
  writer.array(flexible, topics, version, encodeDeleteRecordsTopicResult)
  if (flexible) writer.unsignedVarint(0)
}

/** Codec of {@link DeleteRecordsResponse}. */
export const deleteRecordsResponse: MessageCodec<DeleteRecordsResponse> = {
  name: 'DeleteRecordsResponse',
  versionMin: 0,
  versionMax: 2,
  flexibleMin: 2,
  decode: decodeDeleteRecordsResponse,
  encode: encodeDeleteRecordsResponse,
}

/** The DeleteRecords API. */
export const deleteRecordsApi: Api<
  DeleteRecordsRequest,
  DeleteRecordsRequest,
  DeleteRecordsResponse,
  DeleteRecordsResponse
> = {
  key: 21,
  name: 'DeleteRecords',
  request: deleteRecordsRequest,
  response: deleteRecordsResponse,
}
