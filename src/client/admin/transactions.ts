import { assert } from '../../base/assert.ts'
import {
  describeTransactionsApi,
  type TransactionState,
} from '../../protocol/generated/65-describe-transactions.ts'
import {
  type ListedTransaction,
  listTransactionsApi,
} from '../../protocol/generated/66-list-transactions.ts'
import type { TopicPartition } from '../topic-partition.ts'
import { ofBrokers } from './brokers.ts'
import { onCoordinators } from './groups.ts'
import { type AdminContext, answerOf, ask, check, settle } from './settle.ts'

/** A transactional producer and what it has under way. */
export interface TransactionDescription {
  readonly transactionalId: string
  /** Kafka's word, as `Ongoing` or `CompleteCommit`. */
  readonly state: string
  /** Node id of the broker that keeps it. */
  readonly coordinator: number
  readonly producerId: number
  readonly producerEpoch: number
  /** After so many ms the coordinator aborts what is open. */
  readonly timeoutMs: number
  /** When what is open began, in ms since 1970; null where nothing is. */
  readonly startedAtMs: number | null
  /** What the open transaction has written to. */
  readonly partitions: readonly TopicPartition[]
}

/** See `Admin.listTransactions`. */
export function listTransactions(context: AdminContext): Promise<readonly ListedTransaction[]> {
  const what = 'Cannot list transactions'
  return ofBrokers(context, what, undefined, async (id, deadline) => {
    const request = { stateFilters: [], producerIdFilters: [] }
    const response = await ask(context, id, listTransactionsApi, request, deadline)
    check(`${what} of broker ${id}`, response.errorCode)
    return response.transactionStates
  })
}

/** See `Admin.describeTransactions`. */
export function describeTransactions(
  context: AdminContext,
  transactionalIds: readonly string[],
): Promise<readonly TransactionDescription[]> {
  const what = 'Cannot describe transactions'
  return settle(context, what, transactionalIds, (pending, deadline) =>
    onCoordinators(
      context,
      pending,
      deadline,
      async (coordinator, id) => {
        const words = `Cannot describe the transaction of "${id}"`
        const request = { transactionalIds: [id] }
        const api = describeTransactionsApi
        const { transactionStates } = await ask(context, coordinator, api, request, deadline)
        const found = transactionStates.find(({ transactionalId }) => transactionalId === id)
        return answerOf(words, found, (state) => described(coordinator, state))
      },
      'transaction',
    ),
  )
}

function described(coordinator: number, found: TransactionState): TransactionDescription {
  const { transactionalId, transactionState: state, producerId, producerEpoch } = found
  const startedAtMs = found.transactionStartTimeMs
  assert(found.errorCode === 0, 'a transaction that could be described')
  return {
    transactionalId,
    state,
    coordinator,
    producerId,
    producerEpoch,
    timeoutMs: found.transactionTimeoutMs,
    startedAtMs: startedAtMs < 0 ? null : startedAtMs,
    partitions: found.topics.flatMap(({ topic, partitions }) =>
      partitions.map((partition) => ({ topic, partition })),
    ),
  }
}
