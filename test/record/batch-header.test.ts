import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { crc32c } from '../../src/protocol/crc32c.ts'
import { crcMatches, decodeBatchHeader } from '../../src/protocol/record-batch.ts'
import { noProducer, readInt64, writeBatchHeader } from '../../src/record/batch-header.ts'

const fields = {
  attributes: 3,
  recordsCount: 7,
  baseTimestamp: 1_700_000_000_123,
  maxTimestamp: 1_700_000_000_456,
  producerId: 2 ** 40 + 5,
  producerEpoch: 32_767,
  baseSequence: 2 ** 31 - 1,
}

describe('writeBatchHeader', () => {
  it('writes what the reference codec reads', () => {
    const batch = Buffer.alloc(100, 0xee)
    writeBatchHeader(batch, fields, crc32c)
    const { value } = decodeBatchHeader(batch)
    const { recordsCount, ...same } = fields
    expect(value).toMatchObject({ ...same, recordsCount, bytes: 100, lastOffsetDelta: 6 })
    expect(value).toMatchObject({ baseOffset: 0, partitionLeaderEpoch: -1 })
    expect(value !== null && crcMatches(batch, value)).toBe(true)
  })

  it('replaces a stamp, and the checksum with it', () => {
    const batch = Buffer.alloc(100)
    writeBatchHeader(batch, fields, crc32c)
    writeBatchHeader(batch, { ...fields, ...noProducer }, crc32c)
    const { value } = decodeBatchHeader(batch)
    expect(value).toMatchObject({ producerId: -1, producerEpoch: -1, baseSequence: -1 })
    expect(value !== null && crcMatches(batch, value)).toBe(true)
  })

  it('refuses a batch without records', () => {
    const empty = { ...fields, recordsCount: 0 }
    expect(() => writeBatchHeader(Buffer.alloc(61), empty, crc32c)).toThrow(/no empty batch/)
  })
})

describe('readInt64', () => {
  it('reads what a BigInt reads', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (exact) => {
        const bytes = Buffer.alloc(8)
        bytes.writeBigInt64BE(exact)
        expect(readInt64(bytes, 0)).toBe(Number(exact))
      }),
    )
  })
})
