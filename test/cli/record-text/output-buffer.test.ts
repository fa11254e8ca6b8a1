import fc from 'fast-check'
import { expect, it } from 'vitest'
import { OutputBuffer } from '../../../src/cli/record-text/output-buffer.ts'

it('holds what was appended, in order, and begins anew', () => {
  const output = new OutputBuffer()
  output.text('a€')
  output.bytes(Buffer.of(0, 1))
  output.int32(-2)
  expect(output.length).toBe(10)
  expect(output.take()).toEqual(Buffer.from('61e282ac0001fffffffe', 'hex'))
  expect(output.length).toBe(0)
  output.text('b')
  expect(output.take().toString()).toBe('b')
})

it('grows for any sequence', () => {
  const parts = fc.array(
    fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.nat({ max: 90_000 }).map((size) => Buffer.alloc(size, 'x')),
    ),
  )
  fc.assert(
    fc.property(parts, (list) => {
      const output = new OutputBuffer()
      for (const part of list) {
        if (typeof part === 'string') output.text(part)
        else output.bytes(part)
      }
      expect(output.take().equals(Buffer.concat(list.map((part) => Buffer.from(part))))).toBe(true)
    }),
  )
})
