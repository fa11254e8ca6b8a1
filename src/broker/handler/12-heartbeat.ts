/** Heartbeat: the group coordinator's answer. */
import {
  type HeartbeatRequest,
  type HeartbeatResponseInput,
  heartbeatApi,
} from '../../protocol/generated/12-heartbeat.ts'
import { callerOf } from './caller.ts'
import type { Handler } from './handler.ts'

/** Handles Heartbeat 0 to 4. */
export const heartbeat: Handler<HeartbeatRequest, HeartbeatResponseInput> = {
  api: heartbeatApi,

  async handle(request, call, broker) {
    const groups = await broker.groups.coordinator()
    return groups.heartbeat(request, callerOf(call))
  },

  refusal(_request, code) {
    return { errorCode: code }
  },
}
