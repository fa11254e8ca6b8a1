import { beforeEach, describe, expect, it } from 'vitest'
import { assignorOf } from '../../../../src/client/consumer/assignor/builtin.ts'
import {
  decodeAssignment,
  encodeAssignment,
} from '../../../../src/client/consumer/assignor/consumer-protocol.ts'
import { GroupDriver, type HandOver } from '../../../../src/client/consumer/group/group-driver.ts'
import { GroupMember } from '../../../../src/client/consumer/group/group-member.ts'
import { MemberProtocol } from '../../../../src/client/consumer/group/member-protocol.ts'
import { NetworkError } from '../../../../src/client/error.ts'
import { ErrorCode } from '../../../../src/protocol/error-codes.ts'
import type { JoinGroupRequest } from '../../../../src/protocol/generated/11-join-group.ts'
import type { SyncGroupRequest } from '../../../../src/protocol/generated/14-sync-group.ts'
import { PlayedCluster, settled } from '../played-cluster.ts'

const options = {
  groupId: 'g',
  groupInstanceId: null,
  rackId: null,
  sessionTimeoutMs: 45_000,
  heartbeatIntervalMs: 3_000,
  maxPollIntervalMs: 300_000,
  requestTimeoutMs: 30_000,
  backoffMs: () => 100,
}

let played: PlayedCluster
let driver: GroupDriver
let news = 0

beforeEach(() => {
  played = new PlayedCluster()
  played.lead('t', [1, 0], [1, 0])
  const member = new GroupMember(options, new MemberProtocol([assignorOf('range')]))
  news = 0
  driver = new GroupDriver(played.cluster, member, options, () => void news++)
  member.subscribe(['t'], played.time.monotonicMs())
})

/** What changes hands next, which must be of this kind. */
function handOver(kind: HandOver['kind']): HandOver {
  const next = driver.poll()
  if (next?.kind !== kind) throw new Error(`${kind} was expected, not ${next?.kind}`)
  return next
}

/** Joins as the leader, alone, up to the SyncGroup. */
async function join(): Promise<SyncGroupRequest> {
  driver.done(handOver('prepare'))
  await settled()
  const joining = played.next('JoinGroup')
  expect([joining.node, joining.channel, joining.timeoutMs]).toEqual([9, 'coordinator', 305_000])
  const { protocols } = joining.request as JoinGroupRequest
  await joining.answer({
    errorCode: 0,
    generationId: 3,
    protocolName: 'range',
    protocolType: 'consumer',
    leader: 'm',
    memberId: 'm',
    skipAssignment: false,
    members: [{ memberId: 'm', groupInstanceId: null, metadata: protocols[0]?.metadata }],
  })
  const syncing = played.next('SyncGroup')
  const assignment = encodeAssignment({ partitions: [{ topic: 't', partition: 1 }] })
  await syncing.answer({ errorCode: 0, assignment })
  return syncing.request
}

async function stable(): Promise<void> {
  await join()
  driver.done(handOver('apply'))
  driver.handedOut()
  driver.poll()
}

describe('a driver', () => {
  it('brings a member into its group, as its leader', async () => {
    const { assignments } = await join()
    const [own] = assignments.map(
      ({ assignment }) => decodeAssignment(assignment).value?.partitions,
    )
    expect(own).toEqual([0, 1].map((partition) => ({ topic: 't', partition })))
    expect(news).toBeGreaterThan(0)
    const apply = handOver('apply')
    expect(apply).toMatchObject({ added: [{ topic: 't', partition: 1 }] })
    driver.done(apply)
    expect(driver.member.state).toBe('stable')
    expect(played.refreshes).toBe(1)
  })

  it('sends heartbeats by a timer, one that is set for what is due next', async () => {
    await stable()
    expect(played.time.timers).toBe(1)
    played.time.pass(3_000)
    const beat = played.next('Heartbeat')
    expect(beat.request).toMatchObject({ memberId: 'm', generationId: 3 })
    await beat.answer({ errorCode: 0 })
    expect(played.time.timers).toBe(1)
    played.time.pass(2_999)
    expect(played.sent).toEqual([])
    played.time.pass(1)
    expect(played.sent).toHaveLength(1)
  })

  it('tells who waits of a rebalance', async () => {
    await stable()
    played.time.pass(3_000)
    news = 0
    await played.next('Heartbeat').answer({ errorCode: ErrorCode.REBALANCE_IN_PROGRESS })
    expect(news).toBeGreaterThan(0)
    expect(handOver('prepare').revoked).toHaveLength(1)
  })

  it('tells who works, when he comes back', async () => {
    await stable()
    driver.handedOut()
    played.time.pass(3_000)
    expect(driver.needsPoll).toBe(false)
    await played.next('Heartbeat').answer({ errorCode: ErrorCode.REBALANCE_IN_PROGRESS })
    expect(driver.needsPoll).toBe(true)
    expect(handOver('prepare').kind).toBe('prepare')
  })

  it('mends a broken connection to the coordinator', async () => {
    driver.done(handOver('prepare'))
    await settled()
    await played.next('JoinGroup').fail(new NetworkError('gone'))
    expect(played.forgotten).toBe(1)
    played.time.pass(100)
    await settled()
    expect(played.next('JoinGroup').node).toBe(9)
  })

  it('throws what cannot be mended to who waits', async () => {
    driver.done(handOver('prepare'))
    await settled()
    const refusal = { errorCode: ErrorCode.GROUP_AUTHORIZATION_FAILED, memberId: '', members: [] }
    await played.next('JoinGroup').answer(refusal)
    expect(() => driver.poll()).toThrow('Group g: cannot join the group')
    expect(() => driver.poll()).toThrow('GROUP_AUTHORIZATION_FAILED')
  })

  it('does not hide a fault of ours', async () => {
    driver.done(handOver('prepare'))
    await settled()
    await played.next('JoinGroup').fail(new TypeError('a bug'))
    expect(() => driver.poll()).toThrow('a bug')
  })

  it('divides anew when a topic has grown', async () => {
    await stable()
    played.lead('t', [1, 0], [1, 0])
    expect(driver.poll()).toBe(undefined)
    played.lead('t', [1, 0], [1, 0], [1, 0])
    expect(handOver('prepare').revoked).toHaveLength(1)
  })

  it('asks whether the application is alive before it is given up', async () => {
    await stable()
    driver.handedOut()
    driver.onTick = () => driver.member.handedOutSince(played.time.monotonicMs())
    for (let beats = 0; beats < 110; beats++) {
      played.time.pass(3_000)
      await played.next('Heartbeat').answer({ errorCode: 0 })
    }
    expect(driver.member.memberId).toBe('m')
  })
})

describe('leaving', () => {
  it('waits until the coordinator knows', async () => {
    await stable()
    let left = false
    const leaving = driver.leave().then(() => {
      left = true
    })
    await settled()
    expect(left).toBe(false)
    const leave = played.next('LeaveGroup')
    expect(leave.request).toMatchObject({ groupId: 'g', members: [{ memberId: 'm' }] })
    await leave.answer({ errorCode: 0, members: [] })
    await leaving
    expect(played.time.timers).toBe(0)
  })

  it('says it as old coordinators want it', async () => {
    played.version = 2
    await stable()
    void driver.leave()
    expect(played.next('LeaveGroup').request).toEqual({ groupId: 'g', memberId: 'm' })
  })

  it('is done where the coordinator cannot be told', async () => {
    await stable()
    const leaving = driver.leave()
    await played.next('LeaveGroup').fail(new NetworkError('gone'))
    await leaving
  })

  it('takes late answers for what they are', async () => {
    driver.done(handOver('prepare'))
    await settled()
    const joining = played.next('JoinGroup')
    await driver.leave()
    await joining.fail(new NetworkError('late'))
    expect(played.sent).toEqual([])
    expect(played.time.timers).toBe(0)
  })
})
