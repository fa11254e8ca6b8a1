/** CreateTopics. The answer comes when the partitions can be used. */
import {
  type CreateTopicsRequest,
  type CreateTopicsResponseInput,
  createTopicsApi,
} from '../../protocol/generated/19-create-topics.ts'
import type { Handler } from './handler.ts'

/** First version that tells partitions, replicas and configs of a new topic. */
const detailsSince = 5

/** First version whose clients know how to wait where a quota refuses a topic. */
const strictSince = 6

/** Handles CreateTopics 2 to 7. */
export const createTopics: Handler<CreateTopicsRequest, CreateTopicsResponseInput> = {
  api: createTopicsApi,

  async handle(request, call, broker) {
    const quota = broker.flow.mutationQuota(call.clientId, call.version >= strictSince)
    const results = await broker.controller.createTopics(request, quota)
    const throttleTimeMs = quota.throttleMs()
    if (call.version >= detailsSince) return { throttleTimeMs, topics: results }
    return {
      throttleTimeMs,
      topics: results.map(({ name, errorCode, errorMessage }) => ({
        name,
        errorCode,
        errorMessage,
      })),
    }
  },

  refusal(request, code) {
    const names = [...new Set(request.topics.map(({ name }) => name))]
    return { topics: names.map((name) => ({ name, errorCode: code, configs: [] })) }
  },
}
