/** The order in which range and round robin take members. */
import { compareText } from '../../topic-partition.ts'
import type { AssignableMember } from './assignor.ts'

/**
 * Static members first, by their instance, so that they keep their place under a new member id;
 * then the others by member id.
 */
export function compareMembers(a: AssignableMember, b: AssignableMember): number {
  if (a.groupInstanceId !== null && b.groupInstanceId !== null) {
    return compareText(a.groupInstanceId, b.groupInstanceId)
  }
  if (a.groupInstanceId !== null) return -1
  if (b.groupInstanceId !== null) return 1
  return compareText(a.memberId, b.memberId)
}
