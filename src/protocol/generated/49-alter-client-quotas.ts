// Generated from the schema by `npm run generate`; edit that instead.
import { assert } from '../../base/assert.ts'
import type { Api, MessageCodec } from '../codec.ts'
import type { Reader } from '../reader.ts'
import type { Writer } from '../writer.ts'

/** Part of {@link AlterClientQuotasRequest}. */
export interface AlterClientQuotasEntity {
  readonly entityType: string
  /** Null for the default. */
  readonly entityName: string | null
}

/** Part of {@link AlterClientQuotasRequest}. */
export interface AlterClientQuotasOperation {
  readonly key: string
  readonly value: number
  readonly remove: boolean
}

/** Part of {@link AlterClientQuotasRequest}. */
export interface AlterClientQuotasEntry {
  readonly entity: readonly AlterClientQuotasEntity[]
  readonly ops: readonly AlterClientQuotasOperation[]
}

/** Versions 0 to 1. */
export interface AlterClientQuotasRequest {
  readonly entries: readonly AlterClientQuotasEntry[]
  readonly validateOnly: boolean
}

function decodeAlterClientQuotasEntity(
  reader: Reader,
  _version: number,
  flexible: boolean,
): AlterClientQuotasEntity {
  const entityType = reader.string(flexible)
  const entityName = reader.nullableString(flexible)
  if (flexible) reader.skipTags()
  return { entityType, entityName }
}

function decodeAlterClientQuotasOperation(
  reader: Reader,
  _version: number,
  flexible: boolean,
): AlterClientQuotasOperation {
  const key = reader.string(flexible)
  const value = reader.float64()
  const remove = reader.bool()
  if (flexible) reader.skipTags()
  return { key, value, remove }
}

function decodeAlterClientQuotasEntry(
  reader: Reader,
  version: number,
  flexible: boolean,
): AlterClientQuotasEntry {
  const entity = reader.array(flexible, 3, version, decodeAlterClientQuotasEntity)
  const ops = reader.array(flexible, 11, version, decodeAlterClientQuotasOperation)
  if (flexible) reader.skipTags()
  return { entity, ops }
}

function decodeAlterClientQuotasRequest(reader: Reader, version: number): AlterClientQuotasRequest {
  assert(version >= 0 && version <= 1, 'a version of AlterClientQuotasRequest')
  const flexible = version === 1
  const entries = reader.array(flexible, 3, version, decodeAlterClientQuotasEntry)
  const validateOnly = reader.bool()
  if (flexible) reader.skipTags()
  return { entries, validateOnly }
}

function encodeAlterClientQuotasEntity(
  writer: Writer,
  _version: number,
  flexible: boolean,
  message: AlterClientQuotasEntity,
): void {
  const { entityType, entityName } = message
  writer.string(flexible, entityType)
  writer.nullableString(flexible, entityName)
  if (flexible) writer.unsignedVarint(0)
}

function encodeAlterClientQuotasOperation(
  writer: Writer,
  _version: number,
  flexible: boolean,
  message: AlterClientQuotasOperation,
): void {
  const { key, value, remove } = message
  writer.string(flexible, key)
  writer.float64(value)
  writer.bool(remove)
  if (flexible) writer.unsignedVarint(0)
}

function encodeAlterClientQuotasEntry(
  writer: Writer,
  version: number,
  flexible: boolean,
  message: AlterClientQuotasEntry,
): void {
  const { entity, ops } = message
  writer.array(flexible, entity, version, encodeAlterClientQuotasEntity)
  writer.array(flexible, ops, version, encodeAlterClientQuotasOperation)
  if (flexible) writer.unsignedVarint(0)
}

function encodeAlterClientQuotasRequest(
  writer: Writer,
  version: number,
  message: AlterClientQuotasRequest,
): void {
  assert(version >= 0 && version <= 1, 'a version of AlterClientQuotasRequest')
  const flexible = version === 1
  const { entries, validateOnly } = message
  writer.array(flexible, entries, version, encodeAlterClientQuotasEntry)
  writer.bool(validateOnly)
  if (flexible) writer.unsignedVarint(0)
}

/** Codec of {@link AlterClientQuotasRequest}. */
export const alterClientQuotasRequest: MessageCodec<AlterClientQuotasRequest> = {
  name: 'AlterClientQuotasRequest',
  versionMin: 0,
  versionMax: 1,
  flexibleMin: 1,
  decode: decodeAlterClientQuotasRequest,
  encode: encodeAlterClientQuotasRequest,
}

/** Part of {@link AlterClientQuotasResponse}. */
export interface AlterClientQuotasResultEntity {
  readonly entityType: string
  /** Null for the default. */
  readonly entityName: string | null
}

/** Part of {@link AlterClientQuotasResponse}. */
export interface AlterClientQuotasResult {
  readonly errorCode: number
  readonly errorMessage: string | null
  readonly entity: readonly AlterClientQuotasResultEntity[]
}

/** Versions 0 to 1. */
export interface AlterClientQuotasResponse {
  readonly throttleTimeMs: number
  readonly entries: readonly AlterClientQuotasResult[]
}

function decodeAlterClientQuotasResultEntity(
  reader: Reader,
  _version: number,
  flexible: boolean,
): AlterClientQuotasResultEntity {
  const entityType = reader.string(flexible)
  const entityName = reader.nullableString(flexible)
  if (flexible) reader.skipTags()
  return { entityType, entityName }
}

function decodeAlterClientQuotasResult(
  reader: Reader,
  version: number,
  flexible: boolean,
): AlterClientQuotasResult {
  const errorCode = reader.int16()
  const errorMessage = reader.nullableString(flexible)
  const entity = reader.array(flexible, 3, version, decodeAlterClientQuotasResultEntity)
  if (flexible) reader.skipTags()
  return { errorCode, errorMessage, entity }
}

function decodeAlterClientQuotasResponse(
  reader: Reader,
  version: number,
): AlterClientQuotasResponse {
  assert(version >= 0 && version <= 1, 'a version of AlterClientQuotasResponse')
  const flexible = version === 1
  const throttleTimeMs = reader.int32()
  const entries = reader.array(flexible, 5, version, decodeAlterClientQuotasResult)
  if (flexible) reader.skipTags()
  return { throttleTimeMs, entries }
}

function encodeAlterClientQuotasResultEntity(
  writer: Writer,
  _version: number,
  flexible: boolean,
  message: AlterClientQuotasResultEntity,
): void {
  const { entityType, entityName } = message
  writer.string(flexible, entityType)
  writer.nullableString(flexible, entityName)
  if (flexible) writer.unsignedVarint(0)
}

function encodeAlterClientQuotasResult(
  writer: Writer,
  version: number,
  flexible: boolean,
  message: AlterClientQuotasResult,
): void {
  const { errorCode, errorMessage, entity } = message
  writer.int16(errorCode)
  writer.nullableString(flexible, errorMessage)
  writer.array(flexible, entity, version, encodeAlterClientQuotasResultEntity)
  if (flexible) writer.unsignedVarint(0)
}

function encodeAlterClientQuotasResponse(
  writer: Writer,
  version: number,
  message: AlterClientQuotasResponse,
): void {
  assert(version >= 0 && version <= 1, 'a version of AlterClientQuotasResponse')
  const flexible = version === 1
  const { throttleTimeMs, entries } = message
  writer.int32(throttleTimeMs)
  writer.array(flexible, entries, version, encodeAlterClientQuotasResult)
  if (flexible) writer.unsignedVarint(0)
}

/** Codec of {@link AlterClientQuotasResponse}. */
export const alterClientQuotasResponse: MessageCodec<AlterClientQuotasResponse> = {
  name: 'AlterClientQuotasResponse',
  versionMin: 0,
  versionMax: 1,
  flexibleMin: 1,
  decode: decodeAlterClientQuotasResponse,
  encode: encodeAlterClientQuotasResponse,
}

/** The AlterClientQuotas API. */
export const alterClientQuotasApi: Api<
  AlterClientQuotasRequest,
  AlterClientQuotasRequest,
  AlterClientQuotasResponse,
  AlterClientQuotasResponse
> = {
  key: 49,
  name: 'AlterClientQuotas',
  request: alterClientQuotasRequest,
  response: alterClientQuotasResponse,
}
