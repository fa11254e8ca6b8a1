// Generated from the schema by `npm run generate`; edit that instead.
import { assert } from '../../base/assert.ts'
import type { Api, MessageCodec } from '../codec.ts'
import type { Reader } from '../reader.ts'
import type { Writer } from '../writer.ts'

/** Part of {@link JoinGroupRequest}. */
export interface JoinGroupRequestProtocol {
  readonly name: string
  /** Subscription, opaque to the broker. */
  readonly metadata: Uint8Array
}

/** Versions 0 to 9. */
export interface JoinGroupRequest {
  readonly groupId: string
  /** Silence after which the member is expelled. */
  readonly sessionTimeoutMs: number
  /** From version 1; how long the group waits for this member; -1: the session timeout. */
  readonly rebalanceTimeoutMs: number
  /** Empty on the first try. */
  readonly memberId: string
  /** From version 5; name of a static member. */
  readonly groupInstanceId: string | null
  /** "consumer" for consumers; one per group. */
  readonly protocolType: string
  /** Assignors that the member offers, the favourite first. */
  readonly protocols: readonly JoinGroupRequestProtocol[]
  /** From version 8. */
  readonly reason: string | null
}

/** {@link JoinGroupRequest} as it is encoded. */
export interface JoinGroupRequestInput {
  readonly groupId: string
  readonly sessionTimeoutMs: number
  readonly rebalanceTimeoutMs?: number
  readonly memberId: string
  readonly groupInstanceId?: string | null
  readonly protocolType: string
  readonly protocols: readonly JoinGroupRequestProtocol[]
  readonly reason?: string | null
}

function decodeJoinGroupRequestProtocol(
  reader: Reader,
  _version: number,
  flexible: boolean,
): JoinGroupRequestProtocol {
  const name = reader.string(flexible)
  const metadata = reader.bytes(flexible)
  if (flexible) reader.skipTags()
  return { name, metadata }
}

function decodeJoinGroupRequest(reader: Reader, version: number): JoinGroupRequest {
  assert(version >= 0 && version <= 9, 'a version of JoinGroupRequest')
  const flexible = version >= 6
  const groupId = reader.string(flexible)
  const sessionTimeoutMs = reader.int32()
  const rebalanceTimeoutMs = version >= 1 ? reader.int32() : -1
  const memberId = reader.string(flexible)
  const groupInstanceId = version >= 5 ? reader.nullableString(flexible) : null
  const protocolType = reader.string(flexible)
  const protocols = reader.array(flexible, 3, version, decodeJoinGroupRequestProtocol)
  const reason = version >= 8 ? reader.nullableString(flexible) : null
  if (flexible) reader.skipTags()
  return {
    groupId,
    sessionTimeoutMs,
    rebalanceTimeoutMs,
    memberId,
    groupInstanceId,
    protocolType,
    protocols,
    reason,
  }
}

function encodeJoinGroupRequestProtocol(
  writer: Writer,
  _version: number,
  flexible: boolean,
  message: JoinGroupRequestProtocol,
): void {
  const { name, metadata } = message
  writer.string(flexible, name)
  writer.bytes(flexible, metadata)
  if (flexible) writer.unsignedVarint(0)
}

function encodeJoinGroupRequest(
  writer: Writer,
  version: number,
  message: JoinGroupRequestInput,
): void {
  assert(version >= 0 && version <= 9, 'a version of JoinGroupRequest')
  const flexible = version >= 6
  const {
    groupId,
    sessionTimeoutMs,
    rebalanceTimeoutMs = -1,
    memberId,
    groupInstanceId = null,
    protocolType,
    protocols,
    reason = null,
  } = message
  writer.string(flexible, groupId)
  writer.int32(sessionTimeoutMs)
  if (version >= 1) writer.int32(rebalanceTimeoutMs)
  writer.string(flexible, memberId)
  if (version >= 5) writer.nullableString(flexible, groupInstanceId)
  else if (groupInstanceId !== null) writer.unsupported('JoinGroupRequest.groupInstanceId', version)
  writer.string(flexible, protocolType)
  writer.array(flexible, protocols, version, encodeJoinGroupRequestProtocol)
  if (version >= 8) writer.nullableString(flexible, reason)
  if (flexible) writer.unsignedVarint(0)
}

/** Codec of {@link JoinGroupRequest}. */
export const joinGroupRequest: MessageCodec<JoinGroupRequest, JoinGroupRequestInput> = {
  name: 'JoinGroupRequest',
  versionMin: 0,
  versionMax: 9,
  flexibleMin: 6,
  decode: decodeJoinGroupRequest,
  encode: encodeJoinGroupRequest,
}

/** Part of {@link JoinGroupResponse}. */
export interface JoinGroupResponseMember {
  readonly memberId: string
  /** From version 5. */
  readonly groupInstanceId: string | null
  readonly metadata: Uint8Array
}

/** {@link JoinGroupResponseMember} as it is encoded. */
export interface JoinGroupResponseMemberInput {
  readonly memberId: string
  readonly groupInstanceId?: string | null
  readonly metadata: Uint8Array
}

/** Versions 0 to 9. */
export interface JoinGroupResponse {
  /** From version 2. */
  readonly throttleTimeMs: number
  readonly errorCode: number
  readonly generationId: number
  /** From version 7. */
  readonly protocolType: string | null
  readonly protocolName: string | null
  readonly leader: string
  /** Version 9 only; the leader must not assign anew. */
  readonly skipAssignment: boolean
  readonly memberId: string
  /** Only told to the leader. */
  readonly members: readonly JoinGroupResponseMember[]
}

/** {@link JoinGroupResponse} as it is encoded. */
export interface JoinGroupResponseInput {
  readonly throttleTimeMs?: number
  readonly errorCode: number
  readonly generationId?: number
  readonly protocolType?: string | null
  readonly protocolName: string | null
  readonly leader: string
  readonly skipAssignment?: boolean
  readonly memberId: string
  readonly members: readonly JoinGroupResponseMemberInput[]
}

function decodeJoinGroupResponseMember(
  reader: Reader,
  version: number,
  flexible: boolean,
): JoinGroupResponseMember {
  const memberId = reader.string(flexible)
  const groupInstanceId = version >= 5 ? reader.nullableString(flexible) : null
  const metadata = reader.bytes(flexible)
  if (flexible) reader.skipTags()
  return { memberId, groupInstanceId, metadata }
}

function decodeJoinGroupResponse(reader: Reader, version: number): JoinGroupResponse {
  assert(version >= 0 && version <= 9, 'a version of JoinGroupResponse')
  const flexible = version >= 6
  const throttleTimeMs = version >= 2 ? reader.int32() : 0
  const errorCode = reader.int16()
  const generationId = reader.int32()
  const protocolType = version >= 7 ? reader.nullableString(flexible) : null
  const protocolName = reader.nullableString(flexible, version >= 7)
  const leader = reader.string(flexible)
  const skipAssignment = version === 9 ? reader.bool() : false
  const memberId = reader.string(flexible)
  const members = reader.array(flexible, 4, version, decodeJoinGroupResponseMember)
  if (flexible) reader.skipTags()
  return {
    throttleTimeMs,
    errorCode,
    generationId,
    protocolType,
    protocolName,
    leader,
    skipAssignment,
    memberId,
    members,
  }
}

function encodeJoinGroupResponseMember(
  writer: Writer,
  version: number,
  flexible: boolean,
  message: JoinGroupResponseMemberInput,
): void {
  const { memberId, groupInstanceId = null, metadata } = message
  writer.string(flexible, memberId)
  if (version >= 5) writer.nullableString(flexible, groupInstanceId)
  writer.bytes(flexible, metadata)
  if (flexible) writer.unsignedVarint(0)
}

function encodeJoinGroupResponse(
  writer: Writer,
  version: number,
  message: JoinGroupResponseInput,
): void {
  assert(version >= 0 && version <= 9, 'a version of JoinGroupResponse')
  const flexible = version >= 6
  const {
    throttleTimeMs = 0,
    errorCode,
    generationId = -1,
    protocolType = null,
    protocolName,
    leader,
    skipAssignment = false,
    memberId,
    members,
  } = message
  if (version >= 2) writer.int32(throttleTimeMs)
  writer.int16(errorCode)
  writer.int32(generationId)
  if (version >= 7) writer.nullableString(flexible, protocolType)
  writer.nullableString(flexible, protocolName, version >= 7)
  writer.string(flexible, leader)
  if (version === 9) writer.bool(skipAssignment)
  else if (skipAssignment) writer.unsupported('JoinGroupResponse.skipAssignment', version)
  writer.string(flexible, memberId)
  writer.array(flexible, members, version, encodeJoinGroupResponseMember)
  if (flexible) writer.unsignedVarint(0)
}

/** Codec of {@link JoinGroupResponse}. */
export const joinGroupResponse: MessageCodec<JoinGroupResponse, JoinGroupResponseInput> = {
  name: 'JoinGroupResponse',
  versionMin: 0,
  versionMax: 9,
  flexibleMin: 6,
  decode: decodeJoinGroupResponse,
  encode: encodeJoinGroupResponse,
}

/** The JoinGroup API. */
export const joinGroupApi: Api<
  JoinGroupRequest,
  JoinGroupRequestInput,
  JoinGroupResponse,
  JoinGroupResponseInput
> = {
  key: 11,
  name: 'JoinGroup',
  request: joinGroupRequest,
  response: joinGroupResponse,
}
