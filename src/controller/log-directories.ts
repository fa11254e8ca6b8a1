/**
 * Decides in which log directory of a broker a new partition lies, and what becomes of those in a
 * directory that fails. The records of a failure are those of Apache Kafka 4.3.1.
 */
import { assert } from '../base/assert.ts'
import type { BrokerImage, MetadataImage, PartitionImage } from '../metadata/image.ts'
import { metadataVersionOf, recordVersions } from '../metadata/record-versions.ts'
import { DirectoryId, directoryOf, openDirectories } from '../metadata/replica-directory.ts'
import type { MetadataRecordInput } from '../protocol/metadata-record.ts'
import type { Uuid } from '../protocol/uuid.ts'
import { leaderlessRecords } from './registration.ts'

/**
 * Chooses directories for the new partitions of one command: each goes where the fewest are, those
 * of the same command counted.
 */
export class DirectoryChoice {
  readonly #image: MetadataImage
  readonly #counts = new Map<number, Map<Uuid, number>>()

  constructor(image: MetadataImage) {
    this.#image = image
  }

  /** The directory of a new replica; `unassigned` where the broker has none for it. */
  next(brokerId: number): Uuid {
    const broker = this.#image.brokers.get(brokerId)
    if (broker === undefined || broker.directories.length === 0) return DirectoryId.migrating
    const open = openDirectories(broker)
    const [only] = open
    if (only === undefined) return DirectoryId.unassigned
    if (open.length === 1) return only
    const counts = this.#counts.get(brokerId) ?? partitionsByDirectory(this.#image, broker)
    this.#counts.set(brokerId, counts)
    const countOf = (id: Uuid): number => counts.get(id) ?? 0
    const chosen = open.reduce((best, id) => (countOf(id) < countOf(best) ? id : best))
    counts.set(chosen, countOf(chosen) + 1)
    return chosen
  }
}

function partitionsByDirectory(image: MetadataImage, broker: BrokerImage): Map<Uuid, number> {
  const counts = new Map<Uuid, number>()
  for (const { partitions } of image.topicsByName.values()) {
    for (const partition of partitions) {
      if (!partition.replicas.includes(broker.id)) continue
      const directory = directoryOf(partition, broker.id)
      counts.set(directory, (counts.get(directory) ?? 0) + 1)
    }
  }
  return counts
}

/** The partitions in a directory that failed lose their leader, and the broker the directory. */
export function offlineDirectoryRecords(
  image: MetadataImage,
  nodeId: number,
  directory: Uuid,
): MetadataRecordInput[] {
  const broker = image.brokers.get(nodeId)
  if (broker === undefined || !broker.directories.includes(directory)) return []
  const remaining = broker.directories.filter((id) => id !== directory)
  // Without any the broker stops, and its registration could not say so.
  if (remaining.length === 0) return []
  const level = metadataVersionOf(image) ?? 0
  const lost = leaderlessRecords(
    image,
    nodeId,
    (partition) => directoryOf(partition, nodeId) === directory,
  )
  if (recordVersions(level).registerBroker < 3) return lost
  return [...lost, registrationChange(broker, { logDirs: remaining })]
}

/** Partitions that cannot be opened lose their leader. */
export function unusableRecords(
  image: MetadataImage,
  nodeId: number,
  replicas: readonly { readonly topicId: Uuid; readonly partition: number }[],
): MetadataRecordInput[] {
  const unusable = new Set<PartitionImage | undefined>(
    replicas.map(({ topicId, partition }) => image.topicsById.get(topicId)?.partitions[partition]),
  )
  return leaderlessRecords(image, nodeId, (partition) => unusable.has(partition))
}

/** The broker takes no new partitions in these of its directories from now on. */
export function cordonRecords(
  image: MetadataImage,
  nodeId: number,
  cordoned: readonly Uuid[],
): MetadataRecordInput[] {
  const broker = image.brokers.get(nodeId)
  const level = metadataVersionOf(image) ?? 0
  if (broker === undefined || !recordVersions(level).cordonedDirectories) return []
  const before = broker.cordonedDirectories ?? []
  const same = before.length === cordoned.length && cordoned.every((id) => before.includes(id))
  return same ? [] : [registrationChange(broker, { cordonedLogDirs: cordoned })]
}

function registrationChange(
  { id: brokerId, epoch: brokerEpoch }: BrokerImage,
  change: { readonly logDirs: readonly Uuid[] } | { readonly cordonedLogDirs: readonly Uuid[] },
): MetadataRecordInput {
  assert(brokerEpoch >= 0, 'who changes has registered')
  const version = 'logDirs' in change ? 2 : 3
  const name = 'BrokerRegistrationChangeRecord'
  return { name, version, value: { brokerId, brokerEpoch, ...change } }
}
