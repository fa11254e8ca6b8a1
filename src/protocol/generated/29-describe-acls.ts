// Generated from the schema by `npm run generate`; edit that instead.
import { assert } from '../../base/assert.ts'
import type { Api, MessageCodec } from '../codec.ts'
import type { Reader } from '../reader.ts'
import type { Writer } from '../writer.ts'

/** Versions 1 to 3. */
export interface DescribeAclsRequest {
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

/** {@link DescribeAclsRequest} as it is encoded. */
export interface DescribeAclsRequestInput {
  readonly resourceTypeFilter: number
  readonly resourceNameFilter: string | null
  readonly patternTypeFilter?: number
  readonly principalFilter: string | null
  readonly hostFilter: string | null
  readonly operation: number
  readonly permissionType: number
}

function decodeDescribeAclsRequest(reader: Reader, version: number): DescribeAclsRequest {
  assert(version >= 1 && version <= 3, 'a version of DescribeAclsRequest')
  const flexible = version >= 2
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

function encodeDescribeAclsRequest(
  writer: Writer,
  version: number,
  message: DescribeAclsRequestInput,
): void {
  assert(version >= 1 && version <= 3, 'a version of DescribeAclsRequest')
  const flexible = version >= 2
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

/** Codec of {@link DescribeAclsRequest}. */
export const describeAclsRequest: MessageCodec<DescribeAclsRequest, DescribeAclsRequestInput> = {
  name: 'DescribeAclsRequest',
  versionMin: 1,
  versionMax: 3,
  flexibleMin: 2,
  decode: decodeDescribeAclsRequest,
  encode: encodeDescribeAclsRequest,
}

/** Part of {@link DescribeAclsResponse}. */
export interface AclDescription {
  readonly principal: string
  readonly host: string
  readonly operation: number
  readonly permissionType: number
}

/** Part of {@link DescribeAclsResponse}. */
export interface DescribeAclsResource {
  readonly resourceType: number
  readonly resourceName: string
  readonly patternType: number
  readonly acls: readonly AclDescription[]
}

/** {@link DescribeAclsResource} as it is encoded. */
export interface DescribeAclsResourceInput {
  readonly resourceType: number
  readonly resourceName: string
  readonly patternType?: number
  readonly acls: readonly AclDescription[]
}

/** Versions 1 to 3. */
export interface DescribeAclsResponse {
  readonly throttleTimeMs: number
  readonly errorCode: number
  readonly errorMessage: string | null
  readonly resources: readonly DescribeAclsResource[]
}

/** {@link DescribeAclsResponse} as it is encoded. */
export interface DescribeAclsResponseInput {
  readonly throttleTimeMs: number
  readonly errorCode: number
  readonly errorMessage: string | null
  readonly resources: readonly DescribeAclsResourceInput[]
}

function decodeAclDescription(reader: Reader, _version: number, flexible: boolean): AclDescription {
  const principal = reader.string(flexible)
  const host = reader.string(flexible)
  const operation = reader.int8()
  const permissionType = reader.int8()
  if (flexible) reader.skipTags()
  return { principal, host, operation, permissionType }
}

function decodeDescribeAclsResource(
  reader: Reader,
  version: number,
  flexible: boolean,
): DescribeAclsResource {
  const resourceType = reader.int8()
  const resourceName = reader.string(flexible)
  const patternType = reader.int8()
  const acls = reader.array(flexible, 5, version, decodeAclDescription)
  if (flexible) reader.skipTags()
  return { resourceType, resourceName, patternType, acls }
}

function decodeDescribeAclsResponse(reader: Reader, version: number): DescribeAclsResponse {
  assert(version >= 1 && version <= 3, 'a version of DescribeAclsResponse')
  const flexible = version >= 2
  const throttleTimeMs = reader.int32()
  const errorCode = reader.int16()
  const errorMessage = reader.nullableString(flexible)
  const resources = reader.array(flexible, 5, version, decodeDescribeAclsResource)
  if (flexible) reader.skipTags()
  return { throttleTimeMs, errorCode, errorMessage, resources }
}

function encodeAclDescription(
  writer: Writer,
  _version: number,
  flexible: boolean,
  message: AclDescription,
): void {
  const { principal, host, operation, permissionType } = message
  writer.string(flexible, principal)
  writer.string(flexible, host)
  writer.int8(operation)
  writer.int8(permissionType)
  if (flexible) writer.unsignedVarint(0)
}

function encodeDescribeAclsResource(
  writer: Writer,
  version: number,
  flexible: boolean,
  message: DescribeAclsResourceInput,
): void {
  const { resourceType, resourceName, patternType = 3, acls } = message
  writer.int8(resourceType)
  writer.string(flexible, resourceName)
  writer.int8(patternType)
  writer.array(flexible, acls, version, encodeAclDescription)
  if (flexible) writer.unsignedVarint(0)
}

function encodeDescribeAclsResponse(
  writer: Writer,
  version: number,
  message: DescribeAclsResponseInput,
): void {
  assert(version >= 1 && version <= 3, 'a version of DescribeAclsResponse')
  const flexible = version >= 2
  const { throttleTimeMs, errorCode, errorMessage, resources } = message
  writer.int32(throttleTimeMs)
  writer.int16(errorCode)
  writer.nullableString(flexible, errorMessage)
  writer.array(flexible, resources, version, encodeDescribeAclsResource)
  if (flexible) writer.unsignedVarint(0)
}

/** Codec of {@link DescribeAclsResponse}. */
export const describeAclsResponse: MessageCodec<DescribeAclsResponse, DescribeAclsResponseInput> = {
  name: 'DescribeAclsResponse',
  versionMin: 1,
  versionMax: 3,
  flexibleMin: 2,
  decode: decodeDescribeAclsResponse,
  encode: encodeDescribeAclsResponse,
}

/** The DescribeAcls API. */
export const describeAclsApi: Api<
  DescribeAclsRequest,
  DescribeAclsRequestInput,
  DescribeAclsResponse,
  DescribeAclsResponseInput
> = {
  key: 29,
  name: 'DescribeAcls',
  request: describeAclsRequest,
  response: describeAclsResponse,
}
