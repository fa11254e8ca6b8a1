import { expect, test } from 'vitest'
import { outcomesOf } from '../../src/cli/outcomes.ts'
import { AdminError, NetworkError, ProtocolError } from '../../src/client/index.ts'
import { ErrorCode } from '../../src/protocol/error-codes.ts'

const failure = new ProtocolError('Cannot do it', ErrorCode.OFFSET_OUT_OF_RANGE)

test('results are the outcomes', async () => {
  expect(await outcomesOf(['a', 'b'], async () => [1, 2])).toEqual([1, 2])
})

test('of several, each has its own', async () => {
  const call = () => Promise.reject(new AdminError('Cannot do them', [1, failure]))
  expect(await outcomesOf(['a', 'b'], call)).toEqual([1, failure])
})

test('what fails as a whole fails for each', async () => {
  const away = new NetworkError('Nobody there.')
  expect(await outcomesOf(['a', 'b'], () => Promise.reject(away))).toEqual([away, away])
})

test('nothing is not asked for', async () => {
  expect(await outcomesOf([], () => Promise.reject(new Error('asked')))).toEqual([])
})

test('a bug is no outcome', async () => {
  const bug = new TypeError('undefined is not a function')
  await expect(outcomesOf(['a'], () => Promise.reject(bug))).rejects.toBe(bug)
})
