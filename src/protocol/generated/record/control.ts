// Generated from the schema by `npm run generate`; edit that instead.
import { assert } from '../../../base/assert.ts'
import type { MessageCodec } from '../../codec.ts'
import type { Reader } from '../../reader.ts'
import type { Uuid } from '../../uuid.ts'
import { zeroUuid } from '../../uuid.ts'
import type { Writer } from '../../writer.ts'

/** Version 0. */
export interface ControlRecordTypeSchema {
  readonly type: number
}

function decodeControlRecordTypeSchema(reader: Reader, version: number): ControlRecordTypeSchema {
  assert(version >= 0 && version <= 0, 'a version of ControlRecordTypeSchema')
  const type = reader.int16()
  return { type }
}

function encodeControlRecordTypeSchema(
  writer: Writer,
  version: number,
  message: ControlRecordTypeSchema,
): void {
  assert(version >= 0 && version <= 0, 'a version of ControlRecordTypeSchema')
  const { type } = message
  writer.int16(type)
}

/** Codec of {@link ControlRecordTypeSchema}. */
export const controlRecordTypeSchema: MessageCodec<ControlRecordTypeSchema> = {
  name: 'ControlRecordTypeSchema',
  versionMin: 0,
  versionMax: 0,
  flexibleMin: Infinity,
  decode: decodeControlRecordTypeSchema,
  encode: encodeControlRecordTypeSchema,
}

/** Version 0. */
export interface EndTxnMarker {
  readonly coordinatorEpoch: number
}

function decodeEndTxnMarker(reader: Reader, version: number): EndTxnMarker {
  assert(version >= 0 && version <= 0, 'a version of EndTxnMarker')
  const coordinatorEpoch = reader.int32()
  return { coordinatorEpoch }
}

function encodeEndTxnMarker(writer: Writer, version: number, message: EndTxnMarker): void {
  assert(version >= 0 && version <= 0, 'a version of EndTxnMarker')
  const { coordinatorEpoch } = message
  writer.int32(coordinatorEpoch)
}

/** Codec of {@link EndTxnMarker}. */
export const endTxnMarker: MessageCodec<EndTxnMarker> = {
  name: 'EndTxnMarker',
  versionMin: 0,
  versionMax: 0,
  flexibleMin: Infinity,
  decode: decodeEndTxnMarker,
  encode: encodeEndTxnMarker,
}

/** Part of {@link LeaderChangeMessage}. */
export interface LeaderChangeVoter {
  readonly voterId: number
  /** Version 1 only. */
  readonly voterDirectoryId: Uuid
}

/** {@link LeaderChangeVoter} as it is encoded. */
export interface LeaderChangeVoterInput {
  readonly voterId: number
  readonly voterDirectoryId?: Uuid
}

/** Versions 0 to 1. */
export interface LeaderChangeMessage {
  readonly version: number
  readonly leaderId: number
  readonly voters: readonly LeaderChangeVoter[]
  readonly grantingVoters: readonly LeaderChangeVoter[]
}

/** {@link LeaderChangeMessage} as it is encoded. */
export interface LeaderChangeMessageInput {
  readonly version: number
  readonly leaderId: number
  readonly voters: readonly LeaderChangeVoterInput[]
  readonly grantingVoters: readonly LeaderChangeVoterInput[]
}

function decodeLeaderChangeVoter(
  reader: Reader,
  version: number,
  _flexible: boolean,
): LeaderChangeVoter {
  const voterId = reader.int32()
  const voterDirectoryId = version === 1 ? reader.uuid() : zeroUuid
  reader.skipTags()
  return { voterId, voterDirectoryId }
}

function decodeLeaderChangeMessage(reader: Reader, version: number): LeaderChangeMessage {
  assert(version >= 0 && version <= 1, 'a version of LeaderChangeMessage')
  const versionField = reader.int16()
  const leaderId = reader.int32()
  const voters = reader.array(true, 5, version, decodeLeaderChangeVoter)
  const grantingVoters = reader.array(true, 5, version, decodeLeaderChangeVoter)
  reader.skipTags()
  return { version: versionField, leaderId, voters, grantingVoters }
}

function encodeLeaderChangeVoter(
  writer: Writer,
  version: number,
  _flexible: boolean,
  message: LeaderChangeVoterInput,
): void {
  const { voterId, voterDirectoryId = zeroUuid } = message
  writer.int32(voterId)
  if (version === 1) writer.uuid(voterDirectoryId)
  else if (voterDirectoryId !== zeroUuid)
    writer.unsupported('LeaderChangeMessage.LeaderChangeVoter.voterDirectoryId', version)
  writer.unsignedVarint(0)
}

function encodeLeaderChangeMessage(
  writer: Writer,
  version: number,
  message: LeaderChangeMessageInput,
): void {
  assert(version >= 0 && version <= 1, 'a version of LeaderChangeMessage')
  const { version: versionField, leaderId, voters, grantingVoters } = message
  writer.int16(versionField)
  writer.int32(leaderId)
  writer.array(true, voters, version, encodeLeaderChangeVoter)
  writer.array(true, grantingVoters, version, encodeLeaderChangeVoter)
  writer.unsignedVarint(0)
}

/** Codec of {@link LeaderChangeMessage}. */
export const leaderChangeMessage: MessageCodec<LeaderChangeMessage, LeaderChangeMessageInput> = {
  name: 'LeaderChangeMessage',
  versionMin: 0,
  versionMax: 1,
  flexibleMin: 0,
  decode: decodeLeaderChangeMessage,
  encode: encodeLeaderChangeMessage,
}

/** Version 0. */
export interface SnapshotHeaderRecord {
  readonly version: number
  readonly lastContainedLogTimestamp: number
}

function decodeSnapshotHeaderRecord(reader: Reader, version: number): SnapshotHeaderRecord {
  assert(version >= 0 && version <= 0, 'a version of SnapshotHeaderRecord')
  const versionField = reader.int16()
  const lastContainedLogTimestamp = reader.int64()
  reader.skipTags()
  return { version: versionField, lastContainedLogTimestamp }
}

function encodeSnapshotHeaderRecord(
  writer: Writer,
  version: number,
  message: SnapshotHeaderRecord,
): void {
  assert(version >= 0 && version <= 0, 'a version of SnapshotHeaderRecord')
  const { version: versionField, lastContainedLogTimestamp } = message
  writer.int16(versionField)
  writer.int64(lastContainedLogTimestamp)
  writer.unsignedVarint(0)
}

/** Codec of {@link SnapshotHeaderRecord}. */
export const snapshotHeaderRecord: MessageCodec<SnapshotHeaderRecord> = {
  name: 'SnapshotHeaderRecord',
  versionMin: 0,
  versionMax: 0,
  flexibleMin: 0,
  decode: decodeSnapshotHeaderRecord,
  encode: encodeSnapshotHeaderRecord,
}

/** Version 0. */
export interface SnapshotFooterRecord {
  readonly version: number
}

function decodeSnapshotFooterRecord(reader: Reader, version: number): SnapshotFooterRecord {
  assert(version >= 0 && version <= 0, 'a version of SnapshotFooterRecord')
  const versionField = reader.int16()
  reader.skipTags()
  return { version: versionField }
}

function encodeSnapshotFooterRecord(
  writer: Writer,
  version: number,
  message: SnapshotFooterRecord,
): void {
  assert(version >= 0 && version <= 0, 'a version of SnapshotFooterRecord')
  const { version: versionField } = message
  writer.int16(versionField)
  writer.unsignedVarint(0)
}

/** Codec of {@link SnapshotFooterRecord}. */
export const snapshotFooterRecord: MessageCodec<SnapshotFooterRecord> = {
  name: 'SnapshotFooterRecord',
  versionMin: 0,
  versionMax: 0,
  flexibleMin: 0,
  decode: decodeSnapshotFooterRecord,
  encode: encodeSnapshotFooterRecord,
}

/** Version 0. */
export interface KRaftVersionRecord {
  readonly version: number
  readonly kRaftVersion: number
}

function decodeKRaftVersionRecord(reader: Reader, version: number): KRaftVersionRecord {
  assert(version >= 0 && version <= 0, 'a version of KRaftVersionRecord')
  const versionField = reader.int16()
  const kRaftVersion = reader.int16()
  reader.skipTags()
  return { version: versionField, kRaftVersion }
}

function encodeKRaftVersionRecord(
  writer: Writer,
  version: number,
  message: KRaftVersionRecord,
): void {
  assert(version >= 0 && version <= 0, 'a version of KRaftVersionRecord')
  const { version: versionField, kRaftVersion } = message
  writer.int16(versionField)
  writer.int16(kRaftVersion)
  writer.unsignedVarint(0)
}

/** Codec of {@link KRaftVersionRecord}. */
export const kRaftVersionRecord: MessageCodec<KRaftVersionRecord> = {
  name: 'KRaftVersionRecord',
  versionMin: 0,
  versionMax: 0,
  flexibleMin: 0,
  decode: decodeKRaftVersionRecord,
  encode: encodeKRaftVersionRecord,
}

/** Part of {@link VotersRecord}. */
export interface VoterEndpoint {
  readonly name: string
  readonly host: string
  readonly port: number
}

/** Part of {@link VotersRecord}. */
export interface KRaftVersionFeature {
  readonly minSupportedVersion: number
  readonly maxSupportedVersion: number
}

/** Part of {@link VotersRecord}. */
export interface Voter {
  readonly voterId: number
  readonly voterDirectoryId: Uuid
  readonly endpoints: readonly VoterEndpoint[]
  readonly kRaftVersionFeature: KRaftVersionFeature
}

/** Version 0. */
export interface VotersRecord {
  readonly version: number
  readonly voters: readonly Voter[]
}

function decodeVoterEndpoint(reader: Reader, _version: number, _flexible: boolean): VoterEndpoint {
  const name = reader.string(true)
  const host = reader.string(true)
  const port = reader.uint16()
  reader.skipTags()
  return { name, host, port }
}

function decodeKRaftVersionFeature(
  reader: Reader,
  _version: number,
  _flexible: boolean,
): KRaftVersionFeature {
  const minSupportedVersion = reader.int16()
  const maxSupportedVersion = reader.int16()
  reader.skipTags()
  return { minSupportedVersion, maxSupportedVersion }
}

function decodeVoter(reader: Reader, version: number, _flexible: boolean): Voter {
  const voterId = reader.int32()
  const voterDirectoryId = reader.uuid()
  const endpoints = reader.array(true, 5, version, decodeVoterEndpoint)
  const kRaftVersionFeature = decodeKRaftVersionFeature(reader, version, true)
  reader.skipTags()
  return { voterId, voterDirectoryId, endpoints, kRaftVersionFeature }
}

function decodeVotersRecord(reader: Reader, version: number): VotersRecord {
  assert(version >= 0 && version <= 0, 'a version of VotersRecord')
  const versionField = reader.int16()
  const voters = reader.array(true, 27, version, decodeVoter)
  reader.skipTags()
  return { version: versionField, voters }
}

function encodeVoterEndpoint(
  writer: Writer,
  _version: number,
  _flexible: boolean,
  message: VoterEndpoint,
): void {
  const { name, host, port } = message
  writer.string(true, name)
  writer.string(true, host)
  writer.uint16(port)
  writer.unsignedVarint(0)
}

function encodeKRaftVersionFeature(
  writer: Writer,
  _version: number,
  _flexible: boolean,
  message: KRaftVersionFeature,
): void {
  const { minSupportedVersion, maxSupportedVersion } = message
  writer.int16(minSupportedVersion)
  writer.int16(maxSupportedVersion)
  writer.unsignedVarint(0)
}

function encodeVoter(writer: Writer, version: number, _flexible: boolean, message: Voter): void {
  const { voterId, voterDirectoryId, endpoints, kRaftVersionFeature } = message
  writer.int32(voterId)
  writer.uuid(voterDirectoryId)
  writer.array(true, endpoints, version, encodeVoterEndpoint)
  encodeKRaftVersionFeature(writer, version, true, kRaftVersionFeature)
  writer.unsignedVarint(0)
}

function encodeVotersRecord(writer: Writer, version: number, message: VotersRecord): void {
  assert(version >= 0 && version <= 0, 'a version of VotersRecord')
  const { version: versionField, voters } = message
  writer.int16(versionField)
  writer.array(true, voters, version, encodeVoter)
  writer.unsignedVarint(0)
}

/** Codec of {@link VotersRecord}. */
export const votersRecord: MessageCodec<VotersRecord> = {
  name: 'VotersRecord',
  versionMin: 0,
  versionMax: 0,
  flexibleMin: 0,
  decode: decodeVotersRecord,
  encode: encodeVotersRecord,
}

/** Codecs of all these records. */
export const controlRecords: readonly MessageCodec<unknown, never>[] = [
  controlRecordTypeSchema,
  endTxnMarker,
  leaderChangeMessage,
  snapshotHeaderRecord,
  snapshotFooterRecord,
  kRaftVersionRecord,
  votersRecord,
]
