/**
 * Headers of requests and responses, and whole frames.
 *
 * Request header 1 is key, version, correlation id and client id; header 2, of flexible versions,
 * adds tagged fields but keeps the client id's int16 length. Response header 0 is the correlation
 * id alone; header 1 adds tagged fields. The answer to ApiVersions always has header 0, because a
 * client that asks for versions cannot know yet what the broker speaks.
 */
import { assert } from '../base/assert.ts'
import { type ApiKey, apiKeys, apiVersionsKey } from './api-keys.ts'
import type { Api } from './codec.ts'
import { requestHeader, responseHeader } from './generated/header.ts'
import { Reader } from './reader.ts'
import { Writer } from './writer.ts'

/** Header of a request. */
export interface RequestHead {
  readonly apiKey: number
  readonly apiVersion: number
  readonly correlationId: number
  readonly clientId: string | null
}

/** A request before its body is decoded. `reader` stands at the first byte of the body. */
export interface OpenedRequest {
  readonly head: RequestHead
  readonly reader: Reader
}

/** Version of the request header that goes with a version of an API. */
export function requestHeaderVersion(api: ApiKey, version: number): number {
  return version >= api.flexibleMin ? 2 : 1
}

/** Version of the response header that goes with a version of an API. */
export function responseHeaderVersion(api: ApiKey, version: number): number {
  return version >= api.flexibleMin && api.key !== apiVersionsKey ? 1 : 0
}

/**
 * Reads the header of a frame (without its length prefix). A string says why it cannot be answered:
 * the key is unknown or the header is broken, and nothing is known about what follows. A version
 * out of range is not an error here, so that ApiVersions can be answered in any case; the header of
 * such a request is read as the version's number asks for.
 */
export function openRequest(frame: Uint8Array): OpenedRequest | string {
  const apiKey = new Reader(frame).int16()
  const api = apiKeys.get(apiKey)
  if (api === undefined || frame.length < 2) return `unknown API key ${apiKey}`
  const apiVersion = new Reader(frame.subarray(2)).int16()
  if (apiVersion < 0) return `negative version ${apiVersion} of ${api.name}`
  const reader = new Reader(frame)
  const header = requestHeader.decode(reader, requestHeaderVersion(api, apiVersion))
  if (reader.error !== null) return `request header: ${reader.error}`
  const { correlationId, clientId } = header
  return { head: { apiKey, apiVersion, correlationId, clientId }, reader }
}

/** A whole request with its length prefix. Throws an `Error` when `version` cannot carry it. */
export function encodeRequestFrame<Request, RequestInput, Response, ResponseInput>(
  api: Api<Request, RequestInput, Response, ResponseInput>,
  version: number,
  correlationId: number,
  clientId: string | null,
  request: RequestInput,
): Uint8Array {
  const writer = new Writer()
  writeRequest(writer, api, version, correlationId, clientId, request)
  return writer.finish()
}

/** Byte fields of this size and more are cheaper to send as a piece of their own than to copy. */
const spliceBytesMin = 2_048

/**
 * As {@link encodeRequestFrame}, in pieces: large byte fields, such as record batches, are not
 * copied and must stay as they are until the pieces are sent.
 */
export function encodeRequestPieces<Request, RequestInput, Response, ResponseInput>(
  api: Api<Request, RequestInput, Response, ResponseInput>,
  version: number,
  correlationId: number,
  clientId: string | null,
  request: RequestInput,
): readonly Uint8Array[] {
  const writer = new Writer(256, spliceBytesMin)
  writeRequest(writer, api, version, correlationId, clientId, request)
  return writer.finishPieces()
}

function writeRequest<Request, RequestInput, Response, ResponseInput>(
  writer: Writer,
  api: Api<Request, RequestInput, Response, ResponseInput>,
  version: number,
  correlationId: number,
  clientId: string | null,
  request: RequestInput,
): void {
  const lengthAt = writer.reserveInt32()
  requestHeader.encode(writer, requestHeaderVersion(keyOf(api.key), version), {
    requestApiKey: api.key,
    requestApiVersion: version,
    correlationId,
    clientId,
  })
  api.request.encode(writer, version, request)
  endFrame(writer, lengthAt, api.request.name)
}

/**
 * A whole response with its length prefix; `subarray(4)` is it without. Throws an `Error` when
 * `version` cannot carry it. `capacity` is a guess of its size in bytes.
 */
export function encodeResponseFrame<Request, RequestInput, Response, ResponseInput>(
  api: Api<Request, RequestInput, Response, ResponseInput>,
  version: number,
  correlationId: number,
  response: ResponseInput,
  capacity = 256,
): Uint8Array {
  const writer = new Writer(capacity)
  const lengthAt = writer.reserveInt32()
  const headerVersion = responseHeaderVersion(keyOf(api.key), version)
  responseHeader.encode(writer, headerVersion, { correlationId })
  api.response.encode(writer, version, response)
  endFrame(writer, lengthAt, api.response.name)
  return writer.finish()
}

/**
 * Reads the header of a response frame (without its length prefix) that answers `version` of the
 * API `key`. The reader then stands at the body; its `error` tells of a broken header.
 */
export function openResponse(
  key: number,
  version: number,
  frame: Uint8Array,
): { readonly correlationId: number; readonly reader: Reader } {
  const reader = new Reader(frame)
  const header = responseHeader.decode(reader, responseHeaderVersion(keyOf(key), version))
  return { correlationId: header.correlationId, reader }
}

function endFrame(writer: Writer, lengthAt: number, name: string): void {
  if (writer.error !== null) throw new Error(`${name}: ${writer.error}`)
  assert(lengthAt === 0, 'a frame begins with its length')
  writer.patchInt32(lengthAt, writer.position - 4)
}

function keyOf(key: number): ApiKey {
  const api = apiKeys.get(key)
  assert(api !== undefined, 'an API that has a codec has a key')
  return api
}
