/** Which offsets are taken, told and forgotten, and what is said where they cannot be. */
import { describe, expect, it } from 'vitest'
import type { GroupConfig } from '../../../src/coordinator/group/group-coordinator.ts'
import { ErrorCode } from '../../../src/protocol/error-codes.ts'
import type { OffsetCommitRequest } from '../../../src/protocol/generated/08-offset-commit.ts'
import { StorageError } from '../../../src/storage/log-store.ts'
import { GroupFixture } from './group-fixture.ts'

const hourMs = 3_600_000
const orders = 'b3JkZXJzb3JkZXJzb3JkZQ'
const unknownId = 'dW5rbm93bnVua25vd251bg'
const caller = { version: 7, clientId: 'client', clientHost: '127.0.0.1' }

/** A commit of `orders-0` by a client without membership. */
function commitRequest(changes: Partial<OffsetCommitRequest> = {}, note = ''): OffsetCommitRequest {
  const position = { partitionIndex: 0, committedOffset: 5, committedLeaderEpoch: 3 }
  const partitions = [{ ...position, committedMetadata: note }]
  return {
    groupId: 'g',
    generationIdOrMemberEpoch: -1,
    memberId: '',
    groupInstanceId: null,
    retentionTimeMs: -1,
    topics: [{ name: 'orders', topicId: orders, partitions }],
    ...changes,
  }
}

async function commitCode(fixture: GroupFixture, request: OffsetCommitRequest, version = 7) {
  const response = await fixture.coordinator.offsetCommit(request, { ...caller, version })
  return response.topics[0]?.partitions[0]?.errorCode
}

/** Names or, from version 10 on, ids of the topics of which the group committed anything. */
async function everything(fixture: GroupFixture, version: number) {
  const group = { groupId: 'g', memberId: null, memberEpoch: -1, topics: null }
  const groups = version >= 8 ? [group] : []
  const request = { groupId: 'g', topics: null, groups, requireStable: false }
  const response = await fixture.coordinator.offsetFetch(request, { ...caller, version })
  if (version < 8) return response.topics?.map(({ name }) => name)
  return response.groups?.[0]?.topics.map(({ name, topicId }) => (version < 10 ? name : topicId))
}

describe('offsets are forgotten', () => {
  const config: Partial<GroupConfig> = { offsetsRetentionMs: hourMs }

  it('of topics that a stable group no longer reads, counted from the commit', async () => {
    const fixture = await GroupFixture.start(config)
    const [member] = await fixture.stableGroup('g', 1)
    await fixture.commit('g', 1, member, 'orders')
    await fixture.commit('g', 2, member, 'mail')
    for (let minute = 0; minute < 80; minute++) {
      if (minute === 58) expect(await fixture.committed('g', 'mail')).toBe(2)
      for (let beat = 0; beat < 8; beat++) {
        await fixture.time.advance(7_500)
        if (member !== undefined) expect(await fixture.heartbeat('g', member)).toBe(0)
      }
    }
    expect(await fixture.committed('g', 'mail')).toBe(-1)
    expect(await fixture.committed('g', 'orders')).toBe(1)
    const after = await fixture.restart()
    expect(await after.committed('g', 'mail')).toBe(-1)
    expect(await after.state('g')).toBe('Stable')
  })

  it('of clients without membership, each counted from its own commit', async () => {
    const fixture = await GroupFixture.start(config)
    await fixture.commit('g', 1, undefined, 'orders')
    await fixture.time.advance(hourMs / 2)
    await fixture.commit('g', 2, undefined, 'mail')
    await fixture.time.advance(hourMs / 2 + 700_000)
    expect(await fixture.committed('g', 'orders')).toBe(-1)
    expect(await fixture.committed('g', 'mail')).toBe(2)
    await fixture.time.advance(hourMs / 2)
    expect(await fixture.state('g')).toBe('Dead')
  })

  it('when the commit itself said so, before or after the retention', async () => {
    const fixture = await GroupFixture.start(config)
    const soon = commitRequest({ retentionTimeMs: 60_000 })
    const late = commitRequest({ groupId: 'late', retentionTimeMs: 2 * hourMs })
    expect([await commitCode(fixture, soon, 2), await commitCode(fixture, late, 2)]).toEqual([0, 0])
    await fixture.time.advance(700_000)
    expect(await fixture.committed('g')).toBe(-1)
    const after = await fixture.restart()
    await after.time.advance(hourMs + 700_000)
    expect(await after.committed('late')).toBe(5)
    await after.time.advance(hourMs)
    expect(await after.committed('late')).toBe(-1)
  })
})

describe('a commit is refused', () => {
  it('where its note is longer than offset.metadata.max.bytes, counted in bytes', async () => {
    const fixture = await GroupFixture.start({ offsetMetadataMaxBytes: 4 })
    expect(await commitCode(fixture, commitRequest({}, 'ééé'))).toBe(12)
    expect(await fixture.committed('g')).toBe(-1)
    expect(await commitCode(fixture, commitRequest({}, 'éé'))).toBe(0)
  })

  it.each([
    [ErrorCode.MESSAGE_TOO_LARGE, 28],
    [ErrorCode.RECORD_LIST_TOO_LARGE, 28],
    [ErrorCode.NOT_LEADER_OR_FOLLOWER, 16],
    [ErrorCode.KAFKA_STORAGE_ERROR, 16],
    [ErrorCode.NOT_ENOUGH_REPLICAS, 15],
  ])('where the log answers %i, with %i, and is not told later', async (failure, code) => {
    const fixture = await GroupFixture.start()
    await fixture.commit('g', 1)
    const append = fixture.log.append.bind(fixture.log)
    fixture.log.append = () => {
      throw new StorageError(failure, 'refused')
    }
    expect(await fixture.commit('g', 2)).toBe(code)
    fixture.log.append = append
    expect(await fixture.committed('g')).toBe(1)
  })

  it('for a topic id that nobody has, and taken for one that somebody has', async () => {
    const fixture = await GroupFixture.start()
    const partitions = commitRequest().topics[0]?.partitions ?? []
    const topics = [{ name: '', topicId: unknownId, partitions }]
    expect(await commitCode(fixture, commitRequest({ topics }), 10)).toBe(100)
    expect(await commitCode(fixture, commitRequest(), 10)).toBe(0)
    expect(await fixture.committed('g')).toBe(5)
  })
})

it('tells all that a group committed; by id not what belongs to deleted topics', async () => {
  const fixture = await GroupFixture.start()
  await fixture.commit('g', 1, undefined, 'orders')
  await fixture.commit('g', 2, undefined, 'mail')
  for (const version of [7, 9]) {
    expect(await everything(fixture, version)).toEqual(['orders', 'mail'])
  }
  expect((await everything(fixture, 10))?.length).toBe(2)
  fixture.topicIds.delete('mail')
  expect(await everything(fixture, 9)).toEqual(['orders', 'mail'])
  expect(await everything(fixture, 10)).toEqual([orders])
})

describe('a deletion that cannot be written', () => {
  it('leaves the group and its offsets', async () => {
    const fixture = await GroupFixture.start()
    await fixture.commit('g', 4)
    const append = fixture.log.append.bind(fixture.log)
    fixture.log.append = () => {
      throw new StorageError(ErrorCode.KAFKA_STORAGE_ERROR, 'refused')
    }
    const deleted = await fixture.coordinator.deleteGroups({ groupsNames: ['g'] })
    expect(deleted.results).toEqual([{ groupId: 'g', errorCode: 16 }])
    fixture.log.append = append
    expect(await fixture.state('g')).toBe('Empty')
    expect(await fixture.committed('g')).toBe(4)
  })
})
