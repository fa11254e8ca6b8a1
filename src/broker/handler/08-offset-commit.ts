/** OffsetCommit: the group coordinator's answer, and the refusal of every partition. */
import {
  type OffsetCommitRequest,
  type OffsetCommitResponseInput,
  offsetCommitApi,
} from '../../protocol/generated/08-offset-commit.ts'
import { callerOf } from './caller.ts'
import type { Handler } from './handler.ts'

/** First version that names topics by id. */
const idsSince = 10

/** Handles OffsetCommit 2 to 10. */
export const offsetCommit: Handler<OffsetCommitRequest, OffsetCommitResponseInput> = {
  api: offsetCommitApi,

  async handle(request, call, broker) {
    const groups = await broker.groups.coordinator()
    return groups.offsetCommit(request, callerOf(call))
  },

  refusal(request, code, call) {
    return {
      topics: request.topics.map(({ name, topicId, partitions }) => ({
        ...(call.version >= idsSince ? { topicId } : { name }),
        partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode: code })),
      })),
    }
  },
}
