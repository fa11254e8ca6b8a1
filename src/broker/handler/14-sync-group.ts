/** SyncGroup: the group coordinator's answer, which waits for the leader's assignment. */
import {
  type SyncGroupRequest,
  type SyncGroupResponseInput,
  syncGroupApi,
} from '../../protocol/generated/14-sync-group.ts'
import { callerOf } from './caller.ts'
import type { Handler } from './handler.ts'

const noAssignment = new Uint8Array(0)

/** Handles SyncGroup 0 to 5. */
export const syncGroup: Handler<SyncGroupRequest, SyncGroupResponseInput> = {
  api: syncGroupApi,

  async handle(request, call, broker) {
    const groups = await broker.groups.coordinator()
    return groups.syncGroup(request, callerOf(call))
  },

  refusal(_request, code) {
    return { errorCode: code, assignment: noAssignment }
  },
}
