/** A whole broker on files and sockets: who is served when, and what a stop leaves. */
import { mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Broker } from '../../src/broker/broker.ts'
import type { BrokerOptions } from '../../src/broker/options.ts'
import { decodeLog } from '../../src/metadata/records.ts'
import { produceApi } from '../../src/protocol/generated/00-produce.ts'
import { fetchApi } from '../../src/protocol/generated/01-fetch.ts'
import { metadataApi } from '../../src/protocol/generated/03-metadata.ts'
import { joinGroupApi } from '../../src/protocol/generated/11-join-group.ts'
import { createTopicsApi } from '../../src/protocol/generated/19-create-topics.ts'
import { encodeRequestFrame } from '../../src/protocol/header.ts'
import { openNativeLogStore } from '../../src/storage/native-log-store.ts'
import { RawConnection } from '../conformance/raw-connection.ts'
import { ask } from '../conformance/typed-request.ts'
import { batchOf } from '../storage/store-behaviour.ts'

let folder: string
let broker: Broker | undefined
const connections: RawConnection[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'odradek-serving-'))
})
afterEach(async () => {
  for (const connection of connections.splice(0)) connection.close()
  await broker?.stop()
  broker = undefined
  rmSync(folder, { recursive: true, force: true })
})

async function start(options: BrokerOptions = {}): Promise<number> {
  broker = await Broker.start({
    dataDir: join(folder, 'data'),
    listen: '127.0.0.1:0',
    ...options,
  })
  return broker.endpoints[0]?.port ?? 0
}

async function connect(port: number, host = '127.0.0.1'): Promise<RawConnection> {
  const connection = await RawConnection.open(port, host)
  connections.push(connection)
  return connection
}

async function createTopic(port: number): Promise<void> {
  const topic = { name: 'orders', numPartitions: 1, replicationFactor: -1 }
  const request = { topics: [{ ...topic, assignments: [], configs: [] }], timeoutMs: 5_000 }
  const { topics } = await ask(await connect(port), createTopicsApi, 5, request)
  expect(topics[0]?.errorCode).toBe(0)
}

test('who connects while the broker starts is served when it is ready', async () => {
  const port = await start()
  await createTopic(port)
  await broker?.stop()

  let open = (): void => {}
  const gate = new Promise<void>((resolve) => (open = resolve))
  let reached = (): void => {}
  const bound = new Promise<void>((resolve) => (reached = resolve))
  const restarted = start({
    listen: `127.0.0.1:${port}`,
    environment: {
      openStore: async (path, options) => {
        reached()
        await gate
        return openNativeLogStore(path, options)
      },
    },
  })
  await bound
  let answers = 0
  const counted = <T>(answer: Promise<T>): Promise<T> => answer.finally(() => answers++)
  const records = Buffer.from(batchOf([1]))
  const partitionData = [{ index: 0, records }]
  const produced = counted(
    ask(await connect(port), produceApi, 9, {
      acks: -1,
      timeoutMs: 5_000,
      topicData: [{ name: 'orders', partitionData }],
    }),
  )
  const fetched = counted(
    ask(await connect(port), fetchApi, 12, {
      maxWaitMs: 5_000,
      minBytes: 1,
      topics: [
        { topic: 'orders', partitions: [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 1e6 }] },
      ],
    }),
  )
  const described = counted(
    ask(await connect(port), metadataApi, 9, { topics: [{ name: 'orders' }] }),
  )
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(answers).toBe(0)
  open()
  await restarted
  expect((await produced).responses[0]?.partitionResponses[0]).toMatchObject({
    errorCode: 0,
    baseOffset: 0,
  })
  const partition = (await fetched).responses[0]?.partitions[0]
  expect(partition).toMatchObject({ errorCode: 0 })
  expect(partition?.records?.length).toBe(records.length)
  expect((await described).topics[0]).toMatchObject({ name: 'orders', errorCode: 0 })
})

const hasIpv6 = Object.values(networkInterfaces()).some((all) =>
  all?.some(({ address }) => address === '::1'),
)

test.each(['', '0.0.0.0'])('a listener of host "%s" is reached by both families', async (host) => {
  const port = await start({ listen: `${host}:0` })
  for (const address of hasIpv6 ? ['127.0.0.1', '::1'] : ['127.0.0.1']) {
    const { brokers } = await ask(await connect(port, address), metadataApi, 9, { topics: [] })
    expect(brokers).toMatchObject([{ host: address, port }])
  }
})

test('a clean stop names its registration, in the marker and in the log', async () => {
  await createTopic(await start())
  await broker?.stop()
  const marker = readFileSync(join(folder, 'data', '.kafka_cleanshutdown'), 'utf8')
  const log = readFileSync(join(folder, 'data', '__cluster_metadata-0', '00000000000000000000.log'))
  const records = decodeLog(log).batches.flatMap((batch) => batch.records)
  const registered = records.find((record) => record.name === 'RegisterBrokerRecord')
  if (registered?.name !== 'RegisterBrokerRecord') throw new Error('nobody registered')
  const { brokerEpoch } = registered.value
  expect(brokerEpoch).toBeGreaterThan(0)
  expect(marker).toBe(`{"version":0,"brokerEpoch":${brokerEpoch}}`)
  expect(records.at(-1)).toMatchObject({
    name: 'BrokerRegistrationChangeRecord',
    value: { brokerEpoch, fenced: 1 },
  })
})

test('100,000 requests behind a join that waits are not read, and cost nobody else', async () => {
  const requests = 100_000
  const port = await start({ configs: { 'group.initial.rebalance.delay.ms': '1500' } })
  // The first request of a group makes its topic, which is not what is looked at.
  const other = await connect(port)
  await ask(other, metadataApi, 9, { topics: [{ name: '__consumer_offsets' }] })

  const flood = await connect(port)
  const join = ask(flood, joinGroupApi, 2, {
    groupId: 'g',
    sessionTimeoutMs: 30_000,
    rebalanceTimeoutMs: 30_000,
    memberId: '',
    protocolType: 'consumer',
    protocols: [{ name: 'range', metadata: new Uint8Array(8) }],
  })
  const frame = encodeRequestFrame(metadataApi, 1, 7, 'x'.repeat(200), { topics: [] })
  const before = process.memoryUsage().rss
  flood.send(Buffer.concat(Array.from({ length: requests }, () => frame)))
  await new Promise((resolve) => setTimeout(resolve, 300))
  const taken = broker?.statistics()
  expect(taken?.requestsControl).toBeLessThan(10)
  expect(taken?.bytesIn).toBeLessThan(256 * 1024)
  // Another connection is served meanwhile.
  expect((await ask(other, metadataApi, 1, { topics: [] })).brokers).toHaveLength(1)
  // The frames lie in the test's own memory and in the sockets; none of them in the broker's.
  expect(process.memoryUsage().rss - before).toBeLessThan(3 * requests * frame.length)
  expect((await join).errorCode).toBe(0)
  for (let i = 0; i < 1_000; i++) expect((await flood.nextAnswer())?.readInt32BE(0)).toBe(7)
})

test('a log directory that failed works again in the next broker of the process', async () => {
  const paths = ['a', 'b'].map((name) => join(folder, name))
  const configs = { 'log.dirs': paths.join(','), 'log.segment.bytes': '1048576' }
  const options = { listen: '127.0.0.1:0', configs }
  broker = await Broker.start(options)
  let connection = await connect(broker.endpoints[0]?.port ?? 0)
  const topic = { name: 'orders', numPartitions: 2, replicationFactor: 1 }
  const topics = [{ ...topic, assignments: [], configs: [] }]
  await ask(connection, createTopicsApi, 5, { topics, timeoutMs: 5_000 })
  const produce = async (index: number): Promise<number | undefined> => {
    const records = Buffer.from(batchOf(Array.from({ length: 5_000 }, (_, i) => i)))
    const partitionData = [{ index, records }]
    const topicData = [{ name: 'orders', partitionData }]
    const request = { acks: -1, timeoutMs: 5_000, topicData }
    const { responses } = await ask(connection, produceApi, 9, request)
    return responses[0]?.partitionResponses[0]?.errorCode
  }
  expect([await produce(0), await produce(1)]).toEqual([0, 0])
  // Its next segment cannot be made where it should stand.
  renameSync(join(folder, 'b'), join(folder, 'elsewhere'))
  await expect.poll(() => produce(1), { timeout: 20_000, interval: 0 }).toBe(56)
  expect(await produce(0)).toBe(0)
  await broker.stop()
  renameSync(join(folder, 'elsewhere'), join(folder, 'b'))
  broker = await Broker.start(options)
  connection = await connect(broker.endpoints[0]?.port ?? 0)
  expect([await produce(0), await produce(1)]).toEqual([0, 0])
})
