import { describe, expect, it } from 'vitest'
import { emptyImage } from '../../src/metadata/image.ts'
import { Replay } from '../../src/metadata/replay.ts'
import {
  decodeSnapshot,
  decodeSnapshotFile,
  encodeSnapshot,
  latestSnapshot,
  parseSnapshotName,
  snapshotIdOf,
  snapshotName,
} from '../../src/metadata/snapshot.ts'
import { fixture } from './fixtures.ts'

describe('names of snapshots', () => {
  it('are 20 and 10 digits', () => {
    const name = '00000000000000000129-0000000001.checkpoint'
    expect(snapshotName({ endOffset: 129, epoch: 1 })).toBe(name)
    expect(parseSnapshotName(name)).toEqual({ endOffset: 129, epoch: 1 })
  })

  it.each(['bootstrap.checkpoint', `${snapshotName({ endOffset: 1, epoch: 1 })}.part`, 'x'])(
    '%s is none',
    (name) => {
      expect(parseSnapshotName(name)).toBeUndefined()
    },
  )

  it('tell the newest', () => {
    const names = [9, 100, 20].map((endOffset) => snapshotName({ endOffset, epoch: 1 }))
    expect(latestSnapshot(names)).toEqual({ endOffset: 100, epoch: 1 })
    expect(latestSnapshot(['quorum-state'])).toBeUndefined()
  })
})

describe('a snapshot', () => {
  it.each(['clean-log.gz', 'snapshot-log.gz'])('of the image of %s gives it back', (name) => {
    const replay = new Replay(emptyImage)
    replay.feed(fixture(name))
    const image = replay.finish()
    const bytes = encodeSnapshot(image, 1234)
    expect(decodeSnapshot(snapshotIdOf(image), bytes)).toEqual(image)
  })

  it("of Apache Kafka's stays the same when it is written again", () => {
    const image = decodeSnapshot({ endOffset: 129, epoch: 1 }, fixture('snapshot-129.gz'))
    const again = decodeSnapshotFile('again', encodeSnapshot(image, 0))
    const before = decodeSnapshotFile('before', fixture('snapshot-129.gz'))
    // Kafka writes records, and the features in a registration, in the order of its hash tables.
    const sorted = (key: string, value: unknown) =>
      key === 'features' && Array.isArray(value)
        ? value.map((one) => JSON.stringify(one)).sort()
        : value
    const comparable = (records: typeof before.records) =>
      records.map((one) => JSON.stringify(one, sorted)).sort()
    expect(comparable(again.records)).toEqual(comparable(before.records))
    expect(again.controls).toEqual(before.controls)
  })

  it('is refused when it is not whole', () => {
    const bytes = fixture('snapshot-129.gz')
    const id = { endOffset: 129, epoch: 1 }
    expect(() => decodeSnapshot(id, bytes.subarray(0, bytes.length - 1))).toThrow(/not a whole/)
    expect(() => decodeSnapshot(id, bytes.subarray(0, 200))).toThrow(/not a whole/)
    const flipped = Uint8Array.from(bytes)
    flipped[300]! ^= 1
    expect(() => decodeSnapshot(id, flipped)).toThrow(/broken/)
    expect(() => decodeSnapshot(id, new Uint8Array())).toThrow(/not a whole/)
  })
})
