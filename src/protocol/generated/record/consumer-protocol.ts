// Generated from the schema by `npm run generate`; edit that instead.
import { assert } from '../../../base/assert.ts'
import type { MessageCodec } from '../../codec.ts'
import { readInt32, writeInt32, readString, writeString } from '../../primitives.ts'
import type { Reader } from '../../reader.ts'
import type { Writer } from '../../writer.ts'

/** Part of {@link ConsumerProtocolSubscription}. */
export interface OwnedPartitions {
  readonly topic: string
  readonly partitions: readonly number[]
}

/** Versions 0 to 3. */
export interface ConsumerProtocolSubscription {
  readonly topics: readonly string[]
  /** The assignor's own. */
  readonly userData: Uint8Array | null
  /** From version 1. */
  readonly ownedPartitions: readonly OwnedPartitions[]
  /** From version 2; in which ownedPartitions were owned. */
  readonly generationId: number
  /** Version 3 only. */
  readonly rackId: string | null
}

/** {@link ConsumerProtocolSubscription} as it is encoded. */
export interface ConsumerProtocolSubscriptionInput {
  readonly topics: readonly string[]
  readonly userData?: Uint8Array | null
  readonly ownedPartitions?: readonly OwnedPartitions[]
  readonly generationId?: number
  readonly rackId?: string | null
}

function decodeOwnedPartitions(
  reader: Reader,
  version: number,
  _flexible: boolean,
): OwnedPartitions {
  const topic = reader.string(false)
  const partitions = reader.array(false, 4, version, readInt32)
  return { topic, partitions }
}

function decodeConsumerProtocolSubscription(
  reader: Reader,
  version: number,
): ConsumerProtocolSubscription {
  assert(version >= 0 && version <= 3, 'a version of ConsumerProtocolSubscription')
  const topics = reader.array(false, 2, version, readString)
  const userData = reader.nullableBytes(false)
  const ownedPartitions = version >= 1 ? reader.array(false, 6, version, decodeOwnedPartitions) : []
  const generationId = version >= 2 ? reader.int32() : -1
  const rackId = version === 3 ? reader.nullableString(false) : null
  return { topics, userData, ownedPartitions, generationId, rackId }
}

function encodeOwnedPartitions(
  writer: Writer,
  version: number,
  _flexible: boolean,
  message: OwnedPartitions,
): void {
  const { topic, partitions } = message
  writer.string(false, topic)
  writer.array(false, partitions, version, writeInt32)
}

function encodeConsumerProtocolSubscription(
  writer: Writer,
  version: number,
  message: ConsumerProtocolSubscriptionInput,
): void {
  assert(version >= 0 && version <= 3, 'a version of ConsumerProtocolSubscription')
  const {
    topics,
    userData = null,
    ownedPartitions = [],
    generationId = -1,
    rackId = null,
  } = message
  writer.array(false, topics, version, writeString)
  writer.nullableBytes(false, userData)
  if (version >= 1) writer.array(false, ownedPartitions, version, encodeOwnedPartitions)
  if (version >= 2) writer.int32(generationId)
  if (version === 3) writer.nullableString(false, rackId)
}

/** Codec of {@link ConsumerProtocolSubscription}. */
export const consumerProtocolSubscription: MessageCodec<
  ConsumerProtocolSubscription,
  ConsumerProtocolSubscriptionInput
> = {
  name: 'ConsumerProtocolSubscription',
  versionMin: 0,
  versionMax: 3,
  flexibleMin: Infinity,
  decode: decodeConsumerProtocolSubscription,
  encode: encodeConsumerProtocolSubscription,
}

/** Part of {@link ConsumerProtocolAssignment}. */
export interface AssignedPartitions {
  readonly topic: string
  readonly partitions: readonly number[]
}

/** Versions 0 to 3. */
export interface ConsumerProtocolAssignment {
  readonly assignedPartitions: readonly AssignedPartitions[]
  readonly userData: Uint8Array | null
}

/** {@link ConsumerProtocolAssignment} as it is encoded. */
export interface ConsumerProtocolAssignmentInput {
  readonly assignedPartitions: readonly AssignedPartitions[]
  readonly userData?: Uint8Array | null
}

function decodeAssignedPartitions(
  reader: Reader,
  version: number,
  _flexible: boolean,
): AssignedPartitions {
  const topic = reader.string(false)
  const partitions = reader.array(false, 4, version, readInt32)
  return { topic, partitions }
}

function decodeConsumerProtocolAssignment(
  reader: Reader,
  version: number,
): ConsumerProtocolAssignment {
  assert(version >= 0 && version <= 3, 'a version of ConsumerProtocolAssignment')
  const assignedPartitions = reader.array(false, 6, version, decodeAssignedPartitions)
  const userData = reader.nullableBytes(false)
  return { assignedPartitions, userData }
}

function encodeAssignedPartitions(
  writer: Writer,
  version: number,
  _flexible: boolean,
  message: AssignedPartitions,
): void {
  const { topic, partitions } = message
  writer.string(false, topic)
  writer.array(false, partitions, version, writeInt32)
}

function encodeConsumerProtocolAssignment(
  writer: Writer,
  version: number,
  message: ConsumerProtocolAssignmentInput,
): void {
  assert(version >= 0 && version <= 3, 'a version of ConsumerProtocolAssignment')
  const { assignedPartitions, userData = null } = message
  writer.array(false, assignedPartitions, version, encodeAssignedPartitions)
  writer.nullableBytes(false, userData)
}

/** Codec of {@link ConsumerProtocolAssignment}. */
export const consumerProtocolAssignment: MessageCodec<
  ConsumerProtocolAssignment,
  ConsumerProtocolAssignmentInput
> = {
  name: 'ConsumerProtocolAssignment',
  versionMin: 0,
  versionMax: 3,
  flexibleMin: Infinity,
  decode: decodeConsumerProtocolAssignment,
  encode: encodeConsumerProtocolAssignment,
}

/** Codecs of all these records. */
export const consumerProtocol: readonly MessageCodec<unknown, never>[] = [
  consumerProtocolSubscription,
  consumerProtocolAssignment,
]
