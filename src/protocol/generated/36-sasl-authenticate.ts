// Generated from the schema by `npm run generate`; edit that instead.
import { assert } from '../../base/assert.ts'
import type { Api, MessageCodec } from '../codec.ts'
import type { Reader } from '../reader.ts'
import type { Writer } from '../writer.ts'

/** Versions 0 to 2. */
export interface SaslAuthenticateRequest {
  readonly authBytes: Uint8Array
}

function decodeSaslAuthenticateRequest(reader: Reader, version: number): SaslAuthenticateRequest {
  assert(version >= 0 && version <= 2, 'a version of SaslAuthenticateRequest')
  const flexible = version === 2
  const authBytes = reader.bytes(flexible)
  if (flexible) reader.skipTags()
  return { authBytes }
}

function encodeSaslAuthenticateRequest(
  writer: Writer,
  version: number,
  message: SaslAuthenticateRequest,
): void {
  assert(version >= 0 && version <= 2, 'a version of SaslAuthenticateRequest')
  const flexible = version === 2
  const { authBytes } = message
  writer.bytes(flexible, authBytes)
  if (flexible) writer.unsignedVarint(0)
}

/** Codec of {@link SaslAuthenticateRequest}. */
export const saslAuthenticateRequest: MessageCodec<SaslAuthenticateRequest> = {
  name: 'SaslAuthenticateRequest',
  versionMin: 0,
  versionMax: 2,
  flexibleMin: 2,
  decode: decodeSaslAuthenticateRequest,
  encode: encodeSaslAuthenticateRequest,
}

/** Versions 0 to 2. */
export interface SaslAuthenticateResponse {
  readonly errorCode: number
  readonly errorMessage: string | null
  readonly authBytes: Uint8Array
  /**
   * From version 1; after that long the broker ends the connection unless the client is here again.
   */
  readonly sessionLifetimeMs: number
}

/** {@link SaslAuthenticateResponse} as it is encoded. */
export interface SaslAuthenticateResponseInput {
  readonly errorCode: number
  readonly errorMessage: string | null
  readonly authBytes: Uint8Array
  readonly sessionLifetimeMs?: number
}

function decodeSaslAuthenticateResponse(reader: Reader, version: number): SaslAuthenticateResponse {
  assert(version >= 0 && version <= 2, 'a version of SaslAuthenticateResponse')
  const flexible = version === 2
  const errorCode = reader.int16()
  const errorMessage = reader.nullableString(flexible)
  const authBytes = reader.bytes(flexible)
  const sessionLifetimeMs = version >= 1 ? reader.int64() : 0
  if (flexible) reader.skipTags()
  return { errorCode, errorMessage, authBytes, sessionLifetimeMs }
}

function encodeSaslAuthenticateResponse(
  writer: Writer,
  version: number,
  message: SaslAuthenticateResponseInput,
): void {
  assert(version >= 0 && version <= 2, 'a version of SaslAuthenticateResponse')
  const flexible = version === 2
  const { errorCode, errorMessage, authBytes, sessionLifetimeMs = 0 } = message
  writer.int16(errorCode)
  writer.nullableString(flexible, errorMessage)
  writer.bytes(flexible, authBytes)
  if (version >= 1) writer.int64(sessionLifetimeMs)
  if (flexible) writer.unsignedVarint(0)
}

/** Codec of {@link SaslAuthenticateResponse}. */
export const saslAuthenticateResponse: MessageCodec<
  SaslAuthenticateResponse,
  SaslAuthenticateResponseInput
> = {
  name: 'SaslAuthenticateResponse',
  versionMin: 0,
  versionMax: 2,
  flexibleMin: 2,
  decode: decodeSaslAuthenticateResponse,
  encode: encodeSaslAuthenticateResponse,
}

/** The SaslAuthenticate API. */
export const saslAuthenticateApi: Api<
  SaslAuthenticateRequest,
  SaslAuthenticateRequest,
  SaslAuthenticateResponse,
  SaslAuthenticateResponseInput
> = {
  key: 36,
  name: 'SaslAuthenticate',
  request: saslAuthenticateRequest,
  response: saslAuthenticateResponse,
}
