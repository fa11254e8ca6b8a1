// Generated from the schema by `npm run generate`; edit that instead.
import { assert } from '../../base/assert.ts'
import type { Api, MessageCodec } from '../codec.ts'
import { readInt32, writeInt32 } from '../primitives.ts'
import type { Reader } from '../reader.ts'
import type { Writer } from '../writer.ts'

/** Part of {@link DescribeLogDirsRequest}. */
export interface DescribableLogDirTopic {
  readonly topic: string
  readonly partitions: readonly number[]
}

/** Versions 1 to 5. */
export interface DescribeLogDirsRequest {
  /** Null for all. */
  readonly topics: readonly DescribableLogDirTopic[] | null
}

function decodeDescribableLogDirTopic(
  reader: Reader,
  version: number,
  flexible: boolean,
): DescribableLogDirTopic {
  const topic = reader.string(flexible)
  const partitions = reader.array(flexible, 4, version, readInt32)
  if (flexible) reader.skipTags()
  return { topic, partitions }
}

function decodeDescribeLogDirsRequest(reader: Reader, version: number): DescribeLogDirsRequest {
  assert(version >= 1 && version <= 5, 'a version of DescribeLogDirsRequest')
  const flexible = version >= 2
  const topics = reader.nullableArray(flexible, 3, version, decodeDescribableLogDirTopic)
  if (flexible) reader.skipTags()
  return { topics }
}

function encodeDescribableLogDirTopic(
  writer: Writer,
  version: number,
  flexible: boolean,
  message: DescribableLogDirTopic,
): void {
  const { topic, partitions } = message
  writer.string(flexible, topic)
  writer.array(flexible, partitions, version, writeInt32)
  if (flexible) writer.unsignedVarint(0)
}

function encodeDescribeLogDirsRequest(
  writer: Writer,
  version: number,
  message: DescribeLogDirsRequest,
): void {
  assert(version >= 1 && version <= 5, 'a version of DescribeLogDirsRequest')
  const flexible = version >= 2
  const { topics } = message
  writer.nullableArray(flexible, topics, version, encodeDescribableLogDirTopic)
  if (flexible) writer.unsignedVarint(0)
}

/** Codec of {@link DescribeLogDirsRequest}. */
export const describeLogDirsRequest: MessageCodec<DescribeLogDirsRequest> = {
  name: 'DescribeLogDirsRequest',
  versionMin: 1,
  versionMax: 5,
  flexibleMin: 2,
  decode: decodeDescribeLogDirsRequest,
  encode: encodeDescribeLogDirsRequest,
}

/** Part of {@link DescribeLogDirsResponse}. */
export interface DescribeLogDirsPartition {
  readonly partitionIndex: number
  /** In bytes. */
  readonly partitionSize: number
  /** How far the log end is behind the high watermark. */
  readonly offsetLag: number
  /** True for a copy that is to replace the current one. */
  readonly isFutureKey: boolean
}

/** Part of {@link DescribeLogDirsResponse}. */
export interface DescribeLogDirsTopic {
  readonly name: string
  readonly partitions: readonly DescribeLogDirsPartition[]
}

/** Part of {@link DescribeLogDirsResponse}. */
export interface DescribeLogDirsResult {
  readonly errorCode: number
  readonly logDir: string
  readonly topics: readonly DescribeLogDirsTopic[]
  /** From version 4; of the volume; -1 unknown. */
  readonly totalBytes: number
  /** From version 4; of the volume; -1 unknown. */
  readonly usableBytes: number
  /** Version 5 only. */
  readonly isCordoned: boolean
}

/** {@link DescribeLogDirsResult} as it is encoded. */
export interface DescribeLogDirsResultInput {
  readonly errorCode: number
  readonly logDir: string
  readonly topics: readonly DescribeLogDirsTopic[]
  readonly totalBytes?: number
  readonly usableBytes?: number
  readonly isCordoned?: boolean
}

/** Versions 1 to 5. */
export interface DescribeLogDirsResponse {
  readonly throttleTimeMs: number
  /** From version 3. */
  readonly errorCode: number
  readonly results: readonly DescribeLogDirsResult[]
}

/** {@link DescribeLogDirsResponse} as it is encoded. */
export interface DescribeLogDirsResponseInput {
  readonly throttleTimeMs: number
  readonly errorCode?: number
  readonly results: readonly DescribeLogDirsResultInput[]
}

function decodeDescribeLogDirsPartition(
  reader: Reader,
  _version: number,
  flexible: boolean,
): DescribeLogDirsPartition {
  const partitionIndex = reader.int32()
  const partitionSize = reader.int64()
  const offsetLag = reader.int64()
  const isFutureKey = reader.bool()
  if (flexible) reader.skipTags()
  return { partitionIndex, partitionSize, offsetLag, isFutureKey }
}

function decodeDescribeLogDirsTopic(
  reader: Reader,
  version: number,
  flexible: boolean,
): DescribeLogDirsTopic {
  const name = reader.string(flexible)
  const partitions = reader.array(flexible, 21, version, decodeDescribeLogDirsPartition)
  if (flexible) reader.skipTags()
  return { name, partitions }
}

function decodeDescribeLogDirsResult(
  reader: Reader,
  version: number,
  flexible: boolean,
): DescribeLogDirsResult {
  const errorCode = reader.int16()
  const logDir = reader.string(flexible)
  const topics = reader.array(flexible, 3, version, decodeDescribeLogDirsTopic)
  const totalBytes = version >= 4 ? reader.int64() : -1
  const usableBytes = version >= 4 ? reader.int64() : -1
  const isCordoned = version === 5 ? reader.bool() : false
  if (flexible) reader.skipTags()
  return { errorCode, logDir, topics, totalBytes, usableBytes, isCordoned }
}

function decodeDescribeLogDirsResponse(reader: Reader, version: number): DescribeLogDirsResponse {
  assert(version >= 1 && version <= 5, 'a version of DescribeLogDirsResponse')
  const flexible = version >= 2
  const throttleTimeMs = reader.int32()
  const errorCode = version >= 3 ? reader.int16() : 0
  const results = reader.array(flexible, 5, version, decodeDescribeLogDirsResult)
  if (flexible) reader.skipTags()
  return { throttleTimeMs, errorCode, results }
}

function encodeDescribeLogDirsPartition(
  writer: Writer,
  _version: number,
  flexible: boolean,
  message: DescribeLogDirsPartition,
): void {
  const { partitionIndex, partitionSize, offsetLag, isFutureKey } = message
  writer.int32(partitionIndex)
  writer.int64(partitionSize)
  writer.int64(offsetLag)
  writer.bool(isFutureKey)
  if (flexible) writer.unsignedVarint(0)
}

function encodeDescribeLogDirsTopic(
  writer: Writer,
  version: number,
  flexible: boolean,
  message: DescribeLogDirsTopic,
): void {
  const { name, partitions } = message
  writer.string(flexible, name)
  writer.array(flexible, partitions, version, encodeDescribeLogDirsPartition)
  if (flexible) writer.unsignedVarint(0)
}

function encodeDescribeLogDirsResult(
  writer: Writer,
  version: number,
  flexible: boolean,
  message: DescribeLogDirsResultInput,
): void {
  const {
    errorCode,
    logDir,
    topics,
    totalBytes = -1,
    usableBytes = -1,
    isCordoned = false,
  } = message
  writer.int16(errorCode)
  writer.string(flexible, logDir)
  writer.array(flexible, topics, version, encodeDescribeLogDirsTopic)
  if (version >= 4) writer.int64(totalBytes)
  if (version >= 4) writer.int64(usableBytes)
  if (version === 5) writer.bool(isCordoned)
  if (flexible) writer.unsignedVarint(0)
}

function encodeDescribeLogDirsResponse(
  writer: Writer,
  version: number,
  message: DescribeLogDirsResponseInput,
): void {
  assert(version >= 1 && version <= 5, 'a version of DescribeLogDirsResponse')
  const flexible = version >= 2
  const { throttleTimeMs, errorCode = 0, results } = message
  writer.int32(throttleTimeMs)
  if (version >= 3) writer.int16(errorCode)
  writer.array(flexible, results, version, encodeDescribeLogDirsResult)
  if (flexible) writer.unsignedVarint(0)
}

/** Codec of {@link DescribeLogDirsResponse}. */
export const describeLogDirsResponse: MessageCodec<
  DescribeLogDirsResponse,
  DescribeLogDirsResponseInput
> = {
  name: 'DescribeLogDirsResponse',
  versionMin: 1,
  versionMax: 5,
  flexibleMin: 2,
  decode: decodeDescribeLogDirsResponse,
  encode: encodeDescribeLogDirsResponse,
}

/** The DescribeLogDirs API. */
export const describeLogDirsApi: Api<
  DescribeLogDirsRequest,
  DescribeLogDirsRequest,
  DescribeLogDirsResponse,
  DescribeLogDirsResponseInput
> = {
  key: 35,
  name: 'DescribeLogDirs',
  request: describeLogDirsRequest,
  response: describeLogDirsResponse,
}
