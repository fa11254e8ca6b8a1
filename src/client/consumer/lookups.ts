/** Finds out where partitions begin and whether they may go on, in the background. */
import { assert } from '../../base/assert.ts'
import { ClientError } from '../error.ts'
import { backoffMs } from '../network/backoff.ts'
import { keyOf, type TopicPartition } from '../topic-partition.ts'
import type { ConsumerCluster } from './consumer-cluster.ts'
import type { ConsumerSettings } from './consumer-settings.ts'
import { lossError } from './fetcher.ts'
import { type Answers, endsOfEpochs, fetchCommitted, listOffsets } from './offset-queries.ts'
import { listOffsetsTimestamp } from './offset-reset.ts'
import {
  type OffsetAndEpoch,
  type PartitionPosition,
  type Positions,
  timestampFor,
} from './positions.ts'

/** A partition with its version, and its leader's epoch, when it was asked for. */
interface Asked extends TopicPartition {
  readonly position: PartitionPosition
  readonly version: number
  readonly leaderEpoch: number
}

/** Why a lookup brought nothing, by partition. */
type Failures = ReadonlyMap<string, unknown>

type Find = (asked: readonly Asked[]) => Promise<Failures>

/** Keys of groups that no single leader answers. */
const coordinator = -2
const nobody = -1

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

  #begin(state: 'uncommitted' | 'resetting' | 'validating', nowMs: number, find: Find): void {
    const waiting = this.#positions.waitingFor(state, nowMs)
    if (waiting.length === 0) return
    // A broker that does not answer holds up its own partitions alone.
    const groups = new Map<number, Asked[]>()
    for (const position of waiting) {
      const { topic, partition, version, leaderEpoch } = position
      // Until the answer is there, it is not asked for again.
      this.#positions.retryAt(position, version, Infinity)
      const node = state === 'uncommitted' ? coordinator : this.#leaderOf(position)
      const group = groups.get(node) ?? []
      groups.set(node, group)
      group.push({ topic, partition, position, version, leaderEpoch })
    }
    for (const group of groups.values()) void this.#run(group, find)
  }

  #leaderOf({ topic, partition }: PartitionPosition): number {
    return this.#cluster.topic(topic)?.partitions[partition]?.leader ?? nobody
  }

  async #run(asked: readonly Asked[], find: Find): Promise<void> {
    let failures: Failures
    try {
      failures = await find(asked)
    } catch (error) {
      failures = new Map(asked.map((one) => [keyOf(one), error]))
    }
    if (failures.size === 0) this.#failures = 0
    else this.#failed(asked, failures)
    if (!this.#isClosed) this.#notify()
  }

  #failed(asked: readonly Asked[], failures: Failures): void {
    const { clock, random } = this.#cluster.environment
    const waitMs = backoffMs(this.#settings.retryBackoff, ++this.#failures, random)
    const atMs = clock.monotonicMs() + waitMs
    assert(failures.size <= asked.length, 'only what was asked for fails')
    for (const { position, version } of asked) {
      const error = failures.get(keyOf(position))
      if (error === undefined) continue
      this.#positions.retryAt(position, version, atMs)
      if (!(error instanceof ClientError && error.retriable)) this.#error ??= error
    }
  }

  async #findCommitted(asked: readonly Asked[]): Promise<Failures> {
    const { groupId, readCommitted: requireStable, requestTimeoutMs: timeoutMs } = this.#settings
    const answers: Answers<OffsetAndEpoch> =
      groupId === null
        ? { found: new Map(), failures: new Map() }
        : await fetchCommitted(this.#cluster, groupId, asked, { requireStable, timeoutMs })
    assert(asked.length > 0, 'somebody waits for an offset')
    const failures = new Map(answers.failures)
    for (const { position, version } of asked) {
      const key = keyOf(position)
      if (failures.has(key)) continue
      const loss = this.#positions.committed(position, version, answers.found.get(key) ?? null)
      if (loss !== null) failures.set(key, lossError(loss))
    }
    return failures
  }

  async #reset(asked: readonly Asked[]): Promise<Failures> {
    const nowMs = this.#cluster.environment.clock.now()
    const failures = await this.#askLeaders(asked, (one) => timestampFor(one.position, nowMs))
    // Nothing is that young: what comes next is.
    const missing = asked.filter(({ position, version }) => {
      const isStill = position.state === 'resetting' && position.version === version
      return isStill && !failures.has(keyOf(position))
    })
    if (missing.length === 0) return failures
    const more = await this.#askLeaders(missing, () => listOffsetsTimestamp.latest)
    return new Map([...failures, ...more])
  }

  async #askLeaders(
    asked: readonly Asked[],
    timestampOf: (one: Asked) => number,
  ): Promise<Failures> {
    const { readCommitted, requestTimeoutMs: timeoutMs } = this.#settings
    const questions = asked.map((one) => ({
      topic: one.topic,
      partition: one.partition,
      asked: timestampOf(one),
    }))
    const settings = { readCommitted, timeoutMs }
    const { found, failures } = await listOffsets(this.#cluster, questions, settings)
    for (const { position, version } of asked) {
      const to = found.get(keyOf(position))
      if (to !== undefined) this.#positions.resetTo(position, version, to)
    }
    return failures
  }

  async #validate(asked: readonly Asked[]): Promise<Failures> {
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
    const failures = new Map(ends.failures)
    for (const one of asked) {
      const key = keyOf(one)
      const end = ends.found.get(key)
      const loss = end === undefined ? null : this.#positions.validated(one.position, one, end)
      if (loss !== null) failures.set(key, lossError(loss))
    }
    return failures
  }
}
