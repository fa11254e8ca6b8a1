/**
 * Makes a log directory ready for the controller: identity and first files of a new cluster, and
 * the epoch that begins.
 */
import { assert } from '../base/assert.ts'
import type { Clock } from '../base/clock.ts'
import type { Random } from '../base/random.ts'
import { MetadataError } from '../metadata/error.ts'
import type { MetadataImage, QuorumImage } from '../metadata/image.ts'
import { metadataVersionOf } from '../metadata/record-versions.ts'
import type { LoggedRecordInput } from '../metadata/records.ts'
import { decodeSnapshotFile, snapshotName } from '../metadata/snapshot.ts'
import { isUuid } from '../protocol/uuid.ts'
import type { LogStore, MetaProperties } from '../storage/log-store.ts'
import {
  bootstrapFile,
  encodeBootstrapFile,
  encodeFirstSnapshot,
  firstQuorum,
  type VoterIdentity,
} from './bootstrap.ts'
import { metadataFolder } from './metadata-log.ts'
import { decodeQuorumState, encodeQuorumState, leaderState } from './quorum-state.ts'

/** What a directory has to agree with. */
export interface DirectoryIdentity {
  readonly nodeId: number
  /** Undefined: the directory's own, or a new one for a new directory. */
  readonly clusterId?: string | undefined
}

/**
 * The identity of a directory, which gets one if it is new. Throws a {@link MetadataError} when the
 * directory belongs to another node or cluster, or to an unknown one; nothing was changed then.
 */
export async function identify(
  store: LogStore,
  wanted: DirectoryIdentity,
  random: Random,
): Promise<MetaProperties> {
  const found = store.metaProperties()
  if (found !== undefined) {
    requireSame(store, 'node', String(found.nodeId), String(wanted.nodeId))
    requireSame(store, 'cluster', found.clusterId, wanted.clusterId ?? found.clusterId)
    return found
  }
  if (store.partitionsOnDisk().length > 0) {
    throw new MetadataError(
      `${store.path} holds partitions but no meta.properties, so nobody knows whose they are; ` +
        'restore that file or choose another data directory',
    )
  }
  const properties = {
    clusterId: wanted.clusterId ?? random.uuid(),
    nodeId: wanted.nodeId,
    directoryId: random.uuid(),
  }
  assert(isUuid(properties.directoryId), 'a new id is one')
  await store.format(properties)
  assert(store.metaProperties() !== undefined, 'a formatted directory knows who it is')
  return properties
}

/**
 * The quorum of a log that has no record yet. A directory that nobody formatted gets the files with
 * which a new cluster's metadata begins; {@link bootstrapFile} comes last, so that a start which
 * was cut short is made good by the next.
 */
export async function prepareFirstEpoch(
  store: LogStore,
  found: QuorumImage,
  voter: VoterIdentity,
  clock: Clock,
): Promise<QuorumImage> {
  if ((await store.readFile(bootstrapFile)) !== undefined) return found
  const timestamp = clock.now()
  await store.writeFile(firstSnapshot, encodeFirstSnapshot(voter, timestamp))
  await store.writeFile(bootstrapFile, encodeBootstrapFile(timestamp))
  return firstQuorum(voter)
}

/** The records that begin a new cluster's metadata; none when it has begun. */
export async function readBootstrapRecords(
  store: LogStore,
  image: MetadataImage,
): Promise<readonly LoggedRecordInput[]> {
  if (metadataVersionOf(image) !== undefined) return []
  const bytes = await store.readFile(bootstrapFile)
  if (bytes === undefined) throw new MetadataError(`${bootstrapFile} is gone`)
  return decodeSnapshotFile(bootstrapFile, bytes).records
}

/** An epoch to lead above `last`, remembered before anything is written in it. */
export async function beginEpoch(store: LogStore, nodeId: number, last: number): Promise<number> {
  const bytes = await store.readFile(quorumStateFile)
  const known = bytes === undefined ? 0 : decodeQuorumState(bytes).leaderEpoch
  const epoch = Math.max(known, last) + 1
  assert(epoch > 0, 'epoch 0 is that of the first snapshot')
  await store.writeFile(quorumStateFile, encodeQuorumState(leaderState(nodeId, epoch)))
  return epoch
}

/** Throws a {@link MetadataError} when other nodes vote on the log as well. */
export function requireOnlyVoter(quorum: QuorumImage, store: LogStore): void {
  if (quorum.voters.length <= 1) return
  const ids = quorum.voters.map((voter) => voter.voterId).join(', ')
  throw new MetadataError(
    `${store.path} belongs to a quorum of the controllers ${ids}; ` +
      'a single node cannot decide for them',
  )
}

const quorumStateFile = `${metadataFolder}/quorum-state`

const firstSnapshot = `${metadataFolder}/${snapshotName({ endOffset: 0, epoch: 0 })}`

function requireSame(store: LogStore, what: string, found: string, wanted: string): void {
  if (found === wanted) return
  throw new MetadataError(
    `${store.path} belongs to ${what} ${found}, not to ${what} ${wanted}; ` +
      `start with that ${what} id or choose another data directory`,
  )
}
