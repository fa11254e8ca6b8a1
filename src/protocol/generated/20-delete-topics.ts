// Generated from the schema by `npm run generate`; edit that instead.
import { assert } from '../../base/assert.ts'
import type { Api, MessageCodec } from '../codec.ts'
import { readString, writeString } from '../primitives.ts'
import type { Reader } from '../reader.ts'
import type { Uuid } from '../uuid.ts'
import { zeroUuid } from '../uuid.ts'
import type { Writer } from '../writer.ts'

/** Part of {@link DeleteTopicsRequest}. */
export interface DeleteTopicState {
  /** Null when given by id. */
  readonly name: string | null
  readonly topicId: Uuid
}

/** {@link DeleteTopicState} as it is encoded. */
export interface DeleteTopicStateInput {
  readonly name?: string | null
  readonly topicId: Uuid
}

/** Versions 1 to 6. */
export interface DeleteTopicsRequest {
  /** Version 6 only; replaces topicNames. */
  readonly topics: readonly DeleteTopicState[]
  /** Versions 1 to 5. */
  readonly topicNames: readonly string[]
  readonly timeoutMs: number
}

/** {@link DeleteTopicsRequest} as it is encoded. */
export interface DeleteTopicsRequestInput {
  readonly topics?: readonly DeleteTopicStateInput[]
  readonly topicNames?: readonly string[]
  readonly timeoutMs: number
}

function decodeDeleteTopicState(
  reader: Reader,
  _version: number,
  _flexible: boolean,
): DeleteTopicState {
  const name = reader.nullableString(true)
  const topicId = reader.uuid()
  reader.skipTags()
  return { name, topicId }
}

function decodeDeleteTopicsRequest(reader: Reader, version: number): DeleteTopicsRequest {
  assert(version >= 1 && version <= 6, 'a version of DeleteTopicsRequest')
  const flexible = version >= 4
  const topics = version === 6 ? reader.array(flexible, 18, version, decodeDeleteTopicState) : []
  const topicNames = version <= 5 ? reader.array(flexible, 1, version, readString) : []
  const timeoutMs = reader.int32()
  if (flexible) reader.skipTags()
  return { topics, topicNames, timeoutMs }
}

function encodeDeleteTopicState(
  writer: Writer,
  _version: number,
  _flexible: boolean,
  message: DeleteTopicStateInput,
): void {
  const { name = null, topicId } = message
  writer.nullableString(true, name)
  writer.uuid(topicId)
  writer.unsignedVarint(0)
}

function encodeDeleteTopicsRequest(
  writer: Writer,
  version: number,
  message: DeleteTopicsRequestInput,
): void {
  assert(version >= 1 && version <= 6, 'a version of DeleteTopicsRequest')
  const flexible = version >= 4
  const { topics = [], topicNames = [], timeoutMs } = message
  if (version === 6) writer.array(flexible, topics, version, encodeDeleteTopicState)
  else if (topics.length > 0) writer.unsupported('DeleteTopicsRequest.topics', version)
  if (version <= 5) writer.array(flexible, topicNames, version, writeString)
  writer.int32(timeoutMs)
  if (flexible) writer.unsignedVarint(0)
}

/** Codec of {@link DeleteTopicsRequest}. */
export const deleteTopicsRequest: MessageCodec<DeleteTopicsRequest, DeleteTopicsRequestInput> = {
  name: 'DeleteTopicsRequest',
  versionMin: 1,
  versionMax: 6,
  flexibleMin: 4,
  decode: decodeDeleteTopicsRequest,
  encode: encodeDeleteTopicsRequest,
}

/** Part of {@link DeleteTopicsResponse}. */
export interface DeletableTopicResult {
  readonly name: string | null
  /** Version 6 only. */
  readonly topicId: Uuid
  readonly errorCode: number
  /** From version 5. */
  readonly errorMessage: string | null
}

/** {@link DeletableTopicResult} as it is encoded. */
export interface DeletableTopicResultInput {
  readonly name: string | null
  readonly topicId?: Uuid
  readonly errorCode: number
  readonly errorMessage?: string | null
}

/** Versions 1 to 6. */
export interface DeleteTopicsResponse {
  readonly throttleTimeMs: number
  readonly responses: readonly DeletableTopicResult[]
}

/** {@link DeleteTopicsResponse} as it is encoded. */
export interface DeleteTopicsResponseInput {
  readonly throttleTimeMs?: number
  readonly responses: readonly DeletableTopicResultInput[]
}

function decodeDeletableTopicResult(
  reader: Reader,
  version: number,
  flexible: boolean,
): DeletableTopicResult {
  const name = reader.nullableString(flexible, version === 6)
  const topicId = version === 6 ? reader.uuid() : zeroUuid
  const errorCode = reader.int16()
  const errorMessage = version >= 5 ? reader.nullableString(flexible) : null
  if (flexible) reader.skipTags()
  return { name, topicId, errorCode, errorMessage }
}

function decodeDeleteTopicsResponse(reader: Reader, version: number): DeleteTopicsResponse {
  assert(version >= 1 && version <= 6, 'a version of DeleteTopicsResponse')
  const flexible = version >= 4
  const throttleTimeMs = reader.int32()
  const responses = reader.array(flexible, 4, version, decodeDeletableTopicResult)
  if (flexible) reader.skipTags()
  return { throttleTimeMs, responses }
}

function encodeDeletableTopicResult(
  writer: Writer,
  version: number,
  flexible: boolean,
  message: DeletableTopicResultInput,
): void {
  const { name, topicId = zeroUuid, errorCode, errorMessage = null } = message
  writer.nullableString(flexible, name, version === 6)
  if (version === 6) writer.uuid(topicId)
  writer.int16(errorCode)
  if (version >= 5) writer.nullableString(flexible, errorMessage)
  if (flexible) writer.unsignedVarint(0)
}

function encodeDeleteTopicsResponse(
  writer: Writer,
  version: number,
  message: DeleteTopicsResponseInput,
): void {
  assert(version >= 1 && version <= 6, 'a version of DeleteTopicsResponse')
  const flexible = version >= 4
  const { throttleTimeMs = 0, responses } = message
  writer.int32(throttleTimeMs)
  writer.array(flexible, responses, version, encodeDeletableTopicResult)
  if (flexible) writer.unsignedVarint(0)
}

/** Codec of {@link DeleteTopicsResponse}. */
export const deleteTopicsResponse: MessageCodec<DeleteTopicsResponse, DeleteTopicsResponseInput> = {
  name: 'DeleteTopicsResponse',
  versionMin: 1,
  versionMax: 6,
  flexibleMin: 4,
  decode: decodeDeleteTopicsResponse,
  encode: encodeDeleteTopicsResponse,
}

/** The DeleteTopics API. */
export const deleteTopicsApi: Api<
  DeleteTopicsRequest,
  DeleteTopicsRequestInput,
  DeleteTopicsResponse,
  DeleteTopicsResponseInput
> = {
  key: 20,
  name: 'DeleteTopics',
  request: deleteTopicsRequest,
  response: deleteTopicsResponse,
}
