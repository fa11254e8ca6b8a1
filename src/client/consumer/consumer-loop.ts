/**
 * What happens while an application waits for records: partitions change hands, offsets are looked
 * up and committed (`commits.ts`), and what will be needed next is fetched.
 */
import { assert } from '../../base/assert.ts'
import type { TimerHandle } from '../../base/clock.ts'
import { ClosedError, ConfigError, TimeoutError } from '../error.ts'
import { backoffMs } from '../network/backoff.ts'
import { keyOf, type TopicPartition } from '../topic-partition.ts'
import { Commits, type Membership } from './commits.ts'
import type { ConsumerCluster } from './consumer-cluster.ts'
import type { ConsumerSettings } from './consumer-settings.ts'
import { Fetcher } from './fetcher.ts'
import { GroupDriver, type HandOver } from './group/group-driver.ts'
import { GroupMember } from './group/group-member.ts'
import { MemberProtocol } from './group/member-protocol.ts'
import { Lookups } from './lookups.ts'
import { type PartitionPosition, Positions } from './positions.ts'
import { tellRebalance } from './rebalance-channel.ts'
import type { RebalanceHooks } from './rebalance-hooks.ts'
import { RecordSource } from './record-source.ts'
import { Signal } from './signal.ts'
import { Subscription, type TopicFilter } from './subscription.ts'

/** Without news it is looked at so often what has to be done, in ms. */
const lookMs = 100

/** See the head of this file. */
export class ConsumerLoop<K, V> implements Membership {
  readonly cluster: ConsumerCluster
  readonly settings: ConsumerSettings
  readonly positions: Positions
  readonly fetcher: Fetcher
  readonly source: RecordSource<K, V>
  readonly signal: Signal
  readonly commits: Commits
  /** Something has to be looked at before the next record is handed out. */
  needsAttention = true
  /** Runs before partitions are given up: what works on their records ends. */
  beforeHandOver: (partitions: readonly TopicPartition[]) => Promise<void> = async () => {}
  readonly #lookups: Lookups
  #driver: GroupDriver | null = null
  #subscription: Subscription | null = null
  #hooks: RebalanceHooks = {}
  #endUpdates: (() => void)[] = []
  #isWoken = false
  #isClosed = false
  #rebalances = 0

  constructor(cluster: ConsumerCluster, settings: ConsumerSettings) {
    this.cluster = cluster
    this.settings = settings
    this.positions = new Positions(settings.autoOffsetReset)
    this.signal = new Signal(cluster.environment.waits)
    const news = (): void => this.signal.set()
    this.fetcher = new Fetcher(cluster, this.positions, settings, news)
    this.#lookups = new Lookups(cluster, this.positions, settings, news)
    this.source = new RecordSource(this.fetcher, this.positions, settings)
    this.commits = new Commits(cluster, settings, this.positions, this)
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Rebalances so far. */
  get rebalances(): number {
    return this.#rebalances
  }

  /** The member of the group, if there is one. */
  get member(): GroupMember | null {
    return this.#driver?.member ?? null
  }

  /** The member learns of a commit that failed. */
  commitFailed(code: number): void {
    this.#driver?.member.commitFailed(code, this.nowMs())
    this.#driver?.drive()
  }

  /** Topics that are subscribed to. */
  get topics(): readonly string[] {
    return this.#subscription?.topics ?? []
  }

  nowMs(): number {
    return this.cluster.environment.clock.monotonicMs()
  }

  /** There is something to look at: the next record waits for it. */
  attend(): void {
    this.needsAttention = true
    this.signal.set()
  }

  /** Ends the present wait, or the next one, with an error. */
  wake(): void {
    this.#isWoken = true
    this.attend()
  }

  /** Joins the group for these topics. */
  async subscribe(filter: TopicFilter, hooks: RebalanceHooks): Promise<void> {
    const { groupId } = this.settings
    if (groupId === null) {
      throw new ConfigError('subscribe() needs the option groupId; without a group use assign().')
    }
    if (this.#subscription === null && this.positions.size > 0) {
      throw new ConfigError('Partitions are assigned: unsubscribe() before subscribe().')
    }
    const subscription = new Subscription(filter, this.settings.excludeInternalTopics)
    if (subscription.names.length === 0 && !subscription.hasPattern) {
      throw new ConfigError('subscribe() needs at least one topic.')
    }
    this.#endWatch()
    this.#subscription = subscription
    this.#hooks = hooks
    if (subscription.hasPattern) this.#endUpdates.push(this.cluster.wantAllTopics())
    this.#endUpdates.push(this.cluster.onUpdate(() => this.#topicsChanged()))
    if (subscription.hasPattern) {
      await this.cluster.refresh()
      subscription.update(this.#knownTopics())
    }
    this.#driver ??= this.#newDriver(groupId)
    this.#driver.member.subscribe(subscription.topics, this.nowMs())
    this.attend()
  }

  /** Takes these partitions, without a group's consent. */
  assign(partitions: readonly TopicPartition[]): void {
    if (this.#subscription !== null) {
      throw new ConfigError('Topics are subscribed to: unsubscribe() before assign().')
    }
    assert(this.#driver === null, 'who assigns is no member')
    this.positions.assign(partitions)
    this.attend()
  }

  /** Leaves the group, gives up all partitions. */
  async unsubscribe(): Promise<void> {
    this.#endWatch()
    this.#subscription = null
    const driver = this.#driver
    const owned = this.#assigned()
    let failure: unknown = null
    if (driver !== null && owned.length > 0) {
      await this.beforeHandOver(owned)
      failure = await this.commits.beforeHandOver(owned)
      const thrown = await this.#callHook(() => this.#hooks.onPartitionsRevoked?.(owned))
      failure = thrown ?? failure
    }
    this.positions.assign([])
    assert(this.positions.size === 0, 'who leaves has nothing')
    if (driver !== null) this.#tell([], owned, false)
    this.#driver = null
    await driver?.leave()
    this.attend()
    if (failure !== null) throw failure
  }

  /** What was handed out is processed. */
  settle(): void {
    for (const position of this.positions.all) settlePosition(position)
  }

  /** Goes back to what is processed: what was handed out behind it comes again. */
  rewind(): void {
    for (const one of this.positions.all) {
      if (one.processed < 0 || one.processed >= one.position) continue
      assert(one.position >= 0, 'what was processed was handed out')
      this.positions.seek(one, { offset: one.processed, leaderEpoch: one.processedEpoch })
      assert(one.fetchOffset === one.processed, 'what comes again is fetched again')
    }
    this.attend()
  }

  /**
   * Waits until there are records in hand, or until `untilMs`; returns whether there are. `ended`
   * is looked at after each wait.
   */
  async fill(untilMs: number, ended: () => boolean): Promise<boolean> {
    try {
      return await this.#fill(untilMs, ended)
    } finally {
      // However the wait ended: from now on the application has to come back in time.
      this.#driver?.handedOut()
    }
  }

  async #fill(untilMs: number, ended: () => boolean): Promise<boolean> {
    for (;;) {
      const hasNews = this.needsAttention
      this.needsAttention = false
      if (this.#isClosed || ended()) return false
      this.#throwIfWoken()
      await this.#handOver()
      this.#throwFailures()
      let nowMs = this.nowMs()
      this.commits.begin(nowMs)
      if (!hasNews && this.fetcher.hasPlenty(nowMs) && this.source.begin()) return true
      this.#lookups.start(nowMs)
      const retryMs = this.fetcher.send(nowMs)
      assert(retryMs >= nowMs, 'a retry lies ahead')
      if (this.source.begin()) {
        assert(this.source.position !== null, 'what is in hand is of a partition')
        // The piece is in hand, so what comes behind it can be fetched.
        this.fetcher.send(nowMs)
        return true
      }
      this.#throwFailures()
      nowMs = this.nowMs()
      if (nowMs >= untilMs) return false
      const dueMs = Math.min(untilMs, retryMs, this.positions.nextRetryMs(nowMs))
      // A look at least so often: metadata may have changed without news.
      await this.signal.wait(Math.min(dueMs - nowMs, lookMs))
    }
  }

  /** Whether offsets have to be committed, or partitions handed over, before the next record. */
  isDue(nowMs: number): boolean {
    return this.needsAttention || this.#driver?.needsPoll === true || this.commits.isDue(nowMs)
  }

  /** Looks up where a partition stands, if that is not known. */
  async findPosition(position: PartitionPosition, timeoutMs: number): Promise<void> {
    const untilMs = this.nowMs() + timeoutMs
    while (position.position < 0 || position.state === 'resetting') {
      const nowMs = this.nowMs()
      this.cluster.topic(position.topic)
      this.#lookups.start(nowMs)
      this.#lookups.throwFailure()
      if (nowMs >= untilMs) {
        throw new TimeoutError(`${keyOf(position)} has no position after ${timeoutMs} ms.`)
      }
      await this.signal.wait(Math.min(untilMs - nowMs, lookMs))
      if (this.#isClosed) throw new ClosedError('The consumer is closed.')
    }
  }

  /** Ends everything. Who waits is woken. */
  async close(timeoutMs: number, whenIdle: Promise<unknown>): Promise<void> {
    assert(!this.#isClosed, 'a consumer is closed once')
    this.#isClosed = true
    this.attend()
    let failure: unknown = null
    const { waits } = this.cluster.environment
    let timer: TimerHandle | undefined
    const timeOut = new Promise<void>((resolve) => {
      timer = waits.setTimeout(resolve, timeoutMs)
    })
    try {
      // A handler or a hook that hangs must not keep the consumer from its end.
      await Promise.race([this.#handOverAtEnd(whenIdle, timeoutMs), timeOut])
    } catch (error) {
      failure = error
    }
    waits.clear(timer)
    // The time was over before the group was left: no heartbeat may keep the membership.
    void this.#driver?.leave()
    this.#driver = null
    this.fetcher.close()
    this.#lookups.close()
    this.#endWatch()
    this.cluster.close()
    if (failure !== null) throw failure
  }

  async #handOverAtEnd(whenIdle: Promise<unknown>, timeoutMs: number): Promise<void> {
    await whenIdle
    await (this.#driver === null ? this.commits.atEnd(timeoutMs) : this.unsubscribe())
  }

  #newDriver(groupId: string): GroupDriver {
    const { settings } = this
    const { random } = this.cluster.environment
    const options = {
      groupId,
      groupInstanceId: settings.groupInstanceId,
      rackId: settings.rackId,
      sessionTimeoutMs: settings.sessionTimeoutMs,
      heartbeatIntervalMs: settings.heartbeatIntervalMs,
      maxPollIntervalMs: settings.maxPollIntervalMs,
      requestTimeoutMs: settings.requestTimeoutMs,
      backoffMs: (failures: number) => backoffMs(settings.retryBackoff, failures, random),
    }
    const member = new GroupMember(options, new MemberProtocol(settings.partitionAssignors))
    assert(this.#driver === null, 'a consumer is one member')
    const driver = new GroupDriver(this.cluster, member, options, () => this.attend())
    let records = 0
    driver.onTick = () => {
      // Records were handed out without the loop: the application is alive.
      assert(this.source.records >= records, 'what was handed out is not taken back')
      if (this.source.records !== records) member.handedOutSince(this.nowMs())
      records = this.source.records
    }
    return driver
  }

  #topicsChanged(): void {
    const subscription = this.#subscription
    if (subscription === null || this.#driver === null) return
    for (const topic of subscription.topics) this.cluster.topic(topic)
    if (!subscription.update(this.#knownTopics())) return
    this.#driver.member.subscribe(subscription.topics, this.nowMs())
    this.#driver.drive()
    this.attend()
  }

  #knownTopics(): { name: string; isInternal: boolean; partitionsCount: number }[] {
    return [...this.cluster.metadata.topics.values()].map(({ name, isInternal, partitions }) => ({
      name,
      isInternal,
      partitionsCount: partitions.length,
    }))
  }

  #endWatch(): void {
    for (const end of this.#endUpdates.splice(0)) end()
  }

  #throwIfWoken(): void {
    if (!this.#isWoken) return
    this.#isWoken = false
    throw new ClosedError('The wait for records was ended by wakeup().')
  }

  #throwFailures(): void {
    this.fetcher.throwFailure()
    this.#lookups.throwFailure()
  }

  async #handOver(): Promise<void> {
    const driver = this.#driver
    let failure: unknown = null
    for (let next = driver?.poll(); driver !== null && next !== undefined; next = driver.poll()) {
      try {
        failure = (await this.#apply(next)) ?? failure
      } finally {
        // Whatever went wrong: the group waits for the member.
        if (this.#driver === driver) driver.done(next)
      }
      if (this.#driver !== driver) break
    }
    if (failure !== null) throw failure
  }

  #assigned(): TopicPartition[] {
    return [...this.positions.all].map(({ topic, partition }) => ({ topic, partition }))
  }

  /** Returns what a hook threw, or null. */
  async #apply(change: HandOver): Promise<unknown> {
    const isLost = change.kind === 'prepare' && change.isLost
    // Who lost his membership has nothing, even what he was about to get when that happened.
    const revoked = isLost ? this.#assigned() : change.revoked
    let failure: unknown = null
    if (revoked.length > 0) await this.beforeHandOver(revoked)
    if (!isLost) {
      const own = change.kind === 'apply' ? [...change.assigned, ...revoked] : this.#assigned()
      failure = await this.commits.beforeHandOver(own)
    }
    if (revoked.length > 0) {
      const { onPartitionsRevoked, onPartitionsLost } = this.#hooks
      const hook = isLost ? (onPartitionsLost ?? onPartitionsRevoked) : onPartitionsRevoked
      const thrown = await this.#callHook(() => hook?.call(this.#hooks, revoked))
      failure = thrown ?? failure
    }
    if (change.kind === 'prepare') {
      const gone = new Set(revoked.map(keyOf))
      assert(gone.size === revoked.length, 'a partition is given up once')
      this.positions.assign([...this.positions.all].filter((one) => !gone.has(keyOf(one))))
      assert(!revoked.some((one) => this.positions.get(one)), 'what is given up is not kept')
      this.#tell([], revoked, isLost)
      return failure
    }
    assert(!isLost, 'what is assigned is not lost')
    this.#rebalances++
    this.positions.assign(change.assigned)
    for (const { topic } of change.assigned) this.cluster.topic(topic)
    const added = await this.#callHook(() => this.#hooks.onPartitionsAssigned?.(change.added))
    this.#tell(change.added, revoked, false)
    return failure ?? added
  }

  #tell(
    assigned: readonly TopicPartition[],
    revoked: readonly TopicPartition[],
    isLost: boolean,
  ): void {
    const { clientId, groupId } = this.settings
    const { memberId = '', generationId = -1 } = this.member ?? {}
    assert(groupId !== null, 'partitions change hands in a group')
    tellRebalance({ clientId, groupId, memberId, generationId, assigned, revoked, isLost })
  }

  async #callHook(hook: () => void | Promise<void> | undefined): Promise<unknown> {
    try {
      await hook()
      return null
    } catch (error) {
      return error
    }
  }
}

/** What was handed out of the partition is processed. */
export function settlePosition(position: PartitionPosition): void {
  position.processed = position.position
  position.processedEpoch = position.positionEpoch
}
