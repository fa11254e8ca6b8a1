import * as channels from 'node:diagnostics_channel'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { encodeAssignment } from '../../../src/client/consumer/assignor/consumer-protocol.ts'
import { ConsumerLoop } from '../../../src/client/consumer/consumer-loop.ts'
import type { PartitionPosition } from '../../../src/client/consumer/positions.ts'
import {
  type RebalanceEvent,
  rebalanceChannelName,
} from '../../../src/client/consumer/rebalance-channel.ts'
import { keyOf, type TopicPartition } from '../../../src/client/topic-partition.ts'
import { ErrorCode } from '../../../src/protocol/error-codes.ts'
import type { OffsetCommitRequest } from '../../../src/protocol/generated/08-offset-commit.ts'
import { PlayedCluster, type Sent, settingsWith, settled } from './played-cluster.ts'

let played: PlayedCluster
let loop: ConsumerLoop<Buffer, Buffer>
/** What the hooks were called for, as `lost 0 1`. */
let told: string[]
/** Runs in a hook, once. */
let inHook: Record<string, () => unknown>

beforeEach(() => begin())

function begin(options: object = {}): void {
  played = new PlayedCluster()
  played.lead('t', [1, 5], [1, 5])
  told = []
  inHook = {}
  loop = new ConsumerLoop(played.cluster, settingsWith({ groupId: 'g', ...options }))
}

async function hear(what: string, partitions: readonly TopicPartition[]): Promise<void> {
  told.push([what, ...partitions.map(({ partition }) => partition)].join(' '))
  const run = inHook[what]
  delete inHook[what]
  await run?.()
}

/** Waits for records until a test ends it. */
function wait(): Promise<boolean> {
  const waited = loop.fill(Infinity, () => isOver)
  waited.catch(() => {})
  return waited
}

let isOver = false

/** Ends the waits, each before its time. */
async function endWait(): Promise<void> {
  isOver = true
  loop.attend()
  await settled()
  isOver = false
}

/** The next request of this name; others that were sent before are left out. */
function next(name: string): Sent {
  const at = played.sent.findIndex((one) => one.name === name)
  const [sent] = at < 0 ? [] : played.sent.splice(at, 1)
  if (sent === undefined) throw new Error(`${name} was not sent`)
  return sent
}

/** Answers a join and its sync: the member gets these partitions in this generation. */
async function getIn(generationId: number, ...partitions: number[]): Promise<void> {
  await settled()
  await next('JoinGroup').answer({
    errorCode: 0,
    generationId,
    protocolName: 'range',
    protocolType: 'consumer',
    leader: 'other',
    memberId: `m${generationId}`,
    skipAssignment: false,
    members: [],
  })
  const of = partitions.map((partition) => ({ topic: 't', partition }))
  await next('SyncGroup').answer({
    errorCode: 0,
    assignment: encodeAssignment({ partitions: of }),
  })
  await settled()
}

async function subscribe(): Promise<void> {
  await loop.subscribe(['t'], {
    onPartitionsAssigned: (partitions) => hear('assigned', partitions),
    onPartitionsRevoked: (partitions) => hear('revoked', partitions),
    onPartitionsLost: (partitions) => hear('lost', partitions),
  })
}

async function beat(errorCode: number): Promise<void> {
  played.time.pass(3_000)
  await settled()
  await next('Heartbeat').answer({ errorCode })
}

function position(partition: number): PartitionPosition {
  const one = loop.positions.get({ topic: 't', partition })
  if (one === undefined) throw new Error('it is assigned')
  return one
}

/** Everything up to this offset is processed. */
function process(partition: number, offset: number): void {
  loop.positions.seek(position(partition), { offset, leaderEpoch: 5 })
}

/** A commit as `m3/3 0@7`. */
function saidIn({ request }: Sent): string {
  const { memberId, generationIdOrMemberEpoch: generation, topics } = request as OffsetCommitRequest
  const of = topics.flatMap(({ partitions }) => partitions)
  const offsets = of.map(({ partitionIndex: index, committedOffset: at }) => `${index}@${at}`)
  return [`${memberId}/${generation}`, ...offsets].join(' ')
}

function committed(sent: Sent, errorCode = 0): Promise<void> {
  const { topics } = sent.request as OffsetCommitRequest
  const answers = topics.map(({ partitions }) => ({
    name: 't',
    partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode })),
  }))
  return sent.answer({ topics: answers })
}

describe('a member', () => {
  it('gets its partitions while somebody waits', async () => {
    await subscribe()
    void wait()
    await getIn(3, 0, 1)
    expect([told, loop.positions.size, loop.rebalances]).toEqual([['assigned 0 1'], 2, 1])
  })

  it('loses what it was about to get, when its membership ends meanwhile', async () => {
    inHook = { assigned: () => beat(ErrorCode.UNKNOWN_MEMBER_ID) }
    await subscribe()
    void wait()
    await getIn(3, 0, 1)
    for (let turns = 0; told.length < 2 && turns < 20; turns++) await settled()
    expect(told).toEqual(['assigned 0 1', 'lost 0 1'])
    expect(loop.positions.size).toBe(0)
    await getIn(4, 1)
    expect(told.slice(2)).toEqual(['assigned 1'])
    expect(played.sent.map(({ name }) => name)).not.toContain('OffsetCommit')
  })

  it('leaves the group when nobody waits any more, however the wait ended', async () => {
    await subscribe()
    const waited = wait()
    await getIn(3, 0)
    loop.wake()
    await expect(waited).rejects.toThrow('wakeup()')
    for (let beats = 0; beats < 100; beats++) {
      played.time.pass(3_000)
      await settled()
      const at = played.sent.findIndex(({ name }) => name === 'Heartbeat')
      if (at >= 0) await played.sent.splice(at, 1)[0]?.answer({ errorCode: 0 })
    }
    expect(played.sent.map(({ name }) => name)).toContain('LeaveGroup')
  })

  it('goes on with its rebalance when a commit before it fails', async () => {
    await subscribe()
    const waited = wait()
    await getIn(3, 0)
    process(0, 7)
    await beat(ErrorCode.REBALANCE_IN_PROGRESS)
    await next('OffsetCommit').fail(new TypeError('a bug'))
    await expect(waited).rejects.toThrow('a bug')
    expect(told).toEqual(['assigned 0', 'revoked 0'])
    expect(next('JoinGroup').request).toMatchObject({ memberId: 'm3' })
  })
})

describe('who listens to rebalances', () => {
  const events: string[] = []
  const listen = (message: unknown): void => {
    const { clientId, groupId, memberId, generationId, ...of } = message as RebalanceEvent
    const shown = (all: readonly TopicPartition[]): string => all.map(keyOf).join(' ')
    const what = `+[${shown(of.assigned)}] -[${shown(of.revoked)}]${of.isLost ? ' lost' : ''}`
    events.push(`${clientId} ${groupId} ${memberId}/${generationId} ${what}`)
  }
  beforeEach(() => {
    events.length = 0
    channels.subscribe(rebalanceChannelName, listen)
  })
  afterEach(() => channels.unsubscribe(rebalanceChannelName, listen))

  it('hears what a consumer got, lost and gave up', async () => {
    await subscribe()
    void wait()
    await getIn(3, 0, 1)
    expect(events).toEqual(['odradek g m3/3 +[t-0 t-1] -[]'])
    await beat(ErrorCode.UNKNOWN_MEMBER_ID)
    for (let turns = 0; events.length < 2 && turns < 20; turns++) await settled()
    expect(events[1]).toMatch(/^odradek g .*\+\[\] -\[t-0 t-1\] lost$/)
    await getIn(4, 1)
    expect(events[2]).toBe('odradek g m4/4 +[t-1] -[]')
    await endWait()
    const left = loop.unsubscribe()
    await settled()
    for (const sent of played.sent.splice(0)) await sent.answer({ errorCode: 0, members: [] })
    await left
    expect(events[3]).toBe('odradek g m4/4 +[] -[t-1]')
    expect(events).toHaveLength(4)
  })
})

describe('commits', () => {
  beforeEach(async () => {
    begin({ enableAutoCommit: false })
    await subscribe()
    void wait()
    await getIn(3, 0, 1)
    await endWait()
  })

  const offsets = [0, 1].map((partition) => ({ topic: 't', partition, offset: 7 }))

  it('go out one after the other, whether somebody waits for them or not', async () => {
    const first = loop.commits.commit([{ topic: 't', partition: 0, offset: 1 }], 1_000)
    const second = loop.commits.commitAsync([{ topic: 't', partition: 0, offset: 2 }])
    const third = loop.commits.commit([{ topic: 't', partition: 0, offset: 3 }], 1_000)
    for (const [at, done] of [first, second, third].entries()) {
      await settled()
      const commits = played.sent.filter(({ name }) => name === 'OffsetCommit')
      expect(commits.map(saidIn)).toEqual([`m3/3 0@${at + 1}`])
      await committed(next('OffsetCommit'))
      await done
    }
    expect(position(0).committed).toBe(3)
  })

  it('are of the generation in which they were asked for', async () => {
    const first = loop.commits.commitAsync(offsets)
    const second = loop.commits.commitAsync(offsets)
    const refused = expect(second).rejects.toThrow('rebalanced before they were sent')
    await settled()
    const sent = next('OffsetCommit')
    void wait()
    await beat(ErrorCode.ILLEGAL_GENERATION)
    await getIn(4, 0, 1)
    await committed(sent)
    await first
    await refused
    expect(loop.member?.generationId).toBe(4)
    // What was committed for the one that was lost is not that of the one that came.
    expect(position(0).committed).toBe(-1)
  })

  it('that an earlier generation had refused do not end the present one', async () => {
    const done = loop.commits.commit(offsets, 1_000)
    const refused = expect(done).rejects.toThrow('UNKNOWN_MEMBER_ID')
    await settled()
    const sent = next('OffsetCommit')
    void wait()
    await beat(ErrorCode.ILLEGAL_GENERATION)
    await getIn(4, 0, 1)
    await committed(sent, ErrorCode.UNKNOWN_MEMBER_ID)
    await refused
    expect(loop.member?.generationId).toBe(4)
  })

  it('leave out what was given up before they are sent', async () => {
    const first = loop.commits.commitAsync(offsets)
    const second = loop.commits.commitAsync(offsets)
    await settled()
    loop.positions.assign([{ topic: 't', partition: 1 }])
    await committed(next('OffsetCommit'))
    await first
    await settled()
    const sent = next('OffsetCommit')
    expect(saidIn(sent)).toBe('m3/3 1@7')
    await committed(sent)
    await second
  })

  it.each([Number.NaN, -1, 0.5])('of offset %d are refused: it is none', async (offset) => {
    const wrong = [{ topic: 't', partition: 1, offset }]
    await expect(loop.commits.commit(wrong, 1_000)).rejects.toThrow(
      `The offset of t-1 is ${offset}`,
    )
    expect(played.sent.map(({ name }) => name)).not.toContain('OffsetCommit')
  })

  it('of who is out of the group are refused', async () => {
    await beat(ErrorCode.UNKNOWN_MEMBER_ID)
    await expect(loop.commits.commit(offsets, 1_000)).rejects.toThrow('out of its group')
    await expect(loop.commits.commitAsync(offsets)).rejects.toThrow('out of its group')
  })
})
