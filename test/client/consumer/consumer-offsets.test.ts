import { beforeEach, describe, expect, it } from 'vitest'
import type { ConsumerCluster } from '../../../src/client/consumer/consumer-cluster.ts'
import { ConsumerOffsets } from '../../../src/client/consumer/consumer-offsets.ts'
import { ErrorCode } from '../../../src/protocol/error-codes.ts'
import { PlayedCluster, settingsWith, settled } from './played-cluster.ts'

const partitions = [0, 1].map((partition) => ({ topic: 't', partition }))

let played: PlayedCluster

beforeEach(() => {
  played = new PlayedCluster()
  played.lead('t', [1, 5], [1, 5])
})

function offsetsOf(options: object = {}): ConsumerOffsets {
  return new ConsumerOffsets(played.cluster, settingsWith({ groupId: 'g', ...options }))
}

/** A ListOffsets answer of these partitions. */
function listed(...offsets: (readonly [partition: number, offset: number, code?: number])[]) {
  const of = offsets.map(([partitionIndex, offset, errorCode = 0]) => ({
    partitionIndex,
    errorCode,
    offset,
    timestamp: -1,
    leaderEpoch: 5,
  }))
  return { topics: [{ name: 't', partitions: of }] }
}

describe('offsets', () => {
  it('are told in the order of the question, whatever else the broker tells', async () => {
    const ends = offsetsOf().ends(partitions, 'latest')
    await settled()
    await played.next('ListOffsets').answer(listed([1, 8], [7, 70], [0, 4]))
    expect(await ends).toEqual([4, 8])
  })

  it('are asked for in the last moment, too', async () => {
    const retrying = (_: string, timeoutMs: number, attempt: (deadline: object) => unknown) =>
      attempt({ leftMs: 0, timeoutMs })
    const cluster = { ...played.cluster, retrying } as unknown as ConsumerCluster
    const late = new ConsumerOffsets(cluster, settingsWith({ groupId: 'g' }))
    void late.committed(partitions).catch(() => {})
    void late.ends(partitions, 'earliest').catch(() => {})
    await settled()
    expect(played.sent.map(({ timeoutMs }) => timeoutMs)).toEqual([1, 1])
  })

  it('wait for their topics side by side, within one time', async () => {
    const waits: (() => void)[] = []
    const given: number[] = []
    const cluster = {
      ...played.cluster,
      awaitTopic: () => new Promise<void>((resolve) => waits.push(resolve)),
      retrying: async (_: string, timeoutMs: number) => {
        given.push(timeoutMs)
        return new Map()
      },
    } as unknown as ConsumerCluster
    const settings = settingsWith({ groupId: 'g', defaultApiTimeoutMs: 1_000 })
    const of = ['a', 'b', 'c'].map((topic) => ({ topic, partition: 0 }))
    const ends = new ConsumerOffsets(cluster, settings).ends(of, 'latest')
    expect(waits).toHaveLength(3)
    played.time.pass(400)
    for (const wait of waits) wait()
    await ends
    expect(given).toEqual([600])
  })

  it('that are not all found fail, with what is final before what may pass', async () => {
    const ends = offsetsOf().ends(partitions, 'latest')
    const failed = expect(ends).rejects.toThrow('TOPIC_AUTHORIZATION_FAILED')
    await settled()
    const { NOT_LEADER_OR_FOLLOWER, TOPIC_AUTHORIZATION_FAILED } = ErrorCode
    const answer = listed([0, -1, NOT_LEADER_OR_FOLLOWER], [1, -1, TOPIC_AUTHORIZATION_FAILED])
    await played.next('ListOffsets').answer(answer)
    await failed
  })

  it('of times that nothing is as young as are null', async () => {
    const found = offsetsOf().forTimes([{ topic: 't', partition: 0, timestamp: 5 }])
    await settled()
    await played.next('ListOffsets').answer(listed([0, -1]))
    expect(await found).toEqual([null])
  })
})
