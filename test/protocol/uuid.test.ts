import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isUuid, uuidFromBytes, uuidToBytes, zeroUuid } from '../../src/protocol/uuid.ts'

test('the printed form is base64url without padding', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
      const text = uuidFromBytes(bytes)
      expect(text).toBe(Buffer.from(bytes).toString('base64url'))
      const back = new Uint8Array(18)
      expect(uuidToBytes(text, back, 1)).toBe(true)
      expect(back).toEqual(Uint8Array.of(0, ...bytes, 0))
      expect(isUuid(text)).toBe(true)
    }),
  )
})

test('the zero id is 16 zero bytes', () => {
  expect(uuidFromBytes(new Uint8Array(16))).toBe(zeroUuid)
})

test('bytes may lie anywhere', () => {
  const bytes = Uint8Array.from({ length: 20 }, (_, index) => index * 13)
  expect(uuidFromBytes(bytes, 3)).toBe(uuidFromBytes(bytes.subarray(3, 19)))
})

test.each([
  '',
  'AAAAAAAAAAAAAAAAAAAAA',
  'AAAAAAAAAAAAAAAAAAAAAAA',
  'AAAAAAAAAAAAAAAAAAAAA+',
  'AAAAAAAAAAAAAAAAAAAAA=',
  'AAAAAAAAAAяAAAAAAAAAAA',
  'AAAAAAAAAAAAAAAAAAAAAB',
])('%j is no id', (text) => {
  expect(isUuid(text)).toBe(false)
})
