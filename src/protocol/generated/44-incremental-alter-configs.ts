// Generated from the schema by `npm run generate`; edit that instead.
import { assert } from '../../base/assert.ts'
import type { Api, MessageCodec } from '../codec.ts'
import type { Reader } from '../reader.ts'
import type { Writer } from '../writer.ts'

/** Part of {@link IncrementalAlterConfigsRequest}. */
export interface AlterableConfig {
  readonly name: string
  /** 0 set, 1 delete, 2 append, 3 subtract. */
  readonly configOperation: number
  readonly value: string | null
}

/** Part of {@link IncrementalAlterConfigsRequest}. */
export interface AlterConfigsResource {
  /** 2 topic, 4 broker, 8 broker logger, 16 client metrics, 32 group. */
  readonly resourceType: number
  readonly resourceName: string
  readonly configs: readonly AlterableConfig[]
}

/** Versions 0 to 1. */
export interface IncrementalAlterConfigsRequest {
  readonly resources: readonly AlterConfigsResource[]
  readonly validateOnly: boolean
}

function decodeAlterableConfig(
  reader: Reader,
  _version: number,
  flexible: boolean,
): AlterableConfig {
  const name = reader.string(flexible)
  const configOperation = reader.int8()
  const value = reader.nullableString(flexible)
  if (flexible) reader.skipTags()
  return { name, configOperation, value }
}

function decodeAlterConfigsResource(
  reader: Reader,
  version: number,
  flexible: boolean,
): AlterConfigsResource {
  const resourceType = reader.int8()
  const resourceName = reader.string(flexible)
  const configs = reader.array(flexible, 4, version, decodeAlterableConfig)
  if (flexible) reader.skipTags()
  return { resourceType, resourceName, configs }
}

function decodeIncrementalAlterConfigsRequest(
  reader: Reader,
  version: number,
): IncrementalAlterConfigsRequest {
  assert(version >= 0 && version <= 1, 'a version of IncrementalAlterConfigsRequest')
  const flexible = version === 1
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
  const { name, configOperation, value } = message
  writer.string(flexible, name)
  writer.int8(configOperation)
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

function encodeIncrementalAlterConfigsRequest(
  writer: Writer,
  version: number,
  message: IncrementalAlterConfigsRequest,
): void {
  assert(version >= 0 && version <= 1, 'a version of IncrementalAlterConfigsRequest')
  const flexible = version === 1
  const { resources, validateOnly } = message
  writer.array(flexible, resources, version, encodeAlterConfigsResource)
  writer.bool(validateOnly)
  if (flexible) writer.unsignedVarint(0)
}

/** Codec of {@link IncrementalAlterConfigsRequest}. */
export const incrementalAlterConfigsRequest: MessageCodec<IncrementalAlterConfigsRequest> = {
  name: 'IncrementalAlterConfigsRequest',
  versionMin: 0,
  versionMax: 1,
  flexibleMin: 1,
  decode: decodeIncrementalAlterConfigsRequest,
  encode: encodeIncrementalAlterConfigsRequest,
}

/** Part of {@link IncrementalAlterConfigsResponse}. */
export interface AlterConfigsResourceResponse {
  readonly errorCode: number
  readonly errorMessage: string | null
  readonly resourceType: number
  readonly resourceName: string
}

/** Versions 0 to 1. */
export interface IncrementalAlterConfigsResponse {
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

function decodeIncrementalAlterConfigsResponse(
  reader: Reader,
  version: number,
): IncrementalAlterConfigsResponse {
  assert(version >= 0 && version <= 1, 'a version of IncrementalAlterConfigsResponse')
  const flexible = version === 1
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

function encodeIncrementalAlterConfigsResponse(
  writer: Writer,
  version: number,
  message: IncrementalAlterConfigsResponse,
): void {
  assert(version >= 0 && version <= 1, 'a version of IncrementalAlterConfigsResponse')
  const flexible = version === 1
  const { throttleTimeMs, responses } = message
  writer.int32(throttleTimeMs)
  writer.array(flexible, responses, version, encodeAlterConfigsResourceResponse)
  if (flexible) writer.unsignedVarint(0)
}

/** Codec of {@link IncrementalAlterConfigsResponse}. */
export const incrementalAlterConfigsResponse: MessageCodec<IncrementalAlterConfigsResponse> = {
  name: 'IncrementalAlterConfigsResponse',
  versionMin: 0,
  versionMax: 1,
  flexibleMin: 1,
  decode: decodeIncrementalAlterConfigsResponse,
  encode: encodeIncrementalAlterConfigsResponse,
}

/** The IncrementalAlterConfigs API. */
export const incrementalAlterConfigsApi: Api<
  IncrementalAlterConfigsRequest,
  IncrementalAlterConfigsRequest,
  IncrementalAlterConfigsResponse,
  IncrementalAlterConfigsResponse
> = {
  key: 44,
  name: 'IncrementalAlterConfigs',
  request: incrementalAlterConfigsRequest,
  response: incrementalAlterConfigsResponse,
}
