/**
 * FindCoordinator. Groups are coordinated here; their topic is created on the first question,
 * before the answer. Transactions and share groups have no coordinator yet.
 */
import { ErrorCode } from '../../protocol/error-codes.ts'
import {
  type CoordinatorInput,
  type FindCoordinatorRequest,
  type FindCoordinatorResponseInput,
  findCoordinatorApi,
} from '../../protocol/generated/10-find-coordinator.ts'
import type { BrokerContext } from '../context.ts'
import { groupOffsetsTopic } from '../group-config.ts'
import type { Call, Handler } from './handler.ts'

/** Kinds of keys. */
const keyGroup = 0
const keyTransaction = 1

/** First version that asks for several keys at once. */
const manyKeysSince = 4

/** Handles FindCoordinator 0 to 6. */
export const findCoordinator: Handler<FindCoordinatorRequest, FindCoordinatorResponseInput> = {
  api: findCoordinatorApi,

  async handle(request, call, broker) {
    const failure = await judge(request.keyType, broker)
    if (failure !== undefined) return answer(request, call, { ...nowhere, ...failure })
    const { host, port } = broker.advertiser.endpointFor(call.local)
    // Kafka's own words for success: old clients print them, so they are better than null.
    const errorMessage = call.version >= manyKeysSince ? '' : 'NONE'
    const found = { nodeId: broker.nodeId, host, port, errorCode: ErrorCode.NONE, errorMessage }
    return answer(request, call, found)
  },

  refusal(request, code, call) {
    return answer(request, call, { ...nowhere, errorCode: code, errorMessage: null })
  },
}

interface Failure {
  readonly errorCode: number
  readonly errorMessage: string
}

const nowhere = { nodeId: -1, host: '', port: -1 }

/** Why keys of this kind have no coordinator here; undefined when they have. */
async function judge(keyType: number, broker: BrokerContext): Promise<Failure | undefined> {
  if (keyType === keyTransaction) {
    return {
      errorCode: ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
      errorMessage: 'This broker does not coordinate transactions.',
    }
  }
  if (keyType !== keyGroup) {
    const errorMessage = `This broker coordinates no keys of type ${keyType}.`
    return { errorCode: ErrorCode.INVALID_REQUEST, errorMessage }
  }
  const failure = await broker.topics.ensure(groupOffsetsTopic)
  if (failure === ErrorCode.NONE) return undefined
  const errorMessage = `The topic ${groupOffsetsTopic} cannot be created.`
  return { errorCode: ErrorCode.COORDINATOR_NOT_AVAILABLE, errorMessage }
}

function answer(
  request: FindCoordinatorRequest,
  call: Call,
  one: Required<Omit<CoordinatorInput, 'key'>>,
): FindCoordinatorResponseInput {
  if (call.version < manyKeysSince) return one
  return { coordinators: request.coordinatorKeys.map((key) => ({ key, ...one })) }
}
