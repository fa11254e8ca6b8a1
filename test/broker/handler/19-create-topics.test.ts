import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTopicsApi } from '../../../src/protocol/generated/19-create-topics.ts'
import { deleteTopicsApi } from '../../../src/protocol/generated/20-delete-topics.ts'
import { startTestBroker, type TestBroker } from '../fixture.ts'

const zero = 'AAAAAAAAAAAAAAAAAAAAAA'

let running: TestBroker
beforeAll(async () => {
  running = await startTestBroker()
})
afterAll(() => running.broker.stop())

function create(version: number, ...names: string[]) {
  const rest = { numPartitions: 2, replicationFactor: 1, assignments: [], configs: [] }
  const topics = names.map((name) => ({ name, ...rest }))
  return running.plane.send(createTopicsApi, version, { topics, timeoutMs: 5000 })
}

test('the answer comes when the partitions are hosted', async () => {
  const { topics } = await create(7, 'ready')
  expect(topics).toMatchObject([{ name: 'ready', errorCode: 0, numPartitions: 2 }])
  expect([...running.plane.hosted.keys()]).toEqual(['ready-0', 'ready-1'])
  expect(running.plane.hosted.get('ready-0')).toMatchObject({ leaderEpoch: 0, internal: false })
})

test('old versions get what they know', async () => {
  const { topics } = await create(2, 'old', 'bad name')
  expect(topics.map(({ name, errorCode }) => [name, errorCode])).toEqual([
    ['old', 0],
    ['bad name', 17],
  ])
  expect(topics[0]).toMatchObject({ topicId: zero, numPartitions: -1, configs: [] })
})

test('each topic of a request has its own result', async () => {
  await create(7, 'twice')
  const { topics } = await create(7, 'twice', 'dup', 'dup', '__cluster_metadata', 'fine')
  const codes = new Map(topics.map(({ name, errorCode }) => [name, errorCode]))
  expect(codes).toEqual(
    new Map([
      ['twice', 36],
      ['dup', 42],
      ['__cluster_metadata', 42],
      ['fine', 0],
    ]),
  )
})

test('validateOnly creates nothing', async () => {
  const one = { name: 'v', numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }
  const request = { topics: [one], timeoutMs: 5000, validateOnly: true }
  const { topics } = await running.plane.send(createTopicsApi, 7, request)
  expect(topics).toMatchObject([{ name: 'v', errorCode: 0 }])
  expect(running.plane.hosted.has('v-0')).toBe(false)
})

test('deleting by name or id unhosts; what is unknown is told', async () => {
  const { topics } = await create(7, 'by-name', 'by-id')
  const id = topics[1]?.topicId ?? ''
  const { responses } = await running.plane.send(deleteTopicsApi, 6, {
    topics: [
      { name: 'by-name', topicId: zero },
      { name: null, topicId: id },
      { name: 'nope', topicId: zero },
      { name: null, topicId: 'AAAAAAAAAAAAAAAAAAAAQQ' },
      { name: null, topicId: zero },
    ],
    timeoutMs: 5000,
  })
  expect(responses.map(({ errorCode }) => errorCode)).toEqual([0, 0, 3, 100, 42])
  expect(responses[1]).toMatchObject({ name: 'by-id', topicId: id })
  expect([...running.plane.hosted.keys()].filter((key) => key.startsWith('by-'))).toEqual([])
})

test('delete.topic.enable=false, as old and new versions tell it', async () => {
  const closed = await startTestBroker({ configs: { 'delete.topic.enable': 'false' } })
  const request = { topicNames: ['any'], timeoutMs: 1000 }
  const old = await closed.plane.send(deleteTopicsApi, 2, request)
  const later = await closed.plane.send(deleteTopicsApi, 3, request)
  expect([old, later].map(({ responses }) => responses[0]?.errorCode)).toEqual([42, 73])
  await closed.broker.stop()
})
