/**
 * Which version of a record may be written at which level of `metadata.version`, so that every
 * controller that the finalised level allows can read it. Facts of Apache Kafka 4.3.1.
 */
import { MetadataError } from './error.ts'
import type { MetadataImage } from './image.ts'

/** Name of the feature that says which records the log may hold. */
export const metadataVersionFeature = 'metadata.version'

/** Name of the feature that keeps replicas which left the ISR with all committed records. */
export const elrFeature = 'eligible.leader.replicas.version'

/** Level of `metadata.version` that a new directory gets: 4.3-IV0. */
export const metadataVersionLatest = 30

/** Lowest level that can still be read: 3.3-IV3. */
export const metadataVersionMin = 7

/** Versions of the records whose version depends on the level. */
export interface RecordVersions {
  readonly registerBroker: number
  /** Of PartitionRecord and PartitionChangeRecord alike. */
  readonly partition: number
  /** Whether records can be bracketed as one transaction. */
  readonly transactions: boolean
  /** Whether controllers register themselves. */
  readonly controllerRegistration: boolean
  /** Whether a broker says which directories get no new partitions. */
  readonly cordonedDirectories: boolean
}

/** Versions to write at a level of `metadata.version`. */
export function recordVersions(level: number): RecordVersions {
  return {
    registerBroker: level >= 30 ? 4 : level >= 17 ? 3 : level >= 8 ? 2 : 1,
    partition: level >= 23 ? 2 : level >= 17 ? 1 : 0,
    transactions: level >= 13,
    controllerRegistration: level >= 15,
    cordonedDirectories: level >= 30,
  }
}

/** The finalised level of `metadata.version`, or undefined before the first record. */
export function metadataVersionOf(image: MetadataImage): number | undefined {
  return image.features.get(metadataVersionFeature)
}

/** Whether the cluster keeps eligible leader replicas. */
export function elrEnabled(image: MetadataImage): boolean {
  return (image.features.get(elrFeature) ?? 0) > 0
}

/** Highest levels of the other features whose level changes what a controller does. */
const elrLevelMax = 1
const kraftVersionMax = 1

/**
 * Throws a {@link MetadataError} when the image needs a newer or older program: by the level of a
 * feature that is acted on here. Levels of all other features are only kept.
 */
export function requireReadable(image: MetadataImage): void {
  requireLevel('kraft.version', image.quorum.version, kraftVersionMax)
  requireLevel(elrFeature, image.features.get(elrFeature) ?? 0, elrLevelMax)
  const level = metadataVersionOf(image)
  if (level === undefined || (level >= metadataVersionMin && level <= metadataVersionLatest)) return
  const newer = level > metadataVersionLatest
  throw new MetadataError(
    `the data directory is at metadata.version ${level}, ` +
      `${newer ? 'newer' : 'older'} than the ${metadataVersionMin} to ${metadataVersionLatest} ` +
      `that this version reads; ${newer ? 'open it with a newer one' : 'upgrade it with Kafka'}`,
  )
}

function requireLevel(feature: string, level: number, max: number): void {
  if (level <= max) return
  throw new MetadataError(
    `the data directory is at ${feature} ${level}, newer than the ${max} that this version ` +
      'reads; open it with a newer one',
  )
}
