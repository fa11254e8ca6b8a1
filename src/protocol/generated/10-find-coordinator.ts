// Generated from the schema by `npm run generate`; edit that instead.
import { assert } from '../../base/assert.ts'
import type { Api, MessageCodec } from '../codec.ts'
import { readString, writeString } from '../primitives.ts'
import type { Reader } from '../reader.ts'
import type { Writer } from '../writer.ts'

/** Versions 0 to 6. */
export interface FindCoordinatorRequest {
  /** Versions 0 to 3. */
  readonly key: string
  /** From version 1; 0 group, 1 transaction, 2 share. */
  readonly keyType: number
  /** From version 4; replaces key. */
  readonly coordinatorKeys: readonly string[]
}

/** {@link FindCoordinatorRequest} as it is encoded. */
export interface FindCoordinatorRequestInput {
  readonly key?: string
  readonly keyType?: number
  readonly coordinatorKeys?: readonly string[]
}

function decodeFindCoordinatorRequest(reader: Reader, version: number): FindCoordinatorRequest {
  assert(version >= 0 && version <= 6, 'a version of FindCoordinatorRequest')
  const flexible = version >= 3
  const key = version <= 3 ? reader.string(flexible) : ''
  const keyType = version >= 1 ? reader.int8() : 0
  const coordinatorKeys = version >= 4 ? reader.array(flexible, 1, version, readString) : []
  if (flexible) reader.skipTags()
  return { key, keyType, coordinatorKeys }
}

function encodeFindCoordinatorRequest(
  writer: Writer,
  version: number,
  message: FindCoordinatorRequestInput,
): void {
  assert(version >= 0 && version <= 6, 'a version of FindCoordinatorRequest')
  const flexible = version >= 3
  const { key = '', keyType = 0, coordinatorKeys = [] } = message
  if (version <= 3) writer.string(flexible, key)
  else if (key !== '') writer.unsupported('FindCoordinatorRequest.key', version)
  if (version >= 1) writer.int8(keyType)
  else if (keyType !== 0) writer.unsupported('FindCoordinatorRequest.keyType', version)
  if (version >= 4) writer.array(flexible, coordinatorKeys, version, writeString)
  else if (coordinatorKeys.length > 0)
    writer.unsupported('FindCoordinatorRequest.coordinatorKeys', version)
  if (flexible) writer.unsignedVarint(0)
}

/** Codec of {@link FindCoordinatorRequest}. */
export const findCoordinatorRequest: MessageCodec<
  FindCoordinatorRequest,
  FindCoordinatorRequestInput
> = {
  name: 'FindCoordinatorRequest',
  versionMin: 0,
  versionMax: 6,
  flexibleMin: 3,
  decode: decodeFindCoordinatorRequest,
  encode: encodeFindCoordinatorRequest,
}

/** Part of {@link FindCoordinatorResponse}. */
export interface Coordinator {
  readonly key: string
  readonly nodeId: number
  readonly host: string
  readonly port: number
  readonly errorCode: number
  readonly errorMessage: string | null
}

/** {@link Coordinator} as it is encoded. */
export interface CoordinatorInput {
  readonly key: string
  readonly nodeId: number
  readonly host: string
  readonly port: number
  readonly errorCode: number
  readonly errorMessage?: string | null
}

/** Versions 0 to 6. */
export interface FindCoordinatorResponse {
  /** From version 1. */
  readonly throttleTimeMs: number
  /** Versions 0 to 3. */
  readonly errorCode: number
  /** Versions 1 to 3. */
  readonly errorMessage: string | null
  /** Versions 0 to 3. */
  readonly nodeId: number
  /** Versions 0 to 3. */
  readonly host: string
  /** Versions 0 to 3. */
  readonly port: number
  /** From version 4; replaces the fields above. */
  readonly coordinators: readonly Coordinator[]
}

/** {@link FindCoordinatorResponse} as it is encoded. */
export interface FindCoordinatorResponseInput {
  readonly throttleTimeMs?: number
  readonly errorCode?: number
  readonly errorMessage?: string | null
  readonly nodeId?: number
  readonly host?: string
  readonly port?: number
  readonly coordinators?: readonly CoordinatorInput[]
}

function decodeCoordinator(reader: Reader, _version: number, _flexible: boolean): Coordinator {
  const key = reader.string(true)
  const nodeId = reader.int32()
  const host = reader.string(true)
  const port = reader.int32()
  const errorCode = reader.int16()
  const errorMessage = reader.nullableString(true)
  reader.skipTags()
  return { key, nodeId, host, port, errorCode, errorMessage }
}

function decodeFindCoordinatorResponse(reader: Reader, version: number): FindCoordinatorResponse {
  assert(version >= 0 && version <= 6, 'a version of FindCoordinatorResponse')
  const flexible = version >= 3
  const throttleTimeMs = version >= 1 ? reader.int32() : 0
  const errorCode = version <= 3 ? reader.int16() : 0
  const errorMessage = version >= 1 && version <= 3 ? reader.nullableString(flexible) : null
  const nodeId = version <= 3 ? reader.int32() : 0
  const host = version <= 3 ? reader.string(flexible) : ''
  const port = version <= 3 ? reader.int32() : 0
  const coordinators = version >= 4 ? reader.array(flexible, 14, version, decodeCoordinator) : []
  if (flexible) reader.skipTags()
  return { throttleTimeMs, errorCode, errorMessage, nodeId, host, port, coordinators }
}

function encodeCoordinator(
  writer: Writer,
  _version: number,
  _flexible: boolean,
  message: CoordinatorInput,
): void {
  const { key, nodeId, host, port, errorCode, errorMessage = null } = message
  writer.string(true, key)
  writer.int32(nodeId)
  writer.string(true, host)
  writer.int32(port)
  writer.int16(errorCode)
  writer.nullableString(true, errorMessage)
  writer.unsignedVarint(0)
}

function encodeFindCoordinatorResponse(
  writer: Writer,
  version: number,
  message: FindCoordinatorResponseInput,
): void {
  assert(version >= 0 && version <= 6, 'a version of FindCoordinatorResponse')
  const flexible = version >= 3
  const {
    throttleTimeMs = 0,
    errorCode = 0,
    errorMessage = null,
    nodeId = 0,
    host = '',
    port = 0,
    coordinators = [],
  } = message
  if (version >= 1) writer.int32(throttleTimeMs)
  if (version <= 3) writer.int16(errorCode)
  else if (errorCode !== 0) writer.unsupported('FindCoordinatorResponse.errorCode', version)
  if (version >= 1 && version <= 3) writer.nullableString(flexible, errorMessage)
  if (version <= 3) writer.int32(nodeId)
  else if (nodeId !== 0) writer.unsupported('FindCoordinatorResponse.nodeId', version)
  if (version <= 3) writer.string(flexible, host)
  else if (host !== '') writer.unsupported('FindCoordinatorResponse.host', version)
  if (version <= 3) writer.int32(port)
  else if (port !== 0) writer.unsupported('FindCoordinatorResponse.port', version)
  if (version >= 4) writer.array(flexible, coordinators, version, encodeCoordinator)
  else if (coordinators.length > 0)
    writer.unsupported('FindCoordinatorResponse.coordinators', version)
  if (flexible) writer.unsignedVarint(0)
}

/** Codec of {@link FindCoordinatorResponse}. */
export const findCoordinatorResponse: MessageCodec<
  FindCoordinatorResponse,
  FindCoordinatorResponseInput
> = {
  name: 'FindCoordinatorResponse',
  versionMin: 0,
  versionMax: 6,
  flexibleMin: 3,
  decode: decodeFindCoordinatorResponse,
  encode: encodeFindCoordinatorResponse,
}

/** The FindCoordinator API. */
export const findCoordinatorApi: Api<
  FindCoordinatorRequest,
  FindCoordinatorRequestInput,
  FindCoordinatorResponse,
  FindCoordinatorResponseInput
> = {
  key: 10,
  name: 'FindCoordinator',
  request: findCoordinatorRequest,
  response: findCoordinatorResponse,
}
