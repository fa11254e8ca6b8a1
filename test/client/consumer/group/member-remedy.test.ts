import { expect, it } from 'vitest'
import { type Remedy, remedyOf } from '../../../../src/client/consumer/group/member-remedy.ts'
import { ErrorCode } from '../../../../src/protocol/error-codes.ts'

it.each<[keyof typeof ErrorCode, Remedy]>([
  ['COORDINATOR_LOAD_IN_PROGRESS', 'retry'],
  ['NOT_COORDINATOR', 'coordinator'],
  ['COORDINATOR_NOT_AVAILABLE', 'coordinator'],
  ['REBALANCE_IN_PROGRESS', 'rejoin'],
  ['ILLEGAL_GENERATION', 'generation'],
  ['UNKNOWN_MEMBER_ID', 'identity'],
  ['MEMBER_ID_REQUIRED', 'member-id'],
  ['FENCED_INSTANCE_ID', 'final'],
  ['GROUP_AUTHORIZATION_FAILED', 'final'],
  ['UNKNOWN_SERVER_ERROR', 'final'],
])('%s asks for: %s', (name, remedy) => {
  expect(remedyOf(ErrorCode[name])).toBe(remedy)
})
