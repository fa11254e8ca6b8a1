// Generated from the schema by `npm run generate`; edit that instead.
import { assert } from '../../base/assert.ts'
import type { Api, MessageCodec } from '../codec.ts'
import { readString, writeString } from '../primitives.ts'
import type { Reader } from '../reader.ts'
import type { Writer } from '../writer.ts'

/** Part of {@link DescribeConfigsRequest}. */
export interface DescribeConfigsResource {
  /** 2 topic, 4 broker, 8 broker logger, 16 client metrics, 32 group. */
  readonly resourceType: number
  readonly resourceName: string
  /** Null for all. */
  readonly configurationKeys: readonly string[] | null
}

/** Versions 1 to 4. */
export interface DescribeConfigsRequest {
  readonly resources: readonly DescribeConfigsResource[]
  readonly includeSynonyms: boolean
  /** From version 3. */
  readonly includeDocumentation: boolean
}

/** {@link DescribeConfigsRequest} as it is encoded. */
export interface DescribeConfigsRequestInput {
  readonly resources: readonly DescribeConfigsResource[]
  readonly includeSynonyms?: boolean
  readonly includeDocumentation?: boolean
}

function decodeDescribeConfigsResource(
  reader: Reader,
  version: number,
  flexible: boolean,
): DescribeConfigsResource {
  const resourceType = reader.int8()
  const resourceName = reader.string(flexible)
  const configurationKeys = reader.nullableArray(flexible, 1, version, readString)
  if (flexible) reader.skipTags()
  return { resourceType, resourceName, configurationKeys }
}

function decodeDescribeConfigsRequest(reader: Reader, version: number): DescribeConfigsRequest {
  assert(version >= 1 && version <= 4, 'a version of DescribeConfigsRequest')
  const flexible = version === 4
  const resources = reader.array(flexible, 4, version, decodeDescribeConfigsResource)
  const includeSynonyms = reader.bool()
  const includeDocumentation = version >= 3 ? reader.bool() : false
  if (flexible) reader.skipTags()
  return { resources, includeSynonyms, includeDocumentation }
}

function encodeDescribeConfigsResource(
  writer: Writer,
  version: number,
  flexible: boolean,
  message: DescribeConfigsResource,
): void {
  const { resourceType, resourceName, configurationKeys } = message
  writer.int8(resourceType)
  writer.string(flexible, resourceName)
  writer.nullableArray(flexible, configurationKeys, version, writeString)
  if (flexible) writer.unsignedVarint(0)
}

function encodeDescribeConfigsRequest(
  writer: Writer,
  version: number,
  message: DescribeConfigsRequestInput,
): void {
  assert(version >= 1 && version <= 4, 'a version of DescribeConfigsRequest')
  const flexible = version === 4
  const { resources, includeSynonyms = false, includeDocumentation = false } = message
  writer.array(flexible, resources, version, encodeDescribeConfigsResource)
  writer.bool(includeSynonyms)
  if (version >= 3) writer.bool(includeDocumentation)
  else if (includeDocumentation)
    writer.unsupported('DescribeConfigsRequest.includeDocumentation', version)
  if (flexible) writer.unsignedVarint(0)
}

/** Codec of {@link DescribeConfigsRequest}. */
export const describeConfigsRequest: MessageCodec<
  DescribeConfigsRequest,
  DescribeConfigsRequestInput
> = {
  name: 'DescribeConfigsRequest',
  versionMin: 1,
  versionMax: 4,
  flexibleMin: 4,
  decode: decodeDescribeConfigsRequest,
  encode: encodeDescribeConfigsRequest,
}

/** Part of {@link DescribeConfigsResponse}. */
export interface DescribeConfigsSynonym {
  readonly name: string
  readonly value: string | null
  readonly source: number
}

/** Part of {@link DescribeConfigsResponse}. */
export interface DescribeConfigsResourceResult {
  readonly name: string
  readonly value: string | null
  readonly readOnly: boolean
  /** 1 topic, 2 broker, 3 cluster, 4 file, 5 default, 6 logger, 7 metrics, 8 group. */
  readonly configSource: number
  readonly isSensitive: boolean
  /** Where the value may come from, the winner first. */
  readonly synonyms: readonly DescribeConfigsSynonym[]
  /** From version 3; 1 to 9: boolean, string, int, short, long, double, list, class, password. */
  readonly configType: number
  /** From version 3. */
  readonly documentation: string | null
}

/** {@link DescribeConfigsResourceResult} as it is encoded. */
export interface DescribeConfigsResourceResultInput {
  readonly name: string
  readonly value: string | null
  readonly readOnly: boolean
  readonly configSource?: number
  readonly isSensitive: boolean
  readonly synonyms?: readonly DescribeConfigsSynonym[]
  readonly configType?: number
  readonly documentation?: string | null
}

/** Part of {@link DescribeConfigsResponse}. */
export interface DescribeConfigsResult {
  readonly errorCode: number
  readonly errorMessage: string | null
  readonly resourceType: number
  readonly resourceName: string
  readonly configs: readonly DescribeConfigsResourceResult[]
}

/** {@link DescribeConfigsResult} as it is encoded. */
export interface DescribeConfigsResultInput {
  readonly errorCode: number
  readonly errorMessage: string | null
  readonly resourceType: number
  readonly resourceName: string
  readonly configs: readonly DescribeConfigsResourceResultInput[]
}

/** Versions 1 to 4. */
export interface DescribeConfigsResponse {
  readonly throttleTimeMs: number
  readonly results: readonly DescribeConfigsResult[]
}

/** {@link DescribeConfigsResponse} as it is encoded. */
export interface DescribeConfigsResponseInput {
  readonly throttleTimeMs: number
  readonly results: readonly DescribeConfigsResultInput[]
}

function decodeDescribeConfigsSynonym(
  reader: Reader,
  _version: number,
  flexible: boolean,
): DescribeConfigsSynonym {
  const name = reader.string(flexible)
  const value = reader.nullableString(flexible)
  const source = reader.int8()
  if (flexible) reader.skipTags()
  return { name, value, source }
}

function decodeDescribeConfigsResourceResult(
  reader: Reader,
  version: number,
  flexible: boolean,
): DescribeConfigsResourceResult {
  const name = reader.string(flexible)
  const value = reader.nullableString(flexible)
  const readOnly = reader.bool()
  const configSource = reader.int8()
  const isSensitive = reader.bool()
  const synonyms = reader.array(flexible, 4, version, decodeDescribeConfigsSynonym)
  const configType = version >= 3 ? reader.int8() : 0
  const documentation = version >= 3 ? reader.nullableString(flexible) : null
  if (flexible) reader.skipTags()
  return { name, value, readOnly, configSource, isSensitive, synonyms, configType, documentation }
}

function decodeDescribeConfigsResult(
  reader: Reader,
  version: number,
  flexible: boolean,
): DescribeConfigsResult {
  const errorCode = reader.int16()
  const errorMessage = reader.nullableString(flexible)
  const resourceType = reader.int8()
  const resourceName = reader.string(flexible)
  const configs = reader.array(flexible, 9, version, decodeDescribeConfigsResourceResult)
  if (flexible) reader.skipTags()
  return { errorCode, errorMessage, resourceType, resourceName, configs }
}

function decodeDescribeConfigsResponse(reader: Reader, version: number): DescribeConfigsResponse {
  assert(version >= 1 && version <= 4, 'a version of DescribeConfigsResponse')
  const flexible = version === 4
  const throttleTimeMs = reader.int32()
  const results = reader.array(flexible, 7, version, decodeDescribeConfigsResult)
  if (flexible) reader.skipTags()
  return { throttleTimeMs, results }
}

function encodeDescribeConfigsSynonym(
  writer: Writer,
  _version: number,
  flexible: boolean,
  message: DescribeConfigsSynonym,
): void {
  const { name, value, source } = message
  writer.string(flexible, name)
  writer.nullableString(flexible, value)
  writer.int8(source)
  if (flexible) writer.unsignedVarint(0)
}

function encodeDescribeConfigsResourceResult(
  writer: Writer,
  version: number,
  flexible: boolean,
  message: DescribeConfigsResourceResultInput,
): void {
  const {
    name,
    value,
    readOnly,
    configSource = -1,
    isSensitive,
    synonyms = [],
    configType = 0,
    documentation = null,
  } = message
  writer.string(flexible, name)
  writer.nullableString(flexible, value)
  writer.bool(readOnly)
  writer.int8(configSource)
  writer.bool(isSensitive)
  writer.array(flexible, synonyms, version, encodeDescribeConfigsSynonym)
  if (version >= 3) writer.int8(configType)
  if (version >= 3) writer.nullableString(flexible, documentation)
  if (flexible) writer.unsignedVarint(0)
}

function encodeDescribeConfigsResult(
  writer: Writer,
  version: number,
  flexible: boolean,
  message: DescribeConfigsResultInput,
): void {
  const { errorCode, errorMessage, resourceType, resourceName, configs } = message
  writer.int16(errorCode)
  writer.nullableString(flexible, errorMessage)
  writer.int8(resourceType)
  writer.string(flexible, resourceName)
  writer.array(flexible, configs, version, encodeDescribeConfigsResourceResult)
  if (flexible) writer.unsignedVarint(0)
}

function encodeDescribeConfigsResponse(
  writer: Writer,
  version: number,
  message: DescribeConfigsResponseInput,
): void {
  assert(version >= 1 && version <= 4, 'a version of DescribeConfigsResponse')
  const flexible = version === 4
  const { throttleTimeMs, results } = message
  writer.int32(throttleTimeMs)
  writer.array(flexible, results, version, encodeDescribeConfigsResult)
  if (flexible) writer.unsignedVarint(0)
}

/** Codec of {@link DescribeConfigsResponse}. */
export const describeConfigsResponse: MessageCodec<
  DescribeConfigsResponse,
  DescribeConfigsResponseInput
> = {
  name: 'DescribeConfigsResponse',
  versionMin: 1,
  versionMax: 4,
  flexibleMin: 4,
  decode: decodeDescribeConfigsResponse,
  encode: encodeDescribeConfigsResponse,
}

/** The DescribeConfigs API. */
export const describeConfigsApi: Api<
  DescribeConfigsRequest,
  DescribeConfigsRequestInput,
  DescribeConfigsResponse,
  DescribeConfigsResponseInput
> = {
  key: 32,
  name: 'DescribeConfigs',
  request: describeConfigsRequest,
  response: describeConfigsResponse,
}
