import { expect, test } from 'vitest'
import { asBuffer } from '../../src/base/as-buffer.ts'

test('bytes are the same memory as a Buffer', () => {
  const bytes = new Uint8Array([1, 2, 3, 4]).subarray(1, 3)
  const buffer = asBuffer(bytes)
  expect([...buffer]).toEqual([2, 3])
  buffer[0] = 9
  expect(bytes[0]).toBe(9)
})

test('a Buffer is itself, and so are views of it Buffers', () => {
  const buffer = Buffer.from('abc')
  expect(asBuffer(buffer)).toBe(buffer)
  expect(Buffer.isBuffer(asBuffer(buffer.subarray(1)))).toBe(true)
})
