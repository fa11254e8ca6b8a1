/** A group coordinator on a log in memory, with members that speak in verbs. */
import { type Random, seededRandom } from '../../../src/base/random.ts'
import {
  type GroupConfig,
  GroupCoordinator,
} from '../../../src/coordinator/group/group-coordinator.ts'
import type { JoinGroupResponseInput } from '../../../src/protocol/generated/11-join-group.ts'
import type {
  SyncGroupRequest,
  SyncGroupResponseInput,
} from '../../../src/protocol/generated/14-sync-group.ts'
import type { LogConfig, PartitionLog } from '../../../src/storage/log-store.ts'
import { createMemoryLogStore, type MemoryDisk } from '../../../src/storage/memory-log-store.ts'
import { ManualTime, settle } from '../manual-time.ts'

const logConfig: LogConfig = {
  segmentBytes: 1 << 30,
  segmentMs: Number.POSITIVE_INFINITY,
  segmentJitterMs: 0,
  segmentIndexBytes: 10 << 20,
  indexIntervalBytes: 4096,
  flushMessages: 1,
  flushMs: Number.POSITIVE_INFINITY,
  producerIdExpirationMs: 86_400_000,
  fileDeleteDelayMs: 60_000,
  maxMessageBytes: 1_048_588,
  compacted: true,
  logAppendTime: false,
  timestampBeforeMaxMs: Number.POSITIVE_INFINITY,
  timestampAfterMaxMs: Number.POSITIVE_INFINITY,
  targetCodec: -1,
  targetLevel: 0,
  openCompressed: false,
}

/** Broker defaults, except that a first rebalance does not wait. */
export const groupConfig: GroupConfig = {
  minSessionTimeoutMs: 6_000,
  maxSessionTimeoutMs: 1_800_000,
  initialRebalanceDelayMs: 0,
  maxSize: 2147483647,
  foreignSessionTimeoutMs: 45_000,
  offsetsRetentionMs: 7 * 86_400_000,
  offsetsRetentionCheckIntervalMs: 600_000,
  offsetMetadataMaxBytes: 4096,
  offsetsTopicPartitions: 1,
}

const caller = { version: 3, clientId: 'client', clientHost: '127.0.0.1' }

/** What a member says when it joins, where it is not the usual. */
export interface JoinOptions {
  readonly memberId?: string
  readonly groupInstanceId?: string | null
  readonly protocols?: readonly string[]
  readonly protocolType?: string
  /** What it says for each protocol, instead of its subscription. */
  readonly metadata?: Uint8Array
  readonly subscription?: string
  readonly version?: number
  readonly sessionTimeoutMs?: number
  readonly rebalanceTimeoutMs?: number
}

/** One broker's groups; {@link GroupFixture.restart} replays the log. */
export class GroupFixture {
  readonly time: ManualTime
  readonly coordinator: GroupCoordinator
  log: PartitionLog
  /** False while the log's topic is not there. */
  hasLog = true
  /** The topics that exist. */
  readonly topicIds: Map<string, string> = new Map([
    ['orders', 'b3JkZXJzb3JkZXJzb3JkZQ'],
    ['mail', 'bWFpbG1haWxtYWlsbWFpbA'],
  ])
  /** Why the log could not be read, each time. */
  readonly unreadable: string[] = []
  readonly #disk: MemoryDisk
  readonly #config: GroupConfig

  readonly #random: Random

  private constructor(
    time: ManualTime,
    config: GroupConfig,
    log: PartitionLog,
    disk: MemoryDisk,
    random: Random,
  ) {
    this.time = time
    this.log = log
    this.#random = random
    this.#config = config
    this.#disk = disk
    this.coordinator = new GroupCoordinator({
      log: (partition) => (partition === 0 && this.hasLog ? this.log : undefined),
      topics: {
        idOf: (name) => this.topicIds.get(name),
        partitionCount: (name) => (this.topicIds.has(name) ? 2 : 0),
        nameOf: (id) => [...this.topicIds].find(([, known]) => known === id)?.[0],
      },
      config,
      clock: time,
      timers: time,
      random,
      onUnreadable: (cause) => this.unreadable.push(String(cause)),
    })
  }

  static async start(
    config: Partial<GroupConfig> = {},
    time: ManualTime = new ManualTime(),
    disk?: MemoryDisk,
    random: Random = seededRandom(7),
  ): Promise<GroupFixture> {
    const store = createMemoryLogStore(disk === undefined ? {} : { disk })
    const id = 'X19jb25zdW1lcl9vZmZzZQ'
    const log = await store.openPartition('__consumer_offsets', 0, id, logConfig)
    log.becomeLeader(0)
    return new GroupFixture(time, { ...groupConfig, ...config }, log, store.disk, random)
  }

  async restart(): Promise<GroupFixture> {
    await this.coordinator.close()
    return await GroupFixture.start(this.#config, this.time, this.#disk, this.#random)
  }

  join(group: string, options: JoinOptions = {}): Promise<JoinGroupResponseInput> {
    const { version = 3, protocols = ['range'], subscription = 'orders' } = options
    return this.coordinator.joinGroup(
      {
        groupId: group,
        sessionTimeoutMs: options.sessionTimeoutMs ?? 10_000,
        rebalanceTimeoutMs: options.rebalanceTimeoutMs ?? 60_000,
        memberId: options.memberId ?? '',
        groupInstanceId: options.groupInstanceId ?? null,
        protocolType: options.protocolType ?? 'consumer',
        protocols: protocols.map((name) => ({
          name,
          metadata: options.metadata ?? subscribe(subscription),
        })),
        reason: null,
      },
      { ...caller, version },
    )
  }

  sync(
    group: string,
    joined: JoinGroupResponseInput,
    assignments: Readonly<Record<string, string>> = {},
    claims: Partial<SyncGroupRequest> = {},
  ): Promise<SyncGroupResponseInput> {
    return this.coordinator.syncGroup(
      {
        groupId: group,
        generationId: joined.generationId ?? -1,
        memberId: joined.memberId,
        groupInstanceId: null,
        protocolType: null,
        protocolName: null,
        ...claims,
        assignments: Object.entries(assignments).map(([memberId, text]) => ({
          memberId,
          assignment: Buffer.from(text),
        })),
      },
      caller,
    )
  }

  async heartbeat(
    group: string,
    joined: JoinGroupResponseInput,
    groupInstanceId: string | null = null,
  ): Promise<number> {
    const response = await this.coordinator.heartbeat(
      {
        groupId: group,
        generationId: joined.generationId ?? -1,
        memberId: joined.memberId,
        groupInstanceId,
      },
      caller,
    )
    return response.errorCode
  }

  async leave(group: string, memberId: string): Promise<number> {
    const request = { groupId: group, memberId, members: [] }
    return (await this.coordinator.leaveGroup(request, { ...caller, version: 2 })).errorCode
  }

  /** Commits `orders-0`; alone, or as a member of its generation. */
  async commit(
    group: string,
    offset: number,
    joined?: JoinGroupResponseInput,
    topic = 'orders',
    groupInstanceId: string | null = null,
  ): Promise<number | undefined> {
    const partition = { partitionIndex: 0, committedOffset: offset, committedLeaderEpoch: 3 }
    const response = await this.coordinator.offsetCommit(
      {
        groupId: group,
        generationIdOrMemberEpoch: joined?.generationId ?? -1,
        memberId: joined?.memberId ?? '',
        groupInstanceId,
        retentionTimeMs: -1,
        topics: [
          {
            name: topic,
            topicId: 'AAAAAAAAAAAAAAAAAAAAAA',
            partitions: [{ ...partition, committedMetadata: 'note' }],
          },
        ],
      },
      { ...caller, version: 7 },
    )
    return response.topics[0]?.partitions[0]?.errorCode
  }

  /** The committed offset of `orders-0`, -1 without one. */
  async committed(group: string, topic = 'orders'): Promise<number | undefined> {
    const topics = [{ name: topic, partitionIndexes: [0] }]
    const request = { groupId: group, topics, groups: [], requireStable: false }
    const response = await this.coordinator.offsetFetch(request, { ...caller, version: 5 })
    return response.topics?.[0]?.partitions[0]?.committedOffset
  }

  async state(group: string): Promise<string | undefined> {
    const request = { groups: [group], includeAuthorizedOperations: false }
    const response = await this.coordinator.describeGroups(request, { ...caller, version: 5 })
    return response.groups[0]?.groupState
  }

  /**
   * Leaves a group in a rebalance in which nobody is left, but somebody to whom an id was given: he
   * is the result. `options` are of all who join.
   */
  async deserted(group: string, options: JoinOptions = {}): Promise<JoinGroupResponseInput> {
    const last = await this.join(group, options)
    await this.sync(group, last, {})
    const pending = await this.join(group, { ...options, version: 4 })
    const again = this.join(group, { ...options, memberId: last.memberId })
    await settle()
    await this.leave(group, last.memberId)
    if ((await again).errorCode !== 25) throw new Error('who left is not answered')
    return pending
  }

  /** Joins and syncs members until the group is stable with them; the first one leads. */
  async stableGroup(group: string, members: number): Promise<JoinGroupResponseInput[]> {
    const ids: string[] = []
    let joined: JoinGroupResponseInput[] = []
    for (let i = 0; i < members; i++) {
      const all = [this.join(group), ...ids.map((memberId) => this.join(group, { memberId }))]
      joined = await Promise.all(all)
      ids.splice(0, ids.length, ...joined.map((one) => one.memberId))
    }
    const leader = joined[0]?.leader
    await Promise.all(
      joined.map((one) =>
        one.memberId === leader
          ? this.sync(group, one, Object.fromEntries(ids.map((id, i) => [id, `part ${i}`])))
          : this.sync(group, one),
      ),
    )
    await settle()
    return joined
  }
}

/** A ConsumerProtocolSubscription, version 0, of one topic. */
function subscribe(topic: string): Uint8Array {
  const name = Buffer.from(topic)
  const bytes = Buffer.alloc(2 + 4 + 2 + name.length + 4)
  bytes.writeInt32BE(1, 2)
  bytes.writeInt16BE(name.length, 6)
  name.copy(bytes, 8)
  bytes.writeInt32BE(-1, 8 + name.length)
  return bytes
}
