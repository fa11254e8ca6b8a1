/** The commits of a consumer, one behind the other: whose they are, and what is committed when. */
import { assert } from '../../base/assert.ts'
import { ErrorCode } from '../../protocol/error-codes.ts'
import { ClientError, ConfigError, ProtocolError } from '../error.ts'
import { backoffMs } from '../network/backoff.ts'
import { requireWhole } from '../options/whole-argument.ts'
import { keyOf, type TopicPartition } from '../topic-partition.ts'
import { AutoCommit } from './auto-commit.ts'
import { type Committer, commitOffsets, isFromRebalance, type OffsetToCommit } from './commit.ts'
import type { ConsumerCluster } from './consumer-cluster.ts'
import type { ConsumerSettings } from './consumer-settings.ts'
import type { GroupMember } from './group/group-member.ts'
import type { PartitionPosition, Positions } from './positions.ts'

/** A commit before partitions change hands is tried that long, in ms: the group waits for it. */
const handOverCommitMs = 5_000

/** As what the consumer is in its group at present. */
export interface Membership {
  /** Null for one that is no member. */
  readonly member: GroupMember | null
  /** The member learns that a commit of its present generation failed. */
  commitFailed(code: number): void
}

/** A member and its generation; an empty name for one that is no member. */
interface Generation {
  readonly memberId: string
  readonly generationId: number
}

/** What is to be committed, and by whom, as it was when that was asked. */
interface Commission extends Committer {
  /** With the position where the partition is assigned. */
  readonly of: readonly {
    readonly offset: OffsetToCommit
    readonly position: PartitionPosition | undefined
  }[]
}

/** See the head of this file. */
export class Commits {
  /** Runs before offsets are committed by themselves: what is finished by now is processed. */
  beforeCommit: () => void = () => {}
  readonly #cluster: ConsumerCluster
  readonly #settings: ConsumerSettings
  readonly #positions: Positions
  readonly #membership: Membership
  readonly #autoCommit: AutoCommit
  /** The end of those under way: later offsets are never overtaken by earlier ones. */
  #last: Promise<void> = Promise.resolve()

  constructor(
    cluster: ConsumerCluster,
    settings: ConsumerSettings,
    positions: Positions,
    membership: Membership,
  ) {
    this.#cluster = cluster
    this.#settings = settings
    this.#positions = positions
    this.#membership = membership
    const intervalMs = settings.groupId === null ? Infinity : settings.autoCommitIntervalMs
    this.#autoCommit = new AutoCommit(intervalMs, this.#nowMs())
  }

  /** Whether {@link begin} has something to do. */
  isDue(nowMs: number): boolean {
    return this.#autoCommit.wouldBeDue(nowMs)
  }

  /** What `commit()` commits: behind everything that was handed out. */
  handedOut(): OffsetToCommit[] {
    return offsetsOf(this.#positions, (one) => [one.position, one.positionEpoch])
  }

  /** What is processed, whether it is committed or not. */
  processed(): OffsetToCommit[] {
    return offsetsOf(this.#positions, (one) => [one.processed, one.processedEpoch])
  }

  /** Commits behind the commits under way; tries again until the time is over. */
  async commit(offsets: readonly OffsetToCommit[], timeoutMs: number): Promise<void> {
    const commission = this.#commission(offsets)
    const untilMs = this.#nowMs() + timeoutMs
    const what = 'Offsets were not committed'
    await this.#behind(async () => {
      const restMs = Math.max(0, untilMs - this.#nowMs())
      try {
        await this.#cluster.retrying(what, restMs, ({ leftMs }) =>
          this.#commitOnce(commission, Math.max(1, leftMs)),
        )
      } catch (error) {
        this.#tellMember(commission, error)
        throw error
      }
    })
  }

  /** Commits once, behind the commits under way. */
  async commitAsync(offsets: readonly OffsetToCommit[]): Promise<void> {
    const commission = this.#commission(offsets)
    await this.#behind(() => this.#commitOnce(commission, this.#settings.requestTimeoutMs))
  }

  #behind(commit: () => Promise<void>): Promise<void> {
    const done = this.#last.then(commit)
    this.#last = done.catch(() => {})
    return done
  }

  /**
   * What is not committed comes again elsewhere: a failure is no reason to hold up the group.
   * Returns what is not of the world, or null.
   */
  async beforeHandOver(own: readonly TopicPartition[]): Promise<unknown> {
    const { member } = this.#membership
    if (!this.#autoCommit.isOn || (member?.generationId ?? -1) < 0) return null
    const keys = new Set(own.map(keyOf))
    try {
      const offsets = this.#uncommittedOffsets().filter((one) => keys.has(keyOf(one)))
      await this.commit(offsets, handOverCommitMs)
      return null
    } catch (error) {
      return error instanceof ClientError ? null : error
    }
  }

  /** What is processed by now, if commits happen by themselves. */
  async atEnd(timeoutMs: number): Promise<void> {
    if (this.#autoCommit.isOn) await this.commit(this.#uncommittedOffsets(), timeoutMs)
  }

  /** Commits what is processed, if that is due by itself; nobody waits. */
  begin(nowMs: number): void {
    if (!this.#autoCommit.isDue(nowMs)) return
    const offsets = this.#uncommittedOffsets()
    assert(
      offsets.every(({ offset }) => offset >= 0),
      'only known offsets are committed',
    )
    const { generationId = -1, memberId = '' } = this.#membership.member ?? {}
    const commit = this.commitAsync(offsets)
    commit.catch((error: unknown) => {
      if (!(error instanceof ClientError)) return
      const { random } = this.#cluster.environment
      const waitMs = backoffMs(this.#settings.retryBackoff, 1, random)
      if (error.retriable && !isFromRebalance(error))
        this.#autoCommit.retryAt(this.#nowMs() + waitMs)
      else this.#tellMember({ generationId, memberId }, error)
    })
  }

  /** A member learns what became of the commits of its present generation, not of earlier ones. */
  #tellMember(of: Generation, error: unknown): void {
    if (this.#membership.member === null || !(error instanceof ClientError)) return
    if (this.#isPresent(of)) this.#membership.commitFailed(error.kafkaCode)
  }

  #isPresent({ memberId, generationId }: Generation): boolean {
    const { member } = this.#membership
    if (member === null) return memberId === ''
    return member.memberId === memberId && member.generationId === generationId && generationId >= 0
  }

  /** What is processed and was not committed at that offset before. */
  #uncommittedOffsets(): OffsetToCommit[] {
    this.beforeCommit()
    return this.processed().filter((one) => this.#positions.get(one)?.committed !== one.offset)
  }

  /** Who wants to commit what: what is handed out by now is of the present generation. */
  #commission(offsets: readonly OffsetToCommit[]): Commission {
    const { groupId, groupInstanceId } = this.#settings
    if (groupId === null) throw new ConfigError('Offsets are committed for a group: set groupId.')
    for (const one of offsets) requireWhole(`The offset of ${keyOf(one)}`, one.offset, 0)
    const { memberId = '', generationId = -1 } = this.#membership.member ?? {}
    if (this.#membership.member !== null && generationId < 0) {
      const why = 'the consumer is out of its group at the moment; its records come again'
      throw new ProtocolError('Cannot commit offsets', ErrorCode.UNKNOWN_MEMBER_ID, why)
    }
    const of = offsets.map((offset) => ({ offset, position: this.#positions.get(offset) }))
    return { groupId, groupInstanceId, memberId, generationId, of }
  }

  async #commitOnce(commission: Commission, timeoutMs: number): Promise<void> {
    if (!this.#isPresent(commission)) {
      const why = 'the group rebalanced before they were sent; their records come again'
      throw new ProtocolError('Cannot commit offsets', ErrorCode.ILLEGAL_GENERATION, why)
    }
    // What was given up meanwhile is its next owner's to commit.
    const of = commission.of.filter(({ offset, position }) => {
      return position === undefined || this.#positions.get(offset) === position
    })
    const offsets = of.map(({ offset }) => offset)
    await commitOffsets(this.#cluster, commission, offsets, timeoutMs)
    for (const { offset, position } of of) {
      if (position === undefined) continue
      position.committed = offset.offset
      // Who commits what he has in hand has processed it: the next commit by itself keeps it so.
      if (offset.offset <= position.processed || offset.offset > position.position) continue
      position.processed = offset.offset
      position.processedEpoch = offset.leaderEpoch ?? -1
    }
  }

  #nowMs(): number {
    return this.#cluster.environment.clock.monotonicMs()
  }
}

function offsetsOf(
  positions: Positions,
  offsetOf: (one: PartitionPosition) => readonly [offset: number, leaderEpoch: number],
): OffsetToCommit[] {
  const offsets: OffsetToCommit[] = []
  for (const one of positions.all) {
    const [offset, leaderEpoch] = offsetOf(one)
    const { topic, partition } = one
    if (offset >= 0) offsets.push({ topic, partition, offset, leaderEpoch })
  }
  assert(offsets.length <= positions.size, 'a partition has one offset')
  return offsets
}
