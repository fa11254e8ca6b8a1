import { expect } from 'vitest'
import type { DriverConsumer, GotRecord, Place } from './client-driver.ts'
import type { Case, Stage } from './stage.ts'

/** Produces the numbers from `from` up to, not including, `to`, to one partition. */
async function produceNumbers(
  { client }: Stage,
  topic: string,
  from: number,
  to: number,
  partition = 0,
): Promise<void> {
  const numbers = Array.from({ length: to - from }, (_, i) => from + i)
  await client.produce(numbers.map((n) => ({ topic, partition, value: String(n) })))
}

const numbersOf = (records: readonly GotRecord[]): number[] => records.map((r) => Number(r.value))
const upTo = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, i) => from + i)

/** A consumer that stands at the beginning of partition 0, by itself or as a group of one. */
async function readerOf(stage: Stage, topic: string): Promise<DriverConsumer> {
  if (!stage.client.ready.lacks.includes('assign')) {
    const consumer = await stage.consumer()
    await consumer.assign({ topic, partition: 0, offset: 'earliest' })
    return consumer
  }
  const consumer = await stage.consumer({ group: stage.name('reader') })
  await consumer.subscribe(topic)
  return consumer
}

/** Waits long enough that a record which could come would have come. */
async function expectNothing(consumer: DriverConsumer): Promise<void> {
  await consumer.poll(1_000)
  expect(consumer.drain()).toEqual([])
}

const assigning: Case[] = [
  {
    name: 'assign at the beginning, at an offset and at the end',
    async run(stage) {
      stage.client.needs('assign')
      const topic = await stage.topic(3)
      for (const partition of [0, 1, 2]) await produceNumbers(stage, topic, 0, 10, partition)
      const consumer = await stage.consumer()
      await consumer.assign(
        { topic, partition: 0, offset: 'earliest' },
        { topic, partition: 1, offset: 7 },
        { topic, partition: 2, offset: 'latest' },
      )
      const got = await consumer.take(13)
      const offsetsOf = (partition: number) =>
        got.filter((record) => record.partition === partition).map((record) => record.offset)
      expect([offsetsOf(0), offsetsOf(1), offsetsOf(2)]).toEqual([upTo(0, 10), [7, 8, 9], []])
      await expectNothing(consumer)
      await produceNumbers(stage, topic, 10, 11, 2)
      expect(await consumer.take(1)).toMatchObject([{ partition: 2, offset: 10 }])
    },
  },
  {
    name: 'subscribe without assign: all partitions of two topics',
    async run(stage) {
      stage.client.needs('subscribe')
      const topics = [await stage.topic(2), await stage.topic(1)]
      const sent = topics.flatMap((topic, t) =>
        Array.from({ length: 2 - t }, (_, partition) => ({ topic, partition, value: 'v' })),
      )
      await stage.client.produce(sent)
      const consumer = await stage.consumer({ group: stage.name('group') })
      await consumer.subscribe(...topics)
      const got = await consumer.take(3)
      const places = (records: readonly Place[]) =>
        records.map((record) => `${record.topic}/${record.partition}`).sort()
      expect(places(got)).toEqual(places(sent))
    },
  },
  {
    name: 'a thousand records of six partitions, each once and in order',
    async run(stage) {
      const topic = await stage.topic(6)
      const sent = upTo(0, 1_000).map((n) => ({ topic, partition: n % 6, value: String(n) }))
      await stage.client.produce(sent)
      const got = await stage.read(topic, 1_000, 6)
      expect(numbersOf(got).sort((a, b) => a - b)).toEqual(upTo(0, 1_000))
      for (const partition of upTo(0, 6)) {
        const own = got.filter((record) => record.partition === partition)
        expect(own.map((record) => record.offset)).toEqual(upTo(0, own.length))
      }
    },
  },
  {
    name: 'a waiting reader gets a new record within a second',
    async run(stage) {
      const topic = await stage.topic()
      await produceNumbers(stage, topic, 0, 1)
      const consumer = await readerOf(stage, topic)
      await consumer.take(1)
      const waiting = consumer.take(1)
      await produceNumbers(stage, topic, 1, 2)
      const acknowledged = performance.now()
      expect(numbersOf(await waiting)).toEqual([1])
      expect(performance.now() - acknowledged).toBeLessThan(1_000)
    },
  },
]

const moving: Case[] = [
  {
    name: 'seek back and ahead',
    async run(stage) {
      stage.client.needs('seek')
      const topic = await stage.topic()
      await produceNumbers(stage, topic, 0, 50)
      const consumer = await readerOf(stage, topic)
      await consumer.take(50)
      await consumer.seek({ topic, partition: 0, offset: 10 })
      expect(numbersOf(await consumer.take(3))).toEqual([10, 11, 12])
      await consumer.seek({ topic, partition: 0, offset: 47 })
      expect(numbersOf(await consumer.take(3))).toEqual([47, 48, 49])
    },
  },
  {
    name: 'position follows what was polled',
    async run(stage) {
      stage.client.needs('position')
      const topic = await stage.topic()
      await produceNumbers(stage, topic, 0, 5)
      const consumer = await readerOf(stage, topic)
      await consumer.take(5)
      expect(await consumer.position({ topic, partition: 0 })).toBe(5)
    },
  },
  {
    name: 'a paused partition is silent, a resumed one goes on',
    async run(stage) {
      stage.client.needs('pause', 'resume')
      const topic = await stage.topic()
      await produceNumbers(stage, topic, 0, 3)
      const consumer = await readerOf(stage, topic)
      await consumer.take(3)
      await consumer.pause({ topic, partition: 0 })
      await produceNumbers(stage, topic, 3, 6)
      await expectNothing(consumer)
      await consumer.resume({ topic, partition: 0 })
      expect(numbersOf(await consumer.take(3))).toEqual([3, 4, 5])
    },
  },
]

const lookups: Case[] = [
  {
    name: 'beginning and end offsets',
    async run(stage) {
      stage.client.needs('offsets')
      const topic = await stage.topic(2)
      await produceNumbers(stage, topic, 0, 7, 1)
      const partitions = [0, 1].map((partition) => ({ topic, partition }))
      const offsets = async (at: string) => {
        const got = await stage.client.call<{ offset: number }[]>('offsets', { partitions, at })
        return got.map((one) => one.offset)
      }
      expect(await offsets('earliest')).toEqual([0, 0])
      expect(await offsets('latest')).toEqual([0, 7])
    },
  },
  {
    name: 'the first offset at or after a timestamp',
    async run(stage) {
      stage.client.needs('offsets', 'offsets-at-timestamp', 'timestamps')
      const topic = await stage.topic()
      const start = 1_700_000_000_000
      const sent = upTo(0, 10).map((n) => ({
        topic,
        partition: 0,
        value: String(n),
        timestamp: start + n * 1_000,
      }))
      for (const record of sent) await stage.client.produce([record])
      const partitions = [{ topic, partition: 0 }]
      const lookUp = async (at: number) => {
        const got = await stage.client.call<{ offset: number }[]>('offsets', { partitions, at })
        return got[0]?.offset
      }
      expect(await lookUp(start - 5)).toBe(0)
      expect(await lookUp(start + 4_000)).toBe(4)
      expect(await lookUp(start + 4_001)).toBe(5)
      // After the last one there is none; some libraries turn that into the end.
      expect([-1, 10]).toContain(await lookUp(start + 9_001))
    },
  },
  {
    name: 'reading on from the offset of a timestamp',
    async run(stage) {
      stage.client.needs('offsets', 'offsets-at-timestamp', 'timestamps', 'seek')
      const topic = await stage.topic()
      const start = 1_700_000_000_000
      await stage.client.produce(
        upTo(0, 20).map((n) => ({
          topic,
          partition: 0,
          value: String(n),
          timestamp: start + n,
        })),
      )
      const consumer = await readerOf(stage, topic)
      await consumer.take(20)
      const partitions = [{ topic, partition: 0 }]
      const [found] = await stage.client.call<{ offset: number }[]>('offsets', {
        partitions,
        at: start + 15,
      })
      await consumer.seek({ topic, partition: 0, offset: found?.offset ?? -1 })
      expect(numbersOf(await consumer.take(5))).toEqual(upTo(15, 20))
    },
  },
]

/** What consumers do without regard to others. */
export const consumeCases: readonly Case[] = [...assigning, ...moving, ...lookups]
