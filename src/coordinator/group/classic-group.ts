/**
 * One group of the classic protocol: who is a member, in which generation, and who waits for what.
 * A pure state machine: every step takes the monotonic time and returns {@link Effects}; timeouts
 * are deadlines in the state, and `tick` (deadlines.ts) is called when the next one is due.
 *
 *     Empty -> PreparingRebalance -> CompletingRebalance -> Stable -> PreparingRebalance …
 *
 * PreparingRebalance collects JoinGroup from everyone, CompletingRebalance waits for the leader's
 * SyncGroup, and for its record to be committed. The steps of each request are in files of their
 * own (join.ts, sync.ts, …), this one has the state and the transitions that they share.
 */
import { assert } from '../../base/assert.ts'
import { ErrorCode } from '../../protocol/error-codes.ts'
import type {
  GroupMetadataValue,
  GroupMetadataValueInput,
} from '../../protocol/generated/record/group.ts'
import {
  type Effects,
  type JoinResult,
  noEffects,
  refusedJoin,
  refusedSync,
  type SyncResult,
} from './effects.ts'
import { type Member, metadataFor } from './member.ts'
import { chooseProtocol } from './protocol-choice.ts'
import { subscribedTopics } from './subscription.ts'

/** States with Kafka's names. */
export type GroupState = 'Empty' | 'PreparingRebalance' | 'CompletingRebalance' | 'Stable' | 'Dead'

/** Broker configs that a group obeys, in milliseconds. */
export interface GroupSettings {
  /** `group.initial.rebalance.delay.ms`. */
  readonly initialRebalanceDelayMs: number
  /** `group.max.size`. */
  readonly maxSize: number
  /** The longest session of a member of a group that is not served here. */
  readonly foreignSessionTimeoutMs: number
}

const nothing: Uint8Array = new Uint8Array(0)

/** See the head of this file. Used by one caller at a time. */
export class ClassicGroup {
  readonly groupId: string
  readonly settings: GroupSettings
  state: GroupState = 'Empty'
  generation = 0
  protocolType: string | undefined
  protocolName: string | undefined
  leader: string | undefined
  /** Wall clock of the last change of state; base of offset expiry. */
  stateTimestamp: number
  /** What its members read as of its last generation; undefined where they do not say. */
  subscribed: ReadonlySet<string> | undefined
  /** In order of joining. */
  readonly members: Map<string, Member> = new Map()
  /** Member id of each static member, by its instance id. Invariant: these are members. */
  readonly staticMembers: Map<string, string> = new Map()
  /** Ids handed out by MEMBER_ID_REQUIRED that have not come back, with their deadline. */
  readonly pendingMembers: Map<string, number> = new Map()
  /**
   * When the present phase of a rebalance ends whoever is missing; Infinity outside of one.
   * Invariant: finite while PreparingRebalance, which nothing else would end.
   */
  rebalanceDeadline: number = Number.POSITIVE_INFINITY
  /**
   * A first rebalance waits for latecomers, at most until here; undefined in any other.
   * Invariant: set only while PreparingRebalance.
   */
  initialDelayEnd: number | undefined
  /** Somebody joined since the initial delay was last extended. */
  newcomers = false
  /** Members, and nobody else, that have not sent SyncGroup since the generation began. */
  readonly pendingSync: Set<string> = new Set()
  /**
   * The leader's assignment is being written: see {@link ClassicGroup.persisted}. Invariant: set
   * only while CompletingRebalance.
   */
  writing: ReadonlyMap<string, Uint8Array> | undefined

  constructor(groupId: string, settings: GroupSettings, wallNow: number) {
    assert(settings.maxSize > 0, 'a group has room for a member')
    this.groupId = groupId
    this.settings = settings
    this.stateTimestamp = wallNow
  }

  /** Restores a group from its record; members get a fresh session. */
  static restore(
    groupId: string,
    settings: GroupSettings,
    value: GroupMetadataValue,
    now: number,
  ): ClassicGroup {
    const group = new ClassicGroup(groupId, settings, value.currentStateTimestamp)
    group.generation = value.generation
    group.protocolType = value.protocolType === '' ? undefined : value.protocolType
    group.protocolName = value.protocol ?? undefined
    group.leader = value.leader ?? undefined
    group.state = value.members.length === 0 ? 'Empty' : 'Stable'
    for (const stored of value.members) {
      const { memberId, groupInstanceId, clientId, clientHost } = stored
      group.add({
        memberId,
        groupInstanceId,
        clientId,
        clientHost,
        sessionTimeoutMs: stored.sessionTimeout,
        rebalanceTimeoutMs: stored.rebalanceTimeout,
        protocols: [{ name: value.protocol ?? '', metadata: stored.subscription.slice() }],
        assignment: stored.assignment.slice(),
        awaitingJoin: undefined,
        awaitingSync: undefined,
        sessionDeadline: now + stored.sessionTimeout,
      })
    }
    group.subscribed = subscribedTopics(group)
    group.assertConsistent()
    return group
  }

  /** What holds between any two steps; none of it costs more in a larger group. */
  assertConsistent(): void {
    const { state, members } = this
    const isPreparing = state === 'PreparingRebalance'
    const isCompleting = state === 'CompletingRebalance'
    assert(
      isPreparing || (state === 'Empty' || state === 'Dead') === (members.size === 0),
      'a group is empty or dead when it has no members',
    )
    assert(this.staticMembers.size <= members.size, 'an instance is of a member')
    assert(this.pendingSync.size <= members.size, 'only members owe a sync')
    assert(this.writing === undefined || isCompleting, 'assignments are written while completing')
    assert(this.initialDelayEnd === undefined || isPreparing, 'only a join phase is put off')
    assert(!isPreparing || this.rebalanceDeadline < Infinity, 'a join phase ends some time')
  }

  /** The group's record as it is now; `assignments` where they are not the members' own yet. */
  record(assignments: ReadonlyMap<string, Uint8Array> | undefined): GroupMetadataValueInput {
    assert(this.state !== 'Dead', 'a dead group has no record but its tombstone')
    const protocol = this.protocolName ?? ''
    return {
      protocolType: this.protocolType ?? '',
      generation: this.generation,
      protocol: this.protocolName ?? null,
      leader: this.leader ?? null,
      currentStateTimestamp: this.stateTimestamp,
      members: [...this.members.values()].map((member) => ({
        memberId: member.memberId,
        groupInstanceId: member.groupInstanceId,
        clientId: member.clientId,
        clientHost: member.clientHost,
        rebalanceTimeout: member.rebalanceTimeoutMs,
        sessionTimeout: member.sessionTimeoutMs,
        subscription: metadataFor(member, protocol),
        assignment: assignments?.get(member.memberId) ?? member.assignment,
      })),
    }
  }

  /** Adds a member and, if it is static, its instance. */
  add(member: Member): void {
    assert(!this.members.has(member.memberId), 'a member is added once')
    this.members.set(member.memberId, member)
    if (member.groupInstanceId !== null) {
      this.staticMembers.set(member.groupInstanceId, member.memberId)
    }
  }

  /** Removes a member and answers what it waited for with UNKNOWN_MEMBER_ID. */
  remove(member: Member, effects: Effects): void {
    assert(this.members.get(member.memberId) === member, 'only a member is removed')
    this.members.delete(member.memberId)
    this.pendingSync.delete(member.memberId)
    const { groupInstanceId, memberId } = member
    if (groupInstanceId !== null && this.staticMembers.get(groupInstanceId) === memberId) {
      this.staticMembers.delete(groupInstanceId)
    }
    this.#answerParked(member, ErrorCode.UNKNOWN_MEMBER_ID, effects)
    if (this.leader === memberId) this.leader = this.members.keys().next().value
  }

  /** Answers whatever members wait for with an error; nothing else changes. */
  answerAllParked(code: number, effects: Effects): void {
    for (const member of this.members.values()) this.#answerParked(member, code, effects)
  }

  /** Answers whatever the member waits for with an error. */
  #answerParked(member: Member, code: number, effects: Effects): void {
    const waitsTwice = member.awaitingJoin !== undefined && member.awaitingSync !== undefined
    assert(!waitsTwice, 'a member waits for at most one answer')
    if (member.awaitingJoin !== undefined) {
      effects.joins.push({ to: member.awaitingJoin, result: refusedJoin(code, member.memberId) })
      member.awaitingJoin = undefined
    }
    if (member.awaitingSync !== undefined) {
      effects.syncs.push({ to: member.awaitingSync, result: refusedSync(code) })
      member.awaitingSync = undefined
    }
  }

  /** A static member came back under a new id: the old id is fenced. */
  replaceStatic(member: Member, newMemberId: string, effects: Effects): void {
    const oldMemberId = member.memberId
    assert(member.groupInstanceId !== null, 'only a static member is replaced')
    this.#answerParked(member, ErrorCode.FENCED_INSTANCE_ID, effects)
    this.members.delete(oldMemberId)
    this.pendingSync.delete(oldMemberId)
    member.memberId = newMemberId
    this.add(member)
    if (this.leader === oldMemberId) this.leader = newMemberId
  }

  /** The member gave a sign of life. */
  touch(member: Member, now: number): void {
    member.sessionDeadline = now + member.sessionTimeoutMs
  }

  /** Starts a rebalance, or goes on with the one that is under way. */
  prepareRebalance(now: number, wallNow: number, effects: Effects): void {
    assert(this.state !== 'Dead', 'a dead group does not rebalance')
    if (this.state === 'PreparingRebalance') return
    const first = this.state === 'Empty'
    this.failSyncs(ErrorCode.REBALANCE_IN_PROGRESS, effects)
    this.#enter('PreparingRebalance', wallNow)
    const rebalanceMs = this.rebalanceTimeoutMs()
    if (first && this.settings.initialRebalanceDelayMs === 0) {
      // Whoever has an id but did not come back yet is no reason to wait in a first rebalance.
      this.completeJoin(now, wallNow, effects)
    } else if (first) {
      this.initialDelayEnd = now + Math.max(rebalanceMs, this.settings.initialRebalanceDelayMs)
      this.rebalanceDeadline = now + this.settings.initialRebalanceDelayMs
    } else {
      this.rebalanceDeadline = now + rebalanceMs
    }
  }

  /** The longest that any member allows a rebalance to take. */
  rebalanceTimeoutMs(): number {
    let longest = 0
    for (const { rebalanceTimeoutMs } of this.members.values()) {
      longest = Math.max(longest, rebalanceTimeoutMs)
    }
    return longest
  }

  /** Ends the join phase if everyone is here. A first rebalance also waits for its delay. */
  tryCompleteJoin(now: number, wallNow: number, effects: Effects): void {
    if (this.state !== 'PreparingRebalance' || this.initialDelayEnd !== undefined) return
    if (this.pendingMembers.size > 0) return
    for (const { awaitingJoin } of this.members.values()) if (awaitingJoin === undefined) return
    this.completeJoin(now, wallNow, effects)
  }

  /** Ends the join phase with whoever is here and begins the next generation. */
  completeJoin(now: number, wallNow: number, effects: Effects): void {
    assert(this.state === 'PreparingRebalance', 'a join phase ends once')
    this.initialDelayEnd = undefined
    this.newcomers = false
    for (const member of [...this.members.values()]) {
      // A static member that is away keeps its place until its session ends.
      if (member.awaitingJoin === undefined && member.groupInstanceId === null) {
        this.remove(member, effects)
      }
    }
    const joined = [...this.members.values()].filter((one) => one.awaitingJoin !== undefined)
    if (this.members.size > 0 && joined.length === 0) {
      this.rebalanceDeadline = now + this.rebalanceTimeoutMs()
      return
    }
    this.generation = this.generation === 2147483647 ? 1 : this.generation + 1
    if (this.members.size === 0) this.#becomeEmpty(wallNow, effects)
    else this.#beginGeneration(joined, now, wallNow, effects)
  }

  #becomeEmpty(wallNow: number, effects: Effects): void {
    this.#enter('Empty', wallNow)
    this.protocolName = undefined
    this.subscribed = undefined
    this.leader = undefined
    this.rebalanceDeadline = Number.POSITIVE_INFINITY
    effects.persist = { generation: this.generation, assigned: false }
  }

  #beginGeneration(
    joined: readonly Member[],
    now: number,
    wallNow: number,
    effects: Effects,
  ): void {
    const leads = this.leader === undefined ? undefined : this.members.get(this.leader)
    if (leads?.awaitingJoin === undefined) this.leader = joined[0]?.memberId
    assert(this.leader !== undefined, 'somebody who joined leads the generation')
    this.protocolName = chooseProtocol([...this.members.values()])
    this.subscribed = subscribedTopics(this)
    this.#enter('CompletingRebalance', wallNow)
    this.rebalanceDeadline = now + this.rebalanceTimeoutMs()
    this.pendingSync.clear()
    for (const member of this.members.values()) this.pendingSync.add(member.memberId)
    for (const member of joined) {
      effects.joins.push({ to: member.awaitingJoin, result: this.joinResult(member.memberId) })
      member.awaitingJoin = undefined
      this.touch(member, now)
    }
  }

  /** The join answer of the present generation; only the leader is told who the members are. */
  joinResult(memberId: string): JoinResult {
    assert(this.members.has(memberId), 'only a member is told that it joined')
    const protocol = this.protocolName ?? ''
    const members = memberId === this.leader ? [...this.members.values()] : []
    return {
      errorCode: ErrorCode.NONE,
      generationId: this.generation,
      protocolType: this.protocolType ?? null,
      protocolName: this.protocolName ?? null,
      leader: this.leader ?? '',
      skipAssignment: false,
      memberId,
      members: members.map((member) => ({
        memberId: member.memberId,
        groupInstanceId: member.groupInstanceId,
        metadata: metadataFor(member, protocol),
      })),
    }
  }

  /** The sync answer of the present generation. */
  syncResult(member: Member): SyncResult {
    assert(this.state === 'Stable', 'an assignment is told once it is committed')
    return {
      errorCode: ErrorCode.NONE,
      protocolType: this.protocolType ?? null,
      protocolName: this.protocolName ?? null,
      assignment: member.assignment,
    }
  }

  /** Answers every parked sync with an error and forgets what was assigned. */
  failSyncs(code: number, effects: Effects): void {
    this.writing = undefined
    this.pendingSync.clear()
    for (const member of this.members.values()) {
      if (this.state === 'CompletingRebalance') member.assignment = nothing
      if (member.awaitingSync === undefined) continue
      effects.syncs.push({ to: member.awaitingSync, result: refusedSync(code) })
      member.awaitingSync = undefined
    }
  }

  /**
   * The record that an effect asked for is committed (`code` 0) or failed. What belongs to an older
   * generation is ignored.
   */
  persisted(generation: number, code: number, now: number, wallNow: number): Effects {
    const effects = noEffects()
    const assignments = this.writing
    if (generation !== this.generation || assignments === undefined) return effects
    assert(this.state === 'CompletingRebalance', 'assignments are written while completing')
    if (code !== ErrorCode.NONE) {
      this.failSyncs(code, effects)
      this.prepareRebalance(now, wallNow, effects)
      return effects
    }
    this.writing = undefined
    this.#enter('Stable', wallNow)
    for (const member of this.members.values()) {
      member.assignment = assignments.get(member.memberId) ?? nothing
      if (member.awaitingSync === undefined) continue
      effects.syncs.push({ to: member.awaitingSync, result: this.syncResult(member) })
      member.awaitingSync = undefined
      this.touch(member, now)
    }
    return effects
  }

  /** A member is gone for good: rebalance what it leaves behind. */
  afterRemoval(now: number, wallNow: number, effects: Effects): void {
    if (this.state === 'Stable' || this.state === 'CompletingRebalance') {
      this.prepareRebalance(now, wallNow, effects)
      // Without members there is no time to wait, not even for those with an id.
      if (this.members.size === 0) this.completeJoin(now, wallNow, effects)
    }
    this.tryCompleteJoin(now, wallNow, effects)
  }

  /** Nothing can happen to the group any more. */
  die(): void {
    assert(this.members.size === 0, 'only a group without members dies')
    assert(this.state === 'Empty', 'a group dies in no rebalance, and once')
    this.state = 'Dead'
    this.rebalanceDeadline = Number.POSITIVE_INFINITY
  }

  #enter(state: GroupState, wallNow: number): void {
    assert(this.state !== 'Dead', 'nothing happens to a dead group')
    this.state = state
    this.stateTimestamp = wallNow
  }
}
