/** What an admin makes of answers that a real broker gives only now and then. */
import { afterEach, describe, expect, test } from 'vitest'
import { Admin } from '../../../src/client/admin/admin.ts'
import { AdminError } from '../../../src/client/admin/admin-error.ts'
import { ConfigError } from '../../../src/client/error.ts'
import { listOffsetsApi } from '../../../src/protocol/generated/02-list-offsets.ts'
import { offsetFetchApi } from '../../../src/protocol/generated/09-offset-fetch.ts'
import { describeGroupsApi } from '../../../src/protocol/generated/15-describe-groups.ts'
import { listGroupsApi } from '../../../src/protocol/generated/16-list-groups.ts'
import { createTopicsApi } from '../../../src/protocol/generated/19-create-topics.ts'
import { deleteTopicsApi } from '../../../src/protocol/generated/20-delete-topics.ts'
import { describeLogDirsApi } from '../../../src/protocol/generated/35-describe-log-dirs.ts'
import { describeClusterApi } from '../../../src/protocol/generated/60-describe-cluster.ts'
import { listTransactionsApi } from '../../../src/protocol/generated/66-list-transactions.ts'
import { consumerGroupDescribeApi } from '../../../src/protocol/generated/69-consumer-group-describe.ts'
import { listConfigResourcesApi } from '../../../src/protocol/generated/74-list-config-resources.ts'
import { type FakeCluster, hangUp, type SeenRequest, useDefault } from '../network/fake-cluster.ts'
import { Ends } from './admin-fixture.ts'

const ends = new Ends()
afterEach(() => ends.run())
const both = ends.both.bind(ends)

/** Answers of one API, one after the other; the last one from then on. */
function answers(api: { key: number }, ...given: ((request: SeenRequest) => unknown)[]) {
  let next = 0
  return (request: SeenRequest) => {
    if (request.key !== api.key) return useDefault
    const answer = given[Math.min(next++, given.length - 1)]
    return answer?.(request)
  }
}

interface TopicNames {
  readonly topics: readonly { readonly name: string }[]
}
const created = (codes: Record<string, number>) => (request: SeenRequest) => ({
  throttleTimeMs: 0,
  topics: (request.body as TopicNames).topics.map(({ name }) => ({
    name,
    errorCode: codes[name] ?? 0,
  })),
})
const asked = (fake: FakeCluster) =>
  fake.seen
    .filter(({ key }) => key === createTopicsApi.key)
    .map(({ body }) => (body as TopicNames).topics.map(({ name }) => name))

test('a field that nobody reads is refused, and nothing asked', async () => {
  const { fake, admin } = await both({ apis: [createTopicsApi] })
  const topics = [{ name: 'a', numPartitions: 3 }]
  const message = `Topic "a" has no field 'numPartitions'; did you mean 'partitions'?`
  await expect(admin.createTopics(topics)).rejects.toThrow(new ConfigError(message))
  await expect(
    admin.createPartitions([Object.assign({ topic: 'a', totalCount: 3 }, { count: 3 })]),
  ).rejects.toThrow(`Topic "a" has no field 'count'`)
  expect(asked(fake)).toEqual([])
})

describe('attempts', () => {
  test('only what failed for now is sent again', async () => {
    const answer = answers(
      createTopicsApi,
      created({ b: 41, c: 7 }),
      created({ c: 7 }),
      created({}),
    )
    const { fake, admin } = await both({ apis: [createTopicsApi], answer })
    const names = ['a', 'b', 'c'].map((name) => ({ name }))
    const result = await admin.createTopics(names)
    expect(result.map(({ name }) => name)).toEqual(['a', 'b', 'c'])
    expect(asked(fake)).toEqual([['a', 'b', 'c'], ['b', 'c'], ['c']])
  })

  test('end with the time that they have, and with what the last one said', async () => {
    const answer = answers(createTopicsApi, created({ b: 7 }))
    const { fake, admin } = await both(
      { apis: [createTopicsApi], answer },
      { defaultApiTimeoutMs: 300 },
    )
    const startMs = performance.now()
    const call = admin.createTopics([{ name: 'a' }, { name: 'b' }])
    const error = (await call.catch((reason: unknown) => reason)) as AdminError
    expect(error).toBeInstanceOf(AdminError)
    expect(error).toMatchObject({ code: 'REQUEST_TIMED_OUT', retriable: true })
    expect(error.results).toMatchObject([{ name: 'a' }, { code: 'REQUEST_TIMED_OUT' }])
    expect(performance.now() - startMs).toBeLessThan(3_000)
    expect(asked(fake).length).toBeGreaterThan(2)
  })

  test('another controller is looked for when this one is none', async () => {
    const answer = answers(createTopicsApi, created({ a: 41 }), created({}))
    const { fake, admin } = await both({ apis: [createTopicsApi], answer, nodes: 2 })
    await admin.createTopics([{ name: 'a' }])
    const kinds = fake.seen.map(({ key }) => key)
    expect(kinds.slice(kinds.indexOf(createTopicsApi.key))).toEqual([19, 3, 19])
  })

  test('what the broker leaves out is an error, not a success', async () => {
    const answer = answers(createTopicsApi, () => ({ throttleTimeMs: 0, topics: [] }))
    const { admin } = await both({ apis: [createTopicsApi], answer })
    await expect(admin.createTopics([{ name: 'a' }])).rejects.toThrow('did not answer for it')
  })

  test('for nothing there is nothing to ask', async () => {
    const { fake, admin } = await both({ apis: [createTopicsApi] })
    expect(await admin.createTopics([])).toEqual([])
    expect(fake.seen).toEqual([])
  })
})

test('an API that the broker does not serve is told, and is not tried again', async () => {
  const { fake, admin } = await both({})
  await expect(admin.deleteTopics(['a'])).rejects.toMatchObject({ code: 'UNSUPPORTED_VERSION' })
  await expect(admin.deleteTopics(['a'])).rejects.toThrow('does not serve DeleteTopics')
  expect(fake.count(deleteTopicsApi)).toBe(0)
})

test('partitions are asked for at their leaders, and again where the leader moved', async () => {
  const offsets = (code: number) => (request: SeenRequest) => ({
    topics: (
      request.body as { topics: { name: string; partitions: { partitionIndex: number }[] }[] }
    ).topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ partitionIndex }) => ({
        partitionIndex,
        errorCode: partitionIndex === 1 ? code : 0,
        offset: 40 + partitionIndex,
        timestamp: -1,
        leaderEpoch: 3,
      })),
    })),
  })
  const answer = answers(listOffsetsApi, offsets(6), offsets(0))
  const topics = new Map([['t', 2]])
  const { fake, admin } = await both({ apis: [listOffsetsApi], answer, topics, nodes: 2 })
  const queries = [0, 1].map((partition) => ({ topic: 't', partition, at: 'latest' as const }))
  const found = await admin.listOffsets(queries)
  expect(found.map(({ offset }) => offset)).toEqual([40, 41])
  const sent = fake.seen.filter(({ key }) => key === listOffsetsApi.key)
  expect(sent.map(({ node }) => node)).toEqual([1, 1])
  expect(sent[1]?.body).toMatchObject({ topics: [{ partitions: [{ partitionIndex: 1 }] }] })
})

test("a group's offsets are asked for by names, whatever the broker could do", async () => {
  const answer = answers(offsetFetchApi, () => ({
    groups: [
      {
        groupId: 'g',
        topics: [
          {
            name: 't',
            partitions: [
              { partitionIndex: 0, committedOffset: 5, metadata: null, errorCode: 0 },
              { partitionIndex: 1, committedOffset: -1, metadata: null, errorCode: 0 },
            ],
          },
        ],
      },
    ],
  }))
  const { fake, admin } = await both({ apis: [offsetFetchApi], answer })
  const partition = { topic: 't', partition: 0 }
  expect(await admin.listGroupOffsets('g')).toEqual([
    { ...partition, offset: 5, leaderEpoch: -1, metadata: '' },
  ])
  expect(fake.seen.at(-1)).toMatchObject({ key: offsetFetchApi.key, version: 9 })
})

test('a group of the new protocol is described where the old one is not there', async () => {
  const assignment = {
    topicPartitions: [{ topicId: 'AAAAAAAAAAAAAAAAAAAAAw', topicName: 't', partitions: [0, 2] }],
  }
  const answer = (request: SeenRequest) => {
    if (request.key === describeGroupsApi.key) {
      const none = { groupState: 'Dead', protocolType: '', protocolData: '', members: [] }
      return { groups: [{ errorCode: 69, groupId: 'g', ...none }] }
    }
    if (request.key !== consumerGroupDescribeApi.key) return useDefault
    const member = {
      memberId: 'm',
      memberEpoch: 3,
      clientId: 'c',
      clientHost: '/h',
      subscribedTopicNames: ['t'],
      assignment,
      targetAssignment: assignment,
    }
    const epochs = { groupEpoch: 3, assignmentEpoch: 3, assignorName: 'uniform' }
    const group = { errorCode: 0, groupId: 'g', groupState: 'Stable', ...epochs, members: [member] }
    return { throttleTimeMs: 0, groups: [group] }
  }
  const apis = [describeGroupsApi, consumerGroupDescribeApi]
  const { admin } = await both({ apis, answer })
  expect(await admin.describeGroups(['g'])).toMatchObject([
    {
      type: 'consumer',
      assignor: 'uniform',
      members: [
        {
          memberId: 'm',
          assignment: [
            { topic: 't', partition: 0 },
            { topic: 't', partition: 2 },
          ],
        },
      ],
    },
  ])
})

test.each([35, 69])(
  'a group that is not there is told as that, whatever the broker says of newer groups: %i',
  async (errorCode) => {
    const answer = (request: SeenRequest) => {
      if (request.key === describeGroupsApi.key) {
        const none = { groupState: 'Dead', protocolType: '', protocolData: '', members: [] }
        return { groups: [{ errorCode: 0, groupId: 'g', ...none }] }
      }
      if (request.key !== consumerGroupDescribeApi.key) return useDefault
      const group = { errorCode, groupId: 'g', groupState: '', groupEpoch: 0, assignmentEpoch: 0 }
      return { throttleTimeMs: 0, groups: [{ ...group, assignorName: '', members: [] }] }
    }
    const { admin } = await both({ apis: [describeGroupsApi, consumerGroupDescribeApi], answer })
    await expect(admin.describeGroups(['g'])).rejects.toMatchObject({ code: 'GROUP_ID_NOT_FOUND' })
  },
)

describe('calls that ask several brokers', () => {
  const down = (node: number) => (request: SeenRequest) => {
    if (request.key === describeClusterApi.key) {
      const brokers = [1, 2, 3].map((brokerId) => ({ brokerId, host: '127.0.0.1', port: 1 }))
      return { throttleTimeMs: 0, errorCode: 0, clusterId: 'fake', controllerId: 1, brokers }
    }
    const errorCode = request.node === node ? 29 : 0
    if (request.key === listGroupsApi.key) {
      const one = { groupId: `g${request.node}`, protocolType: 'consumer' }
      return { errorCode, groups: [{ ...one, groupState: 'Stable', groupType: 'classic' }] }
    }
    if (request.key === listTransactionsApi.key) {
      const one = { transactionalId: `t${request.node}`, producerId: 1, transactionState: 'Empty' }
      return { throttleTimeMs: 0, errorCode, unknownStateFilters: [], transactionStates: [one] }
    }
    if (request.key !== describeLogDirsApi.key) return useDefault
    const directory = { errorCode: 0, logDir: '/d', topics: [] }
    return { throttleTimeMs: 0, errorCode: 0, results: [directory] }
  }
  const apis = [describeClusterApi, describeLogDirsApi, listGroupsApi, listTransactionsApi]
  const fault = (call: Promise<unknown>) => call.catch((error: unknown) => error)

  test('have one time for all of their steps', async () => {
    const startMs = performance.now()
    const answer = (request: SeenRequest) => {
      const told = down(0)(request)
      const isTooSoon = performance.now() - startMs < 400
      if (request.key === describeClusterApi.key && isTooSoon)
        return { ...(told as object), errorCode: 7 }
      return request.key === listGroupsApi.key ? { errorCode: 14, groups: [] } : told
    }
    const more = { defaultApiTimeoutMs: 800 }
    const { fake, admin } = await both({ apis, answer, nodes: 3 }, more)
    await expect(admin.listGroups()).rejects.toMatchObject({ code: 'COORDINATOR_LOAD_IN_PROGRESS' })
    expect(fake.count(listGroupsApi)).toBeGreaterThan(0)
    expect(performance.now() - startMs).toBeLessThan(1_100)
  })

  test('tell what each of them answered, and the failure of the one that failed', async () => {
    const { admin } = await both({ apis, answer: down(2), nodes: 3 })
    const groups = (await fault(admin.listGroups())) as AdminError
    expect(groups).toBeInstanceOf(AdminError)
    expect(groups.results).toMatchObject([
      [{ groupId: 'g1', state: 'Stable', type: 'classic' }],
      { message: expect.stringContaining('Cannot list groups of broker 2') },
      [{ groupId: 'g3' }],
    ])
    const transactions = (await fault(admin.listTransactions())) as AdminError
    expect(transactions.results).toMatchObject([
      [{ transactionalId: 't1' }],
      { code: 'TOPIC_AUTHORIZATION_FAILED' },
      [{ transactionalId: 't3' }],
    ])
  })

  test('tell of a broker that is not there beside those that are', async () => {
    const more = { defaultApiTimeoutMs: 500 }
    const { admin } = await both({ apis, answer: down(0), nodes: 2 }, more)
    const error = (await fault(admin.describeLogDirs([1, 2, 99]))) as AdminError
    expect(error.results).toMatchObject([
      [{ broker: 1, path: '/d' }],
      [{ broker: 2, path: '/d' }],
      { code: 'BROKER_NOT_AVAILABLE', message: expect.stringContaining('no broker 99') },
    ])
    expect(error.message).toContain('1 of 3 failed')
  })

  test('give all that they have where nobody fails', async () => {
    const { admin } = await both({ apis, answer: down(0), nodes: 3 })
    expect((await admin.listGroups()).map(({ groupId }) => groupId)).toEqual(['g1', 'g2', 'g3'])
  })
})

test('a topic that an unanswered attempt may have created is told with that doubt', async () => {
  let topics = 0
  const answer = (request: SeenRequest) => {
    if (request.key !== createTopicsApi.key) return useDefault
    return topics++ === 0 ? hangUp : created({ a: 36 })(request)
  }
  const { admin } = await both({ apis: [createTopicsApi], answer })
  const call = admin.createTopics([{ name: 'a' }])
  await expect(call).rejects.toMatchObject({ code: 'TOPIC_ALREADY_EXISTS', retriable: false })
  await expect(call).rejects.toThrow('may have done it')
  expect(topics).toBe(2)
  topics = 0
  const trial = admin.createTopics([{ name: 'a' }], { validateOnly: true })
  await expect(trial).rejects.not.toThrow('may have done it')
})

test('offsets are reset inside a log whose ends were moved while they were asked for', async () => {
  const answer = (request: SeenRequest) => {
    const body = request.body as { topics: { partitions: { timestamp: bigint | number }[] }[] }
    if (request.key === offsetFetchApi.key) return { groups: [{ groupId: 'g', topics: [] }] }
    if (request.key !== listOffsetsApi.key) return useDefault
    const isStart = Number(body.topics[0]?.partitions[0]?.timestamp) === -2
    const place = { partitionIndex: 0, errorCode: 0, timestamp: -1, leaderEpoch: 0 }
    // Everything was written and deleted again between the two answers.
    return { topics: [{ name: 't', partitions: [{ ...place, offset: isStart ? 90 : 70 }] }] }
  }
  const apis = [offsetFetchApi, listOffsetsApi]
  const { admin } = await both({ apis, answer, topics: new Map([['t', 1]]) })
  const partitions = [{ topic: 't', partition: 0 }]
  const options = { partitions, dryRun: true }
  for (const target of ['earliest', 'latest', { offset: 5 }, { offset: 500 }] as const) {
    const resets = await admin.resetGroupOffsets('g', target, options)
    expect(resets).toEqual([{ topic: 't', partition: 0, from: null, to: 90 }])
  }
})

describe('numbers that the protocol cannot carry are refused before anything is sent', () => {
  const partition = { topic: 't', partition: 0 }
  test.each([
    { timestamp: Number.NaN },
    { timestamp: 1.5 },
    { timestamp: -1 },
    { offset: Number.NaN },
    { offset: 0.5 },
    { offset: -2 },
    { shiftBy: Number.NaN },
    { shiftBy: -0.5 },
    { shiftBy: Infinity },
    {},
    'newest',
  ])('a reset to %o', async (target) => {
    const { fake, admin } = await both({ apis: [offsetFetchApi, listOffsetsApi] })
    const partitions = [partition]
    const call = admin.resetGroupOffsets('g', target as never, { partitions })
    await expect(call).rejects.toThrow(ConfigError)
    expect(fake.seen).toEqual([])
  })

  test('offsets to commit, to look for, to delete up to', async () => {
    const { fake, admin } = await both({})
    for (const offset of [Number.NaN, 1.5, -1, Infinity]) {
      const commit = admin.alterGroupOffsets('g', [{ ...partition, offset }])
      await expect(commit).rejects.toThrow(`The offset of t-0 is ${offset}`)
      const look = admin.listOffsets([{ ...partition, at: offset }])
      await expect(look).rejects.toThrow(`The time of t-0 is ${offset}`)
    }
    const remove = admin.deleteRecords([{ ...partition, beforeOffset: Number.NaN }])
    await expect(remove).rejects.toThrow('The offset to keep of t-0 is NaN')
    const nowhere = admin.listOffsets([{ ...partition, at: 'lastest' as never }])
    await expect(nowhere).rejects.toThrow("did you mean 'latest'?")
    expect(fake.seen).toEqual([])
  })
})

test('options are checked before anything is connected', () => {
  const wrong = { bootstrapServers: 'a:1', requestTimeout: 5 }
  expect(() => new Admin(wrong as never)).toThrow(ConfigError)
  expect(() => new Admin(wrong as never)).toThrow("did you mean 'requestTimeoutMs'?")
})

test('statistics are plain objects, and a closed admin says so', async () => {
  const { admin } = await both({ topics: new Map([['t', 1]]) })
  expect(await admin.listTopics()).toMatchObject([{ name: 't', partitionCount: 1 }])
  const { connections, requests } = admin.statistics()
  expect(connections).toEqual([{ node: '1 main', load: 0 }])
  expect(requests['Metadata']).toMatchObject({ requests: 2, failures: 0 })
  await admin[Symbol.asyncDispose]()
  await expect(admin.listTopics()).rejects.toMatchObject({ code: 'CLIENT_CLOSED' })
})

test('a broker of before Apache Kafka 4.1 lists client metrics alone', async () => {
  const { request } = listConfigResourcesApi
  const old = { ...listConfigResourcesApi, request: { ...request, versionMax: 0 } }
  const named = () => ({
    throttleTimeMs: 0,
    errorCode: 0,
    configResources: [{ resourceName: 'all' }],
  })
  const { fake, admin } = await both({ apis: [old], answer: answers(old, named) })
  const metrics = [{ type: 'client-metrics', name: 'all' }]
  expect(await admin.listConfigResources(['client-metrics'])).toEqual(metrics)
  expect(fake.seen.at(-1)).toMatchObject({ version: 0 })
  await expect(admin.listConfigResources(['topic'])).rejects.toMatchObject({
    code: 'UNSUPPORTED_VERSION',
  })
})
