// Generated from the schema by `npm run generate`; edit that instead.
import { assert } from '../../base/assert.ts'
import type { Api, MessageCodec } from '../codec.ts'
import type { Reader } from '../reader.ts'
import type { Writer } from '../writer.ts'

/** Part of {@link DescribeUserScramCredentialsRequest}. */
export interface ScramUserName {
  readonly name: string
}

/** Version 0. */
export interface DescribeUserScramCredentialsRequest {
  /** Null or empty for all. */
  readonly users: readonly ScramUserName[] | null
}

function decodeScramUserName(reader: Reader, _version: number, _flexible: boolean): ScramUserName {
  const name = reader.string(true)
  reader.skipTags()
  return { name }
}

function decodeDescribeUserScramCredentialsRequest(
  reader: Reader,
  version: number,
): DescribeUserScramCredentialsRequest {
  assert(version >= 0 && version <= 0, 'a version of DescribeUserScramCredentialsRequest')
  const users = reader.nullableArray(true, 2, version, decodeScramUserName)
  reader.skipTags()
  return { users }
}

function encodeScramUserName(
  writer: Writer,
  _version: number,
  _flexible: boolean,
  message: ScramUserName,
): void {
  const { name } = message
  writer.string(true, name)
  writer.unsignedVarint(0)
}

function encodeDescribeUserScramCredentialsRequest(
  writer: Writer,
  version: number,
  message: DescribeUserScramCredentialsRequest,
): void {
  assert(version >= 0 && version <= 0, 'a version of DescribeUserScramCredentialsRequest')
  const { users } = message
  writer.nullableArray(true, users, version, encodeScramUserName)
  writer.unsignedVarint(0)
}

/** Codec of {@link DescribeUserScramCredentialsRequest}. */
export const describeUserScramCredentialsRequest: MessageCodec<
  DescribeUserScramCredentialsRequest
> = {
  name: 'DescribeUserScramCredentialsRequest',
  versionMin: 0,
  versionMax: 0,
  flexibleMin: 0,
  decode: decodeDescribeUserScramCredentialsRequest,
  encode: encodeDescribeUserScramCredentialsRequest,
}

/** Part of {@link DescribeUserScramCredentialsResponse}. */
export interface CredentialInfo {
  /** 1 SCRAM-SHA-256, 2 SCRAM-SHA-512. */
  readonly mechanism: number
  readonly iterations: number
}

/** Part of {@link DescribeUserScramCredentialsResponse}. */
export interface DescribeUserScramCredentialsResult {
  readonly user: string
  readonly errorCode: number
  readonly errorMessage: string | null
  readonly credentialInfos: readonly CredentialInfo[]
}

/** Version 0. */
export interface DescribeUserScramCredentialsResponse {
  readonly throttleTimeMs: number
  readonly errorCode: number
  readonly errorMessage: string | null
  readonly results: readonly DescribeUserScramCredentialsResult[]
}

function decodeCredentialInfo(
  reader: Reader,
  _version: number,
  _flexible: boolean,
): CredentialInfo {
  const mechanism = reader.int8()
  const iterations = reader.int32()
  reader.skipTags()
  return { mechanism, iterations }
}

function decodeDescribeUserScramCredentialsResult(
  reader: Reader,
  version: number,
  _flexible: boolean,
): DescribeUserScramCredentialsResult {
  const user = reader.string(true)
  const errorCode = reader.int16()
  const errorMessage = reader.nullableString(true)
  const credentialInfos = reader.array(true, 6, version, decodeCredentialInfo)
  reader.skipTags()
  return { user, errorCode, errorMessage, credentialInfos }
}

function decodeDescribeUserScramCredentialsResponse(
  reader: Reader,
  version: number,
): DescribeUserScramCredentialsResponse {
  assert(version >= 0 && version <= 0, 'a version of DescribeUserScramCredentialsResponse')
  const throttleTimeMs = reader.int32()
  const errorCode = reader.int16()
  const errorMessage = reader.nullableString(true)
  const results = reader.array(true, 6, version, decodeDescribeUserScramCredentialsResult)
  reader.skipTags()
  return { throttleTimeMs, errorCode, errorMessage, results }
}

function encodeCredentialInfo(
  writer: Writer,
  _version: number,
  _flexible: boolean,
  message: CredentialInfo,
): void {
  const { mechanism, iterations } = message
  writer.int8(mechanism)
  writer.int32(iterations)
  writer.unsignedVarint(0)
}

function encodeDescribeUserScramCredentialsResult(
  writer: Writer,
  version: number,
  _flexible: boolean,
  message: DescribeUserScramCredentialsResult,
): void {
  const { user, errorCode, errorMessage, credentialInfos } = message
  writer.string(true, user)
  writer.int16(errorCode)
  writer.nullableString(true, errorMessage)
  writer.array(true, credentialInfos, version, encodeCredentialInfo)
  writer.unsignedVarint(0)
}

function encodeDescribeUserScramCredentialsResponse(
  writer: Writer,
  version: number,
  message: DescribeUserScramCredentialsResponse,
): void {
  assert(version >= 0 && version <= 0, 'a version of DescribeUserScramCredentialsResponse')
  const { throttleTimeMs, errorCode, errorMessage, results } = message
  writer.int32(throttleTimeMs)
  writer.int16(errorCode)
  writer.nullableString(true, errorMessage)
  writer.array(true, results, version, encodeDescribeUserScramCredentialsResult)
  writer.unsignedVarint(0)
}

/** Codec of {@link DescribeUserScramCredentialsResponse}. */
export const describeUserScramCredentialsResponse: MessageCodec<
  DescribeUserScramCredentialsResponse
> = {
  name: 'DescribeUserScramCredentialsResponse',
  versionMin: 0,
  versionMax: 0,
  flexibleMin: 0,
  decode: decodeDescribeUserScramCredentialsResponse,
  encode: encodeDescribeUserScramCredentialsResponse,
}

/** The DescribeUserScramCredentials API. */
export const describeUserScramCredentialsApi: Api<
  DescribeUserScramCredentialsRequest,
  DescribeUserScramCredentialsRequest,
  DescribeUserScramCredentialsResponse,
  DescribeUserScramCredentialsResponse
> = {
  key: 50,
  name: 'DescribeUserScramCredentials',
  request: describeUserScramCredentialsRequest,
  response: describeUserScramCredentialsResponse,
}
