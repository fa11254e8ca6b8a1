/** AlterConfigs: what a request does not name goes back to its default. */
import {
  type AlterConfigsRequest,
  type AlterConfigsResponse,
  alterConfigsApi,
} from '../../protocol/generated/33-alter-configs.ts'
import type { Handler } from './handler.ts'
import { refuseResources } from './resource-results.ts'

/** Handles AlterConfigs 0 to 2. */
export const alterConfigs: Handler<AlterConfigsRequest, AlterConfigsResponse> = {
  api: alterConfigsApi,

  async handle(request, _call, broker) {
    return { throttleTimeMs: 0, responses: await broker.controller.replaceConfigs(request) }
  },

  refusal(request, errorCode) {
    return { throttleTimeMs: 0, responses: refuseResources(request.resources, errorCode) }
  },
}
