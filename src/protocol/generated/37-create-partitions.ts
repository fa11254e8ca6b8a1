// Generated from the schema by `npm run generate`; edit that instead.
import { assert } from '../../base/assert.ts'
import type { Api, MessageCodec } from '../codec.ts'
import { readInt32, writeInt32 } from '../primitives.ts'
import type { Reader } from '../reader.ts'
import type { Writer } from '../writer.ts'

/** Part of {@link CreatePartitionsRequest}. */
export interface CreatePartitionsAssignment {
  readonly brokerIds: readonly number[]
}

/** Part of {@link CreatePartitionsRequest}. */
export interface CreatePartitionsTopic {
  readonly name: string
  /** Of partitions afterwards, the present ones included. */
  readonly count: number
  /** Replicas of each new partition; null to let the cluster place them. */
  readonly assignments: readonly CreatePartitionsAssignment[] | null
}

/** Versions 0 to 3. */
export interface CreatePartitionsRequest {
  readonly topics: readonly CreatePartitionsTopic[]
  readonly timeoutMs: number
  readonly validateOnly: boolean
}

function decodeCreatePartitionsAssignment(
  reader: Reader,
  version: number,
  flexible: boolean,
): CreatePartitionsAssignment {
  const brokerIds = reader.array(flexible, 4, version, readInt32)
  if (flexible) reader.skipTags()
  return { brokerIds }
}

function decodeCreatePartitionsTopic(
  reader: Reader,
  version: number,
  flexible: boolean,
): CreatePartitionsTopic {
  const name = reader.string(flexible)
  const count = reader.int32()
  const assignments = reader.nullableArray(flexible, 2, version, decodeCreatePartitionsAssignment)
  if (flexible) reader.skipTags()
  return { name, count, assignments }
}

function decodeCreatePartitionsRequest(reader: Reader, version: number): CreatePartitionsRequest {
  assert(version >= 0 && version <= 3, 'a version of CreatePartitionsRequest')
  const flexible = version >= 2
  const topics = reader.array(flexible, 7, version, decodeCreatePartitionsTopic)
  const timeoutMs = reader.int32()
  const validateOnly = reader.bool()
  if (flexible) reader.skipTags()
  return { topics, timeoutMs, validateOnly }
}

function encodeCreatePartitionsAssignment(
  writer: Writer,
  version: number,
  flexible: boolean,
  message: CreatePartitionsAssignment,
): void {
  const { brokerIds } = message
  writer.array(flexible, brokerIds, version, writeInt32)
  if (flexible) writer.unsignedVarint(0)
}

function encodeCreatePartitionsTopic(
  writer: Writer,
  version: number,
  flexible: boolean,
  message: CreatePartitionsTopic,
): void {
  const { name, count, assignments } = message
  writer.string(flexible, name)
  writer.int32(count)
  writer.nullableArray(flexible, assignments, version, encodeCreatePartitionsAssignment)
  if (flexible) writer.unsignedVarint(0)
}

function encodeCreatePartitionsRequest(
  writer: Writer,
  version: number,
  message: CreatePartitionsRequest,
): void {
  assert(version >= 0 && version <= 3, 'a version of CreatePartitionsRequest')
  const flexible = version >= 2
  const { topics, timeoutMs, validateOnly } = message
  writer.array(flexible, topics, version, encodeCreatePartitionsTopic)
  writer.int32(timeoutMs)
  writer.bool(validateOnly)
  if (flexible) writer.unsignedVarint(0)
}

/** Codec of {@link CreatePartitionsRequest}. */
export const createPartitionsRequest: MessageCodec<CreatePartitionsRequest> = {
  name: 'CreatePartitionsRequest',
  versionMin: 0,
  versionMax: 3,
  flexibleMin: 2,
  decode: decodeCreatePartitionsRequest,
  encode: encodeCreatePartitionsRequest,
}

/** Part of {@link CreatePartitionsResponse}. */
export interface CreatePartitionsTopicResult {
  readonly name: string
  readonly errorCode: number
  readonly errorMessage: string | null
}

/** {@link CreatePartitionsTopicResult} as it is encoded. */
export interface CreatePartitionsTopicResultInput {
  readonly name: string
  readonly errorCode: number
  readonly errorMessage?: string | null
}

/** Versions 0 to 3. */
export interface CreatePartitionsResponse {
  readonly throttleTimeMs: number
  readonly results: readonly CreatePartitionsTopicResult[]
}

/** {@link CreatePartitionsResponse} as it is encoded. */
export interface CreatePartitionsResponseInput {
  readonly throttleTimeMs: number
  readonly results: readonly CreatePartitionsTopicResultInput[]
}

function decodeCreatePartitionsTopicResult(
  reader: Reader,
  _version: number,
  flexible: boolean,
): CreatePartitionsTopicResult {
  const name = reader.string(flexible)
  const errorCode = reader.int16()
  const errorMessage = reader.nullableString(flexible)
  if (flexible) reader.skipTags()
  return { name, errorCode, errorMessage }
}

function decodeCreatePartitionsResponse(reader: Reader, version: number): CreatePartitionsResponse {
  assert(version >= 0 && version <= 3, 'a version of CreatePartitionsResponse')
  const flexible = version >= 2
  const throttleTimeMs = reader.int32()
  const results = reader.array(flexible, 5, version, decodeCreatePartitionsTopicResult)
  if (flexible) reader.skipTags()
  return { throttleTimeMs, results }
}

function encodeCreatePartitionsTopicResult(
  writer: Writer,
  _version: number,
  flexible: boolean,
  message: CreatePartitionsTopicResultInput,
): void {
  const { name, errorCode, errorMessage = null } = message
  writer.string(flexible, name)
  writer.int16(errorCode)
  writer.nullableString(flexible, errorMessage)
  if (flexible) writer.unsignedVarint(0)
}

function encodeCreatePartitionsResponse(
  writer: Writer,
  version: number,
  message: CreatePartitionsResponseInput,
): void {
  assert(version >= 0 && version <= 3, 'a version of CreatePartitionsResponse')
  const flexible = version >= 2
  const { throttleTimeMs, results } = message
  writer.int32(throttleTimeMs)
  writer.array(flexible, results, version, encodeCreatePartitionsTopicResult)
  if (flexible) writer.unsignedVarint(0)
}

/** Codec of {@link CreatePartitionsResponse}. */
export const createPartitionsResponse: MessageCodec<
  CreatePartitionsResponse,
  CreatePartitionsResponseInput
> = {
  name: 'CreatePartitionsResponse',
  versionMin: 0,
  versionMax: 3,
  flexibleMin: 2,
  decode: decodeCreatePartitionsResponse,
  encode: encodeCreatePartitionsResponse,
}

/** The CreatePartitions API. */
export const createPartitionsApi: Api<
  CreatePartitionsRequest,
  CreatePartitionsRequest,
  CreatePartitionsResponse,
  CreatePartitionsResponseInput
> = {
  key: 37,
  name: 'CreatePartitions',
  request: createPartitionsRequest,
  response: createPartitionsResponse,
}
