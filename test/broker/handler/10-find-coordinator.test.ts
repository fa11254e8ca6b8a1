import { afterAll, beforeAll, expect, test } from 'vitest'
import { findCoordinatorApi } from '../../../src/protocol/generated/10-find-coordinator.ts'
import { startTestBroker, type TestBroker } from '../fixture.ts'

let running: TestBroker
beforeAll(async () => {
  running = await startTestBroker()
})
afterAll(() => running.broker.stop())

test('the first question creates the topic of the groups, before it is answered', async () => {
  const answer = await running.plane.send(findCoordinatorApi, 0, { key: 'g' })
  expect(answer).toMatchObject({ errorCode: 0, nodeId: 1, host: 'localhost', port: 9092 })
  const hosted = [...running.plane.hosted.keys()]
  expect(hosted.filter((name) => name.startsWith('__consumer_offsets-'))).toHaveLength(50)
})

test('from version 4 on each key has its answer', async () => {
  const keys = { coordinatorKeys: ['a', 'b'], keyType: 0 }
  const { coordinators } = await running.plane.send(findCoordinatorApi, 6, keys)
  const here = { nodeId: 1, host: 'localhost', port: 9092, errorCode: 0, errorMessage: '' }
  expect(coordinators).toEqual([
    { key: 'a', ...here },
    { key: 'b', ...here },
  ])
})

test('success has the message that old clients know', async () => {
  const { errorMessage } = await running.plane.send(findCoordinatorApi, 3, { key: 'g' })
  expect(errorMessage).toBe('NONE')
})

test.each([
  [1, 53],
  [2, 42],
  [3, 42],
  [-1, 42],
])('keys of type %i have no coordinator: error %i', async (keyType, errorCode) => {
  const one = await running.plane.send(findCoordinatorApi, 3, { key: 'x', keyType })
  expect(one).toMatchObject({ errorCode, nodeId: -1, host: '', port: -1 })
  const many = { coordinatorKeys: ['x'], keyType }
  const { coordinators } = await running.plane.send(findCoordinatorApi, 6, many)
  expect(coordinators).toMatchObject([{ key: 'x', errorCode, nodeId: -1, host: '', port: -1 }])
})
