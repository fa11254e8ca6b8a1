import { expect, test } from 'vitest'
import { AssertionError, assert, unreachable } from '../../src/base/assert.ts'

test('a true condition passes and narrows the type', () => {
  const value: number | undefined = [1].at(0)
  assert(value !== undefined, 'there is one')
  expect(value + 1).toBe(2)
})

test('a false condition throws an error of its own class', () => {
  expect(() => assert(false, 'two plus two is four')).toThrow(AssertionError)
  expect(() => assert(false, 'two plus two is four')).toThrow('two plus two is four')
})

test('a branch that the types rule out throws when it is reached all the same', () => {
  expect(() => unreachable('surprise' as never)).toThrow('unreachable: surprise')
})
