/** JoinGroup: the group coordinator's answer, which may take as long as a rebalance. */
import {
  type JoinGroupRequest,
  type JoinGroupResponseInput,
  joinGroupApi,
} from '../../protocol/generated/11-join-group.ts'
import { callerOf } from './caller.ts'
import type { Call, Handler } from './handler.ts'

/** First version that may leave the protocol's name out; before, no name is an empty one. */
const nullProtocolSince = 7

/** Handles JoinGroup 0 to 9. */
export const joinGroup: Handler<JoinGroupRequest, JoinGroupResponseInput> = {
  api: joinGroupApi,

  async handle(request, call, broker) {
    const groups = await broker.groups.coordinator()
    return inVersion(await groups.joinGroup(request, callerOf(call)), call)
  },

  refusal(request, code, call) {
    const { memberId } = request
    const refused = { errorCode: code, protocolName: null, leader: '', memberId, members: [] }
    return inVersion(refused, call)
  },
}

function inVersion(response: JoinGroupResponseInput, call: Call): JoinGroupResponseInput {
  if (call.version >= nullProtocolSince) return response
  return { ...response, protocolName: response.protocolName ?? '' }
}
