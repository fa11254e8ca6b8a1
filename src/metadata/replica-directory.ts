/** In which log directory of its broker a replica lies, as far as the metadata tells. */
import { assert } from '../base/assert.ts'
import { type Uuid, zeroUuid } from '../protocol/uuid.ts'
import type { BrokerImage, PartitionImage } from './image.ts'

/**
 * Ids that are no directory's, as Apache Kafka 4.3.1's `DirectoryId` has them: not told since the
 * metadata is from before 3.7, not chosen yet, and known to be gone.
 */
export const DirectoryId: Readonly<Record<'migrating' | 'unassigned' | 'lost', Uuid>> = {
  migrating: zeroUuid,
  unassigned: 'AAAAAAAAAAAAAAAAAAAAAQ',
  lost: 'AAAAAAAAAAAAAAAAAAAAAg',
}

/** Where a broker found its replica of a partition, or put it. */
export interface DirectoryAssignment {
  readonly topicId: Uuid
  readonly partition: number
  readonly directory: Uuid
}

/** The directory of a broker's replica; `migrating` where the metadata has none. */
export function directoryOf(partition: PartitionImage, brokerId: number): Uuid {
  const at = partition.replicas.indexOf(brokerId)
  assert(at >= 0, 'only a replica has a directory')
  return partition.directories[at] ?? DirectoryId.migrating
}

/**
 * Whether a replica in `directory` can be used by a broker with these directories. What nobody told
 * may be anywhere, and brokers before 3.7 tell of no directory.
 */
export function isUsableDirectory(directory: Uuid, online: readonly Uuid[]): boolean {
  if (directory === DirectoryId.migrating || directory === DirectoryId.unassigned) return true
  return directory !== DirectoryId.lost && (online.length === 0 || online.includes(directory))
}

/** Whether the broker is there for clients and the directory of its replica works. */
export function isReplicaOnline(
  partition: PartitionImage,
  broker: BrokerImage | undefined,
): boolean {
  if (broker === undefined || broker.fenced) return false
  return isUsableDirectory(directoryOf(partition, broker.id), broker.directories)
}

/** The directories in which a broker takes new partitions. */
export function openDirectories({ directories, cordonedDirectories }: BrokerImage): Uuid[] {
  return directories.filter((id) => !cordonedDirectories?.includes(id))
}
