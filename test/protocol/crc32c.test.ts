import { expect, test } from 'vitest'
import { crc32c } from '../../src/protocol/crc32c.ts'

test.each([
  ['', 0],
  ['123456789', 0xe3069283],
  ['a', 0xc1d04330],
  ['The quick brown fox jumps over the lazy dog', 0x22620404],
])('of %j', (text, expected) => {
  expect(crc32c(Buffer.from(text))).toBe(expected)
})

test('of 32 zeros, ones, and ascending bytes as RFC 3720 gives them', () => {
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa)
  expect(crc32c(new Uint8Array(32).fill(255))).toBe(0x62a8ab43)
  expect(crc32c(Uint8Array.from({ length: 32 }, (_, index) => index))).toBe(0x46dd794e)
})

test('of any length equals the bitwise definition', () => {
  const bytes = Uint8Array.from({ length: 70 }, (_, index) => (index * 167 + 13) & 255)
  for (let length = 0; length <= bytes.length; length++) {
    let crc = 0xffffffff
    for (const byte of bytes.subarray(0, length)) {
      crc ^= byte
      for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1
    }
    expect(crc32c(bytes.subarray(0, length))).toBe(~crc >>> 0)
  }
})
