/** JoinGroup as a step of the group. Pure: the member id of a newcomer is given by the caller. */
import { assert } from '../../base/assert.ts'
import { ErrorCode } from '../../protocol/error-codes.ts'
import type { ClassicGroup } from './classic-group.ts'
import { type Effects, noEffects, refusedJoin } from './effects.ts'
import { type Member, type MemberProtocol, type ReplyTo, sameProtocols } from './member.ts'
import { chooseProtocol, offersCommon } from './protocol-choice.ts'
import { isHarmful } from './subscription.ts'

/** A JoinGroup request with what its connection tells. */
export interface JoinStep {
  readonly memberId: string
  readonly groupInstanceId: string | null
  readonly clientId: string
  readonly clientHost: string
  readonly sessionTimeoutMs: number
  readonly rebalanceTimeoutMs: number
  readonly protocolType: string
  readonly protocols: readonly MemberProtocol[]
  /** From version 4 on a newcomer first gets an id and comes back with it. */
  readonly requiresKnownId: boolean
  /** From version 9 on a static leader can be told not to assign anew. */
  readonly knowsSkipAssignment: boolean
  /** The id to give if the member has none. */
  readonly newMemberId: string
  readonly to: ReplyTo
}

/** Handles a JoinGroup; its answer is in the effects now or in those of a later step. */
export function join(group: ClassicGroup, step: JoinStep, now: number, wallNow: number): Effects {
  const isTaken = group.members.has(step.newMemberId) || group.pendingMembers.has(step.newMemberId)
  assert(!isTaken, 'a new member id is free')
  const effects = noEffects()
  const code = admission(group, step)
  if (code !== ErrorCode.NONE) {
    effects.joins.push({ to: step.to, result: refusedJoin(code, step.memberId) })
  } else if (step.memberId === '') {
    joinNew(group, step, now, wallNow, effects)
  } else {
    joinKnown(group, step, now, wallNow, effects)
  }
  group.tryCompleteJoin(now, wallNow, effects)
  return effects
}

/** Whether the group can take the request at all. */
function admission(group: ClassicGroup, step: JoinStep): number {
  if (group.state === 'Dead') return ErrorCode.COORDINATOR_NOT_AVAILABLE
  const known = group.members.has(step.memberId)
  if (!known && group.members.size >= group.settings.maxSize) {
    return ErrorCode.GROUP_MAX_SIZE_REACHED
  }
  if (step.protocolType === '' || step.protocols.length === 0) {
    return ErrorCode.INCONSISTENT_GROUP_PROTOCOL
  }
  const isConsumer = step.protocolType === 'consumer'
  if (isConsumer && step.protocols.some(({ metadata }) => isHarmful(metadata))) {
    return ErrorCode.INCONSISTENT_GROUP_PROTOCOL
  }
  if (group.state === 'Empty') return ErrorCode.NONE
  // As in Kafka, what the member itself offered before counts too, and a group that only waits for
  // somebody with an id of his own keeps its type.
  const members = [...group.members.values()]
  const fits = group.protocolType === step.protocolType && offersCommon(members, step.protocols)
  return fits ? ErrorCode.NONE : ErrorCode.INCONSISTENT_GROUP_PROTOCOL
}

function joinNew(
  group: ClassicGroup,
  step: JoinStep,
  now: number,
  wallNow: number,
  effects: Effects,
): void {
  const instance = step.groupInstanceId
  const present = instance === null ? undefined : group.staticMembers.get(instance)
  const member = present === undefined ? undefined : group.members.get(present)
  assert(present === undefined || member !== undefined, 'an instance is of a member')
  if (member !== undefined) {
    rejoinStatic(group, member, step, now, wallNow, effects)
  } else if (instance === null && step.requiresKnownId) {
    group.pendingMembers.set(step.newMemberId, now + step.sessionTimeoutMs)
    const result = refusedJoin(ErrorCode.MEMBER_ID_REQUIRED, step.newMemberId)
    effects.joins.push({ to: step.to, result })
  } else {
    addAndRebalance(group, step, step.newMemberId, now, wallNow, effects)
  }
}

function joinKnown(
  group: ClassicGroup,
  step: JoinStep,
  now: number,
  wallNow: number,
  effects: Effects,
): void {
  const code = identify(group, step.memberId, step.groupInstanceId)
  if (code === ErrorCode.UNKNOWN_MEMBER_ID && group.pendingMembers.delete(step.memberId)) {
    addAndRebalance(group, step, step.memberId, now, wallNow, effects)
    return
  }
  const member = group.members.get(step.memberId)
  if (code !== ErrorCode.NONE || member === undefined) {
    effects.joins.push({ to: step.to, result: refusedJoin(code, step.memberId) })
    return
  }
  const unchanged = sameProtocols(member.protocols, step.protocols)
  const settled =
    group.state === 'CompletingRebalance'
      ? unchanged
      : group.state === 'Stable' && unchanged && group.leader !== member.memberId
  if (settled) {
    // A lost answer asked for again: the generation stands.
    effects.joins.push({ to: step.to, result: group.joinResult(member.memberId) })
    group.touch(member, now)
    return
  }
  updateAndRebalance(group, member, step, now, wallNow, effects)
}

function addAndRebalance(
  group: ClassicGroup,
  step: JoinStep,
  memberId: string,
  now: number,
  wallNow: number,
  effects: Effects,
): void {
  const instance = step.groupInstanceId
  const isPresent = instance !== null && group.staticMembers.has(instance)
  assert(!isPresent, 'an instance that is present is replaced, not added')
  assert(step.protocols.length > 0, 'a member offers a protocol')
  if (group.members.size === 0) group.protocolType = step.protocolType
  group.add({
    memberId,
    groupInstanceId: instance,
    clientId: step.clientId,
    clientHost: step.clientHost,
    sessionTimeoutMs: step.sessionTimeoutMs,
    rebalanceTimeoutMs: step.rebalanceTimeoutMs,
    protocols: step.protocols,
    assignment: new Uint8Array(0),
    awaitingJoin: step.to,
    awaitingSync: undefined,
    sessionDeadline: now + step.sessionTimeoutMs,
  })
  // The member that began the delay does not put it off itself.
  if (group.initialDelayEnd !== undefined) group.newcomers = true
  group.prepareRebalance(now, wallNow, effects)
}

function updateAndRebalance(
  group: ClassicGroup,
  member: Member,
  step: JoinStep,
  now: number,
  wallNow: number,
  effects: Effects,
): void {
  update(member, step)
  if (member.awaitingJoin !== undefined) {
    // The client gave the first request up; it must not stay unanswered on its connection.
    const result = refusedJoin(ErrorCode.UNKNOWN_MEMBER_ID, member.memberId)
    effects.joins.push({ to: member.awaitingJoin, result })
  }
  group.prepareRebalance(now, wallNow, effects)
  assert(member.awaitingSync === undefined, 'a rebalance leaves no sync waiting')
  member.awaitingJoin = step.to
  group.touch(member, now)
}

function update(member: Member, step: JoinStep): void {
  member.protocols = step.protocols
  member.sessionTimeoutMs = step.sessionTimeoutMs
  member.rebalanceTimeoutMs = step.rebalanceTimeoutMs
  member.clientId = step.clientId
  member.clientHost = step.clientHost
}

/**
 * A static member starts again: it takes its old place, in a stable group without a rebalance. As
 * in Kafka, other metadata than before is no reason for one, as long as the protocol stays.
 */
function rejoinStatic(
  group: ClassicGroup,
  member: Member,
  step: JoinStep,
  now: number,
  wallNow: number,
  effects: Effects,
): void {
  const leaderBefore = group.leader
  const unchanged = sameProtocols(member.protocols, step.protocols)
  group.replaceStatic(member, step.newMemberId, effects)
  update(member, step)
  const keeps = unchanged || chooseProtocol([...group.members.values()]) === group.protocolName
  if (group.state !== 'Stable' || !keeps) {
    updateAndRebalance(group, member, step, now, wallNow, effects)
    return
  }
  group.touch(member, now)
  const leads = group.leader === member.memberId
  const result = group.joinResult(member.memberId)
  effects.persist = { generation: group.generation, assigned: false }
  effects.joins.push({
    to: step.to,
    // An older client would take "you lead" for "assign anew", so it is told the leader of before.
    result: step.knowsSkipAssignment
      ? { ...result, skipAssignment: leads }
      : { ...result, leader: leaderBefore ?? '', members: [] },
  })
}

/** Whether a member id, with the instance id that came with it, names a present member. */
export function identify(
  group: ClassicGroup,
  memberId: string,
  groupInstanceId: string | null,
): number {
  if (groupInstanceId !== null) {
    const present = group.staticMembers.get(groupInstanceId)
    if (present === undefined) return ErrorCode.UNKNOWN_MEMBER_ID
    assert(group.members.has(present), 'an instance is of a member')
    return present === memberId ? ErrorCode.NONE : ErrorCode.FENCED_INSTANCE_ID
  }
  return group.members.has(memberId) ? ErrorCode.NONE : ErrorCode.UNKNOWN_MEMBER_ID
}
