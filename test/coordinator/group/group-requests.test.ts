/** Requests about groups that are none, cannot be reached, or are chosen by what they are. */
import { describe, expect, it } from 'vitest'
import { settle } from '../manual-time.ts'
import { GroupFixture } from './group-fixture.ts'

const caller = { version: 5, clientId: 'client', clientHost: '127.0.0.1' }

/** The code that each request about the group ends with. */
async function codesOf(fixture: GroupFixture, groupId: string): Promise<Record<string, unknown>> {
  const { coordinator } = fixture
  const claim = { groupId, memberId: 'm', generationId: 1, groupInstanceId: null }
  const protocol = { protocolType: 'consumer', protocolName: 'range', assignments: [] }
  const deleted = await coordinator.deleteGroups({ groupsNames: [groupId] })
  const fetching = { groupId, topics: [], groups: [], requireStable: false }
  return {
    join: (await fixture.join(groupId)).errorCode,
    sync: (await coordinator.syncGroup({ ...claim, ...protocol }, caller)).errorCode,
    heartbeat: (await coordinator.heartbeat(claim, caller)).errorCode,
    leave: (await coordinator.leaveGroup({ ...claim, members: [] }, caller)).errorCode,
    commit: await fixture.commit(groupId, 1),
    fetch: (await coordinator.offsetFetch(fetching, caller)).errorCode,
    delete: deleted.results[0]?.errorCode,
  }
}

it('has no members in a group without a name; old clients may commit in it', async () => {
  const all = { join: 24, sync: 24, heartbeat: 24, leave: 24, commit: 0, fetch: 0, delete: 69 }
  expect(await codesOf(await GroupFixture.start(), '')).toEqual(all)
})

it('has no coordinator for a group whose log is not there', async () => {
  const fixture = await GroupFixture.start()
  await fixture.coordinator.close()
  const all = { join: 16, sync: 16, heartbeat: 16, leave: 16, commit: 16, fetch: 16, delete: 16 }
  expect(await codesOf(fixture, 'g')).toEqual(all)
})

describe('ListGroups', () => {
  it('tells those in the states and of the types that are asked for, in any case', async () => {
    const fixture = await GroupFixture.start()
    await fixture.stableGroup('stable', 1)
    await fixture.commit('empty', 1)
    const listed = async (statesFilter: string[], typesFilter: string[]) => {
      const response = await fixture.coordinator.listGroups({ statesFilter, typesFilter })
      return response.groups.map(({ groupId }) => groupId).sort()
    }
    expect(await listed([], [])).toEqual(['empty', 'stable'])
    expect(await listed(['sTaBLe'], [])).toEqual(['stable'])
    expect(await listed(['Empty', 'Dead'], ['Classic'])).toEqual(['empty'])
    expect(await listed([], ['consumer'])).toEqual([])
    expect(await listed(['PreparingRebalance'], [])).toEqual([])
  })
})

describe('LeaveGroup', () => {
  it('takes several, each with a code of its own; static ones by their instance', async () => {
    const fixture = await GroupFixture.start()
    const joined = await fixture.join('g', { groupInstanceId: 'i', version: 9 })
    const promised = await fixture.join('g', { version: 4 })
    expect(promised.errorCode).toBe(79)
    const members = [
      { memberId: '', groupInstanceId: 'i', reason: null },
      { memberId: promised.memberId, groupInstanceId: null, reason: null },
      { memberId: 'nobody', groupInstanceId: null, reason: null },
      { memberId: '', groupInstanceId: 'other', reason: null },
    ]
    const left = await fixture.coordinator.leaveGroup(
      { groupId: 'g', memberId: '', members },
      caller,
    )
    expect(left.members?.map(({ errorCode }) => errorCode)).toEqual([0, 0, 25, 25])
    expect(await fixture.state('g')).toBe('Empty')
    expect(await fixture.heartbeat('g', joined, 'i')).toBe(25)
    const back = await fixture.join('g', { version: 4, memberId: promised.memberId })
    expect(back.errorCode).toBe(25)
  })

  it('fences whoever leaves under an instance that is another member by now', async () => {
    const fixture = await GroupFixture.start()
    const before = await fixture.join('g', { groupInstanceId: 'i', version: 9 })
    const after = await fixture.join('g', { groupInstanceId: 'i', version: 9 })
    const members = [{ memberId: before.memberId, groupInstanceId: 'i', reason: null }]
    const left = await fixture.coordinator.leaveGroup(
      { groupId: 'g', memberId: '', members },
      caller,
    )
    expect(left.members?.map(({ errorCode }) => errorCode)).toEqual([82])
    expect(await fixture.heartbeat('g', after, 'i')).toBe(0)
  })
})

it('reads the groups of a topic that was made anew, and forgets those of the old one', async () => {
  const fixture = await GroupFixture.start()
  await fixture.commit('g', 7)
  await fixture.stableGroup('g', 1)
  const other = await GroupFixture.start()
  await other.commit('g', 1)
  fixture.log = other.log
  expect(await fixture.committed('g')).toBe(1)
  expect(await fixture.state('g')).toBe('Empty')
  await fixture.time.advance(600_000)
  expect(await fixture.committed('g')).toBe(1)
})

describe('whoever waits for an answer of a group whose log is deleted', () => {
  it('is told that its coordinator is gone, in a join phase', async () => {
    const fixture = await GroupFixture.start({ initialRebalanceDelayMs: 3_000 })
    const joins = [fixture.join('g'), fixture.join('g'), fixture.join('other')]
    await settle()
    const anew = await GroupFixture.start()
    fixture.log = anew.log
    await fixture.coordinator.forgetTopics(new Set(['__consumer_offsets']))
    const codes = (await Promise.all(joins)).map(({ errorCode }) => errorCode)
    expect(codes).toEqual([16, 16, 16])
    expect(fixture.time.pending).toBe(1)
    // The new log begins without any group.
    expect(await fixture.state('g')).toBe('Dead')
    await fixture.time.advance(600_000)
    expect(await fixture.state('g')).toBe('Dead')
  })

  it('is told while it waits for its assignment, and where there is no new log', async () => {
    const fixture = await GroupFixture.start()
    const [leader, follower] = await fixture.stableGroup('g', 2)
    if (leader === undefined || follower === undefined) throw new Error('two members')
    const again = [leader, follower].map(({ memberId }) => {
      return fixture.join('g', { memberId, protocols: ['range', 'roundrobin'] })
    })
    const joined = await Promise.all(again)
    const waiting = joined.find(({ memberId, leader: first }) => memberId !== first)
    if (waiting === undefined) throw new Error('a follower')
    const sync = fixture.sync('g', waiting)
    await settle()
    fixture.hasLog = false
    await fixture.coordinator.forgetTopics(new Set(['__consumer_offsets']))
    expect((await sync).errorCode).toBe(16)
    expect(await fixture.heartbeat('g', waiting)).toBe(16)
  })
})

describe('what Apache Kafka refuses before it looks at the members', () => {
  it('a SyncGroup of version 5 that does not say its protocol', async () => {
    const fixture = await GroupFixture.start()
    const joined = await fixture.join('g')
    const claim = { groupId: 'g', memberId: joined.memberId, generationId: 1 }
    const request = { ...claim, groupInstanceId: null, assignments: [] }
    for (const [protocolType, protocolName] of [
      [null, 'range'],
      ['consumer', null],
    ] as const) {
      const asked = { ...request, protocolType, protocolName }
      const answer = await fixture.coordinator.syncGroup(asked, caller)
      expect(answer.errorCode).toBe(23)
    }
    const older = { ...request, protocolType: null, protocolName: null }
    const answer = await fixture.coordinator.syncGroup(older, { ...caller, version: 4 })
    expect(answer.errorCode).toBe(0)
  })
})

it('commits for an instance that is no member where the group is empty', async () => {
  const fixture = await GroupFixture.start()
  await fixture.commit('g', 1)
  const nobody = { generationId: -1, memberId: '' } as Awaited<ReturnType<GroupFixture['join']>>
  expect(await fixture.commit('g', 2, nobody, 'orders', 'instance')).toBe(0)
  expect(await fixture.committed('g')).toBe(2)
})

it('answers a group that is to be deleted twice once', async () => {
  const fixture = await GroupFixture.start()
  await fixture.commit('g', 1)
  const { results } = await fixture.coordinator.deleteGroups({ groupsNames: ['g', 'g', 'h'] })
  expect(results.map(({ groupId, errorCode }) => [groupId, errorCode])).toEqual([
    ['g', 0],
    ['h', 69],
  ])
})
