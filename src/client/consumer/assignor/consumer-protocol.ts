/**
 * Bytes of the embedded protocol `consumer`: what a member says in JoinGroup and gets in SyncGroup.
 * Both begin with an int16 of their version, 0 to 3. A later version is read as the last one that
 * is known, because later ones only add at the end.
 */

import { assert } from '../../../base/assert.ts'
import type { Decoded, MessageCodec } from '../../../protocol/codec.ts'
import {
  consumerProtocolAssignment,
  consumerProtocolSubscription,
} from '../../../protocol/generated/record/consumer-protocol.ts'
import { Reader } from '../../../protocol/reader.ts'
import { Writer } from '../../../protocol/writer.ts'
import {
  comparePartitions,
  compareText,
  groupByTopic,
  type TopicPartition,
} from '../../topic-partition.ts'
import type { AssignableMember, MemberAssignment } from './assignor.ts'

/** The protocol type of groups of consumers. */
export const consumerProtocolType = 'consumer'

/** The version that is written; every Kafka of 3.5 and later knows it, earlier ones read on. */
const versionWritten = 3

/** What a member says of itself; JoinGroup carries its ids. */
export type MemberSubscription = Omit<AssignableMember, 'memberId' | 'groupInstanceId'>

/** The bytes of a subscription; what is equal but for its order gives equal bytes. */
export function encodeSubscription(
  subscription: MemberSubscription,
  version: number = versionWritten,
): Uint8Array {
  const { ownedPartitions, ...rest } = subscription
  return encode(consumerProtocolSubscription, version, {
    ...rest,
    topics: [...rest.topics].sort(compareText),
    ownedPartitions: partitionsByTopic([...ownedPartitions].sort(comparePartitions)),
  })
}

/** Reads a subscription of any version. */
export function decodeSubscription(bytes: Uint8Array): Decoded<MemberSubscription> {
  const decoded = decode(consumerProtocolSubscription, bytes)
  if (decoded.value === null) return decoded
  const { topics, userData, ownedPartitions, generationId, rackId } = decoded.value
  const owned = partitionsOf(ownedPartitions)
  return {
    value: { topics, userData, ownedPartitions: owned, generationId, rackId },
    error: null,
  }
}

/** The bytes of an assignment. */
export function encodeAssignment(
  assignment: MemberAssignment,
  version: number = versionWritten,
): Uint8Array {
  return encode(consumerProtocolAssignment, version, {
    assignedPartitions: partitionsByTopic(assignment.partitions),
    userData: assignment.userData ?? null,
  })
}

/** Reads an assignment of any version; no bytes at all are an empty assignment, as Kafka has it. */
export function decodeAssignment(bytes: Uint8Array): Decoded<MemberAssignment> {
  if (bytes.length === 0) return { value: { partitions: [], userData: null }, error: null }
  const decoded = decode(consumerProtocolAssignment, bytes)
  if (decoded.value === null) return decoded
  const { assignedPartitions, userData } = decoded.value
  return { value: { partitions: partitionsOf(assignedPartitions), userData }, error: null }
}

/** Partitions as messages list them: by topic. */
export function partitionsByTopic(
  partitions: readonly TopicPartition[],
): { topic: string; partitions: number[] }[] {
  return [...groupByTopic(partitions)].map(([topic, numbers]) => ({ topic, partitions: numbers }))
}

/** The reverse of {@link partitionsByTopic}. */
export function partitionsOf(
  topics: readonly { readonly topic: string; readonly partitions: readonly number[] }[],
): TopicPartition[] {
  return topics.flatMap(({ topic, partitions }) =>
    partitions.map((partition) => ({ topic, partition })),
  )
}

function encode<T, Input>(
  codec: MessageCodec<T, Input>,
  version: number,
  message: Input,
): Uint8Array {
  assert(version >= 0 && version <= codec.versionMax, 'a version that can be written')
  const writer = new Writer()
  writer.int16(version)
  codec.encode(writer, version, message)
  if (writer.error !== null) throw new Error(`${codec.name}: ${writer.error}`)
  return writer.finish()
}

function decode<T, Input>(codec: MessageCodec<T, Input>, bytes: Uint8Array): Decoded<T> {
  const reader = new Reader(bytes)
  const version = reader.int16()
  if (version < 0) reader.fail(`version ${version}`)
  const value = codec.decode(reader, Math.min(Math.max(version, 0), codec.versionMax))
  if (reader.error !== null) return { value: null, error: `${codec.name}: ${reader.error}` }
  return { value, error: null }
}
