import { assert } from '../../base/assert.ts'
import { listOffsetsApi } from '../../protocol/generated/02-list-offsets.ts'
import { deleteRecordsApi } from '../../protocol/generated/21-delete-records.ts'
import {
  describeProducersApi,
  type ProducerState,
} from '../../protocol/generated/61-describe-producers.ts'
import { byTopic, onLeaders, partitionName, type TopicPartition } from './partitions.ts'
import { type AdminContext, ask, brokerTimeoutMs, outcomeOf, settle, unanswered } from './settle.ts'

const places = {
  latest: -1,
  earliest: -2,
  'max-timestamp': -3,
  'earliest-local': -4,
  'latest-tiered': -5,
} as const

/**
 * Which offset is asked for: an end of the log, the record with the largest timestamp, or the first
 * one at or after a time in ms since 1970.
 */
export type OffsetPlace = keyof typeof places | number

/** A question for an offset. */
export interface OffsetQuery extends TopicPartition {
  readonly at: OffsetPlace
}

/** The answer to an {@link OffsetQuery}. */
export interface FoundOffset extends TopicPartition {
  /** -1 when no record is that young. */
  readonly offset: number
  /** Of the record that was found, in ms since 1970; -1 for the ends of the log. */
  readonly timestamp: number
  /** -1 when not known. */
  readonly leaderEpoch: number
}

/** What to delete of a partition. */
export interface RecordsToDelete extends TopicPartition {
  /** The first offset to keep; -1 for all that every in-sync replica has. */
  readonly beforeOffset: number
}

/** What is left of it. */
export interface DeletedRecords extends TopicPartition {
  /** The first offset that there is now. */
  readonly lowWatermark: number
}

/** Producers that the partition remembers. */
export interface PartitionProducers extends TopicPartition {
  readonly producers: readonly ProducerState[]
}

/** See `Admin.listOffsets`. */
export function listOffsets(
  context: AdminContext,
  queries: readonly OffsetQuery[],
  readCommitted: boolean,
): Promise<readonly FoundOffset[]> {
  const what = 'Cannot list offsets of'
  return settle(context, 'Cannot list offsets', queries, (all, deadline) =>
    onLeaders(context, what, all, deadline, async (leader, pending) => {
      assert(pending.length > 0, 'nothing is asked for nothing')
      const request = {
        replicaId: -1,
        isolationLevel: readCommitted ? 1 : 0,
        topics: byTopic(pending).map(({ name, items }) => ({
          name,
          partitions: items.map(({ partition, at }) => ({
            partitionIndex: partition,
            timestamp: typeof at === 'number' ? at : places[at],
          })),
        })),
        timeoutMs: brokerTimeoutMs(context, deadline),
      }
      const response = await ask(
        context,
        leader,
        listOffsetsApi,
        (version) => (version >= 10 ? request : { ...request, timeoutMs: 0 }),
        deadline,
      )
      return pending.map((query) => {
        const { topic, partition } = query
        const found = response.topics
          .find(({ name }) => name === topic)
          ?.partitions.find(({ partitionIndex }) => partitionIndex === partition)
        const words = `${what} ${partitionName(query)}`
        if (found === undefined) return unanswered(words)
        const { offset, timestamp, leaderEpoch } = found
        return outcomeOf(words, found.errorCode, null, () => ({
          topic,
          partition,
          offset,
          timestamp,
          leaderEpoch,
        }))
      })
    }),
  )
}

/** See `Admin.deleteRecords`. */
export function deleteRecords(
  context: AdminContext,
  deletions: readonly RecordsToDelete[],
): Promise<readonly DeletedRecords[]> {
  const what = 'Cannot delete records of'
  return settle(context, 'Cannot delete records', deletions, (all, deadline) =>
    onLeaders(context, what, all, deadline, async (leader, pending) => {
      assert(pending.length > 0, 'nothing is asked for nothing')
      const request = {
        topics: byTopic(pending).map(({ name, items }) => ({
          name,
          partitions: items.map(({ partition, beforeOffset }) => ({
            partitionIndex: partition,
            offset: beforeOffset,
          })),
        })),
        timeoutMs: brokerTimeoutMs(context, deadline),
      }
      const response = await ask(context, leader, deleteRecordsApi, request, deadline)
      return pending.map((item) => {
        const { topic, partition } = item
        const found = response.topics
          .find(({ name }) => name === topic)
          ?.partitions.find(({ partitionIndex }) => partitionIndex === partition)
        const words = `${what} ${partitionName(item)}`
        if (found === undefined) return unanswered(words)
        const { errorCode, lowWatermark } = found
        return outcomeOf(words, errorCode, null, () => ({ topic, partition, lowWatermark }))
      })
    }),
  )
}

/** See `Admin.describeProducers`. */
export function describeProducers(
  context: AdminContext,
  partitions: readonly TopicPartition[],
): Promise<readonly PartitionProducers[]> {
  const what = 'Cannot describe the producers of'
  return settle(context, 'Cannot describe producers', partitions, (all, deadline) =>
    onLeaders(context, what, all, deadline, async (leader, pending) => {
      assert(pending.length > 0, 'nothing is asked for nothing')
      const topics = byTopic(pending).map(({ name, items }) => ({
        name,
        partitionIndexes: items.map(({ partition }) => partition),
      }))
      const response = await ask(context, leader, describeProducersApi, { topics }, deadline)
      return pending.map((item) => {
        const { topic, partition } = item
        const found = response.topics
          .find(({ name }) => name === topic)
          ?.partitions.find(({ partitionIndex }) => partitionIndex === partition)
        const words = `${what} ${partitionName(item)}`
        if (found === undefined) return unanswered(words)
        const { errorCode, errorMessage, activeProducers: producers } = found
        return outcomeOf(words, errorCode, errorMessage, () => ({ topic, partition, producers }))
      })
    }),
  )
}
