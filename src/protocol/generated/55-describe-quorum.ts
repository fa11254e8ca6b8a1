// Generated from the schema by `npm run generate`; edit that instead.
import { assert } from '../../base/assert.ts'
import type { Api, MessageCodec } from '../codec.ts'
import type { Reader } from '../reader.ts'
import type { Uuid } from '../uuid.ts'
import { zeroUuid } from '../uuid.ts'
import type { Writer } from '../writer.ts'

/** Part of {@link DescribeQuorumRequest}. */
export interface DescribeQuorumPartition {
  readonly partitionIndex: number
}

/** Part of {@link DescribeQuorumRequest}. */
export interface DescribeQuorumTopic {
  readonly topicName: string
  readonly partitions: readonly DescribeQuorumPartition[]
}

/** Versions 0 to 2. */
export interface DescribeQuorumRequest {
  readonly topics: readonly DescribeQuorumTopic[]
}

function decodeDescribeQuorumPartition(
  reader: Reader,
  _version: number,
  _flexible: boolean,
): DescribeQuorumPartition {
  const partitionIndex = reader.int32()
  reader.skipTags()
  return { partitionIndex }
}

function decodeDescribeQuorumTopic(
  reader: Reader,
  version: number,
  _flexible: boolean,
): DescribeQuorumTopic {
  const topicName = reader.string(true)
  const partitions = reader.array(true, 5, version, decodeDescribeQuorumPartition)
  reader.skipTags()
  return { topicName, partitions }
}

function decodeDescribeQuorumRequest(reader: Reader, version: number): DescribeQuorumRequest {
  assert(version >= 0 && version <= 2, 'a version of DescribeQuorumRequest')
  const topics = reader.array(true, 3, version, decodeDescribeQuorumTopic)
  reader.skipTags()
  return { topics }
}

function encodeDescribeQuorumPartition(
  writer: Writer,
  _version: number,
  _flexible: boolean,
  message: DescribeQuorumPartition,
): void {
  const { partitionIndex } = message
  writer.int32(partitionIndex)
  writer.unsignedVarint(0)
}

function encodeDescribeQuorumTopic(
  writer: Writer,
  version: number,
  _flexible: boolean,
  message: DescribeQuorumTopic,
): void {
  const { topicName, partitions } = message
  writer.string(true, topicName)
  writer.array(true, partitions, version, encodeDescribeQuorumPartition)
  writer.unsignedVarint(0)
}

function encodeDescribeQuorumRequest(
  writer: Writer,
  version: number,
  message: DescribeQuorumRequest,
): void {
  assert(version >= 0 && version <= 2, 'a version of DescribeQuorumRequest')
  const { topics } = message
  writer.array(true, topics, version, encodeDescribeQuorumTopic)
  writer.unsignedVarint(0)
}

/** Codec of {@link DescribeQuorumRequest}. */
export const describeQuorumRequest: MessageCodec<DescribeQuorumRequest> = {
  name: 'DescribeQuorumRequest',
  versionMin: 0,
  versionMax: 2,
  flexibleMin: 0,
  decode: decodeDescribeQuorumRequest,
  encode: encodeDescribeQuorumRequest,
}

/** Part of {@link DescribeQuorumResponse}. */
export interface QuorumReplica {
  readonly replicaId: number
  /** Version 2 only. */
  readonly replicaDirectoryId: Uuid
  readonly logEndOffset: number
  /** From version 1; in ms; -1 unknown. */
  readonly lastFetchTimestamp: number
  /** From version 1; in ms; -1 unknown. */
  readonly lastCaughtUpTimestamp: number
}

/** {@link QuorumReplica} as it is encoded. */
export interface QuorumReplicaInput {
  readonly replicaId: number
  readonly replicaDirectoryId?: Uuid
  readonly logEndOffset: number
  readonly lastFetchTimestamp?: number
  readonly lastCaughtUpTimestamp?: number
}

/** Part of {@link DescribeQuorumResponse}. */
export interface DescribeQuorumPartitionResult {
  readonly partitionIndex: number
  readonly errorCode: number
  /** Version 2 only. */
  readonly errorMessage: string | null
  /** -1 when unknown. */
  readonly leaderId: number
  readonly leaderEpoch: number
  readonly highWatermark: number
  readonly currentVoters: readonly QuorumReplica[]
  readonly observers: readonly QuorumReplica[]
}

/** {@link DescribeQuorumPartitionResult} as it is encoded. */
export interface DescribeQuorumPartitionResultInput {
  readonly partitionIndex: number
  readonly errorCode: number
  readonly errorMessage?: string | null
  readonly leaderId: number
  readonly leaderEpoch: number
  readonly highWatermark: number
  readonly currentVoters: readonly QuorumReplicaInput[]
  readonly observers: readonly QuorumReplicaInput[]
}

/** Part of {@link DescribeQuorumResponse}. */
export interface DescribeQuorumTopicResult {
  readonly topicName: string
  readonly partitions: readonly DescribeQuorumPartitionResult[]
}

/** {@link DescribeQuorumTopicResult} as it is encoded. */
export interface DescribeQuorumTopicResultInput {
  readonly topicName: string
  readonly partitions: readonly DescribeQuorumPartitionResultInput[]
}

/** Part of {@link DescribeQuorumResponse}. */
export interface QuorumListener {
  readonly name: string
  readonly host: string
  readonly port: number
}

/** Part of {@link DescribeQuorumResponse}. */
export interface QuorumNode {
  readonly nodeId: number
  readonly listeners: readonly QuorumListener[]
}

/** Versions 0 to 2. */
export interface DescribeQuorumResponse {
  readonly errorCode: number
  /** Version 2 only. */
  readonly errorMessage: string | null
  readonly topics: readonly DescribeQuorumTopicResult[]
  /** Version 2 only. */
  readonly nodes: readonly QuorumNode[]
}

/** {@link DescribeQuorumResponse} as it is encoded. */
export interface DescribeQuorumResponseInput {
  readonly errorCode: number
  readonly errorMessage?: string | null
  readonly topics: readonly DescribeQuorumTopicResultInput[]
  readonly nodes?: readonly QuorumNode[]
}

function decodeQuorumReplica(reader: Reader, version: number, _flexible: boolean): QuorumReplica {
  const replicaId = reader.int32()
  const replicaDirectoryId = version === 2 ? reader.uuid() : zeroUuid
  const logEndOffset = reader.int64()
  const lastFetchTimestamp = version >= 1 ? reader.int64() : -1
  const lastCaughtUpTimestamp = version >= 1 ? reader.int64() : -1
  reader.skipTags()
  return { replicaId, replicaDirectoryId, logEndOffset, lastFetchTimestamp, lastCaughtUpTimestamp }
}

function decodeDescribeQuorumPartitionResult(
  reader: Reader,
  version: number,
  _flexible: boolean,
): DescribeQuorumPartitionResult {
  const partitionIndex = reader.int32()
  const errorCode = reader.int16()
  const errorMessage = version === 2 ? reader.nullableString(true) : null
  const leaderId = reader.int32()
  const leaderEpoch = reader.int32()
  const highWatermark = reader.int64()
  const currentVoters = reader.array(true, 13, version, decodeQuorumReplica)
  const observers = reader.array(true, 13, version, decodeQuorumReplica)
  reader.skipTags()
  return {
    partitionIndex,
    errorCode,
    errorMessage,
    leaderId,
    leaderEpoch,
    highWatermark,
    currentVoters,
    observers,
  }
}

function decodeDescribeQuorumTopicResult(
  reader: Reader,
  version: number,
  _flexible: boolean,
): DescribeQuorumTopicResult {
  const topicName = reader.string(true)
  const partitions = reader.array(true, 25, version, decodeDescribeQuorumPartitionResult)
  reader.skipTags()
  return { topicName, partitions }
}

function decodeQuorumListener(
  reader: Reader,
  _version: number,
  _flexible: boolean,
): QuorumListener {
  const name = reader.string(true)
  const host = reader.string(true)
  const port = reader.uint16()
  reader.skipTags()
  return { name, host, port }
}

function decodeQuorumNode(reader: Reader, version: number, _flexible: boolean): QuorumNode {
  const nodeId = reader.int32()
  const listeners = reader.array(true, 5, version, decodeQuorumListener)
  reader.skipTags()
  return { nodeId, listeners }
}

function decodeDescribeQuorumResponse(reader: Reader, version: number): DescribeQuorumResponse {
  assert(version >= 0 && version <= 2, 'a version of DescribeQuorumResponse')
  const errorCode = reader.int16()
  const errorMessage = version === 2 ? reader.nullableString(true) : null
  const topics = reader.array(true, 3, version, decodeDescribeQuorumTopicResult)
  const nodes = version === 2 ? reader.array(true, 6, version, decodeQuorumNode) : []
  reader.skipTags()
  return { errorCode, errorMessage, topics, nodes }
}

function encodeQuorumReplica(
  writer: Writer,
  version: number,
  _flexible: boolean,
  message: QuorumReplicaInput,
): void {
  const {
    replicaId,
    replicaDirectoryId = zeroUuid,
    logEndOffset,
    lastFetchTimestamp = -1,
    lastCaughtUpTimestamp = -1,
  } = message
  writer.int32(replicaId)
  if (version === 2) writer.uuid(replicaDirectoryId)
  else if (replicaDirectoryId !== zeroUuid)
    writer.unsupported('DescribeQuorumResponse.QuorumReplica.replicaDirectoryId', version)
  writer.int64(logEndOffset)
  if (version >= 1) writer.int64(lastFetchTimestamp)
  if (version >= 1) writer.int64(lastCaughtUpTimestamp)
  writer.unsignedVarint(0)
}

function encodeDescribeQuorumPartitionResult(
  writer: Writer,
  version: number,
  _flexible: boolean,
  message: DescribeQuorumPartitionResultInput,
): void {
  const {
    partitionIndex,
    errorCode,
    errorMessage = null,
    leaderId,
    leaderEpoch,
    highWatermark,
    currentVoters,
    observers,
  } = message
  writer.int32(partitionIndex)
  writer.int16(errorCode)
  if (version === 2) writer.nullableString(true, errorMessage)
  writer.int32(leaderId)
  writer.int32(leaderEpoch)
  writer.int64(highWatermark)
  writer.array(true, currentVoters, version, encodeQuorumReplica)
  writer.array(true, observers, version, encodeQuorumReplica)
  writer.unsignedVarint(0)
}

function encodeDescribeQuorumTopicResult(
  writer: Writer,
  version: number,
  _flexible: boolean,
  message: DescribeQuorumTopicResultInput,
): void {
  const { topicName, partitions } = message
  writer.string(true, topicName)
  writer.array(true, partitions, version, encodeDescribeQuorumPartitionResult)
  writer.unsignedVarint(0)
}

function encodeQuorumListener(
  writer: Writer,
  _version: number,
  _flexible: boolean,
  message: QuorumListener,
): void {
  const { name, host, port } = message
  writer.string(true, name)
  writer.string(true, host)
  writer.uint16(port)
  writer.unsignedVarint(0)
}

function encodeQuorumNode(
  writer: Writer,
  version: number,
  _flexible: boolean,
  message: QuorumNode,
): void {
  const { nodeId, listeners } = message
  writer.int32(nodeId)
  writer.array(true, listeners, version, encodeQuorumListener)
  writer.unsignedVarint(0)
}

function encodeDescribeQuorumResponse(
  writer: Writer,
  version: number,
  message: DescribeQuorumResponseInput,
): void {
  assert(version >= 0 && version <= 2, 'a version of DescribeQuorumResponse')
  const { errorCode, errorMessage = null, topics, nodes = [] } = message
  writer.int16(errorCode)
  if (version === 2) writer.nullableString(true, errorMessage)
  writer.array(true, topics, version, encodeDescribeQuorumTopicResult)
  if (version === 2) writer.array(true, nodes, version, encodeQuorumNode)
  else if (nodes.length > 0) writer.unsupported('DescribeQuorumResponse.nodes', version)
  writer.unsignedVarint(0)
}

/** Codec of {@link DescribeQuorumResponse}. */
export const describeQuorumResponse: MessageCodec<
  DescribeQuorumResponse,
  DescribeQuorumResponseInput
> = {
  name: 'DescribeQuorumResponse',
  versionMin: 0,
  versionMax: 2,
  flexibleMin: 0,
  decode: decodeDescribeQuorumResponse,
  encode: encodeDescribeQuorumResponse,
}

/** The DescribeQuorum API. */
export const describeQuorumApi: Api<
  DescribeQuorumRequest,
  DescribeQuorumRequest,
  DescribeQuorumResponse,
  DescribeQuorumResponseInput
> = {
  key: 55,
  name: 'DescribeQuorum',
  request: describeQuorumRequest,
  response: describeQuorumResponse,
}
