import { CompressionTypes, type Consumer, Kafka, logLevel, type Producer } from 'kafkajs'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { BrokerProcess } from '../broker-process.ts'
import { eventually } from '../eventually.ts'
import { waitForRecords } from '../raw-requests.ts'

const partitions = 6
const records = 3_000
const keys = 40
const group = 'readers'

interface Consumed {
  readonly key: string
  readonly value: number
  readonly partition: number
}

describe('kafkajs', () => {
  let broker: BrokerProcess
  let kafka: Kafka
  const producers: Producer[] = []
  const consumers: Consumer[] = []

  beforeAll(async () => {
    broker = await BrokerProcess.start()
    // By default kafkajs gives up after five attempts, before a slow broker is back.
    const retry = { initialRetryTime: 100, maxRetryTime: 1_000, retries: 60 }
    kafka = new Kafka({ brokers: [broker.address], logLevel: logLevel.NOTHING, retry })
  })

  afterEach(async () => {
    await Promise.all([...producers, ...consumers].map((client) => client.disconnect()))
    producers.length = 0
    consumers.length = 0
  })

  afterAll(async () => {
    await broker?.dispose()
  })

  it('two consumers of a group share a topic, commit, and a third resumes', async () => {
    const topic = 'shared'
    await makeTopic(topic)
    const consumed: Consumed[] = []
    const [first, second] = [await join(topic, consumed), await join(topic, consumed)]
    await eventually('each consumer has three partitions', () =>
      [first, second].every((assigned) => assigned().length === 3),
    )

    await send(topic, 0, records / 2, CompressionTypes.None)
    await Promise.all([
      send(topic, records / 2, records, CompressionTypes.GZIP),
      broker.stop().then(() => broker.start()),
    ])
    await eventually('all is consumed', () => {
      return new Set(consumed.map((record) => record.value)).size === records
    })
    expectOrderPerKey(consumed)
    await Promise.all(consumers.splice(0).map((consumer) => consumer.disconnect()))

    await broker.stop()
    await broker.start()
    const resumed: Consumed[] = []
    const third = await join(topic, resumed)
    await eventually('the third has all partitions', () => third().length === partitions)
    await send(topic, records, records + 100, CompressionTypes.None)
    await eventually('the new records are consumed', () => resumed.length >= 100)
    const values = resumed.map((record) => record.value).sort((a, b) => a - b)
    expect(values).toEqual(Array.from({ length: 100 }, (_, i) => records + i))
  })

  it('an idempotent producer survives a kill without duplicates', async () => {
    const topic = 'once'
    await makeTopic(topic)
    const options = { idempotent: true, maxInFlightRequests: 1 }
    const killInTheMiddle = async () => {
      await waitForRecords(broker.port, topic, partitions, records / 10)
      await broker.kill()
      await broker.start()
    }
    await Promise.all([send(topic, 0, records, CompressionTypes.None, options), killInTheMiddle()])
    const consumed: Consumed[] = []
    await join(topic, consumed, 'once-readers')
    await eventually('all is consumed', () => consumed.length >= records)
    const values = consumed.map((record) => record.value).sort((a, b) => a - b)
    expect(values).toEqual(Array.from({ length: records }, (_, i) => i))
    expectOrderPerKey(consumed)
  })

  async function withAdmin<T>(work: (admin: ReturnType<Kafka['admin']>) => Promise<T>): Promise<T> {
    const admin = kafka.admin()
    await admin.connect()
    try {
      return await work(admin)
    } finally {
      await admin.disconnect()
    }
  }

  async function makeTopic(topic: string): Promise<void> {
    await withAdmin((admin) =>
      admin.createTopics({ topics: [{ topic, numPartitions: partitions }] }),
    )
  }

  /** Sends the numbers as values, twenty records a request, one request after the other. */
  async function send(
    topic: string,
    from: number,
    to: number,
    compression: CompressionTypes,
    options: Parameters<Kafka['producer']>[0] = {},
  ): Promise<void> {
    const producer = kafka.producer(options)
    producers.push(producer)
    await producer.connect()
    for (let n = from; n < to; n += 20) {
      const numbers = Array.from({ length: Math.min(20, to - n) }, (_, i) => n + i)
      const messages = numbers.map((m) => ({ key: `key-${m % keys}`, value: String(m) }))
      await producer.send({ topic, messages, compression })
    }
  }

  /**
   * Starts a group consumer that adds what it gets to `consumed` and commits it. Returns a function
   * that tells its partitions.
   */
  async function join(
    topic: string,
    consumed: Consumed[],
    groupId = group,
  ): Promise<() => readonly number[]> {
    // A consumer that reconnects to a restarted broker joins anew, and its old self has to expire.
    const consumer = kafka.consumer({ groupId, sessionTimeout: 8_000, heartbeatInterval: 1_000 })
    consumers.push(consumer)
    let assigned: readonly number[] = []
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
      assigned = payload.memberAssignment[topic] ?? []
    })
    await consumer.connect()
    await consumer.subscribe({ topic, fromBeginning: true })
    await consumer.run({
      eachMessage: async ({ partition, message }) => {
        consumed.push({
          key: message.key?.toString() ?? '',
          value: Number(message.value?.toString()),
          partition,
        })
      },
    })
    return () => assigned
  }

  /** For the first time, the records of a key come in the order in which they were sent. */
  function expectOrderPerKey(consumed: readonly Consumed[]): void {
    const newest = new Map<string, number>()
    const seen = new Set<number>()
    for (const { key, value } of consumed) {
      if (seen.has(value)) continue
      seen.add(value)
      expect(value).toBeGreaterThan(newest.get(key) ?? -1)
      newest.set(key, value)
    }
  }
})
