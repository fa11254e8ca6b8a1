/** Answers to questions about offsets that do not touch the consumer's position. */
import { assert } from '../../base/assert.ts'
import { ConfigError } from '../error.ts'
import { Deadline } from '../network/retry.ts'
import { requireWhole } from '../options/whole-argument.ts'
import { keyOf, type TopicPartition } from '../topic-partition.ts'
import type { ConsumerCluster } from './consumer-cluster.ts'
import type { ConsumerSettings } from './consumer-settings.ts'
import {
  allOf,
  type CommittedOffset,
  type Found,
  fetchCommitted,
  type LeaderQuestion,
  listOffsets,
  type TimedOffset,
} from './offset-queries.ts'
import { listOffsetsTimestamp } from './offset-reset.ts'

/** Each call is tried again until `defaultApiTimeoutMs` are over. */
export class ConsumerOffsets {
  readonly #cluster: ConsumerCluster
  readonly #settings: ConsumerSettings

  constructor(cluster: ConsumerCluster, settings: ConsumerSettings) {
    this.#cluster = cluster
    this.#settings = settings
  }

  /** In the order of the partitions; null where nothing is committed. */
  async committed(partitions: readonly TopicPartition[]): Promise<(CommittedOffset | null)[]> {
    const { groupId, readCommitted: requireStable, defaultApiTimeoutMs } = this.#settings
    if (groupId === null) throw new ConfigError('Offsets are committed by groups: set groupId.')
    const what = `The committed offsets of group ${groupId} were not found`
    const attempt = async ({ leftMs }: Deadline): Promise<Found<CommittedOffset>> => {
      const settings = { requireStable, timeoutMs: Math.max(1, leftMs) }
      return allOf(await fetchCommitted(this.#cluster, groupId, partitions, settings))
    }
    const found = await this.#cluster.retrying(what, defaultApiTimeoutMs, attempt)
    return partitions.map((one) => found.get(keyOf(one)) ?? null)
  }

  /** In the order of the partitions; null where no record is that young. */
  async forTimes(
    partitions: readonly (TopicPartition & { readonly timestamp: number })[],
  ): Promise<(TimedOffset | null)[]> {
    for (const one of partitions) {
      requireWhole(`The time of ${keyOf(one)}`, one.timestamp, 0, 'milliseconds since 1970')
    }
    return this.#find(partitions.map((one) => ({ ...one, asked: one.timestamp })))
  }

  /** The first offset, or the one behind the last, in the order of the partitions. */
  async ends(
    partitions: readonly TopicPartition[],
    which: keyof typeof listOffsetsTimestamp,
  ): Promise<number[]> {
    const asked = listOffsetsTimestamp[which]
    assert(asked < 0, 'an end of the log is no time')
    const found = await this.#find(partitions.map((one) => ({ ...one, asked })))
    return found.map((one) => one?.offset ?? 0)
  }

  async #find(questions: readonly LeaderQuestion[]): Promise<(TimedOffset | null)[]> {
    const { readCommitted, defaultApiTimeoutMs } = this.#settings
    const deadline = new Deadline(this.#cluster.environment.clock, defaultApiTimeoutMs)
    const topics = [...new Set(questions.map(({ topic }) => topic))]
    await Promise.all(topics.map((topic) => this.#cluster.awaitTopic(topic, defaultApiTimeoutMs)))
    const attempt = async ({ leftMs }: Deadline): Promise<Found<TimedOffset>> => {
      const settings = { readCommitted, timeoutMs: Math.max(1, leftMs) }
      return allOf(await listOffsets(this.#cluster, questions, settings))
    }
    const what = 'Offsets were not found'
    const found = await this.#cluster.retrying(what, deadline.leftMs, attempt)
    return questions.map((one) => found.get(keyOf(one)) ?? null)
  }
}
