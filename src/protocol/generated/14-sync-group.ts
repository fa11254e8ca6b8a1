// Generated from the schema by `npm run generate`; edit that instead.
import { assert } from '../../base/assert.ts'
import type { Api, MessageCodec } from '../codec.ts'
import type { Reader } from '../reader.ts'
import type { Writer } from '../writer.ts'

/** Part of {@link SyncGroupRequest}. */
export interface SyncGroupRequestAssignment {
  readonly memberId: string
  readonly assignment: Uint8Array
}

/** Versions 0 to 5. */
export interface SyncGroupRequest {
  readonly groupId: string
  readonly generationId: number
  readonly memberId: string
  /** From version 3. */
  readonly groupInstanceId: string | null
  /** Version 5 only. */
  readonly protocolType: string | null
  /** Version 5 only. */
  readonly protocolName: string | null
  /** Empty unless the sender leads the group. */
  readonly assignments: readonly SyncGroupRequestAssignment[]
}

/** {@link SyncGroupRequest} as it is encoded. */
export interface SyncGroupRequestInput {
  readonly groupId: string
  readonly generationId: number
  readonly memberId: string
  readonly groupInstanceId?: string | null
  readonly protocolType?: string | null
  readonly protocolName?: string | null
  readonly assignments: readonly SyncGroupRequestAssignment[]
}

function decodeSyncGroupRequestAssignment(
  reader: Reader,
  _version: number,
  flexible: boolean,
): SyncGroupRequestAssignment {
  const memberId = reader.string(flexible)
  const assignment = reader.bytes(flexible)
  if (flexible) reader.skipTags()
  return { memberId, assignment }
}

function decodeSyncGroupRequest(reader: Reader, version: number): SyncGroupRequest {
  assert(version >= 0 && version <= 5, 'a version of SyncGroupRequest')
  const flexible = version >= 4
  const groupId = reader.string(flexible)
  const generationId = reader.int32()
  const memberId = reader.string(flexible)
  const groupInstanceId = version >= 3 ? reader.nullableString(flexible) : null
  const protocolType = version === 5 ? reader.nullableString(flexible) : null
  const protocolName = version === 5 ? reader.nullableString(flexible) : null
  const assignments = reader.array(flexible, 3, version, decodeSyncGroupRequestAssignment)
  if (flexible) reader.skipTags()
  return {
    groupId,
    generationId,
    memberId,
    groupInstanceId,
    protocolType,
    protocolName,
    assignments,
  }
}

function encodeSyncGroupRequestAssignment(
  writer: Writer,
  _version: number,
  flexible: boolean,
  message: SyncGroupRequestAssignment,
): void {
  const { memberId, assignment } = message
  writer.string(flexible, memberId)
  writer.bytes(flexible, assignment)
  if (flexible) writer.unsignedVarint(0)
}

function encodeSyncGroupRequest(
  writer: Writer,
  version: number,
  message: SyncGroupRequestInput,
): void {
  assert(version >= 0 && version <= 5, 'a version of SyncGroupRequest')
  const flexible = version >= 4
  const {
    groupId,
    generationId,
    memberId,
    groupInstanceId = null,
    protocolType = null,
    protocolName = null,
    assignments,
  } = message
  writer.string(flexible, groupId)
  writer.int32(generationId)
  writer.string(flexible, memberId)
  if (version >= 3) writer.nullableString(flexible, groupInstanceId)
  else if (groupInstanceId !== null) writer.unsupported('SyncGroupRequest.groupInstanceId', version)
  if (version === 5) writer.nullableString(flexible, protocolType)
  if (version === 5) writer.nullableString(flexible, protocolName)
  writer.array(flexible, assignments, version, encodeSyncGroupRequestAssignment)
  if (flexible) writer.unsignedVarint(0)
}

/** Codec of {@link SyncGroupRequest}. */
export const syncGroupRequest: MessageCodec<SyncGroupRequest, SyncGroupRequestInput> = {
  name: 'SyncGroupRequest',
  versionMin: 0,
  versionMax: 5,
  flexibleMin: 4,
  decode: decodeSyncGroupRequest,
  encode: encodeSyncGroupRequest,
}

/** Versions 0 to 5. */
export interface SyncGroupResponse {
  /** From version 1. */
  readonly throttleTimeMs: number
  readonly errorCode: number
  /** Version 5 only. */
  readonly protocolType: string | null
  /** Version 5 only. */
  readonly protocolName: string | null
  readonly assignment: Uint8Array
}

/** {@link SyncGroupResponse} as it is encoded. */
export interface SyncGroupResponseInput {
  readonly throttleTimeMs?: number
  readonly errorCode: number
  readonly protocolType?: string | null
  readonly protocolName?: string | null
  readonly assignment: Uint8Array
}

function decodeSyncGroupResponse(reader: Reader, version: number): SyncGroupResponse {
  assert(version >= 0 && version <= 5, 'a version of SyncGroupResponse')
  const flexible = version >= 4
  const throttleTimeMs = version >= 1 ? reader.int32() : 0
  const errorCode = reader.int16()
  const protocolType = version === 5 ? reader.nullableString(flexible) : null
  const protocolName = version === 5 ? reader.nullableString(flexible) : null
  const assignment = reader.bytes(flexible)
  if (flexible) reader.skipTags()
  return { throttleTimeMs, errorCode, protocolType, protocolName, assignment }
}

function encodeSyncGroupResponse(
  writer: Writer,
  version: number,
  message: SyncGroupResponseInput,
): void {
  assert(version >= 0 && version <= 5, 'a version of SyncGroupResponse')
  const flexible = version >= 4
  const {
    throttleTimeMs = 0,
    errorCode,
    protocolType = null,
    protocolName = null,
    assignment,
  } = message
  if (version >= 1) writer.int32(throttleTimeMs)
  writer.int16(errorCode)
  if (version === 5) writer.nullableString(flexible, protocolType)
  if (version === 5) writer.nullableString(flexible, protocolName)
  writer.bytes(flexible, assignment)
  if (flexible) writer.unsignedVarint(0)
}

/** Codec of {@link SyncGroupResponse}. */
export const syncGroupResponse: MessageCodec<SyncGroupResponse, SyncGroupResponseInput> = {
  name: 'SyncGroupResponse',
  versionMin: 0,
  versionMax: 5,
  flexibleMin: 4,
  decode: decodeSyncGroupResponse,
  encode: encodeSyncGroupResponse,
}

/** The SyncGroup API. */
export const syncGroupApi: Api<
  SyncGroupRequest,
  SyncGroupRequestInput,
  SyncGroupResponse,
  SyncGroupResponseInput
> = {
  key: 14,
  name: 'SyncGroup',
  request: syncGroupRequest,
  response: syncGroupResponse,
}
