import fc from 'fast-check'
import { expect, it } from 'vitest'
import { unescaped } from '../../../src/cli/record-text/escapes.ts'

it.each([
  ['', ''],
  ['plain', 'plain'],
  ['é|', Buffer.from('é|')],
  [String.raw`\n\r\t`, '\n\r\t'],
  [String.raw`a\\n`, 'a\\n'],
  [String.raw`\q\%`, 'q%'],
  ['end\\', 'end\\'],
  [String.raw`\x1f\xFf`, Buffer.of(0x1f, 0xff)],
  [String.raw`\x7`, Buffer.of(7)],
  [String.raw`\x41b`, 'Ab'],
  [String.raw`\xg`, 'xg'],
  [String.raw`\0`, Buffer.of(0)],
  [String.raw`\65b`, 'Ab'],
  [String.raw`\0101b`, 'Ab'],
  [String.raw`\012`, '\n'],
  [String.raw`\1234`, '{4'],
  [String.raw`\511`, Buffer.of(0xff)],
  ['\\\n', '\n'],
])('%j', (text, bytes) => {
  expect(unescaped(text)).toEqual(Buffer.from(bytes))
})

it('leaves text without backslashes as it is, and can write any bytes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.uint8Array(), (text, bytes) => {
      const plain = text.replaceAll('\\', '/')
      expect(unescaped(plain).toString()).toBe(plain)
      const hexadecimal = [...bytes].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`)
      expect(unescaped(hexadecimal.join(''))).toEqual(Buffer.from(bytes))
    }),
  )
})
