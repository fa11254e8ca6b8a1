// Generated from the schema by `npm run generate`; edit that instead.
import { assert } from '../../base/assert.ts'
import type { Api, MessageCodec } from '../codec.ts'
import { readInt32, writeInt32, readString, writeString } from '../primitives.ts'
import type { Reader } from '../reader.ts'
import type { Writer } from '../writer.ts'

/** Version 0. */
export interface DescribeTransactionsRequest {
  readonly transactionalIds: readonly string[]
}

function decodeDescribeTransactionsRequest(
  reader: Reader,
  version: number,
): DescribeTransactionsRequest {
  assert(version >= 0 && version <= 0, 'a version of DescribeTransactionsRequest')
  const transactionalIds = reader.array(true, 1, version, readString)
  reader.skipTags()
  return { transactionalIds }
}

function encodeDescribeTransactionsRequest(
  writer: Writer,
  version: number,
  message: DescribeTransactionsRequest,
): void {
  assert(version >= 0 && version <= 0, 'a version of DescribeTransactionsRequest')
  const { transactionalIds } = message
  writer.array(true, transactionalIds, version, writeString)
  writer.unsignedVarint(0)
}

/** Codec of {@link DescribeTransactionsRequest}. */
export const describeTransactionsRequest: MessageCodec<DescribeTransactionsRequest> = {
  name: 'DescribeTransactionsRequest',
  versionMin: 0,
  versionMax: 0,
  flexibleMin: 0,
  decode: decodeDescribeTransactionsRequest,
  encode: encodeDescribeTransactionsRequest,
}

/** Part of {@link DescribeTransactionsResponse}. */
export interface TopicData {
  readonly topic: string
  readonly partitions: readonly number[]
}

/** Part of {@link DescribeTransactionsResponse}. */
export interface TransactionState {
  readonly errorCode: number
  readonly transactionalId: string
  readonly transactionState: string
  readonly transactionTimeoutMs: number
  /** -1 where none is open. */
  readonly transactionStartTimeMs: number
  readonly producerId: number
  readonly producerEpoch: number
  /** What the open transaction has written to. */
  readonly topics: readonly TopicData[]
}

/** Version 0. */
export interface DescribeTransactionsResponse {
  readonly throttleTimeMs: number
  readonly transactionStates: readonly TransactionState[]
}

function decodeTopicData(reader: Reader, version: number, _flexible: boolean): TopicData {
  const topic = reader.string(true)
  const partitions = reader.array(true, 4, version, readInt32)
  reader.skipTags()
  return { topic, partitions }
}

function decodeTransactionState(
  reader: Reader,
  version: number,
  _flexible: boolean,
): TransactionState {
  const errorCode = reader.int16()
  const transactionalId = reader.string(true)
  const transactionState = reader.string(true)
  const transactionTimeoutMs = reader.int32()
  const transactionStartTimeMs = reader.int64()
  const producerId = reader.int64()
  const producerEpoch = reader.int16()
  const topics = reader.array(true, 3, version, decodeTopicData)
  reader.skipTags()
  return {
    errorCode,
    transactionalId,
    transactionState,
    transactionTimeoutMs,
    transactionStartTimeMs,
    producerId,
    producerEpoch,
    topics,
  }
}

function decodeDescribeTransactionsResponse(
  reader: Reader,
  version: number,
): DescribeTransactionsResponse {
  assert(version >= 0 && version <= 0, 'a version of DescribeTransactionsResponse')
  const throttleTimeMs = reader.int32()
  const transactionStates = reader.array(true, 28, version, decodeTransactionState)
  reader.skipTags()
  return { throttleTimeMs, transactionStates }
}

function encodeTopicData(
  writer: Writer,
  version: number,
  _flexible: boolean,
  message: TopicData,
): void {
  const { topic, partitions } = message
  writer.string(true, topic)
  writer.array(true, partitions, version, writeInt32)
  writer.unsignedVarint(0)
}

function encodeTransactionState(
  writer: Writer,
  version: number,
  _flexible: boolean,
  message: TransactionState,
): void {
  const {
    errorCode,
    transactionalId,
    transactionState,
    transactionTimeoutMs,
    transactionStartTimeMs,
    producerId,
    producerEpoch,
    topics,
  } = message
  writer.int16(errorCode)
  writer.string(true, transactionalId)
  writer.string(true, transactionState)
  writer.int32(transactionTimeoutMs)
  writer.int64(transactionStartTimeMs)
  writer.int64(producerId)
  writer.int16(producerEpoch)
  writer.array(true, topics, version, encodeTopicData)
  writer.unsignedVarint(0)
}

function encodeDescribeTransactionsResponse(
  writer: Writer,
  version: number,
  message: DescribeTransactionsResponse,
): void {
  assert(version >= 0 && version <= 0, 'a version of DescribeTransactionsResponse')
  const { throttleTimeMs, transactionStates } = message
  writer.int32(throttleTimeMs)
  writer.array(true, transactionStates, version, encodeTransactionState)
  writer.unsignedVarint(0)
}

/** Codec of {@link DescribeTransactionsResponse}. */
export const describeTransactionsResponse: MessageCodec<DescribeTransactionsResponse> = {
  name: 'DescribeTransactionsResponse',
  versionMin: 0,
  versionMax: 0,
  flexibleMin: 0,
  decode: decodeDescribeTransactionsResponse,
  encode: encodeDescribeTransactionsResponse,
}

/** The DescribeTransactions API. */
export const describeTransactionsApi: Api<
  DescribeTransactionsRequest,
  DescribeTransactionsRequest,
  DescribeTransactionsResponse,
  DescribeTransactionsResponse
> = {
  key: 65,
  name: 'DescribeTransactions',
  request: describeTransactionsRequest,
  response: describeTransactionsResponse,
}
