// Generated from the schema by `npm run generate`; edit that instead.
import { assert } from '../../base/assert.ts'
import type { MessageCodec } from '../codec.ts'
import type { Reader } from '../reader.ts'
import type { Writer } from '../writer.ts'

/** Versions 1 to 2. */
export interface RequestHeader {
  readonly requestApiKey: number
  readonly requestApiVersion: number
  readonly correlationId: number
  /** Keeps its int16 length in every version. */
  readonly clientId: string | null
}

function decodeRequestHeader(reader: Reader, version: number): RequestHeader {
  assert(version >= 1 && version <= 2, 'a version of RequestHeader')
  const flexible = version === 2
  const requestApiKey = reader.int16()
  const requestApiVersion = reader.int16()
  const correlationId = reader.int32()
  const clientId = reader.nullableString(false)
  if (flexible) reader.skipTags()
  return { requestApiKey, requestApiVersion, correlationId, clientId }
}

function encodeRequestHeader(writer: Writer, version: number, message: RequestHeader): void {
  assert(version >= 1 && version <= 2, 'a version of RequestHeader')
  const flexible = version === 2
  const { requestApiKey, requestApiVersion, correlationId, clientId } = message
  writer.int16(requestApiKey)
  writer.int16(requestApiVersion)
  writer.int32(correlationId)
  writer.nullableString(false, clientId)
  if (flexible) writer.unsignedVarint(0)
}

/** Codec of {@link RequestHeader}. */
export const requestHeader: MessageCodec<RequestHeader> = {
  name: 'RequestHeader',
  versionMin: 1,
  versionMax: 2,
  flexibleMin: 2,
  decode: decodeRequestHeader,
  encode: encodeRequestHeader,
}

/** Versions 0 to 1. */
export interface ResponseHeader {
  readonly correlationId: number
}

function decodeResponseHeader(reader: Reader, version: number): ResponseHeader {
  assert(version >= 0 && version <= 1, 'a version of ResponseHeader')
  const flexible = version === 1
  const correlationId = reader.int32()
  if (flexible) reader.skipTags()
  return { correlationId }
}

function encodeResponseHeader(writer: Writer, version: number, message: ResponseHeader): void {
  assert(version >= 0 && version <= 1, 'a version of ResponseHeader')
  const flexible = version === 1
  const { correlationId } = message
  writer.int32(correlationId)
  if (flexible) writer.unsignedVarint(0)
}

/** Codec of {@link ResponseHeader}. */
export const responseHeader: MessageCodec<ResponseHeader> = {
  name: 'ResponseHeader',
  versionMin: 0,
  versionMax: 1,
  flexibleMin: 1,
  decode: decodeResponseHeader,
  encode: encodeResponseHeader,
}

/** Codecs of all these records. */
export const headers: readonly MessageCodec<unknown, never>[] = [
  requestHeader,
  responseHeader,
]
