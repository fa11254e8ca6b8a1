// Generated from the schema by `npm run generate`; edit that instead.
import { assert } from '../../base/assert.ts'
import type { Api, MessageCodec } from '../codec.ts'
import { readString, writeString } from '../primitives.ts'
import type { Reader } from '../reader.ts'
import type { Writer } from '../writer.ts'

/** Versions 0 to 3. */
export interface DeleteGroupsRequest {
  readonly groupsNames: readonly string[]
}

function decodeDeleteGroupsRequest(reader: Reader, version: number): DeleteGroupsRequest {
  assert(version >= 0 && version <= 3, 'a version of DeleteGroupsRequest')
  const flexible = version >= 2
  const groupsNames = reader.array(flexible, 1, version, readString)
  if (flexible) reader.skipTags()
  return { groupsNames }
}

function encodeDeleteGroupsRequest(
  writer: Writer,
  version: number,
  message: DeleteGroupsRequest,
): void {
  assert(version >= 0 && version <= 3, 'a version of DeleteGroupsRequest')
  const flexible = version >= 2
  const { groupsNames } = message
  writer.array(flexible, groupsNames, version, writeString)
  if (flexible) writer.unsignedVarint(0)
}

/** Codec of {@link DeleteGroupsRequest}. */
export const deleteGroupsRequest: MessageCodec<DeleteGroupsRequest> = {
  name: 'DeleteGroupsRequest',
  versionMin: 0,
  versionMax: 3,
  flexibleMin: 2,
  decode: decodeDeleteGroupsRequest,
  encode: encodeDeleteGroupsRequest,
}

/** Part of {@link DeleteGroupsResponse}. */
export interface DeletableGroupResult {
  readonly groupId: string
  readonly errorCode: number
  /** Version 3 only. */
  readonly errorMessage: string | null
}

/** {@link DeletableGroupResult} as it is encoded. */
export interface DeletableGroupResultInput {
  readonly groupId: string
  readonly errorCode: number
  readonly errorMessage?: string | null
}

/** Versions 0 to 3. */
export interface DeleteGroupsResponse {
  readonly throttleTimeMs: number
  readonly results: readonly DeletableGroupResult[]
}

/** {@link DeleteGroupsResponse} as it is encoded. */
export interface DeleteGroupsResponseInput {
  readonly throttleTimeMs: number
  readonly results: readonly DeletableGroupResultInput[]
}

function decodeDeletableGroupResult(
  reader: Reader,
  version: number,
  flexible: boolean,
): DeletableGroupResult {
  const groupId = reader.string(flexible)
  const errorCode = reader.int16()
  const errorMessage = version === 3 ? reader.nullableString(flexible) : null
  if (flexible) reader.skipTags()
  return { groupId, errorCode, errorMessage }
}

function decodeDeleteGroupsResponse(reader: Reader, version: number): DeleteGroupsResponse {
  assert(version >= 0 && version <= 3, 'a version of DeleteGroupsResponse')
  const flexible = version >= 2
  const throttleTimeMs = reader.int32()
  const results = reader.array(flexible, 4, version, decodeDeletableGroupResult)
  if (flexible) reader.skipTags()
  return { throttleTimeMs, results }
}

function encodeDeletableGroupResult(
  writer: Writer,
  version: number,
  flexible: boolean,
  message: DeletableGroupResultInput,
): void {
  const { groupId, errorCode, errorMessage = null } = message
  writer.string(flexible, groupId)
  writer.int16(errorCode)
  if (version === 3) writer.nullableString(flexible, errorMessage)
  if (flexible) writer.unsignedVarint(0)
}

function encodeDeleteGroupsResponse(
  writer: Writer,
  version: number,
  message: DeleteGroupsResponseInput,
): void {
  assert(version >= 0 && version <= 3, 'a version of DeleteGroupsResponse')
  const flexible = version >= 2
  const { throttleTimeMs, results } = message
  writer.int32(throttleTimeMs)
  writer.array(flexible, results, version, encodeDeletableGroupResult)
  if (flexible) writer.unsignedVarint(0)
}

/** Codec of {@link DeleteGroupsResponse}. */
export const deleteGroupsResponse: MessageCodec<DeleteGroupsResponse, DeleteGroupsResponseInput> = {
  name: 'DeleteGroupsResponse',
  versionMin: 0,
  versionMax: 3,
  flexibleMin: 2,
  decode: decodeDeleteGroupsResponse,
  encode: encodeDeleteGroupsResponse,
}

/** The DeleteGroups API. */
export const deleteGroupsApi: Api<
  DeleteGroupsRequest,
  DeleteGroupsRequest,
  DeleteGroupsResponse,
  DeleteGroupsResponseInput
> = {
  key: 42,
  name: 'DeleteGroups',
  request: deleteGroupsRequest,
  response: deleteGroupsResponse,
}
