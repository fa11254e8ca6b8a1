import { assert } from '../../base/assert.ts'
import { listOffsetsApi } from '../../protocol/generated/02-list-offsets.ts'
import { deleteRecordsApi } from '../../protocol/generated/21-delete-records.ts'
import {
  describeProducersApi,
  type ProducerState,
} from '../../protocol/generated/61-describe-producers.ts'
import { requireWhole } from '../options/whole-argument.ts'
import { keyOf, type TopicPartition } from '../topic-partition.ts'
import { byTopic, indexesByTopic, onLeaders, outcomesFrom } from './partitions.ts'
import { type AdminContext, ask, brokerTimeoutMs, settle } from './settle.ts'
import { numberOf } from './words.ts'

/** The timestamp that asks for a place is minus its place here. */
const places = [
  '',
  'latest',
  'earliest',
  'max-timestamp',
  'earliest-local',
  'latest-tiered',
] as const

/**
 * Which offset is asked for: an end of the log, the record with the largest timestamp, or the first
 * one at or after a time in ms since 1970.
 */
export type OffsetPlace = Exclude<(typeof places)[number], ''> | number

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
export async function listOffsets(
  context: AdminContext,
  queries: readonly OffsetQuery[],
  readCommitted: boolean,
): Promise<readonly FoundOffset[]> {
  const what = 'Cannot list offsets of'
  const timestamps = new Map(queries.map((query) => [query, timestampOf(query)]))
  return settle(context, 'Cannot list offsets', queries, (all, deadline) =>
    onLeaders(context, what, all, deadline, async (leader, pending) => {
      const request = {
        replicaId: -1,
        isolationLevel: readCommitted ? 1 : 0,
        topics: byTopic(pending).map(({ name, items }) => ({
          name,
          partitions: items.map((query) => ({
            partitionIndex: query.partition,
            timestamp: timestamps.get(query) ?? 0,
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
      return outcomesFrom(what, pending, response.topics, (found) => {
        const { offset, timestamp, leaderEpoch } = found
        return { offset, timestamp, leaderEpoch }
      })
    }),
  )
}

function timestampOf(query: OffsetQuery): number {
  const { at } = query
  if (typeof at === 'string') return -numberOf('place in a log', places, at)
  requireWhole(`The time of ${keyOf(query)}`, at, 0, 'milliseconds since 1970')
  return at
}

/** See `Admin.deleteRecords`. */
export async function deleteRecords(
  context: AdminContext,
  deletions: readonly RecordsToDelete[],
): Promise<readonly DeletedRecords[]> {
  const what = 'Cannot delete records of'
  for (const one of deletions) {
    requireWhole(`The offset to keep of ${keyOf(one)}`, one.beforeOffset, -1)
  }
  return settle(context, 'Cannot delete records', deletions, (all, deadline) =>
    onLeaders(context, what, all, deadline, async (leader, pending) => {
      const topics = byTopic(pending).map(({ name, items }) => ({
        name,
        partitions: items.map(({ partition, beforeOffset }) => ({
          partitionIndex: partition,
          offset: beforeOffset,
        })),
      }))
      const request = { topics, timeoutMs: brokerTimeoutMs(context, deadline) }
      const response = await ask(context, leader, deleteRecordsApi, request, deadline)
      return outcomesFrom(what, pending, response.topics, ({ lowWatermark }) => ({ lowWatermark }))
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
      assert(leader >= 0, 'a leader is a broker')
      const request = { topics: indexesByTopic(pending) }
      const response = await ask(context, leader, describeProducersApi, request, deadline)
      return outcomesFrom(what, pending, response.topics, ({ activeProducers: producers }) => ({
        producers,
      }))
    }),
  )
}
