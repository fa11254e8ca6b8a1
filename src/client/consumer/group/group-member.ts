/**
 * A member of a group under Kafka's classic protocol, as a state machine: what happens goes in by a
 * method each, with the time; {@link GroupMember.take} gives what is to be done. It knows no socket
 * and sets no timer: who drives it sends the requests, runs the hooks and calls
 * {@link GroupMember.tick} at {@link GroupMember.deadlineMs}.
 *
 *   unjoined → preparing → joining → [dividing →] syncing → applying → stable → unjoined ...
 *
 * Partitions change hands only while the application waits for records (between `poll` and
 * `handedOut`): while it works on some, a rebalance has to wait for it. Heartbeats do not.
 */
import { assert } from '../../../base/assert.ts'
import { ErrorCode } from '../../../protocol/error-codes.ts'
import type {
  JoinGroupRequestInput,
  JoinGroupResponse,
} from '../../../protocol/generated/11-join-group.ts'
import type { HeartbeatRequestInput } from '../../../protocol/generated/12-heartbeat.ts'
import type { LeaveGroupRequestInput } from '../../../protocol/generated/13-leave-group.ts'
import type {
  SyncGroupRequestInput,
  SyncGroupResponse,
} from '../../../protocol/generated/14-sync-group.ts'
import { keyOf, type TopicPartition } from '../../topic-partition.ts'
import type { AssignableMember, MemberAssignment, PartitionRacks } from '../assignor/assignor.ts'
import { consumerProtocolType } from '../assignor/consumer-protocol.ts'
import {
  type AssignmentBytes,
  type MemberProtocol,
  readMembers,
  topicsOf,
} from './member-protocol.ts'
import { remedyOf } from './member-remedy.ts'

/** What a member is told at its creation; times in ms. */
export interface GroupMemberOptions {
  readonly groupId: string
  /** Name of a static member, or null. */
  readonly groupInstanceId: string | null
  readonly rackId: string | null
  readonly sessionTimeoutMs: number
  readonly heartbeatIntervalMs: number
  /** Also how long the group waits for the member in a rebalance. */
  readonly maxPollIntervalMs: number
  /** How long to wait after so many failures in a row. */
  readonly backoffMs: (failures: number) => number
}

/** Partitions that come and go when an assignment is applied. */
export interface AssignmentChange {
  readonly revoked: readonly TopicPartition[]
  readonly added: readonly TopicPartition[]
  /** All that the member then has. */
  readonly assigned: readonly TopicPartition[]
}

/**
 * Something to do. What has an `attempt` is answered by the method of its name with that number;
 * `prepare` is answered by `prepared`, `apply` by `applied`.
 */
export type MemberAction =
  | { readonly kind: 'find-coordinator'; readonly attempt: number }
  | { readonly kind: 'forget-coordinator' }
  | {
      readonly kind: 'join'
      readonly attempt: number
      readonly request: JoinGroupRequestInput
      /** The coordinator answers when all members are there. */
      readonly timeoutMs: number
    }
  /** The member leads: the partitions of these topics are wanted. */
  | { readonly kind: 'divide'; readonly attempt: number; readonly topics: readonly string[] }
  | { readonly kind: 'sync'; readonly attempt: number; readonly request: SyncGroupRequestInput }
  /** Answered with the generation of the request. */
  | { readonly kind: 'heartbeat'; readonly request: HeartbeatRequestInput }
  | { readonly kind: 'leave'; readonly request: LeaveGroupRequestInput }
  /** Before joining: commit, then run the hooks. `isLost`: others may have the partitions. */
  | {
      readonly kind: 'prepare'
      readonly attempt: number
      readonly revoked: readonly TopicPartition[]
      readonly isLost: boolean
    }
  | ({ readonly kind: 'apply'; readonly attempt: number } & AssignmentChange)
  /** The membership is over: nothing helps. `code` is Kafka's. */
  | { readonly kind: 'fail'; readonly code: number; readonly what: string }

/** Where the member stands. */
export type MemberState =
  | 'unjoined'
  | 'preparing'
  | 'joining'
  | 'dividing'
  | 'syncing'
  | 'applying'
  | 'stable'
  | 'failed'
  | 'left'

/** The request whose failure is told. */
export type MemberRequest = 'find-coordinator' | 'join' | 'divide' | 'sync' | 'heartbeat'

/** Time for the answer of a JoinGroup on top of what the group waits. */
const joinAnswerMs = 5_000

const noGeneration = -1

/** See the head of this file. */
export class GroupMember {
  readonly #options: GroupMemberOptions
  readonly #protocol: MemberProtocol
  #state: MemberState = 'unjoined'
  #actions: MemberAction[] = []
  #topics: readonly string[] | null = null
  #owned: readonly TopicPartition[] = []
  #memberId = ''
  #generationId = noGeneration
  #assignor = ''
  /** What the leader divides. */
  #members: readonly AssignableMember[] = []
  #isLeader = false
  #needsRejoin = false
  /** Counts requests and hooks, so that late answers are told apart. */
  #attempt = 0
  #coordinator: 'unknown' | 'asked' | 'known' = 'unknown'
  #coordinatorAttempt = 0
  /** Whether a join, sync, or hook is under way in the present state. */
  #isWaiting = false
  #assignment: MemberAssignment | null = null
  #failures = 0
  #notBeforeMs = 0
  #isPolling = false
  #polledMs: number | null = null
  #heartbeatDueMs = Infinity
  #heartbeatSentMs: number | null = null
  #sessionEndsMs = Infinity

  constructor(options: GroupMemberOptions, protocol: MemberProtocol) {
    this.#options = options
    this.#protocol = protocol
  }

  /** Where it stands. */
  get state(): MemberState {
    return this.#state
  }

  /** Empty as long as the coordinator gave none. */
  get memberId(): string {
    return this.#memberId
  }

  /** -1 when the member is in no generation. */
  get generationId(): number {
    return this.#generationId
  }

  /** What it has. */
  get owned(): readonly TopicPartition[] {
    return this.#owned
  }

  /** All topics of the group when this member leads it, else none. */
  get ledTopics(): readonly string[] {
    return this.#isLeader ? topicsOf(this.#members) : []
  }

  /** Whether partitions are about to change hands, so that what is fetched may be in vain. */
  get isRebalancing(): boolean {
    return this.#state !== 'stable' && this.#state !== 'failed' && this.#state !== 'left'
  }

  /** Whether the next {@link poll} has something to do before records are handed out. */
  get wantsPoll(): boolean {
    if (this.#topics === null || this.#isWaiting) return false
    const { state } = this
    return state === 'unjoined' || state === 'applying' || (state === 'stable' && this.#needsRejoin)
  }

  /** When {@link tick} is to be called; Infinity when nothing is due. */
  get deadlineMs(): number {
    if (this.#state === 'failed' || this.#state === 'left') return Infinity
    const beats = this.#heartbeatSentMs === null && this.#coordinator !== 'asked'
    const heartbeatMs = beats ? Math.max(this.#heartbeatDueMs, this.#notBeforeMs) : Infinity
    const retryMs = this.#notBeforeMs > 0 ? this.#notBeforeMs : Infinity
    const sessionMs = this.#heartbeatSentMs === null ? Infinity : this.#sessionEndsMs
    return Math.min(this.#pollEndsMs(), heartbeatMs, retryMs, sessionMs)
  }

  /** What is to be done now; each is given once. */
  take(): readonly MemberAction[] {
    const actions = this.#actions
    this.#actions = []
    return actions
  }

  /** The topics that the member wants from now on. */
  subscribe(topics: readonly string[], nowMs: number): void {
    this.#topics = topics
    this.rejoin(nowMs)
  }

  /** Joins again as soon as the application waits: topics or their partitions changed. */
  rejoin(nowMs: number): void {
    this.#needsRejoin = true
    this.#advance(nowMs)
  }

  /** The application waits for records. */
  poll(nowMs: number): void {
    this.#isPolling = true
    this.#advance(nowMs)
  }

  /** The application works on records until the next {@link poll}. */
  handedOut(nowMs: number): void {
    this.#isPolling = false
    this.#polledMs = nowMs
  }

  /** It got more records meanwhile, without a {@link poll}: it is alive. */
  handedOutSince(nowMs: number): void {
    if (!this.#isPolling) this.#polledMs = nowMs
  }

  /** Time passed. */
  tick(nowMs: number): void {
    if (nowMs >= this.#pollEndsMs()) this.#leaveAsTooSlow(nowMs)
    if (this.#heartbeatSentMs !== null && nowMs >= this.#sessionEndsMs) {
      // The coordinator does not answer: another broker may be it.
      this.#heartbeatSentMs = null
      this.#sessionEndsMs = nowMs + this.#options.sessionTimeoutMs
      this.#forgetCoordinator()
    }
    this.#advance(nowMs)
  }

  /** The coordinator is known. */
  foundCoordinator(attempt: number, nowMs: number): void {
    if (this.#coordinator !== 'asked' || attempt !== this.#coordinatorAttempt) return
    this.#coordinator = 'known'
    this.#advance(nowMs)
  }

  /**
   * A request failed with a code of Kafka's; a broken connection is NETWORK_EXCEPTION. `attempt` is
   * the generation for a heartbeat.
   */
  failed(request: MemberRequest, attempt: number, code: number, nowMs: number): void {
    if (request === 'find-coordinator') this.#coordinatorNotFound(attempt, code, nowMs)
    else if (request === 'heartbeat') this.#heartbeatFailed(attempt, code, nowMs)
    else if (this.#isCurrent(attempt)) this.#stepFailed(request, code, '', nowMs)
  }

  /** The answer to a JoinGroup. */
  join(attempt: number, response: JoinGroupResponse, nowMs: number): void {
    if (this.#state !== 'joining' || !this.#isCurrent(attempt)) return
    if (response.errorCode !== 0) {
      this.#stepFailed('join', response.errorCode, response.memberId, nowMs)
      return
    }
    const name = response.protocolName ?? ''
    const members = readMembers(response.members)
    if (!this.#protocol.has(name) || members.value === null) {
      const why = members.error ?? `the group chose assignor "${name}", which was not offered`
      this.#fail(ErrorCode.INCONSISTENT_GROUP_PROTOCOL, `join the group: ${why}`)
      return
    }
    this.#memberId = response.memberId
    this.#generationId = response.generationId
    this.#assignor = name
    this.#isLeader = response.leader === response.memberId
    this.#members = members.value
    this.#failures = 0
    this.#beat(nowMs)
    this.#enter(this.#isLeader && !response.skipAssignment ? 'dividing' : 'syncing')
    this.#advance(nowMs)
  }

  /** The partitions of the topics that {@link MemberAction} `divide` asked for. */
  divide(attempt: number, topics: ReadonlyMap<string, PartitionRacks>, nowMs: number): void {
    if (this.#state !== 'dividing' || !this.#isCurrent(attempt)) return
    const assignments = this.#protocol.divide(this.#assignor, this.#members, topics)
    this.#enter('syncing')
    this.#sync(assignments)
    this.#advance(nowMs)
  }

  /** The answer to a SyncGroup. */
  sync(attempt: number, response: SyncGroupResponse, nowMs: number): void {
    if (this.#state !== 'syncing' || !this.#isCurrent(attempt)) return
    if (response.errorCode !== 0) {
      this.#stepFailed('sync', response.errorCode, '', nowMs)
      return
    }
    const assignment = this.#protocol.read(response.assignment)
    if (assignment.value === null) {
      this.#fail(ErrorCode.INCONSISTENT_GROUP_PROTOCOL, `read its assignment: ${assignment.error}`)
      return
    }
    this.#failures = 0
    this.#assignment = assignment.value
    this.#enter('applying')
    this.#advance(nowMs)
  }

  /** The answer to the Heartbeat of a generation. */
  heartbeat(generationId: number, errorCode: number, nowMs: number): void {
    if (errorCode !== 0) this.#heartbeatFailed(generationId, errorCode, nowMs)
    else if (this.#heartbeatSentMs !== null) {
      this.#sessionEndsMs = this.#heartbeatSentMs + this.#options.sessionTimeoutMs
      this.#heartbeatSentMs = null
      this.#advance(nowMs)
    }
  }

  /** A commit of the member's was refused with this code. */
  commitFailed(errorCode: number, nowMs: number): void {
    const remedy = remedyOf(errorCode)
    if (remedy === 'coordinator') this.#forgetCoordinator()
    else if (remedy === 'rejoin') this.#needsRejoin = true
    else if (remedy === 'generation' || remedy === 'identity') this.#reset(remedy === 'generation')
    else if (errorCode === ErrorCode.FENCED_INSTANCE_ID) this.#fail(errorCode, 'commit offsets')
    this.#advance(nowMs)
  }

  /** The hooks of `prepare` have run. */
  prepared(attempt: number, nowMs: number): void {
    if (this.#state !== 'preparing' || !this.#isCurrent(attempt)) return
    this.#owned = this.#keptOf(this.#owned)
    this.#enter('joining')
    this.#advance(nowMs)
  }

  /** The hooks of `apply` have run. */
  applied(attempt: number, nowMs: number): void {
    if (this.#state !== 'applying' || !this.#isCurrent(attempt)) return
    assert(this.#assignment !== null, 'what was applied was assigned')
    const { revoked } = this.#changeTo(this.#assignment)
    this.#owned = this.#assignment.partitions
    this.#assignment = null
    // What was given up goes to its next owner in another rebalance.
    if (revoked.length > 0) this.#needsRejoin = true
    this.#enter('stable')
    this.#advance(nowMs)
  }

  /** Leaves the group: the member is gone at once, except a static one, which may come back. */
  leave(): void {
    if (this.#state === 'left') return
    this.#sendLeave('the consumer was closed or unsubscribed')
    this.#reset(false)
    this.#owned = []
    this.#state = 'left'
  }

  #enter(state: MemberState): void {
    this.#state = state
    this.#isWaiting = false
  }

  #isCurrent(attempt: number): boolean {
    return this.#isWaiting && attempt === this.#attempt
  }

  /** Does whatever can be done now. */
  #advance(nowMs: number): void {
    if (this.#state === 'failed' || this.#state === 'left' || this.#topics === null) return
    if (nowMs >= this.#notBeforeMs) this.#notBeforeMs = 0
    if (this.#isPolling) this.#changeHands()
    if (this.#notBeforeMs > 0) return
    const sends = !this.#isWaiting && (this.#state === 'joining' || this.#state === 'syncing')
    const beats = nowMs >= this.#heartbeatDueMs && this.#heartbeatSentMs === null
    if ((sends || beats) && this.#coordinator === 'unknown') this.#findCoordinator()
    if (this.#state === 'dividing' && !this.#isWaiting) this.#askTopics()
    if (this.#coordinator !== 'known') return
    if (sends && this.#state === 'joining') this.#join()
    else if (sends) this.#sync([])
    else if (beats) this.#sendHeartbeat(nowMs)
  }

  /** What happens only while the application waits. */
  #changeHands(): void {
    if (this.#needsRejoin && this.#state === 'stable') this.#enter('unjoined')
    if (this.#state === 'unjoined') this.#prepare()
    if (this.#state === 'applying' && !this.#isWaiting) this.#apply()
  }

  #findCoordinator(): void {
    assert(this.#coordinator === 'unknown', 'a coordinator is looked for once')
    this.#coordinator = 'asked'
    this.#actions.push({ kind: 'find-coordinator', attempt: ++this.#coordinatorAttempt })
  }

  #prepare(): void {
    assert(this.#isPolling, 'partitions change hands while the application waits')
    this.#needsRejoin = false
    const isLost = this.#generationId === noGeneration
    const kept = new Set(this.#keptOf(this.#owned).map(keyOf))
    const revoked = this.#owned.filter((partition) => !kept.has(keyOf(partition)))
    this.#enter('preparing')
    this.#start((attempt) => ({ kind: 'prepare', attempt, revoked, isLost }))
  }

  /** What the member keeps while it joins. */
  #keptOf(owned: readonly TopicPartition[]): readonly TopicPartition[] {
    if (!this.#protocol.isCooperative() || this.#generationId === noGeneration) return []
    const topics = new Set(this.#topics)
    return owned.filter(({ topic }) => topics.has(topic))
  }

  #join(): void {
    const { groupId, groupInstanceId, maxPollIntervalMs, rackId } = this.#options
    const { sessionTimeoutMs } = this.#options
    assert(this.#coordinator === 'known', 'somebody takes the request')
    const joiner = {
      topics: this.#topics ?? [],
      owned: this.#owned,
      generationId: this.#generationId,
      rackId,
    }
    const request: JoinGroupRequestInput = {
      groupId,
      groupInstanceId,
      sessionTimeoutMs,
      rebalanceTimeoutMs: maxPollIntervalMs,
      memberId: this.#memberId,
      protocolType: consumerProtocolType,
      protocols: this.#protocol.offers(joiner),
    }
    // The coordinator hears of the member by its JoinGroup as long as that waits.
    this.#heartbeatDueMs = Infinity
    const timeoutMs = maxPollIntervalMs + joinAnswerMs
    this.#start((attempt) => ({ kind: 'join', attempt, request, timeoutMs }))
  }

  #askTopics(): void {
    assert(this.#isLeader, 'the leader divides')
    const topics = topicsOf(this.#members)
    this.#start((attempt) => ({ kind: 'divide', attempt, topics }))
  }

  #sync(assignments: readonly AssignmentBytes[]): void {
    const { groupId, groupInstanceId } = this.#options
    assert(this.#generationId !== noGeneration, 'who syncs has joined')
    const request: SyncGroupRequestInput = {
      groupId,
      groupInstanceId,
      generationId: this.#generationId,
      memberId: this.#memberId,
      protocolType: consumerProtocolType,
      protocolName: this.#assignor,
      assignments,
    }
    this.#start((attempt) => ({ kind: 'sync', attempt, request }))
  }

  #apply(): void {
    assert(this.#assignment !== null, 'what is applied was assigned')
    assert(this.#isPolling, 'partitions change hands while the application waits')
    const change = this.#changeTo(this.#assignment)
    this.#protocol.tell(this.#assignor, this.#assignment, this.#generationId)
    this.#start((attempt) => ({ kind: 'apply', attempt, ...change }))
  }

  #changeTo({ partitions }: MemberAssignment): AssignmentChange {
    const before = new Set(this.#owned.map(keyOf))
    const after = new Set(partitions.map(keyOf))
    return {
      revoked: this.#owned.filter((partition) => !after.has(keyOf(partition))),
      added: partitions.filter((partition) => !before.has(keyOf(partition))),
      assigned: partitions,
    }
  }

  #start(action: (attempt: number) => MemberAction): void {
    assert(!this.#isWaiting, 'one step at a time')
    this.#isWaiting = true
    this.#actions.push(action(++this.#attempt))
  }

  #beat(nowMs: number): void {
    this.#heartbeatDueMs = nowMs + this.#options.heartbeatIntervalMs
    this.#sessionEndsMs = nowMs + this.#options.sessionTimeoutMs
    this.#heartbeatSentMs = null
  }

  #sendHeartbeat(nowMs: number): void {
    const { groupId, groupInstanceId, heartbeatIntervalMs } = this.#options
    assert(this.#memberId !== '', 'who is heard of has a name')
    this.#heartbeatSentMs = nowMs
    this.#heartbeatDueMs = nowMs + heartbeatIntervalMs
    const { generationId } = this
    const request = { groupId, groupInstanceId, memberId: this.#memberId, generationId }
    this.#actions.push({ kind: 'heartbeat', request })
  }

  /** `generation` is that of the request: one of an earlier generation says nothing any more. */
  #heartbeatFailed(generation: number, code: number, nowMs: number): void {
    this.#heartbeatSentMs = null
    if (generation !== this.#generationId) return
    const remedy = remedyOf(code)
    if (remedy === 'rejoin') this.#needsRejoin = true
    else if (remedy === 'coordinator') this.#lookAgain(nowMs)
    else if (remedy === 'generation' || remedy === 'identity') this.#reset(remedy === 'generation')
    else if (remedy === 'final') this.#fail(code, 'stay in the group')
    this.#advance(nowMs)
  }

  #coordinatorNotFound(attempt: number, code: number, nowMs: number): void {
    if (this.#coordinator !== 'asked' || attempt !== this.#coordinatorAttempt) return
    this.#coordinator = 'unknown'
    if (remedyOf(code) === 'final') this.#fail(code, 'find the coordinator of the group')
    this.#waitAWhile(nowMs)
  }

  #stepFailed(request: MemberRequest, code: number, memberId: string, nowMs: number): void {
    assert(code !== 0, 'a failure has a code')
    this.#isWaiting = false
    const remedy = remedyOf(code)
    if (remedy === 'final') {
      this.#fail(code, request === 'sync' ? 'get an assignment' : 'join the group')
      return
    }
    if (remedy === 'member-id') this.#memberId = memberId
    else if (remedy === 'generation' || remedy === 'identity') this.#reset(remedy === 'generation')
    else if (remedy === 'coordinator') this.#forgetCoordinator()
    // A SyncGroup that failed is not repeated: the group may have gone on. So is a division.
    if (request !== 'join' && this.#state !== 'unjoined') this.#enter('joining')
    if (remedy !== 'member-id' && remedy !== 'rejoin') this.#waitAWhile(nowMs)
    this.#advance(nowMs)
  }

  #lookAgain(nowMs: number): void {
    this.#forgetCoordinator()
    this.#waitAWhile(nowMs)
    // The next heartbeat goes out as soon as the coordinator is known.
    this.#heartbeatDueMs = this.#notBeforeMs
  }

  #forgetCoordinator(): void {
    if (this.#coordinator === 'known') this.#actions.push({ kind: 'forget-coordinator' })
    if (this.#coordinator !== 'asked') this.#coordinator = 'unknown'
  }

  #waitAWhile(nowMs: number): void {
    this.#notBeforeMs = nowMs + this.#options.backoffMs(++this.#failures)
  }

  /** The member is in no generation any more; what it has is lost, which its hooks learn of. */
  #reset(keepsId: boolean): void {
    this.#generationId = noGeneration
    if (!keepsId) this.#memberId = ''
    this.#isLeader = false
    this.#heartbeatDueMs = Infinity
    this.#heartbeatSentMs = null
    this.#assignment = null
    // A join under way goes on: nothing is owned then that could be lost, unless cooperatively.
    const goesOn = this.#state === 'joining' && this.#owned.length === 0
    if (!goesOn) this.#enter('unjoined')
  }

  #leaveAsTooSlow(nowMs: number): void {
    assert(!this.#isPolling, 'who waits is not too slow')
    this.#polledMs = null
    if (this.#state === 'unjoined' || this.#state === 'preparing') return
    const seconds = Math.round(this.#options.maxPollIntervalMs / 1000)
    this.#sendLeave(`no poll within ${seconds} s`)
    this.#reset(false)
    this.#enter('unjoined')
    this.#advance(nowMs)
  }

  #sendLeave(reason: string): void {
    const { groupId, groupInstanceId } = this.#options
    if (groupInstanceId !== null || this.#memberId === '' || this.#coordinator !== 'known') return
    assert(this.#state !== 'left', 'a member leaves once')
    const memberId = this.#memberId
    this.#actions.push({
      kind: 'leave',
      request: { groupId, memberId, members: [{ memberId, groupInstanceId, reason }] },
    })
  }

  #pollEndsMs(): number {
    if (this.#isPolling || this.#polledMs === null) return Infinity
    return this.#polledMs + this.#options.maxPollIntervalMs
  }

  #fail(code: number, what: string): void {
    this.#enter('failed')
    this.#heartbeatDueMs = Infinity
    this.#actions.push({ kind: 'fail', code, what })
  }
}
