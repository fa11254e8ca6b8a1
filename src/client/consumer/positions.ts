/**
 * Where a consumer stands in each of its partitions. Pure: offsets that were looked up, records
 * that were fetched, leaders that changed go in; what has to be looked up and may be fetched comes
 * out.
 *
 * A partition begins without position (`committed` is asked for), is `resetting` when there is
 * none, is `validating` after its leader changed, until the new leader has shown that its log
 * agrees with what was read, and otherwise `ready`. It has three offsets: `fetchOffset`, behind
 * what was fetched; `position`, the next record to be handed out; `processed`, the one to be
 * committed.
 */
import { assert } from '../../base/assert.ts'
import { keyOf, type TopicPartition } from '../topic-partition.ts'
import { type OffsetReset, type PositionLoss, resetTimestamp } from './offset-reset.ts'

/** What a partition waits for. */
export type PositionState = 'uncommitted' | 'resetting' | 'validating' | 'ready'

/** An offset, and the leader epoch of the record before it; -1 when that is not known. */
export interface OffsetAndEpoch {
  readonly offset: number
  readonly leaderEpoch: number
}

/** One partition; {@link Positions} alone changes it. */
export interface PartitionPosition extends TopicPartition {
  state: PositionState
  fetchOffset: number
  fetchEpoch: number
  position: number
  positionEpoch: number
  processed: number
  processedEpoch: number
  /** What was committed last, by this consumer; -1 before. */
  committed: number
  isPaused: boolean
  /** How to reset while `resetting`. */
  reset: OffsetReset
  /** The leader epoch under which the position was last found good. */
  leaderEpoch: number
  /** Counts changes of direction (seek, reset), so that what was under way is told apart. */
  version: number
  /** Nothing is looked up before this moment; after failures. */
  retryAtMs: number
  /** What the last fetch said; -1 before. */
  highWatermark: number
  lastStableOffset: number
  logStartOffset: number
  /** Node to fetch from instead of the leader, and until when (ms); -1 none. */
  preferredReplica: number
  preferredUntilMs: number
}

const unknown = -1

/** All assigned partitions. */
export class Positions {
  readonly #reset: OffsetReset
  readonly #partitions = new Map<string, PartitionPosition>()

  /** @param reset what to do where no offset is committed. */
  constructor(reset: OffsetReset) {
    this.#reset = reset
  }

  /** All partitions, in the order of their assignment. */
  get all(): Iterable<PartitionPosition> {
    return this.#partitions.values()
  }

  /** How many there are. */
  get size(): number {
    return this.#partitions.size
  }

  /** The partition, if it is assigned. */
  get(partition: TopicPartition): PartitionPosition | undefined {
    return this.#partitions.get(keyOf(partition))
  }

  /** Takes a new assignment; partitions that stay keep their position. */
  assign(partitions: readonly TopicPartition[]): void {
    const before = new Map(this.#partitions)
    this.#partitions.clear()
    for (const one of partitions) {
      this.#partitions.set(keyOf(one), before.get(keyOf(one)) ?? begin(one))
    }
    assert(this.#partitions.size <= partitions.length, 'nothing else is assigned')
  }

  /** Goes on at this offset. */
  seek(partition: PartitionPosition, to: OffsetAndEpoch): void {
    assert(to.offset >= 0, 'an offset is not negative')
    move(partition, to)
    partition.state = 'ready'
    partition.version++
    partition.preferredReplica = unknown
    // What the old leader told of an epoch may not hold with the present one.
    partition.leaderEpoch = to.leaderEpoch === unknown ? partition.leaderEpoch : unknown
  }

  /** Goes on where the strategy says; it is looked up before the next fetch. */
  requestReset(partition: PartitionPosition, reset: OffsetReset): void {
    assert(reset !== 'none', 'a reset leads somewhere')
    partition.state = 'resetting'
    partition.reset = reset
    partition.version++
    partition.retryAtMs = 0
    partition.preferredReplica = unknown
  }

  /** Takes the committed offset of a partition that waits for it; null: there is none. */
  committed(
    partition: PartitionPosition,
    version: number,
    committed: OffsetAndEpoch | null,
  ): PositionLoss | null {
    if (partition.state !== 'uncommitted' || partition.version !== version) return null
    if (committed !== null) this.seek(partition, committed)
    else if (this.#reset === 'none') return { kind: 'no-offset', partition }
    else this.requestReset(partition, this.#reset)
    return null
  }

  /** Takes the offset that a reset looked for. */
  resetTo(partition: PartitionPosition, version: number, to: OffsetAndEpoch): void {
    if (partition.state !== 'resetting' || partition.version !== version) return
    assert(to.offset >= 0, 'a reset found an offset')
    move(partition, { offset: to.offset, leaderEpoch: unknown })
    partition.state = 'ready'
    partition.leaderEpoch = to.leaderEpoch
  }

  /** The offset that was fetched from is not there. */
  outOfRange(partition: PartitionPosition, version: number): PositionLoss | null {
    if (partition.state !== 'ready' || partition.version !== version) return null
    if (this.#reset === 'none') {
      return { kind: 'out-of-range', partition, offset: partition.fetchOffset }
    }
    this.requestReset(partition, this.#reset)
    return null
  }

  /**
   * Takes the leader epoch that the metadata has. A partition that was read under an earlier one
   * is to be validated, if the epoch of what was read is known.
   */
  leaderChanged(partition: PartitionPosition, leaderEpoch: number): void {
    if (partition.state !== 'ready' && partition.state !== 'validating') return
    if (leaderEpoch <= partition.leaderEpoch) return
    assert(partition.fetchOffset >= 0, 'what is read has a position')
    const wasRead = partition.fetchEpoch !== unknown
    partition.leaderEpoch = leaderEpoch
    partition.state = wasRead ? 'validating' : 'ready'
    partition.preferredReplica = unknown
    partition.retryAtMs = 0
  }

  /**
   * Takes the leader's answer: where its log of the epoch that was read ends. -1: it does not know
   * that epoch. What a leader said that is none any more (`asked` has its epoch) says nothing.
   */
  validated(
    partition: PartitionPosition,
    asked: { readonly version: number; readonly leaderEpoch: number },
    end: OffsetAndEpoch,
  ): PositionLoss | null {
    if (partition.state !== 'validating' || partition.version !== asked.version) return null
    if (partition.leaderEpoch !== asked.leaderEpoch) return null
    const offset = partition.fetchOffset
    if (end.offset >= offset && end.offset !== unknown) {
      partition.state = 'ready'
      return null
    }
    assert(offset >= 0, 'what is validated has a position')
    const divergesAt = end.offset === unknown ? null : end.offset
    if (this.#reset === 'none') return { kind: 'truncated', partition, offset, divergesAt }
    if (divergesAt === null) this.requestReset(partition, this.#reset)
    else this.seek(partition, { offset: divergesAt, leaderEpoch: end.leaderEpoch })
    return null
  }

  /** A lookup failed; the next one may be made after this moment. */
  retryAt(partition: PartitionPosition, version: number, atMs: number): void {
    if (partition.version === version) partition.retryAtMs = atMs
  }

  /** Partitions that wait for this lookup and whose time has come. */
  waitingFor(state: Exclude<PositionState, 'ready'>, nowMs: number): PartitionPosition[] {
    return [...this.#partitions.values()].filter(
      (one) => one.state === state && one.retryAtMs <= nowMs,
    )
  }

  /** When the next lookup is due that had to wait; Infinity when none has. */
  nextRetryMs(nowMs: number): number {
    let next = Infinity
    for (const { state, retryAtMs } of this.#partitions.values()) {
      if (state !== 'ready' && retryAtMs > nowMs) next = Math.min(next, retryAtMs)
    }
    assert(next > nowMs, 'a retry lies ahead')
    return next
  }

  /** Partitions that may be fetched. */
  fetchable(): PartitionPosition[] {
    return [...this.#partitions.values()].filter((one) => one.state === 'ready' && !one.isPaused)
  }
}

/** What ListOffsets is to look for; `resetting` partitions only. */
export function timestampFor(partition: PartitionPosition, nowMs: number): number {
  const timestamp = resetTimestamp(partition.reset, nowMs)
  assert(timestamp !== null, 'a reset leads somewhere')
  return timestamp
}

/**
 * Records between the position and the end of what may be read: the high watermark, or the last
 * stable offset under `read_committed`; null before the first fetch.
 */
export function lagOf(partition: PartitionPosition, readCommitted: boolean): number | null {
  const end = readCommitted ? partition.lastStableOffset : partition.highWatermark
  if (end === unknown || partition.position === unknown) return null
  return Math.max(0, end - partition.position)
}

function move(partition: PartitionPosition, to: OffsetAndEpoch): void {
  partition.fetchOffset = to.offset
  partition.fetchEpoch = to.leaderEpoch
  partition.position = to.offset
  partition.positionEpoch = to.leaderEpoch
  partition.processed = to.offset
  partition.processedEpoch = to.leaderEpoch
}

function begin({ topic, partition }: TopicPartition): PartitionPosition {
  return {
    topic,
    partition,
    state: 'uncommitted',
    fetchOffset: unknown,
    fetchEpoch: unknown,
    position: unknown,
    positionEpoch: unknown,
    processed: unknown,
    processedEpoch: unknown,
    committed: unknown,
    isPaused: false,
    reset: 'latest',
    leaderEpoch: unknown,
    version: 0,
    retryAtMs: 0,
    highWatermark: unknown,
    lastStableOffset: unknown,
    logStartOffset: unknown,
    preferredReplica: unknown,
    preferredUntilMs: 0,
  }
}
