/** SyncGroup, Heartbeat and LeaveGroup as steps of the group, and the check of a commit. Pure. */
import { assert } from '../../base/assert.ts'
import { ErrorCode } from '../../protocol/error-codes.ts'
import type { ClassicGroup } from './classic-group.ts'
import { type Effects, noEffects, refusedSync } from './effects.ts'
import { identify } from './join.ts'
import type { ReplyTo } from './member.ts'

/** A SyncGroup request. */
export interface SyncStep {
  readonly memberId: string
  readonly groupInstanceId: string | null
  readonly generationId: number
  /** Null in versions that do not carry it: not compared then. */
  readonly protocolType: string | null
  readonly protocolName: string | null
  readonly assignments: ReadonlyMap<string, Uint8Array>
  readonly to: ReplyTo
}

/** Who speaks, in which generation. */
export interface MemberClaim {
  readonly memberId: string
  readonly groupInstanceId: string | null
  readonly generationId: number
}

/** Handles a SyncGroup; its answer is in the effects now or in those of a later step. */
export function sync(group: ClassicGroup, step: SyncStep, now: number): Effects {
  const effects = noEffects()
  const code = syncRefusal(group, step)
  const member = group.members.get(step.memberId)
  if (code !== ErrorCode.NONE || member === undefined) {
    effects.syncs.push({ to: step.to, result: refusedSync(code) })
    return effects
  }
  group.touch(member, now)
  group.pendingSync.delete(member.memberId)
  if (group.state === 'Stable') {
    effects.syncs.push({ to: step.to, result: group.syncResult(member) })
    return effects
  }
  assert(group.state === 'CompletingRebalance', 'a sync waits while the leader assigns')
  assert(member.awaitingJoin === undefined, 'a generation begins with every join answered')
  if (member.awaitingSync !== undefined) {
    const result = refusedSync(ErrorCode.REBALANCE_IN_PROGRESS)
    effects.syncs.push({ to: member.awaitingSync, result })
  }
  member.awaitingSync = step.to
  if (member.memberId === group.leader && group.writing === undefined) {
    group.writing = step.assignments
    effects.persist = { generation: group.generation, assigned: true }
  }
  return effects
}

function syncRefusal(group: ClassicGroup, step: SyncStep): number {
  const code = verify(group, step)
  if (code !== ErrorCode.NONE) return code
  const otherType = step.protocolType !== null && step.protocolType !== group.protocolType
  const otherName = step.protocolName !== null && step.protocolName !== group.protocolName
  if (otherType || otherName) return ErrorCode.INCONSISTENT_GROUP_PROTOCOL
  return group.state === 'PreparingRebalance' ? ErrorCode.REBALANCE_IN_PROGRESS : ErrorCode.NONE
}

/** Whether the claim names a member of the present generation. */
export function verify(group: ClassicGroup, claim: MemberClaim): number {
  if (group.state === 'Dead') return ErrorCode.COORDINATOR_NOT_AVAILABLE
  const code = identify(group, claim.memberId, claim.groupInstanceId)
  if (code !== ErrorCode.NONE) return code
  return claim.generationId === group.generation ? ErrorCode.NONE : ErrorCode.ILLEGAL_GENERATION
}

/** Handles a Heartbeat; the result is its error code. */
export function heartbeat(group: ClassicGroup, claim: MemberClaim, now: number): number {
  const code = verify(group, claim)
  const member = group.members.get(claim.memberId)
  if (code !== ErrorCode.NONE || member === undefined) return code
  group.touch(member, now)
  return group.state === 'PreparingRebalance' ? ErrorCode.REBALANCE_IN_PROGRESS : ErrorCode.NONE
}

/** Removes members; the codes are in the order of `leavers`. */
export function leave(
  group: ClassicGroup,
  leavers: readonly { readonly memberId: string; readonly groupInstanceId: string | null }[],
  now: number,
  wallNow: number,
): { readonly codes: readonly number[]; readonly effects: Effects } {
  const effects = noEffects()
  let removed = false
  const codes = leavers.map(({ memberId, groupInstanceId }) => {
    if (group.pendingMembers.delete(memberId)) {
      removed = true
      return ErrorCode.NONE
    }
    // An administrator removes a static member by its instance alone.
    const present = groupInstanceId === null ? undefined : group.staticMembers.get(groupInstanceId)
    const id = memberId === '' && present !== undefined ? present : memberId
    const code = identify(group, id, groupInstanceId)
    const member = group.members.get(id)
    if (code !== ErrorCode.NONE || member === undefined) return code
    group.remove(member, effects)
    removed = true
    return ErrorCode.NONE
  })
  if (removed) group.afterRemoval(now, wallNow, effects)
  return { codes, effects }
}

/**
 * Whether these offsets may be committed: by a member of the present generation, or by anyone with
 * generation -1 while the group has no members.
 */
export function commitRefusal(group: ClassicGroup, claim: MemberClaim, now: number): number {
  if (group.state === 'Dead') return ErrorCode.COORDINATOR_NOT_AVAILABLE
  if (claim.generationId < 0 && group.state === 'Empty') return ErrorCode.NONE
  const code = verify(group, claim)
  if (code !== ErrorCode.NONE) return code
  if (group.state === 'CompletingRebalance') return ErrorCode.REBALANCE_IN_PROGRESS
  const member = group.members.get(claim.memberId)
  if (member !== undefined) group.touch(member, now)
  return ErrorCode.NONE
}
