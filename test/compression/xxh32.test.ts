import { expect, test } from 'vitest'
import { xxh32OfFew } from '../../src/compression/xxh32.ts'

test.each([
  // From xxhsum 0.8.2, seed 0.
  ['', 0x02cc5d05],
  ['a', 0x550d7456],
  ['ab', 0x4999fc53],
  ['abc', 0x32d153ff],
])('of %j', (text, expected) => {
  expect(xxh32OfFew(Buffer.from(text))).toBe(expected)
})

test('longer ones are not its business', () => {
  expect(() => xxh32OfFew(new Uint8Array(4))).toThrow('lanes')
})
