/** CreateAcls, without an authorizer: each rule of the request is refused. */
import { ErrorCode } from '../../protocol/error-codes.ts'
import {
  type CreateAclsRequest,
  type CreateAclsResponse,
  createAclsApi,
} from '../../protocol/generated/30-create-acls.ts'
import type { Handler } from './handler.ts'
import { noAuthorizer } from './operations.ts'

/** Handles CreateAcls 1 to 3. */
export const createAcls: Handler<CreateAclsRequest, CreateAclsResponse> = {
  api: createAclsApi,

  handle(request) {
    return failed(request, ErrorCode.SECURITY_DISABLED, noAuthorizer)
  },

  refusal(request, code) {
    return failed(request, code, null)
  },
}

function failed(
  { creations }: CreateAclsRequest,
  errorCode: number,
  errorMessage: string | null,
): CreateAclsResponse {
  return { throttleTimeMs: 0, results: creations.map(() => ({ errorCode, errorMessage })) }
}
