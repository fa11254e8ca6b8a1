/** What a rebalance does about members that are late, silent, lost or in the way. */
import { describe, expect, it } from 'vitest'
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
