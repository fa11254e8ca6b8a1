/** CreatePartitions. The answer comes when the new partitions can be used. */
import {
  type CreatePartitionsRequest,
  type CreatePartitionsResponseInput,
  createPartitionsApi,
} from '../../protocol/generated/37-create-partitions.ts'
import type { Handler } from './handler.ts'

/** Handles CreatePartitions 0 to 3. */
export const createPartitions: Handler<CreatePartitionsRequest, CreatePartitionsResponseInput> = {
  api: createPartitionsApi,

  async handle({ topics, timeoutMs, validateOnly }, _call, broker) {
    const asked = topics.map(({ name, count, assignments }) => ({
      name,
      count,
      assignments: assignments?.map(({ brokerIds }) => brokerIds) ?? null,
    }))
    const request = { topics: asked, timeoutMs, validateOnly }
    return { throttleTimeMs: 0, results: await broker.controller.createPartitions(request) }
  },

  refusal(request, errorCode) {
    const names = [...new Set(request.topics.map(({ name }) => name))]
    return { throttleTimeMs: 0, results: names.map((name) => ({ name, errorCode })) }
  },
}
