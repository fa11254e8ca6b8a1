// Generated from the schema by `npm run generate`; edit that instead.
import { assert } from '../../base/assert.ts'
import type { Api, MessageCodec } from '../codec.ts'
import type { Reader } from '../reader.ts'
import type { Writer } from '../writer.ts'

/** Part of {@link LeaveGroupRequest}. */
export interface MemberIdentity {
  readonly memberId: string
  readonly groupInstanceId: string | null
  /** Version 5 only. */
  readonly reason: string | null
}

/** {@link MemberIdentity} as it is encoded. */
export interface MemberIdentityInput {
  readonly memberId: string
  readonly groupInstanceId?: string | null
  readonly reason?: string | null
}

/** Versions 0 to 5. */
export interface LeaveGroupRequest {
  readonly groupId: string
  /** Versions 0 to 2. */
  readonly memberId: string
  /** From version 3; replaces memberId. */
  readonly members: readonly MemberIdentity[]
}

/** {@link LeaveGroupRequest} as it is encoded. */
export interface LeaveGroupRequestInput {
  readonly groupId: string
  readonly memberId?: string
  readonly members?: readonly MemberIdentityInput[]
}

function decodeMemberIdentity(reader: Reader, version: number, flexible: boolean): MemberIdentity {
  const memberId = reader.string(flexible)
  const groupInstanceId = reader.nullableString(flexible)
  const reason = version === 5 ? reader.nullableString(flexible) : null
  if (flexible) reader.skipTags()
  return { memberId, groupInstanceId, reason }
}

function decodeLeaveGroupRequest(reader: Reader, version: number): LeaveGroupRequest {
  assert(version >= 0 && version <= 5, 'a version of LeaveGroupRequest')
  const flexible = version >= 4
  const groupId = reader.string(flexible)
  const memberId = version <= 2 ? reader.string(flexible) : ''
  const members = version >= 3 ? reader.array(flexible, 3, version, decodeMemberIdentity) : []
  if (flexible) reader.skipTags()
  return { groupId, memberId, members }
}

function encodeMemberIdentity(
  writer: Writer,
  version: number,
  flexible: boolean,
  message: MemberIdentityInput,
): void {
  const { memberId, groupInstanceId = null, reason = null } = message
  writer.string(flexible, memberId)
  writer.nullableString(flexible, groupInstanceId)
  if (version === 5) writer.nullableString(flexible, reason)
  if (flexible) writer.unsignedVarint(0)
}

function encodeLeaveGroupRequest(
  writer: Writer,
  version: number,
  message: LeaveGroupRequestInput,
): void {
  assert(version >= 0 && version <= 5, 'a version of LeaveGroupRequest')
  const flexible = version >= 4
  const { groupId, memberId = '', members = [] } = message
  writer.string(flexible, groupId)
  if (version <= 2) writer.string(flexible, memberId)
  else if (memberId !== '') writer.unsupported('LeaveGroupRequest.memberId', version)
  if (version >= 3) writer.array(flexible, members, version, encodeMemberIdentity)
  else if (members.length > 0) writer.unsupported('LeaveGroupRequest.members', version)
  if (flexible) writer.unsignedVarint(0)
}

/** Codec of {@link LeaveGroupRequest}. */
export const leaveGroupRequest: MessageCodec<LeaveGroupRequest, LeaveGroupRequestInput> = {
  name: 'LeaveGroupRequest',
  versionMin: 0,
  versionMax: 5,
  flexibleMin: 4,
  decode: decodeLeaveGroupRequest,
  encode: encodeLeaveGroupRequest,
}

/** Part of {@link LeaveGroupResponse}. */
export interface MemberResponse {
  readonly memberId: string
  readonly groupInstanceId: string | null
  readonly errorCode: number
}

/** Versions 0 to 5. */
export interface LeaveGroupResponse {
  /** From version 1. */
  readonly throttleTimeMs: number
  readonly errorCode: number
  /** From version 3. */
  readonly members: readonly MemberResponse[]
}

/** {@link LeaveGroupResponse} as it is encoded. */
export interface LeaveGroupResponseInput {
  readonly throttleTimeMs?: number
  readonly errorCode: number
  readonly members?: readonly MemberResponse[]
}

function decodeMemberResponse(reader: Reader, _version: number, flexible: boolean): MemberResponse {
  const memberId = reader.string(flexible)
  const groupInstanceId = reader.nullableString(flexible)
  const errorCode = reader.int16()
  if (flexible) reader.skipTags()
  return { memberId, groupInstanceId, errorCode }
}

function decodeLeaveGroupResponse(reader: Reader, version: number): LeaveGroupResponse {
  assert(version >= 0 && version <= 5, 'a version of LeaveGroupResponse')
  const flexible = version >= 4
  const throttleTimeMs = version >= 1 ? reader.int32() : 0
  const errorCode = reader.int16()
  const members = version >= 3 ? reader.array(flexible, 5, version, decodeMemberResponse) : []
  if (flexible) reader.skipTags()
  return { throttleTimeMs, errorCode, members }
}

function encodeMemberResponse(
  writer: Writer,
  _version: number,
  flexible: boolean,
  message: MemberResponse,
): void {
  const { memberId, groupInstanceId, errorCode } = message
  writer.string(flexible, memberId)
  writer.nullableString(flexible, groupInstanceId)
  writer.int16(errorCode)
  if (flexible) writer.unsignedVarint(0)
}

function encodeLeaveGroupResponse(
  writer: Writer,
  version: number,
  message: LeaveGroupResponseInput,
): void {
  assert(version >= 0 && version <= 5, 'a version of LeaveGroupResponse')
  const flexible = version >= 4
  const { throttleTimeMs = 0, errorCode, members = [] } = message
  if (version >= 1) writer.int32(throttleTimeMs)
  writer.int16(errorCode)
  if (version >= 3) writer.array(flexible, members, version, encodeMemberResponse)
  else if (members.length > 0) writer.unsupported('LeaveGroupResponse.members', version)
  if (flexible) writer.unsignedVarint(0)
}

/** Codec of {@link LeaveGroupResponse}. */
export const leaveGroupResponse: MessageCodec<LeaveGroupResponse, LeaveGroupResponseInput> = {
  name: 'LeaveGroupResponse',
  versionMin: 0,
  versionMax: 5,
  flexibleMin: 4,
  decode: decodeLeaveGroupResponse,
  encode: encodeLeaveGroupResponse,
}

/** The LeaveGroup API. */
export const leaveGroupApi: Api<
  LeaveGroupRequest,
  LeaveGroupRequestInput,
  LeaveGroupResponse,
  LeaveGroupResponseInput
> = {
  key: 13,
  name: 'LeaveGroup',
  request: leaveGroupRequest,
  response: leaveGroupResponse,
}
