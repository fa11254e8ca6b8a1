import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeControlRecord } from '../../src/protocol/control-record.ts'
import { metadataRecords } from '../../src/protocol/generated/record/metadata.ts'
import {
  decodeMetadataRecord,
  encodeMetadataRecord,
  encodeMetadataRecords,
  type MetadataRecord,
  type MetadataRecordInput,
} from '../../src/protocol/metadata-record.ts'
import {
  batchAttributes,
  decodeBatches,
  encodeBatch,
  type ReadBatch,
} from '../../src/protocol/record-batch.ts'
import { messageArbitrary, subjects, versionsOf } from './samples.ts'

/** All batches of a file that Apache Kafka 4.3.1 wrote. */
function batchesOf(file: string): { readonly bytes: Buffer; readonly batches: ReadBatch[] } {
  const bytes = readFileSync(new URL(`fixtures/${file}`, import.meta.url))
  const decoded = decodeBatches(bytes)
  if (decoded.value === null) throw new Error(decoded.error)
  expect(decoded.value.bytesRead).toBe(bytes.length)
  return { bytes, batches: [...decoded.value.batches] }
}

/** The metadata records of these batches, each checked to be the same when written again. */
function recordsOf(batches: readonly ReadBatch[]): MetadataRecord[] {
  const data = batches.filter((batch) => (batch.attributes & batchAttributes.control) === 0)
  return data.flatMap((batch) =>
    batch.records.map((record) => {
      const { value, error } = decodeMetadataRecord(record.value ?? new Uint8Array(0))
      if (value === null || value.name === null) throw new Error(error ?? 'unknown record')
      expect(encodeMetadataRecord(value)).toEqual(record.value)
      return value
    }),
  )
}

test('many records at once are the same as one by one', () => {
  const fault: MetadataRecordInput = {
    name: 'PartitionChangeRecord',
    version: 0,
    value: { topicId: 'SR5qJ3MARvCudiuRrCdOtw', partitionId: 0, directories: [] },
  }
  const unknown = { name: null, key: 99, version: 3, bytes: Uint8Array.of(7, 8) } as const
  const records = recordsOf(batchesOf('cluster-metadata.bin').batches)
  const all = [...records, unknown, ...records]
  expect(encodeMetadataRecords(all)).toEqual(all.map(encodeMetadataRecord))
  expect(encodeMetadataRecords([])).toEqual([])
  expect(() => encodeMetadataRecords([...records, fault, unknown])).toThrow(
    'version 0 cannot carry',
  )
})

describe('the metadata log of an Apache Kafka node', () => {
  const { bytes, batches } = batchesOf('cluster-metadata.bin')

  test('is the same when written again, batch by batch and record by record', () => {
    expect(Buffer.concat(batches.map((batch) => encodeBatch(batch))).equals(bytes)).toBe(true)
    const names = recordsOf(batches).map((record) => record.name)
    expect(new Set(names)).toContain('PartitionRecord')
    expect(new Set(names)).toContain('RegisterBrokerRecord')
  })

  test('tells the topics', () => {
    const records = recordsOf(batches)
    const topics = records.flatMap((record) =>
      record.name === 'TopicRecord' ? [[record.value.name, record.value.topicId]] : [],
    )
    expect(topics).toContainEqual(['compacted', 'SR5qJ3MARvCudiuRrCdOtw'])
    expect(topics).toContainEqual(['__consumer_offsets', 'LHOFzsDOTFyAzyjaQa9Abg'])
    const partitions = records.filter(
      (record) =>
        record.name === 'PartitionRecord' && record.value.topicId === 'LHOFzsDOTFyAzyjaQa9Abg',
    )
    expect(partitions).toHaveLength(50)
  })

  test('begins with the change to its first leader', () => {
    const first = batches[0]?.records[0]
    if (first === undefined) throw new Error('no record')
    expect(decodeControlRecord(first).value).toMatchObject({
      name: 'leaderChange',
      value: { leaderId: 1 },
    })
  })
})

test('a snapshot stands between its header and its footer', () => {
  const { bytes, batches } = batchesOf('bootstrap-checkpoint.bin')
  expect(Buffer.concat(batches.map((batch) => encodeBatch(batch))).equals(bytes)).toBe(true)
  const controls = batches
    .filter((batch) => (batch.attributes & batchAttributes.control) !== 0)
    .flatMap((batch) => batch.records.map((record) => decodeControlRecord(record).value?.name))
  expect(controls[0]).toBe('snapshotHeader')
  expect(controls.at(-1)).toBe('snapshotFooter')
})

describe.each(metadataRecords)('$name', (codec) => {
  const subject = subjects.find((one) => one.codec.name === codec.name)
  const versions = subject === undefined ? [] : versionsOf(subject.model)

  test.each(versions)('version %i comes back in its frame', (version) => {
    if (subject === undefined) throw new Error('no schema')
    const property = fc.property(messageArbitrary(subject.model, version), (value) => {
      const record = { name: codec.name, version, value } as unknown as MetadataRecordInput
      const bytes = encodeMetadataRecord(record)
      expect(bytes.subarray(0, 3)).toEqual(Uint8Array.of(1, codec.key, version))
      expect(decodeMetadataRecord(bytes)).toEqual({ value: record, error: null })
    })
    fc.assert(property, { numRuns: 20 })
  })
})

test('what is unknown is kept', () => {
  expect(decodeMetadataRecord(Uint8Array.of(1, 0x80, 1, 0, 9, 8)).value).toEqual({
    name: null,
    key: 128,
    version: 0,
    bytes: Uint8Array.of(9, 8),
  })
  expect(decodeMetadataRecord(Uint8Array.of(1, 2, 77, 9)).value).toEqual({
    name: null,
    key: 2,
    version: 77,
    bytes: Uint8Array.of(9),
  })
})

test.each([
  ['', 'needs 1 bytes, has 0 at byte 0'],
  ['020200', 'frame version 2'],
  ['010200', 'TopicRecord: needs 1 bytes, has 0 at byte 3'],
  ['0114000001', 'NoOpRecord: bytes behind the record at byte 4'],
])('what is broken is an error: %s', (hex, why) => {
  expect(decodeMetadataRecord(Buffer.from(hex, 'hex')).error).toBe(`metadata record: ${why}`)
})

test('a version that cannot carry a field is an error', () => {
  expect(() =>
    encodeMetadataRecord({
      name: 'PartitionChangeRecord',
      version: 0,
      value: { topicId: 'SR5qJ3MARvCudiuRrCdOtw', partitionId: 0, directories: [] },
    }),
  ).toThrow('version 0 cannot carry PartitionChangeRecord.directories')
})
