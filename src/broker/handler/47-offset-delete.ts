/** OffsetDelete: the group coordinator's answer. */
import {
  type OffsetDeleteRequest,
  type OffsetDeleteResponseInput,
  offsetDeleteApi,
} from '../../protocol/generated/47-offset-delete.ts'
import type { Handler } from './handler.ts'

/** Handles OffsetDelete 0. */
export const offsetDelete: Handler<OffsetDeleteRequest, OffsetDeleteResponseInput> = {
  api: offsetDeleteApi,

  async handle(request, _call, broker) {
    const groups = await broker.groups.coordinator()
    return groups.offsetDelete(request)
  },

  refusal(_request, code) {
    return { errorCode: code, topics: [] }
  },
}
