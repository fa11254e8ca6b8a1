/** LeaveGroup: the group coordinator's answer. */
import {
  type LeaveGroupRequest,
  type LeaveGroupResponseInput,
  leaveGroupApi,
} from '../../protocol/generated/13-leave-group.ts'
import { callerOf } from './caller.ts'
import type { Handler } from './handler.ts'

/** Handles LeaveGroup 0 to 5. */
export const leaveGroup: Handler<LeaveGroupRequest, LeaveGroupResponseInput> = {
  api: leaveGroupApi,

  async handle(request, call, broker) {
    const groups = await broker.groups.coordinator()
    return groups.leaveGroup(request, callerOf(call))
  },

  refusal(_request, code) {
    return { errorCode: code }
  },
}
