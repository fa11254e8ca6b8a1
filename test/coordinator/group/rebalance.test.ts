/** What a rebalance does about members that are late, silent, lost or in the way. */
import { describe, expect, it } from 'vitest'
import { StorageError } from '../../../src/storage/log-store.ts'
import { settle } from '../manual-time.ts'
import { GroupFixture } from './group-fixture.ts'

/** Two members that joined one generation: the leader and the other one. */
async function joinedPair(fixture: GroupFixture, options: { rebalanceTimeoutMs?: number } = {}) {
  const alone = await fixture.join('g', options)
  const both = [fixture.join('g', options), fixture.join('g', { ...options, ...idOf(alone) })]
  const [follower, leader] = await Promise.all(both)
  if (follower === undefined || leader === undefined) throw new Error('two members')
  expect(leader.leader).toBe(leader.memberId)
  return { leader, follower }
}

const idOf = ({ memberId }: { memberId: string }) => ({ memberId })
const late = { rebalanceTimeoutMs: 8_000 }

describe('a member that joined and never sends SyncGroup, though its heart beats', () => {
  it('is removed when it is the leader, and the others are told to join again', async () => {
    const fixture = await GroupFixture.start()
    const { leader, follower } = await joinedPair(fixture, late)
    const waiting = fixture.sync('g', follower)
    await fixture.time.advance(7_999)
    expect(await fixture.heartbeat('g', leader)).toBe(0)
    expect(await fixture.state('g')).toBe('CompletingRebalance')
    await fixture.time.advance(1)
    expect((await waiting).errorCode).toBe(27)
    expect(await fixture.heartbeat('g', leader)).toBe(25)
    const again = await fixture.join('g', { ...late, ...idOf(follower) })
    expect(again).toMatchObject({ errorCode: 0, generationId: 3, leader: follower.memberId })
  })

  it('is removed from a stable group: nobody reads what it was given', async () => {
    const fixture = await GroupFixture.start()
    const { leader, follower } = await joinedPair(fixture, late)
    const parts = { [leader.memberId]: 'one', [follower.memberId]: 'other' }
    expect((await fixture.sync('g', leader, parts)).errorCode).toBe(0)
    expect(await fixture.state('g')).toBe('Stable')
    await fixture.time.advance(7_999)
    expect(await fixture.heartbeat('g', leader)).toBe(0)
    expect(await fixture.heartbeat('g', follower)).toBe(0)
    await fixture.time.advance(1)
    expect(await fixture.heartbeat('g', follower)).toBe(25)
    expect(await fixture.heartbeat('g', leader)).toBe(27)
  })
})

describe('a group whose last member left while somebody has an id and did not come back', () => {
  it('takes members of its own type only, whatever they offer', async () => {
    const fixture = await GroupFixture.start()
    const pending = await fixture.deserted('g', { protocolType: 'connect' })
    expect(pending.errorCode).toBe(79)
    expect(await fixture.state('g')).toBe('PreparingRebalance')
    expect((await fixture.join('g', { version: 4 })).errorCode).toBe(23)
    expect((await fixture.join('g', { groupInstanceId: 'i', version: 5 })).errorCode).toBe(23)
    const other = { protocolType: 'connect', protocols: ['other'], ...idOf(pending) }
    const joined = await fixture.join('g', other)
    expect(joined).toMatchObject({ errorCode: 0, generationId: 2, protocolName: 'other' })
  })
})

describe('a stable group whose last member leaves', () => {
  it('is empty at once, also while somebody has an id and did not come back', async () => {
    const fixture = await GroupFixture.start()
    const alone = await fixture.join('g')
    await fixture.sync('g', alone, { [alone.memberId]: 'all' })
    const pending = await fixture.join('g', { version: 4 })
    expect(pending.errorCode).toBe(79)
    expect(await fixture.leave('g', alone.memberId)).toBe(0)
    expect(await fixture.state('g')).toBe('Empty')
    const joined = await fixture.join('g', { version: 4, ...idOf(pending) })
    expect(joined).toMatchObject({ errorCode: 0, generationId: 3, memberId: pending.memberId })
  })
})

describe('a write of an assignment that takes long', () => {
  /** From now on appends count as committed when the list's functions are called, in any order. */
  function holdCommits(fixture: GroupFixture): (() => void)[] {
    const held: (() => void)[] = []
    fixture.log.committed = () => new Promise((resolve) => held.push(resolve as () => void))
    return held
  }

  it('says nothing of the assignment of a later generation', async () => {
    const fixture = await GroupFixture.start()
    const { leader, follower } = await joinedPair(fixture)
    const held = holdCommits(fixture)
    const first = fixture.sync('g', leader, { [leader.memberId]: 'old' })
    await settle()
    expect(await fixture.leave('g', follower.memberId)).toBe(0)
    expect((await first).errorCode).toBe(27)
    const alone = await fixture.join('g', idOf(leader))
    let answered = false
    const second = fixture.sync('g', alone, { [leader.memberId]: 'new' }).finally(() => {
      answered = true
    })
    await settle()
    expect(held.length).toBe(2)
    held[0]?.()
    await settle()
    expect(answered).toBe(false)
    expect(await fixture.state('g')).toBe('CompletingRebalance')
    held[1]?.()
    expect(Buffer.from((await second).assignment).toString()).toBe('new')
  })

  it('takes no commit of a member meanwhile: who reads what is not settled', async () => {
    const fixture = await GroupFixture.start()
    const { leader } = await joinedPair(fixture)
    expect(await fixture.commit('g', 5, leader)).toBe(27)
    expect(await fixture.committed('g')).toBe(-1)
  })
})

describe('a static member whose instance starts a second time', () => {
  const instance = { groupInstanceId: 'i', version: 9 }

  it('is told that it is fenced while it waits for its join', async () => {
    const fixture = await GroupFixture.start()
    await fixture.stableGroup('g', 1)
    const first = fixture.join('g', instance)
    await settle()
    const second = fixture.join('g', instance)
    expect((await first).errorCode).toBe(82)
    await fixture.time.advance(60_000)
    expect(await second).toMatchObject({ errorCode: 0, generationId: 2 })
  })

  it('keeps the generation and the leader, which older clients are told was another', async () => {
    const fixture = await GroupFixture.start()
    const before = await fixture.join('g', instance)
    await fixture.sync('g', before, { [before.memberId]: 'all' }, { groupInstanceId: 'i' })
    await settle()
    const back = await fixture.join('g', { ...instance, version: 5 })
    expect(back).toMatchObject({ errorCode: 0, generationId: 1, members: [] })
    expect(back.leader).toBe(before.memberId)
    const synced = await fixture.sync('g', back, {}, { groupInstanceId: 'i' })
    expect(Buffer.from(synced.assignment).toString()).toBe('all')
    const after = await fixture.restart()
    expect(await after.heartbeat('g', back, 'i')).toBe(0)
    expect(await after.heartbeat('g', before, 'i')).toBe(82)
  })

  it('is not told that it is back where a restart would not know of it', async () => {
    const fixture = await GroupFixture.start()
    const before = await fixture.join('g', instance)
    await fixture.sync('g', before, { [before.memberId]: 'all' }, { groupInstanceId: 'i' })
    await settle()
    const append = fixture.log.append.bind(fixture.log)
    fixture.log.append = () => {
      throw new StorageError(56, 'the disk is gone')
    }
    expect(await fixture.join('g', instance)).toMatchObject({ errorCode: 16, memberId: '' })
    fixture.log.append = append
    const back = await fixture.join('g', instance)
    expect(back).toMatchObject({ errorCode: 0, generationId: 1 })
    const after = await fixture.restart()
    expect(await after.heartbeat('g', back, 'i')).toBe(0)
  })

  it('keeps the generation when it wants other topics, which the next one hears of', async () => {
    const fixture = await GroupFixture.start()
    const before = await fixture.join('g', { ...instance, protocols: ['range', 'sticky'] })
    await fixture.sync('g', before, { [before.memberId]: 'all' }, { groupInstanceId: 'i' })
    await settle()
    const other = { protocols: ['range'], subscription: 'mail' }
    const back = await fixture.join('g', { ...instance, ...other })
    expect(back).toMatchObject({ errorCode: 0, generationId: 1, protocolName: 'range' })
    expect(Buffer.from(back.members[0]?.metadata ?? []).toString('latin1')).toContain('mail')
    expect(await fixture.state('g')).toBe('Stable')
    const again = await fixture.join('g', { ...instance, ...other, ...idOf(back) })
    expect(again).toMatchObject({ errorCode: 0, generationId: 2 })
    expect(Buffer.from(again.members[0]?.metadata ?? []).toString('latin1')).toContain('mail')
  })

  it('rebalances when another protocol would be chosen than before', async () => {
    const fixture = await GroupFixture.start()
    const before = await fixture.join('g', { ...instance, protocols: ['range', 'sticky'] })
    await fixture.sync('g', before, { [before.memberId]: 'all' }, { groupInstanceId: 'i' })
    await settle()
    const back = await fixture.join('g', { ...instance, protocols: ['sticky', 'range'] })
    expect(back).toMatchObject({ errorCode: 0, generationId: 2, protocolName: 'sticky' })
  })

  it('stays through a rebalance that it misses, until its session ends', async () => {
    const fixture = await GroupFixture.start()
    const long = { sessionTimeoutMs: 40_000, rebalanceTimeoutMs: 10_000 }
    const before = await fixture.join('g', { ...instance, ...long })
    await fixture.sync('g', before, { [before.memberId]: 'all' }, { groupInstanceId: 'i' })
    const other = fixture.join('g', { ...long, rebalanceTimeoutMs: 10_000 })
    await fixture.time.advance(10_000)
    const joined = await other
    expect(joined).toMatchObject({ errorCode: 0, generationId: 2, leader: joined.memberId })
    expect(joined.members.length).toBe(2)
    expect(await fixture.heartbeat('g', before, 'i')).toBe(22)
  })

  it('is waited for when nobody else came to a rebalance either', async () => {
    const fixture = await GroupFixture.start()
    const long = { sessionTimeoutMs: 100_000, rebalanceTimeoutMs: 10_000 }
    const one = await fixture.join('g', { ...instance, ...long })
    const guest = fixture.join('g', long)
    const both = await Promise.all([
      guest,
      fixture.join('g', { ...instance, ...long, ...idOf(one) }),
    ])
    expect(await fixture.leave('g', both[0].memberId)).toBe(0)
    await fixture.time.advance(35_000)
    expect(await fixture.state('g')).toBe('PreparingRebalance')
    const back = await fixture.join('g', { ...instance, ...long, ...idOf(one) })
    expect(back).toMatchObject({ errorCode: 0, leader: one.memberId })
    expect(back.generationId).toBe((both[0].generationId ?? 0) + 1)
  })
})

describe('a group', () => {
  it('takes no more members than group.max.size, and keeps those that it has', async () => {
    const fixture = await GroupFixture.start({ maxSize: 2 })
    const [first, second] = await fixture.stableGroup('g', 2)
    if (first === undefined || second === undefined) throw new Error('two members')
    expect((await fixture.join('g')).errorCode).toBe(81)
    expect(await fixture.heartbeat('g', first)).toBe(0)
    const again = fixture.join('g', { ...idOf(first), subscription: 'mail' })
    expect((await fixture.join('g', idOf(second))).errorCode).toBe(0)
    expect((await again).errorCode).toBe(0)
    await fixture.leave('g', first.memberId)
    const rejoins = [fixture.join('g'), fixture.join('g', idOf(second))]
    expect((await Promise.all(rejoins)).map((one) => one.errorCode)).toEqual([0, 0])
  })

  it('refuses a member that offers no protocol', async () => {
    const fixture = await GroupFixture.start()
    expect((await fixture.join('g', { protocols: [] })).errorCode).toBe(23)
    expect((await fixture.join('g')).errorCode).toBe(0)
  })

  it('refuses a sync under another protocol than the generation has', async () => {
    const fixture = await GroupFixture.start()
    const joined = await fixture.join('g')
    for (const other of [{ protocolName: 'sticky' }, { protocolType: 'connect' }]) {
      expect((await fixture.sync('g', joined, {}, other)).errorCode).toBe(23)
    }
    const same = { protocolName: 'range', protocolType: 'consumer' }
    expect((await fixture.sync('g', joined, {}, same)).errorCode).toBe(0)
  })

  it('is restored from its record when its members come back to another start', async () => {
    const fixture = await GroupFixture.start()
    const [first, second] = await fixture.stableGroup('g', 2)
    if (first === undefined || second === undefined) throw new Error('two members')
    const after = await fixture.restart()
    const parts = [await after.sync('g', first), await after.sync('g', second)]
    expect(parts.map(({ assignment }) => Buffer.from(assignment).toString())).toEqual([
      'part 0',
      'part 1',
    ])
    // What a member offered outlives the start too: the same again is no reason to rebalance.
    const follower = first.leader === first.memberId ? second : first
    expect(await after.join('g', idOf(follower))).toMatchObject({
      errorCode: 0,
      generationId: first.generationId,
    })
  })
})

describe('a first rebalance without a delay', () => {
  it('does not wait for whoever was given an id and did not come back', async () => {
    const fixture = await GroupFixture.start()
    const asked = await fixture.join('g', { version: 4 })
    expect(asked.errorCode).toBe(79)
    expect(await fixture.join('g')).toMatchObject({ errorCode: 0, generationId: 1 })
  })
})

describe('a member that joins again', () => {
  it('offers nothing of what the group agreed on, its own offers of before counted', async () => {
    const fixture = await GroupFixture.start()
    const joined = await fixture.join('g', { protocols: ['range'] })
    const again = { ...idOf(joined), protocols: ['sticky'] }
    expect((await fixture.join('g', again)).errorCode).toBe(23)
    expect((await fixture.join('g', { ...again, protocols: ['range', 'sticky'] })).errorCode).toBe(
      0,
    )
  })

  it('is described with its assignment of before until there is another', async () => {
    const fixture = await GroupFixture.start()
    const joined = await fixture.join('g')
    await fixture.sync('g', joined, { [joined.memberId]: 'all' })
    await fixture.join('g', { ...idOf(joined), protocols: ['range', 'sticky'] })
    expect(await fixture.state('g')).toBe('CompletingRebalance')
    const request = { groups: ['g'], includeAuthorizedOperations: false }
    const caller = { version: 5, clientId: 'client', clientHost: '127.0.0.1' }
    const { groups } = await fixture.coordinator.describeGroups(request, caller)
    const [member] = groups[0]?.members ?? []
    expect(Buffer.from(member?.memberAssignment ?? []).toString()).toBe('all')
  })
})
