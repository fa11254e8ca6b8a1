// Generated from the schema by `npm run generate`; edit that instead.
import { assert } from '../../base/assert.ts'
import type { Api, MessageCodec } from '../codec.ts'
import { readInt8, writeInt8 } from '../primitives.ts'
import type { Reader } from '../reader.ts'
import type { Writer } from '../writer.ts'

/** Versions 0 to 1. */
export interface ListConfigResourcesRequest {
  /**
   * Version 1 only; 2 topic, 4 broker, 8 broker logger, 16 client metrics, 32 group; empty for all.
   */
  readonly resourceTypes: readonly number[]
}

/** {@link ListConfigResourcesRequest} as it is encoded. */
export interface ListConfigResourcesRequestInput {
  readonly resourceTypes?: readonly number[]
}

function decodeListConfigResourcesRequest(
  reader: Reader,
  version: number,
): ListConfigResourcesRequest {
  assert(version >= 0 && version <= 1, 'a version of ListConfigResourcesRequest')
  const resourceTypes = version === 1 ? reader.array(true, 1, version, readInt8) : []
  reader.skipTags()
  return { resourceTypes }
}

function encodeListConfigResourcesRequest(
  writer: Writer,
  version: number,
  message: ListConfigResourcesRequestInput,
): void {
  assert(version >= 0 && version <= 1, 'a version of ListConfigResourcesRequest')
  const { resourceTypes = [] } = message
  if (version === 1) writer.array(true, resourceTypes, version, writeInt8)
  else if (resourceTypes.length > 0)
    writer.unsupported('ListConfigResourcesRequest.resourceTypes', version)
  writer.unsignedVarint(0)
}

/** Codec of {@link ListConfigResourcesRequest}. */
export const listConfigResourcesRequest: MessageCodec<
  ListConfigResourcesRequest,
  ListConfigResourcesRequestInput
> = {
  name: 'ListConfigResourcesRequest',
  versionMin: 0,
  versionMax: 1,
  flexibleMin: 0,
  decode: decodeListConfigResourcesRequest,
  encode: encodeListConfigResourcesRequest,
}

/** Part of {@link ListConfigResourcesResponse}. */
export interface ListedConfigResource {
  readonly resourceName: string
  /** Version 1 only. */
  readonly resourceType: number
}

/** {@link ListedConfigResource} as it is encoded. */
export interface ListedConfigResourceInput {
  readonly resourceName: string
  readonly resourceType?: number
}

/** Versions 0 to 1. */
export interface ListConfigResourcesResponse {
  readonly throttleTimeMs: number
  readonly errorCode: number
  readonly configResources: readonly ListedConfigResource[]
}

/** {@link ListConfigResourcesResponse} as it is encoded. */
export interface ListConfigResourcesResponseInput {
  readonly throttleTimeMs: number
  readonly errorCode: number
  readonly configResources: readonly ListedConfigResourceInput[]
}

function decodeListedConfigResource(
  reader: Reader,
  version: number,
  _flexible: boolean,
): ListedConfigResource {
  const resourceName = reader.string(true)
  const resourceType = version === 1 ? reader.int8() : 16
  reader.skipTags()
  return { resourceName, resourceType }
}

function decodeListConfigResourcesResponse(
  reader: Reader,
  version: number,
): ListConfigResourcesResponse {
  assert(version >= 0 && version <= 1, 'a version of ListConfigResourcesResponse')
  const throttleTimeMs = reader.int32()
  const errorCode = reader.int16()
  const configResources = reader.array(true, 2, version, decodeListedConfigResource)
  reader.skipTags()
  return { throttleTimeMs, errorCode, configResources }
}

function encodeListedConfigResource(
  writer: Writer,
  version: number,
  _flexible: boolean,
  message: ListedConfigResourceInput,
): void {
  const { resourceName, resourceType = 16 } = message
  writer.string(true, resourceName)
  if (version === 1) writer.int8(resourceType)
  writer.unsignedVarint(0)
}

function encodeListConfigResourcesResponse(
  writer: Writer,
  version: number,
  message: ListConfigResourcesResponseInput,
): void {
  assert(version >= 0 && version <= 1, 'a version of ListConfigResourcesResponse')
  const { throttleTimeMs, errorCode, configResources } = message
  writer.int32(throttleTimeMs)
  writer.int16(errorCode)
  writer.array(true, configResources, version, encodeListedConfigResource)
  writer.unsignedVarint(0)
}

/** Codec of {@link ListConfigResourcesResponse}. */
export const listConfigResourcesResponse: MessageCodec<
  ListConfigResourcesResponse,
  ListConfigResourcesResponseInput
> = {
  name: 'ListConfigResourcesResponse',
  versionMin: 0,
  versionMax: 1,
  flexibleMin: 0,
  decode: decodeListConfigResourcesResponse,
  encode: encodeListConfigResourcesResponse,
}

/** The ListConfigResources API. */
export const listConfigResourcesApi: Api<
  ListConfigResourcesRequest,
  ListConfigResourcesRequestInput,
  ListConfigResourcesResponse,
  ListConfigResourcesResponseInput
> = {
  key: 74,
  name: 'ListConfigResources',
  request: listConfigResourcesRequest,
  response: listConfigResourcesResponse,
}
