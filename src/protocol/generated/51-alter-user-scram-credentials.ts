// Generated from the schema by `npm run generate`; edit that instead.
import { assert } from '../../base/assert.ts'
import type { Api, MessageCodec } from '../codec.ts'
import type { Reader } from '../reader.ts'
import type { Writer } from '../writer.ts'

/** Part of {@link AlterUserScramCredentialsRequest}. */
export interface ScramCredentialDeletion {
  readonly name: string
  /** 1 SCRAM-SHA-256, 2 SCRAM-SHA-512. */
  readonly mechanism: number
}

/** Part of {@link AlterUserScramCredentialsRequest}. */
export interface ScramCredentialUpsertion {
  readonly name: string
  /** As in deletions. */
  readonly mechanism: number
  readonly iterations: number
  /** Random, made by the client. */
  readonly salt: Uint8Array
  /** Hi() of RFC 5802. */
  readonly saltedPassword: Uint8Array
}

/** Version 0. */
export interface AlterUserScramCredentialsRequest {
  readonly deletions: readonly ScramCredentialDeletion[]
  readonly upsertions: readonly ScramCredentialUpsertion[]
}

function decodeScramCredentialDeletion(
  reader: Reader,
  _version: number,
  _flexible: boolean,
): ScramCredentialDeletion {
  const name = reader.string(true)
  const mechanism = reader.int8()
  reader.skipTags()
  return { name, mechanism }
}

function decodeScramCredentialUpsertion(
  reader: Reader,
  _version: number,
  _flexible: boolean,
): ScramCredentialUpsertion {
  const name = reader.string(true)
  const mechanism = reader.int8()
  const iterations = reader.int32()
  const salt = reader.bytes(true)
  const saltedPassword = reader.bytes(true)
  reader.skipTags()
  return { name, mechanism, iterations, salt, saltedPassword }
}

function decodeAlterUserScramCredentialsRequest(
  reader: Reader,
  version: number,
): AlterUserScramCredentialsRequest {
  assert(version >= 0 && version <= 0, 'a version of AlterUserScramCredentialsRequest')
  const deletions = reader.array(true, 3, version, decodeScramCredentialDeletion)
  const upsertions = reader.array(true, 9, version, decodeScramCredentialUpsertion)
  reader.skipTags()
  return { deletions, upsertions }
}

function encodeScramCredentialDeletion(
  writer: Writer,
  _version: number,
  _flexible: boolean,
  message: ScramCredentialDeletion,
): void {
  const { name, mechanism } = message
  writer.string(true, name)
  writer.int8(mechanism)
  writer.unsignedVarint(0)
}

function encodeScramCredentialUpsertion(
  writer: Writer,
  _version: number,
  _flexible: boolean,
  message: ScramCredentialUpsertion,
): void {
  const { name, mechanism, iterations, salt, saltedPassword } = message
  writer.string(true, name)
  writer.int8(mechanism)
  writer.int32(iterations)
  writer.bytes(true, salt)
  writer.bytes(true, saltedPassword)
  writer.unsignedVarint(0)
}

function encodeAlterUserScramCredentialsRequest(
  writer: Writer,
  version: number,
  message: AlterUserScramCredentialsRequest,
): void {
  assert(version >= 0 && version <= 0, 'a version of AlterUserScramCredentialsRequest')
  const { deletions, upsertions } = message
  writer.array(true, deletions, version, encodeScramCredentialDeletion)
  writer.array(true, upsertions, version, encodeScramCredentialUpsertion)
  writer.unsignedVarint(0)
}

/** Codec of {@link AlterUserScramCredentialsRequest}. */
export const alterUserScramCredentialsRequest: MessageCodec<AlterUserScramCredentialsRequest> = {
  name: 'AlterUserScramCredentialsRequest',
  versionMin: 0,
  versionMax: 0,
  flexibleMin: 0,
  decode: decodeAlterUserScramCredentialsRequest,
  encode: encodeAlterUserScramCredentialsRequest,
}

/** Part of {@link AlterUserScramCredentialsResponse}. */
export interface AlterUserScramCredentialsResult {
  readonly user: string
  readonly errorCode: number
  readonly errorMessage: string | null
}

/** Version 0. */
export interface AlterUserScramCredentialsResponse {
  readonly throttleTimeMs: number
  readonly results: readonly AlterUserScramCredentialsResult[]
}

function decodeAlterUserScramCredentialsResult(
  reader: Reader,
  _version: number,
  _flexible: boolean,
): AlterUserScramCredentialsResult {
  const user = reader.string(true)
  const errorCode = reader.int16()
  const errorMessage = reader.nullableString(true)
  reader.skipTags()
  return { user, errorCode, errorMessage }
}

function decodeAlterUserScramCredentialsResponse(
  reader: Reader,
  version: number,
): AlterUserScramCredentialsResponse {
  assert(version >= 0 && version <= 0, 'a version of AlterUserScramCredentialsResponse')
  const throttleTimeMs = reader.int32()
  const results = reader.array(true, 5, version, decodeAlterUserScramCredentialsResult)
  reader.skipTags()
  return { throttleTimeMs, results }
}

function encodeAlterUserScramCredentialsResult(
  writer: Writer,
  _version: number,
  _flexible: boolean,
  message: AlterUserScramCredentialsResult,
): void {
  const { user, errorCode, errorMessage } = message
  writer.string(true, user)
  writer.int16(errorCode)
  writer.nullableString(true, errorMessage)
  writer.unsignedVarint(0)
}

function encodeAlterUserScramCredentialsResponse(
  writer: Writer,
  version: number,
  message: AlterUserScramCredentialsResponse,
): void {
  assert(version >= 0 && version <= 0, 'a version of AlterUserScramCredentialsResponse')
  const { throttleTimeMs, results } = message
  writer.int32(throttleTimeMs)
  writer.array(true, results, version, encodeAlterUserScramCredentialsResult)
  writer.unsignedVarint(0)
}

/** Codec of {@link AlterUserScramCredentialsResponse}. */
export const alterUserScramCredentialsResponse: MessageCodec<AlterUserScramCredentialsResponse> = {
  name: 'AlterUserScramCredentialsResponse',
  versionMin: 0,
  versionMax: 0,
  flexibleMin: 0,
  decode: decodeAlterUserScramCredentialsResponse,
  encode: encodeAlterUserScramCredentialsResponse,
}

/** The AlterUserScramCredentials API. */
export const alterUserScramCredentialsApi: Api<
  AlterUserScramCredentialsRequest,
  AlterUserScramCredentialsRequest,
  AlterUserScramCredentialsResponse,
  AlterUserScramCredentialsResponse
> = {
  key: 51,
  name: 'AlterUserScramCredentials',
  request: alterUserScramCredentialsRequest,
  response: alterUserScramCredentialsResponse,
}
