/** DeleteTopics, by name up to version 5, by name or id from version 6. */
import { ErrorCode } from '../../protocol/error-codes.ts'
import {
  type DeletableTopicResultInput,
  type DeleteTopicsRequest,
  type DeleteTopicsResponseInput,
  deleteTopicsApi,
} from '../../protocol/generated/20-delete-topics.ts'
import { zeroUuid } from '../../protocol/uuid.ts'
import type { Call, Handler } from './handler.ts'

/** First version that knows TOPIC_DELETION_DISABLED. */
const disabledSince = 3

/** First version whose names may be null, and that tells ids. */
const idsSince = 6

/** First version whose clients know how to wait where a quota refuses a deletion. */
const strictSince = 5

/** Handles DeleteTopics 1 to 6. */
export const deleteTopics: Handler<DeleteTopicsRequest, DeleteTopicsResponseInput> = {
  api: deleteTopicsApi,

  async handle(request, call, broker) {
    const quota = broker.flow.mutationQuota(call.clientId, call.version >= strictSince)
    const results = await broker.controller.deleteTopics(request, quota)
    const responses = results.map((result) => inVersion(result, call))
    return { throttleTimeMs: quota.throttleMs(), responses }
  },

  refusal(request, code, call) {
    const asked = [
      ...request.topics,
      ...request.topicNames.map((name) => ({ name, topicId: zeroUuid })),
    ]
    return { responses: asked.map((topic) => inVersion({ ...topic, errorCode: code }, call)) }
  },
}

function inVersion(result: DeletableTopicResultInput, call: Call): DeletableTopicResultInput {
  const disabled = result.errorCode === ErrorCode.TOPIC_DELETION_DISABLED
  const tooNew = disabled && call.version < disabledSince
  const errorCode = tooNew ? ErrorCode.INVALID_REQUEST : result.errorCode
  if (call.version >= idsSince) return { ...result, errorCode }
  return { name: result.name ?? '', errorCode, errorMessage: result.errorMessage ?? null }
}
