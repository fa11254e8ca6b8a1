import { describe, expect, it } from 'vitest'
import { compileFormat, plainFormat } from '../../../src/cli/record-text/format.ts'
import { OutputBuffer } from '../../../src/cli/record-text/output-buffer.ts'
import type { ConsumerRecord } from '../../../src/client/index.ts'
import { recordWith } from './record.ts'

function printed(format: string, record: ConsumerRecord, nullText = ''): Buffer {
  const write = compileFormat(format, Buffer.from(nullText))
  if (typeof write === 'string') throw new Error(write)
  const output = new OutputBuffer()
  write(record, output)
  return Buffer.from(output.take())
}

const pairs = [
  { key: 'h', value: Buffer.from('1') },
  { key: 'h', value: Buffer.from('2') },
  { key: 'e', value: Buffer.from('') },
  { key: 'n', value: null },
]

describe('compileFormat', () => {
  it.each([
    ['%t %p %o %T', {}, 'orders 3 42 1700000000123'],
    ['%k|%K|%s|%S', {}, 'k|1|v|1'],
    ['%k|%K|%s|%S', { key: null, value: null }, '|-1||-1'],
    ['%k|%K|%s|%S', { key: Buffer.of(), value: Buffer.of() }, '|0||0'],
    ['%h', { headers: pairs }, 'h=1,h=2,e=,n=NULL'],
    ['[%h]', {}, '[]'],
    ['%%%s%%', {}, '%v%'],
    [String.raw`%s\n\t\x41`, {}, 'v\n\tA'],
    ['no token', {}, 'no token'],
    ['ä%s€', {}, 'äv€'],
    ['%T', { timestamp: -1 }, '-1'],
  ])('%j of %j', (format, fields, text) => {
    expect(printed(format, recordWith(fields as Partial<ConsumerRecord>)).toString()).toBe(text)
  })

  it('prints lengths as four bytes, and values as they are', () => {
    const value = Buffer.of(0, 255, 10, 37)
    expect(printed('%R%s', recordWith({ value }))).toEqual(Buffer.of(0, 0, 0, 4, 0, 255, 10, 37))
    expect(printed('%R', recordWith({ value: null }))).toEqual(Buffer.of(255, 255, 255, 255))
  })

  it('prints what stands for null, and nothing in place of what is empty', () => {
    const record = recordWith({ key: null, value: Buffer.of() })
    expect(printed('%k|%s|%K', record, 'NULL').toString()).toBe('NULL||-1')
  })

  it.each([
    ['', 'it is empty'],
    ['%s %', 'it ends in %'],
    ['%x', 'it has %x; there are %s, %S, %R, %k, %K, %t, %p, %o, %T, %h, %%'],
    ['%s%é', 'it has %é'],
    ['%\n', 'it has %\n'],
  ])('refuses %j', (format, why) => {
    expect(compileFormat(format, Buffer.of())).toContain(why)
  })
})

describe('plainFormat', () => {
  const print = (keySeparator: string | undefined, record: ConsumerRecord): string => {
    const output = new OutputBuffer()
    plainFormat({
      keySeparator: keySeparator === undefined ? undefined : Buffer.from(keySeparator),
      delimiter: Buffer.from('--'),
      nullText: Buffer.from('NIL'),
    })(record, output)
    return output.take().toString()
  }

  it('is the value and the delimiter, behind the key where that is wanted', () => {
    expect(print(undefined, recordWith())).toBe('v--')
    expect(print(':', recordWith())).toBe('k:v--')
    expect(print(':', recordWith({ key: null, value: null }))).toBe('NIL:NIL--')
    expect(print(undefined, recordWith({ value: Buffer.of() }))).toBe('--')
  })
})
