import { expect, test } from 'vitest'
import { keyedPartition } from '../../src/record/keyed-partition.ts'
import { murmur2, toPositive } from '../../src/record/murmur2.ts'

test.each(['', 'a', 'orders-17', 'zwölf', 'x'.repeat(2_000), 'ü'.repeat(1_500)])(
  'a key belongs to the same partition as text and as bytes',
  (key) => {
    const bytes = Buffer.from(key)
    const expected = toPositive(murmur2(bytes)) % 7
    expect(keyedPartition(key, 7)).toBe(expected)
    expect(keyedPartition(bytes, 7)).toBe(expected)
  },
)
