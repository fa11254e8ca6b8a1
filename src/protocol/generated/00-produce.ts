// Generated from the schema by `npm run generate`; edit that instead.
import { assert } from '../../base/assert.ts'
import type { Api, MessageCodec } from '../codec.ts'
import type { Reader } from '../reader.ts'
import type { Uuid } from '../uuid.ts'
import { zeroUuid } from '../uuid.ts'
import type { Writer } from '../writer.ts'

/** Part of {@link ProduceRequest}. */
export interface PartitionProduceData {
  readonly index: number
  /** Exactly one record batch of magic 2. */
  readonly records: Uint8Array | null
}

/** Part of {@link ProduceRequest}. */
export interface TopicProduceData {
  /** Versions 3 to 12. */
  readonly name: string
  /** Version 13 only. */
  readonly topicId: Uuid
  readonly partitionData: readonly PartitionProduceData[]
}

/** {@link TopicProduceData} as it is encoded. */
export interface TopicProduceDataInput {
  readonly name?: string
  readonly topicId?: Uuid
  readonly partitionData: readonly PartitionProduceData[]
}

/** Versions 3 to 13. */
export interface ProduceRequest {
  readonly transactionalId: string | null
  /** 0 none, no answer is sent; 1 the leader wrote it; -1 all in-sync replicas did. */
  readonly acks: number
  readonly timeoutMs: number
  readonly topicData: readonly TopicProduceData[]
}

/** {@link ProduceRequest} as it is encoded. */
export interface ProduceRequestInput {
  readonly transactionalId?: string | null
  readonly acks: number
  readonly timeoutMs: number
  readonly topicData: readonly TopicProduceDataInput[]
}

function decodePartitionProduceData(
  reader: Reader,
  _version: number,
  flexible: boolean,
): PartitionProduceData {
  const index = reader.int32()
  const records = reader.nullableBytes(flexible)
  if (flexible) reader.skipTags()
  return { index, records }
}

function decodeTopicProduceData(
  reader: Reader,
  version: number,
  flexible: boolean,
): TopicProduceData {
  const name = version <= 12 ? reader.string(flexible) : ''
  const topicId = version === 13 ? reader.uuid() : zeroUuid
  const partitionData = reader.array(flexible, 6, version, decodePartitionProduceData)
  if (flexible) reader.skipTags()
  return { name, topicId, partitionData }
}

function decodeProduceRequest(reader: Reader, version: number): ProduceRequest {
  assert(version >= 3 && version <= 13, 'a version of ProduceRequest')
  const flexible = version >= 9
  const transactionalId = reader.nullableString(flexible)
  const acks = reader.int16()
  const timeoutMs = reader.int32()
  const topicData = reader.array(flexible, 3, version, decodeTopicProduceData)
  if (flexible) reader.skipTags()
  return { transactionalId, acks, timeoutMs, topicData }
}

function encodePartitionProduceData(
  writer: Writer,
  _version: number,
  flexible: boolean,
  message: PartitionProduceData,
): void {
  const { index, records } = message
  writer.int32(index)
  writer.nullableBytes(flexible, records)
  if (flexible) writer.unsignedVarint(0)
}

function encodeTopicProduceData(
  writer: Writer,
  version: number,
  flexible: boolean,
  message: TopicProduceDataInput,
): void {
  const { name = '', topicId = zeroUuid, partitionData } = message
  if (version <= 12) writer.string(flexible, name)
  if (version === 13) writer.uuid(topicId)
  writer.array(flexible, partitionData, version, encodePartitionProduceData)
  if (flexible) writer.unsignedVarint(0)
}

function encodeProduceRequest(writer: Writer, version: number, message: ProduceRequestInput): void {
  assert(version >= 3 && version <= 13, 'a version of ProduceRequest')
  const flexible = version >= 9
  const { transactionalId = null, acks, timeoutMs, topicData } = message
  writer.nullableString(flexible, transactionalId)
  writer.int16(acks)
  writer.int32(timeoutMs)
  writer.array(flexible, topicData, version, encodeTopicProduceData)
  if (flexible) writer.unsignedVarint(0)
}

/** Codec of {@link ProduceRequest}. */
export const produceRequest: MessageCodec<ProduceRequest, ProduceRequestInput> = {
  name: 'ProduceRequest',
  versionMin: 3,
  versionMax: 13,
  flexibleMin: 9,
  decode: decodeProduceRequest,
  encode: encodeProduceRequest,
}

/** Part of {@link ProduceResponse}. */
export interface BatchIndexAndErrorMessage {
  /** Place of the record in its batch. */
  readonly batchIndex: number
  readonly batchIndexErrorMessage: string | null
}

/** {@link BatchIndexAndErrorMessage} as it is encoded. */
export interface BatchIndexAndErrorMessageInput {
  readonly batchIndex: number
  readonly batchIndexErrorMessage?: string | null
}

/** Part of {@link ProduceResponse}. */
export interface LeaderIdAndEpoch {
  readonly leaderId: number
  readonly leaderEpoch: number
}

/** {@link LeaderIdAndEpoch} as it is encoded. */
export interface LeaderIdAndEpochInput {
  readonly leaderId?: number
  readonly leaderEpoch?: number
}

/** Part of {@link ProduceResponse}. */
export interface PartitionProduceResponse {
  readonly index: number
  readonly errorCode: number
  readonly baseOffset: number
  /** -1 unless the topic stamps the append time. */
  readonly logAppendTimeMs: number
  /** From version 5. */
  readonly logStartOffset: number
  /** From version 8; the records for which the whole batch was refused. */
  readonly recordErrors: readonly BatchIndexAndErrorMessage[]
  /** From version 8. */
  readonly errorMessage: string | null
  /** From version 10; given with error 6, so that a client need not ask again. */
  readonly currentLeader: LeaderIdAndEpoch
}

/** {@link PartitionProduceResponse} as it is encoded. */
export interface PartitionProduceResponseInput {
  readonly index: number
  readonly errorCode: number
  readonly baseOffset: number
  readonly logAppendTimeMs?: number
  readonly logStartOffset?: number
  readonly recordErrors?: readonly BatchIndexAndErrorMessageInput[]
  readonly errorMessage?: string | null
  readonly currentLeader?: LeaderIdAndEpochInput
}

/** Part of {@link ProduceResponse}. */
export interface TopicProduceResponse {
  /** Versions 3 to 12. */
  readonly name: string
  /** Version 13 only. */
  readonly topicId: Uuid
  readonly partitionResponses: readonly PartitionProduceResponse[]
}

/** {@link TopicProduceResponse} as it is encoded. */
export interface TopicProduceResponseInput {
  readonly name?: string
  readonly topicId?: Uuid
  readonly partitionResponses: readonly PartitionProduceResponseInput[]
}

/** Part of {@link ProduceResponse}. */
export interface NodeEndpoint {
  readonly nodeId: number
  readonly host: string
  readonly port: number
  readonly rack: string | null
}

/** {@link NodeEndpoint} as it is encoded. */
export interface NodeEndpointInput {
  readonly nodeId: number
  readonly host: string
  readonly port: number
  readonly rack?: string | null
}

/** Versions 3 to 13. */
export interface ProduceResponse {
  readonly responses: readonly TopicProduceResponse[]
  readonly throttleTimeMs: number
  /** From version 10; addresses of the leaders named above. */
  readonly nodeEndpoints: readonly NodeEndpoint[]
}

/** {@link ProduceResponse} as it is encoded. */
export interface ProduceResponseInput {
  readonly responses: readonly TopicProduceResponseInput[]
  readonly throttleTimeMs?: number
  readonly nodeEndpoints?: readonly NodeEndpointInput[]
}

const defaultLeaderIdAndEpoch: LeaderIdAndEpoch = { leaderId: -1, leaderEpoch: -1 }

function decodeBatchIndexAndErrorMessage(
  reader: Reader,
  _version: number,
  flexible: boolean,
): BatchIndexAndErrorMessage {
  const batchIndex = reader.int32()
  const batchIndexErrorMessage = reader.nullableString(flexible)
  if (flexible) reader.skipTags()
  return { batchIndex, batchIndexErrorMessage }
}

function decodeLeaderIdAndEpoch(
  reader: Reader,
  _version: number,
  _flexible: boolean,
): LeaderIdAndEpoch {
  const leaderId = reader.int32()
  const leaderEpoch = reader.int32()
  reader.skipTags()
  return { leaderId, leaderEpoch }
}

function decodePartitionProduceResponse(
  reader: Reader,
  version: number,
  flexible: boolean,
): PartitionProduceResponse {
  const index = reader.int32()
  const errorCode = reader.int16()
  const baseOffset = reader.int64()
  const logAppendTimeMs = reader.int64()
  const logStartOffset = version >= 5 ? reader.int64() : -1
  const recordErrors = version >= 8
    ? reader.array(flexible, 6, version, decodeBatchIndexAndErrorMessage)
    : []
  const errorMessage = version >= 8 ? reader.nullableString(flexible) : null
  let currentLeader: LeaderIdAndEpoch = defaultLeaderIdAndEpoch
  if (flexible) {
    for (let left = reader.tagCount(); left > 0; left--) {
      const tag = reader.unsignedVarint()
      const outer = reader.enterTag()
      if (tag === 0 && version >= 10) currentLeader = decodeLeaderIdAndEpoch(reader, version, flexible)
      else reader.skipRest()
      reader.leave(outer)
    }
  }
  return {
    index,
    errorCode,
    baseOffset,
    logAppendTimeMs,
    logStartOffset,
    recordErrors,
    errorMessage,
    currentLeader,
  }
}

function decodeTopicProduceResponse(
  reader: Reader,
  version: number,
  flexible: boolean,
): TopicProduceResponse {
  const name = version <= 12 ? reader.string(flexible) : ''
  const topicId = version === 13 ? reader.uuid() : zeroUuid
  const partitionResponses = reader.array(flexible, 22, version, decodePartitionProduceResponse)
  if (flexible) reader.skipTags()
  return { name, topicId, partitionResponses }
}

function decodeNodeEndpoint(reader: Reader, _version: number, _flexible: boolean): NodeEndpoint {
  const nodeId = reader.int32()
  const host = reader.string(true)
  const port = reader.int32()
  const rack = reader.nullableString(true)
  reader.skipTags()
  return { nodeId, host, port, rack }
}

function decodeProduceResponse(reader: Reader, version: number): ProduceResponse {
  assert(version >= 3 && version <= 13, 'a version of ProduceResponse')
  const flexible = version >= 9
  const responses = reader.array(flexible, 3, version, decodeTopicProduceResponse)
  const throttleTimeMs = reader.int32()
  let nodeEndpoints: readonly NodeEndpoint[] = []
  if (flexible) {
    for (let left = reader.tagCount(); left > 0; left--) {
      const tag = reader.unsignedVarint()
      const outer = reader.enterTag()
      if (tag === 0 && version >= 10) nodeEndpoints = reader.array(flexible, 11, version, decodeNodeEndpoint)
      else reader.skipRest()
      reader.leave(outer)
    }
  }
  return { responses, throttleTimeMs, nodeEndpoints }
}

function encodeBatchIndexAndErrorMessage(
  writer: Writer,
  _version: number,
  flexible: boolean,
  message: BatchIndexAndErrorMessageInput,
): void {
  const { batchIndex, batchIndexErrorMessage = null } = message
  writer.int32(batchIndex)
  writer.nullableString(flexible, batchIndexErrorMessage)
  if (flexible) writer.unsignedVarint(0)
}

function encodeLeaderIdAndEpoch(
  writer: Writer,
  _version: number,
  _flexible: boolean,
  message: LeaderIdAndEpochInput,
): void {
  const { leaderId = -1, leaderEpoch = -1 } = message
  writer.int32(leaderId)
  writer.int32(leaderEpoch)
  writer.unsignedVarint(0)
}

function isDefaultLeaderIdAndEpoch(message: LeaderIdAndEpochInput): boolean {
  const { leaderId = -1, leaderEpoch = -1 } = message
  return !(leaderId !== -1 || leaderEpoch !== -1)
}

function encodePartitionProduceResponse(
  writer: Writer,
  version: number,
  flexible: boolean,
  message: PartitionProduceResponseInput,
): void {
  const {
    index,
    errorCode,
    baseOffset,
    logAppendTimeMs = -1,
    logStartOffset = -1,
    recordErrors = [],
    errorMessage = null,
    currentLeader = defaultLeaderIdAndEpoch,
  } = message
  writer.int32(index)
  writer.int16(errorCode)
  writer.int64(baseOffset)
  writer.int64(logAppendTimeMs)
  if (version >= 5) writer.int64(logStartOffset)
  if (version >= 8) writer.array(flexible, recordErrors, version, encodeBatchIndexAndErrorMessage)
  if (version >= 8) writer.nullableString(flexible, errorMessage)
  if (version < 10 && !isDefaultLeaderIdAndEpoch(currentLeader))
    writer.unsupported('ProduceResponse.PartitionProduceResponse.currentLeader', version)
  if (flexible) {
    let tags = 0
    if (version >= 10 && !isDefaultLeaderIdAndEpoch(currentLeader)) tags++
    writer.unsignedVarint(tags)
    if (version >= 10 && !isDefaultLeaderIdAndEpoch(currentLeader)) {
      const size = writer.enterTag(0)
      encodeLeaderIdAndEpoch(writer, version, flexible, currentLeader)
      writer.leaveTag(size)
    }
  }
}

function encodeTopicProduceResponse(
  writer: Writer,
  version: number,
  flexible: boolean,
  message: TopicProduceResponseInput,
): void {
  const { name = '', topicId = zeroUuid, partitionResponses } = message
  if (version <= 12) writer.string(flexible, name)
  if (version === 13) writer.uuid(topicId)
  writer.array(flexible, partitionResponses, version, encodePartitionProduceResponse)
  if (flexible) writer.unsignedVarint(0)
}

function encodeNodeEndpoint(
  writer: Writer,
  _version: number,
  _flexible: boolean,
  message: NodeEndpointInput,
): void {
  const { nodeId, host, port, rack = null } = message
  writer.int32(nodeId)
  writer.string(true, host)
  writer.int32(port)
  writer.nullableString(true, rack)
  writer.unsignedVarint(0)
}

function encodeProduceResponse(
  writer: Writer,
  version: number,
  message: ProduceResponseInput,
): void {
  assert(version >= 3 && version <= 13, 'a version of ProduceResponse')
  const flexible = version >= 9
  const { responses, throttleTimeMs = 0, nodeEndpoints = [] } = message
  writer.array(flexible, responses, version, encodeTopicProduceResponse)
  writer.int32(throttleTimeMs)
  if (version < 10 && nodeEndpoints.length > 0)
    writer.unsupported('ProduceResponse.nodeEndpoints', version)
  if (flexible) {
    let tags = 0
    if (version >= 10 && nodeEndpoints.length > 0) tags++
    writer.unsignedVarint(tags)
    if (version >= 10 && nodeEndpoints.length > 0) {
      const size = writer.enterTag(0)
      writer.array(flexible, nodeEndpoints, version, encodeNodeEndpoint)
      writer.leaveTag(size)
    }
  }
}

/** Codec of {@link ProduceResponse}. */
export const produceResponse: MessageCodec<ProduceResponse, ProduceResponseInput> = {
  name: 'ProduceResponse',
  versionMin: 3,
  versionMax: 13,
  flexibleMin: 9,
  decode: decodeProduceResponse,
  encode: encodeProduceResponse,
}

/** The Produce API. */
export const produceApi: Api<
  ProduceRequest,
  ProduceRequestInput,
  ProduceResponse,
  ProduceResponseInput
> = {
  key: 0,
  name: 'Produce',
  request: produceRequest,
  response: produceResponse,
}
