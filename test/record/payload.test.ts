import { describe, expect, test } from 'vitest'
import { isTimestamp, pairsOf, payloadOf, UnserializableError } from '../../src/record/payload.ts'
import { serializers } from '../../src/record/serializer.ts'

/** What a call throws. */
function thrown(call: () => unknown): unknown {
  try {
    call()
  } catch (error) {
    return error
  }
  return undefined
}

describe('a key or value', () => {
  test('is a string or bytes without a serializer, else what that makes', () => {
    const bytes = Buffer.from('b')
    expect(payloadOf('value', undefined, 'text', 't')).toBe('text')
    expect(payloadOf('value', undefined, bytes, 't')).toBe(bytes)
    expect(payloadOf('key', serializers.json, { a: 1 }, 't')).toBe('{"a":1}')
    expect(payloadOf('key', () => null, 'gone', 't')).toBeNull()
  })

  test('of another kind is refused with the part and the way out', () => {
    const error = thrown(() => payloadOf('key', undefined, 1 as never, 't'))
    expect(error).toBeInstanceOf(UnserializableError)
    expect(error).toMatchObject({
      part: 'key',
      message: 'number is neither a string nor bytes; give a serializer',
    })
    const made = thrown(() => payloadOf('value', (() => 1) as never, 'x', 't'))
    expect(made).toMatchObject({ part: 'value', message: 'number is neither a string nor bytes' })
  })

  test('that its serializer refuses carries the reason, as a phrase, and the cause', () => {
    const cause = new Error('not today.')
    const refuse = (): never => {
      throw cause
    }
    const error = thrown(() => payloadOf('value', refuse, 'x', 't'))
    expect(error).toMatchObject({ part: 'value', message: 'not today', cause })
  })
})

test('headers become pairs, or are refused', () => {
  expect(pairsOf({ a: '1' })).toEqual([['a', '1']])
  expect(thrown(() => pairsOf({ a: 1 } as never))).toMatchObject({
    part: 'headers',
    message: expect.stringContaining('"a"'),
  })
})

test.each([
  [0, true],
  [8_640_000_000_000_000, true],
  [8_640_000_000_000_001, false],
  [-1, false],
  [1.5, false],
  [Number.NaN, false],
])('%d as a timestamp: %s', (timestamp, expected) => {
  expect(isTimestamp(timestamp)).toBe(expected)
})
