// Generated from the schema by `npm run generate`; edit that instead.
import { assert } from '../../../base/assert.ts'
import type { RecordCodec } from '../../codec.ts'
import {
  readInt32,
  writeInt32,
  readUuid,
  writeUuid,
  readString,
  writeString,
} from '../../primitives.ts'
import type { Reader } from '../../reader.ts'
import type { Uuid } from '../../uuid.ts'
import type { Writer } from '../../writer.ts'

/** Part of {@link RegisterBrokerRecord}. */
export interface BrokerEndpoint {
  readonly name: string
  readonly host: string
  readonly port: number
  /** 0 PLAINTEXT, 1 SSL, 2 SASL_PLAINTEXT, 3 SASL_SSL. */
  readonly securityProtocol: number
}

/** Part of {@link RegisterBrokerRecord}. */
export interface BrokerFeature {
  readonly name: string
  readonly minSupportedVersion: number
  readonly maxSupportedVersion: number
}

/** Versions 0 to 4. */
export interface RegisterBrokerRecord {
  readonly brokerId: number
  /** From version 2. */
  readonly isMigratingZkBroker: boolean
  /** New with every start of the broker. */
  readonly incarnationId: Uuid
  /** The offset of this record. */
  readonly brokerEpoch: number
  readonly endPoints: readonly BrokerEndpoint[]
  readonly features: readonly BrokerFeature[]
  readonly rack: string | null
  readonly fenced: boolean
  /** From version 1. */
  readonly inControlledShutdown: boolean
  /** From version 3; ids of the log directories that are online. */
  readonly logDirs: readonly Uuid[]
  /** Version 4 only; directories that get no new partitions. */
  readonly cordonedLogDirs: readonly Uuid[] | null
}

/** {@link RegisterBrokerRecord} as it is encoded. */
export interface RegisterBrokerRecordInput {
  readonly brokerId: number
  readonly isMigratingZkBroker?: boolean
  readonly incarnationId: Uuid
  readonly brokerEpoch: number
  readonly endPoints: readonly BrokerEndpoint[]
  readonly features: readonly BrokerFeature[]
  readonly rack: string | null
  readonly fenced?: boolean
  readonly inControlledShutdown?: boolean
  readonly logDirs?: readonly Uuid[]
  readonly cordonedLogDirs?: readonly Uuid[] | null
}

function decodeBrokerEndpoint(
  reader: Reader,
  _version: number,
  _flexible: boolean,
): BrokerEndpoint {
  const name = reader.string(true)
  const host = reader.string(true)
  const port = reader.uint16()
  const securityProtocol = reader.int16()
  reader.skipTags()
  return { name, host, port, securityProtocol }
}

function decodeBrokerFeature(reader: Reader, _version: number, _flexible: boolean): BrokerFeature {
  const name = reader.string(true)
  const minSupportedVersion = reader.int16()
  const maxSupportedVersion = reader.int16()
  reader.skipTags()
  return { name, minSupportedVersion, maxSupportedVersion }
}

function decodeRegisterBrokerRecord(reader: Reader, version: number): RegisterBrokerRecord {
  assert(version >= 0 && version <= 4, 'a version of RegisterBrokerRecord')
  const brokerId = reader.int32()
  const isMigratingZkBroker = version >= 2 ? reader.bool() : false
  const incarnationId = reader.uuid()
  const brokerEpoch = reader.int64()
  const endPoints = reader.array(true, 7, version, decodeBrokerEndpoint)
  const features = reader.array(true, 6, version, decodeBrokerFeature)
  const rack = reader.nullableString(true)
  const fenced = reader.bool()
  const inControlledShutdown = version >= 1 ? reader.bool() : false
  let logDirs: readonly Uuid[] = []
  let cordonedLogDirs: readonly Uuid[] | null = null
  for (let left = reader.tagCount(); left > 0; left--) {
    const tag = reader.unsignedVarint()
    const outer = reader.enterTag()
    if (tag === 0 && version >= 3) logDirs = reader.array(true, 16, version, readUuid)
    else if (tag === 1 && version === 4) cordonedLogDirs = reader.nullableArray(true, 16, version, readUuid)
    else reader.skipRest()
    reader.leave(outer)
  }
  return {
    brokerId,
    isMigratingZkBroker,
    incarnationId,
    brokerEpoch,
    endPoints,
    features,
    rack,
    fenced,
    inControlledShutdown,
    logDirs,
    cordonedLogDirs,
  }
}

function encodeBrokerEndpoint(
  writer: Writer,
  _version: number,
  _flexible: boolean,
  message: BrokerEndpoint,
): void {
  const { name, host, port, securityProtocol } = message
  writer.string(true, name)
  writer.string(true, host)
  writer.uint16(port)
  writer.int16(securityProtocol)
  writer.unsignedVarint(0)
}

function encodeBrokerFeature(
  writer: Writer,
  _version: number,
  _flexible: boolean,
  message: BrokerFeature,
): void {
  const { name, minSupportedVersion, maxSupportedVersion } = message
  writer.string(true, name)
  writer.int16(minSupportedVersion)
  writer.int16(maxSupportedVersion)
  writer.unsignedVarint(0)
}

function encodeRegisterBrokerRecord(
  writer: Writer,
  version: number,
  message: RegisterBrokerRecordInput,
): void {
  assert(version >= 0 && version <= 4, 'a version of RegisterBrokerRecord')
  const {
    brokerId,
    isMigratingZkBroker = false,
    incarnationId,
    brokerEpoch,
    endPoints,
    features,
    rack,
    fenced = true,
    inControlledShutdown = false,
    logDirs = [],
    cordonedLogDirs = null,
  } = message
  writer.int32(brokerId)
  if (version >= 2) writer.bool(isMigratingZkBroker)
  else if (isMigratingZkBroker)
    writer.unsupported('RegisterBrokerRecord.isMigratingZkBroker', version)
  writer.uuid(incarnationId)
  writer.int64(brokerEpoch)
  writer.array(true, endPoints, version, encodeBrokerEndpoint)
  writer.array(true, features, version, encodeBrokerFeature)
  writer.nullableString(true, rack)
  writer.bool(fenced)
  if (version >= 1) writer.bool(inControlledShutdown)
  else if (inControlledShutdown)
    writer.unsupported('RegisterBrokerRecord.inControlledShutdown', version)
  if (version < 3 && logDirs.length > 0) writer.unsupported('RegisterBrokerRecord.logDirs', version)
  if (version < 4 && cordonedLogDirs !== null)
    writer.unsupported('RegisterBrokerRecord.cordonedLogDirs', version)
  let tags = 0
  if (version >= 3 && logDirs.length > 0) tags++
  if (version === 4 && cordonedLogDirs !== null) tags++
  writer.unsignedVarint(tags)
  if (version >= 3 && logDirs.length > 0) {
    const size = writer.enterTag(0)
    writer.array(true, logDirs, version, writeUuid)
    writer.leaveTag(size)
  }
  if (version === 4 && cordonedLogDirs !== null) {
    const size = writer.enterTag(1)
    writer.nullableArray(true, cordonedLogDirs, version, writeUuid)
    writer.leaveTag(size)
  }
}

/** Codec of {@link RegisterBrokerRecord}. */
export const registerBrokerRecord: RecordCodec<RegisterBrokerRecord, RegisterBrokerRecordInput> = {
  key: 0,
  name: 'RegisterBrokerRecord',
  versionMin: 0,
  versionMax: 4,
  flexibleMin: 0,
  decode: decodeRegisterBrokerRecord,
  encode: encodeRegisterBrokerRecord,
}

/** Version 0. */
export interface UnregisterBrokerRecord {
  readonly brokerId: number
  readonly brokerEpoch: number
}

function decodeUnregisterBrokerRecord(reader: Reader, version: number): UnregisterBrokerRecord {
  assert(version >= 0 && version <= 0, 'a version of UnregisterBrokerRecord')
  const brokerId = reader.int32()
  const brokerEpoch = reader.int64()
  reader.skipTags()
  return { brokerId, brokerEpoch }
}

function encodeUnregisterBrokerRecord(
  writer: Writer,
  version: number,
  message: UnregisterBrokerRecord,
): void {
  assert(version >= 0 && version <= 0, 'a version of UnregisterBrokerRecord')
  const { brokerId, brokerEpoch } = message
  writer.int32(brokerId)
  writer.int64(brokerEpoch)
  writer.unsignedVarint(0)
}

/** Codec of {@link UnregisterBrokerRecord}. */
export const unregisterBrokerRecord: RecordCodec<UnregisterBrokerRecord> = {
  key: 1,
  name: 'UnregisterBrokerRecord',
  versionMin: 0,
  versionMax: 0,
  flexibleMin: 0,
  decode: decodeUnregisterBrokerRecord,
  encode: encodeUnregisterBrokerRecord,
}

/** Version 0. */
export interface TopicRecord {
  readonly name: string
  readonly topicId: Uuid
}

function decodeTopicRecord(reader: Reader, version: number): TopicRecord {
  assert(version >= 0 && version <= 0, 'a version of TopicRecord')
  const name = reader.string(true)
  const topicId = reader.uuid()
  reader.skipTags()
  return { name, topicId }
}

function encodeTopicRecord(writer: Writer, version: number, message: TopicRecord): void {
  assert(version >= 0 && version <= 0, 'a version of TopicRecord')
  const { name, topicId } = message
  writer.string(true, name)
  writer.uuid(topicId)
  writer.unsignedVarint(0)
}

/** Codec of {@link TopicRecord}. */
export const topicRecord: RecordCodec<TopicRecord> = {
  key: 2,
  name: 'TopicRecord',
  versionMin: 0,
  versionMax: 0,
  flexibleMin: 0,
  decode: decodeTopicRecord,
  encode: encodeTopicRecord,
}

/** Versions 0 to 2. */
export interface PartitionRecord {
  readonly partitionId: number
  readonly topicId: Uuid
  readonly replicas: readonly number[]
  readonly isr: readonly number[]
  /** Leaving, by a reassignment. */
  readonly removingReplicas: readonly number[]
  /** Arriving, by a reassignment. */
  readonly addingReplicas: readonly number[]
  /** -1 none. */
  readonly leader: number
  /** 0 recovered, 1 elected uncleanly and recovering. */
  readonly leaderRecoveryState: number
  readonly leaderEpoch: number
  /** Grows with every change of the partition. */
  readonly partitionEpoch: number
  /** From version 1; log directory of each replica, in the order of replicas. */
  readonly directories: readonly Uuid[]
  /** Version 2 only; out of the ISR, yet known to hold all committed records. */
  readonly eligibleLeaderReplicas: readonly number[] | null
  /** Version 2 only; the last leaders known when ISR and ELR are empty. */
  readonly lastKnownElr: readonly number[] | null
}

/** {@link PartitionRecord} as it is encoded. */
export interface PartitionRecordInput {
  readonly partitionId?: number
  readonly topicId: Uuid
  readonly replicas: readonly number[]
  readonly isr: readonly number[]
  readonly removingReplicas: readonly number[]
  readonly addingReplicas: readonly number[]
  readonly leader?: number
  readonly leaderRecoveryState?: number
  readonly leaderEpoch?: number
  readonly partitionEpoch?: number
  readonly directories?: readonly Uuid[]
  readonly eligibleLeaderReplicas?: readonly number[] | null
  readonly lastKnownElr?: readonly number[] | null
}

function decodePartitionRecord(reader: Reader, version: number): PartitionRecord {
  assert(version >= 0 && version <= 2, 'a version of PartitionRecord')
  const partitionId = reader.int32()
  const topicId = reader.uuid()
  const replicas = reader.array(true, 4, version, readInt32)
  const isr = reader.array(true, 4, version, readInt32)
  const removingReplicas = reader.array(true, 4, version, readInt32)
  const addingReplicas = reader.array(true, 4, version, readInt32)
  const leader = reader.int32()
  const leaderEpoch = reader.int32()
  const partitionEpoch = reader.int32()
  const directories = version >= 1 ? reader.array(true, 16, version, readUuid) : []
  let leaderRecoveryState: number = 0
  let eligibleLeaderReplicas: readonly number[] | null = null
  let lastKnownElr: readonly number[] | null = null
  for (let left = reader.tagCount(); left > 0; left--) {
    const tag = reader.unsignedVarint()
    const outer = reader.enterTag()
    if (tag === 0) leaderRecoveryState = reader.int8()
    else if (tag === 1 && version === 2) eligibleLeaderReplicas = reader.nullableArray(true, 4, version, readInt32)
    else if (tag === 2 && version === 2) lastKnownElr = reader.nullableArray(true, 4, version, readInt32)
    else reader.skipRest()
    reader.leave(outer)
  }
  return {
    partitionId,
    topicId,
    replicas,
    isr,
    removingReplicas,
    addingReplicas,
    leader,
    leaderRecoveryState,
    leaderEpoch,
    partitionEpoch,
    directories,
    eligibleLeaderReplicas,
    lastKnownElr,
  }
}

function encodePartitionRecord(
  writer: Writer,
  version: number,
  message: PartitionRecordInput,
): void {
  assert(version >= 0 && version <= 2, 'a version of PartitionRecord')
  const {
    partitionId = -1,
    topicId,
    replicas,
    isr,
    removingReplicas,
    addingReplicas,
    leader = -1,
    leaderRecoveryState = 0,
    leaderEpoch = -1,
    partitionEpoch = -1,
    directories = [],
    eligibleLeaderReplicas = null,
    lastKnownElr = null,
  } = message
  writer.int32(partitionId)
  writer.uuid(topicId)
  writer.array(true, replicas, version, writeInt32)
  writer.array(true, isr, version, writeInt32)
  writer.array(true, removingReplicas, version, writeInt32)
  writer.array(true, addingReplicas, version, writeInt32)
  writer.int32(leader)
  writer.int32(leaderEpoch)
  writer.int32(partitionEpoch)
  if (version >= 1) writer.array(true, directories, version, writeUuid)
  else if (directories.length > 0) writer.unsupported('PartitionRecord.directories', version)
  if (version < 2 && eligibleLeaderReplicas !== null)
    writer.unsupported('PartitionRecord.eligibleLeaderReplicas', version)
  if (version < 2 && lastKnownElr !== null)
    writer.unsupported('PartitionRecord.lastKnownElr', version)
  let tags = 0
  if (leaderRecoveryState !== 0) tags++
  if (version === 2 && eligibleLeaderReplicas !== null) tags++
  if (version === 2 && lastKnownElr !== null) tags++
  writer.unsignedVarint(tags)
  if (leaderRecoveryState !== 0) {
    const size = writer.enterTag(0)
    writer.int8(leaderRecoveryState)
    writer.leaveTag(size)
  }
  if (version === 2 && eligibleLeaderReplicas !== null) {
    const size = writer.enterTag(1)
    writer.nullableArray(true, eligibleLeaderReplicas, version, writeInt32)
    writer.leaveTag(size)
  }
  if (version === 2 && lastKnownElr !== null) {
    const size = writer.enterTag(2)
    writer.nullableArray(true, lastKnownElr, version, writeInt32)
    writer.leaveTag(size)
  }
}

/** Codec of {@link PartitionRecord}. */
export const partitionRecord: RecordCodec<PartitionRecord, PartitionRecordInput> = {
  key: 3,
  name: 'PartitionRecord',
  versionMin: 0,
  versionMax: 2,
  flexibleMin: 0,
  decode: decodePartitionRecord,
  encode: encodePartitionRecord,
}

/** Version 0. */
export interface ConfigRecord {
  /** As in DescribeConfigs. */
  readonly resourceType: number
  /** Empty for the default of all brokers. */
  readonly resourceName: string
  readonly name: string
  /** Null removes it. */
  readonly value: string | null
}

function decodeConfigRecord(reader: Reader, version: number): ConfigRecord {
  assert(version >= 0 && version <= 0, 'a version of ConfigRecord')
  const resourceType = reader.int8()
  const resourceName = reader.string(true)
  const name = reader.string(true)
  const value = reader.nullableString(true)
  reader.skipTags()
  return { resourceType, resourceName, name, value }
}

function encodeConfigRecord(writer: Writer, version: number, message: ConfigRecord): void {
  assert(version >= 0 && version <= 0, 'a version of ConfigRecord')
  const { resourceType, resourceName, name, value } = message
  writer.int8(resourceType)
  writer.string(true, resourceName)
  writer.string(true, name)
  writer.nullableString(true, value)
  writer.unsignedVarint(0)
}

/** Codec of {@link ConfigRecord}. */
export const configRecord: RecordCodec<ConfigRecord> = {
  key: 4,
  name: 'ConfigRecord',
  versionMin: 0,
  versionMax: 0,
  flexibleMin: 0,
  decode: decodeConfigRecord,
  encode: encodeConfigRecord,
}

/** Versions 0 to 2. */
export interface PartitionChangeRecord {
  readonly partitionId: number
  readonly topicId: Uuid
  /** Null: unchanged, as in the other fields. */
  readonly isr: readonly number[] | null
  /** -2 unchanged, -1 none. */
  readonly leader: number
  readonly replicas: readonly number[] | null
  readonly removingReplicas: readonly number[] | null
  readonly addingReplicas: readonly number[] | null
  /** -1 unchanged. */
  readonly leaderRecoveryState: number
  /** From version 1. */
  readonly directories: readonly Uuid[] | null
  /** Version 2 only. */
  readonly eligibleLeaderReplicas: readonly number[] | null
  /** Version 2 only. */
  readonly lastKnownElr: readonly number[] | null
}

/** {@link PartitionChangeRecord} as it is encoded. */
export interface PartitionChangeRecordInput {
  readonly partitionId?: number
  readonly topicId: Uuid
  readonly isr?: readonly number[] | null
  readonly leader?: number
  readonly replicas?: readonly number[] | null
  readonly removingReplicas?: readonly number[] | null
  readonly addingReplicas?: readonly number[] | null
  readonly leaderRecoveryState?: number
  readonly directories?: readonly Uuid[] | null
  readonly eligibleLeaderReplicas?: readonly number[] | null
  readonly lastKnownElr?: readonly number[] | null
}

function decodePartitionChangeRecord(reader: Reader, version: number): PartitionChangeRecord {
  assert(version >= 0 && version <= 2, 'a version of PartitionChangeRecord')
  const partitionId = reader.int32()
  const topicId = reader.uuid()
  let isr: readonly number[] | null = null
  let leader: number = -2
  let replicas: readonly number[] | null = null
  let removingReplicas: readonly number[] | null = null
  let addingReplicas: readonly number[] | null = null
  let leaderRecoveryState: number = -1
  let directories: readonly Uuid[] | null = null
  let eligibleLeaderReplicas: readonly number[] | null = null
  let lastKnownElr: readonly number[] | null = null
  for (let left = reader.tagCount(); left > 0; left--) {
    const tag = reader.unsignedVarint()
    const outer = reader.enterTag()
    if (tag === 0) isr = reader.nullableArray(true, 4, version, readInt32)
    else if (tag === 1) leader = reader.int32()
    else if (tag === 2) replicas = reader.nullableArray(true, 4, version, readInt32)
    else if (tag === 3) removingReplicas = reader.nullableArray(true, 4, version, readInt32)
    else if (tag === 4) addingReplicas = reader.nullableArray(true, 4, version, readInt32)
    else if (tag === 5) leaderRecoveryState = reader.int8()
    else if (tag === 8 && version >= 1) directories = reader.nullableArray(true, 16, version, readUuid)
    else if (tag === 6 && version === 2) eligibleLeaderReplicas = reader.nullableArray(true, 4, version, readInt32)
    else if (tag === 7 && version === 2) lastKnownElr = reader.nullableArray(true, 4, version, readInt32)
    else reader.skipRest()
    reader.leave(outer)
  }
  return {
    partitionId,
    topicId,
    isr,
    leader,
    replicas,
    removingReplicas,
    addingReplicas,
    leaderRecoveryState,
    directories,
    eligibleLeaderReplicas,
    lastKnownElr,
  }
}

function encodePartitionChangeRecord(
  writer: Writer,
  version: number,
  message: PartitionChangeRecordInput,
): void {
  assert(version >= 0 && version <= 2, 'a version of PartitionChangeRecord')
  const {
    partitionId = -1,
    topicId,
    isr = null,
    leader = -2,
    replicas = null,
    removingReplicas = null,
    addingReplicas = null,
    leaderRecoveryState = -1,
    directories = null,
    eligibleLeaderReplicas = null,
    lastKnownElr = null,
  } = message
  writer.int32(partitionId)
  writer.uuid(topicId)
  if (version < 2 && eligibleLeaderReplicas !== null)
    writer.unsupported('PartitionChangeRecord.eligibleLeaderReplicas', version)
  if (version < 2 && lastKnownElr !== null)
    writer.unsupported('PartitionChangeRecord.lastKnownElr', version)
  if (version < 1 && directories !== null)
    writer.unsupported('PartitionChangeRecord.directories', version)
  let tags = 0
  if (isr !== null) tags++
  if (leader !== -2) tags++
  if (replicas !== null) tags++
  if (removingReplicas !== null) tags++
  if (addingReplicas !== null) tags++
  if (leaderRecoveryState !== -1) tags++
  if (version === 2 && eligibleLeaderReplicas !== null) tags++
  if (version === 2 && lastKnownElr !== null) tags++
  if (version >= 1 && directories !== null) tags++
  writer.unsignedVarint(tags)
  if (isr !== null) {
    const size = writer.enterTag(0)
    writer.nullableArray(true, isr, version, writeInt32)
    writer.leaveTag(size)
  }
  if (leader !== -2) {
    const size = writer.enterTag(1)
    writer.int32(leader)
    writer.leaveTag(size)
  }
  if (replicas !== null) {
    const size = writer.enterTag(2)
    writer.nullableArray(true, replicas, version, writeInt32)
    writer.leaveTag(size)
  }
  if (removingReplicas !== null) {
    const size = writer.enterTag(3)
    writer.nullableArray(true, removingReplicas, version, writeInt32)
    writer.leaveTag(size)
  }
  if (addingReplicas !== null) {
    const size = writer.enterTag(4)
    writer.nullableArray(true, addingReplicas, version, writeInt32)
    writer.leaveTag(size)
  }
  if (leaderRecoveryState !== -1) {
    const size = writer.enterTag(5)
    writer.int8(leaderRecoveryState)
    writer.leaveTag(size)
  }
  if (version === 2 && eligibleLeaderReplicas !== null) {
    const size = writer.enterTag(6)
    writer.nullableArray(true, eligibleLeaderReplicas, version, writeInt32)
    writer.leaveTag(size)
  }
  if (version === 2 && lastKnownElr !== null) {
    const size = writer.enterTag(7)
    writer.nullableArray(true, lastKnownElr, version, writeInt32)
    writer.leaveTag(size)
  }
  if (version >= 1 && directories !== null) {
    const size = writer.enterTag(8)
    writer.nullableArray(true, directories, version, writeUuid)
    writer.leaveTag(size)
  }
}

/** Codec of {@link PartitionChangeRecord}. */
export const partitionChangeRecord: RecordCodec<
  PartitionChangeRecord,
  PartitionChangeRecordInput
> = {
  key: 5,
  name: 'PartitionChangeRecord',
  versionMin: 0,
  versionMax: 2,
  flexibleMin: 0,
  decode: decodePartitionChangeRecord,
  encode: encodePartitionChangeRecord,
}

/** Version 0. */
export interface FenceBrokerRecord {
  readonly id: number
  readonly epoch: number
}

function decodeFenceBrokerRecord(reader: Reader, version: number): FenceBrokerRecord {
  assert(version >= 0 && version <= 0, 'a version of FenceBrokerRecord')
  const id = reader.int32()
  const epoch = reader.int64()
  reader.skipTags()
  return { id, epoch }
}

function encodeFenceBrokerRecord(
  writer: Writer,
  version: number,
  message: FenceBrokerRecord,
): void {
  assert(version >= 0 && version <= 0, 'a version of FenceBrokerRecord')
  const { id, epoch } = message
  writer.int32(id)
  writer.int64(epoch)
  writer.unsignedVarint(0)
}

/** Codec of {@link FenceBrokerRecord}. */
export const fenceBrokerRecord: RecordCodec<FenceBrokerRecord> = {
  key: 7,
  name: 'FenceBrokerRecord',
  versionMin: 0,
  versionMax: 0,
  flexibleMin: 0,
  decode: decodeFenceBrokerRecord,
  encode: encodeFenceBrokerRecord,
}

/** Version 0. */
export interface UnfenceBrokerRecord {
  readonly id: number
  readonly epoch: number
}

function decodeUnfenceBrokerRecord(reader: Reader, version: number): UnfenceBrokerRecord {
  assert(version >= 0 && version <= 0, 'a version of UnfenceBrokerRecord')
  const id = reader.int32()
  const epoch = reader.int64()
  reader.skipTags()
  return { id, epoch }
}

function encodeUnfenceBrokerRecord(
  writer: Writer,
  version: number,
  message: UnfenceBrokerRecord,
): void {
  assert(version >= 0 && version <= 0, 'a version of UnfenceBrokerRecord')
  const { id, epoch } = message
  writer.int32(id)
  writer.int64(epoch)
  writer.unsignedVarint(0)
}

/** Codec of {@link UnfenceBrokerRecord}. */
export const unfenceBrokerRecord: RecordCodec<UnfenceBrokerRecord> = {
  key: 8,
  name: 'UnfenceBrokerRecord',
  versionMin: 0,
  versionMax: 0,
  flexibleMin: 0,
  decode: decodeUnfenceBrokerRecord,
  encode: encodeUnfenceBrokerRecord,
}

/** Version 0. */
export interface RemoveTopicRecord {
  readonly topicId: Uuid
}

function decodeRemoveTopicRecord(reader: Reader, version: number): RemoveTopicRecord {
  assert(version >= 0 && version <= 0, 'a version of RemoveTopicRecord')
  const topicId = reader.uuid()
  reader.skipTags()
  return { topicId }
}

function encodeRemoveTopicRecord(
  writer: Writer,
  version: number,
  message: RemoveTopicRecord,
): void {
  assert(version >= 0 && version <= 0, 'a version of RemoveTopicRecord')
  const { topicId } = message
  writer.uuid(topicId)
  writer.unsignedVarint(0)
}

/** Codec of {@link RemoveTopicRecord}. */
export const removeTopicRecord: RecordCodec<RemoveTopicRecord> = {
  key: 9,
  name: 'RemoveTopicRecord',
  versionMin: 0,
  versionMax: 0,
  flexibleMin: 0,
  decode: decodeRemoveTopicRecord,
  encode: encodeRemoveTopicRecord,
}

/** Version 0. */
export interface DelegationTokenRecord {
  readonly owner: string
  readonly requester: string
  readonly renewers: readonly string[]
  readonly issueTimestamp: number
  readonly maxTimestamp: number
  readonly expirationTimestamp: number
  readonly tokenId: string
}

function decodeDelegationTokenRecord(reader: Reader, version: number): DelegationTokenRecord {
  assert(version >= 0 && version <= 0, 'a version of DelegationTokenRecord')
  const owner = reader.string(true)
  const requester = reader.string(true)
  const renewers = reader.array(true, 1, version, readString)
  const issueTimestamp = reader.int64()
  const maxTimestamp = reader.int64()
  const expirationTimestamp = reader.int64()
  const tokenId = reader.string(true)
  reader.skipTags()
  return { owner, requester, renewers, issueTimestamp, maxTimestamp, expirationTimestamp, tokenId }
}

function encodeDelegationTokenRecord(
  writer: Writer,
  version: number,
  message: DelegationTokenRecord,
): void {
  assert(version >= 0 && version <= 0, 'a version of DelegationTokenRecord')
  const {
    owner,
    requester,
    renewers,
    issueTimestamp,
    maxTimestamp,
    expirationTimestamp,
    tokenId,
  } = message
  writer.string(true, owner)
  writer.string(true, requester)
  writer.array(true, renewers, version, writeString)
  writer.int64(issueTimestamp)
  writer.int64(maxTimestamp)
  writer.int64(expirationTimestamp)
  writer.string(true, tokenId)
  writer.unsignedVarint(0)
}

/** Codec of {@link DelegationTokenRecord}. */
export const delegationTokenRecord: RecordCodec<DelegationTokenRecord> = {
  key: 10,
  name: 'DelegationTokenRecord',
  versionMin: 0,
  versionMax: 0,
  flexibleMin: 0,
  decode: decodeDelegationTokenRecord,
  encode: encodeDelegationTokenRecord,
}

/** Version 0. */
export interface UserScramCredentialRecord {
  readonly name: string
  readonly mechanism: number
  readonly salt: Uint8Array
  readonly storedKey: Uint8Array
  readonly serverKey: Uint8Array
  readonly iterations: number
}

function decodeUserScramCredentialRecord(
  reader: Reader,
  version: number,
): UserScramCredentialRecord {
  assert(version >= 0 && version <= 0, 'a version of UserScramCredentialRecord')
  const name = reader.string(true)
  const mechanism = reader.int8()
  const salt = reader.bytes(true)
  const storedKey = reader.bytes(true)
  const serverKey = reader.bytes(true)
  const iterations = reader.int32()
  reader.skipTags()
  return { name, mechanism, salt, storedKey, serverKey, iterations }
}

function encodeUserScramCredentialRecord(
  writer: Writer,
  version: number,
  message: UserScramCredentialRecord,
): void {
  assert(version >= 0 && version <= 0, 'a version of UserScramCredentialRecord')
  const { name, mechanism, salt, storedKey, serverKey, iterations } = message
  writer.string(true, name)
  writer.int8(mechanism)
  writer.bytes(true, salt)
  writer.bytes(true, storedKey)
  writer.bytes(true, serverKey)
  writer.int32(iterations)
  writer.unsignedVarint(0)
}

/** Codec of {@link UserScramCredentialRecord}. */
export const userScramCredentialRecord: RecordCodec<UserScramCredentialRecord> = {
  key: 11,
  name: 'UserScramCredentialRecord',
  versionMin: 0,
  versionMax: 0,
  flexibleMin: 0,
  decode: decodeUserScramCredentialRecord,
  encode: encodeUserScramCredentialRecord,
}

/** Version 0. */
export interface FeatureLevelRecord {
  readonly name: string
  /** 0 removes it. */
  readonly featureLevel: number
}

function decodeFeatureLevelRecord(reader: Reader, version: number): FeatureLevelRecord {
  assert(version >= 0 && version <= 0, 'a version of FeatureLevelRecord')
  const name = reader.string(true)
  const featureLevel = reader.int16()
  reader.skipTags()
  return { name, featureLevel }
}

function encodeFeatureLevelRecord(
  writer: Writer,
  version: number,
  message: FeatureLevelRecord,
): void {
  assert(version >= 0 && version <= 0, 'a version of FeatureLevelRecord')
  const { name, featureLevel } = message
  writer.string(true, name)
  writer.int16(featureLevel)
  writer.unsignedVarint(0)
}

/** Codec of {@link FeatureLevelRecord}. */
export const featureLevelRecord: RecordCodec<FeatureLevelRecord> = {
  key: 12,
  name: 'FeatureLevelRecord',
  versionMin: 0,
  versionMax: 0,
  flexibleMin: 0,
  decode: decodeFeatureLevelRecord,
  encode: encodeFeatureLevelRecord,
}

/** Part of {@link ClientQuotaRecord}. */
export interface EntityData {
  readonly entityType: string
  /** Null for the default of the type. */
  readonly entityName: string | null
}

/** Version 0. */
export interface ClientQuotaRecord {
  readonly entity: readonly EntityData[]
  readonly key: string
  readonly value: number
  readonly remove: boolean
}

function decodeEntityData(reader: Reader, _version: number, _flexible: boolean): EntityData {
  const entityType = reader.string(true)
  const entityName = reader.nullableString(true)
  reader.skipTags()
  return { entityType, entityName }
}

function decodeClientQuotaRecord(reader: Reader, version: number): ClientQuotaRecord {
  assert(version >= 0 && version <= 0, 'a version of ClientQuotaRecord')
  const entity = reader.array(true, 3, version, decodeEntityData)
  const key = reader.string(true)
  const value = reader.float64()
  const remove = reader.bool()
  reader.skipTags()
  return { entity, key, value, remove }
}

function encodeEntityData(
  writer: Writer,
  _version: number,
  _flexible: boolean,
  message: EntityData,
): void {
  const { entityType, entityName } = message
  writer.string(true, entityType)
  writer.nullableString(true, entityName)
  writer.unsignedVarint(0)
}

function encodeClientQuotaRecord(
  writer: Writer,
  version: number,
  message: ClientQuotaRecord,
): void {
  assert(version >= 0 && version <= 0, 'a version of ClientQuotaRecord')
  const { entity, key, value, remove } = message
  writer.array(true, entity, version, encodeEntityData)
  writer.string(true, key)
  writer.float64(value)
  writer.bool(remove)
  writer.unsignedVarint(0)
}

/** Codec of {@link ClientQuotaRecord}. */
export const clientQuotaRecord: RecordCodec<ClientQuotaRecord> = {
  key: 14,
  name: 'ClientQuotaRecord',
  versionMin: 0,
  versionMax: 0,
  flexibleMin: 0,
  decode: decodeClientQuotaRecord,
  encode: encodeClientQuotaRecord,
}

/** Version 0. */
export interface ProducerIdsRecord {
  readonly brokerId: number
  readonly brokerEpoch: number
  /** First id behind the block that was given out. */
  readonly nextProducerId: number
}

/** {@link ProducerIdsRecord} as it is encoded. */
export interface ProducerIdsRecordInput {
  readonly brokerId: number
  readonly brokerEpoch?: number
  readonly nextProducerId: number
}

function decodeProducerIdsRecord(reader: Reader, version: number): ProducerIdsRecord {
  assert(version >= 0 && version <= 0, 'a version of ProducerIdsRecord')
  const brokerId = reader.int32()
  const brokerEpoch = reader.int64()
  const nextProducerId = reader.int64()
  reader.skipTags()
  return { brokerId, brokerEpoch, nextProducerId }
}

function encodeProducerIdsRecord(
  writer: Writer,
  version: number,
  message: ProducerIdsRecordInput,
): void {
  assert(version >= 0 && version <= 0, 'a version of ProducerIdsRecord')
  const { brokerId, brokerEpoch = -1, nextProducerId } = message
  writer.int32(brokerId)
  writer.int64(brokerEpoch)
  writer.int64(nextProducerId)
  writer.unsignedVarint(0)
}

/** Codec of {@link ProducerIdsRecord}. */
export const producerIdsRecord: RecordCodec<ProducerIdsRecord, ProducerIdsRecordInput> = {
  key: 15,
  name: 'ProducerIdsRecord',
  versionMin: 0,
  versionMax: 0,
  flexibleMin: 0,
  decode: decodeProducerIdsRecord,
  encode: encodeProducerIdsRecord,
}

/** Versions 0 to 3. */
export interface BrokerRegistrationChangeRecord {
  readonly brokerId: number
  readonly brokerEpoch: number
  /** -1 unfences, 1 fences, 0 unchanged. */
  readonly fenced: number
  /** From version 1; 1 begins, 0 unchanged. */
  readonly inControlledShutdown: number
  /** From version 2. */
  readonly logDirs: readonly Uuid[]
  /** Version 3 only. */
  readonly cordonedLogDirs: readonly Uuid[] | null
}

/** {@link BrokerRegistrationChangeRecord} as it is encoded. */
export interface BrokerRegistrationChangeRecordInput {
  readonly brokerId: number
  readonly brokerEpoch: number
  readonly fenced?: number
  readonly inControlledShutdown?: number
  readonly logDirs?: readonly Uuid[]
  readonly cordonedLogDirs?: readonly Uuid[] | null
}

function decodeBrokerRegistrationChangeRecord(
  reader: Reader,
  version: number,
): BrokerRegistrationChangeRecord {
  assert(version >= 0 && version <= 3, 'a version of BrokerRegistrationChangeRecord')
  const brokerId = reader.int32()
  const brokerEpoch = reader.int64()
  let fenced: number = 0
  let inControlledShutdown: number = 0
  let logDirs: readonly Uuid[] = []
  let cordonedLogDirs: readonly Uuid[] | null = null
  for (let left = reader.tagCount(); left > 0; left--) {
    const tag = reader.unsignedVarint()
    const outer = reader.enterTag()
    if (tag === 0) fenced = reader.int8()
    else if (tag === 1 && version >= 1) inControlledShutdown = reader.int8()
    else if (tag === 2 && version >= 2) logDirs = reader.array(true, 16, version, readUuid)
    else if (tag === 3 && version === 3) cordonedLogDirs = reader.nullableArray(true, 16, version, readUuid)
    else reader.skipRest()
    reader.leave(outer)
  }
  return { brokerId, brokerEpoch, fenced, inControlledShutdown, logDirs, cordonedLogDirs }
}

function encodeBrokerRegistrationChangeRecord(
  writer: Writer,
  version: number,
  message: BrokerRegistrationChangeRecordInput,
): void {
  assert(version >= 0 && version <= 3, 'a version of BrokerRegistrationChangeRecord')
  const {
    brokerId,
    brokerEpoch,
    fenced = 0,
    inControlledShutdown = 0,
    logDirs = [],
    cordonedLogDirs = null,
  } = message
  writer.int32(brokerId)
  writer.int64(brokerEpoch)
  if (version < 1 && inControlledShutdown !== 0)
    writer.unsupported('BrokerRegistrationChangeRecord.inControlledShutdown', version)
  if (version < 2 && logDirs.length > 0)
    writer.unsupported('BrokerRegistrationChangeRecord.logDirs', version)
  if (version < 3 && cordonedLogDirs !== null)
    writer.unsupported('BrokerRegistrationChangeRecord.cordonedLogDirs', version)
  let tags = 0
  if (fenced !== 0) tags++
  if (version >= 1 && inControlledShutdown !== 0) tags++
  if (version >= 2 && logDirs.length > 0) tags++
  if (version === 3 && cordonedLogDirs !== null) tags++
  writer.unsignedVarint(tags)
  if (fenced !== 0) {
    const size = writer.enterTag(0)
    writer.int8(fenced)
    writer.leaveTag(size)
  }
  if (version >= 1 && inControlledShutdown !== 0) {
    const size = writer.enterTag(1)
    writer.int8(inControlledShutdown)
    writer.leaveTag(size)
  }
  if (version >= 2 && logDirs.length > 0) {
    const size = writer.enterTag(2)
    writer.array(true, logDirs, version, writeUuid)
    writer.leaveTag(size)
  }
  if (version === 3 && cordonedLogDirs !== null) {
    const size = writer.enterTag(3)
    writer.nullableArray(true, cordonedLogDirs, version, writeUuid)
    writer.leaveTag(size)
  }
}

/** Codec of {@link BrokerRegistrationChangeRecord}. */
export const brokerRegistrationChangeRecord: RecordCodec<
  BrokerRegistrationChangeRecord,
  BrokerRegistrationChangeRecordInput
> = {
  key: 17,
  name: 'BrokerRegistrationChangeRecord',
  versionMin: 0,
  versionMax: 3,
  flexibleMin: 0,
  decode: decodeBrokerRegistrationChangeRecord,
  encode: encodeBrokerRegistrationChangeRecord,
}

/** Version 0. */
export interface AccessControlEntryRecord {
  readonly id: Uuid
  readonly resourceType: number
  readonly resourceName: string
  readonly patternType: number
  readonly principal: string
  readonly host: string
  readonly operation: number
  readonly permissionType: number
}

function decodeAccessControlEntryRecord(reader: Reader, version: number): AccessControlEntryRecord {
  assert(version >= 0 && version <= 0, 'a version of AccessControlEntryRecord')
  const id = reader.uuid()
  const resourceType = reader.int8()
  const resourceName = reader.string(true)
  const patternType = reader.int8()
  const principal = reader.string(true)
  const host = reader.string(true)
  const operation = reader.int8()
  const permissionType = reader.int8()
  reader.skipTags()
  return { id, resourceType, resourceName, patternType, principal, host, operation, permissionType }
}

function encodeAccessControlEntryRecord(
  writer: Writer,
  version: number,
  message: AccessControlEntryRecord,
): void {
  assert(version >= 0 && version <= 0, 'a version of AccessControlEntryRecord')
  const {
    id,
    resourceType,
    resourceName,
    patternType,
    principal,
    host,
    operation,
    permissionType,
  } = message
  writer.uuid(id)
  writer.int8(resourceType)
  writer.string(true, resourceName)
  writer.int8(patternType)
  writer.string(true, principal)
  writer.string(true, host)
  writer.int8(operation)
  writer.int8(permissionType)
  writer.unsignedVarint(0)
}

/** Codec of {@link AccessControlEntryRecord}. */
export const accessControlEntryRecord: RecordCodec<AccessControlEntryRecord> = {
  key: 18,
  name: 'AccessControlEntryRecord',
  versionMin: 0,
  versionMax: 0,
  flexibleMin: 0,
  decode: decodeAccessControlEntryRecord,
  encode: encodeAccessControlEntryRecord,
}

/** Version 0. */
export interface RemoveAccessControlEntryRecord {
  readonly id: Uuid
}

function decodeRemoveAccessControlEntryRecord(
  reader: Reader,
  version: number,
): RemoveAccessControlEntryRecord {
  assert(version >= 0 && version <= 0, 'a version of RemoveAccessControlEntryRecord')
  const id = reader.uuid()
  reader.skipTags()
  return { id }
}

function encodeRemoveAccessControlEntryRecord(
  writer: Writer,
  version: number,
  message: RemoveAccessControlEntryRecord,
): void {
  assert(version >= 0 && version <= 0, 'a version of RemoveAccessControlEntryRecord')
  const { id } = message
  writer.uuid(id)
  writer.unsignedVarint(0)
}

/** Codec of {@link RemoveAccessControlEntryRecord}. */
export const removeAccessControlEntryRecord: RecordCodec<RemoveAccessControlEntryRecord> = {
  key: 19,
  name: 'RemoveAccessControlEntryRecord',
  versionMin: 0,
  versionMax: 0,
  flexibleMin: 0,
  decode: decodeRemoveAccessControlEntryRecord,
  encode: encodeRemoveAccessControlEntryRecord,
}

/** Version 0. */
export interface NoOpRecord {
}

function decodeNoOpRecord(reader: Reader, version: number): NoOpRecord {
  assert(version >= 0 && version <= 0, 'a version of NoOpRecord')
  reader.skipTags()
  return {}
}

function encodeNoOpRecord(writer: Writer, version: number, _message: NoOpRecord): void {
  assert(version >= 0 && version <= 0, 'a version of NoOpRecord')
  writer.unsignedVarint(0)
}

/** Codec of {@link NoOpRecord}. */
export const noOpRecord: RecordCodec<NoOpRecord> = {
  key: 20,
  name: 'NoOpRecord',
  versionMin: 0,
  versionMax: 0,
  flexibleMin: 0,
  decode: decodeNoOpRecord,
  encode: encodeNoOpRecord,
}

/** Version 0. */
export interface ZkMigrationStateRecord {
  readonly zkMigrationState: number
}

function decodeZkMigrationStateRecord(reader: Reader, version: number): ZkMigrationStateRecord {
  assert(version >= 0 && version <= 0, 'a version of ZkMigrationStateRecord')
  const zkMigrationState = reader.int8()
  reader.skipTags()
  return { zkMigrationState }
}

function encodeZkMigrationStateRecord(
  writer: Writer,
  version: number,
  message: ZkMigrationStateRecord,
): void {
  assert(version >= 0 && version <= 0, 'a version of ZkMigrationStateRecord')
  const { zkMigrationState } = message
  writer.int8(zkMigrationState)
  writer.unsignedVarint(0)
}

/** Codec of {@link ZkMigrationStateRecord}. */
export const zkMigrationStateRecord: RecordCodec<ZkMigrationStateRecord> = {
  key: 21,
  name: 'ZkMigrationStateRecord',
  versionMin: 0,
  versionMax: 0,
  flexibleMin: 0,
  decode: decodeZkMigrationStateRecord,
  encode: encodeZkMigrationStateRecord,
}

/** Version 0. */
export interface RemoveUserScramCredentialRecord {
  readonly name: string
  readonly mechanism: number
}

function decodeRemoveUserScramCredentialRecord(
  reader: Reader,
  version: number,
): RemoveUserScramCredentialRecord {
  assert(version >= 0 && version <= 0, 'a version of RemoveUserScramCredentialRecord')
  const name = reader.string(true)
  const mechanism = reader.int8()
  reader.skipTags()
  return { name, mechanism }
}

function encodeRemoveUserScramCredentialRecord(
  writer: Writer,
  version: number,
  message: RemoveUserScramCredentialRecord,
): void {
  assert(version >= 0 && version <= 0, 'a version of RemoveUserScramCredentialRecord')
  const { name, mechanism } = message
  writer.string(true, name)
  writer.int8(mechanism)
  writer.unsignedVarint(0)
}

/** Codec of {@link RemoveUserScramCredentialRecord}. */
export const removeUserScramCredentialRecord: RecordCodec<RemoveUserScramCredentialRecord> = {
  key: 22,
  name: 'RemoveUserScramCredentialRecord',
  versionMin: 0,
  versionMax: 0,
  flexibleMin: 0,
  decode: decodeRemoveUserScramCredentialRecord,
  encode: encodeRemoveUserScramCredentialRecord,
}

/** Version 0. */
export interface BeginTransactionRecord {
  readonly name: string | null
}

/** {@link BeginTransactionRecord} as it is encoded. */
export interface BeginTransactionRecordInput {
  readonly name?: string | null
}

function decodeBeginTransactionRecord(reader: Reader, version: number): BeginTransactionRecord {
  assert(version >= 0 && version <= 0, 'a version of BeginTransactionRecord')
  let name: string | null = null
  for (let left = reader.tagCount(); left > 0; left--) {
    const tag = reader.unsignedVarint()
    const outer = reader.enterTag()
    if (tag === 0) name = reader.nullableString(true)
    else reader.skipRest()
    reader.leave(outer)
  }
  return { name }
}

function encodeBeginTransactionRecord(
  writer: Writer,
  version: number,
  message: BeginTransactionRecordInput,
): void {
  assert(version >= 0 && version <= 0, 'a version of BeginTransactionRecord')
  const { name = null } = message
  let tags = 0
  if (name !== null) tags++
  writer.unsignedVarint(tags)
  if (name !== null) {
    const size = writer.enterTag(0)
    writer.nullableString(true, name)
    writer.leaveTag(size)
  }
}

/** Codec of {@link BeginTransactionRecord}. Records up to the matching end or abort apply together. */
export const beginTransactionRecord: RecordCodec<
  BeginTransactionRecord,
  BeginTransactionRecordInput
> = {
  key: 23,
  name: 'BeginTransactionRecord',
  versionMin: 0,
  versionMax: 0,
  flexibleMin: 0,
  decode: decodeBeginTransactionRecord,
  encode: encodeBeginTransactionRecord,
}

/** Version 0. */
export interface EndTransactionRecord {
}

function decodeEndTransactionRecord(reader: Reader, version: number): EndTransactionRecord {
  assert(version >= 0 && version <= 0, 'a version of EndTransactionRecord')
  reader.skipTags()
  return {}
}

function encodeEndTransactionRecord(
  writer: Writer,
  version: number,
  _message: EndTransactionRecord,
): void {
  assert(version >= 0 && version <= 0, 'a version of EndTransactionRecord')
  writer.unsignedVarint(0)
}

/** Codec of {@link EndTransactionRecord}. */
export const endTransactionRecord: RecordCodec<EndTransactionRecord> = {
  key: 24,
  name: 'EndTransactionRecord',
  versionMin: 0,
  versionMax: 0,
  flexibleMin: 0,
  decode: decodeEndTransactionRecord,
  encode: encodeEndTransactionRecord,
}

/** Version 0. */
export interface AbortTransactionRecord {
  readonly reason: string | null
}

/** {@link AbortTransactionRecord} as it is encoded. */
export interface AbortTransactionRecordInput {
  readonly reason?: string | null
}

function decodeAbortTransactionRecord(reader: Reader, version: number): AbortTransactionRecord {
  assert(version >= 0 && version <= 0, 'a version of AbortTransactionRecord')
  let reason: string | null = null
  for (let left = reader.tagCount(); left > 0; left--) {
    const tag = reader.unsignedVarint()
    const outer = reader.enterTag()
    if (tag === 0) reason = reader.nullableString(true)
    else reader.skipRest()
    reader.leave(outer)
  }
  return { reason }
}

function encodeAbortTransactionRecord(
  writer: Writer,
  version: number,
  message: AbortTransactionRecordInput,
): void {
  assert(version >= 0 && version <= 0, 'a version of AbortTransactionRecord')
  const { reason = null } = message
  let tags = 0
  if (reason !== null) tags++
  writer.unsignedVarint(tags)
  if (reason !== null) {
    const size = writer.enterTag(0)
    writer.nullableString(true, reason)
    writer.leaveTag(size)
  }
}

/** Codec of {@link AbortTransactionRecord}. */
export const abortTransactionRecord: RecordCodec<
  AbortTransactionRecord,
  AbortTransactionRecordInput
> = {
  key: 25,
  name: 'AbortTransactionRecord',
  versionMin: 0,
  versionMax: 0,
  flexibleMin: 0,
  decode: decodeAbortTransactionRecord,
  encode: encodeAbortTransactionRecord,
}

/** Version 0. */
export interface RemoveDelegationTokenRecord {
  readonly tokenId: string
}

function decodeRemoveDelegationTokenRecord(
  reader: Reader,
  version: number,
): RemoveDelegationTokenRecord {
  assert(version >= 0 && version <= 0, 'a version of RemoveDelegationTokenRecord')
  const tokenId = reader.string(true)
  reader.skipTags()
  return { tokenId }
}

function encodeRemoveDelegationTokenRecord(
  writer: Writer,
  version: number,
  message: RemoveDelegationTokenRecord,
): void {
  assert(version >= 0 && version <= 0, 'a version of RemoveDelegationTokenRecord')
  const { tokenId } = message
  writer.string(true, tokenId)
  writer.unsignedVarint(0)
}

/** Codec of {@link RemoveDelegationTokenRecord}. */
export const removeDelegationTokenRecord: RecordCodec<RemoveDelegationTokenRecord> = {
  key: 26,
  name: 'RemoveDelegationTokenRecord',
  versionMin: 0,
  versionMax: 0,
  flexibleMin: 0,
  decode: decodeRemoveDelegationTokenRecord,
  encode: encodeRemoveDelegationTokenRecord,
}

/** Part of {@link RegisterControllerRecord}. */
export interface ControllerEndpoint {
  readonly name: string
  readonly host: string
  readonly port: number
  readonly securityProtocol: number
}

/** Part of {@link RegisterControllerRecord}. */
export interface ControllerFeature {
  readonly name: string
  readonly minSupportedVersion: number
  readonly maxSupportedVersion: number
}

/** Version 0. */
export interface RegisterControllerRecord {
  readonly controllerId: number
  readonly incarnationId: Uuid
  readonly zkMigrationReady: boolean
  readonly endPoints: readonly ControllerEndpoint[]
  readonly features: readonly ControllerFeature[]
}

function decodeControllerEndpoint(
  reader: Reader,
  _version: number,
  _flexible: boolean,
): ControllerEndpoint {
  const name = reader.string(true)
  const host = reader.string(true)
  const port = reader.uint16()
  const securityProtocol = reader.int16()
  reader.skipTags()
  return { name, host, port, securityProtocol }
}

function decodeControllerFeature(
  reader: Reader,
  _version: number,
  _flexible: boolean,
): ControllerFeature {
  const name = reader.string(true)
  const minSupportedVersion = reader.int16()
  const maxSupportedVersion = reader.int16()
  reader.skipTags()
  return { name, minSupportedVersion, maxSupportedVersion }
}

function decodeRegisterControllerRecord(reader: Reader, version: number): RegisterControllerRecord {
  assert(version >= 0 && version <= 0, 'a version of RegisterControllerRecord')
  const controllerId = reader.int32()
  const incarnationId = reader.uuid()
  const zkMigrationReady = reader.bool()
  const endPoints = reader.array(true, 7, version, decodeControllerEndpoint)
  const features = reader.array(true, 6, version, decodeControllerFeature)
  reader.skipTags()
  return { controllerId, incarnationId, zkMigrationReady, endPoints, features }
}

function encodeControllerEndpoint(
  writer: Writer,
  _version: number,
  _flexible: boolean,
  message: ControllerEndpoint,
): void {
  const { name, host, port, securityProtocol } = message
  writer.string(true, name)
  writer.string(true, host)
  writer.uint16(port)
  writer.int16(securityProtocol)
  writer.unsignedVarint(0)
}

function encodeControllerFeature(
  writer: Writer,
  _version: number,
  _flexible: boolean,
  message: ControllerFeature,
): void {
  const { name, minSupportedVersion, maxSupportedVersion } = message
  writer.string(true, name)
  writer.int16(minSupportedVersion)
  writer.int16(maxSupportedVersion)
  writer.unsignedVarint(0)
}

function encodeRegisterControllerRecord(
  writer: Writer,
  version: number,
  message: RegisterControllerRecord,
): void {
  assert(version >= 0 && version <= 0, 'a version of RegisterControllerRecord')
  const { controllerId, incarnationId, zkMigrationReady, endPoints, features } = message
  writer.int32(controllerId)
  writer.uuid(incarnationId)
  writer.bool(zkMigrationReady)
  writer.array(true, endPoints, version, encodeControllerEndpoint)
  writer.array(true, features, version, encodeControllerFeature)
  writer.unsignedVarint(0)
}

/** Codec of {@link RegisterControllerRecord}. */
export const registerControllerRecord: RecordCodec<RegisterControllerRecord> = {
  key: 27,
  name: 'RegisterControllerRecord',
  versionMin: 0,
  versionMax: 0,
  flexibleMin: 0,
  decode: decodeRegisterControllerRecord,
  encode: encodeRegisterControllerRecord,
}

/** Version 0. */
export interface ClearElrRecord {
  readonly topicName: string
}

function decodeClearElrRecord(reader: Reader, version: number): ClearElrRecord {
  assert(version >= 0 && version <= 0, 'a version of ClearElrRecord')
  const topicName = reader.string(true)
  reader.skipTags()
  return { topicName }
}

function encodeClearElrRecord(writer: Writer, version: number, message: ClearElrRecord): void {
  assert(version >= 0 && version <= 0, 'a version of ClearElrRecord')
  const { topicName } = message
  writer.string(true, topicName)
  writer.unsignedVarint(0)
}

/** Codec of {@link ClearElrRecord}. */
export const clearElrRecord: RecordCodec<ClearElrRecord> = {
  key: 28,
  name: 'ClearElrRecord',
  versionMin: 0,
  versionMax: 0,
  flexibleMin: 0,
  decode: decodeClearElrRecord,
  encode: encodeClearElrRecord,
}

/** Version 0. */
export interface UnregisterControllerRecord {
  readonly controllerId: number
}

function decodeUnregisterControllerRecord(
  reader: Reader,
  version: number,
): UnregisterControllerRecord {
  assert(version >= 0 && version <= 0, 'a version of UnregisterControllerRecord')
  const controllerId = reader.int32()
  reader.skipTags()
  return { controllerId }
}

function encodeUnregisterControllerRecord(
  writer: Writer,
  version: number,
  message: UnregisterControllerRecord,
): void {
  assert(version >= 0 && version <= 0, 'a version of UnregisterControllerRecord')
  const { controllerId } = message
  writer.int32(controllerId)
  writer.unsignedVarint(0)
}

/** Codec of {@link UnregisterControllerRecord}. */
export const unregisterControllerRecord: RecordCodec<UnregisterControllerRecord> = {
  key: 29,
  name: 'UnregisterControllerRecord',
  versionMin: 0,
  versionMax: 0,
  flexibleMin: 0,
  decode: decodeUnregisterControllerRecord,
  encode: encodeUnregisterControllerRecord,
}

/** Types of these records, by name. */
export interface MetadataRecordTypes {
  RegisterBrokerRecord: RegisterBrokerRecord
  UnregisterBrokerRecord: UnregisterBrokerRecord
  TopicRecord: TopicRecord
  PartitionRecord: PartitionRecord
  ConfigRecord: ConfigRecord
  PartitionChangeRecord: PartitionChangeRecord
  FenceBrokerRecord: FenceBrokerRecord
  UnfenceBrokerRecord: UnfenceBrokerRecord
  RemoveTopicRecord: RemoveTopicRecord
  DelegationTokenRecord: DelegationTokenRecord
  UserScramCredentialRecord: UserScramCredentialRecord
  FeatureLevelRecord: FeatureLevelRecord
  ClientQuotaRecord: ClientQuotaRecord
  ProducerIdsRecord: ProducerIdsRecord
  BrokerRegistrationChangeRecord: BrokerRegistrationChangeRecord
  AccessControlEntryRecord: AccessControlEntryRecord
  RemoveAccessControlEntryRecord: RemoveAccessControlEntryRecord
  NoOpRecord: NoOpRecord
  ZkMigrationStateRecord: ZkMigrationStateRecord
  RemoveUserScramCredentialRecord: RemoveUserScramCredentialRecord
  BeginTransactionRecord: BeginTransactionRecord
  EndTransactionRecord: EndTransactionRecord
  AbortTransactionRecord: AbortTransactionRecord
  RemoveDelegationTokenRecord: RemoveDelegationTokenRecord
  RegisterControllerRecord: RegisterControllerRecord
  ClearElrRecord: ClearElrRecord
  UnregisterControllerRecord: UnregisterControllerRecord
}

/** Types for encoding them, by name. */
export interface MetadataRecordInputs {
  RegisterBrokerRecord: RegisterBrokerRecordInput
  UnregisterBrokerRecord: UnregisterBrokerRecord
  TopicRecord: TopicRecord
  PartitionRecord: PartitionRecordInput
  ConfigRecord: ConfigRecord
  PartitionChangeRecord: PartitionChangeRecordInput
  FenceBrokerRecord: FenceBrokerRecord
  UnfenceBrokerRecord: UnfenceBrokerRecord
  RemoveTopicRecord: RemoveTopicRecord
  DelegationTokenRecord: DelegationTokenRecord
  UserScramCredentialRecord: UserScramCredentialRecord
  FeatureLevelRecord: FeatureLevelRecord
  ClientQuotaRecord: ClientQuotaRecord
  ProducerIdsRecord: ProducerIdsRecordInput
  BrokerRegistrationChangeRecord: BrokerRegistrationChangeRecordInput
  AccessControlEntryRecord: AccessControlEntryRecord
  RemoveAccessControlEntryRecord: RemoveAccessControlEntryRecord
  NoOpRecord: NoOpRecord
  ZkMigrationStateRecord: ZkMigrationStateRecord
  RemoveUserScramCredentialRecord: RemoveUserScramCredentialRecord
  BeginTransactionRecord: BeginTransactionRecordInput
  EndTransactionRecord: EndTransactionRecord
  AbortTransactionRecord: AbortTransactionRecordInput
  RemoveDelegationTokenRecord: RemoveDelegationTokenRecord
  RegisterControllerRecord: RegisterControllerRecord
  ClearElrRecord: ClearElrRecord
  UnregisterControllerRecord: UnregisterControllerRecord
}

/** Codecs of all these records. */
export const metadataRecords: readonly RecordCodec<unknown, never>[] = [
  registerBrokerRecord,
  unregisterBrokerRecord,
  topicRecord,
  partitionRecord,
  configRecord,
  partitionChangeRecord,
  fenceBrokerRecord,
  unfenceBrokerRecord,
  removeTopicRecord,
  delegationTokenRecord,
  userScramCredentialRecord,
  featureLevelRecord,
  clientQuotaRecord,
  producerIdsRecord,
  brokerRegistrationChangeRecord,
  accessControlEntryRecord,
  removeAccessControlEntryRecord,
  noOpRecord,
  zkMigrationStateRecord,
  removeUserScramCredentialRecord,
  beginTransactionRecord,
  endTransactionRecord,
  abortTransactionRecord,
  removeDelegationTokenRecord,
  registerControllerRecord,
  clearElrRecord,
  unregisterControllerRecord,
]
