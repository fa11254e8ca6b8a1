import { expect, it } from 'vitest'
import { ConfigError } from '../../../src/client/error.ts'
import { requireTimeout, requireWhole } from '../../../src/client/options/whole-argument.ts'

const any = Number.MIN_SAFE_INTEGER

it.each([
  [0, 0],
  [2 ** 53 - 1, 0],
  [-1, -1],
  [-5, any],
])('%d is a whole number from %d on', (value, min) => {
  expect(() => requireWhole('The offset', value, min)).not.toThrow()
})

it.each([
  [Number.NaN, 0],
  [1.5, 0],
  [-1, 0],
  [-2, -1],
  [Infinity, 0],
  [2 ** 53, 0],
  [0.5, any],
  ['7', 0],
  [7n, 0],
  [undefined, 0],
])('%s is none from %d on', (value, min) => {
  expect(() => requireWhole('The offset', value, min)).toThrow(ConfigError)
})

it('says what was given, and what it has to be', () => {
  const call = (min: number, unit?: string) => () =>
    requireWhole('The shift of t-0', 0.5, min, unit)
  expect(call(3)).toThrow('The shift of t-0 is 0.5; it has to be a whole number from 3 on.')
  expect(call(0, 'records')).toThrow('it has to be a whole number of records from 0 on.')
  expect(call(any, 'records')).toThrow('it has to be a whole number of records.')
})

it.each([0, 0.5, 1_000, Infinity])('%d ms can be waited for', (timeoutMs) => {
  expect(() => requireTimeout(timeoutMs)).not.toThrow()
})

it.each([Number.NaN, -1, '5', null])('%s ms cannot', (timeoutMs) => {
  expect(() => requireTimeout(timeoutMs)).toThrow(ConfigError)
})
