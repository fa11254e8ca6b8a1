import { expect, test } from 'vitest'
import { NetworkError, ProtocolError } from '../../../src/client/error.ts'
import {
  clientError,
  closedError,
  saysMetadataIsOld,
} from '../../../src/client/network/broker-error.ts'
import {
  ConnectionError,
  UnreadableAnswerError,
  UnsupportedVersionError,
} from '../../../src/transport/index.ts'

const broken = (fault: ConnectionError['fault'], code?: number) =>
  new ConnectionError(
    'b:1',
    fault,
    'Cannot authenticate to b:1: wrong password (SASL_AUTHENTICATION_FAILED).',
    code === undefined ? {} : { code },
  )

test.each([
  ['unreachable', 'NetworkError', 'NETWORK_EXCEPTION', true],
  ['broken', 'NetworkError', 'NETWORK_EXCEPTION', true],
  ['malformed', 'NetworkError', 'NETWORK_EXCEPTION', true],
  ['closed', 'NetworkError', 'NETWORK_EXCEPTION', true],
  ['timeout', 'TimeoutError', 'REQUEST_TIMED_OUT', true],
  ['refused', 'ProtocolError', 'SASL_AUTHENTICATION_FAILED', false],
] as const)('a connection that is %s is a %s', (fault, name, code, retriable) => {
  const cause = broken(fault)
  expect(clientError(cause)).toMatchObject({ name, code, retriable, cause })
})

test('a refusal keeps its code, and says each thing once', () => {
  const { message, code } = clientError(broken('refused', 33)) as ProtocolError
  expect(code).toBe('UNSUPPORTED_SASL_MECHANISM')
  expect(message).toBe('Cannot authenticate to b:1: wrong password (UNSUPPORTED_SASL_MECHANISM).')
})

test('a number that would be a wrong one is final', () => {
  const cause = new UnreadableAnswerError('b:1', 'b:1 answered Fetch with a number above 2^53.')
  const error = clientError(cause)
  expect(error).toMatchObject({ name: 'ProtocolError', retriable: false, cause })
  expect((error as Error).message).toMatch(/^b:1 answered Fetch with a number above 2\^53: offsets/)
})

test('a version that is not there is final', () => {
  const cause = new UnsupportedVersionError('b:1', 'b:1 does not serve Fetch as we know it.')
  expect(clientError(cause)).toMatchObject({ code: 'UNSUPPORTED_VERSION', retriable: false, cause })
})

test('what is ours already, and our own bugs, stay what they are', () => {
  for (const error of [new NetworkError('x.'), new TypeError('bug'), closedError('Cannot call')]) {
    expect(clientError(error)).toBe(error)
  }
})

test('old metadata is told by its codes', () => {
  const says = (code: number) => saysMetadataIsOld(new ProtocolError('Cannot', code))
  expect([3, 5, 6, 74].map(says)).toEqual([true, true, true, true])
  expect([29, 36, 87].map(says)).toEqual([false, false, false])
  expect(saysMetadataIsOld(new NetworkError('Gone.'))).toBe(true)
  expect(saysMetadataIsOld(new Error('bug'))).toBe(false)
})
