/**
 * The shards of one broker, one for each partition of `__consumer_offsets` that it leads: loaded
 * when they are first asked for, given up when their log is another one, and not there while their
 * log cannot be read.
 */
import { assert } from '../../base/assert.ts'
import type { Clock, Timers } from '../../base/clock.ts'
import type { PartitionLog } from '../../storage/log-store.ts'
import type { GroupSettings } from './classic-group.ts'
import { coordinatorPartition } from './coordinator-partition.ts'
import { GroupShard } from './shard.ts'

/** What the shards work with. */
export interface GroupShardsOptions {
  /** The log of a partition of `__consumer_offsets`; undefined while it is not led here. */
  readonly log: (partition: number) => PartitionLog | undefined
  readonly partitions: number
  readonly settings: GroupSettings
  readonly clock: Clock
  readonly timers: Timers
  /** Told why a log cannot be read, each time that it was tried. */
  readonly onUnreadable: (cause: unknown) => void
}

interface LoadedShard {
  readonly log: PartitionLog
  /** Undefined: the log could not be read. */
  readonly shard: Promise<GroupShard | undefined>
  /** Monotonic; until then nobody reads an unreadable log again. */
  retryAt: number
}

/** A log may be as large as 100 MiB, and clients ask again many times a second; in ms. */
const retryMs = 5_000

/** See the head of this file. All calls are on the Node thread. */
export class GroupShards {
  readonly #options: GroupShardsOptions
  readonly #shards = new Map<number, LoadedShard>()
  #closed = false

  constructor(options: GroupShardsOptions) {
    assert(options.partitions > 0, 'every group has a partition')
    this.#options = options
  }

  /** The shard of a group; undefined while this broker is not its coordinator. */
  of(groupId: string): Promise<GroupShard | undefined> {
    return this.#shard(coordinatorPartition(groupId, this.#options.partitions))
  }

  /**
   * Loads every partition that is led here, so that sessions of restored members begin to run.
   * Resolves with whether all of them could be read.
   */
  async loadAll(): Promise<boolean> {
    const all = Array.from({ length: this.#options.partitions }, (_, partition) => partition)
    const shards = await Promise.all(all.map((partition) => this.#shard(partition)))
    return shards.every((shard, partition) => {
      return shard !== undefined || this.#options.log(partition) === undefined
    })
  }

  /** The shards that are loaded. */
  async loaded(): Promise<GroupShard[]> {
    const shards = await Promise.all([...this.#shards.values()].map(({ shard }) => shard))
    return shards.filter((shard) => shard !== undefined)
  }

  /** Gives up the shards whose log is another one by now: whoever waits there is told. */
  dropReplaced(): void {
    for (const [partition, { log }] of this.#shards) {
      if (this.#options.log(partition) !== log) this.#drop(partition)
    }
  }

  /** No timer fires after this. Parked joins and syncs end with their connections. */
  async close(): Promise<void> {
    this.#closed = true
    for (const shard of await this.loaded()) shard.close()
  }

  async #shard(partition: number): Promise<GroupShard | undefined> {
    assert(partition >= 0 && partition < this.#options.partitions, 'a shard is of the topic')
    const { clock } = this.#options
    const log = this.#options.log(partition)
    if (log === undefined || this.#closed) return undefined
    const known = this.#shards.get(partition)
    if (known !== undefined) {
      if (known.log === log && clock.monotonicMs() < known.retryAt) return await known.shard
      // Another log under the same number: the topic was deleted and made anew.
      this.#drop(partition)
    }
    const loaded: LoadedShard = { log, shard: this.#load(log, () => loaded), retryAt: Infinity }
    this.#shards.set(partition, loaded)
    return await loaded.shard
  }

  async #load(log: PartitionLog, entry: () => LoadedShard): Promise<GroupShard | undefined> {
    const { clock, timers, settings, onUnreadable } = this.#options
    try {
      return await GroupShard.load({ log, settings, clock, timers })
    } catch (error) {
      entry().retryAt = clock.monotonicMs() + retryMs
      onUnreadable(error)
      return undefined
    }
  }

  #drop(partition: number): void {
    const loaded = this.#shards.get(partition)
    assert(loaded !== undefined, 'only a shard that is there is given up')
    this.#shards.delete(partition)
    void loaded.shard.then((shard) => shard?.resign())
  }
}
