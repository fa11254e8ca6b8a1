/** ListGroups: the group coordinator's answer. */
import {
  type ListGroupsRequest,
  type ListGroupsResponseInput,
  listGroupsApi,
} from '../../protocol/generated/16-list-groups.ts'
import type { Handler } from './handler.ts'

/** Handles ListGroups 0 to 5. */
export const listGroups: Handler<ListGroupsRequest, ListGroupsResponseInput> = {
  api: listGroupsApi,

  async handle(request, _call, broker) {
    const groups = await broker.groups.coordinator()
    return groups.listGroups(request)
  },

  refusal(_request, code) {
    return { errorCode: code, groups: [] }
  },
}
