// Generated from the schema by `npm run generate`; edit that instead.
import { assert } from '../../base/assert.ts'
import type { Api, MessageCodec } from '../codec.ts'
import type { Reader } from '../reader.ts'
import type { Writer } from '../writer.ts'

/** Versions 0 to 2. */
export interface DescribeClusterRequest {
  readonly includeClusterAuthorizedOperations: boolean
  /** From version 1; 1 brokers, 2 controllers. */
  readonly endpointType: number
  /** Version 2 only. */
  readonly includeFencedBrokers: boolean
}

/** {@link DescribeClusterRequest} as it is encoded. */
export interface DescribeClusterRequestInput {
  readonly includeClusterAuthorizedOperations: boolean
  readonly endpointType?: number
  readonly includeFencedBrokers?: boolean
}

function decodeDescribeClusterRequest(reader: Reader, version: number): DescribeClusterRequest {
  assert(version >= 0 && version <= 2, 'a version of DescribeClusterRequest')
  const includeClusterAuthorizedOperations = reader.bool()
  const endpointType = version >= 1 ? reader.int8() : 1
  const includeFencedBrokers = version === 2 ? reader.bool() : false
  reader.skipTags()
  return { includeClusterAuthorizedOperations, endpointType, includeFencedBrokers }
}

function encodeDescribeClusterRequest(
  writer: Writer,
  version: number,
  message: DescribeClusterRequestInput,
): void {
  assert(version >= 0 && version <= 2, 'a version of DescribeClusterRequest')
  const {
    includeClusterAuthorizedOperations,
    endpointType = 1,
    includeFencedBrokers = false,
  } = message
  writer.bool(includeClusterAuthorizedOperations)
  if (version >= 1) writer.int8(endpointType)
  else if (endpointType !== 1) writer.unsupported('DescribeClusterRequest.endpointType', version)
  if (version === 2) writer.bool(includeFencedBrokers)
  else if (includeFencedBrokers)
    writer.unsupported('DescribeClusterRequest.includeFencedBrokers', version)
  writer.unsignedVarint(0)
}

/** Codec of {@link DescribeClusterRequest}. */
export const describeClusterRequest: MessageCodec<
  DescribeClusterRequest,
  DescribeClusterRequestInput
> = {
  name: 'DescribeClusterRequest',
  versionMin: 0,
  versionMax: 2,
  flexibleMin: 0,
  decode: decodeDescribeClusterRequest,
  encode: encodeDescribeClusterRequest,
}

/** Part of {@link DescribeClusterResponse}. */
export interface DescribeClusterBroker {
  readonly brokerId: number
  readonly host: string
  readonly port: number
  readonly rack: string | null
  /** Version 2 only. */
  readonly isFenced: boolean
}

/** {@link DescribeClusterBroker} as it is encoded. */
export interface DescribeClusterBrokerInput {
  readonly brokerId: number
  readonly host: string
  readonly port: number
  readonly rack?: string | null
  readonly isFenced?: boolean
}

/** Versions 0 to 2. */
export interface DescribeClusterResponse {
  readonly throttleTimeMs: number
  readonly errorCode: number
  readonly errorMessage: string | null
  /** From version 1. */
  readonly endpointType: number
  readonly clusterId: string
  readonly controllerId: number
  readonly brokers: readonly DescribeClusterBroker[]
  /** Bit set; the smallest int32 when not asked for. */
  readonly clusterAuthorizedOperations: number
}

/** {@link DescribeClusterResponse} as it is encoded. */
export interface DescribeClusterResponseInput {
  readonly throttleTimeMs: number
  readonly errorCode: number
  readonly errorMessage?: string | null
  readonly endpointType?: number
  readonly clusterId: string
  readonly controllerId?: number
  readonly brokers: readonly DescribeClusterBrokerInput[]
  readonly clusterAuthorizedOperations?: number
}

function decodeDescribeClusterBroker(
  reader: Reader,
  version: number,
  _flexible: boolean,
): DescribeClusterBroker {
  const brokerId = reader.int32()
  const host = reader.string(true)
  const port = reader.int32()
  const rack = reader.nullableString(true)
  const isFenced = version === 2 ? reader.bool() : false
  reader.skipTags()
  return { brokerId, host, port, rack, isFenced }
}

function decodeDescribeClusterResponse(reader: Reader, version: number): DescribeClusterResponse {
  assert(version >= 0 && version <= 2, 'a version of DescribeClusterResponse')
  const throttleTimeMs = reader.int32()
  const errorCode = reader.int16()
  const errorMessage = reader.nullableString(true)
  const endpointType = version >= 1 ? reader.int8() : 1
  const clusterId = reader.string(true)
  const controllerId = reader.int32()
  const brokers = reader.array(true, 11, version, decodeDescribeClusterBroker)
  const clusterAuthorizedOperations = reader.int32()
  reader.skipTags()
  return {
    throttleTimeMs,
    errorCode,
    errorMessage,
    endpointType,
    clusterId,
    controllerId,
    brokers,
    clusterAuthorizedOperations,
  }
}

function encodeDescribeClusterBroker(
  writer: Writer,
  version: number,
  _flexible: boolean,
  message: DescribeClusterBrokerInput,
): void {
  const { brokerId, host, port, rack = null, isFenced = false } = message
  writer.int32(brokerId)
  writer.string(true, host)
  writer.int32(port)
  writer.nullableString(true, rack)
  if (version === 2) writer.bool(isFenced)
  else if (isFenced)
    writer.unsupported('DescribeClusterResponse.DescribeClusterBroker.isFenced', version)
  writer.unsignedVarint(0)
}

function encodeDescribeClusterResponse(
  writer: Writer,
  version: number,
  message: DescribeClusterResponseInput,
): void {
  assert(version >= 0 && version <= 2, 'a version of DescribeClusterResponse')
  const {
    throttleTimeMs,
    errorCode,
    errorMessage = null,
    endpointType = 1,
    clusterId,
    controllerId = -1,
    brokers,
    clusterAuthorizedOperations = -2147483648,
  } = message
  writer.int32(throttleTimeMs)
  writer.int16(errorCode)
  writer.nullableString(true, errorMessage)
  if (version >= 1) writer.int8(endpointType)
  else if (endpointType !== 1) writer.unsupported('DescribeClusterResponse.endpointType', version)
  writer.string(true, clusterId)
  writer.int32(controllerId)
  writer.array(true, brokers, version, encodeDescribeClusterBroker)
  writer.int32(clusterAuthorizedOperations)
  writer.unsignedVarint(0)
}

/** Codec of {@link DescribeClusterResponse}. */
export const describeClusterResponse: MessageCodec<
  DescribeClusterResponse,
  DescribeClusterResponseInput
> = {
  name: 'DescribeClusterResponse',
  versionMin: 0,
  versionMax: 2,
  flexibleMin: 0,
  decode: decodeDescribeClusterResponse,
  encode: encodeDescribeClusterResponse,
}

/** The DescribeCluster API. */
export const describeClusterApi: Api<
  DescribeClusterRequest,
  DescribeClusterRequestInput,
  DescribeClusterResponse,
  DescribeClusterResponseInput
> = {
  key: 60,
  name: 'DescribeCluster',
  request: describeClusterRequest,
  response: describeClusterResponse,
}
