// Generated from the schema by `npm run generate`; edit that instead.
import { assert } from '../../base/assert.ts'
import type { Api, MessageCodec } from '../codec.ts'
import type { Reader } from '../reader.ts'
import type { Writer } from '../writer.ts'

/** Part of {@link AlterConfigsRequest}. */
export interface AlterableConfig {
  readonly name: string
  readonly value: string | null
}

/** Part of {@link AlterConfigsRequest}. */
export interface AlterConfigsResource {
  /** 2 topic, 4 broker, 8 broker logger, 16 client metrics, 32 group. */
  readonly resourceType: number
  readonly resourceName: string
  /** All that the resource is to have; what is not named goes. */
  readonly configs: readonly AlterableConfig[]
}

/** Versions 0 to 2. */
export interface AlterConfigsRequest {
  readonly resources: readonly AlterConfigsResource[]
  readonly validateOnly: boolean
}

function decodeAlterableConfig(
  reader: Reader,
  _version: number,
  flexible: boolean,
): AlterableConfig {
  const name = reader.string(flexible)
  const value = reader.nullableString(flexible)
  if (flexible) reader.skipTags()
  return { name, value }
}

function decodeAlterConfigsResource(
  reader: Reader,
  version: number,
  flexible: boolean,
): AlterConfigsResource {
  const resourceType = reader.int8()
  const resourceName = reader.string(flexible)
  const configs = reader.array(flexible, 3, version, decodeAlterableConfig)
  if (flexible) reader.skipTags()
  return { resourceType, resourceName, configs }
}

function decodeAlterConfigsRequest(reader: Reader, version: number): AlterConfigsRequest {
  assert(version >= 0 && version <= 2, 'a version of AlterConfigsRequest')
  const flexible = version === 2
  const resources = reader.array(flexible, 4, version, decodeAlterConfigsResource)
  const validateOnly = reader.bool()
  if (flexible) reader.skipTags()
  return { resources, validateOnly }
}

function encodeAlterableConfig(
  writer: Writer,
  _version: number,
  flexible: boolean,
  message: AlterableConfig,
): void {
  const { name, value } = message
  writer.string(flexible, name)
  writer.nullableString(flexible, value)
  if (flexible) writer.unsignedVarint(0)
}

function encodeAlterConfigsResource(
  writer: Writer,
  version: number,
  flexible: boolean,
  message: AlterConfigsResource,
): void {
  const { resourceType, resourceName, configs } = message
  writer.int8(resourceType)
  writer.string(flexible, resourceName)
  writer.array(flexible, configs, version, encodeAlterableConfig)
  if (flexible) writer.unsignedVarint(0)
}

function encodeAlterConfigsRequest(
  writer: Writer,
  version: number,
  message: AlterConfigsRequest,
): void {
  assert(version >= 0 && version <= 2, 'a version of AlterConfigsRequest')
  const flexible = version === 2
  const { resources, validateOnly } = message
  writer.array(flexible, resources, version, encodeAlterConfigsResource)
  writer.bool(validateOnly)
  if (flexible) writer.unsignedVarint(0)
}

/** Codec of {@link AlterConfigsRequest}. */
export const alterConfigsRequest: MessageCodec<AlterConfigsRequest> = {
  name: 'AlterConfigsRequest',
  versionMin: 0,
  versionMax: 2,
  flexibleMin: 2,
  decode: decodeAlterConfigsRequest,
  encode: encodeAlterConfigsRequest,
}

/** Part of {@link AlterConfigsResponse}. */
export interface AlterConfigsResourceResponse {
  readonly errorCode: number
  readonly errorMessage: string | null
  readonly resourceType: number
  readonly resourceName: string
}

/** Versions 0 to 2. */
export interface AlterConfigsResponse {
  readonly throttleTimeMs: number
  readonly responses: readonly AlterConfigsResourceResponse[]
}

function decodeAlterConfigsResourceResponse(
  reader: Reader,
  _version: number,
  flexible: boolean,
): AlterConfigsResourceResponse {
  const errorCode = reader.int16()
  const errorMessage = reader.nullableString(flexible)
  const resourceType = reader.int8()
  const resourceName = reader.string(flexible)
  if (flexible) reader.skipTags()
  return { errorCode, errorMessage, resourceType, resourceName }
}

function decodeAlterConfigsResponse(reader: Reader, version: number): AlterConfigsResponse {
  assert(version >= 0 && version <= 2, 'a version of AlterConfigsResponse')
  const flexible = version === 2
  const throttleTimeMs = reader.int32()
  const responses = reader.array(flexible, 6, version, decodeAlterConfigsResourceResponse)
  if (flexible) reader.skipTags()
  return { throttleTimeMs, responses }
}

function encodeAlterConfigsResourceResponse(
  writer: Writer,
  _version: number,
  flexible: boolean,
  message: AlterConfigsResourceResponse,
): void {
  const { errorCode, errorMessage, resourceType, resourceName } = message
  writer.int16(errorCode)
  writer.nullableString(flexible, errorMessage)
  writer.int8(resourceType)
  writer.string(flexible, resourceName)
  if (flexible) writer.unsignedVarint(0)
}

function encodeAlterConfigsResponse(
  writer: Writer,
  version: number,
  message: AlterConfigsResponse,
): void {
  assert(version >= 0 && version <= 2, 'a version of AlterConfigsResponse')
  const flexible = version === 2
  const { throttleTimeMs, responses } = message
  writer.int32(throttleTimeMs)
  writer.array(flexible, responses, version, encodeAlterConfigsResourceResponse)
  if (flexible) writer.unsignedVarint(0)
}

/** Codec of {@link AlterConfigsResponse}. */
export const alterConfigsResponse: MessageCodec<AlterConfigsResponse> = {
  name: 'AlterConfigsResponse',
  versionMin: 0,
  versionMax: 2,
  flexibleMin: 2,
  decode: decodeAlterConfigsResponse,
  encode: encodeAlterConfigsResponse,
}

/** The AlterConfigs API. */
export const alterConfigsApi: Api<
  AlterConfigsRequest,
  AlterConfigsRequest,
  AlterConfigsResponse,
  AlterConfigsResponse
> = {
  key: 33,
  name: 'AlterConfigs',
  request: alterConfigsRequest,
  response: alterConfigsResponse,
}
