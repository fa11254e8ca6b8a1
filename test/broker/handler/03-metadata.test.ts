import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type MetadataRequestInput,
  type MetadataResponse,
  metadataApi,
} from '../../../src/protocol/generated/03-metadata.ts'
import { zeroUuid } from '../../../src/protocol/uuid.ts'
import { startTestBroker, type TestBroker } from '../fixture.ts'

const unknownId = 'AAAAAAAAAAAAAAAAAAAAQQ'
const notAsked = -0x8000_0000

let running: TestBroker
beforeAll(async () => {
  running = await startTestBroker({ configs: { 'num.partitions': '3' } })
})
afterAll(() => running.broker.stop())

function ask(version: number, request: MetadataRequestInput): Promise<MetadataResponse> {
  return running.plane.send(metadataApi, version, request)
}

test('a topic is created before the answer, so the first answer has it', async () => {
  const { topics, brokers, clusterId, controllerId } = await ask(9, { topics: [{ name: 'fresh' }] })
  expect(topics[0]).toMatchObject({ errorCode: 0, name: 'fresh', isInternal: false })
  expect(topics[0]?.partitions).toHaveLength(3)
  expect(topics[0]?.partitions[0]).toEqual({
    errorCode: 0,
    partitionIndex: 0,
    leaderId: 1,
    leaderEpoch: 0,
    replicaNodes: [1],
    isrNodes: [1],
    offlineReplicas: [],
  })
  expect(brokers).toEqual([{ nodeId: 1, host: 'localhost', port: 9092, rack: null }])
  expect({ clusterId, controllerId }).toEqual({
    clusterId: running.broker.clusterId,
    controllerId: 1,
  })
})

test('two clients that ask for one new topic at the same time both get it', async () => {
  const both = await Promise.all(
    [1, 2].map((connection) =>
      running.plane.send(metadataApi, 9, { topics: [{ name: 'contended' }] }, connection),
    ),
  )
  for (const { topics } of both)
    expect(topics[0]).toMatchObject({ errorCode: 0, name: 'contended' })
})

test('nothing is created where the client forbids it or the name cannot be', async () => {
  const names = ['nope', 'bad name', '', '.']
  const { topics } = await ask(12, {
    topics: names.map((name) => ({ name })),
    allowAutoTopicCreation: false,
    includeTopicAuthorizedOperations: true,
  })
  expect(topics.map(({ name, errorCode }) => [name, errorCode])).toEqual([
    ['nope', 3],
    ['bad name', 17],
    ['', 17],
    ['.', 17],
  ])
  expect(topics.map((topic) => topic.topicAuthorizedOperations)).toEqual([3576, 3576, 3576, 3576])
  expect(topics.map(({ topicId }) => topicId)).toEqual(names.map(() => zeroUuid))
})

test('ids are found, and unknown ones told; names beside ids do not count', async () => {
  await ask(9, { topics: [{ name: 'known' }] })
  const { topics } = await ask(12, { topics: [{ name: 'known' }] })
  const id = topics[0]?.topicId ?? ''
  const byId = await ask(12, {
    topics: [
      { name: null, topicId: id },
      { name: null, topicId: unknownId },
      { name: 'ignored' },
      { name: null },
    ],
  })
  expect(byId.topics).toHaveLength(2)
  expect(byId.topics[0]).toMatchObject({ errorCode: 0, name: 'known', topicId: id })
  const unknown = { errorCode: 100, name: null, topicId: unknownId, partitions: [] }
  expect(byId.topics[1]).toMatchObject(unknown)
})

test('an empty list is all topics in version 0 and none since; null is all', async () => {
  await ask(9, { topics: [{ name: 'listed' }] })
  const all = await ask(0, { topics: [] })
  expect(all.topics.map(({ name }) => name)).toContain('listed')
  expect((await ask(9, { topics: [] })).topics).toEqual([])
  const everything = await ask(10, { topics: null, includeClusterAuthorizedOperations: true })
  expect(everything.topics).toHaveLength(all.topics.length)
  expect(everything.clusterAuthorizedOperations).toBe(8096)
  expect(everything.topics[0]?.topicAuthorizedOperations).toBe(notAsked)
})

test('a topic without name or id, or with an id too early, is an invalid request', async () => {
  const broken = await ask(13, { topics: [{ name: null }] })
  expect(broken).toMatchObject({ errorCode: 42, brokers: [], clusterId: null, controllerId: -1 })
  const early = await ask(10, { topics: [{ name: 'x', topicId: unknownId }] })
  expect(early.topics).toMatchObject([{ errorCode: 42, name: 'x', topicId: unknownId }])
  expect(early.brokers).toEqual([])
})

test('internal topics are marked, and created in their own form when asked for', async () => {
  const { topics } = await ask(9, { topics: [{ name: '__consumer_offsets' }] })
  expect(topics[0]).toMatchObject({ errorCode: 0, isInternal: true })
  expect(topics[0]?.partitions).toHaveLength(50)
  expect(running.plane.hosted.get('__consumer_offsets-7')?.internal).toBe(true)
  expect(running.plane.hosted.get('fresh-0')?.internal).toBe(false)
})

test('a topic asked for twice is answered once', async () => {
  const { topics } = await ask(9, { topics: [{ name: 'twice' }, { name: 'twice' }] })
  expect(topics).toHaveLength(1)
})

test('auto.create.topics.enable=false creates nothing', async () => {
  const closed = await startTestBroker({ configs: { 'auto.create.topics.enable': 'false' } })
  const { topics } = await closed.plane.send(metadataApi, 9, { topics: [{ name: 'fresh' }] })
  expect(topics[0]).toMatchObject({ errorCode: 3, name: 'fresh' })
  await closed.broker.stop()
})

test('a wildcard listener answers each client with the address that it reached', async () => {
  const wild = await startTestBroker({ listen: '0.0.0.0:9092' })
  wild.plane.local = { host: '10.1.2.3', port: 9092 }
  const { brokers } = await wild.plane.send(metadataApi, 9, { topics: [] })
  expect(brokers).toMatchObject([{ host: '10.1.2.3', port: 9092 }])
  await wild.broker.stop()
  const fixed = await startTestBroker({ listen: '0.0.0.0:9092', advertise: 'kafka.example:1234' })
  const told = await fixed.plane.send(metadataApi, 9, { topics: [] })
  expect(told.brokers).toMatchObject([{ host: 'kafka.example', port: 1234 }])
  await fixed.broker.stop()
})
