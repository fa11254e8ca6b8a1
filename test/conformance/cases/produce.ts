import { expect } from 'vitest'
import { eventually } from '../eventually.ts'
import { RawConnection } from '../raw-connection.ts'
import { codecNames, storedCodecs } from '../raw-requests.ts'
import { Lacking, type NewRecord } from './client-driver.ts'
import type { Case, Stage } from './stage.ts'

const isDone = (): boolean => true
const isNotDone = (): boolean => false

/** Text that each codec makes smaller: some clients send what does not shrink as it is. */
const compressible = 'to be compressed '.repeat(200)
/** The largest batch that a topic takes by default, and what a batch of one record adds at most. */
const batchBytesMax = 1_048_588
const overheadBytesMax = 120

const codecCase = (codec: string): Case => ({
  name: `codec ${codec}: is stored and read back`,
  async run(stage) {
    const { client } = stage
    if (!client.ready.codecs.includes(codec)) {
      throw new Lacking(`${client.ready.client} lacks codec ${codec}`)
    }
    const topic = await stage.topic()
    const values = Array.from({ length: 20 }, (_, i) => `${i} ${compressible}`)
    await client.produce(
      values.map((value) => ({ topic, partition: 0, value })),
      { codec },
    )
    const got = await stage.read(topic, 20)
    expect(got.map((record) => record.value)).toEqual(values)
    const connection = await RawConnection.open(stage.broker.port)
    expect([...(await storedCodecs(connection, topic, 0))]).toEqual([codec])
    connection.close()
  },
})

const acksCase = (acks: 0 | 1 | -1): Case => ({
  name: `acks=${acks === -1 ? 'all' : acks}: records arrive in order`,
  async run(stage) {
    if (acks === 0) stage.client.needs('acks-0')
    const topic = await stage.topic()
    const values = ['a', 'b', 'c', 'd']
    const sent = values.map((value) => ({ topic, partition: 0, value }))
    const offsets = await stage.client.produce(sent, { acks })
    const expected = acks === 0 ? [-1, -1, -1, -1] : [0, 1, 2, 3]
    expect(offsets.map((one) => one.offset)).toEqual(expected)
    expect((await stage.read(topic, 4)).map((record) => record.value)).toEqual(values)
  },
})

/** Sends one record to partition 0 and gives back how it is read. */
async function roundTrip(stage: Stage, record: Omit<NewRecord, 'topic'>) {
  const topic = await stage.topic()
  await stage.client.produce([{ topic, partition: 0, ...record }])
  const [got] = await stage.read(topic, 1)
  return got
}

const allBytes = Array.from({ length: 256 }, (_, i) => String.fromCharCode(i)).join('')

const contents: Case[] = [
  {
    name: 'keys and values of all bytes',
    async run(stage) {
      const got = await roundTrip(stage, { key: allBytes, value: allBytes })
      expect(got).toMatchObject({ key: allBytes, value: allBytes, offset: 0, partition: 0 })
    },
  },
  {
    name: 'null key',
    async run(stage) {
      expect(await roundTrip(stage, { key: null, value: 'v' })).toMatchObject({ key: null })
    },
  },
  {
    name: 'null value',
    async run(stage) {
      stage.client.needs('null-values')
      const got = await roundTrip(stage, { key: 'k', value: null })
      expect(got).toMatchObject({ key: 'k', value: null })
    },
  },
  {
    name: 'empty key',
    async run(stage) {
      stage.client.needs('empty-keys')
      expect(await roundTrip(stage, { key: '', value: 'v' })).toMatchObject({ key: '' })
    },
  },
  {
    name: 'empty value',
    async run(stage) {
      stage.client.needs('empty-values')
      expect(await roundTrip(stage, { key: 'k', value: '' })).toMatchObject({ value: '' })
    },
  },
]

const headers: Case[] = [
  {
    name: 'headers keep name, bytes and order',
    async run(stage) {
      stage.client.needs('headers')
      const sent = [
        ['trace', '1'],
        ['bytes', allBytes],
      ] as const
      const got = await roundTrip(stage, { value: 'v', headers: sent })
      expect(got?.headers).toEqual(sent)
    },
  },
  {
    name: 'a header with an empty value',
    async run(stage) {
      stage.client.needs('headers', 'empty-headers')
      const got = await roundTrip(stage, { value: 'v', headers: [['empty', '']] })
      expect(got?.headers).toEqual([['empty', '']])
    },
  },
  {
    name: 'a header that comes twice',
    async run(stage) {
      stage.client.needs('headers', 'duplicate-headers')
      const sent = [
        ['twice', 'first'],
        ['twice', 'second'],
      ] as const
      const got = await roundTrip(stage, { value: 'v', headers: sent })
      expect(got?.headers).toEqual(sent)
    },
  },
  {
    name: 'a header without value',
    async run(stage) {
      stage.client.needs('headers', 'null-headers')
      const got = await roundTrip(stage, { value: 'v', headers: [['nothing', null]] })
      expect(got?.headers).toEqual([['nothing', null]])
    },
  },
]

const places: Case[] = [
  {
    name: 'explicit timestamps',
    async run(stage) {
      stage.client.needs('timestamps')
      const got = await roundTrip(stage, { value: 'v', timestamp: 1_600_000_000_123 })
      expect(got?.timestamp).toBe(1_600_000_000_123)
    },
  },
  {
    name: 'LogAppendTime replaces the timestamp',
    async run(stage) {
      stage.client.needs('timestamps', 'log-append-time')
      const topic = await stage.topic(1, { 'message.timestamp.type': 'LogAppendTime' })
      const before = Date.now()
      await stage.client.produce([
        { topic, partition: 0, value: 'v', timestamp: 1_600_000_000_123 },
      ])
      const [got] = await stage.read(topic, 1)
      expect(got?.timestamp).toBeGreaterThanOrEqual(before)
      expect(got?.timestamp).toBeLessThanOrEqual(Date.now())
    },
  },
  {
    name: 'explicit partitions',
    async run(stage) {
      const topic = await stage.topic(3)
      const sent = [2, 0, 1, 2].map((partition) => ({ topic, partition, value: `to ${partition}` }))
      const offsets = await stage.client.produce(sent)
      expect(offsets.map((one) => [one.partition, one.offset])).toEqual([
        [2, 0],
        [0, 0],
        [1, 0],
        [2, 1],
      ])
      const got = await stage.read(topic, 4, 3)
      for (const { partition, value } of got) expect(value).toBe(`to ${partition}`)
    },
  },
  {
    name: 'a key decides the partition, and order within it',
    async run(stage) {
      const topic = await stage.topic(4)
      const sent = Array.from({ length: 400 }, (_, i) => ({
        topic,
        key: `key-${i % 20}`,
        value: String(i),
      }))
      await stage.client.produce(sent)
      const got = await stage.read(topic, 400, 4)
      const newest = new Map<string, number>()
      const partitionOf = new Map<string, number>()
      for (const { key, value, partition } of got) {
        expect(partitionOf.get(key ?? '') ?? partition).toBe(partition)
        expect(Number(value)).toBeGreaterThan(newest.get(key ?? '') ?? -1)
        partitionOf.set(key ?? '', partition)
        newest.set(key ?? '', Number(value))
      }
      expect(new Set(partitionOf.values()).size).toBeGreaterThan(1)
    },
  },
]

const sizes: Case[] = [
  {
    name: 'a record just below the largest batch',
    async run(stage) {
      const value = 'x'.repeat(batchBytesMax - overheadBytesMax)
      const got = await roundTrip(stage, { value })
      expect(got?.value === value).toBe(true)
    },
  },
  {
    name: 'a record of 8 MiB where the topic allows it',
    async run(stage) {
      const topic = await stage.topic(1, { 'max.message.bytes': String(10 * 2 ** 20) })
      const value = 'y'.repeat(8 * 2 ** 20)
      await stage.client.produce([{ topic, partition: 0, value }])
      const [got] = await stage.read(topic, 1)
      expect(got?.value === value).toBe(true)
    },
  },
]

const idempotent: Case[] = [
  {
    name: 'an idempotent producer sends batch after batch',
    async run(stage) {
      stage.client.needs('idempotent')
      const topic = await stage.topic(2)
      const options = { idempotent: true }
      for (let round = 0; round < 10; round++) {
        const sent = [0, 1].map((partition) => ({ topic, partition, value: String(round) }))
        const offsets = await stage.client.produce(sent, options)
        expect(offsets.map((one) => one.offset)).toEqual([round, round])
      }
    },
  },
  {
    name: 'a topic is made by producing to it',
    async run(stage) {
      stage.client.needs('auto-create')
      const topic = stage.name('made')
      const produce = () => stage.client.produce([{ topic, value: 'first' }])
      // Apache Kafka answers before the topic is there, and not every client asks again.
      if (stage.broker.target.name !== 'kafka') await produce()
      else await eventually('it is stored', () => produce().then(isDone, isNotDone))
      const [got] = await stage.read(topic, 1)
      expect(got?.value).toBe('first')
    },
  },
]

/** What producers do. */
export const produceCases: readonly Case[] = [
  ...codecNames.map(codecCase),
  ...([0, 1, -1] as const).map(acksCase),
  ...contents,
  ...headers,
  ...places,
  ...sizes,
  ...idempotent,
]
