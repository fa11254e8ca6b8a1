/**
 * The group APIs of one broker: finds the shard of a group, checks what does not depend on the
 * group's state, and turns requests into steps and results into responses. Every method resolves
 * with the response; it rejects only on a failure of ours.
 */
import { assert } from '../../base/assert.ts'
import type { Clock, TimerHandle, Timers } from '../../base/clock.ts'
import type { Random } from '../../base/random.ts'
import { ErrorCode } from '../../protocol/error-codes.ts'
import type {
  OffsetCommitRequest,
  OffsetCommitResponseInput,
} from '../../protocol/generated/08-offset-commit.ts'
import type {
  OffsetFetchRequest,
  OffsetFetchResponseInput,
} from '../../protocol/generated/09-offset-fetch.ts'
import type {
  JoinGroupRequest,
  JoinGroupResponseInput,
} from '../../protocol/generated/11-join-group.ts'
import type {
  HeartbeatRequest,
  HeartbeatResponseInput,
} from '../../protocol/generated/12-heartbeat.ts'
import type {
  LeaveGroupRequest,
  LeaveGroupResponseInput,
} from '../../protocol/generated/13-leave-group.ts'
import type {
  SyncGroupRequest,
  SyncGroupResponseInput,
} from '../../protocol/generated/14-sync-group.ts'
import type {
  DescribedGroupInput,
  DescribeGroupsRequest,
  DescribeGroupsResponseInput,
} from '../../protocol/generated/15-describe-groups.ts'
import type {
  ListGroupsRequest,
  ListGroupsResponseInput,
} from '../../protocol/generated/16-list-groups.ts'
import type {
  DeleteGroupsRequest,
  DeleteGroupsResponseInput,
} from '../../protocol/generated/42-delete-groups.ts'
import type { PartitionLog } from '../../storage/log-store.ts'
import { coordinatorPartition } from './coordinator-partition.ts'
import { describeGroup, listedGroup } from './describe.ts'
import { type JoinResult, refusedJoin, refusedSync, type SyncResult } from './effects.ts'
import { expireOffsets } from './expiry.ts'
import { join } from './join.ts'
import { commitOffsets, fetchOffsets, type TopicNames } from './offset-requests.ts'
import { GroupShard } from './shard.ts'
import { heartbeat, leave, sync } from './sync.ts'

/** Broker configs of groups; times in milliseconds. */
export interface GroupConfig {
  readonly minSessionTimeoutMs: number
  readonly maxSessionTimeoutMs: number
  readonly initialRebalanceDelayMs: number
  readonly maxSize: number
  readonly offsetsRetentionMs: number
  readonly offsetsRetentionCheckIntervalMs: number
  /** `offset.metadata.max.bytes`. */
  readonly offsetMetadataMaxBytes: number
  /** `offsets.topic.num.partitions`. */
  readonly offsetsTopicPartitions: number
}

/** What a coordinator works with. */
export interface GroupCoordinatorOptions {
  /** The log of a partition of `__consumer_offsets`; undefined while the topic does not exist. */
  readonly log: (partition: number) => PartitionLog | undefined
  readonly topics: TopicNames
  readonly config: GroupConfig
  readonly clock: Clock
  readonly timers: Timers
  readonly random: Random
}

interface LoadedShard {
  readonly log: PartitionLog
  readonly shard: Promise<GroupShard>
}

/** What the connection says about the caller. */
export interface GroupCaller {
  readonly version: number
  readonly clientId: string
  readonly clientHost: string
}

/** See the head of this file. All calls are on the Node thread. */
export class GroupCoordinator {
  readonly #options: GroupCoordinatorOptions
  readonly #shards = new Map<number, LoadedShard>()
  #expiryTimer: TimerHandle | undefined
  #closed = false

  constructor(options: GroupCoordinatorOptions) {
    const { offsetsTopicPartitions, offsetsRetentionCheckIntervalMs } = options.config
    assert(offsetsTopicPartitions > 0, 'every group has a partition')
    assert(offsetsRetentionCheckIntervalMs > 0, 'time passes between two checks of the retention')
    this.#options = options
    this.#scheduleExpiry()
  }

  /** Loads every partition that exists, so that sessions of restored members begin to run. */
  async loadAll(): Promise<void> {
    const { config } = this.#options
    const all = Array.from({ length: config.offsetsTopicPartitions }, (_, partition) => partition)
    await Promise.all(all.map((partition) => this.#shard(partition)))
  }

  /** JoinGroup 0 to 9. The answer comes when the join phase ends. */
  async joinGroup(request: JoinGroupRequest, caller: GroupCaller): Promise<JoinGroupResponseInput> {
    const { config, random } = this.#options
    const { groupId, memberId, sessionTimeoutMs } = request
    if (groupId === '') return refusedJoin(ErrorCode.INVALID_GROUP_ID, memberId)
    if (
      sessionTimeoutMs < config.minSessionTimeoutMs ||
      sessionTimeoutMs > config.maxSessionTimeoutMs
    ) {
      return refusedJoin(ErrorCode.INVALID_SESSION_TIMEOUT, memberId)
    }
    const shard = await this.#shardOf(groupId)
    if (shard === undefined) return refusedJoin(ErrorCode.COORDINATOR_NOT_AVAILABLE, memberId)
    const known = shard.groups.get(groupId)
    if (known === undefined && memberId !== '') {
      return refusedJoin(ErrorCode.UNKNOWN_MEMBER_ID, memberId)
    }
    const group = known ?? shard.obtain(groupId)
    const prefix = request.groupInstanceId ?? caller.clientId
    return await new Promise<JoinResult>((resolve) => {
      const step = {
        memberId,
        groupInstanceId: request.groupInstanceId,
        clientId: caller.clientId,
        clientHost: caller.clientHost,
        sessionTimeoutMs,
        rebalanceTimeoutMs:
          request.rebalanceTimeoutMs < 0 ? sessionTimeoutMs : request.rebalanceTimeoutMs,
        protocolType: request.protocolType,
        // The request's bytes are a view of its frame; the group keeps them longer.
        protocols: request.protocols.map(({ name, metadata }) => ({
          name,
          metadata: metadata.slice(),
        })),
        requiresKnownId: caller.version >= 4,
        knowsSkipAssignment: caller.version >= 9,
        newMemberId: `${prefix}-${random.uuid()}`,
        to: { resolve },
      }
      shard.run(group, (now, wallNow) => join(group, step, now, wallNow))
    })
  }

  /** SyncGroup 0 to 5. The answer comes when the leader's assignment is committed. */
  async syncGroup(
    request: SyncGroupRequest,
    _caller: GroupCaller,
  ): Promise<SyncGroupResponseInput> {
    if (request.groupId === '') return refusedSync(ErrorCode.INVALID_GROUP_ID)
    const shard = await this.#shardOf(request.groupId)
    if (shard === undefined) return refusedSync(ErrorCode.COORDINATOR_NOT_AVAILABLE)
    const group = shard.groups.get(request.groupId)
    if (group === undefined) return refusedSync(ErrorCode.UNKNOWN_MEMBER_ID)
    const assignments = new Map(
      request.assignments.map(({ memberId, assignment }) => [memberId, assignment.slice()]),
    )
    return await new Promise<SyncResult>((resolve) => {
      const step = { ...request, assignments, to: { resolve } }
      shard.run(group, (now) => sync(group, step, now))
    })
  }

  /** Heartbeat 0 to 4. */
  async heartbeat(
    request: HeartbeatRequest,
    _caller: GroupCaller,
  ): Promise<HeartbeatResponseInput> {
    if (request.groupId === '') return { errorCode: ErrorCode.INVALID_GROUP_ID }
    const shard = await this.#shardOf(request.groupId)
    if (shard === undefined) return { errorCode: ErrorCode.COORDINATOR_NOT_AVAILABLE }
    const group = shard.groups.get(request.groupId)
    if (group === undefined) return { errorCode: ErrorCode.UNKNOWN_MEMBER_ID }
    return { errorCode: heartbeat(group, request, this.#options.clock.monotonicMs()) }
  }

  /** LeaveGroup 0 to 5; one member up to version 2, several from 3 on. */
  async leaveGroup(
    request: LeaveGroupRequest,
    caller: GroupCaller,
  ): Promise<LeaveGroupResponseInput> {
    if (request.groupId === '') return { errorCode: ErrorCode.INVALID_GROUP_ID }
    const shard = await this.#shardOf(request.groupId)
    if (shard === undefined) return { errorCode: ErrorCode.COORDINATOR_NOT_AVAILABLE }
    const single = caller.version <= 2
    const leavers = single
      ? [{ memberId: request.memberId, groupInstanceId: null }]
      : request.members
    const group = shard.groups.get(request.groupId)
    let codes: readonly number[] = leavers.map(() => ErrorCode.UNKNOWN_MEMBER_ID)
    if (group !== undefined) {
      shard.run(group, (now, wallNow) => {
        const left = leave(group, leavers, now, wallNow)
        codes = left.codes
        return left.effects
      })
    }
    assert(codes.length === leavers.length, 'whoever leaves is answered')
    if (single) return { errorCode: codes[0] ?? ErrorCode.NONE }
    return {
      errorCode: ErrorCode.NONE,
      members: leavers.map(({ memberId, groupInstanceId }, index) => ({
        memberId,
        groupInstanceId,
        errorCode: codes[index] ?? ErrorCode.NONE,
      })),
    }
  }

  /** OffsetCommit 2 to 10. The answer comes when the offsets are committed. */
  async offsetCommit(
    request: OffsetCommitRequest,
    caller: GroupCaller,
  ): Promise<OffsetCommitResponseInput> {
    const shard = request.groupId === '' ? undefined : await this.#shardOf(request.groupId)
    const { config, clock, topics } = this.#options
    return commitOffsets(shard, request, {
      version: caller.version,
      metadataBytesMax: config.offsetMetadataMaxBytes,
      now: clock.monotonicMs(),
      wallNow: clock.now(),
      topics,
    })
  }

  /** OffsetFetch 1 to 10; one group up to version 7, several from 8 on. */
  async offsetFetch(
    request: OffsetFetchRequest,
    caller: GroupCaller,
  ): Promise<OffsetFetchResponseInput> {
    const ids = caller.version >= 8 ? request.groups.map((one) => one.groupId) : [request.groupId]
    const shards = new Map<string, GroupShard | undefined>()
    for (const id of ids) shards.set(id, id === '' ? undefined : await this.#shardOf(id))
    return fetchOffsets(shards, request, caller.version, this.#options.topics)
  }

  /** DescribeGroups 0 to 6. */
  async describeGroups(
    request: DescribeGroupsRequest,
    caller: GroupCaller,
  ): Promise<DescribeGroupsResponseInput> {
    const groups: DescribedGroupInput[] = []
    for (const groupId of request.groups) {
      const shard = await this.#shardOf(groupId)
      groups.push(describeGroup(groupId, shard?.groups.get(groupId), caller.version))
    }
    return { groups }
  }

  /** ListGroups 0 to 5. */
  async listGroups(request: ListGroupsRequest): Promise<ListGroupsResponseInput> {
    await this.loadAll()
    const states = new Set(request.statesFilter.map((state) => state.toLowerCase()))
    const types = new Set(request.typesFilter.map((type) => type.toLowerCase()))
    const groups = []
    for (const shard of await this.#loadedShards()) {
      for (const group of shard.groups.values()) {
        const wanted = states.size === 0 || states.has(group.state.toLowerCase())
        if (wanted && (types.size === 0 || types.has('classic'))) groups.push(listedGroup(group))
      }
    }
    return { errorCode: ErrorCode.NONE, groups }
  }

  /** DeleteGroups 0 to 3. */
  async deleteGroups(request: DeleteGroupsRequest): Promise<DeleteGroupsResponseInput> {
    const results = []
    for (const groupId of request.groupsNames) {
      results.push({ groupId, errorCode: await this.#deleteGroup(groupId) })
    }
    return { throttleTimeMs: 0, results }
  }

  async #deleteGroup(groupId: string): Promise<number> {
    if (groupId === '') return ErrorCode.INVALID_GROUP_ID
    const shard = await this.#shardOf(groupId)
    const group = shard?.groups.get(groupId)
    if (shard === undefined || group === undefined) return ErrorCode.GROUP_ID_NOT_FOUND
    if (group.members.size > 0 || group.state !== 'Empty') return ErrorCode.NON_EMPTY_GROUP
    return await shard.drop(group)
  }

  /**
   * Topics were deleted: what was committed for them is forgotten. Resolves when that is written,
   * and rejects when not all shards could be read; those that could have forgotten it then.
   */
  async forgetTopics(names: ReadonlySet<string>): Promise<void> {
    const loading = this.loadAll()
    await loading.catch(() => undefined)
    for (const shard of await this.#loadedShards()) {
      for (const groupId of [...shard.offsets.groups()]) {
        await shard.write(shard.tombstones(groupId, names))
      }
    }
    await loading
  }

  /** No timer fires after this. Parked joins and syncs end with their connections. */
  async close(): Promise<void> {
    this.#closed = true
    if (this.#expiryTimer !== undefined) this.#options.timers.clear(this.#expiryTimer)
    for (const shard of await this.#loadedShards()) shard.close()
  }

  #shardOf(groupId: string): Promise<GroupShard | undefined> {
    const { offsetsTopicPartitions } = this.#options.config
    return this.#shard(coordinatorPartition(groupId, offsetsTopicPartitions))
  }

  async #shard(partition: number): Promise<GroupShard | undefined> {
    const { offsetsTopicPartitions } = this.#options.config
    assert(partition >= 0 && partition < offsetsTopicPartitions, 'a shard is of the offsets topic')
    const log = this.#options.log(partition)
    if (log === undefined || this.#closed) return undefined
    let loaded = this.#shards.get(partition)
    // Another log under the same number: the topic was deleted and made anew.
    if (loaded !== undefined && loaded.log !== log) {
      this.#shards.delete(partition)
      loaded.shard.then((old) => old.close()).catch(() => undefined)
      loaded = undefined
    }
    if (loaded === undefined) {
      const { clock, timers, config } = this.#options
      loaded = { log, shard: GroupShard.load({ log, settings: config, clock, timers }) }
      this.#shards.set(partition, loaded)
      // A log that could not be read may be readable later: the next request tries again.
      loaded.shard.catch(() => this.#shards.delete(partition))
    }
    return await loaded.shard
  }

  /** The shards that are loaded; one that cannot be read is left out. */
  async #loadedShards(): Promise<GroupShard[]> {
    const settled = await Promise.allSettled([...this.#shards.values()].map((one) => one.shard))
    return settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  }

  #scheduleExpiry(): void {
    assert(!this.#closed, 'a closed coordinator sets no timer')
    const { timers, config } = this.#options
    this.#expiryTimer = timers.setTimeout(() => {
      void this.#expire().finally(() => {
        if (!this.#closed) this.#scheduleExpiry()
      })
    }, config.offsetsRetentionCheckIntervalMs)
  }

  async #expire(): Promise<void> {
    const { clock, config } = this.#options
    for (const shard of await this.#loadedShards()) {
      await expireOffsets(shard, config.offsetsRetentionMs, clock.now())
    }
  }
}
