// Generated from the schema by `npm run generate`; edit that instead.
import { assert } from '../../base/assert.ts'
import type { Api, MessageCodec } from '../codec.ts'
import { readInt32, writeInt32 } from '../primitives.ts'
import type { Reader } from '../reader.ts'
import type { Writer } from '../writer.ts'

/** Part of {@link AlterReplicaLogDirsRequest}. */
export interface AlterReplicaLogDirTopic {
  readonly name: string
  readonly partitions: readonly number[]
}

/** Part of {@link AlterReplicaLogDirsRequest}. */
export interface AlterReplicaLogDir {
  /** Absolute, as the broker has it. */
  readonly path: string
  readonly topics: readonly AlterReplicaLogDirTopic[]
}

/** Versions 1 to 2. */
export interface AlterReplicaLogDirsRequest {
  readonly dirs: readonly AlterReplicaLogDir[]
}

function decodeAlterReplicaLogDirTopic(
  reader: Reader,
  version: number,
  flexible: boolean,
): AlterReplicaLogDirTopic {
  const name = reader.string(flexible)
  const partitions = reader.array(flexible, 4, version, readInt32)
  if (flexible) reader.skipTags()
  return { name, partitions }
}

function decodeAlterReplicaLogDir(
  reader: Reader,
  version: number,
  flexible: boolean,
): AlterReplicaLogDir {
  const path = reader.string(flexible)
  const topics = reader.array(flexible, 3, version, decodeAlterReplicaLogDirTopic)
  if (flexible) reader.skipTags()
  return { path, topics }
}

function decodeAlterReplicaLogDirsRequest(
  reader: Reader,
  version: number,
): AlterReplicaLogDirsRequest {
  assert(version >= 1 && version <= 2, 'a version of AlterReplicaLogDirsRequest')
  const flexible = version === 2
  const dirs = reader.array(flexible, 3, version, decodeAlterReplicaLogDir)
  if (flexible) reader.skipTags()
  return { dirs }
}

function encodeAlterReplicaLogDirTopic(
  writer: Writer,
  version: number,
  flexible: boolean,
  message: AlterReplicaLogDirTopic,
): void {
  const { name, partitions } = message
  writer.string(flexible, name)
  writer.array(flexible, partitions, version, writeInt32)
  if (flexible) writer.unsignedVarint(0)
}

function encodeAlterReplicaLogDir(
  writer: Writer,
  version: number,
  flexible: boolean,
  message: AlterReplicaLogDir,
): void {
  const { path, topics } = message
  writer.string(flexible, path)
  writer.array(flexible, topics, version, encodeAlterReplicaLogDirTopic)
  if (flexible) writer.unsignedVarint(0)
}

function encodeAlterReplicaLogDirsRequest(
  writer: Writer,
  version: number,
  message: AlterReplicaLogDirsRequest,
): void {
  assert(version >= 1 && version <= 2, 'a version of AlterReplicaLogDirsRequest')
  const flexible = version === 2
  const { dirs } = message
  writer.array(flexible, dirs, version, encodeAlterReplicaLogDir)
  if (flexible) writer.unsignedVarint(0)
}

/** Codec of {@link AlterReplicaLogDirsRequest}. */
export const alterReplicaLogDirsRequest: MessageCodec<AlterReplicaLogDirsRequest> = {
  name: 'AlterReplicaLogDirsRequest',
  versionMin: 1,
  versionMax: 2,
  flexibleMin: 2,
  decode: decodeAlterReplicaLogDirsRequest,
  encode: encodeAlterReplicaLogDirsRequest,
}

/** Part of {@link AlterReplicaLogDirsResponse}. */
export interface AlterReplicaLogDirPartitionResult {
  readonly partitionIndex: number
  readonly errorCode: number
}

/** Part of {@link AlterReplicaLogDirsResponse}. */
export interface AlterReplicaLogDirTopicResult {
  readonly topicName: string
  readonly partitions: readonly AlterReplicaLogDirPartitionResult[]
}

/** Versions 1 to 2. */
export interface AlterReplicaLogDirsResponse {
  readonly throttleTimeMs: number
  readonly results: readonly AlterReplicaLogDirTopicResult[]
}

function decodeAlterReplicaLogDirPartitionResult(
  reader: Reader,
  _version: number,
  flexible: boolean,
): AlterReplicaLogDirPartitionResult {
  const partitionIndex = reader.int32()
  const errorCode = reader.int16()
  if (flexible) reader.skipTags()
  return { partitionIndex, errorCode }
}

function decodeAlterReplicaLogDirTopicResult(
  reader: Reader,
  version: number,
  flexible: boolean,
): AlterReplicaLogDirTopicResult {
  const topicName = reader.string(flexible)
  const partitions = reader.array(flexible, 6, version, decodeAlterReplicaLogDirPartitionResult)
  if (flexible) reader.skipTags()
  return { topicName, partitions }
}

function decodeAlterReplicaLogDirsResponse(
  reader: Reader,
  version: number,
): AlterReplicaLogDirsResponse {
  assert(version >= 1 && version <= 2, 'a version of AlterReplicaLogDirsResponse')
  const flexible = version === 2
  const throttleTimeMs = reader.int32()
  const results = reader.array(flexible, 3, version, decodeAlterReplicaLogDirTopicResult)
  if (flexible) reader.skipTags()
  return { throttleTimeMs, results }
}

function encodeAlterReplicaLogDirPartitionResult(
  writer: Writer,
  _version: number,
  flexible: boolean,
  message: AlterReplicaLogDirPartitionResult,
): void {
  const { partitionIndex, errorCode } = message
  writer.int32(partitionIndex)
  writer.int16(errorCode)
  if (flexible) writer.unsignedVarint(0)
}

function encodeAlterReplicaLogDirTopicResult(
  writer: Writer,
  version: number,
  flexible: boolean,
  message: AlterReplicaLogDirTopicResult,
): void {
  const { topicName, partitions } = message
  writer.string(flexible, topicName)
  writer.array(flexible, partitions, version, encodeAlterReplicaLogDirPartitionResult)
  if (flexible) writer.unsignedVarint(0)
}

function encodeAlterReplicaLogDirsResponse(
  writer: Writer,
  version: number,
  message: AlterReplicaLogDirsResponse,
): void {
  assert(version >= 1 && version <= 2, 'a version of AlterReplicaLogDirsResponse')
  const flexible = version === 2
  const { throttleTimeMs, results } = message
  writer.int32(throttleTimeMs)
  writer.array(flexible, results, version, encodeAlterReplicaLogDirTopicResult)
  if (flexible) writer.unsignedVarint(0)
}

/** Codec of {@link AlterReplicaLogDirsResponse}. */
export const alterReplicaLogDirsResponse: MessageCodec<AlterReplicaLogDirsResponse> = {
  name: 'AlterReplicaLogDirsResponse',
  versionMin: 1,
  versionMax: 2,
  flexibleMin: 2,
  decode: decodeAlterReplicaLogDirsResponse,
  encode: encodeAlterReplicaLogDirsResponse,
}

/** The AlterReplicaLogDirs API. */
export const alterReplicaLogDirsApi: Api<
  AlterReplicaLogDirsRequest,
  AlterReplicaLogDirsRequest,
  AlterReplicaLogDirsResponse,
  AlterReplicaLogDirsResponse
> = {
  key: 34,
  name: 'AlterReplicaLogDirs',
  request: alterReplicaLogDirsRequest,
  response: alterReplicaLogDirsResponse,
}
