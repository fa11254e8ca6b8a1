/** DescribeAcls, without an authorizer: there are no access rules to be told. */
import { ErrorCode } from '../../protocol/error-codes.ts'
import {
  type DescribeAclsRequest,
  type DescribeAclsResponseInput,
  describeAclsApi,
} from '../../protocol/generated/29-describe-acls.ts'
import type { Handler } from './handler.ts'
import { noAuthorizer } from './operations.ts'

/** Handles DescribeAcls 1 to 3. */
export const describeAcls: Handler<DescribeAclsRequest, DescribeAclsResponseInput> = {
  api: describeAclsApi,

  handle() {
    return failed(ErrorCode.SECURITY_DISABLED, noAuthorizer)
  },

  refusal(_request, code) {
    return failed(code, null)
  },
}

function failed(errorCode: number, errorMessage: string | null): DescribeAclsResponseInput {
  return { throttleTimeMs: 0, errorCode, errorMessage, resources: [] }
}
