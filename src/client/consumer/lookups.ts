/** Finds out where partitions begin and whether they may go on, in the background. */
import { assert } from '../../base/assert.ts'
import { ClientError } from '../error.ts'
import { backoffMs } from '../network/backoff.ts'
import type { ConsumerCluster } from './consumer-cluster.ts'
import type { ConsumerSettings } from './consumer-settings.ts'
import { lossError } from './fetcher.ts'
import { endsOfEpochs, type Found, fetchCommitted, listOffsets } from './offset-queries.ts'
import { listOffsetsTimestamp } from './offset-reset.ts'
import { type PartitionPosition, type Positions, timestampFor } from './positions.ts'
import { keyOf, type TopicPartition } from './topic-partition.ts'

/** A partition with its version when it was asked for. */
interface Asked extends TopicPartition {
  readonly position: PartitionPosition
  readonly version: number
}

/** See the head of this file. */
export class Lookups {
  readonly #cluster: ConsumerCluster
  readonly #positions: Positions
  readonly #settings: ConsumerSettings
  readonly #notify: () => void
  #failures = 0
  #error: unknown = null
  #isClosed = false

  /** @param notify is told when a lookup has ended. */
  constructor(
    cluster: ConsumerCluster,
    positions: Positions,
    settings: ConsumerSettings,
    notify: () => void,
  ) {
    this.#cluster = cluster
    this.#positions = positions
    this.#settings = settings
    this.#notify = notify
  }

  /** What went wrong for good since the last look, thrown. */
  throwFailure(): void {
    const error = this.#error
    this.#error = null
    if (error !== null) throw error
  }

  /** Begins what is due. */
  start(nowMs: number): void {
    this.#begin('uncommitted', nowMs, (asked) => this.#findCommitted(asked))
    this.#begin('resetting', nowMs, (asked) => this.#reset(asked))
    this.#begin('validating', nowMs, (asked) => this.#validate(asked))
  }

  /** Nothing is told any more. */
  close(): void {
    this.#isClosed = true
  }

  #begin(
    state: 'uncommitted' | 'resetting' | 'validating',
    nowMs: number,
    find: (asked: readonly Asked[]) => Promise<void>,
  ): void {
    const waiting = this.#positions.waitingFor(state, nowMs)
    if (waiting.length === 0) return
    const asked = waiting.map((position) => {
      const { topic, partition, version } = position
      // Until the answer is there, it is not asked for again.
      this.#positions.retryAt(position, version, Infinity)
      return { topic, partition, position, version }
    })
    void this.#run(asked, find)
  }

  async #run(
    asked: readonly Asked[],
    find: (asked: readonly Asked[]) => Promise<void>,
  ): Promise<void> {
    try {
      await find(asked)
      this.#failures = 0
    } catch (error) {
      const { clock, random } = this.#cluster.environment
      const waitMs = backoffMs(this.#settings.retryBackoff, ++this.#failures, random)
      const atMs = clock.monotonicMs() + waitMs
      for (const { position, version } of asked) this.#positions.retryAt(position, version, atMs)
      if (!(error instanceof ClientError && error.retriable)) this.#error ??= error
    }
    if (!this.#isClosed) this.#notify()
  }

  async #findCommitted(asked: readonly Asked[]): Promise<void> {
    const { groupId, readCommitted: requireStable, requestTimeoutMs: timeoutMs } = this.#settings
    const found: Found<{ offset: number; leaderEpoch: number }> =
      groupId === null
        ? new Map()
        : await fetchCommitted(this.#cluster, groupId, asked, { requireStable, timeoutMs })
    assert(asked.length > 0, 'somebody waits for an offset')
    for (const { position, version } of asked) {
      const committed = found.get(keyOf(position)) ?? null
      const loss = this.#positions.committed(position, version, committed)
      if (loss === null) continue
      this.#positions.retryAt(position, version, 0)
      throw lossError(loss)
    }
  }

  async #reset(asked: readonly Asked[]): Promise<void> {
    const nowMs = this.#cluster.environment.clock.now()
    await this.#askLeaders(asked, (one) => timestampFor(one.position, nowMs))
    // Nothing is that young: what comes next is.
    const missing = asked.filter(({ position: { state, version }, ...one }) => {
      return state === 'resetting' && version === one.version
    })
    if (missing.length > 0) await this.#askLeaders(missing, () => listOffsetsTimestamp.latest)
  }

  async #askLeaders(asked: readonly Asked[], timestampOf: (one: Asked) => number): Promise<void> {
    const { readCommitted, requestTimeoutMs: timeoutMs } = this.#settings
    const questions = asked.map((one) => ({
      topic: one.topic,
      partition: one.partition,
      asked: timestampOf(one),
    }))
    const found = await listOffsets(this.#cluster, questions, { readCommitted, timeoutMs })
    for (const { position, version } of asked) {
      const to = found.get(keyOf(position))
      if (to !== undefined) this.#positions.resetTo(position, version, to)
    }
  }

  async #validate(asked: readonly Asked[]): Promise<void> {
    assert(
      asked.every(({ position }) => position.fetchEpoch >= 0),
      'an epoch that was read is compared',
    )
    const questions = asked.map(({ topic, partition, position }) => ({
      topic,
      partition,
      asked: position.fetchEpoch,
    }))
    const ends = await endsOfEpochs(this.#cluster, questions, this.#settings.requestTimeoutMs)
    for (const { position, version } of asked) {
      const end = ends.get(keyOf(position)) ?? { offset: -1, leaderEpoch: -1 }
      const loss = this.#positions.validated(position, version, end)
      if (loss !== null) throw lossError(loss)
    }
  }
}
