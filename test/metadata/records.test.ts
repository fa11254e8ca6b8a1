import { describe, expect, it } from 'vitest'
import { decodeLog, encodeControls, encodeRecords } from '../../src/metadata/records.ts'
import { encodeBatch, newBatch } from '../../src/protocol/record-batch.ts'

const feature = {
  name: 'FeatureLevelRecord',
  version: 0,
  value: { name: 'f', featureLevel: 1 },
} as const

describe('batches of the metadata log', () => {
  it('come back as they were written', () => {
    const records = encodeRecords([feature, feature], 77, {
      baseOffset: 5,
      partitionLeaderEpoch: 3,
    })
    const footer = { name: 'snapshotFooter', value: { version: 0 } } as const
    const controls = encodeControls([footer], 78, { baseOffset: 7, partitionLeaderEpoch: 3 })
    const { batches, bytesRead } = decodeLog(Buffer.concat([records, controls]))
    expect(bytesRead).toBe(records.length + controls.length)
    expect(batches).toEqual([
      { lastOffset: 6, epoch: 3, timestamp: 77, records: [feature, feature], controls: [] },
      { lastOffset: 7, epoch: 3, timestamp: 78, records: [], controls: [footer] },
    ])
  })

  it('that are cut off at the end are left for the next read', () => {
    const bytes = encodeRecords([feature], 0)
    expect(decodeLog(bytes.subarray(0, bytes.length - 1))).toEqual({ batches: [], bytesRead: 0 })
  })

  it('with a broken checksum, no value or bytes that are no record are refused', () => {
    const bytes = encodeRecords([feature], 0)
    bytes[bytes.length - 1]! ^= 1
    expect(() => decodeLog(bytes)).toThrow(/broken at byte 0.*checksum/)
    const raw = (value: Uint8Array | null) =>
      encodeBatch(newBatch([{ timestamp: 0, key: null, value }]))
    expect(() => decodeLog(raw(null))).toThrow(/without value at offset 0/)
    expect(() => decodeLog(raw(Uint8Array.of(9)))).toThrow(/offset 0/)
  })

  it('with a record that only a newer version knows are refused with the way out', () => {
    const value = Uint8Array.of(1, 99, 0, 0)
    const bytes = encodeBatch(newBatch([{ timestamp: 0, key: null, value }]))
    expect(() => decodeLog(bytes)).toThrow(/key 99, version 0 at offset 0.*newer version/)
  })
})
