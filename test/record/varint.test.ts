import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Reader } from '../../src/protocol/reader.ts'
import { varintBytes, varlongBytes, writeVarint, writeVarlong } from '../../src/record/varint.ts'

describe('varints', () => {
  it('are what the reference reader reads, in the size that was told', () => {
    const edges = [0, -1, 1, 63, 64, -64, -65, 8191, 8192, 2 ** 31 - 1, -(2 ** 31)]
    fc.assert(
      fc.property(fc.oneof(fc.integer(), fc.constantFrom(...edges)), (value) => {
        const bytes = Buffer.alloc(16)
        const end = writeVarint(bytes, 3, value)
        expect(end - 3).toBe(varintBytes(value))
        expect(new Reader(bytes.subarray(3, end)).varint()).toBe(value)
      }),
    )
  })

  it('of 64 bits too, up to 2^53', () => {
    const edges = [2 ** 30, -(2 ** 30), -(2 ** 30) - 1, 2 ** 53 - 1, -(2 ** 53) + 1]
    fc.assert(
      fc.property(fc.oneof(fc.maxSafeInteger(), fc.constantFrom(...edges)), (value) => {
        const bytes = Buffer.alloc(16)
        const end = writeVarlong(bytes, 2, value)
        expect(end - 2).toBe(varlongBytes(value))
        expect(new Reader(bytes.subarray(2, end)).varlong()).toBe(value)
      }),
    )
  })
})
