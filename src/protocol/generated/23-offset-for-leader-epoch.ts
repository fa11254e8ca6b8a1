// Generated from the schema by `npm run generate`; edit that instead.
import { assert } from '../../base/assert.ts'
import type { Api, MessageCodec } from '../codec.ts'
import type { Reader } from '../reader.ts'
import type { Writer } from '../writer.ts'

/** Part of {@link OffsetForLeaderEpochRequest}. */
export interface OffsetForLeaderPartition {
  readonly partition: number
  readonly currentLeaderEpoch: number
  /** The epoch whose end is asked for. */
  readonly leaderEpoch: number
}

/** {@link OffsetForLeaderPartition} as it is encoded. */
export interface OffsetForLeaderPartitionInput {
  readonly partition: number
  readonly currentLeaderEpoch?: number
  readonly leaderEpoch: number
}

/** Part of {@link OffsetForLeaderEpochRequest}. */
export interface OffsetForLeaderTopic {
  readonly topic: string
  readonly partitions: readonly OffsetForLeaderPartition[]
}

/** {@link OffsetForLeaderTopic} as it is encoded. */
export interface OffsetForLeaderTopicInput {
  readonly topic: string
  readonly partitions: readonly OffsetForLeaderPartitionInput[]
}

/** Versions 2 to 4. */
export interface OffsetForLeaderEpochRequest {
  /** From version 3; -1 for a client, -2 for a debugging client. */
  readonly replicaId: number
  readonly topics: readonly OffsetForLeaderTopic[]
}

/** {@link OffsetForLeaderEpochRequest} as it is encoded. */
export interface OffsetForLeaderEpochRequestInput {
  readonly replicaId?: number
  readonly topics: readonly OffsetForLeaderTopicInput[]
}

function decodeOffsetForLeaderPartition(
  reader: Reader,
  _version: number,
  flexible: boolean,
): OffsetForLeaderPartition {
  const partition = reader.int32()
  const currentLeaderEpoch = reader.int32()
  const leaderEpoch = reader.int32()
  if (flexible) reader.skipTags()
  return { partition, currentLeaderEpoch, leaderEpoch }
}

function decodeOffsetForLeaderTopic(
  reader: Reader,
  version: number,
  flexible: boolean,
): OffsetForLeaderTopic {
  const topic = reader.string(flexible)
  const partitions = reader.array(flexible, 12, version, decodeOffsetForLeaderPartition)
  if (flexible) reader.skipTags()
  return { topic, partitions }
}

function decodeOffsetForLeaderEpochRequest(
  reader: Reader,
  version: number,
): OffsetForLeaderEpochRequest {
  assert(version >= 2 && version <= 4, 'a version of OffsetForLeaderEpochRequest')
  const flexible = version === 4
  const replicaId = version >= 3 ? reader.int32() : -2
  const topics = reader.array(flexible, 3, version, decodeOffsetForLeaderTopic)
  if (flexible) reader.skipTags()
  return { replicaId, topics }
}

function encodeOffsetForLeaderPartition(
  writer: Writer,
  _version: number,
  flexible: boolean,
  message: OffsetForLeaderPartitionInput,
): void {
  const { partition, currentLeaderEpoch = -1, leaderEpoch } = message
  writer.int32(partition)
  writer.int32(currentLeaderEpoch)
  writer.int32(leaderEpoch)
  if (flexible) writer.unsignedVarint(0)
}

function encodeOffsetForLeaderTopic(
  writer: Writer,
  version: number,
  flexible: boolean,
  message: OffsetForLeaderTopicInput,
): void {
  const { topic, partitions } = message
  writer.string(flexible, topic)
  writer.array(flexible, partitions, version, encodeOffsetForLeaderPartition)
  if (flexible) writer.unsignedVarint(0)
}

function encodeOffsetForLeaderEpochRequest(
  writer: Writer,
  version: number,
  message: OffsetForLeaderEpochRequestInput,
): void {
  assert(version >= 2 && version <= 4, 'a version of OffsetForLeaderEpochRequest')
  const flexible = version === 4
  const { replicaId = -2, topics } = message
  if (version >= 3) writer.int32(replicaId)
  writer.array(flexible, topics, version, encodeOffsetForLeaderTopic)
  if (flexible) writer.unsignedVarint(0)
}

/** Codec of {@link OffsetForLeaderEpochRequest}. */
export const offsetForLeaderEpochRequest: MessageCodec<
  OffsetForLeaderEpochRequest,
  OffsetForLeaderEpochRequestInput
> = {
  name: 'OffsetForLeaderEpochRequest',
  versionMin: 2,
  versionMax: 4,
  flexibleMin: 4,
  decode: decodeOffsetForLeaderEpochRequest,
  encode: encodeOffsetForLeaderEpochRequest,
}

/** Part of {@link OffsetForLeaderEpochResponse}. */
export interface EpochEndOffset {
  readonly errorCode: number
  readonly partition: number
  /** The largest epoch not above the one asked for; -1 when there is none. */
  readonly leaderEpoch: number
  /** One past the last offset of that epoch; -1 when unknown. */
  readonly endOffset: number
}

/** {@link EpochEndOffset} as it is encoded. */
export interface EpochEndOffsetInput {
  readonly errorCode: number
  readonly partition: number
  readonly leaderEpoch?: number
  readonly endOffset?: number
}

/** Part of {@link OffsetForLeaderEpochResponse}. */
export interface OffsetForLeaderTopicResult {
  readonly topic: string
  readonly partitions: readonly EpochEndOffset[]
}

/** {@link OffsetForLeaderTopicResult} as it is encoded. */
export interface OffsetForLeaderTopicResultInput {
  readonly topic: string
  readonly partitions: readonly EpochEndOffsetInput[]
}

/** Versions 2 to 4. */
export interface OffsetForLeaderEpochResponse {
  readonly throttleTimeMs: number
  readonly topics: readonly OffsetForLeaderTopicResult[]
}

/** {@link OffsetForLeaderEpochResponse} as it is encoded. */
export interface OffsetForLeaderEpochResponseInput {
  readonly throttleTimeMs?: number
  readonly topics: readonly OffsetForLeaderTopicResultInput[]
}

function decodeEpochEndOffset(reader: Reader, _version: number, flexible: boolean): EpochEndOffset {
  const errorCode = reader.int16()
  const partition = reader.int32()
  const leaderEpoch = reader.int32()
  const endOffset = reader.int64()
  if (flexible) reader.skipTags()
  return { errorCode, partition, leaderEpoch, endOffset }
}

function decodeOffsetForLeaderTopicResult(
  reader: Reader,
  version: number,
  flexible: boolean,
): OffsetForLeaderTopicResult {
  const topic = reader.string(flexible)
  const partitions = reader.array(flexible, 18, version, decodeEpochEndOffset)
  if (flexible) reader.skipTags()
  return { topic, partitions }
}

function decodeOffsetForLeaderEpochResponse(
  reader: Reader,
  version: number,
): OffsetForLeaderEpochResponse {
  assert(version >= 2 && version <= 4, 'a version of OffsetForLeaderEpochResponse')
  const flexible = version === 4
  const throttleTimeMs = reader.int32()
  const topics = reader.array(flexible, 3, version, decodeOffsetForLeaderTopicResult)
  if (flexible) reader.skipTags()
  return { throttleTimeMs, topics }
}

function encodeEpochEndOffset(
  writer: Writer,
  _version: number,
  flexible: boolean,
  message: EpochEndOffsetInput,
): void {
  const { errorCode, partition, leaderEpoch = -1, endOffset = -1 } = message
  writer.int16(errorCode)
  writer.int32(partition)
  writer.int32(leaderEpoch)
  writer.int64(endOffset)
  if (flexible) writer.unsignedVarint(0)
}

function encodeOffsetForLeaderTopicResult(
  writer: Writer,
  version: number,
  flexible: boolean,
  message: OffsetForLeaderTopicResultInput,
): void {
  const { topic, partitions } = message
  writer.string(flexible, topic)
  writer.array(flexible, partitions, version, encodeEpochEndOffset)
  if (flexible) writer.unsignedVarint(0)
}

function encodeOffsetForLeaderEpochResponse(
  writer: Writer,
  version: number,
  message: OffsetForLeaderEpochResponseInput,
): void {
  assert(version >= 2 && version <= 4, 'a version of OffsetForLeaderEpochResponse')
  const flexible = version === 4
  const { throttleTimeMs = 0, topics } = message
  writer.int32(throttleTimeMs)
  writer.array(flexible, topics, version, encodeOffsetForLeaderTopicResult)
  if (flexible) writer.unsignedVarint(0)
}

/** Codec of {@link OffsetForLeaderEpochResponse}. */
export const offsetForLeaderEpochResponse: MessageCodec<
  OffsetForLeaderEpochResponse,
  OffsetForLeaderEpochResponseInput
> = {
  name: 'OffsetForLeaderEpochResponse',
  versionMin: 2,
  versionMax: 4,
  flexibleMin: 4,
  decode: decodeOffsetForLeaderEpochResponse,
  encode: encodeOffsetForLeaderEpochResponse,
}

/** The OffsetForLeaderEpoch API. */
export const offsetForLeaderEpochApi: Api<
  OffsetForLeaderEpochRequest,
  OffsetForLeaderEpochRequestInput,
  OffsetForLeaderEpochResponse,
  OffsetForLeaderEpochResponseInput
> = {
  key: 23,
  name: 'OffsetForLeaderEpoch',
  request: offsetForLeaderEpochRequest,
  response: offsetForLeaderEpochResponse,
}
