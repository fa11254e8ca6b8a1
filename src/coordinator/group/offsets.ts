/**
 * Committed offsets of all groups of one shard: what replaying the offset records gives. Pure.
 */
import { assert } from '../../base/assert.ts'

/** One committed offset. */
export interface CommittedOffset {
  readonly offset: number
  /** -1 when the client did not say. */
  readonly leaderEpoch: number
  readonly metadata: string
  /** Wall clock in ms. */
  readonly commitTimestamp: number
  /** Set by old clients only, -1: by the broker's retention. */
  readonly expireTimestamp: number
}

/** Offsets by group, topic and partition. */
export class OffsetTable {
  /** Invariant: no map in it is empty, so that {@link groups} are those that have offsets. */
  readonly #groups = new Map<string, Map<string, Map<number, CommittedOffset>>>()

  /** Applies an offset record; undefined is a tombstone. */
  apply(
    group: string,
    topic: string,
    partition: number,
    offset: CommittedOffset | undefined,
  ): void {
    if (offset === undefined) {
      this.#remove(group, topic, partition)
      return
    }
    const topics = this.#groups.get(group) ?? new Map<string, Map<number, CommittedOffset>>()
    const partitions = topics.get(topic) ?? new Map<number, CommittedOffset>()
    partitions.set(partition, offset)
    topics.set(topic, partitions)
    this.#groups.set(group, topics)
  }

  #remove(group: string, topic: string, partition: number): void {
    const topics = this.#groups.get(group)
    const partitions = topics?.get(topic)
    if (topics === undefined || partitions === undefined) return
    assert(partitions.size > 0, 'a topic without offsets is forgotten')
    partitions.delete(partition)
    if (partitions.size === 0) topics.delete(topic)
    if (topics.size === 0) this.#groups.delete(group)
  }

  /** The committed offset of one partition. */
  get(group: string, topic: string, partition: number): CommittedOffset | undefined {
    return this.#groups.get(group)?.get(topic)?.get(partition)
  }

  /** All offsets of a group, by topic. */
  of(group: string): ReadonlyMap<string, ReadonlyMap<number, CommittedOffset>> {
    return this.#groups.get(group) ?? noOffsets
  }

  /** Groups with at least one offset. */
  groups(): IterableIterator<string> {
    return this.#groups.keys()
  }
}

const noOffsets: ReadonlyMap<string, ReadonlyMap<number, CommittedOffset>> = new Map()

/** What expiry needs to know of a group. */
export interface ExpiryView {
  readonly state: string
  /** Undefined for offsets that no group protocol ever committed. */
  readonly protocolType: string | undefined
  /** Wall clock since when the group is in its state. */
  readonly stateTimestamp: number
  /** Topics that a stable consumer group reads; undefined where nobody can tell. */
  readonly subscribed: ReadonlySet<string> | undefined
}

/**
 * Whether an offset has outlived the retention (Kafka's rule, KIP-211): in an empty group it counts
 * from when the group became empty, without any group and for topics that a consumer group no
 * longer reads from the commit.
 */
export function expired(
  topic: string,
  offset: CommittedOffset,
  view: ExpiryView,
  retentionMs: number,
  now: number,
): boolean {
  assert(retentionMs >= 0, 'offsets are kept for a time')
  if (offset.expireTimestamp !== -1) return now >= offset.expireTimestamp
  if (view.protocolType === undefined) return now - offset.commitTimestamp >= retentionMs
  if (view.state === 'Empty') {
    const since = view.stateTimestamp === -1 ? offset.commitTimestamp : view.stateTimestamp
    return now - Math.max(since, offset.commitTimestamp) >= retentionMs
  }
  const read = view.subscribed === undefined || view.subscribed.has(topic)
  return !read && view.state === 'Stable' && now - offset.commitTimestamp >= retentionMs
}
