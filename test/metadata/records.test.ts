import { describe, expect, it } from 'vitest'
import {
  controlsIn,
  decodeLog,
  decodeLogBatches,
  encodeControls,
  encodeRecords,
  recordsIn,
} from '../../src/metadata/records.ts'
import { encodeMetadataRecord } from '../../src/protocol/metadata-record.ts'
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

  it('give their records one after the other, up to the first that is broken', () => {
    const place = { baseOffset: 5 }
    const value = encodeMetadataRecord(feature)
    const values = [value, value, Uint8Array.of(9)]
    const records = values.map((one) => ({ timestamp: 0, key: null, value: one }))
    const [batch] = decodeLogBatches(encodeBatch(newBatch(records, place))).batches
    if (batch === undefined) throw new Error('there is no batch')
    const reading = recordsIn(batch)
    expect(reading.next().value).toEqual(feature)
    expect(reading.next().value).toEqual(feature)
    expect(() => reading.next()).toThrow(/offset 7/)
    expect(controlsIn(batch)).toEqual([])
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

  it('with records that only a newer version knows are read and written back as they stood', () => {
    const unknown = { name: null, key: 99, version: 3, bytes: Uint8Array.of(7, 8) } as const
    const quota = { name: null, key: 14, version: 1, bytes: Uint8Array.of(9) } as const
    const bytes = encodeRecords([unknown, feature, quota], 5)
    const [batch] = decodeLog(bytes).batches
    expect(batch?.records).toEqual([unknown, feature, quota])
    expect(encodeRecords(batch?.records ?? [], 5)).toEqual(bytes)
  })

  it.each([
    [2, 'TopicRecord'],
    [3, 'PartitionRecord'],
    [4, 'ConfigRecord'],
    [5, 'PartitionChangeRecord'],
    [0, 'RegisterBrokerRecord'],
    [12, 'FeatureLevelRecord'],
    [23, 'BeginMetadataTransactionRecord|BeginTransactionRecord'],
    [20, 'NoOpRecord'],
  ])('with a newer version of a record of key %i are refused with the way out', (key, name) => {
    const bytes = encodeRecords([{ name: null, key, version: 77, bytes: Uint8Array.of(0) }], 0)
    const sentence = new RegExp(`a (${name}) of version 77 at offset 0.*newer version reads; open`)
    expect(() => decodeLog(bytes)).toThrow(sentence)
  })
})
