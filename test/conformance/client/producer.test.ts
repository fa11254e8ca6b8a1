/** The producer against a broker: ours, and with CONFORMANCE_TARGET=kafka Apache Kafka. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Admin } from '../../../src/client/admin/admin.ts'
import type { Cluster } from '../../../src/client/network/cluster.ts'
import { Producer } from '../../../src/client/producer/producer.ts'
import type { ProducerOptions } from '../../../src/client/producer/producer-options.ts'
import { SendError } from '../../../src/client/producer/send-error.ts'
import { loadCodec } from '../../../src/compression/index.ts'
import { crc32c } from '../../../src/protocol/crc32c.ts'
import { fetchApi } from '../../../src/protocol/generated/01-fetch.ts'
import { BatchReader, batchBytesAt } from '../../../src/record/batch-reader.ts'
import { serializers } from '../../../src/record/serializer.ts'
import { clusterAt } from '../../client/network/cluster-fixture.ts'
import { BrokerProcess } from '../broker-process.ts'

let broker: BrokerProcess
let admin: Admin
let cluster: Cluster

beforeAll(async () => {
  broker = await BrokerProcess.start()
  admin = new Admin({ bootstrapServers: broker.address })
  cluster = clusterAt([{ host: '127.0.0.1', port: broker.port }], { requestTimeoutMs: 20_000 })
})
afterAll(async () => {
  cluster?.close()
  await admin?.close()
  await broker?.dispose()
})

let names = 0
async function topicWith(
  partitions: number,
  configs: Record<string, string> = {},
): Promise<string> {
  const name = `topic-${names++}`
  await admin.createTopics([{ name, partitions, replicationFactor: 1, configs }])
  await cluster.awaitTopic(name, 10_000)
  return name
}

function producerWith<K, V>(options: Partial<ProducerOptions<K, V>> = {}): Producer<K, V> {
  return new Producer<K, V>({ bootstrapServers: broker.address, ...options })
}

interface Stored {
  readonly offset: number
  readonly timestamp: number
  readonly key: string | undefined
  readonly value: string | undefined
  readonly headers: readonly (readonly [string, string | undefined])[]
}

/** Everything of a partition, read without the client's consumer. */
async function stored(topic: string, partition = 0): Promise<Stored[]> {
  const response = await cluster.call(
    1,
    fetchApi,
    {
      replicaId: -1,
      maxWaitMs: 100,
      minBytes: 1,
      maxBytes: 1 << 26,
      isolationLevel: 0,
      topics: [
        {
          topic,
          partitions: [
            { partition, fetchOffset: 0, logStartOffset: -1, partitionMaxBytes: 1 << 26 },
          ],
        },
      ],
    },
    { versionMax: 11 },
  )
  const bytes = Buffer.from(response.responses[0]?.partitions[0]?.records ?? [])
  const reader = new BatchReader()
  const records: Stored[] = []
  for (let at = 0, size = 0; ; at += size) {
    size = batchBytesAt(bytes, at)
    if (size <= 0) return records
    if (!reader.open(bytes, at, crc32c)) throw new Error(`${reader.error}`)
    if (reader.codec !== 0) {
      const codec = await loadCodec(reader.codec)
      reader.openRecords(Buffer.from(codec.decompress(reader.storedRecords(), 1 << 26)))
    }
    while (reader.next()) {
      const { offset, timestamp, key, value, headers } = reader
      records.push({
        offset,
        timestamp,
        key: key?.toString(),
        value: value?.toString(),
        headers: headers.map((header) => [header.key, header.value?.toString()]),
      })
    }
  }
}

describe('a record', () => {
  test('is stored as it was sent, and where it was told', async () => {
    const topic = await topicWith(1)
    const producer = producerWith()
    const timestamp = Date.now() - 5000
    const headers = [
      ['a', '1'],
      ['a', null],
      ['b', Buffer.from('2')],
    ] as const
    const metadata = await producer.send({
      topic,
      key: 'k\u00fc',
      value: '\u{1f600}',
      headers,
      timestamp,
    })
    expect(metadata).toEqual({ topic, partition: 0, offset: 0, timestamp })
    await producer.send({ topic, value: null })
    await producer.close()
    expect(await stored(topic)).toMatchObject([
      {
        offset: 0,
        timestamp,
        key: 'kü',
        value: '\u{1f600}',
        headers: [
          ['a', '1'],
          ['a', undefined],
          ['b', '2'],
        ],
      },
      { offset: 1, key: undefined, value: undefined, headers: [] },
    ])
  })

  test('gets the append time where the topic stamps it', async () => {
    const topic = await topicWith(1, { 'message.timestamp.type': 'LogAppendTime' })
    const producer = producerWith()
    const before = Date.now()
    const { timestamp } = await producer.send({ topic, value: 'v', timestamp: 5 })
    expect(timestamp).toBeGreaterThanOrEqual(before)
    await producer.close()
  })

  test('is serialised', async () => {
    const topic = await topicWith(1)
    const producer = producerWith({
      keySerializer: serializers.string,
      valueSerializer: serializers.json,
    })
    await producer.send({ topic, key: 'k', value: { a: [1] } })
    await producer.close()
    expect(await stored(topic)).toMatchObject([{ key: 'k', value: '{"a":[1]}' }])
  })

  test('for a topic that does not exist makes it, or says that it is not there', async () => {
    const producer = producerWith({ maxBlockMs: 4_000 })
    const metadata = await producer.send({ topic: `made-${Date.now()}`, value: 'v' })
    expect(metadata).toMatchObject({ offset: 0 })
    await expect(producer.send({ topic: 'no/name', value: 'v' })).rejects.toMatchObject({
      code: 'INVALID_TOPIC_EXCEPTION',
    })
    await producer.close()
  })
})

describe('many records', () => {
  test.each(['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const)(
    'keep their order in every partition, with codec %s',
    async (compressionType) => {
      const topic = await topicWith(3)
      const producer = producerWith({ compressionType, batchSize: 20_000 })
      const records = Array.from({ length: 3000 }, (_, i) => ({
        topic,
        key: `key-${i % 7}`,
        value: `${i}`.padEnd(50, '.'),
      }))
      const sends = [0, 1, 2].map((third) =>
        producer.send(records.slice(third * 1000, third * 1000 + 1000)),
      )
      const results = (await Promise.all(sends)).flat()
      await producer.close()
      for (let partition = 0; partition < 3; partition++) {
        const expected = results.flatMap((at, i) =>
          at.partition === partition ? [[at.offset, records[i]?.value]] : [],
        )
        const found = await stored(topic, partition)
        expect(found.map(({ offset, value }) => [offset, value])).toEqual(expected)
      }
    },
  )

  test('of enqueue are all there after a flush', async () => {
    const topic = await topicWith(2)
    let reported = 0
    const producer = producerWith({
      bufferMemory: 200_000,
      batchSize: 30_000,
      onDelivery: ({ recordsCount, error }) => {
        if (error === null) reported += recordsCount
      },
    })
    for (let i = 0; i < 10_000; i++) {
      while (!producer.enqueue({ topic, value: `${i}`.padEnd(100) })) await producer.ready()
    }
    await producer.flush()
    expect(reported).toBe(10_000)
    const all = [...(await stored(topic, 0)), ...(await stored(topic, 1))]
    expect(new Set(all.map(({ value }) => Number(value))).size).toBe(10_000)
    expect(producer.statistics()).toMatchObject({ records: 10_000, bufferBytes: 0 })
    await producer.close()
  })

  test('that are too large for the topic are told apart from those that are not', async () => {
    const topic = await topicWith(1, { 'max.message.bytes': '5000' })
    const producer = producerWith()
    const records = ['a'.repeat(2000), 'b'.repeat(8000), 'c'.repeat(2000), 'd'.repeat(2000)]
    const failure = await producer.send(records.map((value) => ({ topic, value }))).catch((e) => e)
    expect(failure).toBeInstanceOf(SendError)
    const codes = (failure as SendError).results.map((one) => ('code' in one ? one.code : 'stored'))
    expect(codes).toEqual(['stored', 'MESSAGE_TOO_LARGE', 'stored', 'stored'])
    await expect(producer.send({ topic, value: 'after' })).resolves.toMatchObject({ offset: 3 })
    await producer.close()
    expect((await stored(topic)).map(({ value }) => value?.[0])).toEqual(['a', 'c', 'd', 'a'])
  })
})

describe('acks', () => {
  test.each([0, 1, 'all'] as const)('%s', async (acks) => {
    const topic = await topicWith(1)
    const producer = producerWith({ acks })
    const { offset } = await producer.send({ topic, value: 'v' })
    expect(offset).toBe(acks === 0 ? -1 : 0)
    await producer.close()
    await expect.poll(async () => (await stored(topic)).length, { timeout: 10_000 }).toBe(1)
  })
})

describe('a broker that is killed while records are under way', () => {
  test('has each of them once and in order when it is back', async () => {
    const topic = await topicWith(2)
    const producer = producerWith({ batchSize: 3_000, partitioner: 'round-robin' })
    let sent = 0
    let isOver = false
    const results: {
      readonly value: number
      readonly partition: number
      readonly offset: number
    }[] = []
    const loop = async (): Promise<void> => {
      while (!isOver) {
        const value = sent++
        const { partition, offset } = await producer.send({ topic, value: `${value}`.padEnd(50) })
        results.push({ value, partition, offset })
      }
    }
    const loops = Array.from({ length: 200 }, () => loop())
    for (let times = 0; times < 2; times++) {
      const before = results.length
      await expect.poll(() => results.length, { timeout: 30_000 }).toBeGreaterThan(before + 2_000)
      await broker.kill()
      await broker.start()
    }
    const before = results.length
    await expect.poll(() => results.length, { timeout: 30_000 }).toBeGreaterThan(before + 500)
    isOver = true
    await Promise.all(loops)
    await producer.close()
    expect(results).toHaveLength(sent)
    for (const partition of [0, 1]) {
      const values = (await stored(topic, partition)).map(({ value }) => Number(value))
      const mine = results.filter((one) => one.partition === partition)
      expect(values).toHaveLength(mine.length)
      expect(values).toEqual(values.toSorted((a, b) => a - b))
      // A batch that was stored and not answered is told without its offset.
      for (const { value, offset } of mine) if (offset >= 0) expect(values[offset]).toBe(value)
    }
  }, 120_000)
})
