/** UpdateFeatures: all updates of the request, or none. */
import { ErrorCode } from '../../protocol/error-codes.ts'
import {
  type UpdateFeaturesRequest,
  type UpdateFeaturesResponse,
  updateFeaturesApi,
} from '../../protocol/generated/57-update-features.ts'
import type { Handler } from './handler.ts'

/** Handles UpdateFeatures 0 to 2. Version 0 cannot lower a level, as with Apache Kafka. */
export const updateFeatures: Handler<UpdateFeaturesRequest, UpdateFeaturesResponse> = {
  api: updateFeaturesApi,

  async handle(request, _call, broker) {
    const refusal = await broker.controller.updateFeatures(request)
    if (refusal !== undefined) return failed(refusal.code, refusal.message)
    return {
      throttleTimeMs: 0,
      errorCode: ErrorCode.NONE,
      errorMessage: null,
      // One for each update, also where one feature is named twice.
      results: request.featureUpdates.map(({ feature }) => ({
        feature,
        errorCode: ErrorCode.NONE,
        errorMessage: null,
      })),
    }
  },

  refusal(_request, code) {
    return failed(code, null)
  },
}

function failed(errorCode: number, errorMessage: string | null): UpdateFeaturesResponse {
  return { throttleTimeMs: 0, errorCode, errorMessage, results: [] }
}
