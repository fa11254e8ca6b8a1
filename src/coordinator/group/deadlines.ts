/**
 * What time does to a group: sessions end, newcomers give up, a phase of a rebalance is over. Pure.
 */
import { assert } from '../../base/assert.ts'
import { ErrorCode } from '../../protocol/error-codes.ts'
import type { ClassicGroup } from './classic-group.ts'
import { type Effects, noEffects } from './effects.ts'
import type { Member } from './member.ts'

/** Monotonic time at which {@link tick} has something to do; Infinity when nothing is due ever. */
export function nextDeadline(group: ClassicGroup): number {
  let next = group.rebalanceDeadline
  for (const deadline of group.pendingMembers.values()) next = Math.min(next, deadline)
  for (const member of group.members.values()) next = Math.min(next, member.sessionDeadline)
  assert(!Number.isNaN(next), 'a deadline is a time')
  return next
}

/** Does everything that is due at `now`. */
export function tick(group: ClassicGroup, now: number, wallNow: number): Effects {
  assert(group.state !== 'Dead', 'time does nothing to a dead group')
  const effects = noEffects()
  expirePending(group, now)
  const gone = [...group.members.values()].filter((one) => sessionEnded(group, one, now))
  for (const member of gone) group.remove(member, effects)
  if (gone.length > 0) group.afterRemoval(now, wallNow, effects)
  else group.tryCompleteJoin(now, wallNow, effects)
  if (group.rebalanceDeadline <= now) endPhase(group, now, wallNow, effects)
  return effects
}

function expirePending(group: ClassicGroup, now: number): void {
  for (const [memberId, deadline] of group.pendingMembers) {
    if (deadline <= now) group.pendingMembers.delete(memberId)
  }
}

/** Whoever waits for our answer is alive as far as we can know, and gets more time. */
function sessionEnded(group: ClassicGroup, member: Member, now: number): boolean {
  if (member.sessionDeadline > now) return false
  if (member.awaitingJoin === undefined && member.awaitingSync === undefined) return true
  group.touch(member, now)
  return false
}

function endPhase(group: ClassicGroup, now: number, wallNow: number, effects: Effects): void {
  if (group.state === 'PreparingRebalance') endJoinPhase(group, now, wallNow, effects)
  else endSyncPhase(group, now, wallNow, effects)
}

/** A first rebalance is put off as long as newcomers arrive, within the rebalance timeout. */
function endJoinPhase(group: ClassicGroup, now: number, wallNow: number, effects: Effects): void {
  const end = group.initialDelayEnd
  assert(end === undefined || group.rebalanceDeadline <= end, 'a delay does not pass its end')
  if (end !== undefined && group.newcomers && now < end) {
    group.newcomers = false
    group.rebalanceDeadline = Math.min(end, now + group.settings.initialRebalanceDelayMs)
    return
  }
  group.completeJoin(now, wallNow, effects)
}

/**
 * Members that joined but never sent SyncGroup are gone, in a stable group too: nobody reads what
 * the leader gave them. Without any, the leader has its session.
 */
function endSyncPhase(group: ClassicGroup, now: number, wallNow: number, effects: Effects): void {
  group.rebalanceDeadline = Number.POSITIVE_INFINITY
  if (group.pendingSync.size === 0) return
  for (const memberId of [...group.pendingSync]) {
    const member = group.members.get(memberId)
    assert(member !== undefined, 'only members owe a sync')
    group.remove(member, effects)
  }
  group.failSyncs(ErrorCode.REBALANCE_IN_PROGRESS, effects)
  group.afterRemoval(now, wallNow, effects)
}
