/** The producer behind a network that fails, with our broker or CONFORMANCE_TARGET=kafka. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { randomBelow, seededRandom } from '../../../../src/base/random.ts'
import { Admin } from '../../../../src/client/admin/admin.ts'
import { BufferError, ClosedError, TimeoutError } from '../../../../src/client/error.ts'
import type { Cluster } from '../../../../src/client/network/cluster.ts'
import type { DeliveryReport } from '../../../../src/client/producer/delivery-report.ts'
import { Producer } from '../../../../src/client/producer/producer.ts'
import type { ProducerOptions } from '../../../../src/client/producer/producer-options.ts'
import { produceApi } from '../../../../src/protocol/generated/00-produce.ts'
import { metadataApi } from '../../../../src/protocol/generated/03-metadata.ts'
import { initProducerIdApi } from '../../../../src/protocol/generated/22-init-producer-id.ts'
import { clusterAt } from '../../../client/network/cluster-fixture.ts'
import { eventually } from '../../eventually.ts'
import { hasSince } from '../kafka-version.ts'
import type { Fault } from './proxied-connection.ts'
import { cuts, ProxiedTests, seed } from './proxied-tests.ts'
import { type StoredRecord, storedIn } from './stored-records.ts'

const here = new ProxiedTests<Producer<never, never>>((producer) =>
  producer.close({ timeoutMs: 5_000 }).catch(() => {}),
)
let admin: Admin
let cluster: Cluster

beforeAll(() => {
  const { proxy } = here
  admin = new Admin({ bootstrapServers: proxy.address })
  cluster = clusterAt([{ host: '127.0.0.1', port: proxy.port }])
})
afterAll(async () => {
  cluster?.close()
  await admin?.close()
})

async function topicWith(partitions: number): Promise<string> {
  const name = here.fresh('topic')
  await admin.createTopics([{ name, partitions, replicationFactor: 1 }])
  await cluster.awaitTopic(name, 10_000)
  return name
}

function producerOf(options: Partial<ProducerOptions> = {}): Producer {
  const { address } = here.proxy
  const producer = new Producer({ bootstrapServers: address, retryBackoffMs: 20, ...options })
  here.open.push(producer as unknown as Producer<never, never>)
  return producer
}

async function numbersIn(topic: string, partition = 0): Promise<number[]> {
  return (await storedIn(cluster, topic, partition)).map(({ value }) => Number(value))
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i)
}

/** Sends numbers, so many at a time, until `isOver`; returns those with an acknowledgement. */
async function stream(
  producer: Producer,
  topic: string,
  width: number,
  isOver: () => boolean,
): Promise<{ readonly sent: number; readonly acknowledged: ReadonlyMap<number, number> }> {
  const acknowledged = new Map<number, number>()
  let sent = 0
  const loop = async (): Promise<void> => {
    while (!isOver()) {
      const value = sent++
      const { partition } = await producer.send({ topic, value: `${value}`.padEnd(80) })
      acknowledged.set(value, partition)
    }
  }
  await Promise.all(Array.from({ length: width }, loop))
  return { sent, acknowledged }
}

/** Cuts Produce requests at random: one of `oneIn`. */
function cutAtRandom(oneIn: number, kinds: readonly Fault[] = cuts): { readonly hits: number } {
  const random = seededRandom(seed)
  const counts = { hits: 0 }
  here.proxy.choose(({ api }) => {
    if (api !== produceApi.key || randomBelow(random, oneIn) > 0) return undefined
    counts.hits++
    return kinds[randomBelow(random, kinds.length)]
  })
  return counts
}

describe('connections that are cut at random moments', () => {
  test('lose, repeat and reorder nothing with five requests in flight', async () => {
    const topic = await topicWith(4)
    const faults = cutAtRandom(12)
    const producer = producerOf({ batchSize: 1_000, partitioner: 'round-robin', maxInFlight: 5 })
    const { sent, acknowledged } = await stream(producer, topic, 150, () => faults.hits >= 40)
    expect(acknowledged.size).toBe(sent)
    await here.proxy.heal()
    for (const partition of upTo(4)) {
      const mine = [...acknowledged].filter(([, at]) => at === partition).map(([value]) => value)
      const values = await numbersIn(topic, partition)
      expect(values).toEqual(mine.toSorted((a, b) => a - b))
    }
    expect(producer.statistics()).toMatchObject({ records: sent, failedRecords: 0 })
  })

  test('lose and reorder nothing without idempotence and one request in flight', async () => {
    const topic = await topicWith(1)
    const faults = cutAtRandom(8)
    const options = { acks: 1, maxInFlight: 1, batchSize: 1_000 } as const
    const { sent } = await stream(producerOf(options), topic, 50, () => faults.hits >= 15)
    await here.proxy.heal()
    // With acks 1 the answer does not wait for the flush, and readers do.
    await eventually('all are readable', async () => new Set(await numbersIn(topic)).size >= sent)
    const values = await numbersIn(topic)
    // What was stored before its answer got lost is there twice, and nothing else is.
    const first = [...new Set(values)]
    expect(first).toEqual(upTo(sent))
    expect(values.length).toBeGreaterThanOrEqual(sent)
  })

  test('lose what they had on the way with acks 0, and nothing that comes later', async () => {
    const topic = await topicWith(1)
    const producer = producerOf({ acks: 0 })
    const cut = here.proxy.inject({ kind: 'cut-before' }, { api: produceApi, after: 1 })
    for (const value of upTo(20)) {
      await producer.send({ topic, value: `${value}` })
      if (value === 2) await cut.hit
    }
    await here.proxy.heal()
    const last = 20
    await producer.send({ topic, value: `${last}` })
    await eventually('the last record is stored', async () => (await numbersIn(topic)).includes(20))
    const values = await numbersIn(topic)
    expect(values).toEqual(upTo(21).filter((value) => values.includes(value)))
    expect(values).not.toContain(1)
    expect(values.length).toBeGreaterThan(10)
  })

  test('do not keep a producer from getting its id', async () => {
    const topic = await topicWith(1)
    const { proxy } = here
    for (const fault of cuts) proxy.inject(fault, { api: initProducerIdApi })
    const metadata = await producerOf().send({ topic, value: '0' })
    expect(metadata.offset).toBe(0)
    expect(proxy.count(initProducerIdApi)).toBeGreaterThan(4)
  })
})

describe('a broker that goes and comes back', () => {
  test.each(['kill', 'stop'] as const)(
    'after a %s has each record once and in order, under the leader epoch of then',
    async (way) => {
      const { broker } = here
      const topic = await topicWith(2)
      const producer = producerOf({ batchSize: 2_000, partitioner: 'round-robin' })
      const before = await cluster.awaitTopic(topic, 10_000)
      let isOver = false
      const streamed = stream(producer, topic, 100, () => isOver)
      await eventually('records come', () => producer.statistics().records > 1_000)
      await broker[way]()
      await broker.start()
      const { records } = producer.statistics()
      await eventually('records come again', () => producer.statistics().records > records + 500)
      isOver = true
      const { sent, acknowledged } = await streamed
      expect(acknowledged.size).toBe(sent)
      await cluster.refresh()
      const after = await cluster.awaitTopic(topic, 10_000)
      for (const partition of [0, 1]) {
        const epochs = [before, after].map((info) => info.partitions[partition]?.leaderEpoch ?? -1)
        const [older = -1, newer = -1] = epochs
        // Ours leads in the same epoch after a stop (docs/differences.md), and Apache Kafka of
        // before 4.0 after a kill.
        const isOurs = broker.target.name === 'odradek'
        const isKept = way === 'stop' ? isOurs : !hasSince(4, 0)
        if (isKept) expect(newer).toBe(older)
        else expect(newer).toBeGreaterThan(older)
        const all = await storedIn(cluster, topic, partition)
        expect(new Set(all.map(({ leaderEpoch }) => leaderEpoch))).toEqual(new Set(epochs))
        const mine = [...acknowledged].filter(([, at]) => at === partition).map(([value]) => value)
        expect(all.map(({ value }) => Number(value))).toEqual(mine.toSorted((a, b) => a - b))
      }
    },
  )

  test('is found again by its bootstrap address when nobody listens for a while', async () => {
    const topic = await topicWith(1)
    const { proxy } = here
    const producer = producerOf()
    await producer.send({ topic, value: '0' })
    proxy.refuse()
    proxy.cut()
    const sent = producer.send({ topic, value: '1' })
    setTimeout(() => void proxy.accept(), 1_500)
    expect(await sent).toMatchObject({ offset: 1 })
  })
})

describe('a slow broker', () => {
  test('is given up after requestTimeoutMs; what it did all the same is there once', async () => {
    const topic = await topicWith(1)
    const { proxy } = here
    const producer = producerOf({ requestTimeoutMs: 400 })
    await producer.send({ topic, value: '0' })
    const slow = proxy.inject({ kind: 'delay', ms: 1_000 }, { api: produceApi })
    const begun = performance.now()
    await producer.send({ topic, value: '1' })
    expect(slow.hits).toBe(1)
    expect(performance.now() - begun).toBeGreaterThan(390)
    expect(await numbersIn(topic)).toEqual([0, 1])
    expect(producer.statistics().retries).toBe(1)
  })

  test('that drips is waited for', async () => {
    const topic = await topicWith(1)
    const { proxy } = here
    const producer = producerOf()
    proxy.bytesPerSecond = 2_000
    const sends = upTo(20).map((value) => producer.send({ topic, value: `${value}` }))
    await Promise.all(sends)
    await proxy.heal()
    expect(await numbersIn(topic)).toEqual(upTo(20))
  })

  test('fails what deliveryTimeoutMs is over for, and stores what comes later', async () => {
    const topic = await topicWith(1)
    const { proxy } = here
    const times = { requestTimeoutMs: 500, deliveryTimeoutMs: 900 }
    const producer = producerOf(times)
    await producer.send({ topic, value: '0' })
    const begun = performance.now()
    proxy.inject({ kind: 'stall' }, { api: produceApi, times: Infinity })
    const error = await producer.send({ topic, value: '1' }).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(TimeoutError)
    expect(error).toMatchObject({ code: 'REQUEST_TIMED_OUT', retriable: true })
    expect(performance.now() - begun).toBeGreaterThan(850)
    expect(performance.now() - begun).toBeLessThan(3_000)
    await proxy.heal()
    await Promise.all([2, 3, 4].map((value) => producer.send({ topic, value: `${value}` })))
    const records: readonly StoredRecord[] = await storedIn(cluster, topic, 0)
    expect(records.map(({ value }) => Number(value))).toEqual([0, 2, 3, 4])
    // The gap in the sequences is left behind by the next epoch of the producer.
    const epochs = records.map(({ producerEpoch }) => producerEpoch)
    expect(epochs.at(-1)).toBe((epochs[0] ?? 0) + 1)
  })

  test('may have stored what has expired, and later records come behind it', async () => {
    const topic = await topicWith(1)
    const { proxy } = here
    const producer = producerOf({ requestTimeoutMs: 400, deliveryTimeoutMs: 600 })
    await producer.send({ topic, value: '0' })
    proxy.inject({ kind: 'cut-after' }, { api: produceApi })
    proxy.inject({ kind: 'stall' }, { api: produceApi, after: 1, times: 2 })
    const first = producer.send({ topic, value: '1' })
    await expect(first).rejects.toMatchObject({ retriable: true })
    await proxy.heal()
    await Promise.all([2, 3].map((value) => producer.send({ topic, value: `${value}` })))
    expect(await numbersIn(topic)).toEqual([0, 1, 2, 3])
  })

  test('that tells nothing of a topic is waited for as long as maxBlockMs', async () => {
    const { proxy } = here
    const topic = await topicWith(1)
    const stall = proxy.inject({ kind: 'stall' }, { api: metadataApi, times: Infinity })
    const producer = producerOf({ maxBlockMs: 700, requestTimeoutMs: 300 })
    const begun = performance.now()
    const error = await producer.send({ topic, value: '0' }).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'REQUEST_TIMED_OUT', retriable: true })
    expect(performance.now() - begun).toBeLessThan(3_000)
    expect(stall.hits).toBeGreaterThan(0)
    await proxy.heal()
    expect(await producer.send({ topic, value: '1' })).toMatchObject({ offset: 0 })
  })
})

describe('a full buffer', () => {
  const small = { bufferMemory: 20_000, batchSize: 5_000, requestTimeoutMs: 400 } as const

  test('makes send wait for maxBlockMs, and then says so', async () => {
    const topic = await topicWith(1)
    const { proxy } = here
    const producer = producerOf({ ...small, maxBlockMs: 500, requestTimeoutMs: 30_000 })
    await producer.send({ topic, value: '0' })
    const stall = proxy.inject({ kind: 'stall' }, { api: produceApi, times: Infinity })
    const sends = upTo(40).map((value) => producer.send({ topic, value: `${value}`.padEnd(1_000) }))
    const settled = Promise.allSettled(sends)
    await stall.hit
    const error = await sends.at(-1)?.catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(BufferError)
    expect(error).toMatchObject({ code: 'REQUEST_TIMED_OUT', retriable: true })
    await proxy.heal()
    const outcomes = await settled
    const kept = upTo(40).filter((value) => outcomes[value]?.status === 'fulfilled')
    expect(kept.length).toBeGreaterThan(5)
    expect(kept.length).toBeLessThan(40)
    expect((await numbersIn(topic)).slice(1)).toEqual(kept)
  })

  test('makes enqueue say no until ready(), and loses nothing that it took', async () => {
    const topic = await topicWith(1)
    const { proxy } = here
    const producer = producerOf(small)
    await producer.send({ topic, value: '0' })
    const stall = proxy.inject({ kind: 'stall' }, { api: produceApi, times: Infinity })
    let taken = 1
    while (producer.enqueue({ topic, value: `${taken}`.padEnd(1_000) })) taken++
    expect(taken).toBeGreaterThan(5)
    expect(producer.enqueue({ topic, value: 'no' })).toBe(false)
    let isReady = false
    const ready = producer.ready().then(() => {
      isReady = true
    })
    await stall.hit
    expect(isReady).toBe(false)
    await proxy.heal()
    await ready
    expect(producer.enqueue({ topic, value: `${taken}` })).toBe(true)
    await producer.flush()
    expect(await numbersIn(topic)).toEqual(upTo(taken + 1))
  })

  test('tells of what enqueue lost: in reports, and by the next flush', async () => {
    const topic = await topicWith(1)
    const { proxy } = here
    const reports: DeliveryReport[] = []
    const producer = producerOf({
      requestTimeoutMs: 300,
      deliveryTimeoutMs: 500,
      onDelivery: (report) => void reports.push(report),
    })
    await producer.send({ topic, value: '0' })
    proxy.inject({ kind: 'stall' }, { api: produceApi, times: Infinity })
    for (const value of [1, 2, 3]) producer.enqueue({ topic, value: `${value}` })
    await expect(producer.flush()).rejects.toBeInstanceOf(TimeoutError)
    const lost = reports.reduce((sum, { recordsCount }) => sum + recordsCount, 0)
    expect(lost).toBe(3)
    expect(reports.every(({ error }) => error?.code === 'REQUEST_TIMED_OUT')).toBe(true)
    await proxy.heal()
    producer.enqueue({ topic, value: '4' })
    await producer.flush()
    expect(reports.at(-1)).toMatchObject({ recordsCount: 1, error: null })
    expect(await numbersIn(topic)).toEqual([0, 4])
  })
})

describe('close()', () => {
  test.each([
    ['a broker that says nothing', () => here.proxy.inject({ kind: 'stall' }, { times: Infinity })],
    [
      'nobody there',
      () => {
        here.proxy.refuse()
        here.proxy.cut()
      },
    ],
  ])('ends in its time with %s, and fails what waits', async (_, fail) => {
    const topic = await topicWith(1)
    const producer = producerOf()
    await producer.send({ topic, value: '0' })
    fail()
    const sent = producer.send({ topic, value: '1' }).catch((reason: unknown) => reason)
    const begun = performance.now()
    await producer.close({ timeoutMs: 400 })
    expect(performance.now() - begun).toBeLessThan(2_000)
    expect(await sent).toBeInstanceOf(ClosedError)
    await eventually('its connections end', () => here.proxy.connections <= 2, 5_000)
  })
})
