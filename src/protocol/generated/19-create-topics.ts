// Generated from the schema by `npm run generate`; edit that instead.
import { assert } from '../../base/assert.ts'
import type { Api, MessageCodec } from '../codec.ts'
import { readInt32, writeInt32 } from '../primitives.ts'
import type { Reader } from '../reader.ts'
import type { Uuid } from '../uuid.ts'
import { zeroUuid } from '../uuid.ts'
import type { Writer } from '../writer.ts'

/** Part of {@link CreateTopicsRequest}. */
export interface CreatableReplicaAssignment {
  readonly partitionIndex: number
  readonly brokerIds: readonly number[]
}

/** Part of {@link CreateTopicsRequest}. */
export interface CreatableTopicConfig {
  readonly name: string
  readonly value: string | null
}

/** Part of {@link CreateTopicsRequest}. */
export interface CreatableTopic {
  readonly name: string
  /** -1 for the default, or when assigned by hand. */
  readonly numPartitions: number
  /** -1 for the default, or when assigned by hand. */
  readonly replicationFactor: number
  /** Empty unless replicas are placed by hand. */
  readonly assignments: readonly CreatableReplicaAssignment[]
  readonly configs: readonly CreatableTopicConfig[]
}

/** Versions 2 to 7. */
export interface CreateTopicsRequest {
  readonly topics: readonly CreatableTopic[]
  readonly timeoutMs: number
  readonly validateOnly: boolean
}

/** {@link CreateTopicsRequest} as it is encoded. */
export interface CreateTopicsRequestInput {
  readonly topics: readonly CreatableTopic[]
  readonly timeoutMs?: number
  readonly validateOnly?: boolean
}

function decodeCreatableReplicaAssignment(
  reader: Reader,
  version: number,
  flexible: boolean,
): CreatableReplicaAssignment {
  const partitionIndex = reader.int32()
  const brokerIds = reader.array(flexible, 4, version, readInt32)
  if (flexible) reader.skipTags()
  return { partitionIndex, brokerIds }
}

function decodeCreatableTopicConfig(
  reader: Reader,
  _version: number,
  flexible: boolean,
): CreatableTopicConfig {
  const name = reader.string(flexible)
  const value = reader.nullableString(flexible)
  if (flexible) reader.skipTags()
  return { name, value }
}

function decodeCreatableTopic(reader: Reader, version: number, flexible: boolean): CreatableTopic {
  const name = reader.string(flexible)
  const numPartitions = reader.int32()
  const replicationFactor = reader.int16()
  const assignments = reader.array(flexible, 6, version, decodeCreatableReplicaAssignment)
  const configs = reader.array(flexible, 3, version, decodeCreatableTopicConfig)
  if (flexible) reader.skipTags()
  return { name, numPartitions, replicationFactor, assignments, configs }
}

function decodeCreateTopicsRequest(reader: Reader, version: number): CreateTopicsRequest {
  assert(version >= 2 && version <= 7, 'a version of CreateTopicsRequest')
  const flexible = version >= 5
  const topics = reader.array(flexible, 10, version, decodeCreatableTopic)
  const timeoutMs = reader.int32()
  const validateOnly = reader.bool()
  if (flexible) reader.skipTags()
  return { topics, timeoutMs, validateOnly }
}

function encodeCreatableReplicaAssignment(
  writer: Writer,
  version: number,
  flexible: boolean,
  message: CreatableReplicaAssignment,
): void {
  const { partitionIndex, brokerIds } = message
  writer.int32(partitionIndex)
  writer.array(flexible, brokerIds, version, writeInt32)
  if (flexible) writer.unsignedVarint(0)
}

function encodeCreatableTopicConfig(
  writer: Writer,
  _version: number,
  flexible: boolean,
  message: CreatableTopicConfig,
): void {
  const { name, value } = message
  writer.string(flexible, name)
  writer.nullableString(flexible, value)
  if (flexible) writer.unsignedVarint(0)
}

function encodeCreatableTopic(
  writer: Writer,
  version: number,
  flexible: boolean,
  message: CreatableTopic,
): void {
  const { name, numPartitions, replicationFactor, assignments, configs } = message
  writer.string(flexible, name)
  writer.int32(numPartitions)
  writer.int16(replicationFactor)
  writer.array(flexible, assignments, version, encodeCreatableReplicaAssignment)
  writer.array(flexible, configs, version, encodeCreatableTopicConfig)
  if (flexible) writer.unsignedVarint(0)
}

function encodeCreateTopicsRequest(
  writer: Writer,
  version: number,
  message: CreateTopicsRequestInput,
): void {
  assert(version >= 2 && version <= 7, 'a version of CreateTopicsRequest')
  const flexible = version >= 5
  const { topics, timeoutMs = 60000, validateOnly = false } = message
  writer.array(flexible, topics, version, encodeCreatableTopic)
  writer.int32(timeoutMs)
  writer.bool(validateOnly)
  if (flexible) writer.unsignedVarint(0)
}

/** Codec of {@link CreateTopicsRequest}. */
export const createTopicsRequest: MessageCodec<CreateTopicsRequest, CreateTopicsRequestInput> = {
  name: 'CreateTopicsRequest',
  versionMin: 2,
  versionMax: 7,
  flexibleMin: 5,
  decode: decodeCreateTopicsRequest,
  encode: encodeCreateTopicsRequest,
}

/** Part of {@link CreateTopicsResponse}. */
export interface CreatableTopicConfigs {
  readonly name: string
  readonly value: string | null
  readonly readOnly: boolean
  /** As in DescribeConfigs. */
  readonly configSource: number
  readonly isSensitive: boolean
}

/** {@link CreatableTopicConfigs} as it is encoded. */
export interface CreatableTopicConfigsInput {
  readonly name: string
  readonly value: string | null
  readonly readOnly: boolean
  readonly configSource?: number
  readonly isSensitive: boolean
}

/** Part of {@link CreateTopicsResponse}. */
export interface CreatableTopicResult {
  readonly name: string
  /** Version 7 only. */
  readonly topicId: Uuid
  readonly errorCode: number
  readonly errorMessage: string | null
  /** From version 5; why configs is null. */
  readonly topicConfigErrorCode: number
  /** From version 5. */
  readonly numPartitions: number
  /** From version 5. */
  readonly replicationFactor: number
  /** From version 5. */
  readonly configs: readonly CreatableTopicConfigs[] | null
}

/** {@link CreatableTopicResult} as it is encoded. */
export interface CreatableTopicResultInput {
  readonly name: string
  readonly topicId?: Uuid
  readonly errorCode: number
  readonly errorMessage?: string | null
  readonly topicConfigErrorCode?: number
  readonly numPartitions?: number
  readonly replicationFactor?: number
  readonly configs?: readonly CreatableTopicConfigsInput[] | null
}

/** Versions 2 to 7. */
export interface CreateTopicsResponse {
  readonly throttleTimeMs: number
  readonly topics: readonly CreatableTopicResult[]
}

/** {@link CreateTopicsResponse} as it is encoded. */
export interface CreateTopicsResponseInput {
  readonly throttleTimeMs?: number
  readonly topics: readonly CreatableTopicResultInput[]
}

function decodeCreatableTopicConfigs(
  reader: Reader,
  _version: number,
  _flexible: boolean,
): CreatableTopicConfigs {
  const name = reader.string(true)
  const value = reader.nullableString(true)
  const readOnly = reader.bool()
  const configSource = reader.int8()
  const isSensitive = reader.bool()
  reader.skipTags()
  return { name, value, readOnly, configSource, isSensitive }
}

function decodeCreatableTopicResult(
  reader: Reader,
  version: number,
  flexible: boolean,
): CreatableTopicResult {
  const name = reader.string(flexible)
  const topicId = version === 7 ? reader.uuid() : zeroUuid
  const errorCode = reader.int16()
  const errorMessage = reader.nullableString(flexible)
  const numPartitions = version >= 5 ? reader.int32() : -1
  const replicationFactor = version >= 5 ? reader.int16() : -1
  const configs = version >= 5
    ? reader.nullableArray(flexible, 6, version, decodeCreatableTopicConfigs)
    : []
  let topicConfigErrorCode: number = 0
  if (flexible) {
    for (let left = reader.tagCount(); left > 0; left--) {
      const tag = reader.unsignedVarint()
      const outer = reader.enterTag()
      if (tag === 0) topicConfigErrorCode = reader.int16()
      else reader.skipRest()
      reader.leave(outer)
    }
  }
  return {
    name,
    topicId,
    errorCode,
    errorMessage,
    topicConfigErrorCode,
    numPartitions,
    replicationFactor,
    configs,
  }
}

function decodeCreateTopicsResponse(reader: Reader, version: number): CreateTopicsResponse {
  assert(version >= 2 && version <= 7, 'a version of CreateTopicsResponse')
  const flexible = version >= 5
  const throttleTimeMs = reader.int32()
  const topics = reader.array(flexible, 6, version, decodeCreatableTopicResult)
  if (flexible) reader.skipTags()
  return { throttleTimeMs, topics }
}

function encodeCreatableTopicConfigs(
  writer: Writer,
  _version: number,
  _flexible: boolean,
  message: CreatableTopicConfigsInput,
): void {
  const { name, value, readOnly, configSource = -1, isSensitive } = message
  writer.string(true, name)
  writer.nullableString(true, value)
  writer.bool(readOnly)
  writer.int8(configSource)
  writer.bool(isSensitive)
  writer.unsignedVarint(0)
}

function encodeCreatableTopicResult(
  writer: Writer,
  version: number,
  flexible: boolean,
  message: CreatableTopicResultInput,
): void {
  const {
    name,
    topicId = zeroUuid,
    errorCode,
    errorMessage = null,
    topicConfigErrorCode = 0,
    numPartitions = -1,
    replicationFactor = -1,
    configs = [],
  } = message
  writer.string(flexible, name)
  if (version === 7) writer.uuid(topicId)
  writer.int16(errorCode)
  writer.nullableString(flexible, errorMessage)
  if (version >= 5) writer.int32(numPartitions)
  if (version >= 5) writer.int16(replicationFactor)
  if (version >= 5) writer.nullableArray(flexible, configs, version, encodeCreatableTopicConfigs)
  if (flexible) {
    let tags = 0
    if (topicConfigErrorCode !== 0) tags++
    writer.unsignedVarint(tags)
    if (topicConfigErrorCode !== 0) {
      const size = writer.enterTag(0)
      writer.int16(topicConfigErrorCode)
      writer.leaveTag(size)
    }
  }
}

function encodeCreateTopicsResponse(
  writer: Writer,
  version: number,
  message: CreateTopicsResponseInput,
): void {
  assert(version >= 2 && version <= 7, 'a version of CreateTopicsResponse')
  const flexible = version >= 5
  const { throttleTimeMs = 0, topics } = message
  writer.int32(throttleTimeMs)
  writer.array(flexible, topics, version, encodeCreatableTopicResult)
  if (flexible) writer.unsignedVarint(0)
}

/** Codec of {@link CreateTopicsResponse}. */
export const createTopicsResponse: MessageCodec<CreateTopicsResponse, CreateTopicsResponseInput> = {
  name: 'CreateTopicsResponse',
  versionMin: 2,
  versionMax: 7,
  flexibleMin: 5,
  decode: decodeCreateTopicsResponse,
  encode: encodeCreateTopicsResponse,
}

/** The CreateTopics API. */
export const createTopicsApi: Api<
  CreateTopicsRequest,
  CreateTopicsRequestInput,
  CreateTopicsResponse,
  CreateTopicsResponseInput
> = {
  key: 19,
  name: 'CreateTopics',
  request: createTopicsRequest,
  response: createTopicsResponse,
}
