/**
 * Groups of types that are not served here, as Apache Kafka 4.3.1 left them in its log. The codes
 * are those that it answers itself after its next start.
 */
import { readFileSync } from 'node:fs'
import { beforeEach, describe, expect, it } from 'vitest'
import { ForeignGroups, tombstoneKeys } from '../../../src/coordinator/group/foreign-groups.ts'
import { decodeBatches, encodeBatch } from '../../../src/protocol/record-batch.ts'
import { GroupFixture } from './group-fixture.ts'

const caller = { version: 9, clientId: 'client', clientHost: '127.0.0.1' }
const sessionMs = 45_000

let fixture: GroupFixture
beforeEach(async () => {
  fixture = await GroupFixture.start()
  fixture.topicIds.set('t', 'dHR0dHR0dHR0dHR0dHR0dA')
  const bytes = readFileSync(new URL('fixtures/foreign-groups.bin', import.meta.url))
  const { value } = decodeBatches(bytes)
  if (value === null || value.bytesRead !== bytes.length) throw new Error('the fixture is broken')
  for (const batch of value.batches) fixture.log.append(encodeBatch(batch))
})

async function commit(group: string, generation: number, memberId: string, version = 9) {
  const partition = { partitionIndex: 0, committedOffset: 6, committedLeaderEpoch: -1 }
  const claim = { generationIdOrMemberEpoch: generation, memberId, groupInstanceId: null }
  const topics = [{ name: 't', topicId: '', partitions: [{ ...partition, committedMetadata: '' }] }]
  const request = { groupId: group, ...claim, retentionTimeMs: -1, topics }
  const response = await fixture.coordinator.offsetCommit(request, { ...caller, version })
  return response.topics[0]?.partitions[0]?.errorCode
}

async function fetchAs(group: string, memberId: string | null, memberEpoch: number) {
  const groups = [{ groupId: group, memberId, memberEpoch, topics: null }]
  const request = { groupId: '', topics: [], groups, requireStable: false }
  const { groups: [found] = [] } = await fixture.coordinator.offsetFetch(request, caller)
  const offsets = found?.topics.flatMap(({ partitions }) => partitions) ?? []
  return [found?.errorCode, ...offsets.map(({ committedOffset }) => committedOffset)]
}

async function deleteOffsets(group: string) {
  const topics = [{ name: 't', partitions: [{ partitionIndex: 0 }] }]
  const response = await fixture.coordinator.offsetDelete({ groupId: group, topics })
  return response.errorCode || response.topics[0]?.partitions[0]?.errorCode
}

async function deleteGroup(group: string) {
  const { results } = await fixture.coordinator.deleteGroups({ groupsNames: [group] })
  return results[0]?.errorCode
}

async function listed(typesFilter: string[] = []) {
  const { groups } = await fixture.coordinator.listGroups({ statesFilter: [], typesFilter })
  return groups
    .map(({ groupId, groupType, groupState }) => `${groupId} ${groupType} ${groupState}`)
    .sort()
}

const groups = ['kc-empty', 'kc-live', 'sh-empty', 'sh-live', 'st-empty', 'st-live'] as const

describe('a group of another type', () => {
  it('is listed with its type; a deleted one is gone', async () => {
    expect(await listed()).toEqual([
      'kc-empty consumer Empty',
      'kc-live consumer Stable',
      'live classic Stable',
      'sh-empty share Empty',
      'sh-live share Stable',
      'st-empty streams Empty',
      'st-live streams Stable',
    ])
    expect(await listed(['Share'])).toEqual(['sh-empty share Empty', 'sh-live share Stable'])
  })

  it.each(groups)('%s has no classic members and no description', async (group) => {
    const claim = { groupId: group, memberId: 'm', generationId: 1, groupInstanceId: null }
    const protocol = { protocolType: 'consumer', protocolName: 'range', assignments: [] }
    const { coordinator } = fixture
    expect((await coordinator.heartbeat(claim, caller)).errorCode).toBe(25)
    expect((await coordinator.syncGroup({ ...claim, ...protocol }, caller)).errorCode).toBe(25)
    expect(await fixture.leave(group, 'm')).toBe(25)
    const request = { groups: [group], includeAuthorizedOperations: false }
    const told = await coordinator.describeGroups(request, { ...caller, version: 6 })
    expect(told.groups[0]).toMatchObject({
      errorCode: 69,
      errorMessage: `Group ${group} is not a classic group.`,
      groupState: 'Dead',
    })
    expect(await fixture.state(group)).toBe('Dead')
  })

  it.each([
    // group, commit in a generation of version 8 and 9, alone; OffsetDelete; OffsetFetch
    ['kc-empty', [25, 25, 0], 0, [0, 5], [25]],
    ['kc-live', [25, 25, 25], 86, [0], [25]],
    ['sh-empty', [69, 69, 69], 69, [0], [0]],
    ['sh-live', [69, 69, 69], 69, [0], [0]],
    ['st-empty', [25, 25, 0], 0, [0], [25]],
    ['st-live', [25, 25, 25], 86, [0], [25]],
    ['kc-deleted', [22, 69, 0], 69, [0], [0]],
  ])('%s: offsets are told, and taken where Kafka takes them', async (group, ...codes) => {
    const [commits, deletion, told, toldMember] = codes
    expect(await fetchAs(group, null, -1)).toEqual(told)
    expect(await fetchAs(group, 'm', 3)).toEqual(toldMember)
    expect([await commit(group, 1, 'm', 8), await commit(group, 1, 'm')]).toEqual(
      commits.slice(0, 2),
    )
    expect(await deleteOffsets(group)).toBe(deletion)
    expect(await commit(group, -1, '')).toBe(commits[2])
    expect(await fetchAs(group, null, -1)).toEqual(commits[2] === 0 ? [0, 6] : [0])
  })

  it.each(groups.filter((group) => group !== 'kc-empty' && group !== 'st-empty'))(
    '%s is no place for a classic member',
    async (group) => {
      for (const memberId of ['', 'm']) {
        expect((await fixture.join(group, { memberId })).errorCode).toBe(23)
      }
      expect((await listed(['classic'])).join()).not.toContain(group)
    },
  )

  it.each(['kc-empty', 'st-empty'])('%s gives way to a classic group, for good', async (group) => {
    expect((await fixture.join(group, { memberId: 'm' })).errorCode).toBe(25)
    expect(await listed(['consumer', 'streams'])).toHaveLength(4)
    const [member] = await fixture.stableGroup(group, 1)
    expect(member?.errorCode).toBe(0)
    expect(await fetchAs(group, null, -1)).toEqual(group === 'kc-empty' ? [0, 5] : [0])
    fixture = await fixture.restart()
    expect(await listed()).toContain(`${group} classic Stable`)
    expect((await listed(['consumer', 'streams'])).join()).not.toContain(group)
  })

  it('whose members nobody heard of for a session is empty', async () => {
    expect(await deleteGroup('kc-live')).toBe(68)
    await fixture.time.advance(sessionMs)
    expect(await listed(['consumer'])).toEqual([
      'kc-empty consumer Empty',
      'kc-live consumer Empty',
    ])
    expect(await commit('kc-live', -1, '')).toBe(0)
    expect(await deleteGroup('kc-live')).toBe(0)
    expect(await fetchAs('kc-live', null, -1)).toEqual([0])
    expect((await fixture.stableGroup('st-live', 1))[0]?.errorCode).toBe(0)
    expect((await fixture.join('sh-live')).errorCode).toBe(23)
    fixture = await fixture.restart()
    expect(await listed(['consumer', 'streams'])).toEqual([
      'kc-empty consumer Empty',
      'st-empty streams Empty',
    ])
  })

  it('is deleted with its offsets, but not a share group', async () => {
    expect(await deleteGroup('kc-empty')).toBe(0)
    expect(await deleteGroup('sh-empty')).toBe(69)
    expect(await fetchAs('kc-empty', null, -1)).toEqual([0])
    fixture = await fixture.restart()
    expect(await listed(['consumer', 'share'])).toEqual([
      'kc-live consumer Stable',
      'sh-empty share Empty',
      'sh-live share Stable',
    ])
  })

  it('keeps its offsets, however old', async () => {
    expect(await fetchAs('kc-empty', null, -1)).toEqual([0, 5])
    await fixture.time.advance(400 * 86_400_000)
    expect(await fetchAs('kc-empty', null, -1)).toEqual([0, 5])
  })
})

describe('records of foreign groups', () => {
  const key = (kind: number, groupId: string, rest = ''): Uint8Array => {
    const name = Buffer.from(groupId)
    return Buffer.concat([Buffer.from([0, kind, 0, name.length]), name, Buffer.from(rest)])
  }
  const value = Uint8Array.of(0, 0)

  it('make a group as long as one of them stands, with the members they name', () => {
    const all = new ForeignGroups(1_000)
    const set = (kind: number, rest: string, isThere: boolean) => {
      all.apply({ name: null, kind, key: key(kind, 'g', rest), value: isThere ? value : null })
      const group = all.get('g')
      return group === undefined ? 'none' : [group.type, group.members, all.isEmpty(group, 0)]
    }
    expect(set(3, '', true)).toEqual(['consumer', 0, true])
    expect(set(5, 'a', true)).toEqual(['consumer', 1, false])
    expect(set(5, 'a', true)).toEqual(['consumer', 1, false])
    expect(set(5, 'b', true)).toEqual(['consumer', 2, false])
    expect(set(5, 'a', false)).toEqual(['consumer', 1, false])
    expect(set(3, '', false)).toEqual(['consumer', 1, false])
    expect(set(5, 'b', false)).toBe('none')
    expect(set(5, 'b', false)).toBe('none')
  })

  it('are deleted in the order that Kafka wants, with the epoch of the assignment', () => {
    const all = new ForeignGroups(0)
    const put = (kind: number, groupId: string, rest = '') =>
      all.apply({ name: null, kind, key: key(kind, groupId, rest), value })
    for (const kind of [3, 4, 16]) put(kind, 'g')
    for (const kind of [5, 7, 8, 5]) for (const member of ['a', 'b']) put(kind, 'g', member)
    for (const kind of [17, 23, 20, 19, 21, 22]) put(kind, 's')
    const order = (groupId: string) => {
      const group = all.get(groupId)
      return group === undefined ? [] : tombstoneKeys(group).map((one) => one[1])
    }
    expect(order('g')).toEqual([8, 8, 7, 7, 6, 5, 5, 4, 16, 3])
    expect(order('s')).toEqual([22, 21, 20, 19, 23, 17])
  })

  it('of kinds that nobody knows, or without a group, make none', () => {
    const all = new ForeignGroups(0)
    all.apply({ name: null, kind: 99, key: key(99, 'g'), value })
    all.apply({ name: null, kind: 3, key: Uint8Array.of(0, 3, 0, 9), value })
    expect(all.values()).toEqual([])
  })
})
