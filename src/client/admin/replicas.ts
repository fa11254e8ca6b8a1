import { assert } from '../../base/assert.ts'
import { ErrorCode } from '../../protocol/error-codes.ts'
import { electLeadersApi } from '../../protocol/generated/43-elect-leaders.ts'
import { alterPartitionReassignmentsApi } from '../../protocol/generated/45-alter-partition-reassignments.ts'
import { listPartitionReassignmentsApi } from '../../protocol/generated/46-list-partition-reassignments.ts'
import { keyOf, type TopicPartition } from '../topic-partition.ts'
import { byTopic, indexesByTopic, outcomesFrom } from './partitions.ts'
import {
  type AdminContext,
  ask,
  brokerTimeoutMs,
  check,
  outcomeOf,
  settle,
  settleOne,
  unanswered,
} from './settle.ts'
import { numberOf } from './words.ts'

/** `preferred`: the first replica, if in sync. `unclean`: any replica, in sync or not. */
export type ElectionType = (typeof electionTypes)[number]

const electionTypes = ['preferred', 'unclean'] as const

/** What became of one partition's election. */
export interface ElectionResult extends TopicPartition {
  /** False where the wanted replica led already. */
  readonly isElected: boolean
}

/** Where the replicas of a partition are to be. */
export interface Reassignment extends TopicPartition {
  /** Broker ids, the preferred one first; null calls off what is under way. */
  readonly replicas: readonly number[] | null
}

/** A move of replicas that is under way. */
export interface OngoingReassignment extends TopicPartition {
  readonly replicas: readonly number[]
  readonly addingReplicas: readonly number[]
  readonly removingReplicas: readonly number[]
}

/** See `Admin.electLeaders`. */
export async function electLeaders(
  context: AdminContext,
  type: ElectionType,
  partitions: readonly TopicPartition[] | null,
): Promise<readonly ElectionResult[]> {
  const summary = 'Cannot elect leaders'
  if (partitions === null) {
    return settleOne(context, summary, async (deadline) => {
      const answer = await elect(null, deadline)
      return [...answer.values()].filter(({ errorCode }) => errorCode === 0).map(resultOf)
    })
  }
  return settle(context, summary, partitions, async (pending, deadline) => {
    assert(pending.length > 0, 'nothing is asked for nothing')
    const answer = await elect(pending, deadline)
    return pending.map((item) => {
      const what = `Cannot elect a leader of ${keyOf(item)}`
      const found = answer.get(keyOf(item))
      if (found === undefined) return unanswered(what)
      const isThere = found.errorCode === ErrorCode.ELECTION_NOT_NEEDED
      const code = isThere ? 0 : found.errorCode
      return outcomeOf(what, code, found.errorMessage, () => resultOf(found))
    })
  })

  async function elect(
    items: readonly TopicPartition[] | null,
    deadline: Parameters<typeof brokerTimeoutMs>[1],
  ) {
    const request = {
      electionType: numberOf('type of election', electionTypes, type),
      topicPartitions: items && byTopic(items).map(wanted),
      timeoutMs: brokerTimeoutMs(context, deadline),
    }
    const response = await ask(context, 'controller', electLeadersApi, request, deadline)
    check(summary, response.errorCode)
    const results = response.replicaElectionResults.flatMap(({ topic, partitionResult }) =>
      partitionResult.map((result) => ({ ...result, topic, partition: result.partitionId })),
    )
    return new Map(results.map((result) => [keyOf(result), result]))
  }
}

/** See `Admin.alterPartitionReassignments`. */
export async function alterPartitionReassignments(
  context: AdminContext,
  reassignments: readonly Reassignment[],
): Promise<void> {
  const summary = 'Cannot reassign partitions'
  await settle(context, summary, reassignments, async (pending, deadline) => {
    assert(pending.length > 0, 'nothing is asked for nothing')
    const topics = byTopic(pending).map(({ name, items }) => ({
      name,
      partitions: items.map(({ partition, replicas }) => ({ partitionIndex: partition, replicas })),
    }))
    const timeoutMs = brokerTimeoutMs(context, deadline)
    const request = { timeoutMs, topics }
    const api = alterPartitionReassignmentsApi
    const response = await ask(context, 'controller', api, request, deadline)
    check(summary, response.errorCode, response.errorMessage)
    return outcomesFrom('Cannot reassign', pending, response.responses, () => ({}))
  })
}

/** See `Admin.listPartitionReassignments`. */
export function listPartitionReassignments(
  context: AdminContext,
  partitions: readonly TopicPartition[] | null,
): Promise<readonly OngoingReassignment[]> {
  const what = 'Cannot list reassignments'
  return settleOne(context, what, async (deadline) => {
    const topics = partitions && indexesByTopic(partitions)
    const request = { timeoutMs: brokerTimeoutMs(context, deadline), topics }
    const api = listPartitionReassignmentsApi
    const response = await ask(context, 'controller', api, request, deadline)
    check(what, response.errorCode, response.errorMessage)
    return response.topics.flatMap(({ name: topic, partitions: found }) =>
      found.map(({ partitionIndex: partition, ...replicas }) => ({
        topic,
        partition,
        ...replicas,
      })),
    )
  })
}

function wanted({ name, items }: ReturnType<typeof byTopic<TopicPartition>>[number]) {
  return { topic: name, partitions: items.map(({ partition }) => partition) }
}

function resultOf(one: TopicPartition & { readonly errorCode: number }): ElectionResult {
  return { topic: one.topic, partition: one.partition, isElected: one.errorCode === 0 }
}
