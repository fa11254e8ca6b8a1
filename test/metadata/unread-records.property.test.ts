/**
 * Records that this version cannot read, judged by one that can: whatever it would make of the log,
 * it makes of our snapshot as well.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { emptyImage, type MetadataImage } from '../../src/metadata/image.ts'
import { imageRecords } from '../../src/metadata/image-records.ts'
import { encodeRecords, type LoggedRecordInput } from '../../src/metadata/records.ts'
import { Replay } from '../../src/metadata/replay.ts'
import { decodeSnapshot, encodeSnapshot, snapshotIdOf } from '../../src/metadata/snapshot.ts'
import {
  decodeMetadataRecord,
  encodeMetadataRecord,
  type UnknownMetadataRecord,
} from '../../src/protocol/metadata-record.ts'

const level: LoggedRecordInput = {
  name: 'FeatureLevelRecord',
  version: 0,
  value: { name: 'metadata.version', featureLevel: 30 },
}

/** The newer versions of quotas and tokens say `[name, value]`, or `[name]` to remove it. */
const newer = (key: number, name: string, value?: number): UnknownMetadataRecord => ({
  name: null,
  key,
  version: 7,
  bytes: Buffer.from(JSON.stringify(value === undefined ? [name] : [name, value])),
})

const quota = (name: string, value: number, remove: boolean): LoggedRecordInput => ({
  name: 'ClientQuotaRecord',
  version: 0,
  value: { entity: [{ entityType: 'user', entityName: name }], key: 'k', value, remove },
})

const token = (tokenId: string, maxTimestamp: number): LoggedRecordInput => {
  const times = { issueTimestamp: 0, maxTimestamp, expirationTimestamp: 0 }
  const value = { owner: 'o', requester: 'r', renewers: [], tokenId, ...times }
  return { name: 'DelegationTokenRecord', version: 0, value }
}

const removedToken = (tokenId: string): LoggedRecordInput => ({
  name: 'RemoveDelegationTokenRecord',
  version: 0,
  value: { tokenId },
})

const name = fc.constantFrom('a', 'b')
const number = fc.nat({ max: 9 })
const record: fc.Arbitrary<LoggedRecordInput> = fc.oneof(
  fc.tuple(name, number, fc.boolean()).map(([who, value, remove]) => quota(who, value, remove)),
  fc.tuple(name, number).map(([who, value]) => token(who, value)),
  name.map(removedToken),
  fc
    .tuple(fc.constantFrom(14, 10), name, fc.option(number, { nil: undefined }))
    .map(([key, who, value]) => newer(key, who, value)),
  number.map((value) => newer(1000, 'of an unknown kind', value)),
)

/** What a reader that knows every version makes of the records. */
function readByNewer(records: readonly LoggedRecordInput[]): unknown {
  const values = new Map<string, number>()
  const unknown: string[] = []
  const put = (key: string, value: number | undefined): void => {
    if (value === undefined) values.delete(key)
    else values.set(key, value)
  }
  for (const one of records) {
    if (one.name === null && one.key === 1000) unknown.push(Buffer.from(one.bytes).toString())
    else if (one.name === null) {
      const [who, value] = JSON.parse(Buffer.from(one.bytes).toString()) as [string, number?]
      put(`${one.key}/${who}`, value)
    } else if (one.name === 'ClientQuotaRecord') {
      const { entity, value, remove } = one.value
      put(`14/${entity[0]?.entityName}`, remove ? undefined : value)
    } else if (one.name === 'DelegationTokenRecord') {
      put(`10/${one.value.tokenId}`, one.value.maxTimestamp)
    } else if (one.name === 'RemoveDelegationTokenRecord') {
      put(`10/${one.value.tokenId}`, undefined)
    }
  }
  return { values: Object.fromEntries([...values].sort()), unknown }
}

function replayed(records: readonly LoggedRecordInput[]): MetadataImage {
  const log = encodeRecords(records, 1, { baseOffset: 0, partitionLeaderEpoch: 1 })
  const replay = new Replay(emptyImage)
  replay.feed(log)
  const image = replay.finish()
  // Nothing of an image hangs on the bytes that it was read from.
  log.fill(0xee)
  return image
}

function throughSnapshot(image: MetadataImage): MetadataImage {
  const snapshot = encodeSnapshot(image, 2)
  const again = decodeSnapshot(snapshotIdOf(image), snapshot)
  snapshot.fill(0xee)
  return again
}

describe('records that only a newer version reads', () => {
  it('say in a snapshot what they said in the log, those that followed them included', () => {
    fc.assert(
      fc.property(fc.array(record, { maxLength: 25 }), fc.nat({ max: 25 }), (records, cut) => {
        const first = throughSnapshot(replayed([level, ...records.slice(0, cut)]))
        const replay = new Replay(first)
        if (cut < records.length) {
          const place = { baseOffset: replay.nextOffset, partitionLeaderEpoch: 1 }
          replay.feed(encodeRecords(records.slice(cut), 1, place))
        }
        const image = replay.finish()
        expect(readByNewer(imageRecords(image))).toEqual(readByNewer(records))
        const again = throughSnapshot(image)
        expect(again).toEqual(image)
        expect(readByNewer(imageRecords(again))).toEqual(readByNewer(records))
      }),
      { numRuns: 300 },
    )
  })

  it('leave an image that holds them as it was', () => {
    const before = replayed([level, newer(1000, 'x', 1)])
    const replay = new Replay(before)
    const bytes = encodeRecords([newer(1000, 'x', 2)], 1, {
      baseOffset: replay.nextOffset,
      partitionLeaderEpoch: 1,
    })
    replay.feed(bytes)
    expect(replay.finish().unread).toHaveLength(2)
    expect(before.unread).toHaveLength(1)
  })

  it('go with the transaction that they stand in', () => {
    const begin = { name: 'BeginTransactionRecord', version: 0, value: { name: 't' } } as const
    const end = { name: 'EndTransactionRecord', version: 0, value: {} } as const
    const abort = { name: 'AbortTransactionRecord', version: 0, value: { reason: null } } as const
    const held = newer(1000, 'held', 1)
    expect(replayed([level, begin, held, abort]).unread).toEqual([])
    expect(replayed([level, begin, held, end]).unread).toEqual([
      { ...held, bytes: Uint8Array.from(held.bytes) },
    ])
  })
})

describe('tagged fields that only a newer version knows', () => {
  /** The record's bytes with one more tagged field: number 55, three bytes. */
  function withTag(plain: LoggedRecordInput): Uint8Array {
    const bytes = encodeMetadataRecord(plain)
    expect(bytes.at(-1), 'no tagged field yet').toBe(0)
    return Buffer.concat([bytes.subarray(0, -1), Uint8Array.of(1, 55, 3, 1, 2, 3)])
  }

  function decodedWithTag(plain: LoggedRecordInput) {
    const bytes = withTag(plain)
    const { value } = decodeMetadataRecord(bytes)
    if (value === null || value.name === null) throw new Error('a record of a known version')
    return { record: value, bytes }
  }

  it('are told of and written back with records that are only kept', () => {
    const { record: tagged, bytes } = decodedWithTag(quota('a', 4, false))
    expect(tagged.value).toMatchObject({ key: 'k', value: 4 })
    expect(tagged.raw && encodeMetadataRecord(tagged.raw)).toEqual(Uint8Array.from(bytes))
    const { raw } = tagged
    if (raw === undefined) throw new Error('the record as it stands')
    const image = throughSnapshot(throughSnapshot(replayed([level, raw])))
    const [kept] = imageRecords(image).filter(({ name: kind }) => kind !== level.name)
    expect(kept && encodeMetadataRecord(kept)).toEqual(Uint8Array.from(bytes))
    // It is still the quota that a later record takes away.
    const removed = replayed([level, raw, quota('a', 0, true)])
    expect([...removed.retained, ...removed.unread]).toEqual([])
  })

  it('are passed over in records that are interpreted', () => {
    const { record: tagged } = decodedWithTag(level)
    if (tagged.raw === undefined) throw new Error('the record as it stands')
    expect(imageRecords(replayed([tagged.raw]))).toEqual([level])
  })
})
