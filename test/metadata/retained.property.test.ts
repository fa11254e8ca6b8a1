/**
 * Records that are only kept: a snapshot holds what was set last and never removed, whatever the
 * order, and none of it hangs on the bytes that it was read from.
 */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { emptyImage } from '../../src/metadata/image.ts'
import { imageRecords } from '../../src/metadata/image-records.ts'
import { encodeRecords } from '../../src/metadata/records.ts'
import { Replay } from '../../src/metadata/replay.ts'
import { decodeSnapshot, encodeSnapshot, snapshotIdOf } from '../../src/metadata/snapshot.ts'
import type { MetadataRecordInput } from '../../src/protocol/metadata-record.ts'
import { readRecords } from './read-records.ts'

/** A record, who it is of, and whether it takes that away. */
interface Step {
  readonly record: MetadataRecordInput
  readonly identity: string
  readonly removes: boolean
}

const bytes = (seed: number): Uint8Array => new Uint8Array(8).fill(seed)
const names = ['alice', 'bob', '1/alice', '']

type Maker = (name: string, number: number, removes: boolean) => Step

const credential: Maker = (name, number, removes) => {
  const mechanism = 1 + (number % 2)
  const secret = { salt: bytes(number), storedKey: bytes(number + 1), serverKey: bytes(number + 2) }
  const value = { name, mechanism, ...secret, iterations: 4096 + number }
  const record: MetadataRecordInput = removes
    ? { name: 'RemoveUserScramCredentialRecord', version: 0, value: { name, mechanism } }
    : { name: 'UserScramCredentialRecord', version: 0, value }
  return { record, identity: JSON.stringify(['scram', mechanism, name]), removes }
}

const quota: Maker = (name, number, removes) => {
  const user = { entityType: 'user', entityName: number % 3 === 0 ? null : name }
  const client = { entityType: 'client-id', entityName: 'c' }
  // One who is both is the same in either order.
  const entity = [[user], [user, client], [client, user]][number % 3] ?? [user]
  const key = number % 2 === 0 ? 'producer_byte_rate' : 'consumer_byte_rate'
  const parts = entity.map((one) => JSON.stringify(one)).sort()
  const value = { entity, key, value: number, remove: removes }
  const record: MetadataRecordInput = { name: 'ClientQuotaRecord', version: 0, value }
  return { record, identity: JSON.stringify(['quota', parts, key]), removes }
}

const token: Maker = (tokenId, number, removes) => {
  const times = { issueTimestamp: number, maxTimestamp: 9, expirationTimestamp: 8 }
  const value = { owner: 'o', requester: 'r', renewers: ['n'], ...times, tokenId }
  const record: MetadataRecordInput = removes
    ? { name: 'RemoveDelegationTokenRecord', version: 0, value: { tokenId } }
    : { name: 'DelegationTokenRecord', version: 0, value }
  return { record, identity: JSON.stringify(['token', tokenId]), removes }
}

const migration: Maker = (_name, number) => {
  const value = { zkMigrationState: number % 4 }
  const record: MetadataRecordInput = { name: 'ZkMigrationStateRecord', version: 0, value }
  return { record, identity: 'migration', removes: false }
}

const step = fc
  .tuple(
    fc.constantFrom(credential, quota, token, migration),
    fc.constantFrom(...names),
    fc.nat({ max: 5 }),
    fc.boolean(),
  )
  .map(([make, name, number, removes]) => make(name, number, removes))

const withLevel: MetadataRecordInput = {
  name: 'FeatureLevelRecord',
  version: 0,
  value: { name: 'metadata.version', featureLevel: 30 },
}

/** Values of what is kept, in an order of their own. */
const told = (records: readonly MetadataRecordInput[]): string[] =>
  records
    .filter(({ name }) => name !== 'FeatureLevelRecord')
    .map(({ name, value }) => JSON.stringify([name, value]))
    .sort()

it('keeps what was set last and not removed, through a snapshot as well', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 30 }), (steps) => {
      const model = new Map<string, MetadataRecordInput>()
      for (const { record, identity, removes } of steps) {
        if (removes) model.delete(identity)
        else model.set(identity, record)
      }
      const place = { baseOffset: 0, partitionLeaderEpoch: 1 }
      const log = encodeRecords([withLevel, ...steps.map(({ record }) => record)], 1, place)
      const replay = new Replay(emptyImage)
      replay.feed(log)
      const image = replay.finish()
      log.fill(0xee)
      const snapshot = encodeSnapshot(image, 2)
      const again = decodeSnapshot(snapshotIdOf(image), snapshot)
      snapshot.fill(0xee)
      expect(told(readRecords(imageRecords(image)))).toEqual(told([...model.values()]))
      expect(told(readRecords(imageRecords(again)))).toEqual(told([...model.values()]))
    }),
  )
})
