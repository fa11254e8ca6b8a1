// Generated from the schema by `npm run generate`; edit that instead.
import { assert } from '../../base/assert.ts'
import type { Api, MessageCodec } from '../codec.ts'
import type { Reader } from '../reader.ts'
import type { Writer } from '../writer.ts'

/** Part of {@link DeleteAclsRequest}. */
export interface DeleteAclsFilter {
  /** 1 any, 2 topic, 3 group, 4 cluster, 5 transactional id, 6 token, 7 user. */
  readonly resourceTypeFilter: number
  /** Null for any. */
  readonly resourceNameFilter: string | null
  /** 1 any, 2 match, 3 literal, 4 prefixed. */
  readonly patternTypeFilter: number
  /** Null for any. */
  readonly principalFilter: string | null
  /** Null for any. */
  readonly hostFilter: string | null
  /** 1 any, 2 all, 3 to 15 one operation. */
  readonly operation: number
  /** 1 any, 2 deny, 3 allow. */
  readonly permissionType: number
}

/** {@link DeleteAclsFilter} as it is encoded. */
export interface DeleteAclsFilterInput {
  readonly resourceTypeFilter: number
  readonly resourceNameFilter: string | null
  readonly patternTypeFilter?: number
  readonly principalFilter: string | null
  readonly hostFilter: string | null
  readonly operation: number
  readonly permissionType: number
}

/** Versions 1 to 3. */
export interface DeleteAclsRequest {
  readonly filters: readonly DeleteAclsFilter[]
}

/** {@link DeleteAclsRequest} as it is encoded. */
export interface DeleteAclsRequestInput {
  readonly filters: readonly DeleteAclsFilterInput[]
}

function decodeDeleteAclsFilter(
  reader: Reader,
  _version: number,
  flexible: boolean,
): DeleteAclsFilter {
  const resourceTypeFilter = reader.int8()
  const resourceNameFilter = reader.nullableString(flexible)
  const patternTypeFilter = reader.int8()
  const principalFilter = reader.nullableString(flexible)
  const hostFilter = reader.nullableString(flexible)
  const operation = reader.int8()
  const permissionType = reader.int8()
  if (flexible) reader.skipTags()
  return {
    resourceTypeFilter,
    resourceNameFilter,
    patternTypeFilter,
    principalFilter,
    hostFilter,
    operation,
    permissionType,
  }
}

function decodeDeleteAclsRequest(reader: Reader, version: number): DeleteAclsRequest {
  assert(version >= 1 && version <= 3, 'a version of DeleteAclsRequest')
  const flexible = version >= 2
  const filters = reader.array(flexible, 8, version, decodeDeleteAclsFilter)
  if (flexible) reader.skipTags()
  return { filters }
}

function encodeDeleteAclsFilter(
  writer: Writer,
  _version: number,
  flexible: boolean,
  message: DeleteAclsFilterInput,
): void {
  const {
    resourceTypeFilter,
    resourceNameFilter,
    patternTypeFilter = 3,
    principalFilter,
    hostFilter,
    operation,
    permissionType,
  } = message
  writer.int8(resourceTypeFilter)
  writer.nullableString(flexible, resourceNameFilter)
  writer.int8(patternTypeFilter)
  writer.nullableString(flexible, principalFilter)
  writer.nullableString(flexible, hostFilter)
  writer.int8(operation)
  writer.int8(permissionType)
  if (flexible) writer.unsignedVarint(0)
}

function encodeDeleteAclsRequest(
  writer: Writer,
  version: number,
  message: DeleteAclsRequestInput,
): void {
  assert(version >= 1 && version <= 3, 'a version of DeleteAclsRequest')
  const flexible = version >= 2
  const { filters } = message
  writer.array(flexible, filters, version, encodeDeleteAclsFilter)
  if (flexible) writer.unsignedVarint(0)
}

/** Codec of {@link DeleteAclsRequest}. */
export const deleteAclsRequest: MessageCodec<DeleteAclsRequest, DeleteAclsRequestInput> = {
  name: 'DeleteAclsRequest',
  versionMin: 1,
  versionMax: 3,
  flexibleMin: 2,
  decode: decodeDeleteAclsRequest,
  encode: encodeDeleteAclsRequest,
}

/** Part of {@link DeleteAclsResponse}. */
export interface DeleteAclsMatchingAcl {
  readonly errorCode: number
  readonly errorMessage: string | null
  readonly resourceType: number
  readonly resourceName: string
  readonly patternType: number
  readonly principal: string
  readonly host: string
  readonly operation: number
  readonly permissionType: number
}

/** {@link DeleteAclsMatchingAcl} as it is encoded. */
export interface DeleteAclsMatchingAclInput {
  readonly errorCode: number
  readonly errorMessage: string | null
  readonly resourceType: number
  readonly resourceName: string
  readonly patternType?: number
  readonly principal: string
  readonly host: string
  readonly operation: number
  readonly permissionType: number
}

/** Part of {@link DeleteAclsResponse}. */
export interface DeleteAclsFilterResult {
  readonly errorCode: number
  readonly errorMessage: string | null
  readonly matchingAcls: readonly DeleteAclsMatchingAcl[]
}

/** {@link DeleteAclsFilterResult} as it is encoded. */
export interface DeleteAclsFilterResultInput {
  readonly errorCode: number
  readonly errorMessage: string | null
  readonly matchingAcls: readonly DeleteAclsMatchingAclInput[]
}

/** Versions 1 to 3. */
export interface DeleteAclsResponse {
  readonly throttleTimeMs: number
  readonly filterResults: readonly DeleteAclsFilterResult[]
}

/** {@link DeleteAclsResponse} as it is encoded. */
export interface DeleteAclsResponseInput {
  readonly throttleTimeMs: number
  readonly filterResults: readonly DeleteAclsFilterResultInput[]
}

function decodeDeleteAclsMatchingAcl(
  reader: Reader,
  _version: number,
  flexible: boolean,
): DeleteAclsMatchingAcl {
  const errorCode = reader.int16()
  const errorMessage = reader.nullableString(flexible)
  const resourceType = reader.int8()
  const resourceName = reader.string(flexible)
  const patternType = reader.int8()
  const principal = reader.string(flexible)
  const host = reader.string(flexible)
  const operation = reader.int8()
  const permissionType = reader.int8()
  if (flexible) reader.skipTags()
  return {
    errorCode,
    errorMessage,
    resourceType,
    resourceName,
    patternType,
    principal,
    host,
    operation,
    permissionType,
  }
}

function decodeDeleteAclsFilterResult(
  reader: Reader,
  version: number,
  flexible: boolean,
): DeleteAclsFilterResult {
  const errorCode = reader.int16()
  const errorMessage = reader.nullableString(flexible)
  const matchingAcls = reader.array(flexible, 11, version, decodeDeleteAclsMatchingAcl)
  if (flexible) reader.skipTags()
  return { errorCode, errorMessage, matchingAcls }
}

function decodeDeleteAclsResponse(reader: Reader, version: number): DeleteAclsResponse {
  assert(version >= 1 && version <= 3, 'a version of DeleteAclsResponse')
  const flexible = version >= 2
  const throttleTimeMs = reader.int32()
  const filterResults = reader.array(flexible, 5, version, decodeDeleteAclsFilterResult)
  if (flexible) reader.skipTags()
  return { throttleTimeMs, filterResults }
}

function encodeDeleteAclsMatchingAcl(
  writer: Writer,
  _version: number,
  flexible: boolean,
  message: DeleteAclsMatchingAclInput,
): void {
  const {
    errorCode,
    errorMessage,
    resourceType,
    resourceName,
    patternType = 3,
    principal,
    host,
    operation,
    permissionType,
  } = message
  writer.int16(errorCode)
  writer.nullableString(flexible, errorMessage)
  writer.int8(resourceType)
  writer.string(flexible, resourceName)
  writer.int8(patternType)
  writer.string(flexible, principal)
  writer.string(flexible, host)
  writer.int8(operation)
  writer.int8(permissionType)
  if (flexible) writer.unsignedVarint(0)
}

function encodeDeleteAclsFilterResult(
  writer: Writer,
  version: number,
  flexible: boolean,
  message: DeleteAclsFilterResultInput,
): void {
  const { errorCode, errorMessage, matchingAcls } = message
  writer.int16(errorCode)
  writer.nullableString(flexible, errorMessage)
  writer.array(flexible, matchingAcls, version, encodeDeleteAclsMatchingAcl)
  if (flexible) writer.unsignedVarint(0)
}

function encodeDeleteAclsResponse(
  writer: Writer,
  version: number,
  message: DeleteAclsResponseInput,
): void {
  assert(version >= 1 && version <= 3, 'a version of DeleteAclsResponse')
  const flexible = version >= 2
  const { throttleTimeMs, filterResults } = message
  writer.int32(throttleTimeMs)
  writer.array(flexible, filterResults, version, encodeDeleteAclsFilterResult)
  if (flexible) writer.unsignedVarint(0)
}

/** Codec of {@link DeleteAclsResponse}. */
export const deleteAclsResponse: MessageCodec<DeleteAclsResponse, DeleteAclsResponseInput> = {
  name: 'DeleteAclsResponse',
  versionMin: 1,
  versionMax: 3,
  flexibleMin: 2,
  decode: decodeDeleteAclsResponse,
  encode: encodeDeleteAclsResponse,
}

/** The DeleteAcls API. */
export const deleteAclsApi: Api<
  DeleteAclsRequest,
  DeleteAclsRequestInput,
  DeleteAclsResponse,
  DeleteAclsResponseInput
> = {
  key: 31,
  name: 'DeleteAcls',
  request: deleteAclsRequest,
  response: deleteAclsResponse,
}
