/** The consumer against a broker: ours, and with CONFORMANCE_TARGET=kafka Apache Kafka. */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { Consumer } from '../../../src/client/consumer/consumer.ts'
import type { ConsumerOptions } from '../../../src/client/consumer/consumer-options.ts'
import {
  ClosedError,
  ConfigError,
  ProtocolError,
  SerializationError,
} from '../../../src/client/error.ts'
import type { TopicPartition } from '../../../src/client/topic-partition.ts'
import type { ConsumerRecord } from '../../../src/record/record.ts'
import { deserializers } from '../../../src/record/serializer.ts'
import { BrokerProcess } from '../broker-process.ts'
import { Feeder } from './feeder.ts'

let broker: BrokerProcess
let feeder: Feeder
let names = 0
const open: Consumer<never, never>[] = []

beforeAll(async () => {
  broker = await BrokerProcess.start({ settings: { 'group.initial.rebalance.delay.ms': '0' } })
  feeder = new Feeder(broker.address)
})
afterEach(async () => {
  await Promise.all(open.splice(0).map((consumer) => consumer.close()))
})
afterAll(async () => {
  feeder?.close()
  await broker?.dispose()
})

/** A name that no other test has. */
function fresh(what: string): string {
  return `${what}-${names++}`
}

/** Resolves when the check passes. */
function eventually(check: () => void | Promise<void>): Promise<void> {
  return vi.waitFor(check, { timeout: 30_000, interval: 20 })
}

/** A topic with `each` records in each of its partitions. */
async function topicWith(partitions: number, each: number): Promise<string> {
  const topic = fresh('topic')
  await feeder.create(topic, partitions)
  for (let p = 0; p < partitions && each > 0; p++) await feeder.count(topic, p, each, `p${p}-`)
  return topic
}

function consumerOf<K = Buffer, V = Buffer>(
  options: Partial<ConsumerOptions<K, V>> = {},
): Consumer<K, V> {
  const consumer = new Consumer<K, V>({
    bootstrapServers: broker.address,
    autoOffsetReset: 'earliest',
    ...options,
  })
  open.push(consumer as unknown as Consumer<never, never>)
  return consumer
}

function shown(record: ConsumerRecord<unknown, unknown>): string {
  return `${record.partition}@${record.offset}=${String(record.value)}`
}

/** The next `count` records, by a loop that is left. */
async function take<K, V>(
  consumer: Consumer<K, V>,
  count: number,
): Promise<ConsumerRecord<K, V>[]> {
  const records: ConsumerRecord<K, V>[] = []
  for await (const record of consumer) {
    records.push(record)
    if (records.length === count) break
  }
  return records
}

function of(topic: string, partitions: number): TopicPartition[] {
  return Array.from({ length: partitions }, (_, partition) => ({ topic, partition }))
}

async function offsetsOf(
  groupId: string,
  topic: string,
  partitions: number,
): Promise<(number | null)[]> {
  const committed = await consumerOf({ groupId }).committed(of(topic, partitions))
  return committed.map((one) => one?.offset ?? null)
}

describe('a loop', () => {
  it('gets every record, in the order of its partition, with all of it', async () => {
    const topic = await topicWith(3, 100)
    const consumer = consumerOf({ groupId: fresh('g') })
    await consumer.subscribe(topic)
    const records = await take(consumer, 300)
    for (const partition of [0, 1, 2]) {
      const own = records.filter((record) => record.partition === partition)
      expect(own.map(shown)).toEqual(
        Array.from({ length: 100 }, (_, i) => `${partition}@${i}=p${partition}-${i}`),
      )
    }
    const [first] = records
    expect(first?.topic).toBe(topic)
    expect(String(first?.key)).toBe('k0')
    expect(first?.headers.map(({ key }) => key)).toEqual(['n'])
    expect(Math.abs((first?.timestamp ?? 0) - Date.now())).toBeLessThan(60_000)
  })

  it('leaves its last record uncommitted when it is left, and the others committed', async () => {
    const topic = await topicWith(1, 10)
    const groupId = fresh('g')
    const consumer = consumerOf({ groupId })
    await consumer.subscribe(topic)
    await take(consumer, 4)
    await consumer.close()
    expect(await offsetsOf(groupId, topic, 1)).toEqual([3])
  })

  it('commits its last record when commit() is called', async () => {
    const topic = await topicWith(1, 10)
    const groupId = fresh('g')
    const consumer = consumerOf({ groupId, enableAutoCommit: false })
    await consumer.subscribe(topic)
    await take(consumer, 4)
    await consumer.commit()
    await consumer.close()
    expect(await offsetsOf(groupId, topic, 1)).toEqual([4])
  })

  it('goes on where it was left, and where the group left', async () => {
    const topic = await topicWith(1, 10)
    const groupId = fresh('g')
    const first = consumerOf({ groupId })
    await first.subscribe(topic)
    expect((await take(first, 3)).map(({ offset }) => offset)).toEqual([0, 1, 2])
    expect((await take(first, 3)).map(({ offset }) => offset)).toEqual([3, 4, 5])
    await first.close()
    const second = consumerOf({ groupId })
    await second.subscribe(topic)
    expect((await take(second, 2)).map(({ offset }) => offset)).toEqual([5, 6])
  })

  it('leaves its last record uncommitted when its body throws', async () => {
    const topic = await topicWith(1, 5)
    const groupId = fresh('g')
    const consumer = consumerOf({ groupId })
    await consumer.subscribe(topic)
    const failing = async (): Promise<void> => {
      for await (const record of consumer) if (record.offset === 2) throw new Error('mine')
    }
    await expect(failing()).rejects.toThrow('mine')
    await consumer.close()
    expect(await offsetsOf(groupId, topic, 1)).toEqual([2])
  })

  it('ends when the consumer is closed', async () => {
    const topic = await topicWith(1, 1)
    const consumer = consumerOf({ groupId: fresh('g') })
    await consumer.subscribe(topic)
    let seen = 0
    for await (const _ of consumer) {
      seen++
      setTimeout(() => void consumer.close(), 50)
    }
    expect(seen).toBe(1)
    await expect(consumer.subscribe(topic)).rejects.toThrow(ClosedError)
  })

  it('goes by batches, too', async () => {
    const topic = await topicWith(2, 700)
    const consumer = consumerOf({ maxPollRecords: 250 })
    consumer.assign(of(topic, 2))
    const sizes: number[] = []
    const offsets = [0, 0]
    for await (const { partition, records, highWatermark } of consumer.batches()) {
      sizes.push(records.length)
      expect(highWatermark).toBe(700)
      for (const record of records) {
        expect(record.offset).toBe(offsets[partition])
        offsets[partition] = record.offset + 1
      }
      if (offsets[0] === 700 && offsets[1] === 700) break
    }
    expect(Math.max(...sizes)).toBe(250)
  })

  it('is alone', async () => {
    const topic = await topicWith(1, 0)
    const consumer = consumerOf()
    consumer.assign(of(topic, 1))
    const waiting = consumer.poll({ timeoutMs: 200 })
    await expect(consumer.poll()).rejects.toThrow('one loop, poll() or run() at a time')
    expect(await waiting).toEqual([])
  })
})

describe('poll', () => {
  it('returns what there is, and nothing when the time is over', async () => {
    const topic = await topicWith(2, 30)
    const consumer = consumerOf({ maxPollRecords: 20 })
    consumer.assign(of(topic, 2))
    let count = 0
    for (let polls = 0; polls < 30 && count < 60; polls++) {
      const records = await consumer.poll({ timeoutMs: 5_000 })
      expect(records.length).toBeLessThanOrEqual(20)
      count += records.length
    }
    expect(count).toBe(60)
    const from = performance.now()
    expect(await consumer.poll({ timeoutMs: 300 })).toEqual([])
    expect(performance.now() - from).toBeGreaterThan(250)
  })

  it('is woken, by wakeup() and by a signal, and goes on after that', async () => {
    const topic = await topicWith(1, 0)
    const consumer = consumerOf()
    consumer.assign(of(topic, 1))
    const woken = consumer.poll()
    setTimeout(() => consumer.wakeup(), 50)
    await expect(woken).rejects.toThrow(ClosedError)
    const signal = AbortSignal.timeout(50)
    await expect(consumer.poll({ signal })).rejects.toThrow('AbortSignal')
    await feeder.count(topic, 0, 1)
    expect(await consumer.poll({ timeoutMs: 5_000 })).toHaveLength(1)
  })

  it('commits what the poll before returned', async () => {
    const topic = await topicWith(1, 10)
    const groupId = fresh('g')
    const consumer = consumerOf({ groupId, autoCommitIntervalMs: 0, maxPollRecords: 4 })
    await consumer.subscribe(topic)
    await consumer.poll({ timeoutMs: 10_000 })
    // Where it began may be committed already.
    expect([null, 0]).toContain((await offsetsOf(groupId, topic, 1))[0])
    await consumer.poll({ timeoutMs: 10_000 })
    await eventually(async () => expect(await offsetsOf(groupId, topic, 1)).toEqual([4]))
  })
})

describe('positions', () => {
  it('follow seek, and are told', async () => {
    const topic = await topicWith(1, 50)
    const [partition] = of(topic, 1) as [TopicPartition]
    const consumer = consumerOf()
    consumer.assign([partition])
    expect(await consumer.position(partition)).toBe(0)
    consumer.seek(partition, 40)
    expect((await take(consumer, 2)).map(({ offset }) => offset)).toEqual([40, 41])
    expect(await consumer.position(partition)).toBe(42)
    consumer.seekToBeginning()
    expect((await take(consumer, 1)).map(({ offset }) => offset)).toEqual([0])
    consumer.seekToEnd([partition])
    expect(await consumer.position(partition)).toBe(50)
    expect(consumer.lag(partition)).toBe(0)
    consumer.seek(partition, 45)
    await take(consumer, 1)
    expect(consumer.lag(partition)).toBe(4)
    expect(consumer.statistics()).toMatchObject({ recordsLagMax: 4, recordsCount: 4 })
  })

  it('stay where a paused partition is', async () => {
    const topic = await topicWith(2, 20)
    const [first, second] = of(topic, 2) as [TopicPartition, TopicPartition]
    const consumer = consumerOf()
    consumer.assign([first, second])
    consumer.pause([first])
    expect(consumer.paused).toEqual([first])
    const others = await take(consumer, 20)
    expect(others.every(({ partition }) => partition === 1)).toBe(true)
    consumer.pause([second])
    consumer.resume([first])
    const own = await take(consumer, 5)
    consumer.pause([first])
    expect(await consumer.poll({ timeoutMs: 100 })).toEqual([])
    consumer.resume([first])
    own.push(...(await take(consumer, 15)))
    expect(own.map(({ offset }) => offset)).toEqual(Array.from({ length: 20 }, (_, i) => i))
  })

  it('are found by time, and at the ends', async () => {
    const topic = await topicWith(1, 0)
    const [partition] = of(topic, 1) as [TopicPartition]
    const nowMs = Date.now()
    for (const ageMs of [3_000, 2_000, 1_000]) {
      await feeder.produce(topic, 0, [[null, String(ageMs)]], {}, nowMs - ageMs)
    }
    const consumer = consumerOf()
    const asked = [nowMs - 2_500, nowMs - 1_000, nowMs + 5_000].map((timestamp) => ({
      ...partition,
      timestamp,
    }))
    const found = []
    for (const one of asked) found.push(...(await consumer.offsetsForTimes([one])))
    expect(found.map((one) => one?.offset ?? null)).toEqual([1, 2, null])
    expect(found[0]?.timestamp).toBe(nowMs - 2_000)
    expect(await consumer.beginningOffsets([partition])).toEqual([0])
    expect(await consumer.endOffsets([partition])).toEqual([3])
  })

  it('begin where autoOffsetReset says', async () => {
    const topic = await topicWith(1, 0)
    const nowMs = Date.now()
    for (const ageMs of [60_000, 1_000]) {
      await feeder.produce(topic, 0, [[null, String(ageMs)]], {}, nowMs - ageMs)
    }
    const recent = consumerOf({ autoOffsetReset: { durationMs: 30_000 } })
    recent.assign(of(topic, 1))
    expect((await take(recent, 1)).map(({ offset }) => offset)).toEqual([1])
    const latest = consumerOf({ autoOffsetReset: 'latest' })
    latest.assign(of(topic, 1))
    expect(await latest.position({ topic, partition: 0 })).toBe(2)
    const none = consumerOf({ groupId: fresh('g'), autoOffsetReset: 'none' })
    none.assign(of(topic, 1))
    const failure = await none.poll({ timeoutMs: 5_000 }).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(ProtocolError)
    expect(String(failure)).toContain(`${topic}-0`)
    none.seek({ topic, partition: 0 }, 1)
    expect(await none.poll({ timeoutMs: 5_000 })).toHaveLength(1)
  })

  it('that are out of range are reset, or an error', async () => {
    const topic = await topicWith(1, 5)
    const resets = consumerOf()
    resets.assign(of(topic, 1))
    resets.seek({ topic, partition: 0 }, 1_000)
    expect((await take(resets, 1)).map(({ offset }) => offset)).toEqual([0])
    const none = consumerOf({ autoOffsetReset: 'none' })
    none.assign(of(topic, 1))
    none.seek({ topic, partition: 0 }, 1_000)
    await expect(none.poll({ timeoutMs: 5_000 })).rejects.toThrow('offset 1000')
  })
})

describe('a group', () => {
  it.each(['range', 'roundrobin', 'sticky', 'cooperative-sticky'] as const)(
    'divides by %s, gives to who comes and takes over from who goes',
    async (assignor) => {
      const topic = await topicWith(4, 0)
      const options = {
        groupId: fresh('g'),
        partitionAssignors: [assignor],
        heartbeatIntervalMs: 100,
      }
      const [first, second] = [consumerOf(options), consumerOf(options)]
      const seen = new Set<string>()
      const ended = new AbortController()
      const reading = [first, second].map(async (consumer, i) => {
        if (i === 1) await sleep(500)
        await consumer.subscribe(topic)
        await consumer.run({ signal: ended.signal }, (record) => void seen.add(shown(record)))
      })
      await eventually(async () => expect(first.assignment).toHaveLength(4))
      await eventually(async () => {
        expect([first.assignment.length, second.assignment.length]).toEqual([2, 2])
      })
      for (const p of [0, 1, 2, 3]) await feeder.count(topic, p, 50, `a${p}-`)
      await eventually(async () => expect(seen.size).toBe(200))
      await second.close()
      await eventually(async () => expect(first.assignment).toHaveLength(4))
      for (const p of [0, 1, 2, 3]) await feeder.count(topic, p, 50, `b${p}-`)
      await eventually(async () => expect(seen.size).toBe(400))
      ended.abort()
      await Promise.all(reading)
    },
  )

  it('tells of what comes and goes, and commits in between', async () => {
    const topic = await topicWith(2, 20)
    const groupId = fresh('g')
    const events: string[] = []
    const consumer = consumerOf({ groupId, enableAutoCommit: false, heartbeatIntervalMs: 100 })
    await consumer.subscribe(topic, {
      onPartitionsAssigned: (partitions) => void events.push(`+${partitions.length}`),
      onPartitionsRevoked: async (partitions) => {
        events.push(`-${partitions.length}`)
        await consumer.commit()
      },
    })
    await take(consumer, 40)
    await consumer.unsubscribe()
    expect(events).toEqual(['+2', '-2'])
    expect(await offsetsOf(groupId, topic, 2)).toEqual([20, 20])
    await consumer.subscribe(topic)
    expect(await consumer.poll({ timeoutMs: 500 })).toEqual([])
  })

  it('follows topics that appear, and partitions that are added', async () => {
    const prefix = fresh('pattern')
    const consumer = consumerOf({
      groupId: fresh('g'),
      metadataMaxAgeMs: 200,
      heartbeatIntervalMs: 100,
    })
    await feeder.create(`${prefix}-a`, 1)
    await feeder.count(`${prefix}-a`, 0, 1, 'a')
    await consumer.subscribe(new RegExp(`^${prefix}-`))
    expect((await take(consumer, 1)).map(({ topic }) => topic)).toEqual([`${prefix}-a`])
    await feeder.create(`${prefix}-b`, 1)
    await feeder.count(`${prefix}-b`, 0, 1, 'b')
    expect((await take(consumer, 1)).map(({ topic }) => topic)).toEqual([`${prefix}-b`])
    await feeder.grow(`${prefix}-b`, 2)
    await feeder.count(`${prefix}-b`, 1, 1, 'c')
    expect((await take(consumer, 1)).map(({ partition }) => partition)).toEqual([1])
    expect(consumer.subscription).toEqual([`${prefix}-a`, `${prefix}-b`])
  })

  it('keeps a static member through a restart', async () => {
    const topic = await topicWith(2, 5)
    const options = { groupId: fresh('g'), groupInstanceId: 'one' }
    const first = consumerOf(options)
    await first.subscribe(topic)
    await take(first, 10)
    const { memberId } = first
    await first.close()
    const again = consumerOf(options)
    await again.subscribe(topic)
    expect(await again.poll({ timeoutMs: 1_000 })).toHaveLength(1)
    expect(again.memberId).not.toBe(memberId)
    expect(again.assignment).toHaveLength(2)
  })

  it('expels who does not ask for records, and takes it back', async () => {
    const topic = await topicWith(1, 10)
    const lost: number[] = []
    const options = { maxPollIntervalMs: 1_000, heartbeatIntervalMs: 100, maxPollRecords: 1 }
    const consumer = consumerOf({ groupId: fresh('g'), ...options })
    await consumer.subscribe(topic, {
      onPartitionsLost: (partitions) => void lost.push(partitions.length),
    })
    expect(await consumer.poll({ timeoutMs: 10_000 })).toHaveLength(1)
    await eventually(async () => expect(consumer.memberId).toBe(''))
    await expect(consumer.commit()).rejects.toThrow('UNKNOWN_MEMBER_ID')
    const records = await consumer.poll({ timeoutMs: 10_000 })
    expect(lost).toEqual([1])
    expect(records.map(({ offset }) => offset)).toEqual([0])
  })

  it('cannot be joined without a name, and says how to go on', async () => {
    await expect(consumerOf().subscribe('t')).rejects.toThrow('groupId')
    expect(() => consumerOf({ groupId: 'g' }).seek({ topic: 't', partition: 0 }, 1)).toThrow(
      ConfigError,
    )
  })
})

describe('run', () => {
  it('keeps the order of each partition, and commits what is finished', async () => {
    const topic = await topicWith(3, 40)
    const groupId = fresh('g')
    const consumer = consumerOf({ groupId })
    await consumer.subscribe(topic)
    const seen = new Map<number, number[]>()
    let [active, most] = [0, 0]
    const ended = new AbortController()
    let count = 0
    await consumer.run({ concurrency: 3, signal: ended.signal }, async ({ partition, offset }) => {
      most = Math.max(most, ++active)
      await sleep(offset % 3)
      active--
      seen.set(partition, [...(seen.get(partition) ?? []), offset])
      if (++count === 120) ended.abort()
    })
    const inOrder = Array.from({ length: 40 }, (_, i) => i)
    expect([...seen.values()]).toEqual([inOrder, inOrder, inOrder])
    expect(most).toBeGreaterThan(1)
    expect(most).toBeLessThanOrEqual(3)
    await consumer.close()
    expect(await offsetsOf(groupId, topic, 3)).toEqual([40, 40, 40])
  })

  it('ends when a handler closes the consumer, which does not wait for itself', async () => {
    const topic = await topicWith(1, 20)
    const groupId = fresh('g')
    const consumer = consumerOf({ groupId })
    await consumer.subscribe(topic)
    const seen: number[] = []
    await consumer.run({}, async ({ offset }) => {
      seen.push(offset)
      if (offset !== 4) return
      await expect(consumer.unsubscribe()).rejects.toThrow(ConfigError)
      await consumer.close()
    })
    await consumer.close()
    expect(seen.slice(0, 5)).toEqual([0, 1, 2, 3, 4])
    expect(await offsetsOf(groupId, topic, 1)).toEqual([seen.length])
  })

  it('commits nothing from the first failure of a partition on', async () => {
    const topic = await topicWith(1, 20)
    const groupId = fresh('g')
    const consumer = consumerOf({ groupId })
    await consumer.subscribe(topic)
    const running = consumer.run({ concurrency: 4, order: 'key' }, async ({ offset }) => {
      await sleep(offset === 5 ? 20 : 1)
      if (offset === 5) throw new Error('mine')
    })
    await expect(running).rejects.toThrow('mine')
    await consumer.close()
    expect(await offsetsOf(groupId, topic, 1)).toEqual([5])
  })
})

describe('a deserializer', () => {
  it('makes what is handed out', async () => {
    const topic = await topicWith(1, 0)
    await feeder.produce(topic, 0, [
      ['key', '{"a":1}'],
      [null, null],
    ])
    const { string: keyDeserializer, json: valueDeserializer } = deserializers
    const consumer = consumerOf({ keyDeserializer, valueDeserializer })
    consumer.assign(of(topic, 1))
    const records = await take(consumer, 2)
    expect(records.map(({ key, value }) => [key, value])).toEqual([
      ['key', { a: 1 }],
      [null, null],
    ])
  })

  it('that refuses a record stops the loop there, until somebody seeks', async () => {
    const topic = await topicWith(1, 0)
    await feeder.produce(topic, 0, [
      ['a', '1'],
      ['b', 'no'],
      ['c', '3'],
    ])
    const consumer = consumerOf({ valueDeserializer: deserializers.json })
    consumer.assign(of(topic, 1))
    expect((await take(consumer, 1)).map(({ value }) => value)).toEqual([1])
    for (let tries = 0; tries < 2; tries++) {
      const failure = await take(consumer, 1).catch((error: unknown) => error)
      expect(failure).toBeInstanceOf(SerializationError)
      expect(String(failure)).toContain(`value of ${topic}-0 at offset 1`)
    }
    expect(await consumer.position({ topic, partition: 0 })).toBe(1)
    consumer.seek({ topic, partition: 0 }, 2)
    expect((await take(consumer, 1)).map(({ value }) => value)).toEqual([3])
  })

  it('may pass what it refuses, and tell of it', async () => {
    const topic = await topicWith(1, 0)
    await feeder.produce(topic, 0, [
      ['a', '1'],
      ['b', 'no'],
      ['c', '3'],
    ])
    const refused: string[] = []
    const skipping = consumerOf({
      valueDeserializer: deserializers.json,
      onDeserializeError: (error, raw) =>
        void refused.push(`${raw.offset} ${raw.value} ${error.code}`),
    })
    skipping.assign(of(topic, 1))
    expect((await take(skipping, 2)).map(({ value }) => value)).toEqual([1, 3])
    expect(refused).toEqual(['1 no INVALID_RECORD'])
  })
})

describe('faults', () => {
  it('a broker that goes and comes back costs nothing', async () => {
    const topic = await topicWith(2, 100)
    const consumer = consumerOf({ groupId: fresh('g'), heartbeatIntervalMs: 200 })
    await consumer.subscribe(topic)
    const records = await take(consumer, 50)
    await broker.stop()
    const later = take(consumer, 250)
    await sleep(300)
    await broker.start()
    for (const p of [0, 1]) await feeder.count(topic, p, 50, `q${p}-`)
    records.push(...(await later))
    for (const partition of [0, 1]) {
      const offsets = records.filter((one) => one.partition === partition).map((one) => one.offset)
      // The coordinator may have forgotten the member: what was not committed comes again then.
      expect([...new Set(offsets)].sort((a, b) => a - b)).toEqual(
        Array.from({ length: Math.max(...offsets) + 1 }, (_, i) => i),
      )
    }
  })
})
