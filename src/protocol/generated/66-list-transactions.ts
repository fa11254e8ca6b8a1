// Generated from the schema by `npm run generate`; edit that instead.
import { assert } from '../../base/assert.ts'
import type { Api, MessageCodec } from '../codec.ts'
import { readInt64, writeInt64, readString, writeString } from '../primitives.ts'
import type { Reader } from '../reader.ts'
import type { Writer } from '../writer.ts'

/** Versions 0 to 2. */
export interface ListTransactionsRequest {
  /** Empty for all. */
  readonly stateFilters: readonly string[]
  /** Empty for all. */
  readonly producerIdFilters: readonly number[]
  /** From version 1; only those that run longer, in ms; -1 for all. */
  readonly durationFilter: number
  /** Version 2 only; a regular expression of RE2; null or empty for all. */
  readonly transactionalIdPattern: string | null
}

/** {@link ListTransactionsRequest} as it is encoded. */
export interface ListTransactionsRequestInput {
  readonly stateFilters: readonly string[]
  readonly producerIdFilters: readonly number[]
  readonly durationFilter?: number
  readonly transactionalIdPattern?: string | null
}

function decodeListTransactionsRequest(reader: Reader, version: number): ListTransactionsRequest {
  assert(version >= 0 && version <= 2, 'a version of ListTransactionsRequest')
  const stateFilters = reader.array(true, 1, version, readString)
  const producerIdFilters = reader.array(true, 8, version, readInt64)
  const durationFilter = version >= 1 ? reader.int64() : -1
  const transactionalIdPattern = version === 2 ? reader.nullableString(true) : null
  reader.skipTags()
  return { stateFilters, producerIdFilters, durationFilter, transactionalIdPattern }
}

function encodeListTransactionsRequest(
  writer: Writer,
  version: number,
  message: ListTransactionsRequestInput,
): void {
  assert(version >= 0 && version <= 2, 'a version of ListTransactionsRequest')
  const {
    stateFilters,
    producerIdFilters,
    durationFilter = -1,
    transactionalIdPattern = null,
  } = message
  writer.array(true, stateFilters, version, writeString)
  writer.array(true, producerIdFilters, version, writeInt64)
  if (version >= 1) writer.int64(durationFilter)
  else if (durationFilter !== -1)
    writer.unsupported('ListTransactionsRequest.durationFilter', version)
  if (version === 2) writer.nullableString(true, transactionalIdPattern)
  else if (transactionalIdPattern !== null)
    writer.unsupported('ListTransactionsRequest.transactionalIdPattern', version)
  writer.unsignedVarint(0)
}

/** Codec of {@link ListTransactionsRequest}. */
export const listTransactionsRequest: MessageCodec<
  ListTransactionsRequest,
  ListTransactionsRequestInput
> = {
  name: 'ListTransactionsRequest',
  versionMin: 0,
  versionMax: 2,
  flexibleMin: 0,
  decode: decodeListTransactionsRequest,
  encode: encodeListTransactionsRequest,
}

/** Part of {@link ListTransactionsResponse}. */
export interface ListedTransaction {
  readonly transactionalId: string
  readonly producerId: number
  readonly transactionState: string
}

/** Versions 0 to 2. */
export interface ListTransactionsResponse {
  readonly throttleTimeMs: number
  readonly errorCode: number
  readonly unknownStateFilters: readonly string[]
  readonly transactionStates: readonly ListedTransaction[]
}

function decodeListedTransaction(
  reader: Reader,
  _version: number,
  _flexible: boolean,
): ListedTransaction {
  const transactionalId = reader.string(true)
  const producerId = reader.int64()
  const transactionState = reader.string(true)
  reader.skipTags()
  return { transactionalId, producerId, transactionState }
}

function decodeListTransactionsResponse(reader: Reader, version: number): ListTransactionsResponse {
  assert(version >= 0 && version <= 2, 'a version of ListTransactionsResponse')
  const throttleTimeMs = reader.int32()
  const errorCode = reader.int16()
  const unknownStateFilters = reader.array(true, 1, version, readString)
  const transactionStates = reader.array(true, 11, version, decodeListedTransaction)
  reader.skipTags()
  return { throttleTimeMs, errorCode, unknownStateFilters, transactionStates }
}

function encodeListedTransaction(
  writer: Writer,
  _version: number,
  _flexible: boolean,
  message: ListedTransaction,
): void {
  const { transactionalId, producerId, transactionState } = message
  writer.string(true, transactionalId)
  writer.int64(producerId)
  writer.string(true, transactionState)
  writer.unsignedVarint(0)
}

function encodeListTransactionsResponse(
  writer: Writer,
  version: number,
  message: ListTransactionsResponse,
): void {
  assert(version >= 0 && version <= 2, 'a version of ListTransactionsResponse')
  const { throttleTimeMs, errorCode, unknownStateFilters, transactionStates } = message
  writer.int32(throttleTimeMs)
  writer.int16(errorCode)
  writer.array(true, unknownStateFilters, version, writeString)
  writer.array(true, transactionStates, version, encodeListedTransaction)
  writer.unsignedVarint(0)
}

/** Codec of {@link ListTransactionsResponse}. */
export const listTransactionsResponse: MessageCodec<ListTransactionsResponse> = {
  name: 'ListTransactionsResponse',
  versionMin: 0,
  versionMax: 2,
  flexibleMin: 0,
  decode: decodeListTransactionsResponse,
  encode: encodeListTransactionsResponse,
}

/** The ListTransactions API. */
export const listTransactionsApi: Api<
  ListTransactionsRequest,
  ListTransactionsRequestInput,
  ListTransactionsResponse,
  ListTransactionsResponse
> = {
  key: 66,
  name: 'ListTransactions',
  request: listTransactionsRequest,
  response: listTransactionsResponse,
}
