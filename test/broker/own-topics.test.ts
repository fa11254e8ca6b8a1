/** A topic that is the node's own: clients see it marked, and change nothing of it. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ResourceType } from '../../src/metadata/image.ts'
import { metadataApi } from '../../src/protocol/generated/03-metadata.ts'
import { createTopicsApi } from '../../src/protocol/generated/19-create-topics.ts'
import { deleteTopicsApi } from '../../src/protocol/generated/20-delete-topics.ts'
import { deleteRecordsApi } from '../../src/protocol/generated/21-delete-records.ts'
import { alterConfigsApi } from '../../src/protocol/generated/33-alter-configs.ts'
import { createPartitionsApi } from '../../src/protocol/generated/37-create-partitions.ts'
import { incrementalAlterConfigsApi } from '../../src/protocol/generated/44-incremental-alter-configs.ts'
import { zeroUuid } from '../../src/protocol/uuid.ts'
import { cleanUp, memoryStore } from '../queue/fixture.ts'
import { startTestBroker, type TestBroker } from './fixture.ts'

const own = '__odradek_queues'
const invalidTopic = 17
const policyViolation = 44
const timeoutMs = 5_000
const newTopic = { name: own, numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }

let running: TestBroker
beforeAll(async () => {
  const { store, memory } = await memoryStore()
  const queue = await store.queue('jobs', { consumers: ['worker'] })
  await queue.put({ value: 'v' })
  await store.close()
  running = await startTestBroker({ disk: memory.disk })
})
afterAll(async () => {
  await running.broker.stop()
  await cleanUp()
})

async function topicIdOf(name: string): Promise<string> {
  const { topics } = await running.plane.send(metadataApi, 12, { topics: [{ name }] })
  return topics[0]?.topicId ?? zeroUuid
}

test('is listed and marked, and takes no records', async () => {
  const { topics } = await running.plane.send(metadataApi, 12, { topics: null })
  expect(topics.map(({ name, isInternal }) => [name, isInternal]).toSorted()).toEqual([
    [own, true],
    ['jobs', false],
  ])
  expect(running.plane.hosted.get(`${own}-0`)).toMatchObject({ internal: true, leaderEpoch: 0 })
  expect(running.plane.hosted.get('jobs-0')?.internal).toBe(false)
  const deletion = await running.plane.send(deleteRecordsApi, 2, {
    topics: [{ name: own, partitions: [{ partitionIndex: 0, offset: -1 }] }],
    timeoutMs,
  })
  expect(deletion.topics[0]?.partitions[0]?.errorCode).toBe(invalidTopic)
})

test('is not deleted, by name or by id, while others beside it are', async () => {
  await running.plane.send(createTopicsApi, 7, {
    topics: [{ ...newTopic, name: 'other' }],
    timeoutMs,
  })
  const byName = await running.plane.send(deleteTopicsApi, 5, {
    topicNames: ['other', own],
    timeoutMs,
  })
  expect(byName.responses.map(({ name, errorCode }) => [name, errorCode])).toEqual([
    ['other', 0],
    [own, policyViolation],
  ])
  const topicId = await topicIdOf(own)
  const byId = await running.plane.send(deleteTopicsApi, 6, {
    topics: [{ name: null, topicId }],
    timeoutMs,
  })
  expect(byId.responses[0]).toMatchObject({
    errorCode: policyViolation,
    errorMessage: expect.stringContaining('belongs to the embedded queues'),
  })
})

test('gets no partitions and no other configs', async () => {
  const grown = await running.plane.send(createPartitionsApi, 3, {
    topics: [{ name: own, count: 2, assignments: null }],
    timeoutMs,
    validateOnly: false,
  })
  expect(grown.results[0]?.errorCode).toBe(policyViolation)
  const resource = { resourceType: ResourceType.TOPIC, resourceName: own }
  const config = { name: 'cleanup.policy', value: 'delete' }
  const changed = await running.plane.send(incrementalAlterConfigsApi, 1, {
    resources: [{ ...resource, configs: [{ ...config, configOperation: 0 }] }],
    validateOnly: false,
  })
  expect(changed.responses[0]?.errorCode).toBe(policyViolation)
  const replaced = await running.plane.send(alterConfigsApi, 2, {
    resources: [{ ...resource, configs: [config] }],
    validateOnly: false,
  })
  expect(replaced.responses[0]?.errorCode).toBe(policyViolation)
})

test('is not made by a client, where there is none', async () => {
  const { broker, plane } = await startTestBroker()
  const made = await plane.send(createTopicsApi, 7, { topics: [newTopic], timeoutMs })
  expect(made.topics[0]?.errorCode).toBe(policyViolation)
  const { topics } = await plane.send(metadataApi, 12, {
    topics: [{ name: own }],
    allowAutoTopicCreation: true,
  })
  expect(topics[0]).toMatchObject({ errorCode: policyViolation, isInternal: true })
  await broker.stop()
})
