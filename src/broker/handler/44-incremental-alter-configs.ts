/** IncrementalAlterConfigs: only what a request names changes. */
import {
  type IncrementalAlterConfigsRequest,
  type IncrementalAlterConfigsResponse,
  incrementalAlterConfigsApi,
} from '../../protocol/generated/44-incremental-alter-configs.ts'
import type { Handler } from './handler.ts'
import { refuseResources } from './resource-results.ts'

/** Handles IncrementalAlterConfigs 0 and 1. */
export const incrementalAlterConfigs: Handler<
  IncrementalAlterConfigsRequest,
  IncrementalAlterConfigsResponse
> = {
  api: incrementalAlterConfigsApi,

  async handle(request, _call, broker) {
    return { throttleTimeMs: 0, responses: await broker.controller.alterConfigs(request) }
  },

  refusal(request, errorCode) {
    return { throttleTimeMs: 0, responses: refuseResources(request.resources, errorCode) }
  },
}
