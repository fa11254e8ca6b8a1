import { expect, it } from 'vitest'
import { crc32c } from '../../src/protocol/crc32c.ts'
import {
  readSnapshotEntry,
  readSnapshotHead,
  snapshotCrcMatches,
} from '../../src/protocol/producer-snapshot.ts'
import { Reader } from '../../src/protocol/reader.ts'
import { Writer } from '../../src/protocol/writer.ts'

const entry = {
  producerId: 1000,
  producerEpoch: 3,
  lastSequence: 7,
  lastOffset: 40,
  offsetDelta: 2,
  timestamp: 1_700_000_000_000,
  coordinatorEpoch: 5,
  currentTransactionFirstOffset: -1,
}

function snapshot(): Uint8Array {
  const writer = new Writer()
  writer.int16(1)
  writer.int32(0)
  writer.int32(1)
  writer.int64(entry.producerId)
  writer.int16(entry.producerEpoch)
  writer.int32(entry.lastSequence)
  writer.int64(entry.lastOffset)
  writer.int32(entry.offsetDelta)
  writer.int64(entry.timestamp)
  writer.int32(entry.coordinatorEpoch)
  writer.int64(entry.currentTransactionFirstOffset)
  const bytes = writer.finish()
  new DataView(bytes.buffer, bytes.byteOffset).setUint32(2, crc32c(bytes.subarray(6)))
  return bytes
}

it('is read as it was written, to its end', () => {
  const bytes = snapshot()
  const reader = new Reader(bytes)
  const head = readSnapshotHead(reader)
  expect(head).toMatchObject({ version: 1, count: 1 })
  expect(readSnapshotEntry(reader)).toEqual(entry)
  expect([reader.error, reader.remaining]).toEqual([null, 0])
})

it('has a checksum over all that is behind it', () => {
  const bytes = snapshot()
  const head = readSnapshotHead(new Reader(bytes))
  expect(snapshotCrcMatches(bytes, head)).toBe(true)
  for (let at = 6; at < bytes.length; at++) {
    const changed = Uint8Array.from(bytes)
    changed[at] = (changed[at] ?? 0) ^ 1
    expect(snapshotCrcMatches(changed, head)).toBe(false)
  }
})
