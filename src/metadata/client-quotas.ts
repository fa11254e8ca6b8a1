/**
 * Client quotas as the metadata log has them: which limits are set on which entity. The records
 * stay among the retained ones, so that a snapshot loses nothing of them; this is what they mean.
 */
import { assert } from '../base/assert.ts'
import type { MetadataImage } from './image.ts'

/** Kinds of names that an entity can be made of, in the order in which they are told. */
export const quotaEntityTypes = ['user', 'client-id', 'ip'] as const

/** One of {@link quotaEntityTypes}. */
export type QuotaEntityType = (typeof quotaEntityTypes)[number]

/** By type the name that is limited; null stands for all who have no quota of their own. */
export type QuotaEntity = ReadonlyMap<string, string | null>

/** The quotas of one entity. */
export interface ClientQuota {
  readonly entity: QuotaEntity
  /** At least one; above 0. */
  readonly values: ReadonlyMap<string, number>
}

/** A name for an entity, the same for the same types and names in any order. */
export function quotaEntityKey(entity: QuotaEntity): string {
  return JSON.stringify([...entity].sort(([a], [b]) => (a < b ? -1 : 1)))
}

const known = new WeakMap<MetadataImage['retained'], ReadonlyMap<string, ClientQuota>>()

/** All quotas of an image, by {@link quotaEntityKey}. The same object as long as none changes. */
export function quotasOf({ retained }: MetadataImage): ReadonlyMap<string, ClientQuota> {
  const found = known.get(retained)
  if (found !== undefined) return found
  const quotas = new Map<string, { entity: QuotaEntity; values: Map<string, number> }>()
  for (const record of retained.values()) {
    if (record.name !== 'ClientQuotaRecord') continue
    const { entity: parts, key, value } = record.value
    const entity = new Map(parts.map(({ entityType, entityName }) => [entityType, entityName]))
    assert(!record.value.remove, 'what is removed is not retained')
    const name = quotaEntityKey(entity)
    const quota = quotas.get(name) ?? { entity, values: new Map<string, number>() }
    quota.values.set(key, value)
    quotas.set(name, quota)
  }
  known.set(retained, quotas)
  return quotas
}
