import { describe, expect, it } from 'vitest'
import { formatValue, parseValue } from '../../../src/metadata/config/value.ts'

describe('integers', () => {
  it.each<['short' | 'int' | 'long', string, number | undefined]>([
    ['short', '32767', 32767],
    ['short', '32768', undefined],
    ['int', '-2147483648', -2147483648],
    ['int', '2147483648', undefined],
    ['long', '9223372036854775807', Infinity],
    ['long', '9223372036854775808', undefined],
    ['long', '-9223372036854775808', -(2 ** 63)],
    ['long', '+5', 5],
    ['int', '', undefined],
    ['int', '1.5', undefined],
    ['int', '0x10', undefined],
    ['long', '1'.repeat(100_000), undefined],
  ])('%s %s', (type, text, value) => {
    expect(parseValue(type, text).value).toBe(value)
  })
})

describe('doubles', () => {
  it.each<[number, string]>([
    [0.5, '0.5'],
    [1, '1.0'],
    [0, '0.0'],
    [10485760, '1.048576E7'],
    [1e7, '1.0E7'],
    [0.0001, '1.0E-4'],
    [1234.5, '1234.5'],
  ])('%s is printed as %s', (value, text) => {
    expect(formatValue('double', value)).toBe(text)
    expect(parseValue('double', text).value).toBe(value)
  })
})

describe('texts', () => {
  it('are trimmed, passwords are not', () => {
    expect(parseValue('string', '  a b ').value).toBe('a b')
    expect(parseValue('password', ' a ').value).toBe(' a ')
  })

  it('are printed back as Kafka does', () => {
    expect(formatValue('list', ['a', 'b'])).toBe('a,b')
    expect(formatValue('list', [])).toBe('')
    expect(formatValue('long', Infinity)).toBe('9223372036854775807')
    expect(formatValue('boolean', false)).toBe('false')
    expect(formatValue('string', null)).toBeNull()
  })
})
