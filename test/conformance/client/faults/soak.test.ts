/**
 * Producers and consumers for a while behind a network that fails in every way at random, in front
 * of a broker that is killed and stopped now and then. `CONFORMANCE_SOAK_SECONDS` says how long (20
 * unless given), `CONFORMANCE_SEED` repeats the choices.
 *
 * The model: what was acknowledged is stored; nothing is stored twice; in each partition a
 * producer's records lie in the order in which they were sent. A consumer without a group reads
 * each stored record once and in order; the members of a group read each at least once.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { randomBelow, seededRandom } from '../../../../src/base/random.ts'
import { Admin } from '../../../../src/client/admin/admin.ts'
import { Consumer } from '../../../../src/client/consumer/consumer.ts'
import { ClientError } from '../../../../src/client/error.ts'
import { Producer } from '../../../../src/client/producer/producer.ts'
import { SendError } from '../../../../src/client/producer/send-error.ts'
import type { ConsumerRecord } from '../../../../src/record/record.ts'
import { clusterAt } from '../../../client/network/cluster-fixture.ts'
import { eventually } from '../../eventually.ts'
import { type ProxiedBroker, proxiedBroker } from './proxied-broker.ts'
import type { Fault } from './proxied-connection.ts'
import { seed } from './proxied-tests.ts'
import { storedIn } from './stored-records.ts'

const seconds = Number(process.env['CONFORMANCE_SOAK_SECONDS'] ?? 20)
const random = seededRandom(seed)
const topic = 'soak'
const partitions = [0, 1, 2, 3] as const

let here: ProxiedBroker

beforeAll(async () => {
  console.log(`CONFORMANCE_SEED=${seed} CONFORMANCE_SOAK_SECONDS=${seconds}`)
  here = await proxiedBroker({ 'group.initial.rebalance.delay.ms': '0' })
  const admin = new Admin({ bootstrapServers: here.proxy.address })
  await admin.createTopics([{ name: topic, partitions: 4, replicationFactor: 1 }])
  await admin.close()
})
afterAll(async () => {
  await here?.close()
})

type Kind = Exclude<Fault['kind'], 'rewrite'>
const kinds: readonly Kind[] = [
  'cut-before',
  'cut-request',
  'cut-after',
  'cut-answer',
  'delay',
  'delay',
  'stall',
]
const met = new Map<string, number>()

function meet(what: string): void {
  met.set(what, (met.get(what) ?? 0) + 1)
}

/** One of `oneIn` requests fails. */
function failAtRandom(oneIn: number): () => void {
  return here.proxy.choose(() => {
    if (randomBelow(random, oneIn) > 0) return undefined
    const kind = kinds[randomBelow(random, kinds.length)] ?? 'cut-before'
    meet(kind)
    return kind === 'delay' ? { kind, ms: 50 + randomBelow(random, 2_000) } : { kind }
  })
}

/** Something that goes wrong for a while, and ends. */
async function trouble(): Promise<void> {
  const { broker, proxy } = here
  const forMs = 200 + randomBelow(random, 1_000)
  // An Apache Kafka that was killed takes half a minute until it leads again.
  const isQuick = broker.target.name === 'odradek'
  switch (randomBelow(random, isQuick ? 7 : 5)) {
    case 0: {
      meet('drips')
      proxy.bytesPerSecond = 5_000 + randomBelow(random, 50_000)
      await sleep(forMs)
      proxy.bytesPerSecond = Infinity
      return
    }
    case 1: {
      meet('refuses')
      proxy.refuse()
      if (randomBelow(random, 2) === 0) proxy.cut()
      await sleep(forMs)
      await proxy.accept()
      return
    }
    case 2: {
      meet('all cut')
      proxy.cut()
      return
    }
    case 5: {
      meet('killed')
      await broker.kill()
      await sleep(randomBelow(random, 300))
      await broker.start()
      return
    }
    case 6: {
      meet('stopped')
      await broker.stop()
      await broker.start()
      return
    }
    default: {
      const end = failAtRandom(2 + randomBelow(random, 30))
      await sleep(forMs * 2)
      end()
    }
  }
}

/** What one producer did; its records say whose they are and which. */
class Writer {
  readonly name: string
  readonly producer: Producer
  /** By number, for records whose outcome is known: whether they were acknowledged. */
  readonly outcomes = new Map<number, boolean>()
  readonly strange: unknown[] = []
  sent = 0

  constructor(name: string, options: Partial<ConstructorParameters<typeof Producer>[0]>) {
    this.name = name
    this.producer = new Producer({
      bootstrapServers: here.proxy.address,
      retryBackoffMs: 20,
      partitioner: 'round-robin',
      requestTimeoutMs: 1_500,
      ...options,
    } as ConstructorParameters<typeof Producer>[0]) as Producer
  }

  async write(isOver: () => boolean): Promise<void> {
    await Promise.all(Array.from({ length: 20 }, () => this.#loop(isOver)))
  }

  async #loop(isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      const first = this.sent
      const count = 1 + randomBelow(random, 5)
      this.sent += count
      const numbers = Array.from({ length: count }, (_, i) => first + i)
      const records = numbers.map((number) => ({ topic, value: `${this.name} ${number} ......` }))
      const results = await this.producer.send(records).catch((error: unknown) => {
        if (error instanceof SendError) return error.results
        this.strange.push(error)
        return []
      })
      results.forEach((result, i) => {
        this.outcomes.set(first + i, !(result instanceof ClientError))
        if (result instanceof ClientError && !result.retriable) this.strange.push(result)
      })
      await sleep(randomBelow(random, 20))
    }
  }
}

/** What one consumer was handed, by partition and in order. */
class Reader {
  readonly consumer: Consumer
  readonly records: (readonly [offset: number, value: string])[][] = partitions.map(() => [])
  readonly strange: unknown[] = []

  constructor(groupId?: string) {
    this.consumer = new Consumer({
      bootstrapServers: here.proxy.address,
      autoOffsetReset: 'earliest',
      retryBackoffMs: 20,
      requestTimeoutMs: 1_500,
      fetchMaxWaitMs: 200,
      heartbeatIntervalMs: 200,
      sessionTimeoutMs: 6_000,
      autoCommitIntervalMs: 100,
      ...(groupId === undefined ? {} : { groupId }),
    })
  }

  async read(isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      try {
        for (const record of await this.consumer.poll({ timeoutMs: 200 })) this.#take(record)
      } catch (error) {
        this.strange.push(error)
        await sleep(50)
      }
    }
  }

  #take({ partition, offset, value }: ConsumerRecord<Buffer, Buffer>): void {
    this.records[partition]?.push([offset, String(value)])
  }
}

test(
  'what was acknowledged is stored, once and in order, and read',
  async () => {
    const writers = [
      new Writer('a', { batchSize: 500, deliveryTimeoutMs: 60_000 }),
      new Writer('b', { deliveryTimeoutMs: 2_500, lingerMs: 5 }),
      new Writer('c', { maxInFlight: 1, deliveryTimeoutMs: 10_000 }),
    ]
    const alone = new Reader()
    alone.consumer.assign(partitions.map((partition) => ({ topic, partition })))
    const members = [new Reader('soak'), new Reader('soak')]
    for (const { consumer } of members) await consumer.subscribe(topic)
    let [isWritten, isRead] = [false, false]
    const writing = writers.map((writer) => writer.write(() => isWritten))
    const reading = [alone, ...members].map((reader) => reader.read(() => isRead))
    const untilMs = performance.now() + seconds * 1_000
    while (performance.now() < untilMs) {
      await trouble()
      await sleep(randomBelow(random, 300))
    }
    await here.proxy.heal()
    isWritten = true
    await Promise.all(writing)
    await Promise.all(writers.map(({ producer }) => producer.close()))

    const cluster = clusterAt([{ host: '127.0.0.1', port: here.proxy.port }])
    const stored = await Promise.all(partitions.map((one) => storedIn(cluster, topic, one)))
    cluster.close()
    const isSeen = (reader: Reader, partition: number, offset: number): boolean =>
      reader.records[partition]?.some((one) => one[0] === offset) ?? false
    await eventually('all is read', () =>
      partitions.every((partition) => {
        const last = (stored[partition]?.length ?? 0) - 1
        if (last < 0) return true
        const byGroup = members.some((member) => isSeen(member, partition, last))
        return byGroup && isSeen(alone, partition, last)
      }),
    )
    isRead = true
    await Promise.all(reading)
    await Promise.all([alone, ...members].map(({ consumer }) => consumer.close()))

    const told = writers.map(({ name, sent, outcomes }) => {
      const acknowledged = [...outcomes.values()].filter(Boolean).length
      return `${name}: ${acknowledged} of ${sent}`
    })
    console.log(
      `faults ${JSON.stringify(Object.fromEntries(met))}; acknowledged ${told.join(', ')}`,
    )
    for (const { name, sent, outcomes, strange } of writers) {
      expect(strange).toEqual([])
      expect(outcomes.size).toBe(sent)
      const byPartition = stored.map((records) =>
        records.flatMap(({ value }) => {
          const [whose, number] = value.split(' ')
          return whose === name ? [Number(number)] : []
        }),
      )
      const all = new Set(byPartition.flat())
      expect(all.size).toBe(byPartition.flat().length)
      for (const numbers of byPartition) {
        expect(numbers).toEqual(numbers.toSorted((one, other) => one - other))
      }
      const lost = [...outcomes].filter(([number, isStored]) => isStored && !all.has(number))
      expect(lost).toEqual([])
    }
    for (const partition of partitions) {
      const expected = (stored[partition] ?? []).map(({ offset, value }) => [offset, value])
      expect(alone.records[partition]).toEqual(expected)
      const read = members.flatMap(({ records }) => records[partition] ?? [])
      const first = new Map(read.toSorted((one, other) => one[0] - other[0]))
      expect([...first]).toEqual(expected)
    }
    expect(alone.strange).toEqual([])
    for (const { strange } of members) expect(strange).toEqual([])
  },
  (seconds + 180) * 1_000,
)
