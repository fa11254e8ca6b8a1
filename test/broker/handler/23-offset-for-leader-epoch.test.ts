import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { deleteRecordsApi } from '../../../src/protocol/generated/21-delete-records.ts'
import { offsetForLeaderEpochApi } from '../../../src/protocol/generated/23-offset-for-leader-epoch.ts'
import { startTestBroker, type TestBroker } from '../fixture.ts'
import { appendBatches, createTestTopics } from './topics.ts'

const unknown = 3
const fenced = 74
const unknownEpoch = 75

/** A broker after four kills, hence at leader epoch 4: records of epochs 0 and 2, or of none. */
let running: TestBroker
beforeAll(async () => {
  running = await startTestBroker()
  await createTestTopics(running, { t: 2, later: 1 })
  await appendBatches(running, 't', 0, 2, 3)
  await killed(2)
  await appendBatches(running, 't', 0, 4)
  await appendBatches(running, 'later', 0, 1)
  await killed(2)
})

/** Each start after a kill leads in a new epoch. */
async function killed(times: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    const disk = running.store.crash()
    await running.broker.stop()
    running = await startTestBroker({ disk })
  }
}

afterAll(() => running.broker.stop())

type Asked = readonly [topic: string, partition: number, leaderEpoch: number, current?: number]

async function ask(asked: readonly Asked[], version = 4): Promise<unknown[]> {
  const { topics } = await running.plane.send(offsetForLeaderEpochApi, version, {
    ...(version >= 3 ? { replicaId: -1 } : {}),
    topics: asked.map(([topic, partition, leaderEpoch, currentLeaderEpoch = -1]) => ({
      topic,
      partitions: [{ partition, currentLeaderEpoch, leaderEpoch }],
    })),
  })
  return topics.flatMap(({ topic, partitions }) =>
    partitions.map((one) => [
      topic,
      one.partition,
      one.errorCode,
      `epoch ${one.leaderEpoch} ends at ${one.endOffset}`,
    ]),
  )
}

const nowhere = 'epoch -1 ends at -1'

describe('the records of an epoch', () => {
  test.each<[Asked, string]>([
    [['t', 0, 0], 'epoch 0 ends at 5'],
    [['t', 0, 1], 'epoch 0 ends at 5'],
    [['t', 0, 2], 'epoch 2 ends at 9'],
    [['t', 0, 3], 'epoch 2 ends at 9'],
    [['t', 0, 4], 'epoch 4 ends at 9'],
    [['t', 0, 5], nowhere],
    [['t', 0, -1], nowhere],
    [['t', 0, -2], 'epoch -2 ends at 0'],
    [['t', 1, -(2 ** 31)], 'epoch -2147483648 ends at 0'],
    [['t', 1, 0], 'epoch 0 ends at 0'],
    [['t', 1, 3], 'epoch 3 ends at 0'],
    [['t', 1, 4], 'epoch 4 ends at 0'],
    [['later', 0, 0], 'epoch 0 ends at 0'],
    [['later', 0, 1], 'epoch 1 ends at 0'],
    [['later', 0, 2], 'epoch 2 ends at 1'],
  ])('of %j: %s', async (asked, end) => {
    for (const version of [2, 3, 4]) {
      expect(await ask([asked], version)).toEqual([[asked[0], asked[1], 0, end]])
    }
  })

  test('of an epoch below all others end at the log start', async () => {
    await createTestTopics(running, { shrinks: 1 })
    await appendBatches(running, 'shrinks', 0, 2, 3)
    await running.plane.send(deleteRecordsApi, 2, {
      topics: [{ name: 'shrinks', partitions: [{ partitionIndex: 0, offset: 3 }] }],
      timeoutMs: 1_000,
    })
    expect(await ask([['shrinks', 0, -7]])).toEqual([['shrinks', 0, 0, 'epoch -7 ends at 3']])
    expect(await ask([['shrinks', 0, -1]])).toEqual([['shrinks', 0, 0, nowhere]])
  })

  test('end where the log does once there are some of the current epoch', async () => {
    await createTestTopics(running, { grows: 1 })
    await appendBatches(running, 'grows', 0, 2)
    expect(await ask([['grows', 0, 0]])).toEqual([['grows', 0, 0, 'epoch 0 ends at 2']])
    await appendBatches(running, 'grows', 0, 1)
    expect(await ask([['grows', 0, 0]])).toEqual([['grows', 0, 0, 'epoch 0 ends at 3']])
  })
})

test.each<[Asked, number]>([
  [['nope', 0, 0], unknown],
  [['t', 9, 0], unknown],
  [['t', -1, 0], unknown],
  [['__cluster_metadata', 0, 0], unknown],
  [['t', 0, 0, 3], fenced],
  [['t', 0, 0, 5], unknownEpoch],
  [['t', 0, 0, -5], fenced],
])('%j is error %i', async (asked, code) => {
  expect(await ask([asked])).toEqual([[asked[0], asked[1], code, nowhere]])
})

test('who knows the current epoch is served, as often as it asks', async () => {
  const asked: Asked[] = [
    ['t', 0, 0, 4],
    ['nope', 0, 0],
    ['t', 0, 0, 4],
  ]
  const one = ['t', 0, 0, 'epoch 0 ends at 5']
  expect(await ask(asked)).toEqual([one, ['nope', 0, unknown, nowhere], one])
  expect(await ask([])).toEqual([])
})
