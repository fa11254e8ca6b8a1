import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { decodeControlRecord, encodeControlRecord } from '../../src/protocol/control-record.ts'
import { decodeBatch } from '../../src/protocol/record-batch.ts'

const golden = JSON.parse(
  readFileSync(new URL('fixtures/batches.json', import.meta.url), 'utf8'),
) as { readonly cases: readonly { readonly name: string; readonly bytes: string }[] }

/** The only record of one of Kafka's control batches. */
function recordOf(name: string) {
  const found = golden.cases.find((one) => one.name === name)
  const batch = decodeBatch(Buffer.from(found?.bytes ?? '', 'base64'))
  const record = batch.value?.records[0]
  if (record === undefined) throw new Error(batch.error ?? 'no record')
  return record
}

describe.each([
  ['control-commit-epoch0', 'commit'],
  ['control-abort-epoch0', 'abort'],
  ['control-commit-epoch15', 'commit'],
  ['control-abort-epoch15', 'abort'],
  ['control-abort-delete-horizon', 'abort'],
  ['control-leader-change-v0', 'leaderChange'],
  ['control-snapshot-header', 'snapshotHeader'],
  ['control-snapshot-footer', 'snapshotFooter'],
  ['control-kraft-version', 'kraftVersion'],
  ['control-voters', 'voters'],
])('Kafka\'s "%s"', (golden, name) => {
  test(`is a record of ${name}, and the same when written again`, () => {
    const record = recordOf(golden)
    const { value } = decodeControlRecord(record)
    expect(value?.name).toBe(name)
    if (value === null || value.name === null) throw new Error('not decoded')
    expect(encodeControlRecord(value)).toEqual({ key: record.key, value: record.value })
  })
})

test('a marker tells the epoch of its coordinator', () => {
  expect(decodeControlRecord(recordOf('control-commit-epoch15')).value).toEqual({
    name: 'commit',
    value: { coordinatorEpoch: 15 },
  })
})

test('types and versions without schema are kept', () => {
  const key = Uint8Array.of(0, 0, 0, 99)
  const value = Uint8Array.of(0, 7, 1)
  expect(decodeControlRecord({ key, value }).value).toEqual({ name: null, type: 99, value })
  const commit = Uint8Array.of(0, 0, 0, 1)
  expect(decodeControlRecord({ key: commit, value }).value).toEqual({ name: null, type: 1, value })
})

test('what is broken is an error', () => {
  const value = Uint8Array.of(0, 0, 0)
  expect(decodeControlRecord({ key: null, value }).error).toBe('control record: no key')
  expect(decodeControlRecord({ key: Uint8Array.of(0, 0), value }).error).toContain('needs 2 bytes')
  const commit = Uint8Array.of(0, 0, 0, 1)
  expect(decodeControlRecord({ key: commit, value }).error).toBe(
    'control record: EndTxnMarker: needs 4 bytes, has 1 at byte 2',
  )
})
