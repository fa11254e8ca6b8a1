// Generated from the schema by `npm run generate`; edit that instead.
import { assert } from '../../base/assert.ts'
import type { Api, MessageCodec } from '../codec.ts'
import { readInt32, writeInt32 } from '../primitives.ts'
import type { Reader } from '../reader.ts'
import type { Uuid } from '../uuid.ts'
import { zeroUuid } from '../uuid.ts'
import type { Writer } from '../writer.ts'

/** Part of {@link MetadataRequest}. */
export interface MetadataRequestTopic {
  /** From version 10. */
  readonly topicId: Uuid
  /** Null when asked by id. */
  readonly name: string | null
}

/** {@link MetadataRequestTopic} as it is encoded. */
export interface MetadataRequestTopicInput {
  readonly topicId?: Uuid
  readonly name: string | null
}

/** Versions 0 to 13. */
export interface MetadataRequest {
  /** Null for all topics; in version 0 an empty array means that. */
  readonly topics: readonly MetadataRequestTopic[] | null
  /** From version 4. */
  readonly allowAutoTopicCreation: boolean
  /** Versions 8 to 10. */
  readonly includeClusterAuthorizedOperations: boolean
  /** From version 8. */
  readonly includeTopicAuthorizedOperations: boolean
}

/** {@link MetadataRequest} as it is encoded. */
export interface MetadataRequestInput {
  readonly topics: readonly MetadataRequestTopicInput[] | null
  readonly allowAutoTopicCreation?: boolean
  readonly includeClusterAuthorizedOperations?: boolean
  readonly includeTopicAuthorizedOperations?: boolean
}

function decodeMetadataRequestTopic(
  reader: Reader,
  version: number,
  flexible: boolean,
): MetadataRequestTopic {
  const topicId = version >= 10 ? reader.uuid() : zeroUuid
  const name = reader.nullableString(flexible, version >= 10)
  if (flexible) reader.skipTags()
  return { topicId, name }
}

function decodeMetadataRequest(reader: Reader, version: number): MetadataRequest {
  assert(version >= 0 && version <= 13, 'a version of MetadataRequest')
  const flexible = version >= 9
  const topics = reader.nullableArray(flexible, 2, version, decodeMetadataRequestTopic, version >= 1)
  const allowAutoTopicCreation = version >= 4 ? reader.bool() : true
  const includeClusterAuthorizedOperations = version >= 8 && version <= 10 ? reader.bool() : false
  const includeTopicAuthorizedOperations = version >= 8 ? reader.bool() : false
  if (flexible) reader.skipTags()
  return {
    topics,
    allowAutoTopicCreation,
    includeClusterAuthorizedOperations,
    includeTopicAuthorizedOperations,
  }
}

function encodeMetadataRequestTopic(
  writer: Writer,
  version: number,
  flexible: boolean,
  message: MetadataRequestTopicInput,
): void {
  const { topicId = zeroUuid, name } = message
  if (version >= 10) writer.uuid(topicId)
  writer.nullableString(flexible, name, version >= 10)
  if (flexible) writer.unsignedVarint(0)
}

function encodeMetadataRequest(
  writer: Writer,
  version: number,
  message: MetadataRequestInput,
): void {
  assert(version >= 0 && version <= 13, 'a version of MetadataRequest')
  const flexible = version >= 9
  const {
    topics,
    allowAutoTopicCreation = true,
    includeClusterAuthorizedOperations = false,
    includeTopicAuthorizedOperations = false,
  } = message
  writer.nullableArray(flexible, topics, version, encodeMetadataRequestTopic, version >= 1)
  if (version >= 4) writer.bool(allowAutoTopicCreation)
  else if (!allowAutoTopicCreation)
    writer.unsupported('MetadataRequest.allowAutoTopicCreation', version)
  if (version >= 8 && version <= 10) writer.bool(includeClusterAuthorizedOperations)
  else if (includeClusterAuthorizedOperations)
    writer.unsupported('MetadataRequest.includeClusterAuthorizedOperations', version)
  if (version >= 8) writer.bool(includeTopicAuthorizedOperations)
  else if (includeTopicAuthorizedOperations)
    writer.unsupported('MetadataRequest.includeTopicAuthorizedOperations', version)
  if (flexible) writer.unsignedVarint(0)
}

/** Codec of {@link MetadataRequest}. */
export const metadataRequest: MessageCodec<MetadataRequest, MetadataRequestInput> = {
  name: 'MetadataRequest',
  versionMin: 0,
  versionMax: 13,
  flexibleMin: 9,
  decode: decodeMetadataRequest,
  encode: encodeMetadataRequest,
}

/** Part of {@link MetadataResponse}. */
export interface MetadataResponseBroker {
  readonly nodeId: number
  readonly host: string
  readonly port: number
  /** From version 1. */
  readonly rack: string | null
}

/** {@link MetadataResponseBroker} as it is encoded. */
export interface MetadataResponseBrokerInput {
  readonly nodeId: number
  readonly host: string
  readonly port: number
  readonly rack?: string | null
}

/** Part of {@link MetadataResponse}. */
export interface MetadataResponsePartition {
  readonly errorCode: number
  readonly partitionIndex: number
  /** -1 when there is none. */
  readonly leaderId: number
  /** From version 7. */
  readonly leaderEpoch: number
  readonly replicaNodes: readonly number[]
  readonly isrNodes: readonly number[]
  /** From version 5. */
  readonly offlineReplicas: readonly number[]
}

/** {@link MetadataResponsePartition} as it is encoded. */
export interface MetadataResponsePartitionInput {
  readonly errorCode: number
  readonly partitionIndex: number
  readonly leaderId: number
  readonly leaderEpoch?: number
  readonly replicaNodes: readonly number[]
  readonly isrNodes: readonly number[]
  readonly offlineReplicas?: readonly number[]
}

/** Part of {@link MetadataResponse}. */
export interface MetadataResponseTopic {
  readonly errorCode: number
  readonly name: string | null
  /** From version 10. */
  readonly topicId: Uuid
  /** From version 1. */
  readonly isInternal: boolean
  readonly partitions: readonly MetadataResponsePartition[]
  /** From version 8; bit set; the smallest int32 when not asked for. */
  readonly topicAuthorizedOperations: number
}

/** {@link MetadataResponseTopic} as it is encoded. */
export interface MetadataResponseTopicInput {
  readonly errorCode: number
  readonly name: string | null
  readonly topicId?: Uuid
  readonly isInternal?: boolean
  readonly partitions: readonly MetadataResponsePartitionInput[]
  readonly topicAuthorizedOperations?: number
}

/** Versions 0 to 13. */
export interface MetadataResponse {
  /** From version 3. */
  readonly throttleTimeMs: number
  readonly brokers: readonly MetadataResponseBroker[]
  /** From version 2. */
  readonly clusterId: string | null
  /** From version 1. */
  readonly controllerId: number
  readonly topics: readonly MetadataResponseTopic[]
  /** Versions 8 to 10. */
  readonly clusterAuthorizedOperations: number
  /** Version 13 only. */
  readonly errorCode: number
}

/** {@link MetadataResponse} as it is encoded. */
export interface MetadataResponseInput {
  readonly throttleTimeMs?: number
  readonly brokers: readonly MetadataResponseBrokerInput[]
  readonly clusterId?: string | null
  readonly controllerId?: number
  readonly topics: readonly MetadataResponseTopicInput[]
  readonly clusterAuthorizedOperations?: number
  readonly errorCode?: number
}

function decodeMetadataResponseBroker(
  reader: Reader,
  version: number,
  flexible: boolean,
): MetadataResponseBroker {
  const nodeId = reader.int32()
  const host = reader.string(flexible)
  const port = reader.int32()
  const rack = version >= 1 ? reader.nullableString(flexible) : null
  if (flexible) reader.skipTags()
  return { nodeId, host, port, rack }
}

function decodeMetadataResponsePartition(
  reader: Reader,
  version: number,
  flexible: boolean,
): MetadataResponsePartition {
  const errorCode = reader.int16()
  const partitionIndex = reader.int32()
  const leaderId = reader.int32()
  const leaderEpoch = version >= 7 ? reader.int32() : -1
  const replicaNodes = reader.array(flexible, 4, version, readInt32)
  const isrNodes = reader.array(flexible, 4, version, readInt32)
  const offlineReplicas = version >= 5 ? reader.array(flexible, 4, version, readInt32) : []
  if (flexible) reader.skipTags()
  return {
    errorCode,
    partitionIndex,
    leaderId,
    leaderEpoch,
    replicaNodes,
    isrNodes,
    offlineReplicas,
  }
}

function decodeMetadataResponseTopic(
  reader: Reader,
  version: number,
  flexible: boolean,
): MetadataResponseTopic {
  const errorCode = reader.int16()
  const name = reader.nullableString(flexible, version >= 12)
  const topicId = version >= 10 ? reader.uuid() : zeroUuid
  const isInternal = version >= 1 ? reader.bool() : false
  const partitions = reader.array(flexible, 18, version, decodeMetadataResponsePartition)
  const topicAuthorizedOperations = version >= 8 ? reader.int32() : -2147483648
  if (flexible) reader.skipTags()
  return { errorCode, name, topicId, isInternal, partitions, topicAuthorizedOperations }
}

function decodeMetadataResponse(reader: Reader, version: number): MetadataResponse {
  assert(version >= 0 && version <= 13, 'a version of MetadataResponse')
  const flexible = version >= 9
  const throttleTimeMs = version >= 3 ? reader.int32() : 0
  const brokers = reader.array(flexible, 10, version, decodeMetadataResponseBroker)
  const clusterId = version >= 2 ? reader.nullableString(flexible) : null
  const controllerId = version >= 1 ? reader.int32() : -1
  const topics = reader.array(flexible, 8, version, decodeMetadataResponseTopic)
  const clusterAuthorizedOperations = version >= 8 && version <= 10 ? reader.int32() : -2147483648
  const errorCode = version === 13 ? reader.int16() : 0
  if (flexible) reader.skipTags()
  return {
    throttleTimeMs,
    brokers,
    clusterId,
    controllerId,
    topics,
    clusterAuthorizedOperations,
    errorCode,
  }
}

function encodeMetadataResponseBroker(
  writer: Writer,
  version: number,
  flexible: boolean,
  message: MetadataResponseBrokerInput,
): void {
  const { nodeId, host, port, rack = null } = message
  writer.int32(nodeId)
  writer.string(flexible, host)
  writer.int32(port)
  if (version >= 1) writer.nullableString(flexible, rack)
  if (flexible) writer.unsignedVarint(0)
}

function encodeMetadataResponsePartition(
  writer: Writer,
  version: number,
  flexible: boolean,
  message: MetadataResponsePartitionInput,
): void {
  const {
    errorCode,
    partitionIndex,
    leaderId,
    leaderEpoch = -1,
    replicaNodes,
    isrNodes,
    offlineReplicas = [],
  } = message
  writer.int16(errorCode)
  writer.int32(partitionIndex)
  writer.int32(leaderId)
  if (version >= 7) writer.int32(leaderEpoch)
  writer.array(flexible, replicaNodes, version, writeInt32)
  writer.array(flexible, isrNodes, version, writeInt32)
  if (version >= 5) writer.array(flexible, offlineReplicas, version, writeInt32)
  if (flexible) writer.unsignedVarint(0)
}

function encodeMetadataResponseTopic(
  writer: Writer,
  version: number,
  flexible: boolean,
  message: MetadataResponseTopicInput,
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
  writer.nullableString(flexible, name, version >= 12)
  if (version >= 10) writer.uuid(topicId)
  if (version >= 1) writer.bool(isInternal)
  writer.array(flexible, partitions, version, encodeMetadataResponsePartition)
  if (version >= 8) writer.int32(topicAuthorizedOperations)
  else if (topicAuthorizedOperations !== -2147483648)
    writer.unsupported('MetadataResponse.MetadataResponseTopic.topicAuthorizedOperations', version)
  if (flexible) writer.unsignedVarint(0)
}

function encodeMetadataResponse(
  writer: Writer,
  version: number,
  message: MetadataResponseInput,
): void {
  assert(version >= 0 && version <= 13, 'a version of MetadataResponse')
  const flexible = version >= 9
  const {
    throttleTimeMs = 0,
    brokers,
    clusterId = null,
    controllerId = -1,
    topics,
    clusterAuthorizedOperations = -2147483648,
    errorCode = 0,
  } = message
  if (version >= 3) writer.int32(throttleTimeMs)
  writer.array(flexible, brokers, version, encodeMetadataResponseBroker)
  if (version >= 2) writer.nullableString(flexible, clusterId)
  if (version >= 1) writer.int32(controllerId)
  writer.array(flexible, topics, version, encodeMetadataResponseTopic)
  if (version >= 8 && version <= 10) writer.int32(clusterAuthorizedOperations)
  else if (clusterAuthorizedOperations !== -2147483648)
    writer.unsupported('MetadataResponse.clusterAuthorizedOperations', version)
  if (version === 13) writer.int16(errorCode)
  if (flexible) writer.unsignedVarint(0)
}

/** Codec of {@link MetadataResponse}. */
export const metadataResponse: MessageCodec<MetadataResponse, MetadataResponseInput> = {
  name: 'MetadataResponse',
  versionMin: 0,
  versionMax: 13,
  flexibleMin: 9,
  decode: decodeMetadataResponse,
  encode: encodeMetadataResponse,
}

/** The Metadata API. */
export const metadataApi: Api<
  MetadataRequest,
  MetadataRequestInput,
  MetadataResponse,
  MetadataResponseInput
> = {
  key: 3,
  name: 'Metadata',
  request: metadataRequest,
  response: metadataResponse,
}
