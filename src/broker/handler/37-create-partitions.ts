/** CreatePartitions. The answer comes when the new partitions can be used. */
import {
  type CreatePartitionsRequest,
  type CreatePartitionsResponseInput,
  createPartitionsApi,
} from '../../protocol/generated/37-create-partitions.ts'
import type { Handler } from './handler.ts'

/** First version whose clients know how to wait where a quota refuses partitions. */
const strictSince = 3

/** Handles CreatePartitions 0 to 3. */
export const createPartitions: Handler<CreatePartitionsRequest, CreatePartitionsResponseInput> = {
  api: createPartitionsApi,

  async handle({ topics, timeoutMs, validateOnly }, call, broker) {
    const asked = topics.map(({ name, count, assignments }) => ({
      name,
      count,
      assignments: assignments?.map(({ brokerIds }) => brokerIds) ?? null,
    }))
    const request = { topics: asked, timeoutMs, validateOnly }
    const quota = broker.flow.mutationQuota(call.clientId, call.version >= strictSince)
    const results = await broker.controller.createPartitions(request, quota)
    return { throttleTimeMs: quota.throttleMs(), results }
  },

  refusal(request, errorCode) {
    const names = [...new Set(request.topics.map(({ name }) => name))]
    return { throttleTimeMs: 0, results: names.map((name) => ({ name, errorCode })) }
  },
}
