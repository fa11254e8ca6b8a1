import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import {
  decodeGroupRecord,
  encodeGroupRecord,
  type GroupRecordInput,
} from '../../src/protocol/group-record.ts'
import { decodeBatches } from '../../src/protocol/record-batch.ts'

describe('the offsets that an Apache Kafka broker stored', () => {
  const bytes = readFileSync(new URL('fixtures/consumer-offsets.bin', import.meta.url))
  const batches = decodeBatches(bytes).value?.batches ?? []
  const stored = batches
    .filter((batch) => (batch.attributes & 32) === 0)
    .flatMap((batch) => batch.records)

  test('are the same when written again', () => {
    let known = 0
    for (const { key, value } of stored) {
      const decoded = decodeGroupRecord(key ?? new Uint8Array(0), value)
      expect(decoded.error).toBeNull()
      if (decoded.value === null || decoded.value.name === null) continue
      known++
      expect(encodeGroupRecord(decoded.value as GroupRecordInput)).toEqual({ key, value })
    }
    expect(known).toBeGreaterThan(5)
  })

  test('tell what was committed', () => {
    const commits = stored.flatMap(({ key, value }) => {
      const record = decodeGroupRecord(key ?? new Uint8Array(0), value).value
      if (record?.name !== 'OffsetCommit') return []
      const { group, topic, partition } = record.key
      return [[group, topic, partition, record.value?.offset, record.value?.metadata]]
    })
    expect(commits).toContainEqual(['golden-classic', 'plain', 0, 100, ''])
    expect(commits).toContainEqual(['golden-classic', 'plain', 1, 42, 'méta'])
    expect(commits).toContainEqual(['golden-admin', 'rolled', 0, 17, 'set by admin'])
  })
})

const key = { group: 'g', topic: 't', partition: 3 }

test('a tombstone has a key and no value', () => {
  const { key: bytes, value } = encodeGroupRecord({
    name: 'OffsetCommit',
    key,
    version: 0,
    value: null,
  })
  expect([Buffer.from(bytes).toString('hex'), value]).toEqual([
    '0001000167000174' + '00000003',
    null,
  ])
  expect(decodeGroupRecord(bytes, null).value).toEqual({
    name: 'OffsetCommit',
    key,
    version: 0,
    value: null,
  })
})

test('what is unknown is kept', () => {
  const bytes = Uint8Array.of(0, 3, 0, 1, 97)
  const value = Uint8Array.of(0, 0)
  expect(decodeGroupRecord(bytes, value).value).toEqual({
    name: null,
    kind: 3,
    key: bytes,
    value,
  })
  const commit = encodeGroupRecord({ name: 'OffsetCommit', key, version: 0, value: null })
  const newer = Uint8Array.of(0, 99)
  expect(decodeGroupRecord(commit.key, newer).value).toMatchObject({ name: null, kind: 1 })
})

test('what is broken is an error', () => {
  expect(decodeGroupRecord(Uint8Array.of(0), null).error).toBe(
    'key: needs 2 bytes, has 1 at byte 0',
  )
  expect(decodeGroupRecord(Uint8Array.of(0, 2, 0, 5), null).error).toBe(
    'GroupMetadataKey: needs 5 bytes, has 0 at byte 4',
  )
  const group = encodeGroupRecord({
    name: 'GroupMetadata',
    key: { group: 'g' },
    version: 0,
    value: null,
  })
  expect(decodeGroupRecord(group.key, Uint8Array.of(0)).error).toContain(
    'GroupMetadataValue: needs',
  )
  expect(decodeGroupRecord(group.key, Uint8Array.of(0, 3)).error).toContain('needs 2 bytes')
})
