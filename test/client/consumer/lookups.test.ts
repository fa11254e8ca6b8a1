import { beforeEach, describe, expect, it } from 'vitest'
import { Lookups } from '../../../src/client/consumer/lookups.ts'
import { type PartitionPosition, Positions } from '../../../src/client/consumer/positions.ts'
import { NetworkError } from '../../../src/client/error.ts'
import { ErrorCode } from '../../../src/protocol/error-codes.ts'
import { PlayedCluster, type Sent, settingsWith, settled } from './played-cluster.ts'

let played: PlayedCluster
let positions: Positions
let lookups: Lookups
let one: PartitionPosition

beforeEach(() => begin({ groupId: 'g', autoOffsetReset: 'earliest' }))

function begin(options: object): void {
  played = new PlayedCluster()
  played.lead('t', [1, 5])
  const settings = settingsWith(options)
  positions = new Positions(settings.autoOffsetReset)
  lookups = new Lookups(played.cluster, positions, settings, () => {})
  positions.assign([{ topic: 't', partition: 0 }])
  const found = positions.get({ topic: 't', partition: 0 })
  if (found === undefined) throw new Error('it is assigned')
  one = found
}

async function start(): Promise<void> {
  lookups.start(played.time.monotonicMs())
  await settled()
}

function committed(sent: Sent, committedOffset: number, errorCode = 0): Promise<void> {
  const partition = { partitionIndex: 0, committedOffset, committedLeaderEpoch: 4, metadata: 'm' }
  const topics = [{ name: '', topicId: 'id-of-t', partitions: [{ ...partition, errorCode: 0 }] }]
  return sent.answer({ groups: [{ groupId: 'g', topics, errorCode }], topics: [], errorCode: 0 })
}

function listed(sent: Sent, offset: number, errorCode = 0): Promise<void> {
  const partitions = [{ partitionIndex: 0, errorCode, offset, timestamp: -1, leaderEpoch: 5 }]
  return sent.answer({ topics: [{ name: 't', partitions }] })
}

describe('a partition without position', () => {
  it('goes on at the committed offset', async () => {
    await start()
    const sent = played.next('OffsetFetch')
    expect(sent.node).toBe(9)
    expect(sent.request).toMatchObject({
      groups: [{ groupId: 'g', topics: [{ topicId: 'id-of-t', partitionIndexes: [0] }] }],
      requireStable: false,
    })
    await committed(sent, 12)
    expect(one).toMatchObject({ state: 'ready', position: 12, fetchEpoch: 4 })
  })

  it('is asked for by name where the coordinator knows no ids', async () => {
    played.version = 7
    await start()
    const sent = played.next('OffsetFetch')
    expect(sent.request).toMatchObject({
      groupId: 'g',
      topics: [{ name: 't', partitionIndexes: [0] }],
    })
    const partition = {
      partitionIndex: 0,
      committedOffset: 3,
      committedLeaderEpoch: -1,
      metadata: '',
    }
    const topics = [{ name: 't', partitions: [{ ...partition, errorCode: 0 }] }]
    await sent.answer({ groups: [], topics, errorCode: 0 })
    expect(one.position).toBe(3)
  })

  it('is asked for once at a time, and reset where nothing is committed', async () => {
    await start()
    await start()
    expect(played.sent).toHaveLength(1)
    await committed(played.next('OffsetFetch'), -1)
    await start()
    const sent = played.next('ListOffsets')
    expect(sent.node).toBe(1)
    expect(sent.request).toMatchObject({
      topics: [{ name: 't', partitions: [{ timestamp: -2, currentLeaderEpoch: 5 }] }],
    })
    await listed(sent, 7)
    expect(one).toMatchObject({ state: 'ready', position: 7, leaderEpoch: 5 })
  })

  it('waits for stable offsets under read_committed', async () => {
    begin({ groupId: 'g', isolationLevel: 'read_committed' })
    await start()
    const sent = played.next('OffsetFetch')
    expect(sent.request).toMatchObject({ requireStable: true })
    await committed(sent, -1, ErrorCode.UNSTABLE_OFFSET_COMMIT)
    lookups.throwFailure()
    expect(one.state).toBe('uncommitted')
    expect(positions.nextRetryMs(played.time.monotonicMs())).toBeLessThan(1_200)
  })

  it('looks for its coordinator again when that says so', async () => {
    await start()
    await committed(played.next('OffsetFetch'), 0, ErrorCode.NOT_COORDINATOR)
    expect(played.forgotten).toBe(1)
    lookups.throwFailure()
    played.time.pass(200)
    await start()
    await committed(played.next('OffsetFetch'), 1)
    expect(one.position).toBe(1)
  })

  it('of a group that may not be read is told', async () => {
    await start()
    await committed(played.next('OffsetFetch'), 0, ErrorCode.GROUP_AUTHORIZATION_FAILED)
    expect(() => lookups.throwFailure()).toThrow('GROUP_AUTHORIZATION_FAILED')
    lookups.throwFailure()
  })

  it('is told where nothing is committed and nothing may be chosen, each time', async () => {
    begin({ autoOffsetReset: 'none' })
    for (let tries = 0; tries < 2; tries++) {
      await start()
      expect(() => lookups.throwFailure()).toThrow('Cannot begin with t-0')
      played.time.pass(200)
    }
  })
})

describe('a reset by duration', () => {
  it('looks for the time, and begins at the end where nothing is that young', async () => {
    begin({ autoOffsetReset: { durationMs: 600 } })
    await start()
    await start()
    const sent = played.next('ListOffsets')
    expect(sent.request).toMatchObject({ topics: [{ partitions: [{ timestamp: 400 }] }] })
    await listed(sent, -1)
    const second = played.next('ListOffsets')
    expect(second.request).toMatchObject({ topics: [{ partitions: [{ timestamp: -1 }] }] })
    await listed(second, 30)
    expect(one).toMatchObject({ state: 'ready', position: 30 })
  })

  it('is tried again at another leader', async () => {
    begin({ autoOffsetReset: 'latest' })
    await start()
    await start()
    await listed(played.next('ListOffsets'), -1, ErrorCode.NOT_LEADER_OR_FOLLOWER)
    lookups.throwFailure()
    expect(played.refreshes).toBe(1)
    played.lead('t', [2, 6])
    played.time.pass(200)
    await start()
    expect(played.next('ListOffsets').node).toBe(2)
  })

  it('waits where nobody leads', async () => {
    begin({ autoOffsetReset: 'latest' })
    played.lead('t', [-1, 6])
    await start()
    await start()
    expect(played.sent).toEqual([])
    lookups.throwFailure()
    expect(one.state).toBe('resetting')
  })
})

describe('several partitions', () => {
  const topic = 't'
  const listedAt = (partitionIndex: number, offset: number, errorCode = 0): object => {
    return { partitionIndex, errorCode, offset, timestamp: -1, leaderEpoch: 5 }
  }

  /** All of them wait for a reset to the end; the last has no leader. */
  async function resetting(): Promise<PartitionPosition[]> {
    begin({ autoOffsetReset: 'latest' })
    played.lead(topic, [1, 5], [1, 5], [2, 5], [-1, 5])
    positions.assign([0, 1, 2, 3].map((partition) => ({ topic, partition })))
    await start()
    await start()
    return [...positions.all]
  }

  it('are found without those that have no leader, or one that does not answer', async () => {
    const all = await resetting()
    const [first, second] = [played.next('ListOffsets'), played.next('ListOffsets')]
    expect([first.node, second.node]).toEqual([1, 2])
    await first.answer({ topics: [{ name: topic, partitions: [listedAt(0, 7), listedAt(1, 8)] }] })
    expect(all.map(({ position }) => position)).toEqual([7, 8, -1, -1])
    await second.fail(new NetworkError('gone'))
    lookups.throwFailure()
    played.lead(topic, [1, 5], [1, 5], [2, 5], [3, 6])
    played.time.pass(1_000)
    await start()
    expect(played.sent.map(({ node }) => node)).toEqual([2, 3])
  })

  it('are asked for again alone where the leader refused one or forgot it', async () => {
    const all = await resetting()
    const refused = listedAt(0, -1, ErrorCode.NOT_LEADER_OR_FOLLOWER)
    await played.next('ListOffsets').answer({ topics: [{ name: topic, partitions: [refused] }] })
    const partitions = [listedAt(2, 9)]
    await played.next('ListOffsets').answer({ topics: [{ name: topic, partitions }] })
    expect(all.map(({ position }) => position)).toEqual([-1, -1, 9, -1])
    lookups.throwFailure()
    played.time.pass(1_000)
    await start()
    const { request } = played.next('ListOffsets')
    expect(request).toMatchObject({ topics: [{ partitions: [{}, {}] }] })
    expect(played.sent).toEqual([])
  })

  it('have committed offsets where the topic is not known for the moment', async () => {
    begin({ groupId: 'g', autoOffsetReset: 'latest' })
    positions.assign([{ topic: 'unknown', partition: 0 }])
    await start()
    const sent = played.next('OffsetFetch')
    const topics = [{ name: 'unknown', partitionIndexes: [0] }]
    expect(sent.request).toMatchObject({ groups: [{ topics }] })
    await sent.answer({ groups: [{ groupId: 'g', topics: [], errorCode: 0 }], errorCode: 0 })
    lookups.throwFailure()
    expect([...positions.all].map(({ state }) => state)).toEqual(['uncommitted'])
  })
})

describe('a new leader', () => {
  beforeEach(() => {
    positions.seek(one, { offset: 10, leaderEpoch: 5 })
    positions.leaderChanged(one, 5)
    positions.validated(one, one, { offset: 10, leaderEpoch: 5 })
    played.lead('t', [2, 6])
    positions.leaderChanged(one, 6)
  })

  function ended(sent: Sent, endOffset: number): Promise<void> {
    const partitions = [{ errorCode: 0, partition: 0, leaderEpoch: 5, endOffset }]
    return sent.answer({ topics: [{ topic: 't', partitions }] })
  }

  it('is asked where the epoch ends that was read', async () => {
    await start()
    const sent = played.next('OffsetForLeaderEpoch')
    expect(sent.node).toBe(2)
    expect(sent.request).toMatchObject({
      topics: [{ topic: 't', partitions: [{ leaderEpoch: 5, currentLeaderEpoch: 6 }] }],
    })
    await ended(sent, 25)
    expect(one).toMatchObject({ state: 'ready', fetchOffset: 10 })
  })

  it('with a shorter log takes the position back', async () => {
    await start()
    await ended(played.next('OffsetForLeaderEpoch'), 8)
    expect(one).toMatchObject({ state: 'ready', fetchOffset: 8, position: 8 })
  })
})
