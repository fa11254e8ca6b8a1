// Generated from the schema by `npm run generate`; edit that instead.
import { assert } from '../../base/assert.ts'
import type { Api, MessageCodec } from '../codec.ts'
import { readString, writeString } from '../primitives.ts'
import type { Reader } from '../reader.ts'
import type { Writer } from '../writer.ts'

/** Versions 0 to 6. */
export interface DescribeGroupsRequest {
  readonly groups: readonly string[]
  /** From version 3. */
  readonly includeAuthorizedOperations: boolean
}

/** {@link DescribeGroupsRequest} as it is encoded. */
export interface DescribeGroupsRequestInput {
  readonly groups: readonly string[]
  readonly includeAuthorizedOperations?: boolean
}

function decodeDescribeGroupsRequest(reader: Reader, version: number): DescribeGroupsRequest {
  assert(version >= 0 && version <= 6, 'a version of DescribeGroupsRequest')
  const flexible = version >= 5
  const groups = reader.array(flexible, 1, version, readString)
  const includeAuthorizedOperations = version >= 3 ? reader.bool() : false
  if (flexible) reader.skipTags()
  return { groups, includeAuthorizedOperations }
}

function encodeDescribeGroupsRequest(
  writer: Writer,
  version: number,
  message: DescribeGroupsRequestInput,
): void {
  assert(version >= 0 && version <= 6, 'a version of DescribeGroupsRequest')
  const flexible = version >= 5
  const { groups, includeAuthorizedOperations = false } = message
  writer.array(flexible, groups, version, writeString)
  if (version >= 3) writer.bool(includeAuthorizedOperations)
  else if (includeAuthorizedOperations)
    writer.unsupported('DescribeGroupsRequest.includeAuthorizedOperations', version)
  if (flexible) writer.unsignedVarint(0)
}

/** Codec of {@link DescribeGroupsRequest}. */
export const describeGroupsRequest: MessageCodec<
  DescribeGroupsRequest,
  DescribeGroupsRequestInput
> = {
  name: 'DescribeGroupsRequest',
  versionMin: 0,
  versionMax: 6,
  flexibleMin: 5,
  decode: decodeDescribeGroupsRequest,
  encode: encodeDescribeGroupsRequest,
}

/** Part of {@link DescribeGroupsResponse}. */
export interface DescribedGroupMember {
  readonly memberId: string
  /** From version 4. */
  readonly groupInstanceId: string | null
  readonly clientId: string
  readonly clientHost: string
  readonly memberMetadata: Uint8Array
  readonly memberAssignment: Uint8Array
}

/** {@link DescribedGroupMember} as it is encoded. */
export interface DescribedGroupMemberInput {
  readonly memberId: string
  readonly groupInstanceId?: string | null
  readonly clientId: string
  readonly clientHost: string
  readonly memberMetadata: Uint8Array
  readonly memberAssignment: Uint8Array
}

/** Part of {@link DescribeGroupsResponse}. */
export interface DescribedGroup {
  readonly errorCode: number
  /** Version 6 only. */
  readonly errorMessage: string | null
  readonly groupId: string
  readonly groupState: string
  readonly protocolType: string
  /** The chosen assignor. */
  readonly protocolData: string
  readonly members: readonly DescribedGroupMember[]
  /** From version 3; bit set; the smallest int32 when not asked for. */
  readonly authorizedOperations: number
}

/** {@link DescribedGroup} as it is encoded. */
export interface DescribedGroupInput {
  readonly errorCode: number
  readonly errorMessage?: string | null
  readonly groupId: string
  readonly groupState: string
  readonly protocolType: string
  readonly protocolData: string
  readonly members: readonly DescribedGroupMemberInput[]
  readonly authorizedOperations?: number
}

/** Versions 0 to 6. */
export interface DescribeGroupsResponse {
  /** From version 1. */
  readonly throttleTimeMs: number
  readonly groups: readonly DescribedGroup[]
}

/** {@link DescribeGroupsResponse} as it is encoded. */
export interface DescribeGroupsResponseInput {
  readonly throttleTimeMs?: number
  readonly groups: readonly DescribedGroupInput[]
}

function decodeDescribedGroupMember(
  reader: Reader,
  version: number,
  flexible: boolean,
): DescribedGroupMember {
  const memberId = reader.string(flexible)
  const groupInstanceId = version >= 4 ? reader.nullableString(flexible) : null
  const clientId = reader.string(flexible)
  const clientHost = reader.string(flexible)
  const memberMetadata = reader.bytes(flexible)
  const memberAssignment = reader.bytes(flexible)
  if (flexible) reader.skipTags()
  return { memberId, groupInstanceId, clientId, clientHost, memberMetadata, memberAssignment }
}

function decodeDescribedGroup(reader: Reader, version: number, flexible: boolean): DescribedGroup {
  const errorCode = reader.int16()
  const errorMessage = version === 6 ? reader.nullableString(flexible) : null
  const groupId = reader.string(flexible)
  const groupState = reader.string(flexible)
  const protocolType = reader.string(flexible)
  const protocolData = reader.string(flexible)
  const members = reader.array(flexible, 7, version, decodeDescribedGroupMember)
  const authorizedOperations = version >= 3 ? reader.int32() : -2147483648
  if (flexible) reader.skipTags()
  return {
    errorCode,
    errorMessage,
    groupId,
    groupState,
    protocolType,
    protocolData,
    members,
    authorizedOperations,
  }
}

function decodeDescribeGroupsResponse(reader: Reader, version: number): DescribeGroupsResponse {
  assert(version >= 0 && version <= 6, 'a version of DescribeGroupsResponse')
  const flexible = version >= 5
  const throttleTimeMs = version >= 1 ? reader.int32() : 0
  const groups = reader.array(flexible, 12, version, decodeDescribedGroup)
  if (flexible) reader.skipTags()
  return { throttleTimeMs, groups }
}

function encodeDescribedGroupMember(
  writer: Writer,
  version: number,
  flexible: boolean,
  message: DescribedGroupMemberInput,
): void {
  const {
    memberId,
    groupInstanceId = null,
    clientId,
    clientHost,
    memberMetadata,
    memberAssignment,
  } = message
  writer.string(flexible, memberId)
  if (version >= 4) writer.nullableString(flexible, groupInstanceId)
  writer.string(flexible, clientId)
  writer.string(flexible, clientHost)
  writer.bytes(flexible, memberMetadata)
  writer.bytes(flexible, memberAssignment)
  if (flexible) writer.unsignedVarint(0)
}

function encodeDescribedGroup(
  writer: Writer,
  version: number,
  flexible: boolean,
  message: DescribedGroupInput,
): void {
  const {
    errorCode,
    errorMessage = null,
    groupId,
    groupState,
    protocolType,
    protocolData,
    members,
    authorizedOperations = -2147483648,
  } = message
  writer.int16(errorCode)
  if (version === 6) writer.nullableString(flexible, errorMessage)
  else if (errorMessage !== null)
    writer.unsupported('DescribeGroupsResponse.DescribedGroup.errorMessage', version)
  writer.string(flexible, groupId)
  writer.string(flexible, groupState)
  writer.string(flexible, protocolType)
  writer.string(flexible, protocolData)
  writer.array(flexible, members, version, encodeDescribedGroupMember)
  if (version >= 3) writer.int32(authorizedOperations)
  else if (authorizedOperations !== -2147483648)
    writer.unsupported('DescribeGroupsResponse.DescribedGroup.authorizedOperations', version)
  if (flexible) writer.unsignedVarint(0)
}

function encodeDescribeGroupsResponse(
  writer: Writer,
  version: number,
  message: DescribeGroupsResponseInput,
): void {
  assert(version >= 0 && version <= 6, 'a version of DescribeGroupsResponse')
  const flexible = version >= 5
  const { throttleTimeMs = 0, groups } = message
  if (version >= 1) writer.int32(throttleTimeMs)
  writer.array(flexible, groups, version, encodeDescribedGroup)
  if (flexible) writer.unsignedVarint(0)
}

/** Codec of {@link DescribeGroupsResponse}. */
export const describeGroupsResponse: MessageCodec<
  DescribeGroupsResponse,
  DescribeGroupsResponseInput
> = {
  name: 'DescribeGroupsResponse',
  versionMin: 0,
  versionMax: 6,
  flexibleMin: 5,
  decode: decodeDescribeGroupsResponse,
  encode: encodeDescribeGroupsResponse,
}

/** The DescribeGroups API. */
export const describeGroupsApi: Api<
  DescribeGroupsRequest,
  DescribeGroupsRequestInput,
  DescribeGroupsResponse,
  DescribeGroupsResponseInput
> = {
  key: 15,
  name: 'DescribeGroups',
  request: describeGroupsRequest,
  response: describeGroupsResponse,
}
