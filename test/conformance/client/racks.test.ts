/** A consumer reads from the replica of its rack: two nodes of Apache Kafka. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { Admin } from '../../../src/client/admin/admin.ts'
import { Consumer } from '../../../src/client/consumer/consumer.ts'
import { type RequestEvent, requestChannelName } from '../../../src/client/network/request-log.ts'
import { Producer } from '../../../src/client/producer/producer.ts'
import { hasKafka } from '../apache-kafka/reference.ts'
import type { BrokerProcess } from '../broker-process.ts'
import { kafkaPair } from './two-kafkas.ts'

const topic = 'replicated'
const clientId = 'reader'

describe.skipIf(!hasKafka())('a rack with a replica', () => {
  /** The leader's node, in rack `east`; the follower's, in rack `west`. */
  let east: BrokerProcess
  let west: BrokerProcess
  let admin: Admin
  let producer: Producer<string, string>
  let consumer: Consumer<Buffer, string> | undefined
  /** Brokers that the consumer has fetched from, in order. */
  const fetched: string[] = []

  const listen = (message: unknown): void => {
    const { clientId: who, api, broker, error } = message as RequestEvent
    if (who === clientId && api === 'Fetch' && error === undefined) fetched.push(broker)
  }

  beforeAll(async () => {
    const pair = await kafkaPair()
    east = pair.first
    west = pair.second
    admin = new Admin({ bootstrapServers: east.address })
    await vi.waitFor(async () => expect((await admin.describeCluster()).brokers).toHaveLength(2), {
      timeout: 30_000,
    })
    await admin.createTopics([{ name: topic, assignments: [[1, 2]] }])
    producer = new Producer({ bootstrapServers: east.address, acks: 'all' })
    subscribe(requestChannelName, listen)
  })
  beforeEach(() => {
    fetched.length = 0
  })
  afterEach(async () => {
    await consumer?.close()
    consumer = undefined
  })
  afterAll(async () => {
    unsubscribe(requestChannelName, listen)
    await producer?.close()
    await admin?.close()
    await west?.dispose()
    await east?.dispose()
  })

  function consumerOf(clientRack?: string): Consumer<Buffer, string> {
    consumer = new Consumer<Buffer, string>({
      bootstrapServers: east.address,
      clientId,
      autoOffsetReset: 'latest',
      valueDeserializer: (bytes) => String(bytes),
      ...(clientRack === undefined ? {} : { clientRack }),
    })
    consumer.assign([{ topic, partition: 0 }])
    return consumer
  }

  /** Sends one record at a time until `count` came; what came, and who was asked for the last. */
  async function readAlong(
    from: Consumer<Buffer, string>,
    count: number,
  ): Promise<{ values: string[]; source: string | undefined }> {
    await from.position({ topic, partition: 0 })
    const values: string[] = []
    for (let i = 0; values.length < count; i++) {
      await producer.send({ topic, value: `v${i}` })
      while (values.length <= i) {
        for (const { value } of await from.poll({ timeoutMs: 10_000 })) values.push(String(value))
      }
    }
    return { values, source: fetched.at(-1) }
  }

  const expected = (count: number) => Array.from({ length: count }, (_, i) => `v${i}`)

  test('is read from, wherever the leader is', async () => {
    const { values, source } = await readAlong(consumerOf('west'), 20)
    expect(values).toEqual(expected(20))
    expect(source).toBe(west.address)
    expect(new Set(fetched)).toEqual(new Set([east.address, west.address]))
  })

  test('is not asked for by a consumer without a rack, or of one without a replica', async () => {
    for (const rack of [undefined, 'north']) {
      const { values } = await readAlong(consumerOf(rack), 5)
      expect(values).toEqual(expected(5))
      expect(new Set(fetched)).toEqual(new Set([east.address]))
      await consumer?.close()
    }
  })

  test('that goes away loses nothing: the leader is asked again', async () => {
    const reader = consumerOf('west')
    const before = await readAlong(reader, 5)
    expect(before.source).toBe(west.address)
    await west.kill()
    const after = await readAlong(reader, 5)
    expect(after.values).toEqual(expected(5))
    expect(after.source).toBe(east.address)
    await west.start()
  })
})
