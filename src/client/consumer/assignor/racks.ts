/** When racks matter to an assignment, as Kafka has it since 3.4 (KIP-881). */
import type { AssignableMember } from './assignor.ts'

/** The rack of a member, or null: an empty name is none. */
export function rackOf(member: AssignableMember): string | null {
  return member.rackId === '' ? null : member.rackId
}

/**
 * Whether racks can make a difference: a member shares a rack with a replica, and the replicas of
 * some partition are not on all racks.
 */
export function racksMatter(
  memberRacks: ReadonlySet<string>,
  partitions: Iterable<ReadonlySet<string>>,
): boolean {
  if (memberRacks.size === 0) return false
  const sets = [...partitions]
  const all = new Set<string>()
  for (const racks of sets) for (const rack of racks) all.add(rack)
  let shared = false
  for (const rack of memberRacks) shared ||= all.has(rack)
  return shared && sets.some((racks) => racks.size !== all.size)
}
