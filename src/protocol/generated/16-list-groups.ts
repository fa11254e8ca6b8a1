// Generated from the schema by `npm run generate`; edit that instead.
import { assert } from '../../base/assert.ts'
import type { Api, MessageCodec } from '../codec.ts'
import { readString, writeString } from '../primitives.ts'
import type { Reader } from '../reader.ts'
import type { Writer } from '../writer.ts'

/** Versions 0 to 5. */
export interface ListGroupsRequest {
  /** From version 4; empty for all. */
  readonly statesFilter: readonly string[]
  /** Version 5 only; empty for all. */
  readonly typesFilter: readonly string[]
}

/** {@link ListGroupsRequest} as it is encoded. */
export interface ListGroupsRequestInput {
  readonly statesFilter?: readonly string[]
  readonly typesFilter?: readonly string[]
}

function decodeListGroupsRequest(reader: Reader, version: number): ListGroupsRequest {
  assert(version >= 0 && version <= 5, 'a version of ListGroupsRequest')
  const flexible = version >= 3
  const statesFilter = version >= 4 ? reader.array(flexible, 1, version, readString) : []
  const typesFilter = version === 5 ? reader.array(flexible, 1, version, readString) : []
  if (flexible) reader.skipTags()
  return { statesFilter, typesFilter }
}

function encodeListGroupsRequest(
  writer: Writer,
  version: number,
  message: ListGroupsRequestInput,
): void {
  assert(version >= 0 && version <= 5, 'a version of ListGroupsRequest')
  const flexible = version >= 3
  const { statesFilter = [], typesFilter = [] } = message
  if (version >= 4) writer.array(flexible, statesFilter, version, writeString)
  else if (statesFilter.length > 0) writer.unsupported('ListGroupsRequest.statesFilter', version)
  if (version === 5) writer.array(flexible, typesFilter, version, writeString)
  else if (typesFilter.length > 0) writer.unsupported('ListGroupsRequest.typesFilter', version)
  if (flexible) writer.unsignedVarint(0)
}

/** Codec of {@link ListGroupsRequest}. */
export const listGroupsRequest: MessageCodec<ListGroupsRequest, ListGroupsRequestInput> = {
  name: 'ListGroupsRequest',
  versionMin: 0,
  versionMax: 5,
  flexibleMin: 3,
  decode: decodeListGroupsRequest,
  encode: encodeListGroupsRequest,
}

/** Part of {@link ListGroupsResponse}. */
export interface ListedGroup {
  readonly groupId: string
  readonly protocolType: string
  /** From version 4. */
  readonly groupState: string
  /** Version 5 only. */
  readonly groupType: string
}

/** {@link ListedGroup} as it is encoded. */
export interface ListedGroupInput {
  readonly groupId: string
  readonly protocolType: string
  readonly groupState?: string
  readonly groupType?: string
}

/** Versions 0 to 5. */
export interface ListGroupsResponse {
  /** From version 1. */
  readonly throttleTimeMs: number
  readonly errorCode: number
  readonly groups: readonly ListedGroup[]
}

/** {@link ListGroupsResponse} as it is encoded. */
export interface ListGroupsResponseInput {
  readonly throttleTimeMs?: number
  readonly errorCode: number
  readonly groups: readonly ListedGroupInput[]
}

function decodeListedGroup(reader: Reader, version: number, flexible: boolean): ListedGroup {
  const groupId = reader.string(flexible)
  const protocolType = reader.string(flexible)
  const groupState = version >= 4 ? reader.string(flexible) : ''
  const groupType = version === 5 ? reader.string(flexible) : ''
  if (flexible) reader.skipTags()
  return { groupId, protocolType, groupState, groupType }
}

function decodeListGroupsResponse(reader: Reader, version: number): ListGroupsResponse {
  assert(version >= 0 && version <= 5, 'a version of ListGroupsResponse')
  const flexible = version >= 3
  const throttleTimeMs = version >= 1 ? reader.int32() : 0
  const errorCode = reader.int16()
  const groups = reader.array(flexible, 3, version, decodeListedGroup)
  if (flexible) reader.skipTags()
  return { throttleTimeMs, errorCode, groups }
}

function encodeListedGroup(
  writer: Writer,
  version: number,
  flexible: boolean,
  message: ListedGroupInput,
): void {
  const { groupId, protocolType, groupState = '', groupType = '' } = message
  writer.string(flexible, groupId)
  writer.string(flexible, protocolType)
  if (version >= 4) writer.string(flexible, groupState)
  if (version === 5) writer.string(flexible, groupType)
  if (flexible) writer.unsignedVarint(0)
}

function encodeListGroupsResponse(
  writer: Writer,
  version: number,
  message: ListGroupsResponseInput,
): void {
  assert(version >= 0 && version <= 5, 'a version of ListGroupsResponse')
  const flexible = version >= 3
  const { throttleTimeMs = 0, errorCode, groups } = message
  if (version >= 1) writer.int32(throttleTimeMs)
  writer.int16(errorCode)
  writer.array(flexible, groups, version, encodeListedGroup)
  if (flexible) writer.unsignedVarint(0)
}

/** Codec of {@link ListGroupsResponse}. */
export const listGroupsResponse: MessageCodec<ListGroupsResponse, ListGroupsResponseInput> = {
  name: 'ListGroupsResponse',
  versionMin: 0,
  versionMax: 5,
  flexibleMin: 3,
  decode: decodeListGroupsResponse,
  encode: encodeListGroupsResponse,
}

/** The ListGroups API. */
export const listGroupsApi: Api<
  ListGroupsRequest,
  ListGroupsRequestInput,
  ListGroupsResponse,
  ListGroupsResponseInput
> = {
  key: 16,
  name: 'ListGroups',
  request: listGroupsRequest,
  response: listGroupsResponse,
}
