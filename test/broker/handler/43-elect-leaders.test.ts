import { afterAll, beforeAll, expect, test } from 'vitest'
import { electLeaders } from '../../../src/broker/handler/43-elect-leaders.ts'
import { electLeadersApi } from '../../../src/protocol/generated/43-elect-leaders.ts'
import { startTestBroker, type TestBroker } from '../fixture.ts'
import { brokerSeeing, callOf, imageWith } from './images.ts'
import { createTestTopics } from './topics.ts'

const notNeeded = 84

let running: TestBroker
beforeAll(async () => {
  running = await startTestBroker()
  await createTestTopics(running, { a: 2, b: 1 })
})
afterAll(() => running.broker.stop())

function elect(
  electionType: number,
  asked: Readonly<Record<string, readonly number[]>> | null,
  version = 2,
) {
  const topics = asked === null ? null : Object.entries(asked)
  return running.plane.send(electLeadersApi, version, {
    ...(version >= 1 ? { electionType } : {}),
    topicPartitions: topics?.map(([topic, partitions]) => ({ topic, partitions })) ?? null,
    timeoutMs: 5000,
  })
}

test.each([0, 1, 2])('version %i: what is led needs no leader', async (version) => {
  const { errorCode, replicaElectionResults } = await elect(0, { a: [0, 9], nope: [0] }, version)
  expect(errorCode).toBe(0)
  expect(replicaElectionResults).toMatchObject([
    { topic: 'a', partitionResult: [{ partitionId: 0, errorCode: notNeeded }, { errorCode: 3 }] },
    { topic: 'nope', partitionResult: [{ partitionId: 0, errorCode: 3 }] },
  ])
})

test.each([0, 1])('of all partitions, type %i, none is told that needs nothing', async (type) => {
  const { errorCode, replicaElectionResults } = await elect(type, null)
  expect(errorCode).toBe(0)
  const nothing = ['a', 'b'].map((topic) => ({ topic, partitionResult: [] }))
  expect(replicaElectionResults).toEqual(nothing)
})

test('of all partitions, one without a leader is told', async () => {
  const broker = brokerSeeing(imageWith({}, { leader: -1 }))
  const request = { electionType: 0, topicPartitions: null, timeoutMs: 5000 }
  const { replicaElectionResults } = await electLeaders.handle(request, callOf(2), broker)
  expect(replicaElectionResults).toMatchObject([
    { topic: 't', partitionResult: [{ partitionId: 1, errorCode: 80 }] },
  ])
})

test('a type that does not exist is refused, everywhere', async () => {
  expect(await elect(5, { a: [0] })).toMatchObject({
    errorCode: 42,
    replicaElectionResults: [{ topic: 'a', partitionResult: [{ errorCode: 42 }] }],
  })
  expect(await elect(5, null, 1)).toMatchObject({ errorCode: 42, replicaElectionResults: [] })
})

test('of no partitions nothing is elected, whatever the type', async () => {
  expect(await elect(5, {})).toMatchObject({ errorCode: 0, replicaElectionResults: [] })
})
