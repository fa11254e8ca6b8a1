/** AlterConfigs: what a request does not name goes back to its default. */
import {
  type AlterConfigsRequest,
  type AlterConfigsResponse,
  alterConfigsApi,
} from '../../protocol/generated/33-alter-configs.ts'
import { alterResources, refuseResources, refuseUnknownHosts } from './alter-resources.ts'
import type { Handler } from './handler.ts'

/** Handles AlterConfigs 0 to 2. */
export const alterConfigs: Handler<AlterConfigsRequest, AlterConfigsResponse> = {
  api: alterConfigsApi,

  async handle(request, _call, broker) {
    const { validateOnly } = request
    const responses = await alterResources(
      request.resources,
      (resource) => refuseUnknownHosts(resource, broker),
      (resources) => broker.controller.replaceConfigs({ resources, validateOnly }),
    )
    return { throttleTimeMs: 0, responses }
  },

  refusal(request, errorCode) {
    return { throttleTimeMs: 0, responses: refuseResources(request.resources, errorCode) }
  },
}
