// Generated from the schema by `npm run generate`; edit that instead.
import { assert } from '../../../base/assert.ts'
import type { RecordCodec } from '../../codec.ts'
import type { Reader } from '../../reader.ts'
import type { Uuid } from '../../uuid.ts'
import { zeroUuid } from '../../uuid.ts'
import type { Writer } from '../../writer.ts'

/** Version 0. */
export interface LegacyOffsetCommitKey {
  readonly group: string
  readonly topic: string
  readonly partition: number
}

function decodeLegacyOffsetCommitKey(reader: Reader, version: number): LegacyOffsetCommitKey {
  assert(version >= 0 && version <= 0, 'a version of LegacyOffsetCommitKey')
  const group = reader.string(false)
  const topic = reader.string(false)
  const partition = reader.int32()
  return { group, topic, partition }
}

function encodeLegacyOffsetCommitKey(
  writer: Writer,
  version: number,
  message: LegacyOffsetCommitKey,
): void {
  assert(version >= 0 && version <= 0, 'a version of LegacyOffsetCommitKey')
  const { group, topic, partition } = message
  writer.string(false, group)
  writer.string(false, topic)
  writer.int32(partition)
}

/** Codec of {@link LegacyOffsetCommitKey}. Still found in old logs, never written. */
export const legacyOffsetCommitKey: RecordCodec<LegacyOffsetCommitKey> = {
  key: 0,
  name: 'LegacyOffsetCommitKey',
  versionMin: 0,
  versionMax: 0,
  flexibleMin: Infinity,
  decode: decodeLegacyOffsetCommitKey,
  encode: encodeLegacyOffsetCommitKey,
}

/** Version 0. */
export interface LegacyOffsetCommitValue {
  readonly offset: number
  readonly metadata: string
  readonly commitTimestamp: number
}

function decodeLegacyOffsetCommitValue(reader: Reader, version: number): LegacyOffsetCommitValue {
  assert(version >= 0 && version <= 0, 'a version of LegacyOffsetCommitValue')
  const offset = reader.int64()
  const metadata = reader.string(false)
  const commitTimestamp = reader.int64()
  return { offset, metadata, commitTimestamp }
}

function encodeLegacyOffsetCommitValue(
  writer: Writer,
  version: number,
  message: LegacyOffsetCommitValue,
): void {
  assert(version >= 0 && version <= 0, 'a version of LegacyOffsetCommitValue')
  const { offset, metadata, commitTimestamp } = message
  writer.int64(offset)
  writer.string(false, metadata)
  writer.int64(commitTimestamp)
}

/** Codec of {@link LegacyOffsetCommitValue}. */
export const legacyOffsetCommitValue: RecordCodec<LegacyOffsetCommitValue> = {
  key: 0,
  name: 'LegacyOffsetCommitValue',
  versionMin: 0,
  versionMax: 0,
  flexibleMin: Infinity,
  decode: decodeLegacyOffsetCommitValue,
  encode: encodeLegacyOffsetCommitValue,
}

/** Version 0. */
export interface OffsetCommitKey {
  readonly group: string
  readonly topic: string
  readonly partition: number
}

function decodeOffsetCommitKey(reader: Reader, version: number): OffsetCommitKey {
  assert(version >= 0 && version <= 0, 'a version of OffsetCommitKey')
  const group = reader.string(false)
  const topic = reader.string(false)
  const partition = reader.int32()
  return { group, topic, partition }
}

function encodeOffsetCommitKey(writer: Writer, version: number, message: OffsetCommitKey): void {
  assert(version >= 0 && version <= 0, 'a version of OffsetCommitKey')
  const { group, topic, partition } = message
  writer.string(false, group)
  writer.string(false, topic)
  writer.int32(partition)
}

/** Codec of {@link OffsetCommitKey}. */
export const offsetCommitKey: RecordCodec<OffsetCommitKey> = {
  key: 1,
  name: 'OffsetCommitKey',
  versionMin: 0,
  versionMax: 0,
  flexibleMin: Infinity,
  decode: decodeOffsetCommitKey,
  encode: encodeOffsetCommitKey,
}

/** Versions 0 to 4. */
export interface OffsetCommitValue {
  readonly offset: number
  /** From version 3. */
  readonly leaderEpoch: number
  readonly metadata: string
  readonly commitTimestamp: number
  /** Version 1 only; -1: by the retention of the broker. */
  readonly expireTimestamp: number
  /** Version 4 only. */
  readonly topicId: Uuid
}

/** {@link OffsetCommitValue} as it is encoded. */
export interface OffsetCommitValueInput {
  readonly offset: number
  readonly leaderEpoch?: number
  readonly metadata: string
  readonly commitTimestamp: number
  readonly expireTimestamp?: number
  readonly topicId?: Uuid
}

function decodeOffsetCommitValue(reader: Reader, version: number): OffsetCommitValue {
  assert(version >= 0 && version <= 4, 'a version of OffsetCommitValue')
  const flexible = version === 4
  const offset = reader.int64()
  const leaderEpoch = version >= 3 ? reader.int32() : -1
  const metadata = reader.string(flexible)
  const commitTimestamp = reader.int64()
  const expireTimestamp = version === 1 ? reader.int64() : -1
  let topicId: Uuid = zeroUuid
  if (flexible) {
    for (let left = reader.tagCount(); left > 0; left--) {
      const tag = reader.unsignedVarint()
      const outer = reader.enterTag()
      if (tag === 0) topicId = reader.uuid()
      else reader.skipRest()
      reader.leave(outer)
    }
  }
  return { offset, leaderEpoch, metadata, commitTimestamp, expireTimestamp, topicId }
}

function encodeOffsetCommitValue(
  writer: Writer,
  version: number,
  message: OffsetCommitValueInput,
): void {
  assert(version >= 0 && version <= 4, 'a version of OffsetCommitValue')
  const flexible = version === 4
  const {
    offset,
    leaderEpoch = -1,
    metadata,
    commitTimestamp,
    expireTimestamp = -1,
    topicId = zeroUuid,
  } = message
  writer.int64(offset)
  if (version >= 3) writer.int32(leaderEpoch)
  writer.string(flexible, metadata)
  writer.int64(commitTimestamp)
  if (version === 1) writer.int64(expireTimestamp)
  if (flexible) {
    let tags = 0
    if (topicId !== zeroUuid) tags++
    writer.unsignedVarint(tags)
    if (topicId !== zeroUuid) {
      const size = writer.enterTag(0)
      writer.uuid(topicId)
      writer.leaveTag(size)
    }
  }
}

/** Codec of {@link OffsetCommitValue}. */
export const offsetCommitValue: RecordCodec<OffsetCommitValue, OffsetCommitValueInput> = {
  key: 1,
  name: 'OffsetCommitValue',
  versionMin: 0,
  versionMax: 4,
  flexibleMin: 4,
  decode: decodeOffsetCommitValue,
  encode: encodeOffsetCommitValue,
}

/** Version 0. */
export interface GroupMetadataKey {
  readonly group: string
}

function decodeGroupMetadataKey(reader: Reader, version: number): GroupMetadataKey {
  assert(version >= 0 && version <= 0, 'a version of GroupMetadataKey')
  const group = reader.string(false)
  return { group }
}

function encodeGroupMetadataKey(writer: Writer, version: number, message: GroupMetadataKey): void {
  assert(version >= 0 && version <= 0, 'a version of GroupMetadataKey')
  const { group } = message
  writer.string(false, group)
}

/** Codec of {@link GroupMetadataKey}. */
export const groupMetadataKey: RecordCodec<GroupMetadataKey> = {
  key: 2,
  name: 'GroupMetadataKey',
  versionMin: 0,
  versionMax: 0,
  flexibleMin: Infinity,
  decode: decodeGroupMetadataKey,
  encode: encodeGroupMetadataKey,
}

/** Part of {@link GroupMetadataValue}. */
export interface MemberMetadata {
  readonly memberId: string
  /** From version 3. */
  readonly groupInstanceId: string | null
  readonly clientId: string
  readonly clientHost: string
  /** From version 1. */
  readonly rebalanceTimeout: number
  readonly sessionTimeout: number
  readonly subscription: Uint8Array
  readonly assignment: Uint8Array
}

/** {@link MemberMetadata} as it is encoded. */
export interface MemberMetadataInput {
  readonly memberId: string
  readonly groupInstanceId?: string | null
  readonly clientId: string
  readonly clientHost: string
  readonly rebalanceTimeout?: number
  readonly sessionTimeout: number
  readonly subscription: Uint8Array
  readonly assignment: Uint8Array
}

/** Versions 0 to 4. */
export interface GroupMetadataValue {
  readonly protocolType: string
  readonly generation: number
  readonly protocol: string | null
  readonly leader: string | null
  /** From version 2; -1 unknown. */
  readonly currentStateTimestamp: number
  readonly members: readonly MemberMetadata[]
}

/** {@link GroupMetadataValue} as it is encoded. */
export interface GroupMetadataValueInput {
  readonly protocolType: string
  readonly generation: number
  readonly protocol: string | null
  readonly leader: string | null
  readonly currentStateTimestamp?: number
  readonly members: readonly MemberMetadataInput[]
}

function decodeMemberMetadata(reader: Reader, version: number, flexible: boolean): MemberMetadata {
  const memberId = reader.string(flexible)
  const groupInstanceId = version >= 3 ? reader.nullableString(flexible) : null
  const clientId = reader.string(flexible)
  const clientHost = reader.string(flexible)
  const rebalanceTimeout = version >= 1 ? reader.int32() : -1
  const sessionTimeout = reader.int32()
  const subscription = reader.bytes(flexible)
  const assignment = reader.bytes(flexible)
  if (flexible) reader.skipTags()
  return {
    memberId,
    groupInstanceId,
    clientId,
    clientHost,
    rebalanceTimeout,
    sessionTimeout,
    subscription,
    assignment,
  }
}

function decodeGroupMetadataValue(reader: Reader, version: number): GroupMetadataValue {
  assert(version >= 0 && version <= 4, 'a version of GroupMetadataValue')
  const flexible = version === 4
  const protocolType = reader.string(flexible)
  const generation = reader.int32()
  const protocol = reader.nullableString(flexible)
  const leader = reader.nullableString(flexible)
  const currentStateTimestamp = version >= 2 ? reader.int64() : -1
  const members = reader.array(flexible, 15, version, decodeMemberMetadata)
  if (flexible) reader.skipTags()
  return { protocolType, generation, protocol, leader, currentStateTimestamp, members }
}

function encodeMemberMetadata(
  writer: Writer,
  version: number,
  flexible: boolean,
  message: MemberMetadataInput,
): void {
  const {
    memberId,
    groupInstanceId = null,
    clientId,
    clientHost,
    rebalanceTimeout = -1,
    sessionTimeout,
    subscription,
    assignment,
  } = message
  writer.string(flexible, memberId)
  if (version >= 3) writer.nullableString(flexible, groupInstanceId)
  writer.string(flexible, clientId)
  writer.string(flexible, clientHost)
  if (version >= 1) writer.int32(rebalanceTimeout)
  writer.int32(sessionTimeout)
  writer.bytes(flexible, subscription)
  writer.bytes(flexible, assignment)
  if (flexible) writer.unsignedVarint(0)
}

function encodeGroupMetadataValue(
  writer: Writer,
  version: number,
  message: GroupMetadataValueInput,
): void {
  assert(version >= 0 && version <= 4, 'a version of GroupMetadataValue')
  const flexible = version === 4
  const {
    protocolType,
    generation,
    protocol,
    leader,
    currentStateTimestamp = -1,
    members,
  } = message
  writer.string(flexible, protocolType)
  writer.int32(generation)
  writer.nullableString(flexible, protocol)
  writer.nullableString(flexible, leader)
  if (version >= 2) writer.int64(currentStateTimestamp)
  writer.array(flexible, members, version, encodeMemberMetadata)
  if (flexible) writer.unsignedVarint(0)
}

/** Codec of {@link GroupMetadataValue}. */
export const groupMetadataValue: RecordCodec<GroupMetadataValue, GroupMetadataValueInput> = {
  key: 2,
  name: 'GroupMetadataValue',
  versionMin: 0,
  versionMax: 4,
  flexibleMin: 4,
  decode: decodeGroupMetadataValue,
  encode: encodeGroupMetadataValue,
}

/** Codecs of all these records. */
export const groupRecords: readonly RecordCodec<unknown, never>[] = [
  legacyOffsetCommitKey,
  legacyOffsetCommitValue,
  offsetCommitKey,
  offsetCommitValue,
  groupMetadataKey,
  groupMetadataValue,
]
