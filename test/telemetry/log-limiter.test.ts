import { expect, test } from 'vitest'
import { LogLimiter } from '../../src/telemetry/log-limiter.ts'

test('lets so many lines through in a window and counts the others', () => {
  let now = 0
  const limiter = new LogLimiter(() => now, 2, 1000)
  expect([1, 2, 3, 4].map((n) => limiter.admit(`line ${n}.`))).toEqual([
    'line 1.',
    'line 2.',
    undefined,
    undefined,
  ])
  now = 999
  expect(limiter.admit('line 5.')).toBeUndefined()
  now = 1000
  expect(limiter.admit('line 6.')).toBe('line 6. (3 such lines were left out.)')
  expect(limiter.admit('line 7.')).toBe('line 7.')
})
