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
    const parts = request.entries.flatMap(({ entity }) => entity)
    const hosts = parts.filter(({ entityType }) => entityType === 'ip')
    const unknownHosts = await broker.flow.unknownHosts(
      hosts.flatMap(({ entityName }) => entityName ?? []),
    )
    const results = await broker.controller.alterClientQuotas({ ...request, unknownHosts })
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
