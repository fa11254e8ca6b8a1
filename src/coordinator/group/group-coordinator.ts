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
import type {
  OffsetDeleteRequest,
  OffsetDeleteResponseInput,
} from '../../protocol/generated/47-offset-delete.ts'
import type { PartitionLog } from '../../storage/log-store.ts'
import { describeGroup, listedForeignGroup, listedGroup, uncoordinatedGroup } from './describe.ts'
import { type JoinResult, refusedJoin, refusedSync, type SyncResult } from './effects.ts'
import { expireOffsets } from './expiry.ts'
import { GroupShards } from './group-shards.ts'
import { join } from './join.ts'
import { deleteOffsets } from './offset-deletion.ts'
import { commitOffsets, fetchOffsets, type TopicNames } from './offset-requests.ts'
import type { GroupShard } from './shard.ts'
import { heartbeat, leave, sync } from './sync.ts'

/** Broker configs of groups; times in milliseconds. */
export interface GroupConfig {
  readonly minSessionTimeoutMs: number
  readonly maxSessionTimeoutMs: number
  readonly initialRebalanceDelayMs: number
  readonly maxSize: number
  /** The longest session of a member of a group of another type. */
  readonly foreignSessionTimeoutMs: number
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
  /** Told why the groups of a partition cannot be read, each time that it was tried. */
  readonly onUnreadable: (cause: unknown) => void
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
  readonly #shards: GroupShards
  #expiryTimer: TimerHandle | undefined
  #closed = false

  constructor(options: GroupCoordinatorOptions) {
    const { config } = options
    const isTimed = config.offsetsRetentionCheckIntervalMs > 0
    assert(isTimed, 'time passes between two checks of the retention')
    this.#options = options
    this.#shards = new GroupShards({
      ...options,
      partitions: config.offsetsTopicPartitions,
      settings: config,
    })
    this.#scheduleExpiry()
  }

  /** Loads every partition that exists, so that sessions of restored members begin to run. */
  async loadAll(): Promise<void> {
    await this.#shards.loadAll()
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
    const shard = await this.#shards.of(groupId)
    if (shard === undefined) return refusedJoin(ErrorCode.NOT_COORDINATOR, memberId)
    const foreign = await this.#replaceForeign(shard, groupId, memberId)
    if (foreign !== ErrorCode.NONE) return refusedJoin(foreign, '')
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

  /** A classic group may take the place of an empty one of another type, as in Apache Kafka. */
  async #replaceForeign(shard: GroupShard, groupId: string, memberId: string): Promise<number> {
    const group = shard.foreignGroup(groupId)
    if (group === undefined) return ErrorCode.NONE
    const now = this.#options.clock.monotonicMs()
    const refusal = shard.foreign.joinRefusal(group, memberId, now)
    return refusal === ErrorCode.NONE ? await shard.dropForeign(group, { offsets: false }) : refusal
  }

  /** SyncGroup 0 to 5. The answer comes when the leader's assignment is committed. */
  async syncGroup(
    request: SyncGroupRequest,
    { version }: GroupCaller,
  ): Promise<SyncGroupResponseInput> {
    const { protocolType, protocolName } = request
    if (version >= 5 && (protocolType === null || protocolName === null)) {
      return refusedSync(ErrorCode.INCONSISTENT_GROUP_PROTOCOL)
    }
    if (request.groupId === '') return refusedSync(ErrorCode.INVALID_GROUP_ID)
    const shard = await this.#shards.of(request.groupId)
    if (shard === undefined) return refusedSync(ErrorCode.NOT_COORDINATOR)
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
    const shard = await this.#shards.of(request.groupId)
    if (shard === undefined) return { errorCode: ErrorCode.NOT_COORDINATOR }
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
    const shard = await this.#shards.of(request.groupId)
    if (shard === undefined) return { errorCode: ErrorCode.NOT_COORDINATOR }
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
    // Old clients that manage their partitions themselves may have no name for their group.
    const shard = await this.#shards.of(request.groupId)
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
    for (const id of ids) shards.set(id, await this.#shards.of(id))
    return fetchOffsets(shards, request, caller.version, this.#options.topics)
  }

  /** DescribeGroups 0 to 6. */
  async describeGroups(
    request: DescribeGroupsRequest,
    caller: GroupCaller,
  ): Promise<DescribeGroupsResponseInput> {
    const groups: DescribedGroupInput[] = []
    for (const groupId of request.groups) {
      const shard = await this.#shards.of(groupId)
      if (shard === undefined) {
        groups.push(uncoordinatedGroup(groupId))
        continue
      }
      const group = shard.groups.get(groupId) ?? shard.foreign.get(groupId)
      groups.push(describeGroup(groupId, group, caller.version))
    }
    return { groups }
  }

  /** ListGroups 0 to 5. */
  async listGroups(request: ListGroupsRequest): Promise<ListGroupsResponseInput> {
    const isComplete = await this.#shards.loadAll()
    const states = new Set(request.statesFilter.map((state) => state.toLowerCase()))
    const types = new Set(request.typesFilter.map((type) => type.toLowerCase()))
    const now = this.#options.clock.monotonicMs()
    const all = (await this.#shards.loaded()).flatMap((shard) => [
      ...[...shard.groups.values()].map(listedGroup),
      ...shard.foreignGroups().map((one) => {
        return listedForeignGroup(one, shard.foreign.isEmpty(one, now))
      }),
    ])
    const groups = all.filter(({ groupState, groupType }) => {
      const isWanted = states.size === 0 || states.has(groupState.toLowerCase())
      return isWanted && (types.size === 0 || types.has(groupType))
    })
    // A list without those that nobody could read would tell that they are gone.
    return { errorCode: isComplete ? ErrorCode.NONE : ErrorCode.COORDINATOR_NOT_AVAILABLE, groups }
  }

  /** OffsetDelete 0. The answer comes when that is committed. */
  async offsetDelete(request: OffsetDeleteRequest): Promise<OffsetDeleteResponseInput> {
    const shard = await this.#shards.of(request.groupId)
    const { clock, topics } = this.#options
    return await deleteOffsets(shard, request, topics, clock.monotonicMs())
  }

  /** DeleteGroups 0 to 3. */
  async deleteGroups(request: DeleteGroupsRequest): Promise<DeleteGroupsResponseInput> {
    const results = []
    // A group that is named twice is answered once, as in Apache Kafka.
    for (const groupId of new Set(request.groupsNames)) {
      results.push({ groupId, errorCode: await this.#deleteGroup(groupId) })
    }
    return { throttleTimeMs: 0, results }
  }

  async #deleteGroup(groupId: string): Promise<number> {
    const shard = await this.#shards.of(groupId)
    if (shard === undefined) return ErrorCode.NOT_COORDINATOR
    const group = shard.groups.get(groupId)
    if (group !== undefined) {
      const isEmpty = group.members.size === 0 && group.state === 'Empty'
      return isEmpty ? await shard.drop(group) : ErrorCode.NON_EMPTY_GROUP
    }
    const foreign = shard.foreign.get(groupId)
    if (foreign === undefined) return ErrorCode.GROUP_ID_NOT_FOUND
    const refusal = shard.foreign.deleteRefusal(foreign, this.#options.clock.monotonicMs())
    return refusal === ErrorCode.NONE
      ? await shard.dropForeign(foreign, { offsets: true })
      : refusal
  }

  /**
   * Topics were deleted: what was committed for them is forgotten, and whoever waits for an answer
   * of a group whose own log went with them is told. Resolves when that is written, and rejects
   * when not all shards could be read; those that could have forgotten it then.
   */
  async forgetTopics(names: ReadonlySet<string>): Promise<void> {
    this.#shards.dropReplaced()
    const isComplete = await this.#shards.loadAll()
    for (const shard of await this.#shards.loaded()) {
      for (const groupId of [...shard.offsets.groups()]) {
        await shard.write(shard.tombstones(groupId, (topic) => names.has(topic)))
      }
    }
    if (!isComplete) throw new Error('some groups cannot be read')
  }

  /** No timer fires after this. Parked joins and syncs end with their connections. */
  async close(): Promise<void> {
    this.#closed = true
    this.#options.timers.clear(this.#expiryTimer)
    await this.#shards.close()
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
    for (const shard of await this.#shards.loaded()) {
      await expireOffsets(shard, config.offsetsRetentionMs, clock.now())
    }
  }
}
