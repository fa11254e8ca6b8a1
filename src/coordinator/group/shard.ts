/**
 * The groups of one partition of `__consumer_offsets`: runs steps of their state machines, gives
 * the answers, writes the records, and sets the timers that the machines ask for.
 */
import { assert } from '../../base/assert.ts'
import type { Clock, TimerHandle, Timers } from '../../base/clock.ts'
import { ErrorCode } from '../../protocol/error-codes.ts'
import type { GroupMetadataValue } from '../../protocol/generated/record/group.ts'
import { encodeGroupRecord, type GroupRecordInput } from '../../protocol/group-record.ts'
import type { PartitionLog } from '../../storage/log-store.ts'
import { LogWriter } from '../log-writer.ts'
import { ClassicGroup, type GroupSettings } from './classic-group.ts'
import { nextDeadline, tick } from './deadlines.ts'
import {
  type Effects,
  type JoinResult,
  noEffects,
  refusedJoin,
  type SyncResult,
} from './effects.ts'
import { type ForeignGroup, ForeignGroups, tombstoneKeys } from './foreign-groups.ts'
import { OffsetTable } from './offsets.ts'
import { replayLog } from './replay.ts'

/** Where a parked join or sync is answered: what the shard puts into a step as its `to`. */
export interface Answer<Result> {
  resolve(result: Result): void
}

/** What a shard works with. */
export interface ShardOptions {
  readonly log: PartitionLog
  readonly settings: GroupSettings
  readonly clock: Clock
  readonly timers: Timers
}

/** Version of group records: the one that every Kafka since 2.3 reads. */
const groupRecordVersion = 3

/** See the head of this file. All calls are on the Node thread. */
export class GroupShard {
  readonly offsets: OffsetTable = new OffsetTable()
  /** Invariant: no id is that of a group in `foreign`, except where the log has both. */
  readonly groups: Map<string, ClassicGroup> = new Map()
  readonly foreign: ForeignGroups
  readonly #options: ShardOptions
  readonly #writer: LogWriter
  readonly #timers = new Map<string, ArmedTimer>()
  #closed = false

  private constructor(options: ShardOptions) {
    this.#options = options
    const { clock, settings } = options
    this.foreign = new ForeignGroups(clock.monotonicMs() + settings.foreignSessionTimeoutMs)
    this.#writer = new LogWriter(options.log, options.clock)
  }

  /** Replays the partition's log. Rejects when it cannot be read. */
  static async load(options: ShardOptions): Promise<GroupShard> {
    const shard = new GroupShard(options)
    const stored = new Map<string, GroupMetadataValue>()
    const { offsets, foreign } = shard
    await replayLog(options.log, { offsets, foreign, groups: stored })
    const now = options.clock.monotonicMs()
    for (const [groupId, value] of stored) {
      const group = ClassicGroup.restore(groupId, options.settings, value, now)
      shard.groups.set(groupId, group)
      shard.#arm(group)
    }
    // Offsets without a group record: committed by clients that manage their partitions themselves.
    for (const groupId of offsets.groups()) {
      const isKnown = shard.groups.has(groupId) || foreign.get(groupId) !== undefined
      if (!isKnown) shard.#create(groupId)
    }
    return shard
  }

  /** The group of another type that has this id, unless a classic group has it. */
  foreignGroup(groupId: string): ForeignGroup | undefined {
    return this.groups.has(groupId) ? undefined : this.foreign.get(groupId)
  }

  /** The groups of other types whose ids no classic group has. */
  foreignGroups(): ForeignGroup[] {
    return this.foreign.values().filter(({ groupId }) => !this.groups.has(groupId))
  }

  /**
   * Removes all records of a group of another type, and with `offsets` what it committed as well.
   * Resolves with an error code when that is committed.
   */
  async dropForeign(
    group: ForeignGroup,
    { offsets }: { readonly offsets: boolean },
  ): Promise<number> {
    const tombstones = tombstoneKeys(group).map((key) => ({ key, value: null }))
    const code = await this.#writer.write(tombstones)
    if (code !== ErrorCode.NONE) return code
    this.foreign.delete(group.groupId)
    return offsets ? await this.write(this.tombstones(group.groupId)) : code
  }

  /** The group, created empty if there is none. */
  obtain(groupId: string): ClassicGroup {
    return this.groups.get(groupId) ?? this.#create(groupId)
  }

  #create(groupId: string): ClassicGroup {
    assert(this.foreignGroup(groupId) === undefined, 'an id is of one group')
    assert(!this.groups.has(groupId), 'a group is made once')
    const { settings, clock } = this.#options
    const group = new ClassicGroup(groupId, settings, clock.now())
    this.groups.set(groupId, group)
    return group
  }

  /** Runs one step of a group and does what it asks for. */
  run(group: ClassicGroup, step: (now: number, wallNow: number) => Effects): void {
    assert(this.groups.get(group.groupId) === group, 'steps are of groups of this shard')
    const { clock } = this.#options
    this.#perform(group, step(clock.monotonicMs(), clock.now()))
    this.#arm(group)
  }

  #perform(group: ClassicGroup, effects: Effects): void {
    group.assertConsistent()
    const { persist } = effects
    if (persist === undefined) {
      answer(effects)
      return
    }
    assert(persist.generation === group.generation, 'the present generation is written')
    const records = [this.#groupRecord(group)]
    if (persist.assigned) answer(effects)
    void this.write(records).then((code) => {
      // An answer that tells of a written change waits until the change is committed.
      if (!persist.assigned) answer(code === ErrorCode.NONE ? effects : unwritten(effects, code))
      // A dead group has no timer, and its id may be that of another group by now.
      if (this.#closed || group.state === 'Dead') return
      const { clock } = this.#options
      const now = clock.monotonicMs()
      this.#perform(group, group.persisted(persist.generation, code, now, clock.now()))
      this.#arm(group)
    })
  }

  #groupRecord(group: ClassicGroup): GroupRecordInput {
    return {
      name: 'GroupMetadata',
      key: { group: group.groupId },
      version: groupRecordVersion,
      value: group.record(group.writing),
    }
  }

  /**
   * Writes records and, once they are committed, applies the offsets among them. Resolves with an
   * error code.
   */
  async write(records: readonly GroupRecordInput[]): Promise<number> {
    const code = await this.#writer.write(records.map(encodeGroupRecord))
    if (code !== ErrorCode.NONE) return code
    for (const record of records) {
      if (record.name === 'OffsetCommit') {
        const { key, value } = record
        const complete = value && { leaderEpoch: -1, expireTimestamp: -1, ...value }
        this.offsets.apply(key.group, key.topic, key.partition, complete ?? undefined)
      }
    }
    return code
  }

  /** Removes a group and its offsets for good; it must have no members. */
  async drop(group: ClassicGroup): Promise<number> {
    const { groupId } = group
    assert(group.members.size === 0, 'only a group without members is dropped')
    assert(this.groups.get(groupId) === group, 'a group is dropped once')
    const records = this.tombstones(groupId)
    records.push({
      name: 'GroupMetadata',
      key: { group: groupId },
      version: groupRecordVersion,
      value: null,
    })
    group.die()
    this.groups.delete(groupId)
    this.#disarm(groupId)
    const code = await this.write(records)
    if (code !== ErrorCode.NONE && !this.groups.has(groupId)) this.#create(groupId)
    return code
  }

  /** Tombstones of a group's offsets: of all, or of those that are wanted. */
  tombstones(
    groupId: string,
    isWanted: (topic: string, partition: number) => boolean = () => true,
  ): GroupRecordInput[] {
    const records: GroupRecordInput[] = []
    for (const [topic, partitions] of this.offsets.of(groupId)) {
      for (const partition of partitions.keys()) {
        if (!isWanted(topic, partition)) continue
        const key = { group: groupId, topic, partition }
        records.push({ name: 'OffsetCommit', key, version: 0, value: null })
      }
    }
    return records
  }

  /** The log is not led here any more: tells whoever waits for an answer, and closes. */
  resign(): void {
    const effects = noEffects()
    for (const group of this.groups.values()) {
      group.answerAllParked(ErrorCode.NOT_COORDINATOR, effects)
    }
    this.close()
    answer(effects)
  }

  /** No timer fires and no answer changes a group after this. */
  close(): void {
    this.#closed = true
    for (const groupId of [...this.#timers.keys()]) this.#disarm(groupId)
  }

  /** A timer that fires too early costs less than a new one for every heartbeat. */
  #arm(group: ClassicGroup): void {
    assert(this.groups.get(group.groupId) === group, 'a timer is of a group of this shard')
    const armed = this.#timers.get(group.groupId)
    const next = nextDeadline(group)
    if (armed !== undefined && armed.deadline <= next) return
    this.#disarm(group.groupId)
    if (this.#closed || next === Number.POSITIVE_INFINITY) return
    const { clock, timers } = this.#options
    const delayMs = Math.max(0, Math.ceil(next - clock.monotonicMs()))
    const handle = timers.setTimeout(() => {
      this.#timers.delete(group.groupId)
      this.run(group, (now, wallNow) => tick(group, now, wallNow))
    }, delayMs)
    this.#timers.set(group.groupId, { handle, deadline: next })
  }

  #disarm(groupId: string): void {
    const armed = this.#timers.get(groupId)
    if (armed === undefined) return
    this.#options.timers.clear(armed.handle)
    this.#timers.delete(groupId)
  }
}

interface ArmedTimer {
  readonly handle: TimerHandle
  readonly deadline: number
}

/** What is told where the change was not written: nobody joined, and whoever asks again may. */
function unwritten(effects: Effects, code: number): Effects {
  const joins = effects.joins.map(({ to, result }) =>
    result.errorCode === ErrorCode.NONE ? { to, result: refusedJoin(code, '') } : { to, result },
  )
  return { ...effects, joins }
}

function answer(effects: Effects): void {
  for (const { to, result } of effects.joins) (to as Answer<JoinResult>).resolve(result)
  for (const { to, result } of effects.syncs) (to as Answer<SyncResult>).resolve(result)
}
