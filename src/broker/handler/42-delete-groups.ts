/** DeleteGroups: the group coordinator's answer. */
import {
  type DeleteGroupsRequest,
  type DeleteGroupsResponseInput,
  deleteGroupsApi,
} from '../../protocol/generated/42-delete-groups.ts'
import type { Handler } from './handler.ts'

/** Handles DeleteGroups 0 to 3. */
export const deleteGroups: Handler<DeleteGroupsRequest, DeleteGroupsResponseInput> = {
  api: deleteGroupsApi,

  async handle(request, _call, broker) {
    const groups = await broker.groups.coordinator()
    return groups.deleteGroups(request)
  },

  refusal(request, code) {
    return {
      throttleTimeMs: 0,
      results: request.groupsNames.map((groupId) => ({ groupId, errorCode: code })),
    }
  },
}
