// Generated from the schema by `npm run generate`; edit that instead.
import { assert } from '../../base/assert.ts'
import type { Api, MessageCodec } from '../codec.ts'
import type { Reader } from '../reader.ts'
import type { Writer } from '../writer.ts'

/** Part of {@link CreateAclsRequest}. */
export interface AclCreation {
  /** 1 any, 2 topic, 3 group, 4 cluster, 5 transactional id, 6 token, 7 user. */
  readonly resourceType: number
  readonly resourceName: string
  /** 3 literal, 4 prefixed. */
  readonly resourcePatternType: number
  readonly principal: string
  readonly host: string
  readonly operation: number
  /** 2 deny, 3 allow. */
  readonly permissionType: number
}

/** {@link AclCreation} as it is encoded. */
export interface AclCreationInput {
  readonly resourceType: number
  readonly resourceName: string
  readonly resourcePatternType?: number
  readonly principal: string
  readonly host: string
  readonly operation: number
  readonly permissionType: number
}

/** Versions 1 to 3. */
export interface CreateAclsRequest {
  readonly creations: readonly AclCreation[]
}

/** {@link CreateAclsRequest} as it is encoded. */
export interface CreateAclsRequestInput {
  readonly creations: readonly AclCreationInput[]
}

function decodeAclCreation(reader: Reader, _version: number, flexible: boolean): AclCreation {
  const resourceType = reader.int8()
  const resourceName = reader.string(flexible)
  const resourcePatternType = reader.int8()
  const principal = reader.string(flexible)
  const host = reader.string(flexible)
  const operation = reader.int8()
  const permissionType = reader.int8()
  if (flexible) reader.skipTags()
  return {
    resourceType,
    resourceName,
    resourcePatternType,
    principal,
    host,
    operation,
    permissionType,
  }
}

function decodeCreateAclsRequest(reader: Reader, version: number): CreateAclsRequest {
  assert(version >= 1 && version <= 3, 'a version of CreateAclsRequest')
  const flexible = version >= 2
  const creations = reader.array(flexible, 8, version, decodeAclCreation)
  if (flexible) reader.skipTags()
  return { creations }
}

function encodeAclCreation(
  writer: Writer,
  _version: number,
  flexible: boolean,
  message: AclCreationInput,
): void {
  const {
    resourceType,
    resourceName,
    resourcePatternType = 3,
    principal,
    host,
    operation,
    permissionType,
  } = message
  writer.int8(resourceType)
  writer.string(flexible, resourceName)
  writer.int8(resourcePatternType)
  writer.string(flexible, principal)
  writer.string(flexible, host)
  writer.int8(operation)
  writer.int8(permissionType)
  if (flexible) writer.unsignedVarint(0)
}

function encodeCreateAclsRequest(
  writer: Writer,
  version: number,
  message: CreateAclsRequestInput,
): void {
  assert(version >= 1 && version <= 3, 'a version of CreateAclsRequest')
  const flexible = version >= 2
  const { creations } = message
  writer.array(flexible, creations, version, encodeAclCreation)
  if (flexible) writer.unsignedVarint(0)
}

/** Codec of {@link CreateAclsRequest}. */
export const createAclsRequest: MessageCodec<CreateAclsRequest, CreateAclsRequestInput> = {
  name: 'CreateAclsRequest',
  versionMin: 1,
  versionMax: 3,
  flexibleMin: 2,
  decode: decodeCreateAclsRequest,
  encode: encodeCreateAclsRequest,
}

/** Part of {@link CreateAclsResponse}. */
export interface AclCreationResult {
  readonly errorCode: number
  readonly errorMessage: string | null
}

/** Versions 1 to 3. */
export interface CreateAclsResponse {
  readonly throttleTimeMs: number
  readonly results: readonly AclCreationResult[]
}

function decodeAclCreationResult(
  reader: Reader,
  _version: number,
  flexible: boolean,
): AclCreationResult {
  const errorCode = reader.int16()
  const errorMessage = reader.nullableString(flexible)
  if (flexible) reader.skipTags()
  return { errorCode, errorMessage }
}

function decodeCreateAclsResponse(reader: Reader, version: number): CreateAclsResponse {
  assert(version >= 1 && version <= 3, 'a version of CreateAclsResponse')
  const flexible = version >= 2
  const throttleTimeMs = reader.int32()
  const results = reader.array(flexible, 4, version, decodeAclCreationResult)
  if (flexible) reader.skipTags()
  return { throttleTimeMs, results }
}

function encodeAclCreationResult(
  writer: Writer,
  _version: number,
  flexible: boolean,
  message: AclCreationResult,
): void {
  const { errorCode, errorMessage } = message
  writer.int16(errorCode)
  writer.nullableString(flexible, errorMessage)
  if (flexible) writer.unsignedVarint(0)
}

function encodeCreateAclsResponse(
  writer: Writer,
  version: number,
  message: CreateAclsResponse,
): void {
  assert(version >= 1 && version <= 3, 'a version of CreateAclsResponse')
  const flexible = version >= 2
  const { throttleTimeMs, results } = message
  writer.int32(throttleTimeMs)
  writer.array(flexible, results, version, encodeAclCreationResult)
  if (flexible) writer.unsignedVarint(0)
}

/** Codec of {@link CreateAclsResponse}. */
export const createAclsResponse: MessageCodec<CreateAclsResponse> = {
  name: 'CreateAclsResponse',
  versionMin: 1,
  versionMax: 3,
  flexibleMin: 2,
  decode: decodeCreateAclsResponse,
  encode: encodeCreateAclsResponse,
}

/** The CreateAcls API. */
export const createAclsApi: Api<
  CreateAclsRequest,
  CreateAclsRequestInput,
  CreateAclsResponse,
  CreateAclsResponse
> = {
  key: 30,
  name: 'CreateAcls',
  request: createAclsRequest,
  response: createAclsResponse,
}
