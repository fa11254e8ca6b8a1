/** IncrementalAlterConfigs: only what a request names changes. */
import {
  type IncrementalAlterConfigsRequest,
  type IncrementalAlterConfigsResponse,
  incrementalAlterConfigsApi,
} from '../../protocol/generated/44-incremental-alter-configs.ts'
import { alterResources, refuseResources, refuseUnknownHosts } from './alter-resources.ts'
import { alterLoggers } from './broker-loggers.ts'
import type { Handler } from './handler.ts'

/** Handles IncrementalAlterConfigs 0 and 1. */
export const incrementalAlterConfigs: Handler<
  IncrementalAlterConfigsRequest,
  IncrementalAlterConfigsResponse
> = {
  api: incrementalAlterConfigsApi,

  async handle(request, _call, broker) {
    const { validateOnly } = request
    const responses = await alterResources(
      request.resources,
      async (resource) =>
        alterLoggers(resource, validateOnly, broker) ?? refuseUnknownHosts(resource, broker),
      (resources) => broker.controller.alterConfigs({ resources, validateOnly }),
    )
    return { throttleTimeMs: 0, responses }
  },

  refusal(request, errorCode) {
    return { throttleTimeMs: 0, responses: refuseResources(request.resources, errorCode) }
  },
}
