// Generated from the schema by `npm run generate`; edit that instead.
import { assert } from '../../base/assert.ts'
import type { Api, MessageCodec } from '../codec.ts'
import { readString, writeString } from '../primitives.ts'
import type { Reader } from '../reader.ts'
import type { Writer } from '../writer.ts'

/** Versions 0 to 1. */
export interface SaslHandshakeRequest {
  readonly mechanism: string
}

function decodeSaslHandshakeRequest(reader: Reader, version: number): SaslHandshakeRequest {
  assert(version >= 0 && version <= 1, 'a version of SaslHandshakeRequest')
  const mechanism = reader.string(false)
  return { mechanism }
}

function encodeSaslHandshakeRequest(
  writer: Writer,
  version: number,
  message: SaslHandshakeRequest,
): void {
  assert(version >= 0 && version <= 1, 'a version of SaslHandshakeRequest')
  const { mechanism } = message
  writer.string(false, mechanism)
}

/** Codec of {@link SaslHandshakeRequest}. */
export const saslHandshakeRequest: MessageCodec<SaslHandshakeRequest> = {
  name: 'SaslHandshakeRequest',
  versionMin: 0,
  versionMax: 1,
  flexibleMin: Infinity,
  decode: decodeSaslHandshakeRequest,
  encode: encodeSaslHandshakeRequest,
}

/** Versions 0 to 1. */
export interface SaslHandshakeResponse {
  readonly errorCode: number
  /** Those that the broker has enabled. */
  readonly mechanisms: readonly string[]
}

function decodeSaslHandshakeResponse(reader: Reader, version: number): SaslHandshakeResponse {
  assert(version >= 0 && version <= 1, 'a version of SaslHandshakeResponse')
  const errorCode = reader.int16()
  const mechanisms = reader.array(false, 2, version, readString)
  return { errorCode, mechanisms }
}

function encodeSaslHandshakeResponse(
  writer: Writer,
  version: number,
  message: SaslHandshakeResponse,
): void {
  assert(version >= 0 && version <= 1, 'a version of SaslHandshakeResponse')
  const { errorCode, mechanisms } = message
  writer.int16(errorCode)
  writer.array(false, mechanisms, version, writeString)
}

/** Codec of {@link SaslHandshakeResponse}. */
export const saslHandshakeResponse: MessageCodec<SaslHandshakeResponse> = {
  name: 'SaslHandshakeResponse',
  versionMin: 0,
  versionMax: 1,
  flexibleMin: Infinity,
  decode: decodeSaslHandshakeResponse,
  encode: encodeSaslHandshakeResponse,
}

/** The SaslHandshake API. */
export const saslHandshakeApi: Api<
  SaslHandshakeRequest,
  SaslHandshakeRequest,
  SaslHandshakeResponse,
  SaslHandshakeResponse
> = {
  key: 17,
  name: 'SaslHandshake',
  request: saslHandshakeRequest,
  response: saslHandshakeResponse,
}
