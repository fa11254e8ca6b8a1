/** The admin against a broker: ours, and with CONFORMANCE_TARGET=kafka Apache Kafka. */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Admin } from '../../../src/client/admin/admin.ts'
import { AdminError } from '../../../src/client/admin/admin-error.ts'
import type { Cluster } from '../../../src/client/network/cluster.ts'
import { encodeMessage } from '../../../src/protocol/codec.ts'
import { produceApi } from '../../../src/protocol/generated/00-produce.ts'
import { joinGroupApi } from '../../../src/protocol/generated/11-join-group.ts'
import { heartbeatApi } from '../../../src/protocol/generated/12-heartbeat.ts'
import { syncGroupApi } from '../../../src/protocol/generated/14-sync-group.ts'
import {
  consumerProtocolAssignment,
  consumerProtocolSubscription,
} from '../../../src/protocol/generated/record/consumer-protocol.ts'
import { encodeBatch, newBatch } from '../../../src/protocol/record-batch.ts'
import { clusterAt } from '../../client/network/cluster-fixture.ts'
import { BrokerProcess } from '../broker-process.ts'
import { eventually } from '../eventually.ts'
import { hasSince } from './kafka-version.ts'

let broker: BrokerProcess
let admin: Admin
let cluster: Cluster

beforeAll(async () => {
  broker = await BrokerProcess.start({ settings: { 'group.initial.rebalance.delay.ms': '0' } })
  admin = new Admin({ bootstrapServers: broker.address, clientId: 'admin-test' })
  cluster = clusterAt([{ host: '127.0.0.1', port: broker.port }], { requestTimeoutMs: 20_000 })
})
afterAll(async () => {
  cluster?.close()
  await admin?.close()
  await broker?.dispose()
})

/** The machine may be busy. */
const soon = <T>(get: () => T) => expect.poll(get, { timeout: 20_000, interval: 20 })
const isKafka = () => broker.target.name === 'kafka'
/** A name of its own for each test. */
let names = 0
const fresh = (what: string) => `${what}-${names++}`

async function topicWith(partitions: number): Promise<string> {
  const name = fresh('topic')
  await admin.createTopics([{ name, partitions, replicationFactor: 1 }])
  // A broker hears of it from its controller, and may be asked before that.
  await cluster.awaitTopic(name, 10_000)
  return name
}

/** Young enough for the broker to keep what is written with it. */
const epochMs = Date.now() - 100_000

/** Appends records whose timestamps are 1000, 2000, ... ms behind `epochMs`. */
async function append(topic: string, partition: number, count: number): Promise<void> {
  const records = Array.from({ length: count }, (_, at) => ({
    timestamp: epochMs + (at + 1) * 1000,
    key: null,
    value: Buffer.from(`value ${at}`),
  }))
  const batch = encodeBatch(newBatch(records))
  const request = {
    acks: -1,
    timeoutMs: 10_000,
    topicData: [{ name: topic, partitionData: [{ index: partition, records: batch }] }],
  }
  const produce = async () => {
    const answer = await cluster.call(1, produceApi, request, { versionMax: 12 })
    return answer.responses[0]?.partitionResponses[0]?.errorCode
  }
  // NOT_LEADER_OR_FOLLOWER: the broker leads it in a moment.
  let code = await produce()
  for (let tries = 0; code === 6 && tries < 50; tries++) code = await sleep(50).then(produce)
  expect(code).toBe(0)
}

/** A member of a group that reads partition 0 of a topic. */
async function member(groupId: string, topic: string, groupInstanceId: string | null = null) {
  const coordinator = await cluster.coordinator('group', groupId, 20_000)
  const metadata = encodeMessage(consumerProtocolSubscription, 0, { topics: [topic] })
  const join = (memberId: string) =>
    cluster.call(
      coordinator,
      joinGroupApi,
      {
        groupId,
        sessionTimeoutMs: 30_000,
        rebalanceTimeoutMs: 30_000,
        memberId,
        groupInstanceId,
        protocolType: 'consumer',
        protocols: [{ name: 'range', metadata: Buffer.concat([Buffer.of(0, 0), metadata]) }],
      },
      { channel: 'coordinator' },
    )
  let joined = await join('')
  // The broker names itself before it is done with becoming the coordinator.
  for (let tries = 0; [14, 15, 16].includes(joined.errorCode) && tries < 50; tries++) {
    joined = await sleep(50).then(() => join(''))
  }
  if (joined.errorCode === 79) joined = await join(joined.memberId)
  expect(joined.errorCode).toBe(0)
  const { memberId, generationId } = joined
  const assigned = { assignedPartitions: [{ topic, partitions: [0] }] }
  const assignment = encodeMessage(consumerProtocolAssignment, 0, assigned)
  const synced = await cluster.call(
    coordinator,
    syncGroupApi,
    {
      groupId,
      generationId,
      memberId,
      groupInstanceId,
      protocolType: 'consumer',
      protocolName: 'range',
      assignments: [{ memberId, assignment: Buffer.concat([Buffer.of(0, 0), assignment]) }],
    },
    { channel: 'coordinator' },
  )
  expect(synced.errorCode).toBe(0)
  const beat = async () =>
    (
      await cluster.call(
        coordinator,
        heartbeatApi,
        { groupId, generationId, memberId, groupInstanceId },
        { channel: 'coordinator' },
      )
    ).errorCode
  return { memberId, beat }
}

describe('topics', () => {
  test('are created, listed, described and deleted', async () => {
    const [first, second] = [fresh('topic'), fresh('topic')]
    const created = await admin.createTopics([
      { name: first, partitions: 3, configs: { 'retention.ms': '60000' } },
      { name: second, assignments: [[1], [1]] },
    ])
    expect(created).toMatchObject([
      { name: first, partitions: 3, replicationFactor: 1 },
      { name: second, partitions: 2 },
    ])
    // Apache Kafka lists what it has created a moment later.
    await eventually('both are listed', async () => {
      const names = (await admin.listTopics()).map(({ name }) => name)
      return [first, second].every((name) => names.includes(name))
    })
    const listed = await admin.listTopics()
    expect(listed.find(({ name }) => name === first)?.topicId).toBe(created[0]?.topicId)
    const [described] = await admin.describeTopics([first])
    expect(
      described?.partitions.map(({ partition, leader, isr }) => [partition, leader, isr]),
    ).toEqual([
      [0, 1, [1]],
      [1, 1, [1]],
      [2, 1, [1]],
    ])
    // Nobody has lost a replica here: none that is out of sync may lead.
    expect(described?.partitions[0]?.eligibleLeaderReplicas ?? []).toEqual([])
    await admin.deleteTopics([first, second])
    await soon(async () => (await admin.listTopics()).map(({ name }) => name)).not.toContain(first)
  })

  test('one that is there cannot be created again: its own error', async () => {
    const topic = await topicWith(1)
    await expect(admin.createTopics([{ name: topic }])).rejects.toMatchObject({
      name: 'ProtocolError',
      code: 'TOPIC_ALREADY_EXISTS',
      retriable: false,
    })
  })

  test('of several the good ones are created, and each failure is told', async () => {
    const [there, good] = [await topicWith(1), fresh('topic')]
    const call = admin.createTopics([
      { name: there },
      { name: good, partitions: 1 },
      { name: 'no such/name' },
      { name: fresh('topic'), partitions: 1, configs: { 'retention.ms': 'long' } },
    ])
    const error = (await call.catch((reason: unknown) => reason)) as AdminError
    expect(error).toBeInstanceOf(AdminError)
    expect(error.code).toBe('TOPIC_ALREADY_EXISTS')
    expect(error.message).toMatch(/^Cannot create topics: 3 of 4 failed; the first: /)
    expect(error.results).toMatchObject([
      { code: 'TOPIC_ALREADY_EXISTS' },
      { name: good, partitions: 1 },
      { code: 'INVALID_TOPIC_EXCEPTION' },
      { code: 'INVALID_CONFIG' },
    ])
    await admin.describeTopics([good])
  })

  test('one that is not there is told at once, and is not created by asking', async () => {
    const name = fresh('missing')
    for (const call of [admin.describeTopics([name]), admin.deleteTopics([name])]) {
      await expect(call).rejects.toMatchObject({ code: 'UNKNOWN_TOPIC_OR_PARTITION' })
    }
    expect((await admin.listTopics()).map((topic) => topic.name)).not.toContain(name)
  })

  test('with validateOnly nothing is created', async () => {
    const name = fresh('topic')
    await admin.createTopics([{ name, partitions: 2 }], { validateOnly: true })
    await expect(admin.describeTopics([name])).rejects.toThrow(name)
  })

  test('get more partitions, and never fewer', async () => {
    const topic = await topicWith(1)
    await admin.createPartitions([{ topic, totalCount: 9 }], { validateOnly: true })
    await admin.createPartitions([{ topic, totalCount: 3 }])
    await soon(async () => (await admin.describeTopics([topic]))[0]?.partitions.length).toBe(3)
    await expect(admin.createPartitions([{ topic, totalCount: 2 }])).rejects.toMatchObject({
      code: 'INVALID_PARTITIONS',
    })
  })
})

describe('replicas', () => {
  test('a leader that leads already needs no election', async () => {
    const topic = await topicWith(2)
    const partitions = [0, 1].map((partition) => ({ topic, partition }))
    const result = await admin.electLeaders('preferred', partitions)
    expect(result).toEqual(partitions.map((one) => ({ ...one, isElected: false })))
    expect(await admin.electLeaders('preferred')).toEqual([])
    const unknown = admin.electLeaders('preferred', [{ topic: 'none', partition: 0 }])
    await expect(unknown).rejects.toMatchObject({ code: 'UNKNOWN_TOPIC_OR_PARTITION' })
  })

  test('moves that cannot be made are told; none is under way', async () => {
    const topic = await topicWith(1)
    const to = (replicas: number[] | null) =>
      admin.alterPartitionReassignments([{ topic, partition: 0, replicas }])
    await expect(to([7])).rejects.toMatchObject({ code: 'INVALID_REPLICA_ASSIGNMENT' })
    await expect(to(null)).rejects.toMatchObject({ code: 'NO_REASSIGNMENT_IN_PROGRESS' })
    await to([1])
    expect(await admin.listPartitionReassignments()).toEqual([])
    expect(await admin.listPartitionReassignments([{ topic, partition: 0 }])).toEqual([])
  })
})

describe('configs', () => {
  const entry = async (topic: string, name: string) => {
    const [found] = await admin.describeConfigs([{ type: 'topic', name: topic, keys: [name] }])
    return found?.entries[0]
  }

  test('are described with where they come from', async () => {
    const topic = await topicWith(1)
    const [found] = await admin.describeConfigs([{ type: 'topic', name: topic }], {
      includeSynonyms: true,
      includeDocumentation: true,
    })
    expect(found?.entries.length).toBeGreaterThan(20)
    const retention = found?.entries.find(({ name }) => name === 'retention.ms')
    expect(retention).toMatchObject({ source: 'default', isReadOnly: false, isSensitive: false })
    expect(retention?.documentation?.length).toBeGreaterThan(20)
    const [node] = await admin.describeConfigs([{ type: 'broker', name: '1' }])
    expect(node?.entries.find(({ name }) => name === 'node.id')?.value).toBe('1')
  })

  test('are set, appended to, and brought back', async () => {
    const name = await topicWith(1)
    const type = 'topic'
    await admin.alterConfigs([
      {
        type,
        name,
        changes: [
          { name: 'retention.ms', operation: 'set', value: '5000' },
          { name: 'cleanup.policy', operation: 'append', value: 'compact' },
        ],
      },
    ])
    await soon(() => entry(name, 'retention.ms')).toMatchObject({ value: '5000', source: 'topic' })
    expect(await entry(name, 'cleanup.policy')).toMatchObject({ value: 'delete,compact' })
    await admin.alterConfigs([
      { type, name, changes: [{ name: 'retention.ms', operation: 'delete' }] },
    ])
    await soon(() => entry(name, 'retention.ms')).toMatchObject({ source: 'default' })
  })

  test('a value that the broker refuses changes nothing, here or with validateOnly', async () => {
    const name = await topicWith(1)
    const set = (value: string, validateOnly = false) =>
      admin.alterConfigs(
        [{ type: 'topic', name, changes: [{ name: 'retention.ms', operation: 'set', value }] }],
        { validateOnly },
      )
    await expect(set('never')).rejects.toMatchObject({ code: 'INVALID_CONFIG' })
    await set('7000', true)
    expect(await entry(name, 'retention.ms')).toMatchObject({ source: 'default' })
  })

  test('resources of several kinds are asked for at once, each where it is answered', async () => {
    const topic = await topicWith(1)
    const call = admin.describeConfigs([
      { type: 'topic', name: topic },
      { type: 'broker', name: '1' },
      { type: 'broker', name: '' },
      { type: 'topic', name: 'no-such-topic' },
    ])
    const error = (await call.catch((reason: unknown) => reason)) as AdminError
    expect(error.results).toMatchObject([
      { type: 'topic', name: topic },
      { type: 'broker', name: '1' },
      { type: 'broker', name: '' },
      { code: 'UNKNOWN_TOPIC_OR_PARTITION' },
    ])
  })

  test('what has configs is listed', async ({ skip }) => {
    if (hasSince(3, 7)) expect(await admin.listConfigResources(['client-metrics'])).toEqual([])
    if (!hasSince(4, 1)) skip('ListConfigResources lists more since Apache Kafka 4.1 (KIP-1142)')
    const topic = await topicWith(1)
    expect(await admin.listConfigResources(['topic'])).toContainEqual({
      type: 'topic',
      name: topic,
    })
    expect(await admin.listConfigResources()).toContainEqual({ type: 'broker', name: '1' })
  })
})

describe('records', () => {
  test('offsets are found at the ends and by time', async () => {
    const topic = await topicWith(2)
    await append(topic, 0, 5)
    const at = async (place: number | 'earliest' | 'latest' | 'max-timestamp', partition = 0) =>
      (await admin.listOffsets([{ topic, partition, at: place }]))[0]
    expect(await at('earliest')).toMatchObject({ offset: 0 })
    expect(await at('latest')).toMatchObject({ topic, partition: 0, offset: 5, timestamp: -1 })
    expect(await at('max-timestamp')).toMatchObject({ offset: 4, timestamp: epochMs + 5000 })
    expect(await at(epochMs + 2500)).toMatchObject({ offset: 2, timestamp: epochMs + 3000 })
    expect(await at(epochMs + 9999)).toMatchObject({ offset: -1 })
    const both = [0, 1].map((partition) => ({ topic, partition, at: 'latest' as const }))
    const ends = await admin.listOffsets(both, { readCommitted: true })
    expect(ends.map(({ offset }) => offset)).toEqual([5, 0])
  })

  test('are deleted before an offset', async () => {
    const topic = await topicWith(1)
    await append(topic, 0, 5)
    const to = (beforeOffset: number) =>
      admin.deleteRecords([{ topic, partition: 0, beforeOffset }])
    expect(await to(2)).toEqual([{ topic, partition: 0, lowWatermark: 2 }])
    await expect(to(99)).rejects.toMatchObject({ code: 'OFFSET_OUT_OF_RANGE' })
    expect(await to(-1)).toEqual([{ topic, partition: 0, lowWatermark: 5 }])
  })

  test('a partition that is not there is told', async () => {
    const topic = await topicWith(1)
    const query = admin.listOffsets([{ topic, partition: 4, at: 'latest' }])
    await expect(query).rejects.toMatchObject({ code: 'UNKNOWN_TOPIC_OR_PARTITION' })
  })

  test('producers without idempotence are not remembered', async () => {
    const topic = await topicWith(1)
    await append(topic, 0, 1)
    const partition = { topic, partition: 0 }
    expect(await admin.describeProducers([partition])).toEqual([{ ...partition, producers: [] }])
    expect(await admin.listTransactions()).toEqual([])
  })
})

describe('groups', () => {
  test('one with a member is listed and described with what it reads', async () => {
    const [groupId, topic] = [fresh('group'), await topicWith(1)]
    const { memberId } = await member(groupId, topic)
    await soon(() => admin.listGroups({ states: ['Stable'] })).toContainEqual({
      groupId,
      protocolType: 'consumer',
      state: 'Stable',
      // ListGroups tells types since Apache Kafka 3.8 (KIP-1043).
      type: hasSince(3, 8) ? 'classic' : '',
    })
    expect((await admin.listGroups({ states: ['Empty'] })).map((one) => one.groupId)).not.toContain(
      groupId,
    )
    const [found] = await admin.describeGroups([groupId])
    expect(found).toMatchObject({
      groupId,
      state: 'Stable',
      assignor: 'range',
      coordinator: 1,
      members: [
        {
          memberId,
          groupInstanceId: null,
          clientId: 'test',
          assignment: [{ topic, partition: 0 }],
        },
      ],
    })
    await expect(admin.deleteGroups([groupId])).rejects.toMatchObject({ code: 'NON_EMPTY_GROUP' })
    const offsets = [{ topic, partition: 0, offset: 1 }]
    await expect(admin.alterGroupOffsets(groupId, offsets)).rejects.toMatchObject({
      code: 'UNKNOWN_MEMBER_ID',
    })
  })

  test('members are removed, static and other ones', async () => {
    const [groupId, topic] = [fresh('group'), await topicWith(1)]
    const { beat } = await member(groupId, topic, 'static-1')
    expect(await beat()).toBe(0)
    const unknown = admin.removeGroupMembers(groupId, [{ groupInstanceId: 'nobody' }])
    await expect(unknown).rejects.toMatchObject({ code: 'UNKNOWN_MEMBER_ID' })
    await admin.removeGroupMembers(groupId, [{ groupInstanceId: 'static-1' }])
    expect(await beat()).not.toBe(0)
    const other = fresh('group')
    await member(other, topic)
    await admin.removeGroupMembers(other)
    expect((await admin.describeGroups([other]))[0]).toMatchObject({ state: 'Empty', members: [] })
    await expect(admin.removeGroupMembers(other, [])).rejects.toThrow('leave them out')
    await admin.deleteGroups([other])
    await expect(admin.describeGroups([other])).rejects.toMatchObject({
      code: 'GROUP_ID_NOT_FOUND',
    })
  })

  test('offsets are committed, listed, deleted', async () => {
    const [groupId, topic] = [fresh('group'), await topicWith(3)]
    expect(await admin.listGroupOffsets(groupId)).toEqual([])
    const at = (partition: number, offset: number) => ({ topic, partition, offset })
    await admin.alterGroupOffsets(groupId, [{ ...at(0, 4), metadata: 'by hand' }, at(1, 0)])
    const listed = await admin.listGroupOffsets(groupId)
    expect(listed.toSorted((a, b) => a.partition - b.partition)).toEqual([
      { ...at(0, 4), leaderEpoch: -1, metadata: 'by hand' },
      { ...at(1, 0), leaderEpoch: -1, metadata: '' },
    ])
    expect(await admin.listGroupOffsets(groupId, [{ topic, partition: 2 }])).toEqual([])
    await admin.deleteGroupOffsets(groupId, [{ topic, partition: 0 }])
    expect(await admin.listGroupOffsets(groupId)).toMatchObject([at(1, 0)])
    await admin.deleteGroups([groupId])
    expect(await admin.listGroupOffsets(groupId)).toEqual([])
  })

  test('offsets are reset to wherever one wants, inside the log', async () => {
    const [groupId, topic] = [fresh('group'), await topicWith(1)]
    await append(topic, 0, 6)
    await admin.deleteRecords([{ topic, partition: 0, beforeOffset: 1 }])
    await admin.alterGroupOffsets(groupId, [{ topic, partition: 0, offset: 3 }])
    const reset = async (target: Parameters<Admin['resetGroupOffsets']>[1]) => {
      const [one] = await admin.resetGroupOffsets(groupId, target, { dryRun: true })
      expect(one?.from).toBe(3)
      return one?.to
    }
    expect(await reset('earliest')).toBe(1)
    expect(await reset('latest')).toBe(6)
    expect(await reset({ timestamp: epochMs + 4500 })).toBe(4)
    expect(await reset({ timestamp: epochMs + 99_000 })).toBe(6)
    expect(await reset({ offset: 2 })).toBe(2)
    expect(await reset({ offset: 0 })).toBe(1)
    expect(await reset({ shiftBy: 2 })).toBe(5)
    expect(await reset({ shiftBy: -9 })).toBe(1)
    expect(await admin.listGroupOffsets(groupId)).toMatchObject([{ offset: 3 }])
    await admin.resetGroupOffsets(groupId, { shiftBy: -1 })
    expect(await admin.listGroupOffsets(groupId)).toMatchObject([{ offset: 2 }])
    const other = fresh('group')
    const partitions = [{ topic, partition: 0 }]
    await expect(
      admin.resetGroupOffsets(other, { shiftBy: 1 }, { partitions }),
    ).rejects.toMatchObject({ code: 'INVALID_CONFIG' })
    await admin.resetGroupOffsets(other, 'latest', { partitions })
    expect(await admin.listGroupOffsets(other)).toMatchObject([{ offset: 6 }])
  })

  test('groups that are not there are told', async () => {
    await expect(admin.deleteGroups([fresh('none')])).rejects.toMatchObject({
      code: 'GROUP_ID_NOT_FOUND',
    })
    await expect(admin.describeGroups([fresh('none')])).rejects.toMatchObject({
      code: 'GROUP_ID_NOT_FOUND',
    })
  })
})

describe('the cluster', () => {
  test('is described', async () => {
    const { clusterId, brokers, controllerId } = await admin.describeCluster()
    expect(clusterId).toHaveLength(22)
    expect(controllerId).toBe(1)
    expect(brokers).toEqual([{ id: 1, host: '127.0.0.1', port: broker.port, rack: null }])
    const quorum = await admin.describeQuorum()
    expect(quorum).toMatchObject({ leaderId: 1, observers: [] })
    expect(quorum.currentVoters.map(({ replicaId }) => replicaId)).toEqual([1])
  })

  test('its features', async () => {
    const { finalized, supported, finalizedEpoch } = await admin.describeFeatures()
    const level = finalized.find(({ name }) => name === 'metadata.version')?.level
    // Apache Kafka 3.5 has level 11.
    expect(level).toBeGreaterThan(10)
    expect(supported.map(({ name }) => name)).toContain('metadata.version')
    expect(finalizedEpoch).toBeGreaterThanOrEqual(0)
    const update = admin.updateFeatures([{ name: 'no.such.feature', level: 1 }], {
      validateOnly: true,
    })
    await expect(update).rejects.toMatchObject({
      code: expect.stringMatching(/^(INVALID_UPDATE_VERSION|FEATURE_UPDATE_FAILED)$/),
    })
  })

  test('its log directories', async () => {
    const topic = await topicWith(2)
    await append(topic, 1, 3)
    const [directory] = await admin.describeLogDirs()
    expect(directory).toMatchObject({ broker: 1, error: null })
    expect(directory?.totalBytes).toBeGreaterThan(0)
    // A partition that nobody wrote to may be there a moment later.
    await soon(async () => {
      const [now] = await admin.describeLogDirs()
      const all = now?.partitions.filter((one) => one.topic === topic) ?? []
      return all.map(({ partition }) => partition).toSorted()
    }).toEqual([0, 1])
    const own = directory?.partitions.filter((one) => one.topic === topic) ?? []
    expect(own.find(({ partition }) => partition === 1)?.sizeBytes).toBeGreaterThan(60)
  })

  test('a broker that is not there is told at once, with those that are', async () => {
    const missing = { code: 'BROKER_NOT_AVAILABLE' }
    await expect(admin.describeLogDirs([9])).rejects.toMatchObject(missing)
    const configs = admin.describeConfigs([{ type: 'broker', name: '9' }])
    await expect(configs).rejects.toMatchObject(missing)
    await expect(admin.describeLogDirs([9])).rejects.toThrow("the cluster's brokers are 1")
  })
})

test('quotas are set, described and taken away', async () => {
  const entity = { user: fresh('user'), 'client-id': 'app' }
  await admin.alterClientQuotas([{ entity, values: { producer_byte_rate: 1_000_000 } }])
  await soon(() =>
    admin.describeClientQuotas({ user: entity.user, 'client-id': { any: true } }),
  ).toEqual([{ entity, values: { producer_byte_rate: 1_000_000 } }])
  await admin.alterClientQuotas([{ entity, values: { producer_byte_rate: null } }])
  await soon(() => admin.describeClientQuotas({ user: entity.user })).toEqual([])
  const wrong = admin.alterClientQuotas([{ entity, values: { no_such_rate: 1 } }])
  await expect(wrong).rejects.toMatchObject({ code: 'INVALID_REQUEST' })
})

test('where nobody is asked who he is, ACLs and passwords are', async () => {
  const acl = {
    resourceType: 'topic',
    resourceName: 'orders',
    patternType: 'literal',
    principal: 'User:alice',
    host: '*',
    operation: 'read',
    permission: 'allow',
  } as const
  const disabled = { code: 'SECURITY_DISABLED', retriable: false }
  await expect(admin.describeAcls()).rejects.toMatchObject(disabled)
  await expect(admin.createAcls([acl])).rejects.toMatchObject(disabled)
  await expect(admin.deleteAcls([acl])).rejects.toMatchObject(disabled)
  expect(await admin.describeUserScramCredentials()).toEqual([])
  expect(await admin.describeUserScramCredentials(['nobody'])).toEqual([])
})

test('a call whose time is over says what the last attempt said', async () => {
  const hasty = new Admin({ bootstrapServers: '127.0.0.1:1', defaultApiTimeoutMs: 200 })
  await expect(hasty.listTopics()).rejects.toMatchObject({
    code: 'NETWORK_EXCEPTION',
    message: expect.stringContaining('127.0.0.1:1: nothing listens there'),
  })
  await hasty.close()
  await expect(hasty.listTopics()).rejects.toMatchObject({ code: 'CLIENT_CLOSED' })
})

test('it is this broker that was asked', () => {
  expect(['odradek', 'kafka']).toContain(broker.target.name)
  expect(isKafka()).toBe(process.env['CONFORMANCE_TARGET'] === 'kafka')
})
