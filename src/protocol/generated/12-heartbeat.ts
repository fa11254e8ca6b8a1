// Generated from the schema by `npm run generate`; edit that instead.
import { assert } from '../../base/assert.ts'
import type { Api, MessageCodec } from '../codec.ts'
import type { Reader } from '../reader.ts'
import type { Writer } from '../writer.ts'

/** Versions 0 to 4. */
export interface HeartbeatRequest {
  readonly groupId: string
  readonly generationId: number
  readonly memberId: string
  /** From version 3. */
  readonly groupInstanceId: string | null
}

/** {@link HeartbeatRequest} as it is encoded. */
export interface HeartbeatRequestInput {
  readonly groupId: string
  readonly generationId: number
  readonly memberId: string
  readonly groupInstanceId?: string | null
}

function decodeHeartbeatRequest(reader: Reader, version: number): HeartbeatRequest {
  assert(version >= 0 && version <= 4, 'a version of HeartbeatRequest')
  const flexible = version === 4
  const groupId = reader.string(flexible)
  const generationId = reader.int32()
  const memberId = reader.string(flexible)
  const groupInstanceId = version >= 3 ? reader.nullableString(flexible) : null
  if (flexible) reader.skipTags()
  return { groupId, generationId, memberId, groupInstanceId }
}

function encodeHeartbeatRequest(
  writer: Writer,
  version: number,
  message: HeartbeatRequestInput,
): void {
  assert(version >= 0 && version <= 4, 'a version of HeartbeatRequest')
  const flexible = version === 4
  const { groupId, generationId, memberId, groupInstanceId = null } = message
  writer.string(flexible, groupId)
  writer.int32(generationId)
  writer.string(flexible, memberId)
  if (version >= 3) writer.nullableString(flexible, groupInstanceId)
  else if (groupInstanceId !== null) writer.unsupported('HeartbeatRequest.groupInstanceId', version)
  if (flexible) writer.unsignedVarint(0)
}

/** Codec of {@link HeartbeatRequest}. */
export const heartbeatRequest: MessageCodec<HeartbeatRequest, HeartbeatRequestInput> = {
  name: 'HeartbeatRequest',
  versionMin: 0,
  versionMax: 4,
  flexibleMin: 4,
  decode: decodeHeartbeatRequest,
  encode: encodeHeartbeatRequest,
}

/** Versions 0 to 4. */
export interface HeartbeatResponse {
  /** From version 1. */
  readonly throttleTimeMs: number
  readonly errorCode: number
}

/** {@link HeartbeatResponse} as it is encoded. */
export interface HeartbeatResponseInput {
  readonly throttleTimeMs?: number
  readonly errorCode: number
}

function decodeHeartbeatResponse(reader: Reader, version: number): HeartbeatResponse {
  assert(version >= 0 && version <= 4, 'a version of HeartbeatResponse')
  const flexible = version === 4
  const throttleTimeMs = version >= 1 ? reader.int32() : 0
  const errorCode = reader.int16()
  if (flexible) reader.skipTags()
  return { throttleTimeMs, errorCode }
}

function encodeHeartbeatResponse(
  writer: Writer,
  version: number,
  message: HeartbeatResponseInput,
): void {
  assert(version >= 0 && version <= 4, 'a version of HeartbeatResponse')
  const flexible = version === 4
  const { throttleTimeMs = 0, errorCode } = message
  if (version >= 1) writer.int32(throttleTimeMs)
  writer.int16(errorCode)
  if (flexible) writer.unsignedVarint(0)
}

/** Codec of {@link HeartbeatResponse}. */
export const heartbeatResponse: MessageCodec<HeartbeatResponse, HeartbeatResponseInput> = {
  name: 'HeartbeatResponse',
  versionMin: 0,
  versionMax: 4,
  flexibleMin: 4,
  decode: decodeHeartbeatResponse,
  encode: encodeHeartbeatResponse,
}

/** The Heartbeat API. */
export const heartbeatApi: Api<
  HeartbeatRequest,
  HeartbeatRequestInput,
  HeartbeatResponse,
  HeartbeatResponseInput
> = {
  key: 12,
  name: 'Heartbeat',
  request: heartbeatRequest,
  response: heartbeatResponse,
}
