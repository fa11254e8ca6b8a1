import { describe, expect, it } from 'vitest'
import { type HeadersInput, headerPairs, noHeaders } from '../../src/record/headers.ts'

describe('headerPairs', () => {
  it('takes an object, a Map and pairs', () => {
    const bytes = Buffer.from('b')
    const pairs = [
      ['a', '1'],
      ['b', bytes],
      ['c', null],
    ] as const
    expect(headerPairs({ a: '1', b: bytes, c: null })).toEqual(pairs)
    expect(headerPairs(new Map<string, string | Buffer | null>(pairs))).toEqual(pairs)
    expect(headerPairs(pairs)).toEqual(pairs)
  })

  it('takes headers as they are read', () => {
    const read = [
      { key: 'z', value: Buffer.from('1') },
      { key: 'z', value: null },
    ]
    expect(headerPairs(read)).toEqual([
      ['z', Buffer.from('1')],
      ['z', null],
    ])
  })

  it('keeps order and duplicates of pairs', () => {
    const pairs = [
      ['z', '1'],
      ['a', '2'],
      ['z', '3'],
    ] as const
    expect(headerPairs(pairs)).toEqual(pairs)
  })

  it('makes one empty list of nothing', () => {
    expect(headerPairs(undefined)).toBe(noHeaders)
    expect(headerPairs({})).toEqual([])
  })

  it('names the header whose value cannot be sent', () => {
    const wrong = { trace: 7 } as unknown as HeadersInput
    expect(() => headerPairs(wrong)).toThrow(/"trace" is neither a string, nor bytes, nor null/)
    expect(() => headerPairs({ gone: undefined } as unknown as HeadersInput)).toThrow(/"gone"/)
  })

  it('refuses what are no headers', () => {
    expect(() => headerPairs('a=b' as unknown as HeadersInput)).toThrow(/object, a Map or a list/)
    expect(() => headerPairs(null as unknown as HeadersInput)).toThrow(/object, a Map or a list/)
    expect(() => headerPairs([{ key: 1, value: '' }] as unknown as HeadersInput)).toThrow(
      /a string as key/,
    )
    expect(() => headerPairs([null] as unknown as HeadersInput)).toThrow(/a string as key/)
    expect(() => headerPairs([1] as unknown as HeadersInput)).toThrow(/a string as key/)
    expect(() => headerPairs([[1, 'a']] as unknown as HeadersInput)).toThrow(/a string as key/)
    expect(() => headerPairs(new Map([[1, 'a']]) as unknown as HeadersInput)).toThrow(
      /a string as key/,
    )
  })
})
