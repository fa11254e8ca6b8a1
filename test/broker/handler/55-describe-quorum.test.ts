import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeQuorum } from '../../../src/broker/handler/55-describe-quorum.ts'
import { emptyImage } from '../../../src/metadata/image.ts'
import { describeQuorumApi } from '../../../src/protocol/generated/55-describe-quorum.ts'
import { startTestBroker, type TestBroker } from '../fixture.ts'
import { brokerSeeing, callOf } from './images.ts'
import { createTestTopics } from './topics.ts'

const zero = 'AAAAAAAAAAAAAAAAAAAAAA'

let running: TestBroker
beforeAll(async () => {
  running = await startTestBroker()
})
afterAll(() => running.broker.stop())

function ask(version: number, ...asked: readonly [topicName: string, partition: number][]) {
  const topics = asked.map(([topicName, partitionIndex]) => ({
    topicName,
    partitions: [{ partitionIndex }],
  }))
  return running.plane.send(describeQuorumApi, version, { topics })
}

async function partition(version: number) {
  const { errorCode, topics } = await ask(version, ['__cluster_metadata', 0])
  expect(errorCode).toBe(0)
  expect(topics.map(({ topicName }) => topicName)).toEqual(['__cluster_metadata'])
  const [only] = topics[0]?.partitions ?? []
  if (only === undefined) throw new Error('no partition')
  return only
}

test.each([0, 1, 2])('version %i: this node is the only voter, and leads', async (version) => {
  const before = Date.now()
  const { leaderId, leaderEpoch, highWatermark, currentVoters, observers } =
    await partition(version)
  expect({ leaderId, leaderEpoch, observers }).toEqual({
    leaderId: 1,
    leaderEpoch: 1,
    observers: [],
  })
  const [voter] = currentVoters
  expect(voter).toMatchObject({ replicaId: 1, logEndOffset: highWatermark })
  expect(currentVoters).toHaveLength(1)
  if (version === 0) expect(voter?.lastCaughtUpTimestamp).toBe(-1)
  else expect(voter?.lastCaughtUpTimestamp).toBeGreaterThanOrEqual(before)
  if (version < 2) expect(voter?.replicaDirectoryId).toBe(zero)
  else expect(voter?.replicaDirectoryId).toBe(running.store.disk.properties?.directoryId)
})

test('version 2 tells where the voter listens', async () => {
  const { nodes } = await ask(2, ['__cluster_metadata', 0])
  expect(nodes).toMatchObject([{ nodeId: 1, listeners: [{ name: 'CONTROLLER' }] }])
  expect((await ask(1, ['__cluster_metadata', 0])).nodes).toEqual([])
})

test('the log grows with the metadata', async () => {
  const { highWatermark } = await partition(2)
  await createTestTopics(running, { t: 3 })
  expect((await partition(2)).highWatermark).toBe(highWatermark + 4)
})

test('where voters stand in files, the address is that of the registration', async () => {
  const listener = { name: 'C', host: 'h', port: 9093, securityProtocol: 0 }
  const controller = { listeners: [listener] }
  const image = { ...emptyImage, controllers: new Map([[1, controller]]) }
  const broker = {
    ...brokerSeeing(image as unknown as typeof emptyImage),
    clock: { now: () => 5 },
    controller: { logEndOffset: 3, properties: { directoryId: zero } },
  } as unknown as ReturnType<typeof brokerSeeing>
  const topics = [{ topicName: '__cluster_metadata', partitions: [{ partitionIndex: 0 }] }]
  const { nodes } = await describeQuorum.handle({ topics }, callOf(2), broker)
  expect(nodes).toEqual([{ nodeId: 1, listeners: [{ name: 'C', host: 'h', port: 9093 }] }])
})

test.each<[string, [string, number][]]>([
  ['another topic', [['t', 0]]],
  ['another partition', [['__cluster_metadata', 1]]],
  [
    'anything besides',
    [
      ['__cluster_metadata', 0],
      ['t', 0],
    ],
  ],
])('%s is unknown here', async (_, asked) => {
  const { errorCode, topics, nodes } = await ask(2, ...asked)
  expect({ errorCode, nodes }).toEqual({ errorCode: 0, nodes: [] })
  const codes = topics.flatMap(({ partitions }) => partitions.map((one) => one.errorCode))
  expect(codes).toEqual(asked.map(() => 3))
})

test('nothing asked for is nothing told', async () => {
  expect(await ask(2)).toMatchObject({ errorCode: 0, topics: [], nodes: [] })
})
