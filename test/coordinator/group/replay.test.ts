import { beforeEach, describe, expect, it } from 'vitest'
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
  const target = { offsets: new OffsetTable(), groups: new Map<string, GroupMetadataValue>() }
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
      await expect(after.committed('g')).rejects.toThrow(/__consumer_offsets-0 at offset 0 cannot/)
      await expect(after.commit('g', 9)).rejects.toThrow(why)
      // Nothing may be forgotten of what nobody could look at.
      await expect(after.coordinator.forgetTopics(new Set(['orders']))).rejects.toThrow(why)
      await after.time.advance(8 * 86_400_000)
      after.log.read = read
      expect(await after.committed('g')).toBe(7)
      expect(await after.committed('g', 'mail')).toBe(8)
    },
  )
})
