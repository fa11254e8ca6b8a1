import { describe, expect, test } from 'vitest'
import { coordinatorPartition } from '../../src/coordinator/group/coordinator-partition.ts'
import { ErrorCode } from '../../src/protocol/error-codes.ts'
import { metadataApi } from '../../src/protocol/generated/03-metadata.ts'
import { offsetCommitApi } from '../../src/protocol/generated/08-offset-commit.ts'
import { offsetFetchApi } from '../../src/protocol/generated/09-offset-fetch.ts'
import { findCoordinatorApi } from '../../src/protocol/generated/10-find-coordinator.ts'
import { createTopicsApi } from '../../src/protocol/generated/19-create-topics.ts'
import { deleteTopicsApi } from '../../src/protocol/generated/20-delete-topics.ts'
import { zeroUuid } from '../../src/protocol/uuid.ts'
import { StorageError } from '../../src/storage/log-store.ts'
import { createMemoryLogStore } from '../../src/storage/memory-log-store.ts'
import { FakeDataPlane } from './fake-data-plane.ts'
import { startTestBroker, type TestBroker } from './fixture.ts'

const otherId = 'AAAAAAAAAAAAAAAAAAAAQQ'

async function createTopic(running: TestBroker, name: string, partitions = 1): Promise<string> {
  const topic = { name, numPartitions: partitions, replicationFactor: -1 }
  const response = await running.plane.send(createTopicsApi, 7, {
    topics: [{ ...topic, assignments: [], configs: [] }],
    timeoutMs: 5000,
  })
  expect(response.topics[0]?.errorCode).toBe(0)
  return response.topics[0]?.topicId ?? ''
}

test('a fresh directory gets an identity, and a restart keeps everything', async () => {
  const first = await startTestBroker()
  expect(first.broker.listeners).toEqual([{ host: 'localhost', port: 9092 }])
  expect(first.plane.listening.map(({ host }) => host)).toEqual(['127.0.0.1', '::1'])
  const id = await createTopic(first, 'orders', 3)
  expect([...first.plane.hosted.keys()].sort()).toEqual(['orders-0', 'orders-1', 'orders-2'])
  await first.broker.stop()
  expect(first.plane.stopped).toBe(true)

  const second = await startTestBroker({ disk: first.store.disk })
  expect(second.broker.clusterId).toBe(first.broker.clusterId)
  expect([...second.plane.hosted.keys()].sort()).toEqual(['orders-0', 'orders-1', 'orders-2'])
  const { topics } = await second.plane.send(metadataApi, 12, {
    topics: [{ name: 'orders' }],
    allowAutoTopicCreation: false,
  })
  expect(topics[0]).toMatchObject({ name: 'orders', topicId: id, errorCode: 0 })
  expect(second.lines.join()).not.toContain('not clean')
  await second.broker.stop()
})

test('a deleted topic is gone from the store, the data plane and the next start', async () => {
  const first = await startTestBroker()
  const id = await createTopic(first, 'orders')
  await createTopic(first, 'other')
  await first.plane.send(deleteTopicsApi, 6, {
    topics: [{ name: null, topicId: id }],
    timeoutMs: 5000,
  })
  expect([...first.plane.hosted.keys()]).toEqual(['other-0'])
  expect(first.store.find('orders', 0)).toBeUndefined()
  const disk = first.store.crash()

  const second = await startTestBroker({ disk })
  expect([...second.plane.hosted.keys()]).toEqual(['other-0'])
  expect(second.lines.join()).toContain('was not clean: replayed')
  await second.broker.stop()
})

test('groups that cannot be read do not hold up the deletion of a topic', async () => {
  const first = await startTestBroker()
  await createTopic(first, 'orders')
  await first.plane.send(findCoordinatorApi, 0, { key: 'any' })
  const groups = ['readable', 'damaged']
  const partitions = groups.map((group) => coordinatorPartition(group, 50))
  expect(new Set(partitions).size).toBe(2)
  const committed = { partitionIndex: 0, committedOffset: 1, committedMetadata: '' }
  const topics = [{ name: 'orders', partitions: [committed] }]
  for (const groupId of groups) await first.plane.send(offsetCommitApi, 2, { groupId, topics })
  await first.broker.stop()

  const store = createMemoryLogStore({ disk: first.store.disk })
  const openPartition = store.openPartition.bind(store)
  store.openPartition = async (topic, partition, ...rest) => {
    const log = await openPartition(topic, partition, ...rest)
    if (topic === '__consumer_offsets' && partition === partitions[1]) {
      log.read = () => Promise.reject(new StorageError(ErrorCode.CORRUPT_MESSAGE, 'damaged'))
    }
    return log
  }
  const second = await startTestBroker({ environment: { openStore: async () => store } })
  const deletion = { topicNames: ['orders'], timeoutMs: 5000 }
  const { responses } = await second.plane.send(deleteTopicsApi, 5, deletion)
  expect(responses[0]?.errorCode).toBe(0)
  await createTopic(second, 'orders')
  expect(second.lines.join()).toContain('Not all offsets committed for deleted topics could be')
  const fetched = await second.plane.send(offsetFetchApi, 1, {
    groupId: 'readable',
    topics: [{ name: 'orders', partitionIndexes: [0] }],
  })
  expect(fetched.topics[0]?.partitions[0]).toMatchObject({ committedOffset: -1, errorCode: 0 })
  await second.broker.stop()
})

test('a folder that the metadata does not name is set aside, not removed', async () => {
  const first = await startTestBroker()
  await createTopic(first, 'orders')
  await first.broker.stop()
  const { disk } = first.store
  const stray = disk.partitions.get('orders-0')
  if (stray === undefined) throw new Error('the partition is there')
  disk.partitions.set('lost-0', { ...stray, topic: 'lost', topicId: otherId })
  disk.partitions.set('orders-0', { ...stray, topicId: otherId })

  const second = await startTestBroker({ disk })
  expect([...disk.strays.keys()].sort()).toEqual(['lost-0', 'orders-0'])
  expect([...second.plane.hosted.keys()]).toEqual(['orders-0'])
  expect(second.lines.join('\n')).toContain('Set aside lost-0')
  await second.broker.stop()
})

test('requests that come while the broker starts are answered when it is ready', async () => {
  const plane = new FakeDataPlane()
  const starting = startTestBroker({ plane })
  while (plane.listening.length < 2) await Promise.resolve()
  const asked = plane.send(metadataApi, 12, { topics: [{ name: 'early' }] })
  const running = await starting
  expect((await asked).topics[0]).toMatchObject({ name: 'early', errorCode: 0 })
  await running.broker.stop()
})

test('close is idempotent', async () => {
  const { broker } = await startTestBroker()
  await Promise.all([broker.stop(), broker.stop()])
  await broker.stop()
})

describe('a start that is refused', () => {
  test('a port in use: nothing was opened', async () => {
    const plane = new FakeDataPlane()
    plane.taken.add('::1 9092')
    let opened = 0
    const openStore = () => {
      opened++
      return Promise.resolve(createMemoryLogStore())
    }
    const start = startTestBroker({ plane, environment: { openStore } })
    await expect(start).rejects.toThrow('Cannot listen on ::1:9092: the address is in use.')
    expect(opened).toBe(0)
    expect(plane.stopped).toBe(true)
  })

  test.each([
    [{ clusterId: otherId }, /belongs to cluster .{22}, not/],
    [{ configs: { 'node.id': '5' } }, /belongs to node 1, not/],
  ])('a directory of somebody else: %j', async (options, sentence) => {
    const first = await startTestBroker()
    await first.broker.stop()
    await expect(startTestBroker({ disk: first.store.disk, ...options })).rejects.toThrow(sentence)
  })

  test('a directory that another broker of this process has open', async () => {
    const dataDirectory = '/nonexistent/shared'
    const first = await startTestBroker({ dataDir: dataDirectory })
    const second = startTestBroker({ dataDir: dataDirectory })
    await expect(second).rejects.toThrow('/nonexistent/shared is open in another broker')
    await first.broker.stop()
    const third = await startTestBroker({ dataDir: dataDirectory })
    await third.broker.stop()
  })

  test('partitions without an identity', async () => {
    const first = await startTestBroker()
    await createTopic(first, 'orders')
    await first.broker.stop()
    first.store.disk.properties = undefined
    const start = startTestBroker({ disk: first.store.disk })
    await expect(start).rejects.toThrow(/ holds .* but no meta.properties/)
  })

  test.each([
    [{ configs: { 'log.segment.byte': '1' } }, "unknown config 'log.segment.byte'; did you mean"],
    [{ configs: { 'log.segment.bytes': 'x' } }, 'log.segment.bytes'],
    [{ listen: 'nonsense' }, '"nonsense" is no address to listen'],
    [{ listen: ['a:1', 'a:1'] }, 'The listener a:1 is given twice'],
    [{ advertise: 'host:0' }, '"host:0" cannot be advertised'],
    [{ clusterId: 'short' }, 'The cluster id "short" is none'],
    [{ configs: { 'authorizer.class.name': 'x.Y' } }, 'authorization is not built yet; leave it'],
    [{ configs: { listeners: 'SSL://:1' } }, 'only PLAINTEXT listeners are served'],
  ])('options: %j', async (options, sentence) => {
    const plane = new FakeDataPlane()
    await expect(startTestBroker({ plane, ...options })).rejects.toThrow(sentence)
    expect(plane.listening).toEqual([])
  })
})

test('a listener beyond loopback is told to the operator', async () => {
  const { broker, lines } = await startTestBroker({ listen: '0.0.0.0:0' })
  expect(lines.join()).toContain('there is no authentication')
  await broker.stop()
})

test('what is set in vain is said once each, by its reason', async () => {
  const text =
    'num.io.threads=3\nqueued.max.requests=7\nnum.recovery.threads.per.data.dir=2\n' +
    'transaction.max.timeout.ms=5\ngroup.share.max.size=300\nnum.partitions=1'
  const { broker, lines } = await startTestBroker({ configFile: { name: 'f', text } })
  await broker.stop()
  const said = lines.filter((line) => line.includes('Set, but'))
  expect(said.map((line) => line.slice(line.indexOf(' ') + 1))).toEqual([
    'WARN  Set, but not built yet and without effect: group.share.max.size, ' +
      'transaction.max.timeout.ms.',
    'INFO  Set, but without meaning on a single node: num.io.threads, queued.max.requests.',
  ])
})

test('topics of a config file hold, and --set wins over it', async () => {
  const configFile = { name: 'server.properties', text: 'num.partitions=4\nnode.id=3\nodd=1' }
  const config = { 'num.partitions': '2' }
  const running = await startTestBroker({ configFile, configs: config })
  expect(running.broker.nodeId).toBe(3)
  expect(running.lines.join()).toContain("server.properties, line 3: unknown config 'odd'")
  const { topics } = await running.plane.send(metadataApi, 12, { topics: [{ name: 'auto' }] })
  expect(topics[0]?.partitions).toHaveLength(2)
  expect(topics[0]?.topicId).not.toBe(zeroUuid)
  await running.broker.stop()
})
