import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  accepted,
  checkAgainst,
  flag,
  milliseconds,
  oneOf,
  text,
  wholeNumber,
} from '../../src/base/option-rule.ts'

interface Sample {
  readonly lingerMs: number
  readonly batchSize: number
  readonly acks: 'all' | 0 | 1
  readonly idempotence: boolean
  readonly name: string
  readonly callback: (() => void) | undefined
}

class RefusedError extends Error {}
const refuse = (message: string): Error => new RefusedError(message)

const rules = {
  lingerMs: milliseconds(5, { orInfinity: true }),
  batchSize: wholeNumber('bytes', { byDefault: 100, min: 1, max: 1000 }),
  acks: oneOf(['all', 0, 1], 'all'),
  idempotence: flag(true),
  name: text('odradek'),
  callback: accepted<(() => void) | undefined>(
    'a function',
    (value) => typeof value === 'function',
    undefined,
  ),
}
const check = (given: unknown) => checkAgainst<Sample>('Producer', rules, given, refuse)

test('what is left out, or undefined, has its default', () => {
  const defaults = { lingerMs: 5, batchSize: 100, acks: 'all', idempotence: true, name: 'odradek' }
  expect(check({})).toEqual({ ...defaults, callback: undefined })
  expect(check({ lingerMs: undefined, acks: 0 })).toMatchObject({ lingerMs: 5, acks: 0 })
})

describe('an option that is not known', () => {
  test('is told with the one that was meant', () => {
    expect(() => check({ lingerms: 5 })).toThrow(
      "Producer has no option 'lingerms'; did you mean 'lingerMs'?",
    )
  })

  test('is told with all there are, where none is near', () => {
    expect(() => check({ partitioner: 5 })).toThrow(
      "Producer has no option 'partitioner'; the options are acks, batchSize, callback, " +
        'idempotence, lingerMs, name.',
    )
  })

  test('is one also when it is a name that every object has', () => {
    expect(() => check({ toString: 5 })).toThrow("no option 'toString'")
    expect(() => check(JSON.parse('{"__proto__": 5}'))).toThrow("no option '__proto__'")
  })
})

test.each([
  [{ lingerMs: -1 }, "'lingerMs' is -1; it has to be a whole number of milliseconds from 0 to"],
  [{ lingerMs: 1.5 }, "'lingerMs' is 1.5;"],
  [{ lingerMs: '5' }, "'lingerMs' is '5';"],
  [{ lingerMs: Number.NaN }, "'lingerMs' is NaN;"],
  [{ batchSize: Infinity }, 'a whole number of bytes from 1 to 1000.'],
  [{ batchSize: 0 }, 'from 1 to 1000.'],
  [{ acks: 2 }, "'acks' is 2; it has to be 'all', 0 or 1."],
  [{ acks: '1' }, "'acks' is '1';"],
  [{ idempotence: 'true' }, 'it has to be true or false.'],
  [{ name: '' }, "'name' is ''; it has to be text that is not empty."],
  [{ name: null }, "'name' is null;"],
  [{ name: [1, 2] }, "'name' is an array of 2;"],
  [{ callback: {} }, "'callback' is an object; it has to be a function."],
])('%j is refused in words', (given, words) => {
  expect(() => check(given)).toThrow(words)
  expect(() => check(given)).toThrow(RefusedError)
})

test('what is no object is refused', () => {
  for (const given of [undefined, null, 'localhost:9092', 5]) {
    expect(() => check(given)).toThrow('Producer needs an object with options')
  }
})

test('an option that must be there is asked for', () => {
  const needed = { topic: { ...text('x'), byDefault: 'required' as const } }
  expect(() => checkAgainst('Queue', needed, {}, refuse)).toThrow("Queue needs the option 'topic'.")
})

test('any whole number within its bounds is taken as it is, and no other', () => {
  fc.assert(
    fc.property(fc.oneof(fc.integer({ min: -10, max: 1100 }), fc.double()), (batchSize) => {
      const isAllowed = Number.isInteger(batchSize) && batchSize >= 1 && batchSize <= 1000
      if (isAllowed) expect(check({ batchSize }).batchSize).toBe(batchSize)
      else expect(() => check({ batchSize })).toThrow(RefusedError)
    }),
  )
  expect(check({ lingerMs: Infinity }).lingerMs).toBe(Infinity)
})
