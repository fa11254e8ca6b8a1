import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Payload } from '../../src/record/record.ts'
import { deserializers, serializers } from '../../src/record/serializer.ts'

function bytesOf(payload: Payload): Buffer {
  return Buffer.from(payload as string)
}

describe('serializers and deserializers', () => {
  it('give strings back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(deserializers.string(bytesOf(serializers.string(text)))).toBe(text)
      }),
    )
  })

  it('give JSON back', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (data) => {
        const back = deserializers.json(bytesOf(serializers.json(data)))
        expect(JSON.stringify(back)).toBe(JSON.stringify(data))
      }),
    )
  })

  it('give every number back as a double', () => {
    fc.assert(
      fc.property(fc.double(), (value) => {
        expect(deserializers.number(bytesOf(serializers.number(value)))).toBe(value)
      }),
    )
  })

  it('write numbers as DoubleSerializer and LongSerializer do', () => {
    expect(bytesOf(serializers.number(1.5)).toString('hex')).toBe('3ff8000000000000')
    expect(bytesOf(serializers.long(-2)).toString('hex')).toBe('fffffffffffffffe')
    expect(bytesOf(serializers.long(2n ** 53n)).toString('hex')).toBe('0020000000000000')
  })

  it('give whole numbers back as int64', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (value) => {
        expect(deserializers.long(bytesOf(serializers.long(value)))).toBe(value)
      }),
    )
  })

  it('give bytes back as they are', () => {
    const bytes = Buffer.from([0, 255])
    expect(serializers.bytes(bytes)).toBe(bytes)
    expect(deserializers.bytes(bytes)).toBe(bytes)
  })
})

describe('what has no form is refused', () => {
  it.each([
    ['a string', () => serializers.string(5 as unknown as string), /number is no string/],
    ['JSON', () => serializers.json(undefined), /no form for undefined/],
    ['a number', () => serializers.number('5' as unknown as number), /string is no number/],
    ['an int64', () => serializers.long(1.5), /1\.5 is no whole number/],
    ['a large int64', () => serializers.long(2 ** 53), /no whole number/],
    ['bytes', () => serializers.bytes('x' as unknown as Uint8Array), /no Uint8Array/],
    ['seven bytes', () => deserializers.number(Buffer.alloc(7)), /this has 7/],
    [
      'an int64 above 2^53',
      () => deserializers.long(Buffer.from('0020000000000000', 'hex')),
      /2\^53/,
    ],
    ['broken JSON', () => deserializers.json(Buffer.from('{')), SyntaxError],
  ])('%s', (_name, call, error) => {
    expect(call).toThrow(error)
  })
})
