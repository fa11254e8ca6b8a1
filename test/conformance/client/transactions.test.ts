/**
 * The consumer and transactions, which our broker does not have yet: Apache Kafka's, always.
 * Another client writes them.
 */
import { CompressionTypes, Kafka, logLevel, type Producer, type Transaction } from 'kafkajs'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { Admin } from '../../../src/client/admin/admin.ts'
import { Consumer } from '../../../src/client/consumer/consumer.ts'
import { deserializers } from '../../../src/record/serializer.ts'
import { hasKafka, jars } from '../apache-kafka/reference.ts'
import { BrokerProcess } from '../broker-process.ts'
import { kafkaTarget } from '../broker-target.ts'

type Isolation = 'read_uncommitted' | 'read_committed'

describe.skipIf(!hasKafka())('transactions of Apache Kafka', () => {
  let broker: BrokerProcess
  let admin: Admin
  let producer: Producer
  let names = 0
  const open: { close(): Promise<void> }[] = []

  beforeAll(async () => {
    broker = await BrokerProcess.start({ target: kafkaTarget(jars) })
    admin = new Admin({ bootstrapServers: broker.address })
    const kafka = new Kafka({ brokers: [broker.address], logLevel: logLevel.NOTHING })
    producer = kafka.producer({ transactionalId: 'writer', maxInFlightRequests: 1 })
    await producer.connect()
  })
  afterEach(async () => {
    await Promise.all(open.splice(0).map((consumer) => consumer.close()))
  })
  afterAll(async () => {
    await producer?.disconnect()
    await admin?.close()
    await broker?.dispose()
  })

  async function newTopic(): Promise<string> {
    const name = `transactions-${names++}`
    await admin.createTopics([{ name, partitions: 1, replicationFactor: 1 }])
    return name
  }

  function consumerOf(topic: string, isolationLevel: Isolation): Consumer<string, string> {
    const consumer = new Consumer<string, string>({
      bootstrapServers: broker.address,
      isolationLevel,
      autoOffsetReset: 'earliest',
      keyDeserializer: deserializers.string,
      valueDeserializer: deserializers.string,
    })
    consumer.assign([{ topic, partition: 0 }])
    open.push(consumer)
    return consumer
  }

  /** Sends values to the one partition, in a batch of their own. */
  async function send(
    to: Producer | Transaction,
    topic: string,
    values: readonly string[],
    compression = CompressionTypes.None,
  ): Promise<void> {
    const messages = values.map((value) => ({ key: 'k', value, partition: 0 }))
    await to.send({ topic, messages, compression })
  }

  async function transaction(
    topic: string,
    values: readonly string[],
    end: 'commit' | 'abort',
    compression?: CompressionTypes,
  ): Promise<void> {
    const one = await producer.transaction()
    await send(one, topic, values, compression)
    await one[end]()
  }

  /** The values up to and with `last`. */
  async function valuesUpTo(consumer: Consumer<string, string>, last: string): Promise<string[]> {
    const values: string[] = []
    for await (const { value } of consumer) {
      values.push(String(value))
      if (value === last) break
    }
    return values
  }

  /** All values that a consumer gets in a second. */
  async function valuesNow(consumer: Consumer<string, string>): Promise<string[]> {
    const values: string[] = []
    const end = performance.now() + 1_000
    while (performance.now() < end) {
      for (const { value } of await consumer.poll({ timeoutMs: 100 })) values.push(String(value))
    }
    return values
  }

  test('read_committed gets what was committed, read_uncommitted all', async () => {
    const topic = await newTopic()
    await transaction(topic, ['a0', 'a1'], 'abort')
    await transaction(topic, ['c0', 'c1'], 'commit')
    await transaction(topic, ['a2', 'a3'], 'abort', CompressionTypes.GZIP)
    await transaction(topic, ['c2', 'c3'], 'commit', CompressionTypes.GZIP)
    const all = ['a0', 'a1', 'c0', 'c1', 'a2', 'a3', 'c2', 'c3']
    const [committed, uncommitted] = [
      consumerOf(topic, 'read_committed'),
      consumerOf(topic, 'read_uncommitted'),
    ]
    expect(await valuesUpTo(committed, 'c3')).toEqual(['c0', 'c1', 'c2', 'c3'])
    expect(await valuesUpTo(uncommitted, 'c3')).toEqual(all)
  })

  test('an open transaction holds back what follows, until its end', async () => {
    const topic = await newTopic()
    await transaction(topic, ['c0'], 'commit')
    const undecided = await producer.transaction()
    await send(undecided, topic, ['u0'])
    const kafka = new Kafka({ brokers: [broker.address], logLevel: logLevel.NOTHING })
    const plain = kafka.producer()
    await plain.connect()
    await send(plain, topic, ['p0'])
    const committed = consumerOf(topic, 'read_committed')
    expect(await valuesNow(committed)).toEqual(['c0'])
    expect(await valuesNow(consumerOf(topic, 'read_uncommitted'))).toEqual(['c0', 'u0', 'p0'])
    await undecided.abort()
    expect(await valuesUpTo(committed, 'p0')).toEqual(['p0'])
    await plain.disconnect()
  })

  test('the position passes markers and aborted records, so that the lag ends at 0', async () => {
    const topic = await newTopic()
    await transaction(topic, ['c0'], 'commit')
    await transaction(topic, ['a0', 'a1'], 'abort')
    const consumer = consumerOf(topic, 'read_committed')
    expect(await valuesNow(consumer)).toEqual(['c0'])
    // c0, its marker, a0, a1, their marker.
    expect(await consumer.position({ topic, partition: 0 })).toBe(5)
    expect(consumer.lag({ topic, partition: 0 })).toBe(0)
  })

  test('for read_committed a topic ends at its last stable offset', async () => {
    const topic = await newTopic()
    await transaction(topic, ['c0'], 'commit')
    const undecided = await producer.transaction()
    await send(undecided, topic, ['u0', 'u1'])
    const ends = (level: Isolation) =>
      consumerOf(topic, level).endOffsets([{ topic, partition: 0 }])
    expect(await ends('read_committed')).toEqual([2])
    expect(await ends('read_uncommitted')).toEqual([4])
    await undecided.commit()
    expect(await ends('read_committed')).toEqual([5])
  })
})
