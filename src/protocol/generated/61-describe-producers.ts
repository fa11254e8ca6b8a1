// Generated from the schema by `npm run generate`; edit that instead.
import { assert } from '../../base/assert.ts'
import type { Api, MessageCodec } from '../codec.ts'
import { readInt32, writeInt32 } from '../primitives.ts'
import type { Reader } from '../reader.ts'
import type { Writer } from '../writer.ts'

/** Part of {@link DescribeProducersRequest}. */
export interface DescribeProducersTopic {
  readonly name: string
  readonly partitionIndexes: readonly number[]
}

/** Version 0. */
export interface DescribeProducersRequest {
  readonly topics: readonly DescribeProducersTopic[]
}

function decodeDescribeProducersTopic(
  reader: Reader,
  version: number,
  _flexible: boolean,
): DescribeProducersTopic {
  const name = reader.string(true)
  const partitionIndexes = reader.array(true, 4, version, readInt32)
  reader.skipTags()
  return { name, partitionIndexes }
}

function decodeDescribeProducersRequest(reader: Reader, version: number): DescribeProducersRequest {
  assert(version >= 0 && version <= 0, 'a version of DescribeProducersRequest')
  const topics = reader.array(true, 3, version, decodeDescribeProducersTopic)
  reader.skipTags()
  return { topics }
}

function encodeDescribeProducersTopic(
  writer: Writer,
  version: number,
  _flexible: boolean,
  message: DescribeProducersTopic,
): void {
  const { name, partitionIndexes } = message
  writer.string(true, name)
  writer.array(true, partitionIndexes, version, writeInt32)
  writer.unsignedVarint(0)
}

function encodeDescribeProducersRequest(
  writer: Writer,
  version: number,
  message: DescribeProducersRequest,
): void {
  assert(version >= 0 && version <= 0, 'a version of DescribeProducersRequest')
  const { topics } = message
  writer.array(true, topics, version, encodeDescribeProducersTopic)
  writer.unsignedVarint(0)
}

/** Codec of {@link DescribeProducersRequest}. */
export const describeProducersRequest: MessageCodec<DescribeProducersRequest> = {
  name: 'DescribeProducersRequest',
  versionMin: 0,
  versionMax: 0,
  flexibleMin: 0,
  decode: decodeDescribeProducersRequest,
  encode: encodeDescribeProducersRequest,
}

/** Part of {@link DescribeProducersResponse}. */
export interface ProducerState {
  readonly producerId: number
  readonly producerEpoch: number
  readonly lastSequence: number
  readonly lastTimestamp: number
  readonly coordinatorEpoch: number
  /** -1 when no transaction is open. */
  readonly currentTxnStartOffset: number
}

/** {@link ProducerState} as it is encoded. */
export interface ProducerStateInput {
  readonly producerId: number
  readonly producerEpoch: number
  readonly lastSequence?: number
  readonly lastTimestamp?: number
  readonly coordinatorEpoch: number
  readonly currentTxnStartOffset?: number
}

/** Part of {@link DescribeProducersResponse}. */
export interface DescribeProducersPartition {
  readonly partitionIndex: number
  readonly errorCode: number
  readonly errorMessage: string | null
  readonly activeProducers: readonly ProducerState[]
}

/** {@link DescribeProducersPartition} as it is encoded. */
export interface DescribeProducersPartitionInput {
  readonly partitionIndex: number
  readonly errorCode: number
  readonly errorMessage?: string | null
  readonly activeProducers: readonly ProducerStateInput[]
}

/** Part of {@link DescribeProducersResponse}. */
export interface DescribeProducersTopicResult {
  readonly name: string
  readonly partitions: readonly DescribeProducersPartition[]
}

/** {@link DescribeProducersTopicResult} as it is encoded. */
export interface DescribeProducersTopicResultInput {
  readonly name: string
  readonly partitions: readonly DescribeProducersPartitionInput[]
}

/** Version 0. */
export interface DescribeProducersResponse {
  readonly throttleTimeMs: number
  readonly topics: readonly DescribeProducersTopicResult[]
}

/** {@link DescribeProducersResponse} as it is encoded. */
export interface DescribeProducersResponseInput {
  readonly throttleTimeMs: number
  readonly topics: readonly DescribeProducersTopicResultInput[]
}

function decodeProducerState(reader: Reader, _version: number, _flexible: boolean): ProducerState {
  const producerId = reader.int64()
  const producerEpoch = reader.int32()
  const lastSequence = reader.int32()
  const lastTimestamp = reader.int64Nearest()
  const coordinatorEpoch = reader.int32()
  const currentTxnStartOffset = reader.int64()
  reader.skipTags()
  return {
    producerId,
    producerEpoch,
    lastSequence,
    lastTimestamp,
    coordinatorEpoch,
    currentTxnStartOffset,
  }
}

function decodeDescribeProducersPartition(
  reader: Reader,
  version: number,
  _flexible: boolean,
): DescribeProducersPartition {
  const partitionIndex = reader.int32()
  const errorCode = reader.int16()
  const errorMessage = reader.nullableString(true)
  const activeProducers = reader.array(true, 37, version, decodeProducerState)
  reader.skipTags()
  return { partitionIndex, errorCode, errorMessage, activeProducers }
}

function decodeDescribeProducersTopicResult(
  reader: Reader,
  version: number,
  _flexible: boolean,
): DescribeProducersTopicResult {
  const name = reader.string(true)
  const partitions = reader.array(true, 9, version, decodeDescribeProducersPartition)
  reader.skipTags()
  return { name, partitions }
}

function decodeDescribeProducersResponse(
  reader: Reader,
  version: number,
): DescribeProducersResponse {
  assert(version >= 0 && version <= 0, 'a version of DescribeProducersResponse')
  const throttleTimeMs = reader.int32()
  const topics = reader.array(true, 3, version, decodeDescribeProducersTopicResult)
  reader.skipTags()
  return { throttleTimeMs, topics }
}

function encodeProducerState(
  writer: Writer,
  _version: number,
  _flexible: boolean,
  message: ProducerStateInput,
): void {
  const {
    producerId,
    producerEpoch,
    lastSequence = -1,
    lastTimestamp = -1,
    coordinatorEpoch,
    currentTxnStartOffset = -1,
  } = message
  writer.int64(producerId)
  writer.int32(producerEpoch)
  writer.int32(lastSequence)
  writer.int64(lastTimestamp)
  writer.int32(coordinatorEpoch)
  writer.int64(currentTxnStartOffset)
  writer.unsignedVarint(0)
}

function encodeDescribeProducersPartition(
  writer: Writer,
  version: number,
  _flexible: boolean,
  message: DescribeProducersPartitionInput,
): void {
  const { partitionIndex, errorCode, errorMessage = null, activeProducers } = message
  writer.int32(partitionIndex)
  writer.int16(errorCode)
  writer.nullableString(true, errorMessage)
  writer.array(true, activeProducers, version, encodeProducerState)
  writer.unsignedVarint(0)
}

function encodeDescribeProducersTopicResult(
  writer: Writer,
  version: number,
  _flexible: boolean,
  message: DescribeProducersTopicResultInput,
): void {
  const { name, partitions } = message
  writer.string(true, name)
  writer.array(true, partitions, version, encodeDescribeProducersPartition)
  writer.unsignedVarint(0)
}

function encodeDescribeProducersResponse(
  writer: Writer,
  version: number,
  message: DescribeProducersResponseInput,
): void {
  assert(version >= 0 && version <= 0, 'a version of DescribeProducersResponse')
  const { throttleTimeMs, topics } = message
  writer.int32(throttleTimeMs)
  writer.array(true, topics, version, encodeDescribeProducersTopicResult)
  writer.unsignedVarint(0)
}

/** Codec of {@link DescribeProducersResponse}. */
export const describeProducersResponse: MessageCodec<
  DescribeProducersResponse,
  DescribeProducersResponseInput
> = {
  name: 'DescribeProducersResponse',
  versionMin: 0,
  versionMax: 0,
  flexibleMin: 0,
  decode: decodeDescribeProducersResponse,
  encode: encodeDescribeProducersResponse,
}

/** The DescribeProducers API. */
export const describeProducersApi: Api<
  DescribeProducersRequest,
  DescribeProducersRequest,
  DescribeProducersResponse,
  DescribeProducersResponseInput
> = {
  key: 61,
  name: 'DescribeProducers',
  request: describeProducersRequest,
  response: describeProducersResponse,
}
