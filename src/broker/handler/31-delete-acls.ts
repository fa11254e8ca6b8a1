/** DeleteAcls, without an authorizer: each filter of the request is refused. */
import { ErrorCode } from '../../protocol/error-codes.ts'
import {
  type DeleteAclsRequest,
  type DeleteAclsResponseInput,
  deleteAclsApi,
} from '../../protocol/generated/31-delete-acls.ts'
import type { Handler } from './handler.ts'
import { noAuthorizer } from './operations.ts'

/** Handles DeleteAcls 1 to 3. */
export const deleteAcls: Handler<DeleteAclsRequest, DeleteAclsResponseInput> = {
  api: deleteAclsApi,

  handle(request) {
    return failed(request, ErrorCode.SECURITY_DISABLED, noAuthorizer)
  },

  refusal(request, code) {
    return failed(request, code, null)
  },
}

function failed(
  { filters }: DeleteAclsRequest,
  errorCode: number,
  errorMessage: string | null,
): DeleteAclsResponseInput {
  const filterResults = filters.map(() => ({ errorCode, errorMessage, matchingAcls: [] }))
  return { throttleTimeMs: 0, filterResults }
}
