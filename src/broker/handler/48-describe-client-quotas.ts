/** DescribeClientQuotas: the limits that are set on users, client ids and addresses. */
import { quotasOf } from '../../metadata/client-quotas.ts'
import { filterQuotas } from '../../metadata/quota-filter.ts'
import { ErrorCode } from '../../protocol/error-codes.ts'
import {
  type DescribeClientQuotasRequest,
  type DescribeClientQuotasResponse,
  describeClientQuotasApi,
} from '../../protocol/generated/48-describe-client-quotas.ts'
import type { Handler } from './handler.ts'

/** Handles DescribeClientQuotas 0 to 1. */
export const describeClientQuotas: Handler<
  DescribeClientQuotasRequest,
  DescribeClientQuotasResponse
> = {
  api: describeClientQuotasApi,

  handle(request, _call, broker) {
    const found = filterQuotas(quotasOf(broker.image()).values(), request)
    if (!Array.isArray(found)) return failed(found.code, found.message)
    return {
      throttleTimeMs: 0,
      errorCode: ErrorCode.NONE,
      errorMessage: null,
      entries: found.map(({ entity, values }) => ({
        entity: [...entity].map(([entityType, entityName]) => ({ entityType, entityName })),
        values: [...values].map(([key, value]) => ({ key, value })),
      })),
    }
  },

  refusal: (_request, code) => failed(code, null),
}

function failed(errorCode: number, errorMessage: string | null): DescribeClientQuotasResponse {
  return { throttleTimeMs: 0, errorCode, errorMessage, entries: null }
}
