import type { MetadataImage } from '../metadata/image.ts'

/** A feature with the levels that this broker can work with. */
export interface SupportedFeature {
  readonly name: string
  readonly min: number
  readonly max: number
}

/** A feature that the cluster has at one level. */
export interface FinalizedFeature {
  readonly name: string
  readonly level: number
}

/**
 * What clients may rely on. The metadata log also carries levels of features whose APIs are not
 * served here (transactions, the newer kinds of groups): a client that saw `group.version` or
 * `transaction.version` would use them, so they are neither supported nor finalized.
 */
export const supportedFeatures: readonly SupportedFeature[] = [
  { name: 'kraft.version', min: 0, max: 1 },
  { name: 'metadata.version', min: 7, max: 30 },
]

/** The supported features that the metadata log finalizes, at its levels. */
export function finalizedFeatures(image: MetadataImage): FinalizedFeature[] {
  const levels = new Map([...image.features, ['kraft.version', image.quorum.version]])
  return supportedFeatures.flatMap(({ name }) => {
    const level = levels.get(name) ?? 0
    return level > 0 ? [{ name, level }] : []
  })
}
