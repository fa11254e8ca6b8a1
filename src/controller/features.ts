/**
 * Features of the cluster: which levels this program knows, and which a new cluster begins with.
 */
import { assert } from '../base/assert.ts'
import type { FeatureRange } from '../metadata/image.ts'
import {
  elrFeature,
  metadataVersionFeature,
  metadataVersionLatest,
  metadataVersionMin,
} from '../metadata/record-versions.ts'

/** Name of the feature whose level stands in control records: from 1 on the voters do, too. */
export const kraftVersionFeature = 'kraft.version'

/** Levels that a broker or controller of this program registers with; those of Kafka 4.3. */
export const supportedFeatures: readonly FeatureRange[] = [
  range(elrFeature, 0, 1),
  range('group.version', 0, 1),
  range(kraftVersionFeature, 0, 1),
  range(metadataVersionFeature, metadataVersionMin, metadataVersionLatest),
  range('share.version', 0, 1),
  range('streams.version', 0, 1),
  range('transaction.version', 0, 2),
]

/** Finalised levels of a new cluster, in the order in which Kafka writes them. */
export const initialFeatures: readonly (readonly [name: string, level: number])[] = [
  [metadataVersionFeature, metadataVersionLatest],
  [elrFeature, 1],
  ['group.version', 1],
  ['share.version', 1],
  ['streams.version', 1],
  ['transaction.version', 2],
]

function range(name: string, min: number, max: number): FeatureRange {
  assert(min <= max, 'a feature has a level')
  return { name, minSupportedVersion: min, maxSupportedVersion: max }
}
