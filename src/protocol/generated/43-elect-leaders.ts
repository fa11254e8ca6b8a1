// Generated from the schema by `npm run generate`; edit that instead.
import { assert } from '../../base/assert.ts'
import type { Api, MessageCodec } from '../codec.ts'
import { readInt32, writeInt32 } from '../primitives.ts'
import type { Reader } from '../reader.ts'
import type { Writer } from '../writer.ts'

/** Part of {@link ElectLeadersRequest}. */
export interface ElectLeadersTopic {
  readonly topic: string
  readonly partitions: readonly number[]
}

/** Versions 0 to 2. */
export interface ElectLeadersRequest {
  /** From version 1; 0 preferred, 1 unclean. */
  readonly electionType: number
  /** Null for all. */
  readonly topicPartitions: readonly ElectLeadersTopic[] | null
  readonly timeoutMs: number
}

/** {@link ElectLeadersRequest} as it is encoded. */
export interface ElectLeadersRequestInput {
  readonly electionType?: number
  readonly topicPartitions: readonly ElectLeadersTopic[] | null
  readonly timeoutMs?: number
}

function decodeElectLeadersTopic(
  reader: Reader,
  version: number,
  flexible: boolean,
): ElectLeadersTopic {
  const topic = reader.string(flexible)
  const partitions = reader.array(flexible, 4, version, readInt32)
  if (flexible) reader.skipTags()
  return { topic, partitions }
}

function decodeElectLeadersRequest(reader: Reader, version: number): ElectLeadersRequest {
  assert(version >= 0 && version <= 2, 'a version of ElectLeadersRequest')
  const flexible = version === 2
  const electionType = version >= 1 ? reader.int8() : 0
  const topicPartitions = reader.nullableArray(flexible, 3, version, decodeElectLeadersTopic)
  const timeoutMs = reader.int32()
  if (flexible) reader.skipTags()
  return { electionType, topicPartitions, timeoutMs }
}

function encodeElectLeadersTopic(
  writer: Writer,
  version: number,
  flexible: boolean,
  message: ElectLeadersTopic,
): void {
  const { topic, partitions } = message
  writer.string(flexible, topic)
  writer.array(flexible, partitions, version, writeInt32)
  if (flexible) writer.unsignedVarint(0)
}

function encodeElectLeadersRequest(
  writer: Writer,
  version: number,
  message: ElectLeadersRequestInput,
): void {
  assert(version >= 0 && version <= 2, 'a version of ElectLeadersRequest')
  const flexible = version === 2
  const { electionType = 0, topicPartitions, timeoutMs = 60000 } = message
  if (version >= 1) writer.int8(electionType)
  else if (electionType !== 0) writer.unsupported('ElectLeadersRequest.electionType', version)
  writer.nullableArray(flexible, topicPartitions, version, encodeElectLeadersTopic)
  writer.int32(timeoutMs)
  if (flexible) writer.unsignedVarint(0)
}

/** Codec of {@link ElectLeadersRequest}. */
export const electLeadersRequest: MessageCodec<ElectLeadersRequest, ElectLeadersRequestInput> = {
  name: 'ElectLeadersRequest',
  versionMin: 0,
  versionMax: 2,
  flexibleMin: 2,
  decode: decodeElectLeadersRequest,
  encode: encodeElectLeadersRequest,
}

/** Part of {@link ElectLeadersResponse}. */
export interface ElectionPartitionResult {
  readonly partitionId: number
  readonly errorCode: number
  readonly errorMessage: string | null
}

/** Part of {@link ElectLeadersResponse}. */
export interface ElectionTopicResult {
  readonly topic: string
  readonly partitionResult: readonly ElectionPartitionResult[]
}

/** Versions 0 to 2. */
export interface ElectLeadersResponse {
  readonly throttleTimeMs: number
  /** From version 1. */
  readonly errorCode: number
  readonly replicaElectionResults: readonly ElectionTopicResult[]
}

/** {@link ElectLeadersResponse} as it is encoded. */
export interface ElectLeadersResponseInput {
  readonly throttleTimeMs: number
  readonly errorCode?: number
  readonly replicaElectionResults: readonly ElectionTopicResult[]
}

function decodeElectionPartitionResult(
  reader: Reader,
  _version: number,
  flexible: boolean,
): ElectionPartitionResult {
  const partitionId = reader.int32()
  const errorCode = reader.int16()
  const errorMessage = reader.nullableString(flexible)
  if (flexible) reader.skipTags()
  return { partitionId, errorCode, errorMessage }
}

function decodeElectionTopicResult(
  reader: Reader,
  version: number,
  flexible: boolean,
): ElectionTopicResult {
  const topic = reader.string(flexible)
  const partitionResult = reader.array(flexible, 8, version, decodeElectionPartitionResult)
  if (flexible) reader.skipTags()
  return { topic, partitionResult }
}

function decodeElectLeadersResponse(reader: Reader, version: number): ElectLeadersResponse {
  assert(version >= 0 && version <= 2, 'a version of ElectLeadersResponse')
  const flexible = version === 2
  const throttleTimeMs = reader.int32()
  const errorCode = version >= 1 ? reader.int16() : 0
  const replicaElectionResults = reader.array(flexible, 3, version, decodeElectionTopicResult)
  if (flexible) reader.skipTags()
  return { throttleTimeMs, errorCode, replicaElectionResults }
}

function encodeElectionPartitionResult(
  writer: Writer,
  _version: number,
  flexible: boolean,
  message: ElectionPartitionResult,
): void {
  const { partitionId, errorCode, errorMessage } = message
  writer.int32(partitionId)
  writer.int16(errorCode)
  writer.nullableString(flexible, errorMessage)
  if (flexible) writer.unsignedVarint(0)
}

function encodeElectionTopicResult(
  writer: Writer,
  version: number,
  flexible: boolean,
  message: ElectionTopicResult,
): void {
  const { topic, partitionResult } = message
  writer.string(flexible, topic)
  writer.array(flexible, partitionResult, version, encodeElectionPartitionResult)
  if (flexible) writer.unsignedVarint(0)
}

function encodeElectLeadersResponse(
  writer: Writer,
  version: number,
  message: ElectLeadersResponseInput,
): void {
  assert(version >= 0 && version <= 2, 'a version of ElectLeadersResponse')
  const flexible = version === 2
  const { throttleTimeMs, errorCode = 0, replicaElectionResults } = message
  writer.int32(throttleTimeMs)
  if (version >= 1) writer.int16(errorCode)
  else if (errorCode !== 0) writer.unsupported('ElectLeadersResponse.errorCode', version)
  writer.array(flexible, replicaElectionResults, version, encodeElectionTopicResult)
  if (flexible) writer.unsignedVarint(0)
}

/** Codec of {@link ElectLeadersResponse}. */
export const electLeadersResponse: MessageCodec<ElectLeadersResponse, ElectLeadersResponseInput> = {
  name: 'ElectLeadersResponse',
  versionMin: 0,
  versionMax: 2,
  flexibleMin: 2,
  decode: decodeElectLeadersResponse,
  encode: encodeElectLeadersResponse,
}

/** The ElectLeaders API. */
export const electLeadersApi: Api<
  ElectLeadersRequest,
  ElectLeadersRequestInput,
  ElectLeadersResponse,
  ElectLeadersResponseInput
> = {
  key: 43,
  name: 'ElectLeaders',
  request: electLeadersRequest,
  response: electLeadersResponse,
}
