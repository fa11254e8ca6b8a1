import { beforeEach, describe, expect, it } from 'vitest'
import type { Assignor } from '../../../../src/client/consumer/assignor/assignor.ts'
import {
  decodeSubscription,
  encodeAssignment,
} from '../../../../src/client/consumer/assignor/consumer-protocol.ts'
import { rangeAssignor } from '../../../../src/client/consumer/assignor/range.ts'
import { cooperativeStickyAssignor } from '../../../../src/client/consumer/assignor/sticky.ts'
import {
  GroupMember,
  type MemberAction,
} from '../../../../src/client/consumer/group/group-member.ts'
import { MemberProtocol } from '../../../../src/client/consumer/group/member-protocol.ts'
import type { TopicPartition } from '../../../../src/client/topic-partition.ts'
import { ErrorCode } from '../../../../src/protocol/error-codes.ts'
import {
  type JoinGroupResponse,
  joinGroupApi,
} from '../../../../src/protocol/generated/11-join-group.ts'
import { Reader } from '../../../../src/protocol/reader.ts'
import { Writer } from '../../../../src/protocol/writer.ts'

/** Partitions as `a0 a1`. */
function parts(text: string): TopicPartition[] {
  if (text === '') return []
  return text.split(' ').map((one) => ({ topic: one[0] ?? '', partition: Number(one.slice(1)) }))
}

function text(partitions: readonly TopicPartition[]): string {
  return partitions.map(({ topic, partition }) => `${topic}${partition}`).join(' ')
}

type Kind = MemberAction['kind']
type ActionOf<K extends Kind> = Extract<MemberAction, { readonly kind: K }>

/** A member, its coordinator played by the test, and a clock. */
class Stage {
  nowMs = 1_000
  readonly member: GroupMember
  readonly #assignor: Assignor
  #actions: MemberAction[] = []

  constructor(settings: { cooperative?: boolean; instance?: string } = {}) {
    this.#assignor = settings.cooperative ? cooperativeStickyAssignor() : rangeAssignor()
    this.member = new GroupMember(
      {
        groupId: 'g',
        groupInstanceId: settings.instance ?? null,
        rackId: 'east',
        sessionTimeoutMs: 45_000,
        heartbeatIntervalMs: 3_000,
        maxPollIntervalMs: 300_000,
        backoffMs: (failures) => failures * 100,
      },
      new MemberProtocol([this.#assignor]),
    )
  }

  /** All actions since the last look, by kind. */
  kinds(): Kind[] {
    this.#actions.push(...this.member.take())
    return this.#actions.splice(0).map(({ kind }) => kind)
  }

  /** The next action, which must be of this kind. */
  expect<K extends Kind>(kind: K): ActionOf<K> {
    this.#actions.push(...this.member.take())
    const action = this.#actions.shift()
    expect(action?.kind).toBe(kind)
    return action as ActionOf<K>
  }

  after(ms: number): void {
    this.nowMs += ms
    this.member.tick(this.nowMs)
  }

  /** Up to the JoinGroup, the coordinator found. */
  toJoin(): ActionOf<'join'> {
    this.member.subscribe(['a'], this.nowMs)
    this.member.poll(this.nowMs)
    this.member.prepared(this.expect('prepare').attempt, this.nowMs)
    this.member.foundCoordinator(this.expect('find-coordinator').attempt, this.nowMs)
    return this.expect('join')
  }

  joined(attempt: number, over: Partial<JoinGroupResponse> = {}): void {
    const response: JoinGroupResponse = {
      throttleTimeMs: 0,
      errorCode: 0,
      generationId: 1,
      protocolType: 'consumer',
      protocolName: this.#assignor.name,
      leader: 'other',
      skipAssignment: false,
      memberId: 'm',
      members: [],
      ...over,
    }
    this.member.join(attempt, response, this.nowMs)
  }

  synced(attempt: number, partitions: string, errorCode = 0): void {
    const assignment = encodeAssignment({ partitions: parts(partitions) })
    const response = { throttleTimeMs: 0, errorCode, protocolType: null, protocolName: null }
    this.member.sync(attempt, { ...response, assignment }, this.nowMs)
  }

  /** A member in generation 1 with these partitions. */
  toStable(partitions: string): void {
    this.joined(this.toJoin().attempt)
    this.synced(this.expect('sync').attempt, partitions)
    this.member.applied(this.expect('apply').attempt, this.nowMs)
    expect(this.member.state).toBe('stable')
  }

  /** The heartbeat that is due, answered with this code. */
  beat(errorCode: number): void {
    this.after(3_000)
    const { request } = this.expect('heartbeat')
    this.member.heartbeat(request.generationId, errorCode, this.nowMs)
  }
}

let stage: Stage
beforeEach(() => {
  stage = new Stage()
})

/** What a join says of the member itself. */
function saidIn(action: ActionOf<'join'>): ReturnType<typeof decodeSubscription>['value'] {
  return decodeSubscription(action.request.protocols[0]?.metadata ?? new Uint8Array()).value
}

describe('joining', () => {
  it('does nothing before the application waits for records', () => {
    stage.member.subscribe(['a'], stage.nowMs)
    expect(stage.kinds()).toEqual([])
    expect(stage.member.deadlineMs).toBe(Infinity)
  })

  it('prepares, finds the coordinator, joins, syncs and applies', () => {
    const { request, timeoutMs, attempt } = stage.toJoin()
    expect(request.memberId).toBe('')
    expect(request.rebalanceTimeoutMs).toBe(300_000)
    expect(timeoutMs).toBe(305_000)
    stage.joined(attempt)
    const sync = stage.expect('sync')
    expect(sync.request.assignments).toEqual([])
    stage.synced(sync.attempt, 'a0 a1')
    const apply = stage.expect('apply')
    expect(text(apply.added)).toBe('a0 a1')
    expect(apply.revoked).toEqual([])
    expect(stage.member.owned).toEqual([])
    stage.member.applied(apply.attempt, stage.nowMs)
    expect(text(stage.member.owned)).toBe('a0 a1')
    expect([stage.member.memberId, stage.member.generationId]).toEqual(['m', 1])
  })

  it('joins again with the id that the coordinator gives it', () => {
    const join = stage.toJoin()
    stage.joined(join.attempt, { errorCode: ErrorCode.MEMBER_ID_REQUIRED, memberId: 'given' })
    const again = stage.expect('join')
    expect(again.request.memberId).toBe('given')
    expect(again.attempt).not.toBe(join.attempt)
  })

  it('says what it is: topics, rack, and a JoinGroup that any version can carry', () => {
    const join = stage.toJoin()
    expect(saidIn(join)).toMatchObject({ topics: ['a'], rackId: 'east', generationId: -1 })
    const writer = new Writer()
    joinGroupApi.request.encode(writer, 9, join.request)
    const read = joinGroupApi.request.decode(new Reader(writer.finish()), 9)
    expect(read).toMatchObject({ groupId: 'g', protocolType: 'consumer' })
  })

  it.each([
    [ErrorCode.COORDINATOR_LOAD_IN_PROGRESS, ['join']],
    [ErrorCode.NOT_COORDINATOR, ['find-coordinator']],
    [ErrorCode.COORDINATOR_NOT_AVAILABLE, ['find-coordinator']],
    [ErrorCode.NETWORK_EXCEPTION, ['find-coordinator']],
    [ErrorCode.UNKNOWN_MEMBER_ID, ['join']],
  ])('tries again after error %i, but not at once', (code, expected) => {
    const join = stage.toJoin()
    stage.member.failed('join', join.attempt, code, stage.nowMs)
    const before = stage.kinds().filter((kind) => kind !== 'forget-coordinator')
    expect(before).toEqual([])
    expect(stage.member.deadlineMs).toBe(stage.nowMs + 100)
    stage.after(99)
    expect(stage.kinds()).toEqual([])
    stage.after(1)
    expect(stage.kinds()).toEqual(expected)
    expect(stage.member.deadlineMs).toBe(Infinity)
  })

  it('once, after an error in the midst of it', () => {
    const join = stage.toJoin()
    stage.member.failed('join', join.attempt, ErrorCode.UNKNOWN_MEMBER_ID, stage.nowMs)
    stage.after(100)
    stage.joined(stage.expect('join').attempt)
    stage.synced(stage.expect('sync').attempt, 'a0')
    stage.member.applied(stage.expect('apply').attempt, stage.nowMs)
    expect([stage.member.state, stage.kinds()]).toEqual(['stable', []])
  })

  it('waits longer after each failure, and short again after a success', () => {
    let join = stage.toJoin()
    for (const waitMs of [100, 200, 300]) {
      const code = ErrorCode.COORDINATOR_LOAD_IN_PROGRESS
      stage.member.failed('join', join.attempt, code, stage.nowMs)
      expect(stage.member.deadlineMs - stage.nowMs).toBe(waitMs)
      stage.after(waitMs)
      join = stage.expect('join')
    }
    stage.joined(join.attempt)
    const { attempt } = stage.expect('sync')
    stage.member.failed('sync', attempt, ErrorCode.COORDINATOR_LOAD_IN_PROGRESS, stage.nowMs)
    expect(stage.member.deadlineMs - stage.nowMs).toBe(100)
  })

  it.each([
    ErrorCode.GROUP_AUTHORIZATION_FAILED,
    ErrorCode.FENCED_INSTANCE_ID,
    ErrorCode.INCONSISTENT_GROUP_PROTOCOL,
    ErrorCode.GROUP_MAX_SIZE_REACHED,
    ErrorCode.INVALID_SESSION_TIMEOUT,
  ])('gives up on error %i', (code) => {
    const join = stage.toJoin()
    stage.member.failed('join', join.attempt, code, stage.nowMs)
    expect(stage.expect('fail').code).toBe(code)
    expect(stage.member.state).toBe('failed')
    stage.after(1_000_000)
    expect(stage.kinds()).toEqual([])
    expect(stage.member.deadlineMs).toBe(Infinity)
  })

  it('asks for the coordinator again when it cannot be found', () => {
    stage.member.subscribe(['a'], stage.nowMs)
    stage.member.poll(stage.nowMs)
    stage.member.prepared(stage.expect('prepare').attempt, stage.nowMs)
    const first = stage.expect('find-coordinator')
    const code = ErrorCode.COORDINATOR_NOT_AVAILABLE
    stage.member.failed('find-coordinator', first.attempt, code, stage.nowMs)
    expect(stage.kinds()).toEqual([])
    stage.after(100)
    const second = stage.expect('find-coordinator')
    stage.member.foundCoordinator(first.attempt, stage.nowMs)
    expect(stage.kinds()).toEqual([])
    stage.member.foundCoordinator(second.attempt, stage.nowMs)
    expect(stage.kinds()).toEqual(['join'])
  })

  it('takes no late answer for the present one', () => {
    const join = stage.toJoin()
    stage.member.failed('join', join.attempt, ErrorCode.UNKNOWN_MEMBER_ID, stage.nowMs)
    stage.joined(join.attempt)
    expect(stage.member.generationId).toBe(-1)
    stage.after(100)
    expect(stage.kinds()).toEqual(['join'])
  })

  it('refuses an assignor that it did not offer, and broken bytes', () => {
    stage.joined(stage.toJoin().attempt, { protocolName: 'other' })
    expect(stage.expect('fail').what).toContain('"other"')
    const second = new Stage()
    second.joined(second.toJoin().attempt)
    const { attempt } = second.expect('sync')
    const response = { throttleTimeMs: 0, errorCode: 0, protocolType: null, protocolName: null }
    second.member.sync(attempt, { ...response, assignment: Buffer.from('00', 'hex') }, 1_000)
    expect(second.expect('fail').code).toBe(ErrorCode.INCONSISTENT_GROUP_PROTOCOL)
  })
})

describe('leading', () => {
  function members(join: ActionOf<'join'>): JoinGroupResponse['members'] {
    const metadata = join.request.protocols[0]?.metadata ?? new Uint8Array()
    return ['m', 'n'].map((memberId) => ({ memberId, groupInstanceId: null, metadata }))
  }

  it('asks for the topics, divides them and sends everybody its part', () => {
    const join = stage.toJoin()
    stage.joined(join.attempt, { leader: 'm', members: members(join) })
    const divide = stage.expect('divide')
    expect(divide.topics).toEqual(['a'])
    expect(stage.member.ledTopics).toEqual(['a'])
    stage.member.divide(divide.attempt, new Map([['a', [[], [], []]]]), stage.nowMs)
    const { request } = stage.expect('sync')
    const sent = request.assignments.map(({ memberId, assignment }) => [
      memberId,
      assignment.length,
    ])
    expect(sent.map(([memberId]) => memberId)).toEqual(['m', 'n'])
    expect(request.protocolName).toBe('range')
  })

  it('does not divide when it is told not to', () => {
    const join = stage.toJoin()
    const over = { leader: 'm', members: members(join), skipAssignment: true }
    stage.joined(join.attempt, over)
    expect(stage.expect('sync').request.assignments).toEqual([])
    expect(stage.member.ledTopics).toEqual(['a'])
  })

  it('joins again when the topics cannot be had', () => {
    const join = stage.toJoin()
    stage.joined(join.attempt, { leader: 'm', members: members(join) })
    const { attempt } = stage.expect('divide')
    stage.member.failed('divide', attempt, ErrorCode.NETWORK_EXCEPTION, stage.nowMs)
    stage.after(100)
    expect(stage.kinds()).toEqual(['forget-coordinator', 'find-coordinator'])
  })
})

describe('heartbeats', () => {
  beforeEach(() => stage.toStable('a0 a1'))

  it('go out by the clock, whether the application waits or works', () => {
    expect(stage.member.deadlineMs).toBe(stage.nowMs + 3_000)
    stage.beat(0)
    stage.member.handedOut(stage.nowMs)
    stage.beat(0)
    expect(stage.member.state).toBe('stable')
    stage.after(2_999)
    expect(stage.kinds()).toEqual([])
  })

  it('are one at a time; a coordinator that is silent is looked for again', () => {
    stage.after(3_000)
    expect(stage.kinds()).toEqual(['heartbeat'])
    stage.after(3_000)
    expect(stage.kinds()).toEqual([])
    expect(stage.member.deadlineMs).toBe(1_000 + 45_000)
    stage.after(39_000)
    expect(stage.kinds()).toEqual(['forget-coordinator', 'find-coordinator'])
  })

  it('tell of a rebalance: revoke while the application waits, then join again', () => {
    stage.beat(ErrorCode.REBALANCE_IN_PROGRESS)
    const prepare = stage.expect('prepare')
    expect([text(prepare.revoked), prepare.isLost]).toEqual(['a0 a1', false])
    stage.member.prepared(prepare.attempt, stage.nowMs)
    expect(stage.member.owned).toEqual([])
    expect(stage.expect('join').request.memberId).toBe('m')
  })

  it('do not disturb an application at work', () => {
    stage.member.handedOut(stage.nowMs)
    stage.beat(ErrorCode.REBALANCE_IN_PROGRESS)
    expect(stage.kinds()).toEqual([])
    expect(text(stage.member.owned)).toBe('a0 a1')
    stage.beat(ErrorCode.REBALANCE_IN_PROGRESS)
    stage.member.poll(stage.nowMs)
    expect(stage.kinds()).toEqual(['prepare'])
  })

  it.each([
    [ErrorCode.UNKNOWN_MEMBER_ID, ''],
    [ErrorCode.ILLEGAL_GENERATION, 'm'],
  ])('with error %i lose the partitions', (code, memberId) => {
    stage.beat(code)
    const prepare = stage.expect('prepare')
    expect([text(prepare.revoked), prepare.isLost]).toEqual(['a0 a1', true])
    stage.member.prepared(prepare.attempt, stage.nowMs)
    const { request } = stage.expect('join')
    expect(request.memberId).toBe(memberId)
  })

  it('end for good when another has the instance', () => {
    stage.beat(ErrorCode.FENCED_INSTANCE_ID)
    expect(stage.expect('fail').code).toBe(ErrorCode.FENCED_INSTANCE_ID)
  })

  it.each([ErrorCode.NOT_COORDINATOR, ErrorCode.NETWORK_EXCEPTION])(
    'go to the new coordinator after error %i',
    (code) => {
      stage.beat(code)
      expect(stage.kinds()).toEqual(['forget-coordinator'])
      stage.after(100)
      stage.member.foundCoordinator(stage.expect('find-coordinator').attempt, stage.nowMs)
      expect(stage.kinds()).toEqual(['heartbeat'])
      expect(text(stage.member.owned)).toBe('a0 a1')
    },
  )

  it('of an earlier generation say nothing any more', () => {
    stage.after(3_000)
    expect(stage.kinds()).toEqual(['heartbeat'])
    stage.member.heartbeat(0, ErrorCode.UNKNOWN_MEMBER_ID, stage.nowMs)
    expect(stage.member.memberId).toBe('m')
  })
})

describe('an assignment', () => {
  it('waits until the application asks for records', () => {
    const join = stage.toJoin()
    stage.joined(join.attempt)
    stage.member.handedOut(stage.nowMs)
    stage.synced(stage.expect('sync').attempt, 'a0')
    expect(stage.kinds()).toEqual([])
    expect(stage.member.state).toBe('applying')
    stage.beat(0)
    stage.member.poll(stage.nowMs)
    expect(stage.kinds()).toEqual(['apply'])
  })

  it('under the cooperative protocol keeps what stays and gives up the rest', () => {
    const cooperative = new Stage({ cooperative: true })
    cooperative.toStable('a0 a1 a2')
    cooperative.beat(ErrorCode.REBALANCE_IN_PROGRESS)
    const prepare = cooperative.expect('prepare')
    expect(prepare.revoked).toEqual([])
    cooperative.member.prepared(prepare.attempt, cooperative.nowMs)
    const join = cooperative.expect('join')
    expect(text(saidIn(join)?.ownedPartitions ?? [])).toBe('a0 a1 a2')
    expect(saidIn(join)?.generationId).toBe(1)
    cooperative.joined(join.attempt, { generationId: 2 })
    cooperative.synced(cooperative.expect('sync').attempt, 'a0 a3')
    const apply = cooperative.expect('apply')
    expect([text(apply.revoked), text(apply.added)]).toEqual(['a1 a2', 'a3'])
    cooperative.member.applied(apply.attempt, cooperative.nowMs)
    expect(cooperative.kinds()).toEqual(['prepare'])
  })

  it('under the cooperative protocol gives up topics that are not wanted before it joins', () => {
    const cooperative = new Stage({ cooperative: true })
    cooperative.toStable('a0 b0')
    cooperative.member.subscribe(['a'], cooperative.nowMs)
    expect(text(cooperative.expect('prepare').revoked)).toBe('b0')
  })

  it('is lost under the cooperative protocol with the generation', () => {
    const cooperative = new Stage({ cooperative: true })
    cooperative.toStable('a0 a1')
    cooperative.beat(ErrorCode.ILLEGAL_GENERATION)
    const prepare = cooperative.expect('prepare')
    expect([text(prepare.revoked), prepare.isLost]).toEqual(['a0 a1', true])
  })

  it('of a group that went on is asked for by joining again', () => {
    stage.joined(stage.toJoin().attempt)
    stage.synced(stage.expect('sync').attempt, '', ErrorCode.REBALANCE_IN_PROGRESS)
    expect(stage.expect('join').request.memberId).toBe('m')
  })
})

describe('an application that does not come back', () => {
  it('leaves the group, and comes anew with its next poll', () => {
    stage.toStable('a0')
    stage.member.handedOut(stage.nowMs)
    for (let beats = 0; beats < 99; beats++) stage.beat(0)
    stage.after(3_000)
    expect(stage.expect('leave').request.members?.[0]?.memberId).toBe('m')
    expect(stage.kinds()).toEqual([])
    expect(stage.member.deadlineMs).toBe(Infinity)
    stage.member.poll(stage.nowMs)
    const prepare = stage.expect('prepare')
    expect([text(prepare.revoked), prepare.isLost]).toEqual(['a0', true])
    stage.member.prepared(prepare.attempt, stage.nowMs)
    expect(stage.expect('join').request.memberId).toBe('')
  })

  it('is not sent away while it waits', () => {
    stage.toStable('a0')
    for (let beats = 0; beats < 120; beats++) stage.beat(0)
    expect(stage.member.state).toBe('stable')
  })
})

describe('commits', () => {
  beforeEach(() => stage.toStable('a0'))

  it.each([
    [ErrorCode.REBALANCE_IN_PROGRESS, ['prepare'], 1],
    [ErrorCode.ILLEGAL_GENERATION, ['prepare'], -1],
    [ErrorCode.UNKNOWN_MEMBER_ID, ['prepare'], -1],
    [ErrorCode.NOT_COORDINATOR, ['forget-coordinator'], 1],
    [ErrorCode.FENCED_INSTANCE_ID, ['fail'], 1],
    [ErrorCode.OFFSET_METADATA_TOO_LARGE, [], 1],
  ])('refused with %i have their consequence', (code, kinds, generationId) => {
    stage.member.commitFailed(code, stage.nowMs)
    expect(stage.kinds()).toEqual(kinds)
    expect(stage.member.generationId).toBe(generationId)
  })
})

describe('leaving', () => {
  it('tells the coordinator, once', () => {
    stage.toStable('a0')
    stage.member.leave()
    expect(stage.expect('leave').request.memberId).toBe('m')
    stage.member.leave()
    stage.after(10_000)
    expect(stage.kinds()).toEqual([])
    expect(stage.member.deadlineMs).toBe(Infinity)
  })

  it('is silent for a static member, which may come back', () => {
    const fixed = new Stage({ instance: 'i1' })
    expect(fixed.member.state).toBe('unjoined')
    fixed.toStable('a0')
    fixed.member.leave()
    expect(fixed.kinds()).toEqual([])
  })

  it('is silent for one that never joined', () => {
    stage.member.leave()
    expect(stage.kinds()).toEqual([])
  })
})

describe('changed topics', () => {
  it('make it join again', () => {
    stage.toStable('a0')
    stage.member.subscribe(['a', 'b'], stage.nowMs)
    stage.member.prepared(stage.expect('prepare').attempt, stage.nowMs)
    expect(saidIn(stage.expect('join'))?.topics).toEqual(['a', 'b'])
  })

  it('during a rebalance make it join once more after that', () => {
    const join = stage.toJoin()
    stage.member.rejoin(stage.nowMs)
    expect(stage.kinds()).toEqual([])
    stage.joined(join.attempt)
    stage.synced(stage.expect('sync').attempt, 'a0')
    stage.member.applied(stage.expect('apply').attempt, stage.nowMs)
    expect(stage.kinds()).toEqual(['prepare'])
  })
})
