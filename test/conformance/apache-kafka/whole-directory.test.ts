/**
 * All that a directory carries, through Apache Kafka and our broker by turns: ids, configs of
 * topics and of the broker, groups with their members, offsets with their notes, and every byte of
 * every log; and Kafka's own tool on the segments and indexes that we left.
 */
import { createHash } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { CompressionTypes, Kafka, logLevel } from 'kafkajs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { fetchApi } from '../../../src/protocol/generated/01-fetch.ts'
import { listOffsetsApi } from '../../../src/protocol/generated/02-list-offsets.ts'
import { metadataApi } from '../../../src/protocol/generated/03-metadata.ts'
import { offsetCommitApi } from '../../../src/protocol/generated/08-offset-commit.ts'
import { offsetFetchApi } from '../../../src/protocol/generated/09-offset-fetch.ts'
import { findCoordinatorApi } from '../../../src/protocol/generated/10-find-coordinator.ts'
import { joinGroupApi } from '../../../src/protocol/generated/11-join-group.ts'
import { syncGroupApi } from '../../../src/protocol/generated/14-sync-group.ts'
import { describeGroupsApi } from '../../../src/protocol/generated/15-describe-groups.ts'
import { listGroupsApi } from '../../../src/protocol/generated/16-list-groups.ts'
import { describeConfigsApi } from '../../../src/protocol/generated/32-describe-configs.ts'
import { incrementalAlterConfigsApi } from '../../../src/protocol/generated/44-incremental-alter-configs.ts'
import {
  type BatchCompression,
  decodeBatches,
  timestampOf,
} from '../../../src/protocol/record-batch.ts'
import { BrokerConnection } from '../../../src/transport/index.ts'
import { BrokerProcess } from '../broker-process.ts'
import { describeUnless } from '../client-tools.ts'
import { eventually } from '../eventually.ts'
import { consumerGroupHeartbeat } from './consumer-group-heartbeat.ts'
import { dumpLog } from './dump-tool.ts'
import { complaintsIn, kafkaObstacle, Turns } from './reference.ts'

const topicType = 2
const brokerType = 4
/** Where a config comes from that stands in the metadata: topic, broker, all brokers. */
const dynamicSources = new Set([1, 2, 3])
/** A ConsumerProtocolSubscription of topic "ours", version 0; Kafka must be able to read it. */
const subscription = Buffer.from('\0\0\0\0\0\x01\0\x04ours\xff\xff\xff\xff', 'latin1')

/** The only codec that the records here are compressed with. */
const gzip: BatchCompression = {
  compress: (_codec, bytes) => gzipSync(bytes),
  decompress: (_codec, bytes) => gunzipSync(bytes),
}
const groups = ['standing', 'left', 'was-kip848']

describeUnless(kafkaObstacle(), 'all that a directory carries', () => {
  const turns = new Turns()
  let broker: BrokerProcess
  let connection: BrokerConnection

  beforeAll(async () => {
    // Apache Kafka compresses its group records then; ours reads them.
    const settings = { 'offsets.topic.compression.codec': '1' }
    broker = await BrokerProcess.start({ target: turns, settings })
    connection = await connect()
  })
  afterAll(async () => {
    connection?.close()
    await broker?.dispose()
  })

  const connect = (): Promise<BrokerConnection> =>
    BrokerConnection.open(
      { host: '127.0.0.1', port: broker.port },
      {
        clientId: 'exchange',
        clientSoftwareVersion: '1',
        connectTimeoutMs: 30_000,
        requestTimeoutMs: 30_000,
        frameBytesMax: 64 << 20,
      },
    )

  async function handOver(to: 'odradek' | 'kafka', known: readonly string[]): Promise<void> {
    connection.close()
    await broker.stop()
    turns.current = to
    await broker.start()
    connection = await connect()
    await eventually(`${to} leads everything`, async () => {
      await connection.call(findCoordinatorApi, { keyType: 0, coordinatorKeys: ['any'] })
      const described = await describedGroups(known)
      const topics = await topicsOf()
      return (
        described.every(({ errorCode }) => errorCode === 0) &&
        topics.every(({ isLed }) => isLed) &&
        topics.length > 0
      )
    }).catch((error: unknown) => {
      throw new Error(`${error}\n${broker.log.split('\n').slice(-40).join('\n')}`)
    })
  }

  async function topicsOf() {
    const { topics } = await connection.call(metadataApi, { topics: null })
    return topics
      .map(({ name, topicId, partitions, isInternal }) => ({
        name: name ?? '',
        topicId,
        isInternal,
        isLed: partitions.every(({ leaderId }) => leaderId >= 0),
        partitions: partitions.map(({ partitionIndex }) => partitionIndex).sort((a, b) => a - b),
      }))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  async function describedGroups(ids: readonly string[]) {
    const request = { groups: [...ids], includeAuthorizedOperations: false }
    const { groups: described } = await connection.call(describeGroupsApi, request)
    // Apache Kafka answers in the order in which the partitions of its log come.
    return [...described].sort((a, b) => ids.indexOf(a.groupId) - ids.indexOf(b.groupId))
  }

  async function configsOf(names: readonly string[]) {
    const resources = [
      ...names.map((resourceName) => ({ resourceType: topicType, resourceName })),
      ...['', '1'].map((resourceName) => ({ resourceType: brokerType, resourceName })),
    ].map((resource) => ({ ...resource, configurationKeys: null }))
    const { results } = await connection.call(describeConfigsApi, { resources })
    return results.map(({ resourceName, errorCode, configs }) => ({
      resourceName,
      errorCode,
      configs: configs
        .filter(({ configSource }) => dynamicSources.has(configSource))
        .map(({ name, value, configSource }) => `${name}=${value} (${configSource})`)
        .sort(),
    }))
  }

  async function offsetsOf(ids: readonly string[]) {
    const wanted = ids.map((groupId) => ({ groupId, topics: null }))
    const response = await connection.call(offsetFetchApi, { groups: wanted, requireStable: true })
    return response.groups
      .map(({ groupId, errorCode, topics }) => ({
        groupId,
        errorCode,
        topics: [...topics].sort((a, b) => (a.topicId < b.topicId ? -1 : 1)),
      }))
      .sort((a, b) => ids.indexOf(a.groupId) - ids.indexOf(b.groupId))
  }

  /** Digest and content of one log, byte for byte as it is stored. */
  async function logOf(topic: string, topicId: string, partition: number) {
    const offsetOf = async (timestamp: number): Promise<number> => {
      const partitions = [{ partitionIndex: partition, timestamp }]
      const request = { replicaId: -1, isolationLevel: 0, topics: [{ name: topic, partitions }] }
      const { topics } = await connection.call(listOffsetsApi, request)
      return topics[0]?.partitions[0]?.offset ?? -1
    }
    const [start, end] = [await offsetOf(-2), await offsetOf(-1)]
    const digest = createHash('sha256')
    let [at, withHeaders, nulls] = [start, 0, 0]
    const timestamps = new Set<number>()
    while (at < end) {
      const range = { partition, fetchOffset: at, partitionMaxBytes: 1 << 20 }
      const limits = { maxWaitMs: 100, minBytes: 1, maxBytes: 1 << 20, isolationLevel: 0 }
      const session = { sessionId: 0, sessionEpoch: -1, forgottenTopicsData: [] }
      const topics = [{ topicId, partitions: [range] }]
      const response = await connection.call(fetchApi, { ...limits, ...session, topics })
      const bytes = response.responses[0]?.partitions[0]?.records ?? new Uint8Array(0)
      const batches = decodeBatches(bytes, gzip).value?.batches ?? []
      const last = batches.at(-1)
      if (last === undefined) throw new Error(`${topic}-${partition} has nothing at ${at}`)
      digest.update(bytes)
      at = last.baseOffset + last.lastOffsetDelta + 1
      for (const batch of batches) {
        for (const record of batch.records) {
          withHeaders += record.headers.length > 0 ? 1 : 0
          nulls += record.value === null ? 1 : 0
          timestamps.add(timestampOf(batch, record))
        }
      }
    }
    const sha256 = digest.digest('hex')
    return { topic, partition, start, end, sha256, withHeaders, nulls, times: timestamps.size }
  }

  async function stateOf() {
    const topics = await topicsOf()
    const logs = []
    for (const { name, topicId, partitions, isInternal } of topics) {
      if (isInternal) continue
      for (const partition of partitions) logs.push(await logOf(name, topicId, partition))
    }
    const listed = await connection.call(listGroupsApi, { statesFilter: [], typesFilter: [] })
    return {
      topics,
      logs,
      configs: await configsOf(topics.map(({ name }) => name)),
      listed: [...listed.groups].sort((a, b) => (a.groupId < b.groupId ? -1 : 1)),
      described: await describedGroups(groups),
      offsets: await offsetsOf(groups),
    }
  }
  type State = Awaited<ReturnType<typeof stateOf>>

  /** Records of every kind: several segments, headers, nulls, times of their own. */
  async function produce(topic: string, numPartitions: number): Promise<void> {
    const kafka = new Kafka({ brokers: [broker.address], logLevel: logLevel.NOTHING })
    const [admin, producer] = [kafka.admin(), kafka.producer()]
    await Promise.all([admin.connect(), producer.connect()])
    const configEntries = [
      { name: 'segment.bytes', value: '1048576' },
      { name: 'cleanup.policy', value: 'compact,delete' },
      { name: 'retention.ms', value: '-1' },
      { name: 'min.cleanable.dirty.ratio', value: '1' },
    ]
    await admin.createTopics({ topics: [{ topic, numPartitions, configEntries }] })
    for (const compression of [CompressionTypes.None, CompressionTypes.GZIP]) {
      for (let round = 0; round < 12; round++) {
        const messages = Array.from({ length: 12 }, (_, i) => ({
          key: `${round}-${i}`,
          value: i === 3 ? null : Buffer.alloc(20_000, `${compression}${round}${i}`),
          partition: i % numPartitions,
          timestamp: String(1_700_000_000_000 + round * 60_000 + i),
          ...(i % 2 === 0 ? { headers: { trace: `t${i}`, empty: '', twice: ['1', '2'] } } : {}),
        }))
        await producer.send({ topic, messages, compression })
      }
    }
    await Promise.all([admin.disconnect(), producer.disconnect()])
  }

  /** A member that stays, with an assignment; commits what comes with a note. */
  async function enter(groupId: string, topicId: string): Promise<void> {
    const member = { groupId, groupInstanceId: 'instance', protocolType: 'consumer' }
    const protocols = [{ name: 'range', metadata: subscription }]
    const times = { sessionTimeoutMs: 600_000, rebalanceTimeoutMs: 600_000 }
    const joined = await connection.call(joinGroupApi, {
      ...member,
      ...times,
      memberId: '',
      protocols,
    })
    expect(joined.errorCode).toBe(0)
    const { generationId, memberId } = joined
    const assignments = [{ memberId, assignment: Buffer.from('what this member is given') }]
    const claim = { ...member, generationId, memberId, protocolName: 'range' }
    const synced = await connection.call(syncGroupApi, { ...claim, assignments })
    expect(synced.errorCode).toBe(0)
    const note = { committedLeaderEpoch: 0, committedMetadata: `of ${memberId.slice(0, 8)}` }
    const committed = await connection.call(offsetCommitApi, {
      groupId,
      generationIdOrMemberEpoch: generationId,
      memberId,
      groupInstanceId: 'instance',
      topics: [{ topicId, partitions: [{ partitionIndex: 0, committedOffset: 7, ...note }] }],
    })
    expect(committed.topics[0]?.partitions[0]?.errorCode).toBe(0)
  }

  async function idOf(topic: string): Promise<string> {
    const found = (await topicsOf()).find(({ name }) => name === topic)
    if (found === undefined) throw new Error(`there is no topic ${topic}`)
    return found.topicId
  }

  let before: State

  it('is written by our broker first', async () => {
    await connection.call(findCoordinatorApi, { keyType: 0, coordinatorKeys: ['any'] })
    await produce('ours', 2)
    await enter('standing', await idOf('ours'))
    const alone = { committedOffset: 3, committedLeaderEpoch: -1, committedMetadata: 'left' }
    const partitions = [{ partitionIndex: 1, ...alone }]
    const topics = [{ topicId: await idOf('ours'), partitions }]
    const claim = { generationIdOrMemberEpoch: -1, memberId: '' }
    await connection.call(offsetCommitApi, { groupId: 'left', ...claim, topics })
    const logs = (await stateOf()).logs
    expect(logs.map(({ end }) => end)).toEqual([144, 144])
    expect(logs.map(({ withHeaders }) => withHeaders)).toEqual([144, 0])
    expect(logs.map(({ nulls }) => nulls)).toEqual([0, 24])
  })

  it('is added to by Apache Kafka: dynamic configs, a topic, a KIP-848 group', async () => {
    before = await stateOf()
    await handOver('kafka', ['standing', 'left'])
    expect(await stateOf()).toEqual(before)
    await produce('kafkas', 1)
    const set = (name: string, value: string) => ({ name, configOperation: 0, value })
    const dynamic = [
      ['', set('message.max.bytes', '2000000')],
      ['1', set('log.cleaner.backoff.ms', '20000')],
    ] as const
    const resources = dynamic.map(([resourceName, config]) => {
      return { resourceType: brokerType, resourceName, configs: [config] }
    })
    const altered = await connection.call(incrementalAlterConfigsApi, {
      resources,
      validateOnly: false,
    })
    expect(altered.responses.map(({ errorCode }) => errorCode)).toEqual([0, 0])
    const address = { host: '127.0.0.1', port: broker.port }
    expect(await consumerGroupHeartbeat(address, 'was-kip848', 'ours', 0)).toBe(0)
    expect(await consumerGroupHeartbeat(address, 'was-kip848', 'ours', -1)).toBe(0)
    expect(complaintsIn(broker.log)).toEqual([])
  })

  it('is all there for our broker, which gives the id of the empty group to a member', async () => {
    before = await stateOf()
    await handOver('odradek', ['standing', 'left'])
    const found = await stateOf()
    expect(found).toEqual(before)
    const allBrokers = found.configs.find(({ resourceName }) => resourceName === '')
    expect(allBrokers?.configs).toContain('message.max.bytes=2000000 (3)')
    expect(found.listed).toContainEqual(
      expect.objectContaining({ groupId: 'was-kip848', groupType: 'consumer' }),
    )
    await enter('was-kip848', await idOf('kafkas'))
    before = await stateOf()
    expect(before.described.map(({ groupState }) => groupState)).toEqual([
      'Stable',
      'Empty',
      'Stable',
    ])
  })

  it("is left in segments and indexes that Kafka's tool has no complaint about", async () => {
    connection.close()
    await broker.stop()
    const paths = (folder: RegExp, ends: readonly string[]): string[] =>
      readdirSync(broker.dataFolder)
        .filter((name) => folder.test(name))
        .flatMap((name) => {
          const files = readdirSync(join(broker.dataFolder, name))
          return files.map((file) => join(broker.dataFolder, name, file))
        })
        .filter((path) => ends.some((end) => path.endsWith(end)))
    const topics = /^(ours|kafkas)-\d+$/
    const logs = paths(topics, ['.log'])
    expect(logs.length).toBeGreaterThanOrEqual(6)
    const dumped = dumpLog('--deep-iteration', '--files', logs.join(','))
    const batches = dumped.filter((line) => line.startsWith('baseOffset:'))
    expect(batches.filter((line) => !line.includes('isvalid: true'))).toEqual([])
    expect(dumped.filter((line) => line.startsWith('| offset:'))).toHaveLength(3 * 144 + 144)
    const complaints = /[Mm]ismatch|[Nn]on-consecutive|not found|[Ii]nvalid|out of order/
    expect(dumped.filter((line) => complaints.test(line))).toEqual([])

    const indexes = paths(topics, ['.index', '.timeindex'])
    expect(indexes).toHaveLength(2 * logs.length)
    const checked = dumpLog('--index-sanity-check', '--files', indexes.join(','))
    expect(checked.filter((line) => line.includes('passed sanity check'))).toHaveLength(
      indexes.length,
    )
    const verified = dumpLog('--verify-index-only', '--files', indexes.join(','))
    expect(verified.filter((line) => complaints.test(line))).toEqual([])

    const offsets = paths(/^__consumer_offsets-\d+$/, ['.log'])
    const decoded = dumpLog('--offsets-decoder', '--files', offsets.join(',')).join('\n')
    for (const group of groups) expect(decoded).toContain(`"group":"${group}"`)
    expect(decoded).toMatch(/compresscodec: gzip/)
    expect(decoded).not.toMatch(complaints)
    await broker.start()
    connection = await connect()
  })

  it('is all there for Apache Kafka, and once more for our broker', async () => {
    await handOver('kafka', groups)
    expect(await stateOf()).toEqual(before)
    expect(complaintsIn(broker.log)).toEqual([])
    await handOver('odradek', groups)
    expect(await stateOf()).toEqual(before)
    expect(broker.log).not.toMatch(/The last stop of .* was not clean/)
    connection.close()
    await broker.stop()
  })
})
