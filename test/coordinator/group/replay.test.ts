import { beforeEach, describe, expect, it } from 'vitest'
import { ForeignGroups } from '../../../src/coordinator/group/foreign-groups.ts'
import { OffsetTable } from '../../../src/coordinator/group/offsets.ts'
import { replayLog } from '../../../src/coordinator/group/replay.ts'
import { encodeControlRecord } from '../../../src/protocol/control-record.ts'
import type { GroupMetadataValue } from '../../../src/protocol/generated/record/group.ts'
import { encodeGroupRecord } from '../../../src/protocol/group-record.ts'
import { batchAttributes, encodeBatch, newBatch } from '../../../src/protocol/record-batch.ts'
import type { PartitionLog } from '../../../src/storage/log-store.ts'
import { createMemoryLogStore } from '../../../src/storage/memory-log-store.ts'
import { settings, topicId } from '../../storage/store-behaviour.ts'
import { GroupFixture } from './group-fixture.ts'

const timestamp = 1_000
let log: PartitionLog

beforeEach(async () => {
  const store = createMemoryLogStore()
  log = await store.openPartition('__consumer_offsets', 0, topicId, settings())
  log.becomeLeader(0)
})

interface Commit {
  readonly partition?: number
  /** Null: a tombstone. */
  readonly offset: number | null
  /** None: not in a transaction. */
  readonly producer?: number
}

/** Writes commits of group "g" on topic "t" as one batch. */
function write(...commits: readonly Commit[]): void {
  const records = commits.map(({ partition = 0, offset }) => ({
    timestamp,
    ...encodeGroupRecord({
      name: 'OffsetCommit',
      version: 3,
      key: { group: 'g', topic: 't', partition },
      value: offset === null ? null : { offset, metadata: '', commitTimestamp: timestamp },
    }),
  }))
  const producer = commits[0]?.producer
  const transaction = {
    attributes: batchAttributes.transactional,
    producerId: producer ?? -1,
    producerEpoch: 0,
    baseSequence: 0,
  }
  log.append(encodeBatch(newBatch(records, producer === undefined ? {} : transaction)))
}

function mark(name: 'commit' | 'abort', producerId: number): void {
  const marker = encodeControlRecord({ name, value: { coordinatorEpoch: 0 } })
  log.append(
    encodeBatch(
      newBatch([{ timestamp, ...marker }], {
        attributes: batchAttributes.transactional | batchAttributes.control,
        producerId,
        producerEpoch: 0,
      }),
    ),
  )
}

/** What a replay of the log gives, by partition of "t". */
async function committed(): Promise<Record<number, number>> {
  const groups = new Map<string, GroupMetadataValue>()
  const target = { offsets: new OffsetTable(), foreign: new ForeignGroups(0), groups }
  await replayLog(log, target)
  const found = target.offsets.of('g').get('t') ?? new Map<number, { offset: number }>()
  return Object.fromEntries([...found].map(([partition, { offset }]) => [partition, offset]))
}

describe('offsets that a transaction commits', () => {
  it('count once it is committed', async () => {
    write({ offset: 10, producer: 7 }, { partition: 1, offset: 20, producer: 7 })
    expect(await committed()).toEqual({})
    mark('commit', 7)
    expect(await committed()).toEqual({ 0: 10, 1: 20 })
  })

  it('never count when it is aborted, and leave what was there', async () => {
    write({ offset: 5 })
    write({ offset: 10, producer: 7 }, { partition: 1, offset: 20, producer: 7 })
    mark('abort', 7)
    expect(await committed()).toEqual({ 0: 5 })
    // The next transaction of the same producer has nothing to do with it.
    write({ offset: 11, producer: 7 })
    mark('commit', 7)
    expect(await committed()).toEqual({ 0: 11 })
  })

  it('do not count where the log ends with the transaction open', async () => {
    write({ offset: 10, producer: 7 })
    mark('commit', 7)
    write({ offset: 30, producer: 7 }, { partition: 1, offset: 40, producer: 7 })
    expect(await committed()).toEqual({ 0: 10 })
  })

  it('the last of several in one transaction counts', async () => {
    write({ offset: 10, producer: 7 })
    write({ offset: 12, producer: 7 })
    mark('commit', 7)
    expect(await committed()).toEqual({ 0: 12 })
  })

  it('a marker without any does nothing', async () => {
    write({ offset: 5 })
    mark('commit', 7)
    mark('abort', 8)
    expect(await committed()).toEqual({ 0: 5 })
  })
})

describe('two producers at the same time', () => {
  it('end each for itself', async () => {
    write({ offset: 10, producer: 7 })
    write({ partition: 1, offset: 20, producer: 8 })
    write({ partition: 2, offset: 30, producer: 7 })
    mark('abort', 7)
    expect(await committed()).toEqual({})
    mark('commit', 8)
    expect(await committed()).toEqual({ 1: 20 })
  })

  it.each([
    [7, 8],
    [8, 7],
  ])('of one partition the later record counts, whoever ends first: %i, %i', async (...order) => {
    write({ offset: 10, producer: 7 })
    write({ offset: 20, producer: 8 })
    for (const producer of order) mark('commit', producer)
    expect(await committed()).toEqual({ 0: 20 })
  })
})

describe('a commit outside of any transaction', () => {
  it('counts at once, and against what a transaction wrote before it', async () => {
    write({ offset: 10, producer: 7 }, { partition: 1, offset: 11, producer: 7 })
    write({ offset: 5 })
    expect(await committed()).toEqual({ 0: 5 })
    mark('commit', 7)
    expect(await committed()).toEqual({ 0: 5, 1: 11 })
  })

  it('gives way to what a transaction writes after it', async () => {
    write({ offset: 5 })
    write({ offset: 10, producer: 7 })
    expect(await committed()).toEqual({ 0: 5 })
    mark('commit', 7)
    expect(await committed()).toEqual({ 0: 10 })
  })

  it('that deletes takes along what is pending', async () => {
    write({ offset: 4 })
    write({ offset: 10, producer: 7 }, { partition: 1, offset: 11, producer: 7 })
    write({ offset: null })
    mark('commit', 7)
    expect(await committed()).toEqual({ 1: 11 })
  })
})

describe('a log of groups that cannot be read', () => {
  const damages: [string, (bytes: Uint8Array) => Uint8Array, RegExp][] = [
    [
      'a flipped bit',
      (bytes) => bytes.map((byte, at) => (at === 70 ? byte ^ 1 : byte)),
      /checksum/,
    ],
    ['half a batch', (bytes) => bytes.subarray(0, bytes.length / 2), /no whole batch/],
  ]

  it.each(damages)(
    'is refused, place and all, and read again later: %s',
    async (_, damage, why) => {
      const fixture = await GroupFixture.start()
      await fixture.commit('g', 7)
      await fixture.commit('g', 8, undefined, 'mail')
      const after = await fixture.restart()
      const read = after.log.read.bind(after.log)
      after.log.read = async (...place) => damage(await read(...place))
      await refusesEverything(after)
      expect(after.unreadable).toHaveLength(1)
      expect(after.unreadable[0]).toMatch(/__consumer_offsets-0 at offset 0 cannot be read: /)
      expect(after.unreadable[0]).toMatch(why)
      // Nothing may be forgotten of what nobody could look at.
      const forgetting = after.coordinator.forgetTopics(new Set(['orders']))
      await expect(forgetting).rejects.toThrow(/cannot be read/)
      await after.time.advance(8 * 86_400_000)
      expect(await after.commit('g', 9)).toBe(16)
      expect(after.unreadable).toHaveLength(2)
      await after.time.advance(5_000)
      after.log.read = read
      expect(await after.committed('g')).toBe(7)
      expect(await after.committed('g', 'mail')).toBe(8)
    },
  )
})

describe('a record of a known kind that cannot be decoded', () => {
  const key = (kind: number, ...rest: readonly number[]) =>
    Uint8Array.of(0, kind, 0, 1, 103, ...rest)
  const offsetKey = key(1, 0, 1, 116, 0, 0, 0, 0)

  it.each([
    ['an offset cut short', offsetKey, Uint8Array.of(0, 3, 0), /offset 1: .*OffsetCommit/],
    ['an offset without a place', key(1), Uint8Array.of(0, 3), /offset 1: .*OffsetCommit/],
    ['a group cut short', key(2), Uint8Array.of(0, 3, 0), /offset 1: .*GroupMetadata/],
    ['a newer offset', offsetKey, Uint8Array.of(0, 99), /offset 1: kind 1 in a newer version/],
    ['a newer group', key(2), Uint8Array.of(0, 99), /offset 1: kind 2 in a newer version/],
    ['no kind', Uint8Array.of(1), null, /offset 1: /],
  ])('takes its groups offline, place and all: %s', async (_, broken, value, why) => {
    const fixture = await GroupFixture.start()
    await fixture.commit('g', 7)
    fixture.log.append(encodeBatch(newBatch([{ timestamp, key: broken, value }])))
    const after = await fixture.restart()
    await refusesEverything(after)
    expect(after.unreadable[0]).toMatch(why)
    expect(after.unreadable).toHaveLength(1)
  })

  it('is none that belongs to a type of groups that is not served', async () => {
    const fixture = await GroupFixture.start()
    await fixture.commit('g', 7)
    const records = [3, 14, 23, 99].map((kind) => ({ key: key(kind), value: Uint8Array.of(9) }))
    const batch = newBatch(records.map((record) => ({ timestamp, ...record })))
    fixture.log.append(encodeBatch(batch))
    expect(await (await fixture.restart()).committed('g')).toBe(7)
  })
})

/** Nobody is told of empty groups where they could not be read. */
async function refusesEverything(fixture: GroupFixture): Promise<void> {
  const { coordinator } = fixture
  const caller = { version: 5, clientId: 'c', clientHost: '' }
  const fetching = { groupId: 'g', topics: null, groups: [], requireStable: false }
  expect(await fixture.commit('g', 9)).toBe(16)
  expect((await fixture.join('g')).errorCode).toBe(16)
  expect(await coordinator.offsetFetch(fetching, caller)).toEqual({ topics: [], errorCode: 16 })
  expect(await coordinator.listGroups({ statesFilter: [], typesFilter: [] })).toEqual({
    errorCode: 15,
    groups: [],
  })
  const described = { groups: ['g'], includeAuthorizedOperations: false }
  expect((await coordinator.describeGroups(described, caller)).groups[0]?.errorCode).toBe(16)
  const { results } = await coordinator.deleteGroups({ groupsNames: ['g'] })
  expect(results[0]?.errorCode).toBe(16)
}
