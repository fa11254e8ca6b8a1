import { expect, it } from 'vitest'
import { settle } from '../manual-time.ts'
import { GroupFixture } from './group-fixture.ts'

it('makes the only member the leader and gives it what it assigned', async () => {
  const fixture = await GroupFixture.start()
  const joined = await fixture.join('g')
  expect(joined).toMatchObject({ errorCode: 0, generationId: 1, protocolName: 'range' })
  expect(joined.leader).toBe(joined.memberId)
  expect(joined.members.length).toBe(1)
  const synced = await fixture.sync('g', joined, { [joined.memberId]: 'all' })
  expect(Buffer.from(synced.assignment).toString()).toBe('all')
  expect(await fixture.state('g')).toBe('Stable')
  expect(await fixture.heartbeat('g', joined)).toBe(0)
})

it('makes a newcomer of version 4 come back with its id', async () => {
  const fixture = await GroupFixture.start()
  const first = await fixture.join('g', { version: 4 })
  expect(first.errorCode).toBe(79)
  const second = await fixture.join('g', { version: 4, memberId: first.memberId })
  expect(second).toMatchObject({ errorCode: 0, memberId: first.memberId })
  expect((await fixture.join('g', { version: 4, memberId: 'stranger' })).errorCode).toBe(25)
})

it('waits the initial delay once for a member that stays alone', async () => {
  const fixture = await GroupFixture.start({ initialRebalanceDelayMs: 3_000 })
  const joined = fixture.join('g')
  await fixture.time.advance(2_999)
  expect(await fixture.state('g')).toBe('PreparingRebalance')
  await fixture.time.advance(1)
  expect((await joined).generationId).toBe(1)
})

it('waits for newcomers in a first rebalance, each putting it off once more', async () => {
  const fixture = await GroupFixture.start({ initialRebalanceDelayMs: 3_000 })
  const first = fixture.join('g')
  await fixture.time.advance(2_000)
  const second = fixture.join('g')
  await fixture.time.advance(1_500)
  expect(await fixture.state('g')).toBe('PreparingRebalance')
  await fixture.time.advance(5_000)
  expect((await first).members.length + (await second).members.length).toBe(2)
  expect((await first).generationId).toBe(1)
})

it('rebalances when a second member comes: heartbeats tell the first one', async () => {
  const fixture = await GroupFixture.start()
  const [first] = await fixture.stableGroup('g', 1)
  if (first === undefined) throw new Error('no member')
  const second = fixture.join('g')
  await settle()
  expect(await fixture.heartbeat('g', first)).toBe(27)
  const again = await fixture.join('g', { memberId: first.memberId })
  expect((await second).generationId).toBe(2)
  expect(again.members.length).toBe(2)
  expect(await fixture.heartbeat('g', first)).toBe(22)
})

it('goes on without members that do not rejoin in time', async () => {
  const fixture = await GroupFixture.start()
  const [slow] = await fixture.stableGroup('g', 1)
  const second = fixture.join('g', { rebalanceTimeoutMs: 20_000 })
  await fixture.time.advance(9_000)
  if (slow !== undefined) expect(await fixture.heartbeat('g', slow)).toBe(27)
  await fixture.time.advance(60_000)
  const joined = await second
  expect(joined).toMatchObject({ errorCode: 0, generationId: 2 })
  expect(joined.members.length).toBe(1)
  if (slow !== undefined) expect(await fixture.heartbeat('g', slow)).toBe(25)
})

it('drops a silent member at the end of its session', async () => {
  const fixture = await GroupFixture.start()
  const [first, second] = await fixture.stableGroup('g', 2)
  if (first === undefined || second === undefined) throw new Error('two members')
  await fixture.time.advance(6_000)
  expect(await fixture.heartbeat('g', first)).toBe(0)
  await fixture.time.advance(6_000)
  expect(await fixture.heartbeat('g', second)).toBe(25)
  expect(await fixture.heartbeat('g', first)).toBe(27)
})

it('is empty after the last member left, and can be deleted then only', async () => {
  const fixture = await GroupFixture.start()
  const [member] = await fixture.stableGroup('g', 1)
  const remove = async () =>
    (await fixture.coordinator.deleteGroups({ groupsNames: ['g'] })).results[0]?.errorCode
  expect(await remove()).toBe(68)
  expect(await fixture.leave('g', member?.memberId ?? '')).toBe(0)
  expect(await fixture.state('g')).toBe('Empty')
  expect(await remove()).toBe(0)
  expect(await remove()).toBe(69)
  expect(await fixture.state('g')).toBe('Dead')
})

it('refuses a member without a common protocol', async () => {
  const fixture = await GroupFixture.start()
  await fixture.stableGroup('g', 1)
  expect((await fixture.join('g', { protocols: ['sticky'] })).errorCode).toBe(23)
})

it('chooses the protocol that most members prefer among the common ones', async () => {
  const fixture = await GroupFixture.start({ initialRebalanceDelayMs: 1_000 })
  const all = [
    fixture.join('g', { protocols: ['a', 'b', 'c'] }),
    fixture.join('g', { protocols: ['c', 'b'] }),
    fixture.join('g', { protocols: ['b', 'c'] }),
  ]
  await fixture.time.advance(5_000)
  expect((await Promise.all(all)).map((one) => one.protocolName)).toEqual(['b', 'b', 'b'])
})

it('lets a static member return without a rebalance, and fences its old id', async () => {
  const fixture = await GroupFixture.start()
  const options = { groupInstanceId: 'static', version: 9 }
  const joined = await fixture.join('g', options)
  await fixture.sync('g', joined, { [joined.memberId]: 'all' })
  await settle()
  const back = await fixture.join('g', options)
  expect(back).toMatchObject({ errorCode: 0, generationId: 1, skipAssignment: true })
  expect(back.memberId).not.toBe(joined.memberId)
  const fenced = await fixture.join('g', { ...options, memberId: joined.memberId })
  expect(fenced.errorCode).toBe(82)
})

it('commits and fetches, as a member and alone, but not as a stranger', async () => {
  const fixture = await GroupFixture.start()
  expect(await fixture.committed('g')).toBe(-1)
  expect(await fixture.commit('g', 5)).toBe(0)
  expect(await fixture.committed('g')).toBe(5)
  const [member] = await fixture.stableGroup('g', 1)
  if (member === undefined) throw new Error('no member')
  expect(await fixture.commit('g', 7, member)).toBe(0)
  expect(await fixture.committed('g')).toBe(7)
  expect(await fixture.commit('g', 8)).toBe(25)
  expect(await fixture.commit('g', 8, { ...member, generationId: 9 })).toBe(22)
  expect(await fixture.commit('other', 8, member)).toBe(22)
  expect(await fixture.commit('g', 8, member, 'no-such-topic')).toBe(3)
  expect(await fixture.committed('g')).toBe(7)
})

it('has the same groups and offsets after a restart, with fresh sessions', async () => {
  const before = await GroupFixture.start()
  const [member] = await before.stableGroup('g', 1)
  if (member === undefined) throw new Error('no member')
  await before.commit('g', 11, member)
  await before.commit('alone', 12)
  const after = await before.restart()
  expect(await after.committed('g')).toBe(11)
  expect(await after.committed('alone')).toBe(12)
  expect(await after.state('g')).toBe('Stable')
  expect(await after.heartbeat('g', member)).toBe(0)
  await after.time.advance(30_000)
  expect(await after.heartbeat('g', member)).toBe(25)
})

it('forgets the offsets of an empty group after the retention', async () => {
  const fixture = await GroupFixture.start({ offsetsRetentionMs: 3_600_000 })
  const [member] = await fixture.stableGroup('g', 1)
  if (member === undefined) throw new Error('no member')
  await fixture.commit('g', 1, member)
  await fixture.leave('g', member.memberId)
  await fixture.time.advance(3_000_000)
  expect(await fixture.committed('g')).toBe(1)
  await fixture.time.advance(1_300_000)
  expect(await fixture.committed('g')).toBe(-1)
  expect(await fixture.state('g')).toBe('Dead')
  const after = await fixture.restart()
  expect(await after.committed('g')).toBe(-1)
})

it('keeps the state of the log where a write fails: the members are told to rejoin', async () => {
  const fixture = await GroupFixture.start()
  const joined = await fixture.join('g')
  const append = fixture.log.append.bind(fixture.log)
  const { StorageError } = await import('../../../src/storage/log-store.ts')
  fixture.log.append = () => {
    throw new StorageError(56, 'the disk is gone')
  }
  expect((await fixture.sync('g', joined, { [joined.memberId]: 'all' })).errorCode).toBe(16)
  expect(await fixture.state('g')).toBe('PreparingRebalance')
  fixture.log.append = append
  const again = await fixture.join('g', { memberId: joined.memberId })
  expect(again).toMatchObject({ errorCode: 0, generationId: 2 })
})

it('forgets the offsets of a deleted topic, and keeps the others', async () => {
  const fixture = await GroupFixture.start()
  await fixture.commit('g', 1)
  await fixture.commit('g', 2, undefined, 'mail')
  await fixture.coordinator.forgetTopics(new Set(['orders']))
  expect(await fixture.committed('g')).toBe(-1)
  const after = await fixture.restart()
  expect(await after.committed('g')).toBe(-1)
  expect(await after.committed('g', 'mail')).toBe(2)
})

it('keeps the timer of a group that takes the name of a deleted one', async () => {
  const fixture = await GroupFixture.start()
  const [member] = await fixture.stableGroup('g', 1)
  if (member === undefined) throw new Error('no member')
  // The record of the emptied group is still being written when its name is taken again.
  const [, deleted, joined] = await Promise.all([
    fixture.leave('g', member.memberId),
    fixture.coordinator.deleteGroups({ groupsNames: ['g'] }),
    fixture.join('g'),
  ])
  expect(deleted.results).toEqual([{ groupId: 'g', errorCode: 0 }])
  expect(joined.errorCode).toBe(0)
  expect(await fixture.state('g')).toBe('CompletingRebalance')
  await fixture.time.advance(60_000 + 10_000)
  expect(await fixture.state('g')).toBe('Empty')
})
