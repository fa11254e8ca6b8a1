/**
 * Client quotas as the metadata log has them: which limits are set on which entity. The records
 * stay among the retained ones, so that a snapshot loses nothing of them; this is what they mean.
 */
import { assert } from '../base/assert.ts'
import type { MetadataImage } from './image.ts'

/**
 * Kinds of names that an entity can be made of, in the order in which Apache Kafka's hash maps tell
 * them, which clients have come to expect.
 */
export const quotaEntityTypes = ['client-id', 'user', 'ip'] as const

/** The limits, in such an order too; where all four of a user stand, Kafka's is another. */
const quotaKeys = [
  ...(['consumer_byte_rate', 'controller_mutation_rate', 'request_percentage'] as const),
  ...(['producer_byte_rate', 'connection_creation_rate'] as const),
] as const

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

/** The entity of these parts, in their order; of a type that stands twice, the last name counts. */
export function quotaEntityOf(
  parts: readonly { readonly entityType: string; readonly entityName: string | null }[],
): QuotaEntity {
  const names = parts.map(({ entityType, entityName }) => [entityType, entityName] as const)
  return inOrder(new Map(names), quotaEntityTypes)
}

/** The same entries in the order of `names`; what is not among them comes last, as it is. */
function inOrder<V>(entries: ReadonlyMap<string, V>, names: readonly string[]): Map<string, V> {
  const rank = (name: string): number => {
    const index = names.indexOf(name)
    return index === -1 ? names.length : index
  }
  return new Map([...entries].sort(([a], [b]) => rank(a) - rank(b)))
}

const known = new WeakMap<MetadataImage['retained'], ReadonlyMap<string, ClientQuota>>()

/** All quotas of an image, by {@link quotaEntityKey}. The same object as long as none changes. */
export function quotasOf({ retained }: MetadataImage): ReadonlyMap<string, ClientQuota> {
  const found = known.get(retained)
  if (found !== undefined) return found
  const quotas = new Map<string, ClientQuota>()
  for (const record of retained.values()) {
    if (record.name !== 'ClientQuotaRecord') continue
    const { entity: parts, key, value } = record.value
    const entity = quotaEntityOf(parts)
    assert(!record.value.remove, 'what is removed is not retained')
    const name = quotaEntityKey(entity)
    const values = new Map(quotas.get(name)?.values).set(key, value)
    quotas.set(name, { entity, values: inOrder(values, quotaKeys) })
  }
  known.set(retained, quotas)
  return quotas
}
