/** ListTransactions: there are none, but a state that does not exist is told. */
import { ErrorCode } from '../../protocol/error-codes.ts'
import {
  type ListTransactionsRequest,
  type ListTransactionsResponse,
  listTransactionsApi,
} from '../../protocol/generated/66-list-transactions.ts'
import type { Handler } from './handler.ts'

/** Kafka's names of the states of a transaction. */
const states: ReadonlySet<string> = new Set([
  'Empty',
  'Ongoing',
  'PrepareCommit',
  'PrepareAbort',
  'CompleteCommit',
  'CompleteAbort',
  'Dead',
  'PrepareEpochFence',
])

/** Handles ListTransactions 0 to 2. */
export const listTransactions: Handler<ListTransactionsRequest, ListTransactionsResponse> = {
  api: listTransactionsApi,

  handle({ stateFilters }) {
    const unknown = new Set(stateFilters.filter((state) => !states.has(state)))
    return answer(ErrorCode.NONE, [...unknown])
  },

  refusal(_request, code) {
    return answer(code, [])
  },
}

function answer(
  errorCode: number,
  unknownStateFilters: readonly string[],
): ListTransactionsResponse {
  return { throttleTimeMs: 0, errorCode, unknownStateFilters, transactionStates: [] }
}
