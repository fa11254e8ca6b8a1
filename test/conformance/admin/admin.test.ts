/**
 * What administrators ask for, request by request, and the codes that come back: the same from our
 * broker and from Apache Kafka, by which this list was made.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTopicsApi } from '../../../src/protocol/generated/19-create-topics.ts'
import { apis } from '../../../src/protocol/generated/apis.ts'
import { BrokerProcess } from '../broker-process.ts'
import { eventually } from '../eventually.ts'
import { call } from '../malformed/call.ts'
import { RawConnection } from '../raw-connection.ts'
import { logEndOffset } from '../raw-requests.ts'

/** API key, version, request, and what the answer has at least. */
type Case = readonly [key: number, version: number, request: object, answer: object]

const codes = (...errorCodes: readonly number[]): object[] =>
  errorCodes.map((errorCode) => ({ errorCode }))
const nobody = { principalFilter: null, hostFilter: null, operation: 1, permissionType: 1 }
const anyTopicRule = { resourceTypeFilter: 2, resourceNameFilter: null, ...nobody }

function setting(name: string, configs: readonly (readonly [string, number, string | null])[]) {
  const all = configs.map(([config, configOperation, value]) => ({
    name: config,
    configOperation,
    value,
  }))
  return { resources: [{ resourceType: 2, resourceName: name, configs: all }], validateOnly: false }
}

function replacing(name: string, configs: readonly (readonly [string, string | null])[]) {
  const all = configs.map(([config, value]) => ({ name: config, value }))
  return { resources: [{ resourceType: 2, resourceName: name, configs: all }], validateOnly: false }
}

function growing(name: string, count: number, replicas: number[][] | null = null) {
  const assignments = replicas?.map((brokerIds) => ({ brokerIds })) ?? null
  return { topics: [{ name, count, assignments }], timeoutMs: 10_000, validateOnly: false }
}

function deleting(name: string, partitionIndex: number, offset: number) {
  return { topics: [{ name, partitions: [{ partitionIndex, offset }] }], timeoutMs: 10_000 }
}

function deleted(lowWatermark: number, errorCode: number): object {
  return { topics: [{ partitions: [{ lowWatermark, errorCode }] }] }
}

function moving(name: string, partitionIndex: number, replicas: number[] | null) {
  return { topics: [{ name, partitions: [{ partitionIndex, replicas }] }] }
}

function moved(errorCode: number): object {
  return { errorCode: 0, responses: [{ partitions: [{ errorCode }] }] }
}

const configCases: Case[] = [
  [44, 1, setting('t', [['retention.ms', 0, '5']]), { responses: codes(0) }],
  [44, 1, setting('t', [['cleanup.policy', 2, 'compact']]), { responses: codes(0) }],
  [44, 1, setting('t', [['retention.ms', 2, '5']]), { responses: codes(40) }],
  [44, 1, setting('t', [['retention.ms', 0, 'x']]), { responses: codes(40) }],
  [44, 0, setting('t', [['no.such.config', 0, 'x']]), { responses: codes(40) }],
  [44, 0, setting('t', [['no.such.config', 1, null]]), { responses: codes(0) }],
  [44, 0, setting('t', [['retention.ms', 0, null]]), { responses: codes(42) }],
  [44, 0, setting('nope', [['retention.ms', 0, '5']]), { responses: codes(3) }],
  [44, 0, setting('bad name', [['retention.ms', 0, '5']]), { responses: codes(17) }],
  [44, 0, setting('', [['retention.ms', 0, '5']]), { responses: codes(42) }],
  [33, 2, replacing('t', [['segment.ms', '7']]), { responses: codes(0) }],
  [33, 1, replacing('t', [['segment.ms', 'x']]), { responses: codes(40) }],
  [33, 0, replacing('nope', []), { responses: codes(3) }],
  [74, 1, { resourceTypes: [2] }, { errorCode: 0, configResources: [{ resourceName: 't' }] }],
  [74, 1, { resourceTypes: [99] }, { errorCode: 35 }],
]

const topicCases: Case[] = [
  [37, 3, growing('t', 3), { results: codes(0) }],
  [37, 2, growing('t', 3), { results: codes(37) }],
  [37, 1, growing('t', 1), { results: codes(37) }],
  [37, 0, growing('t', 4, [[7]]), { results: codes(39) }],
  [37, 0, growing('t', 9, [[1]]), { results: codes(39) }],
  [37, 0, growing('nope', 4), { results: codes(3) }],
  [21, 2, deleting('t', 0, 1), deleted(-1, 1)],
  [21, 1, deleting('t', 0, -2), deleted(-1, 1)],
  [21, 0, deleting('t', 0, -1), deleted(0, 0)],
  [21, 0, deleting('t', 9, 0), deleted(-1, 3)],
  [
    75,
    0,
    { topics: [{ name: 't' }, { name: 'zzz' }], responsePartitionLimit: 2 },
    {
      topics: [{ name: 't', partitions: [{ partitionIndex: 0 }, { partitionIndex: 1 }] }],
      nextCursor: { topicName: 't', partitionIndex: 2 },
    },
  ],
  [45, 1, moving('t', 0, [1]), moved(0)],
  [45, 1, moving('t', 0, null), moved(85)],
  [45, 0, moving('t', 0, [7]), moved(39)],
  [45, 0, moving('nope', 0, [1]), moved(3)],
  [46, 0, { topics: null }, { errorCode: 0, topics: [] }],
  [
    43,
    2,
    { electionType: 0, topicPartitions: [{ topic: 't', partitions: [0, 9] }], timeoutMs: 10_000 },
    { errorCode: 0, replicaElectionResults: [{ partitionResult: codes(84, 3) }] },
  ],
]

const clusterCases: Case[] = [
  [29, 3, anyTopicRule, { errorCode: 54, resources: [] }],
  [31, 3, { filters: [anyTopicRule] }, { filterResults: codes(54) }],
  [50, 0, { users: [{ name: 'u' }] }, { errorCode: 0, results: codes(91) }],
  [66, 2, { stateFilters: ['Nope'], producerIdFilters: [] }, { unknownStateFilters: ['Nope'] }],
  [57, 2, { featureUpdates: [{ feature: 'nope', maxVersionLevel: 1 }] }, { errorCode: 95 }],
  [57, 1, { featureUpdates: [{ feature: 'group.version', maxVersionLevel: 1 }] }, { errorCode: 0 }],
  [
    55,
    2,
    { topics: [{ topicName: '__cluster_metadata', partitions: [{ partitionIndex: 0 }] }] },
    { topics: [{ partitions: [{ leaderId: 1, observers: [] }] }], nodes: [{ nodeId: 1 }] },
  ],
  [
    23,
    4,
    { topics: [{ topic: 't', partitions: [{ partition: 0, leaderEpoch: 0 }] }] },
    { topics: [{ partitions: [{ errorCode: 0, leaderEpoch: 0, endOffset: 0 }] }] },
  ],
]

describe('what administrators ask for', () => {
  let broker: BrokerProcess
  let connection: RawConnection

  beforeAll(async () => {
    broker = await BrokerProcess.start({ settings: { 'auto.create.topics.enable': 'false' } })
    connection = await RawConnection.open(broker.port)
    const topic = {
      name: 't',
      numPartitions: 2,
      replicationFactor: 1,
      assignments: [],
      configs: [],
    }
    await call(connection, createTopicsApi, 7, { topics: [topic], timeoutMs: 10_000 })
    // The reference answers before it serves its partitions.
    await eventually('the topic is served', async () => {
      return (await logEndOffset(connection, 't', 1)) === 0
    })
  })

  afterAll(async () => {
    connection?.close()
    await broker?.dispose()
  })

  it.each([
    ['of configs', configCases],
    ['of topics', topicCases],
    ['of the cluster', clusterCases],
  ])('%s, one after the other', async (_, cases) => {
    for (const [key, version, request, expected] of cases) {
      const api = apis.get(key)
      if (api === undefined) throw new Error(`no API ${key}`)
      const answer = await call(connection, api, version, request as never)
      expect(answer, `${api.name} v${version} ${JSON.stringify(request)}`).toMatchObject(expected)
    }
  })
})
