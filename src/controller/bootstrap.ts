/**
 * How the metadata of a new cluster begins: the files that `kafka-storage format --standalone` of
 * Apache Kafka 4.3 leaves behind, and the records that the first controller writes.
 *
 *     bootstrap.checkpoint                         records that the first controller is to write:
 *                                                  levels of features, credentials
 *     __cluster_metadata-0/0…0-0…0.checkpoint      level of `kraft.version` and the voters
 */
import { assert } from '../base/assert.ts'
import type { BrokerConfig } from '../metadata/config/broker-config.ts'
import { configsOf, type MetadataImage, type QuorumImage, ResourceType } from '../metadata/image.ts'
import { configRecord, featureRecord } from '../metadata/image-records.ts'
import {
  elrFeature,
  metadataVersionFeature,
  metadataVersionOf,
  recordVersions,
} from '../metadata/record-versions.ts'
import type { LoggedRecordInput } from '../metadata/records.ts'
import { encodeSnapshotFile } from '../metadata/snapshot.ts'
import type { ControlRecord } from '../protocol/control-record.ts'
import type { Voter } from '../protocol/generated/record/control.ts'
import type { MetadataRecordInput } from '../protocol/metadata-record.ts'
import { isUuid, type Uuid, zeroUuid } from '../protocol/uuid.ts'
import { initialFeatures } from './features.ts'

/** Name of the file with the first records, in the log directory. */
export const bootstrapFile = 'bootstrap.checkpoint'

/** Level of `kraft.version` of a new cluster: the voters stand in the log. */
const kraftVersion = 1

/** Who a voter is and where it listens as a controller. */
export interface VoterIdentity {
  readonly nodeId: number
  readonly directoryId: Uuid
  readonly listener: { readonly name: string; readonly host: string; readonly port: number }
}

/** The bytes of {@link bootstrapFile} for a new cluster. */
export function encodeBootstrapFile(timestamp: number): Uint8Array {
  const header: ControlRecord = {
    name: 'snapshotHeader',
    value: { version: 0, lastContainedLogTimestamp: 0 },
  }
  const records = initialFeatures.map(([name, level]) => featureRecord(name, level))
  return encodeSnapshotFile([header], records, 0, timestamp)
}

/** The bytes of the very first snapshot: one voter, no metadata. */
export function encodeFirstSnapshot(voter: VoterIdentity, timestamp: number): Uint8Array {
  const header: ControlRecord = {
    name: 'snapshotHeader',
    value: { version: 0, lastContainedLogTimestamp: timestamp },
  }
  return encodeSnapshotFile([header, ...quorumControls(kraftVersion, voter)], [], 0, timestamp)
}

/**
 * The control records with which a leader begins its epoch: that it leads and, in the first epoch
 * or when they change, the level of `kraft.version` and the voters. A quorum whose voters stand in
 * configuration files (level 0) keeps them there.
 */
export function leaderControls(
  quorum: QuorumImage,
  voter: VoterIdentity,
  isFirst: boolean,
): ControlRecord[] {
  assert(quorum.voters.length <= 1, 'a single node speaks for itself only')
  const self = [{ voterId: voter.nodeId, voterDirectoryId: zeroUuid }]
  const leader: ControlRecord = {
    name: 'leaderChange',
    value: { version: 0, leaderId: voter.nodeId, voters: self, grantingVoters: self },
  }
  if (quorum.version === 0) return [leader]
  const known = JSON.stringify(quorum.voters) === JSON.stringify([voterOf(voter)])
  return known && !isFirst ? [leader] : [leader, ...quorumControls(quorum.version, voter)]
}

/** The quorum of a new cluster: one voter, who stands in the log. */
export function firstQuorum(voter: VoterIdentity): QuorumImage {
  return { version: kraftVersion, voters: [voterOf(voter)] }
}

/**
 * The first records of a cluster, as one transaction where the level allows one. `records` is what
 * {@link bootstrapFile} holds.
 */
export function bootstrapRecords(
  image: MetadataImage,
  records: readonly LoggedRecordInput[],
  broker: BrokerConfig,
): LoggedRecordInput[] {
  assert(!records.some(isTransactional), 'what is bracketed here is not bracketed before')
  const first = [...records, ...elrSafetyRecords(image, records, broker)]
  if (first.length === 0 || !recordVersions(levelOf(image, records)).transactions) return first
  return [
    { name: 'BeginTransactionRecord', version: 0, value: { name: 'Bootstrap records' } },
    ...first,
    { name: 'EndTransactionRecord', version: 0, value: {} },
  ]
}

function isTransactional({ name }: LoggedRecordInput): boolean {
  return name === 'BeginTransactionRecord' || name === 'EndTransactionRecord'
}

/** The level of `metadata.version` once `records` are applied. */
export function levelOf(image: MetadataImage, records: readonly LoggedRecordInput[]): number {
  return metadataVersionOf(image) ?? levelIn(records, metadataVersionFeature)
}

/**
 * With eligible leader replicas, `min.insync.replicas` has to be the same on every broker: what
 * has to be written beside `records`, if they turn these replicas on.
 */
export function elrSafetyRecords(
  image: MetadataImage,
  records: readonly LoggedRecordInput[],
  broker: BrokerConfig,
): MetadataRecordInput[] {
  const name = 'min.insync.replicas'
  if (levelIn(records, elrFeature) === 0) return []
  const single = [...image.brokers.keys()]
    .filter((id) => configsOf(image, ResourceType.BROKER, String(id)).has(name))
    .map((id) => configRecord(ResourceType.BROKER, String(id), name, null))
  if (configsOf(image, ResourceType.BROKER, '').has(name)) return single
  return [configRecord(ResourceType.BROKER, '', name, String(broker.number(name))), ...single]
}

function levelIn(records: readonly LoggedRecordInput[], feature: string): number {
  for (const record of records) {
    if (record.name !== 'FeatureLevelRecord' || record.value.name !== feature) continue
    return record.value.featureLevel
  }
  return 0
}

function quorumControls(version: number, voter: VoterIdentity): ControlRecord[] {
  return [
    { name: 'kraftVersion', value: { version: 0, kRaftVersion: version } },
    { name: 'voters', value: { version: 0, voters: [voterOf(voter)] } },
  ]
}

function voterOf(voter: VoterIdentity): Voter {
  assert(isUuid(voter.directoryId), 'a voter has a directory')
  return {
    voterId: voter.nodeId,
    voterDirectoryId: voter.directoryId,
    endpoints: [voter.listener],
    kRaftVersionFeature: { minSupportedVersion: 0, maxSupportedVersion: 1 },
  }
}
