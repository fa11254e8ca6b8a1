// Generated from the schema by `npm run generate`; edit that instead.
import { assert } from '../../base/assert.ts'
import type { Api, MessageCodec } from '../codec.ts'
import type { Reader } from '../reader.ts'
import type { Writer } from '../writer.ts'

/** Part of {@link DescribeClientQuotasRequest}. */
export interface DescribeClientQuotasComponent {
  /** User, client-id or ip. */
  readonly entityType: string
  /** 0 exact name, 1 default name, 2 any name. */
  readonly matchType: number
  /** The name; null unless it is to match exactly. */
  readonly match: string | null
}

/** Versions 0 to 1. */
export interface DescribeClientQuotasRequest {
  readonly components: readonly DescribeClientQuotasComponent[]
  /** Whether entities with further types are left out. */
  readonly strict: boolean
}

function decodeDescribeClientQuotasComponent(
  reader: Reader,
  _version: number,
  flexible: boolean,
): DescribeClientQuotasComponent {
  const entityType = reader.string(flexible)
  const matchType = reader.int8()
  const match = reader.nullableString(flexible)
  if (flexible) reader.skipTags()
  return { entityType, matchType, match }
}

function decodeDescribeClientQuotasRequest(
  reader: Reader,
  version: number,
): DescribeClientQuotasRequest {
  assert(version >= 0 && version <= 1, 'a version of DescribeClientQuotasRequest')
  const flexible = version === 1
  const components = reader.array(flexible, 4, version, decodeDescribeClientQuotasComponent)
  const strict = reader.bool()
  if (flexible) reader.skipTags()
  return { components, strict }
}

function encodeDescribeClientQuotasComponent(
  writer: Writer,
  _version: number,
  flexible: boolean,
  message: DescribeClientQuotasComponent,
): void {
  const { entityType, matchType, match } = message
  writer.string(flexible, entityType)
  writer.int8(matchType)
  writer.nullableString(flexible, match)
  if (flexible) writer.unsignedVarint(0)
}

function encodeDescribeClientQuotasRequest(
  writer: Writer,
  version: number,
  message: DescribeClientQuotasRequest,
): void {
  assert(version >= 0 && version <= 1, 'a version of DescribeClientQuotasRequest')
  const flexible = version === 1
  const { components, strict } = message
  writer.array(flexible, components, version, encodeDescribeClientQuotasComponent)
  writer.bool(strict)
  if (flexible) writer.unsignedVarint(0)
}

/** Codec of {@link DescribeClientQuotasRequest}. */
export const describeClientQuotasRequest: MessageCodec<DescribeClientQuotasRequest> = {
  name: 'DescribeClientQuotasRequest',
  versionMin: 0,
  versionMax: 1,
  flexibleMin: 1,
  decode: decodeDescribeClientQuotasRequest,
  encode: encodeDescribeClientQuotasRequest,
}

/** Part of {@link DescribeClientQuotasResponse}. */
export interface DescribeClientQuotasEntity {
  readonly entityType: string
  /** Null for the default. */
  readonly entityName: string | null
}

/** Part of {@link DescribeClientQuotasResponse}. */
export interface DescribeClientQuotasValue {
  readonly key: string
  readonly value: number
}

/** Part of {@link DescribeClientQuotasResponse}. */
export interface DescribeClientQuotasEntry {
  readonly entity: readonly DescribeClientQuotasEntity[]
  readonly values: readonly DescribeClientQuotasValue[]
}

/** Versions 0 to 1. */
export interface DescribeClientQuotasResponse {
  readonly throttleTimeMs: number
  readonly errorCode: number
  readonly errorMessage: string | null
  readonly entries: readonly DescribeClientQuotasEntry[] | null
}

function decodeDescribeClientQuotasEntity(
  reader: Reader,
  _version: number,
  flexible: boolean,
): DescribeClientQuotasEntity {
  const entityType = reader.string(flexible)
  const entityName = reader.nullableString(flexible)
  if (flexible) reader.skipTags()
  return { entityType, entityName }
}

function decodeDescribeClientQuotasValue(
  reader: Reader,
  _version: number,
  flexible: boolean,
): DescribeClientQuotasValue {
  const key = reader.string(flexible)
  const value = reader.float64()
  if (flexible) reader.skipTags()
  return { key, value }
}

function decodeDescribeClientQuotasEntry(
  reader: Reader,
  version: number,
  flexible: boolean,
): DescribeClientQuotasEntry {
  const entity = reader.array(flexible, 3, version, decodeDescribeClientQuotasEntity)
  const values = reader.array(flexible, 10, version, decodeDescribeClientQuotasValue)
  if (flexible) reader.skipTags()
  return { entity, values }
}

function decodeDescribeClientQuotasResponse(
  reader: Reader,
  version: number,
): DescribeClientQuotasResponse {
  assert(version >= 0 && version <= 1, 'a version of DescribeClientQuotasResponse')
  const flexible = version === 1
  const throttleTimeMs = reader.int32()
  const errorCode = reader.int16()
  const errorMessage = reader.nullableString(flexible)
  const entries = reader.nullableArray(flexible, 3, version, decodeDescribeClientQuotasEntry)
  if (flexible) reader.skipTags()
  return { throttleTimeMs, errorCode, errorMessage, entries }
}

function encodeDescribeClientQuotasEntity(
  writer: Writer,
  _version: number,
  flexible: boolean,
  message: DescribeClientQuotasEntity,
): void {
  const { entityType, entityName } = message
  writer.string(flexible, entityType)
  writer.nullableString(flexible, entityName)
  if (flexible) writer.unsignedVarint(0)
}

function encodeDescribeClientQuotasValue(
  writer: Writer,
  _version: number,
  flexible: boolean,
  message: DescribeClientQuotasValue,
): void {
  const { key, value } = message
  writer.string(flexible, key)
  writer.float64(value)
  if (flexible) writer.unsignedVarint(0)
}

function encodeDescribeClientQuotasEntry(
  writer: Writer,
  version: number,
  flexible: boolean,
  message: DescribeClientQuotasEntry,
): void {
  const { entity, values } = message
  writer.array(flexible, entity, version, encodeDescribeClientQuotasEntity)
  writer.array(flexible, values, version, encodeDescribeClientQuotasValue)
  if (flexible) writer.unsignedVarint(0)
}

function encodeDescribeClientQuotasResponse(
  writer: Writer,
  version: number,
  message: DescribeClientQuotasResponse,
): void {
  assert(version >= 0 && version <= 1, 'a version of DescribeClientQuotasResponse')
  const flexible = version === 1
  const { throttleTimeMs, errorCode, errorMessage, entries } = message
  writer.int32(throttleTimeMs)
  writer.int16(errorCode)
  writer.nullableString(flexible, errorMessage)
  writer.nullableArray(flexible, entries, version, encodeDescribeClientQuotasEntry)
  if (flexible) writer.unsignedVarint(0)
}

/** Codec of {@link DescribeClientQuotasResponse}. */
export const describeClientQuotasResponse: MessageCodec<DescribeClientQuotasResponse> = {
  name: 'DescribeClientQuotasResponse',
  versionMin: 0,
  versionMax: 1,
  flexibleMin: 1,
  decode: decodeDescribeClientQuotasResponse,
  encode: encodeDescribeClientQuotasResponse,
}

/** The DescribeClientQuotas API. */
export const describeClientQuotasApi: Api<
  DescribeClientQuotasRequest,
  DescribeClientQuotasRequest,
  DescribeClientQuotasResponse,
  DescribeClientQuotasResponse
> = {
  key: 48,
  name: 'DescribeClientQuotas',
  request: describeClientQuotasRequest,
  response: describeClientQuotasResponse,
}
