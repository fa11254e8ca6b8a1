/**
 * What members hold when a sticky assignment begins. Two that claim the same partition are told
 * apart by their generation; of the same generation, neither keeps it.
 */
import { assert } from '../../../base/assert.ts'
import { compareText, type TopicPartition } from '../../topic-partition.ts'
import type { AssignableMember } from './assignor.ts'
import type { PartitionIndex } from './partition-index.ts'

/** What a member claims, and since which generation; null: it does not say. */
export interface Claim {
  readonly partitions: readonly TopicPartition[]
  readonly generation: number | null
}

/** A member with what it held. */
export interface Owner {
  readonly memberId: string
  readonly rackId: string | null
  /** Existing topics that it wants, as it listed them. */
  readonly topics: readonly string[]
  /** Ids of partitions that it held and that exist, whether it still wants them or not. */
  readonly owned: readonly number[]
}

/** All members, by member id. */
export interface Ownership {
  readonly owners: readonly Owner[]
  /** Whether all members want the same topics. */
  readonly sameTopics: boolean
  /** Partitions that two members of the same generation claimed. */
  readonly contested: ReadonlySet<number>
  /** Who held a partition in the highest generation before the latest one, by its index. */
  readonly previous: ReadonlyMap<number, number>
}

const noGeneration = -1

/** Sorts out who holds what. */
export function ownershipOf(
  members: readonly AssignableMember[],
  claimOf: (member: AssignableMember) => Claim,
  index: PartitionIndex,
): Ownership {
  const sorted = [...members].sort((a, b) => compareText(a.memberId, b.memberId))
  const claims = sorted.map(claimOf)
  const ids = claims.map(({ partitions }) =>
    partitions.map((one) => index.idOf(one)).filter((id) => id !== undefined),
  )
  const { owned, contested } = settle(claims, ids)
  assert(owned.length === members.length, 'every member has its own')
  return {
    owners: sorted.map(({ memberId, rackId, topics }, i) => ({
      memberId,
      rackId: rackId === '' ? null : rackId,
      topics: topics.filter((topic) => index.countOf(topic) > 0),
      owned: [...(owned[i] ?? [])],
    })),
    sameTopics: wantTheSame(sorted),
    contested,
    previous: previousOwners(claims, ids),
  }
}

function wantTheSame(members: readonly AssignableMember[]): boolean {
  const [first, ...others] = members.map(({ topics }) => topics)
  if (first === undefined) return true
  const topics = new Set(first)
  return others.every(
    (other) => other.length === topics.size && other.every((topic) => topics.has(topic)),
  )
}

function settle(
  claims: readonly Claim[],
  ids: readonly (readonly number[])[],
): { owned: readonly ReadonlySet<number>[]; contested: ReadonlySet<number> } {
  const owned = claims.map(() => new Set<number>())
  const contested = new Set<number>()
  const ownerOf = new Map<number, number>()
  const generationOf = (member: number): number => claims[member]?.generation ?? noGeneration
  for (const [member, claimed] of ids.entries()) {
    for (const id of claimed) {
      const other = ownerOf.get(id)
      if (other !== undefined && generationOf(member) < generationOf(other)) continue
      if (other !== undefined) owned[other]?.delete(id)
      if (other !== undefined && generationOf(member) === generationOf(other)) contested.add(id)
      else owned[member]?.add(id)
      ownerOf.set(id, member)
    }
  }
  for (const id of contested) for (const one of owned) one.delete(id)
  return { owned, contested }
}

function previousOwners(
  claims: readonly Claim[],
  ids: readonly (readonly number[])[],
): Map<number, number> {
  const latest = Math.max(noGeneration, ...claims.map((claim) => claim.generation ?? noGeneration))
  const owners = new Map<number, { member: number; generation: number }>()
  for (const [member, claim] of claims.entries()) {
    const generation = claim.generation ?? noGeneration
    if (generation >= latest) continue
    for (const id of ids[member] ?? []) {
      const known = owners.get(id)
      if (known !== undefined && known.generation >= generation) continue
      owners.set(id, { member, generation })
    }
  }
  return new Map([...owners].map(([id, { member }]) => [id, member]))
}
