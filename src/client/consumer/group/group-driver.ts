/**
 * Does what a {@link GroupMember} asks for: sends its requests, sets its timer, and hands its hooks
 * to whoever waits for records.
 */
import { assert } from '../../../base/assert.ts'
import type { TimerHandle } from '../../../base/clock.ts'
import { ErrorCode } from '../../../protocol/error-codes.ts'
import { joinGroupApi } from '../../../protocol/generated/11-join-group.ts'
import { heartbeatApi } from '../../../protocol/generated/12-heartbeat.ts'
import { leaveGroupApi } from '../../../protocol/generated/13-leave-group.ts'
import { syncGroupApi } from '../../../protocol/generated/14-sync-group.ts'
import { ClientError, ProtocolError } from '../../error.ts'
import type { ClusterCallOptions } from '../../network/cluster.ts'
import type { TopicInfo } from '../../network/metadata.ts'
import type { PartitionRacks } from '../assignor/assignor.ts'
import type { ConsumerCluster } from '../consumer-cluster.ts'
import { DividedTopics } from '../subscription.ts'
import type {
  GroupMember,
  GroupMemberOptions,
  MemberAction,
  MemberRequest,
} from './group-member.ts'

/** What changes hands while the application waits; its hooks run, then {@link GroupDriver.done}. */
export type HandOver = Extract<MemberAction, { readonly kind: 'prepare' | 'apply' }>

/** Settings of a driver; times in ms. */
export interface GroupDriverOptions extends GroupMemberOptions {
  readonly requestTimeoutMs: number
}

/** See the head of this file. */
export class GroupDriver {
  readonly member: GroupMember
  readonly #cluster: ConsumerCluster
  readonly #options: GroupDriverOptions
  readonly #notify: () => void
  readonly #divided = new DividedTopics()
  readonly #endUpdates: () => void
  #handOvers: HandOver[] = []
  #error: unknown = null
  #coordinator = -1
  #timer: TimerHandle | undefined
  /** What the timer is set for. */
  #timerMs = Infinity
  #isClosed = false
  #leaving: Promise<unknown> = Promise.resolve()

  /** @param notify is told when the application, if it waits, has something to do. */
  constructor(
    cluster: ConsumerCluster,
    member: GroupMember,
    options: GroupDriverOptions,
    notify: () => void,
  ) {
    this.#cluster = cluster
    this.member = member
    this.#options = options
    this.#notify = notify
    this.#endUpdates = cluster.onUpdate(() => this.#topicsChanged())
  }

  /** Whether a poll would find something to do, so that it must not be put off. */
  get needsPoll(): boolean {
    return this.#error !== null || this.member.wantsPoll
  }

  /** The application waits for records. Returns what its hooks have to be called for, if any. */
  poll(): HandOver | undefined {
    const error = this.#error
    if (error !== null) throw error
    this.member.poll(this.#nowMs())
    this.drive()
    return this.#handOvers.shift()
  }

  /** The hooks have run. */
  done(handOver: HandOver): void {
    assert(!this.#handOvers.includes(handOver), 'what is done was taken')
    if (handOver.kind === 'prepare') this.member.prepared(handOver.attempt, this.#nowMs())
    else this.member.applied(handOver.attempt, this.#nowMs())
    this.drive()
  }

  /** The application has records to work on. */
  handedOut(): void {
    this.member.handedOut(this.#nowMs())
    this.#setTimer()
  }

  /** Does what the member asks for, after something was told to it. */
  drive(): void {
    for (let actions = this.member.take(); actions.length > 0; actions = this.member.take()) {
      for (const action of actions) this.#do(action)
    }
    this.#setTimer()
  }

  /** Leaves the group; resolves when the coordinator knows, or cannot be told. */
  async leave(): Promise<void> {
    this.member.leave()
    this.drive()
    this.#isClosed = true
    this.#clearTimer()
    this.#endUpdates()
    await this.#leaving
  }

  #nowMs(): number {
    return this.#cluster.environment.clock.monotonicMs()
  }

  #clearTimer(): void {
    this.#cluster.environment.timers.clear(this.#timer)
    this.#timer = undefined
  }

  #setTimer(): void {
    const { timers } = this.#cluster.environment
    const { deadlineMs } = this.member
    if (this.#timer !== undefined && deadlineMs === this.#timerMs) return
    this.#clearTimer()
    if (this.#isClosed || deadlineMs === Infinity) return
    assert(!Number.isNaN(deadlineMs), 'a deadline is a moment')
    this.#timerMs = deadlineMs
    this.#timer = timers.setTimeout(() => {
      this.#timer = undefined
      this.onTick()
      this.member.tick(this.#nowMs())
      this.drive()
      if (this.needsPoll) this.#notify()
    }, deadlineMs - this.#nowMs())
  }

  /** Called before each tick, for who knows whether the application is alive. */
  onTick: () => void = () => {}

  #do(action: MemberAction): void {
    switch (action.kind) {
      case 'find-coordinator':
        void this.#find(action.attempt)
        return
      case 'forget-coordinator':
        this.#cluster.forgetCoordinator('group', this.#options.groupId)
        return
      case 'join':
        void this.#join(action)
        return
      case 'divide':
        void this.#divide(action.attempt, action.topics)
        return
      case 'sync':
        void this.#sync(action)
        return
      case 'heartbeat':
        void this.#heartbeat(action)
        return
      case 'leave':
        this.#leaving = this.#cluster
          .call(
            this.#coordinator,
            leaveGroupApi,
            (version) => leaveRequest(action, version),
            this.#call(),
          )
          .catch(() => {})
        return
      case 'fail':
        this.#error = new ProtocolError(
          `Group ${this.#options.groupId}: cannot ${action.what}`,
          action.code,
        )
        this.#notify()
        return
      default:
        this.#handOvers.push(action)
        this.#notify()
    }
  }

  async #find(attempt: number): Promise<void> {
    const { groupId, requestTimeoutMs } = this.#options
    await this.#answer('find-coordinator', attempt, async () => {
      this.#coordinator = await this.#cluster.coordinator('group', groupId, requestTimeoutMs)
      assert(this.#coordinator >= 0, 'a coordinator is a node')
      this.member.foundCoordinator(attempt, this.#nowMs())
    })
  }

  async #join(action: Extract<MemberAction, { kind: 'join' }>): Promise<void> {
    await this.#answer('join', action.attempt, async () => {
      const { request, timeoutMs } = action
      const call = this.#call(Math.max(timeoutMs, this.#options.requestTimeoutMs))
      const response = await this.#cluster.call(this.#coordinator, joinGroupApi, request, call)
      this.#divided.forget()
      this.member.join(action.attempt, response, this.#nowMs())
    })
  }

  async #divide(attempt: number, topics: readonly string[]): Promise<void> {
    await this.#answer('divide', attempt, async () => {
      for (const topic of topics) this.#cluster.topic(topic)
      await this.#cluster.refresh()
      const infos = topics.map((topic) => [topic, this.#cluster.topic(topic)] as const)
      const counts = infos.map(([topic, info]) => [topic, info?.partitions.length ?? 0] as const)
      this.#divided.remember(new Map(counts))
      assert(infos.length === topics.length, 'every topic is divided')
      const racks = infos.map(([topic, info]) => [topic, this.#racksOf(info)] as const)
      this.member.divide(attempt, new Map(racks), this.#nowMs())
    })
  }

  async #sync(action: Extract<MemberAction, { kind: 'sync' }>): Promise<void> {
    await this.#answer('sync', action.attempt, async () => {
      const { request } = action
      // The group waits for its leader, as long as for a member that joins.
      const call = this.#call(
        Math.max(this.#options.maxPollIntervalMs, this.#options.requestTimeoutMs),
      )
      const response = await this.#cluster.call(
        this.#coordinator,
        syncGroupApi,
        (version) =>
          version >= 5 ? request : { ...request, protocolType: null, protocolName: null },
        call,
      )
      this.member.sync(action.attempt, response, this.#nowMs())
    })
  }

  async #heartbeat({ request }: Extract<MemberAction, { kind: 'heartbeat' }>): Promise<void> {
    await this.#answer('heartbeat', request.generationId, async () => {
      const call = this.#call(
        Math.min(this.#options.sessionTimeoutMs, this.#options.requestTimeoutMs),
      )
      const response = await this.#cluster.call(this.#coordinator, heartbeatApi, request, call)
      this.member.heartbeat(request.generationId, response.errorCode, this.#nowMs())
    })
  }

  /** Runs a request whose failure is the member's to know. */
  async #answer(kind: MemberRequest, attempt: number, run: () => Promise<void>): Promise<void> {
    try {
      await run()
    } catch (error) {
      if (this.#isClosed) return
      // What is no error of the world is ours: the application gets it as it is.
      if (!(error instanceof ClientError)) this.#error = error
      else this.member.failed(kind, attempt, brokenOr(error.kafkaCode), this.#nowMs())
    }
    if (this.#isClosed) return
    this.drive()
    if (this.needsPoll) this.#notify()
  }

  #call(timeoutMs: number = this.#options.requestTimeoutMs): ClusterCallOptions {
    assert(this.#coordinator >= 0, 'the coordinator is found before anything is sent')
    return { timeoutMs, channel: 'coordinator' }
  }

  #racksOf(info: TopicInfo | undefined): PartitionRacks {
    const { nodes } = this.#cluster.metadata
    return (info?.partitions ?? []).map(({ replicas }) =>
      replicas.map((id) => nodes.get(id)?.rack ?? '').filter((rack) => rack !== ''),
    )
  }

  /** A leader divides again when its group's topics have other partitions. */
  #topicsChanged(): void {
    const countOf = (topic: string): number => this.#cluster.topic(topic)?.partitions.length ?? 0
    if (this.#isClosed || !this.#divided.differFrom(countOf)) return
    this.#divided.forget()
    this.member.rejoin(this.#nowMs())
    this.drive()
    this.#notify()
  }
}

function leaveRequest(
  { request }: Extract<MemberAction, { kind: 'leave' }>,
  version: number,
): typeof request {
  const { groupId, memberId = '', members = [] } = request
  if (version < 3) return { groupId, memberId }
  if (version < 5) return { groupId, members: members.map(({ reason: _, ...member }) => member) }
  return { groupId, members }
}

/** An error without a code of Kafka's comes from a connection, which may be mended. */
function brokenOr(code: number): number {
  return code === ErrorCode.UNKNOWN_SERVER_ERROR ? ErrorCode.NETWORK_EXCEPTION : code
}
