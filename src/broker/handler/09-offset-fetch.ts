/** OffsetFetch: the group coordinator's answer, and the refusal in each version's form. */
import {
  type OffsetFetchRequest,
  type OffsetFetchResponseInput,
  offsetFetchApi,
} from '../../protocol/generated/09-offset-fetch.ts'
import { callerOf } from './caller.ts'
import type { Handler } from './handler.ts'

/** First versions with an error for the whole answer, and with several groups. */
const topLevelErrorSince = 2
const manyGroupsSince = 8

/** Handles OffsetFetch 1 to 10. */
export const offsetFetch: Handler<OffsetFetchRequest, OffsetFetchResponseInput> = {
  api: offsetFetchApi,

  async handle(request, call, broker) {
    const groups = await broker.groups.coordinator()
    return groups.offsetFetch(request, callerOf(call))
  },

  refusal(request, code, call) {
    if (call.version >= manyGroupsSince) {
      const groups = request.groups.map(({ groupId }) => ({ groupId, topics: [], errorCode: code }))
      return { groups }
    }
    if (call.version >= topLevelErrorSince) return { topics: [], errorCode: code }
    return {
      topics: (request.topics ?? []).map(({ name, partitionIndexes }) => ({
        name,
        partitions: partitionIndexes.map((partitionIndex) => ({
          partitionIndex,
          committedOffset: -1,
          metadata: '',
          errorCode: code,
        })),
      })),
    }
  },
}
