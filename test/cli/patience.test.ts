import { expect, test } from 'vitest'
import { patiently } from '../../src/cli/patience.ts'
import { AdminError, NetworkError, ProtocolError } from '../../src/client/index.ts'
import { ErrorCode } from '../../src/protocol/error-codes.ts'

/** Fails with these, one after the other, and then has a result. */
function failing(...errors: Error[]) {
  let calls = 0
  const work = async () => {
    const error = errors[calls++]
    if (error !== undefined) throw error
    return calls
  }
  return { work, calls: () => calls }
}
const answered = (code: number) => new ProtocolError('Cannot do it', code)

test('what is about to be ready is waited for', async () => {
  const { work } = failing(
    answered(ErrorCode.COORDINATOR_NOT_AVAILABLE),
    new AdminError('Cannot do them', [1, answered(ErrorCode.NOT_LEADER_OR_FOLLOWER)]),
  )
  expect(await patiently(work)).toBe(3)
})

test('but no longer than is said', async () => {
  const { work } = failing(...Array(20).fill(answered(ErrorCode.NOT_COORDINATOR)))
  await expect(patiently(work, 250)).rejects.toThrow('(NOT_COORDINATOR).')
})

test.each([
  ['a broker that is away', new NetworkError('Nobody there.')],
  ['a topic that is not there', answered(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION)],
  ['a bug', new TypeError('undefined is not a function')],
])('%s is told at once', async (_, error) => {
  const { work, calls } = failing(error)
  await expect(patiently(work)).rejects.toBe(error)
  expect(calls()).toBe(1)
})
