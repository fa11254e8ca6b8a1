// Generated from the schema by `npm run generate`; edit that instead.
import { assert } from '../../base/assert.ts'
import type { Api, MessageCodec } from '../codec.ts'
import type { Reader } from '../reader.ts'
import type { Writer } from '../writer.ts'

/** Versions 0 to 6. */
export interface InitProducerIdRequest {
  /** Null for a producer that is only idempotent. */
  readonly transactionalId: string | null
  readonly transactionTimeoutMs: number
  /** From version 3; -1, or the id to continue with. */
  readonly producerId: number
  /** From version 3. */
  readonly producerEpoch: number
  /** Version 6 only; two-phase commit with an outside coordinator. */
  readonly enable2Pc: boolean
  /** Version 6 only. */
  readonly keepPreparedTxn: boolean
}

/** {@link InitProducerIdRequest} as it is encoded. */
export interface InitProducerIdRequestInput {
  readonly transactionalId: string | null
  readonly transactionTimeoutMs: number
  readonly producerId?: number
  readonly producerEpoch?: number
  readonly enable2Pc?: boolean
  readonly keepPreparedTxn?: boolean
}

function decodeInitProducerIdRequest(reader: Reader, version: number): InitProducerIdRequest {
  assert(version >= 0 && version <= 6, 'a version of InitProducerIdRequest')
  const flexible = version >= 2
  const transactionalId = reader.nullableString(flexible)
  const transactionTimeoutMs = reader.int32()
  const producerId = version >= 3 ? reader.int64() : -1
  const producerEpoch = version >= 3 ? reader.int16() : -1
  const enable2Pc = version === 6 ? reader.bool() : false
  const keepPreparedTxn = version === 6 ? reader.bool() : false
  if (flexible) reader.skipTags()
  return {
    transactionalId,
    transactionTimeoutMs,
    producerId,
    producerEpoch,
    enable2Pc,
    keepPreparedTxn,
  }
}

function encodeInitProducerIdRequest(
  writer: Writer,
  version: number,
  message: InitProducerIdRequestInput,
): void {
  assert(version >= 0 && version <= 6, 'a version of InitProducerIdRequest')
  const flexible = version >= 2
  const {
    transactionalId,
    transactionTimeoutMs,
    producerId = -1,
    producerEpoch = -1,
    enable2Pc = false,
    keepPreparedTxn = false,
  } = message
  writer.nullableString(flexible, transactionalId)
  writer.int32(transactionTimeoutMs)
  if (version >= 3) writer.int64(producerId)
  else if (producerId !== -1) writer.unsupported('InitProducerIdRequest.producerId', version)
  if (version >= 3) writer.int16(producerEpoch)
  else if (producerEpoch !== -1) writer.unsupported('InitProducerIdRequest.producerEpoch', version)
  if (version === 6) writer.bool(enable2Pc)
  else if (enable2Pc) writer.unsupported('InitProducerIdRequest.enable2Pc', version)
  if (version === 6) writer.bool(keepPreparedTxn)
  else if (keepPreparedTxn) writer.unsupported('InitProducerIdRequest.keepPreparedTxn', version)
  if (flexible) writer.unsignedVarint(0)
}

/** Codec of {@link InitProducerIdRequest}. */
export const initProducerIdRequest: MessageCodec<
  InitProducerIdRequest,
  InitProducerIdRequestInput
> = {
  name: 'InitProducerIdRequest',
  versionMin: 0,
  versionMax: 6,
  flexibleMin: 2,
  decode: decodeInitProducerIdRequest,
  encode: encodeInitProducerIdRequest,
}

/** Versions 0 to 6. */
export interface InitProducerIdResponse {
  readonly throttleTimeMs: number
  readonly errorCode: number
  readonly producerId: number
  readonly producerEpoch: number
  /** Version 6 only. */
  readonly ongoingTxnProducerId: number
  /** Version 6 only. */
  readonly ongoingTxnProducerEpoch: number
}

/** {@link InitProducerIdResponse} as it is encoded. */
export interface InitProducerIdResponseInput {
  readonly throttleTimeMs?: number
  readonly errorCode: number
  readonly producerId?: number
  readonly producerEpoch: number
  readonly ongoingTxnProducerId?: number
  readonly ongoingTxnProducerEpoch?: number
}

function decodeInitProducerIdResponse(reader: Reader, version: number): InitProducerIdResponse {
  assert(version >= 0 && version <= 6, 'a version of InitProducerIdResponse')
  const flexible = version >= 2
  const throttleTimeMs = reader.int32()
  const errorCode = reader.int16()
  const producerId = reader.int64()
  const producerEpoch = reader.int16()
  const ongoingTxnProducerId = version === 6 ? reader.int64() : -1
  const ongoingTxnProducerEpoch = version === 6 ? reader.int16() : -1
  if (flexible) reader.skipTags()
  return {
    throttleTimeMs,
    errorCode,
    producerId,
    producerEpoch,
    ongoingTxnProducerId,
    ongoingTxnProducerEpoch,
  }
}

function encodeInitProducerIdResponse(
  writer: Writer,
  version: number,
  message: InitProducerIdResponseInput,
): void {
  assert(version >= 0 && version <= 6, 'a version of InitProducerIdResponse')
  const flexible = version >= 2
  const {
    throttleTimeMs = 0,
    errorCode,
    producerId = -1,
    producerEpoch,
    ongoingTxnProducerId = -1,
    ongoingTxnProducerEpoch = -1,
  } = message
  writer.int32(throttleTimeMs)
  writer.int16(errorCode)
  writer.int64(producerId)
  writer.int16(producerEpoch)
  if (version === 6) writer.int64(ongoingTxnProducerId)
  else if (ongoingTxnProducerId !== -1)
    writer.unsupported('InitProducerIdResponse.ongoingTxnProducerId', version)
  if (version === 6) writer.int16(ongoingTxnProducerEpoch)
  else if (ongoingTxnProducerEpoch !== -1)
    writer.unsupported('InitProducerIdResponse.ongoingTxnProducerEpoch', version)
  if (flexible) writer.unsignedVarint(0)
}

/** Codec of {@link InitProducerIdResponse}. */
export const initProducerIdResponse: MessageCodec<
  InitProducerIdResponse,
  InitProducerIdResponseInput
> = {
  name: 'InitProducerIdResponse',
  versionMin: 0,
  versionMax: 6,
  flexibleMin: 2,
  decode: decodeInitProducerIdResponse,
  encode: encodeInitProducerIdResponse,
}

/** The InitProducerId API. */
export const initProducerIdApi: Api<
  InitProducerIdRequest,
  InitProducerIdRequestInput,
  InitProducerIdResponse,
  InitProducerIdResponseInput
> = {
  key: 22,
  name: 'InitProducerId',
  request: initProducerIdRequest,
  response: initProducerIdResponse,
}
