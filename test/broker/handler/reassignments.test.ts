/** AlterPartitionReassignments and ListPartitionReassignments on one node. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { listPartitionReassignments } from '../../../src/broker/handler/46-list-partition-reassignments.ts'
import { alterPartitionReassignmentsApi } from '../../../src/protocol/generated/45-alter-partition-reassignments.ts'
import { listPartitionReassignmentsApi } from '../../../src/protocol/generated/46-list-partition-reassignments.ts'
import { startTestBroker, type TestBroker } from '../fixture.ts'
import { brokerSeeing, callOf, imageWith } from './images.ts'
import { createTestTopics } from './topics.ts'

let running: TestBroker
beforeAll(async () => {
  running = await startTestBroker()
  await createTestTopics(running, { a: 1 })
})
afterAll(() => running.broker.stop())

test.each([0, 1])('version %i answers each partition for itself', async (version) => {
  const topics = [
    {
      name: 'a',
      partitions: [
        { partitionIndex: 0, replicas: [1] },
        { partitionIndex: 0, replicas: null },
        { partitionIndex: 0, replicas: [7] },
        { partitionIndex: 9, replicas: [1] },
      ],
    },
    { name: 'nope', partitions: [{ partitionIndex: 0, replicas: [1] }] },
  ]
  const answer = await running.plane.send(alterPartitionReassignmentsApi, version, { topics })
  expect(answer).toMatchObject({ errorCode: 0, errorMessage: null })
  const codes = answer.responses.map(({ name, partitions }) => [
    name,
    partitions.map(({ errorCode }) => errorCode),
  ])
  expect(codes).toEqual([
    ['a', [0, 85, 39, 3]],
    ['nope', [3]],
  ])
  expect(answer.responses[0]?.partitions[0]).toEqual({
    partitionIndex: 0,
    errorCode: 0,
    errorMessage: null,
  })
})

test('whether the number of replicas may change is said again, but for nothing', async () => {
  const topics = [{ name: 'nope', partitions: [] }]
  for (const asked of [topics, []]) {
    const request = { topics: asked, allowReplicationFactorChange: false }
    const answer = await running.plane.send(alterPartitionReassignmentsApi, 1, request)
    expect(answer.errorCode).toBe(0)
    expect(answer.allowReplicationFactorChange).toBe(asked.length === 0)
  }
})

test('nothing is being moved', async () => {
  for (const topics of [null, [], [{ name: 'a', partitionIndexes: [0, 9] }]]) {
    const answer = await running.plane.send(listPartitionReassignmentsApi, 0, { topics })
    expect(answer).toMatchObject({ errorCode: 0, topics: [] })
  }
})

test('what a cluster was moving is told, all of it or what is asked for', async () => {
  const moving = { replicas: [1, 2, 3], addingReplicas: [3], removingReplicas: [2] }
  const broker = brokerSeeing(imageWith({}, moving))
  const list = async (topics: { name: string; partitionIndexes: number[] }[] | null) => {
    const request = { timeoutMs: 5000, topics }
    return (await listPartitionReassignments.handle(request, callOf(0), broker)).topics
  }
  const told = [{ name: 't', partitions: [{ partitionIndex: 1, ...moving }] }]
  expect(await list(null)).toEqual(told)
  expect(await list([{ name: 't', partitionIndexes: [0, 1, 2] }])).toEqual(told)
  expect(await list([{ name: 't', partitionIndexes: [0] }])).toEqual([])
  expect(await list([{ name: 'nope', partitionIndexes: [1] }])).toEqual([])
})
