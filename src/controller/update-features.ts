/**
 * Decides UpdateFeatures: to which level a feature of the cluster is finalised. All updates of a
 * request happen, or none. What is refused, and in which order, is Apache Kafka 4.3.1's.
 */
import { assert } from '../base/assert.ts'
import type { BrokerConfig } from '../metadata/config/broker-config.ts'
import type { MetadataImage } from '../metadata/image.ts'
import { featureRecord } from '../metadata/image-records.ts'
import { elrFeature, metadataVersionFeature } from '../metadata/record-versions.ts'
import { ErrorCode } from '../protocol/error-codes.ts'
import { elrSafetyRecords } from './bootstrap.ts'
import type { Decision, Refusal } from './decision.ts'
import { kraftVersionFeature, supportedFeatures } from './features.ts'

/** In which direction a level may move, by Kafka's numbers. */
export const UpgradeType = { UPGRADE: 1, SAFE_DOWNGRADE: 2, UNSAFE_DOWNGRADE: 3 } as const

/** One feature of a request; field by field as in it. */
export interface FeatureUpdate {
  readonly feature: string
  readonly maxVersionLevel: number
  readonly upgradeType: number
}

/** Least level of `metadata.version` that eligible leader replicas need: 4.0-IV1. */
const elrMetadataVersionMin = 23

/** See the head of this file. The refusal of the whole request, or undefined. */
export function decideUpdateFeatures(
  request: { readonly featureUpdates: readonly FeatureUpdate[]; readonly validateOnly: boolean },
  image: MetadataImage,
  broker: BrokerConfig,
): Decision<Refusal | undefined> {
  const levels = new Map([...image.features, [kraftVersionFeature, image.quorum.version]])
  const after = new Map(levels)
  for (const { feature, maxVersionLevel } of request.featureUpdates) {
    after.set(feature, maxVersionLevel)
  }
  for (const update of request.featureUpdates) {
    const problem = problemOf(update, levels.get(update.feature) ?? 0, after)
    if (problem !== undefined) return { records: [], response: refusalOf(update, problem) }
  }
  const changed = [...after].filter(([name, level]) => level !== (levels.get(name) ?? 0))
  assert(!changed.some(([name]) => name === kraftVersionFeature), 'its level is in control records')
  // The level of the records comes before the records.
  const ordered = changed.sort(([name]) => (name === metadataVersionFeature ? -1 : 0))
  const features = ordered.map(([name, level]) => featureRecord(name, level))
  const records = [...features, ...elrSafetyRecords(image, features, broker)]
  return { records: request.validateOnly ? [] : records, response: undefined }
}

/** Why a feature cannot go from level `before` to that of the update; `after` has all levels. */
function problemOf(
  { feature, maxVersionLevel: level, upgradeType }: FeatureUpdate,
  before: number,
  after: ReadonlyMap<string, number>,
): string | undefined {
  const supported = supportedFeatures.find(({ name }) => name === feature)
  if (level < 0) return 'A feature version cannot be less than 0.'
  if (!isUpgradeType(upgradeType)) return 'The controller does not support the given upgrade type.'
  if (supported === undefined) {
    return level === 0 ? `Feature ${feature} not found.` : 'This controller does not know it.'
  }
  const { minSupportedVersion: min, maxSupportedVersion: max } = supported
  if (level < min || level > max) return `This controller only supports versions ${min}-${max}.`
  if (level === before) return undefined
  if (level > before) {
    if (upgradeType !== UpgradeType.UPGRADE) return "Can't downgrade to a newer version."
    return upgradeProblem(feature, after)
  }
  if (upgradeType === UpgradeType.UPGRADE && feature !== kraftVersionFeature) {
    return "Can't downgrade this feature unless the upgrade type is a safe or unsafe downgrade."
  }
  return downgradeProblem(feature)
}

function upgradeProblem(feature: string, after: ReadonlyMap<string, number>): string | undefined {
  if (feature === kraftVersionFeature) {
    return 'The voters of this cluster stand in configuration files; this broker leaves them there.'
  }
  const metadataVersion = after.get(metadataVersionFeature) ?? 0
  if (feature !== elrFeature || metadataVersion >= elrMetadataVersionMin) return undefined
  return `It depends on ${metadataVersionFeature} level ${elrMetadataVersionMin}.`
}

/** What is written at a level cannot be read at a lower one. */
function downgradeProblem(feature: string): string | undefined {
  const isKept = feature === metadataVersionFeature || feature === kraftVersionFeature
  return isKept ? "Can't downgrade this feature: the metadata may need its level." : undefined
}

function isUpgradeType(type: number): boolean {
  return type >= UpgradeType.UPGRADE && type <= UpgradeType.UNSAFE_DOWNGRADE
}

function refusalOf({ feature, maxVersionLevel }: FeatureUpdate, problem: string): Refusal {
  const message =
    'The update failed for all features since the following feature had an error: ' +
    `Invalid update version ${maxVersionLevel} for feature ${feature}. ${problem}`
  return { code: ErrorCode.INVALID_UPDATE_VERSION, message }
}
