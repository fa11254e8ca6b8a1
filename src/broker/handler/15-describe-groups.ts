/** DescribeGroups: the group coordinator's answer, and what the client may do where it asks. */
import { ErrorCode } from '../../protocol/error-codes.ts'
import {
  type DescribeGroupsRequest,
  type DescribeGroupsResponseInput,
  describeGroupsApi,
} from '../../protocol/generated/15-describe-groups.ts'
import { callerOf } from './caller.ts'
import type { Handler } from './handler.ts'
import { groupOperations } from './operations.ts'

/** Handles DescribeGroups 0 to 6. */
export const describeGroups: Handler<DescribeGroupsRequest, DescribeGroupsResponseInput> = {
  api: describeGroupsApi,

  async handle(request, call, broker) {
    const groups = await broker.groups.coordinator()
    const response = await groups.describeGroups(request, callerOf(call))
    if (!request.includeAuthorizedOperations) return response
    const described = response.groups.map((group) =>
      group.errorCode === ErrorCode.NONE
        ? { ...group, authorizedOperations: groupOperations }
        : group,
    )
    return { ...response, groups: described }
  },

  refusal(request, code) {
    return {
      groups: request.groups.map((groupId) => ({
        errorCode: code,
        groupId,
        groupState: '',
        protocolType: '',
        protocolData: '',
        members: [],
      })),
    }
  },
}
