/** How a group looks to an administrator. Pure. */
import { assert } from '../../base/assert.ts'
import { ErrorCode } from '../../protocol/error-codes.ts'
import type { DescribedGroupInput } from '../../protocol/generated/15-describe-groups.ts'
import type { ListedGroupInput } from '../../protocol/generated/16-list-groups.ts'
import type { ClassicGroup } from './classic-group.ts'
import type { ForeignGroup } from './foreign-groups.ts'
import { metadataFor } from './member.ts'

const nothing: Uint8Array = new Uint8Array(0)

/** A group for DescribeGroups; an unknown one is dead, from version 6 on an error. */
export function describeGroup(
  groupId: string,
  group: ClassicGroup | ForeignGroup | undefined,
  version: number,
): DescribedGroupInput {
  if (group === undefined || isForeign(group)) {
    const missing = { groupId, groupState: 'Dead', protocolType: '', protocolData: '', members: [] }
    if (version < 6) return { ...missing, errorCode: ErrorCode.NONE }
    const why = group === undefined ? 'not found' : 'is not a classic group'
    const errorMessage = `Group ${groupId} ${why}.`
    return { ...missing, errorCode: ErrorCode.GROUP_ID_NOT_FOUND, errorMessage }
  }
  assert(group.state !== 'Dead', 'a dead group is found by nobody')
  // Before it is stable the protocol may still change; assignments are those of before.
  const stable = group.state === 'Stable'
  const protocol = stable ? (group.protocolName ?? '') : ''
  return {
    errorCode: ErrorCode.NONE,
    groupId,
    groupState: group.state,
    protocolType: group.protocolType ?? '',
    protocolData: protocol,
    members: [...group.members.values()].map((member) => ({
      memberId: member.memberId,
      // Only versions from 4 on can say that a member is static.
      groupInstanceId: version >= 4 ? member.groupInstanceId : null,
      clientId: member.clientId,
      clientHost: member.clientHost,
      memberMetadata: stable ? metadataFor(member, protocol) : nothing,
      memberAssignment: member.assignment,
    })),
  }
}

/** What ListGroups tells of a group; filters look at the last two. */
export interface ListedGroup extends ListedGroupInput {
  readonly groupState: string
  readonly groupType: string
}

/** A group for ListGroups. */
export function listedGroup(group: ClassicGroup): ListedGroup {
  return {
    groupId: group.groupId,
    protocolType: group.protocolType ?? '',
    groupState: group.state,
    groupType: 'classic',
  }
}

/** A group of another type for ListGroups. */
export function listedForeignGroup({ groupId, type }: ForeignGroup, isEmpty: boolean): ListedGroup {
  const groupState = isEmpty ? 'Empty' : 'Stable'
  return { groupId, protocolType: type, groupState, groupType: type }
}

/** A group that nobody coordinates, for DescribeGroups. */
export function uncoordinatedGroup(groupId: string): DescribedGroupInput {
  const errorCode = ErrorCode.NOT_COORDINATOR
  return { groupId, errorCode, groupState: '', protocolType: '', protocolData: '', members: [] }
}

function isForeign(group: ClassicGroup | ForeignGroup): group is ForeignGroup {
  return 'type' in group
}
