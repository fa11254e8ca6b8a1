/** AlterClientQuotas: each entity by itself, as the controller decides. */
import { assert } from '../../base/assert.ts'
import { ErrorCode } from '../../protocol/error-codes.ts'
import {
  type AlterClientQuotasRequest,
  type AlterClientQuotasResponse,
  alterClientQuotasApi,
} from '../../protocol/generated/49-alter-client-quotas.ts'
import type { Handler } from './handler.ts'

/** Handles AlterClientQuotas 0 to 1. */
export const alterClientQuotas: Handler<AlterClientQuotasRequest, AlterClientQuotasResponse> = {
  api: alterClientQuotasApi,

  async handle(request, _call, broker) {
    const results = await broker.controller.alterClientQuotas(request)
    assert(results.length <= request.entries.length, 'nobody else is answered')
    const entries = results.map(({ entity, refusal }) => ({
      errorCode: refusal?.code ?? ErrorCode.NONE,
      errorMessage: refusal?.message ?? null,
      entity: [...entity].map(([entityType, entityName]) => ({ entityType, entityName })),
    }))
    return { throttleTimeMs: 0, entries }
  },

  refusal(request, errorCode) {
    const entries = request.entries.map(({ entity }) => ({ errorCode, errorMessage: null, entity }))
    return { throttleTimeMs: 0, entries }
  },
}
