/** One log with two doors, on files and sockets: what is done at one is seen at the other. */
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { Broker } from '../../src/broker/broker.ts'
import type { BrokerOptions } from '../../src/broker/options.ts'
import { ResourceType } from '../../src/metadata/image.ts'
import { deleteTopicsApi } from '../../src/protocol/generated/20-delete-topics.ts'
import { deleteRecordsApi } from '../../src/protocol/generated/21-delete-records.ts'
import { createPartitionsApi } from '../../src/protocol/generated/37-create-partitions.ts'
import { incrementalAlterConfigsApi } from '../../src/protocol/generated/44-incremental-alter-configs.ts'
import type { Log } from '../../src/queue/log.ts'
import type { LogRecord } from '../../src/queue/log-record.ts'
import { Store } from '../../src/queue/store.ts'
import { eventually } from '../conformance/eventually.ts'
import { ask } from '../conformance/typed-request.ts'
import { cleanUp, logError, temporaryFolder, valuesOf } from '../queue/fixture.ts'
import { takeOne, takeSome } from '../queue/queue-fixture.ts'
import { RawClient } from './raw-client.ts'

const timeoutMs = 5_000
const topicOf = 'audit'

/** Called in the reverse of their order. */
const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end()
  await cleanUp()
})

interface TwoDoors {
  readonly store: Store
  readonly broker: Broker
  /** A client of the topic. */
  connect(topic?: string): Promise<RawClient>
}

async function twoDoors(configs: Readonly<Record<string, string>> = {}): Promise<TwoDoors> {
  const store = await Store.open(temporaryFolder(), { configs })
  ends.push(() => store.close().catch(() => undefined))
  const broker = await Broker.start({ log: store, port: 0 } satisfies BrokerOptions)
  const connect = async (topic = topicOf): Promise<RawClient> => {
    const client = await RawClient.connect(broker.endpoints[0]?.port ?? 0, topic)
    ends.push(() => client.connection.close())
    return client
  }
  return { store, broker, connect }
}

async function deleteTopic({ connection }: RawClient, name: string): Promise<void> {
  const { responses } = await ask(connection, deleteTopicsApi, 5, { topicNames: [name], timeoutMs })
  expect(responses[0]?.errorCode).toBe(0)
}

async function deleteRecords({ connection }: RawClient, name: string, offset: number) {
  const partitions = [{ partitionIndex: 0, offset }]
  const request = { topics: [{ name, partitions }], timeoutMs }
  const { topics } = await ask(connection, deleteRecordsApi, 2, request)
  expect(topics[0]?.partitions[0]).toMatchObject({ errorCode: 0, lowWatermark: offset })
}

async function addPartitions({ connection }: RawClient, name: string, count: number) {
  const { results } = await ask(connection, createPartitionsApi, 3, {
    topics: [{ name, count, assignments: null }],
    timeoutMs,
    validateOnly: false,
  })
  expect(results[0]?.errorCode).toBe(0)
}

async function setConfig({ connection }: RawClient, name: string, value: string) {
  const configs = [{ name, value, configOperation: 0 }]
  const { responses } = await ask(connection, incrementalAlterConfigsApi, 1, {
    resources: [{ resourceType: ResourceType.TOPIC, resourceName: topicOf, configs }],
    validateOnly: false,
  })
  expect(responses[0]).toMatchObject({ errorCode: 0 })
}

const closed = logError('LOG_CLOSED')

/** What a promise comes to, if that is an error. */
const outcomeOf = (promise: Promise<unknown>) => promise.catch((error: unknown) => error)

/** Gives what waits time to do so. */
const aMoment = () => new Promise((resolve) => setTimeout(resolve, 50))

describe('what the one door does', () => {
  it('ends the wait of a client for what the process appends', async () => {
    const { store, connect } = await twoDoors()
    const log = await store.log(topicOf)
    const fetched = (await connect()).fetch(0)
    await aMoment()
    await log.append([{ value: 'a' }, { value: 'b' }])
    expect(await fetched).toEqual(['0 a', '1 b'])
  })

  it('wakes who reads live in the process, and who takes from a queue', async () => {
    const { store, connect } = await twoDoors()
    const log = await store.log(topicOf)
    const queue = await store.queue('jobs')
    const reader = log.read({ live: true })
    const read = reader.next()
    const taken = takeOne(queue)
    await aMoment()
    expect(await (await connect()).produce(['from outside'])).toBe(0)
    expect((await read).value).toMatchObject({ offset: 0, value: Buffer.from('from outside') })
    await reader.return()
    await (await connect('jobs')).produce(['job'])
    const message = await taken
    expect(String(message.value)).toBe('job')
    await message.ack()
  })

  it('is a message for clients too, once it is put', async () => {
    const { store, connect } = await twoDoors()
    const queue = await store.queue('jobs')
    await queue.put({ value: 'job' })
    expect(await (await connect('jobs')).fetch(0)).toEqual(['0 job'])
  })

  it('is durable before the other sees it', async () => {
    const { store, connect } = await twoDoors()
    const log = await store.log(topicOf)
    const client = await connect()
    await log.append({ value: 'a' }, { durability: 'os' })
    expect(await client.fetch(0)).toEqual(['0 a'])
    expect(log.endOffset()).toBe(1)
  })
})

describe('appends of both doors at once', () => {
  const doors = ['process', 'first client', 'second client'] as const
  const step = fc.record({
    door: fc.constantFrom(...doors),
    records: fc.integer({ min: 1, max: 4 }),
    partition: fc.integer({ min: 0, max: 1 }),
    isAwaited: fc.boolean(),
  })

  it('are all there, once, and in the order of each', async () => {
    const { store, connect } = await twoDoors()
    const log = await store.log(topicOf, { partitions: 2 })
    const clients = [await connect(), await connect()] as const
    const appendAt = {
      process: (values: string[], partition: number) =>
        log.append(values.map((value) => ({ value, partition }))),
      'first client': (values: string[], partition: number) =>
        clients[0].produce(values, partition),
      'second client': (values: string[], partition: number) =>
        clients[1].produce(values, partition),
    }
    const several = fc.array(step, { minLength: 1, maxLength: 30 })
    const property = fc.asyncProperty(several, async (steps) => {
      const begins = [log.endOffset(0), log.endOffset(1)]
      /** What was told of each offset: the door and the place in its order. */
      const told = [0, 1].map(() => new Map<number, string>())
      const last = new Map<string, Promise<unknown>>()
      for (const [at, { door, records, partition, isAwaited }] of steps.entries()) {
        const values = Array.from({ length: records }, (_, i) => `${door} ${at * 10 + i}`)
        const append = async (): Promise<void> => {
          const base = await appendAt[door](values, partition)
          for (const [i, value] of values.entries()) {
            expect(told[partition]?.has(base + i)).toBe(false)
            told[partition]?.set(base + i, value)
          }
        }
        // A connection has one request under way; the process has any number.
        const before = door === 'process' ? undefined : last.get(door)
        const appending = before === undefined ? append() : before.then(append)
        last.set(door, door === 'process' ? Promise.all([last.get(door), appending]) : appending)
        if (isAwaited) await appending
      }
      await Promise.all(last.values())
      for (const partition of [0, 1]) {
        const from = begins[partition] ?? 0
        const expected = [...(told[partition] ?? [])].sort(([a], [b]) => a - b)
        const lines = expected.map(([offset, value]) => `${offset} ${value}`)
        const inside: string[] = []
        for await (const { offset, value } of log.read({ partition, from })) {
          inside.push(`${offset} ${value}`)
        }
        expect(inside).toEqual(lines)
        if (lines.length > 0) expect(await clients[0].fetch(from, partition)).toEqual(lines)
        for (const door of doors) {
          const own = expected.filter(([, value]) => value.startsWith(door))
          const places = own.map(([, value]) => Number(value.slice(door.length)))
          expect(places).toEqual(places.toSorted((a, b) => a - b))
        }
      }
    })
    await fc.assert(property, { numRuns: 25 })
  })
})

describe('a topic that a client deletes', () => {
  it('ends what the process has under way with it, and can be made anew', async () => {
    const { store, connect } = await twoDoors()
    const log = await store.log(topicOf)
    const client = await connect()
    await log.append({ value: 'old' })
    const waits = outcomeOf(log.read({ live: true, from: 1 }).next())
    const appends = Promise.allSettled(
      Array.from({ length: 100 }, (_, i) => log.append({ value: `${i}` })),
    )
    await deleteTopic(client, topicOf)
    for (const outcome of await appends) {
      if (outcome.status === 'rejected') expect(outcome.reason).toEqual(logError('LOG_CLOSED'))
    }
    expect([{ done: false, value: expect.anything() }, closed]).toContainEqual(await waits)
    const gone = logError('LOG_CLOSED', 'deleted')
    await expect(log.append({ value: 'v' })).rejects.toEqual(gone)
    await expect(log.append([{ value: 'v' }])).rejects.toEqual(gone)
    const late = log.read({ live: true, from: log.endOffset() })
    await expect(late.next()).rejects.toEqual(gone)
    await expect(log.trim(0)).rejects.toEqual(gone)
    await expect(log.offsetAt(0)).rejects.toEqual(gone)
    await expect(valuesOf(log.read())).rejects.toEqual(gone)
    const again = await store.log(topicOf)
    expect(await again.append({ value: 'new' })).toBe(0)
    expect(await client.fetch(0)).toEqual(['0 new'])
    await expect(log.append({ value: 'v' })).rejects.toEqual(gone)
    await log.close()
    expect(await valuesOf(again.read())).toEqual(['new'])
  })

  it('ends a live reader that waits at its end', async () => {
    const { store, connect } = await twoDoors()
    const log = await store.log(topicOf)
    const waits = outcomeOf(log.read({ live: true }).next())
    await aMoment()
    await deleteTopic(await connect(), topicOf)
    expect(await waits).toEqual(logError('LOG_CLOSED', 'deleted'))
  })

  it('ends the queue on it, whose consumers a later one does not inherit', async () => {
    const { store, connect } = await twoDoors()
    const queue = await store.queue('jobs')
    const client = await connect('jobs')
    for (let i = 0; i < 5; i++) await queue.put({ value: `${i}` })
    const messages = await takeSome(queue, 'c', 3)
    await messages[0]?.ack()
    const waits = outcomeOf(takeSome(queue, 'd', 6))
    const handled: string[] = []
    const handler = ({ value }: { readonly value: Buffer | null }): void => {
      handled.push(String(value))
    }
    const processing = outcomeOf(queue.process({ consumer: 'e' }, handler))
    await eventually('all are handled', () => handled.length === 5)
    await deleteTopic(client, 'jobs')
    expect([await waits, await processing]).toEqual([closed, closed])
    await expect(queue.put({ value: 'v' })).rejects.toEqual(logError('LOG_CLOSED'))
    await expect(takeSome(queue, 'd', 6)).rejects.toEqual(logError('LOG_CLOSED'))
    expect(() => queue.statistics()).toThrow(logError('LOG_CLOSED'))
    await expect(messages[1]?.ack()).rejects.toEqual(closed)
    await queue.close()

    const again = await store.queue('jobs')
    expect(again.consumers()).toEqual([])
    await client.produce(['new 0', 'new 1'])
    const [first] = await takeSome(again, 'c', 1)
    expect(String(first?.value)).toBe('new 0')
  })

  it('while its queue is closed, leaves no places of consumers either', async () => {
    const { store, connect } = await twoDoors()
    const queue = await store.queue('jobs')
    for (let i = 0; i < 3; i++) await queue.put({ value: `${i}` })
    for (const message of await takeSome(queue, 'c', 3)) await message.ack()
    await queue.close()
    const client = await connect('jobs')
    await deleteTopic(client, 'jobs')
    expect((await store.queue('jobs')).consumers()).toEqual([])
  })
})

describe('what a client changes of a topic', () => {
  it('adds partitions to the log that is open', async () => {
    const { store, connect } = await twoDoors()
    const log = await store.log(topicOf)
    const client = await connect()
    await addPartitions(client, topicOf, 3)
    expect(log.partitions).toBe(3)
    expect(await log.append({ value: 'v', partition: 2 })).toBe(0)
    expect(await client.fetch(0, 2)).toEqual(['0 v'])
    await client.produce(['w'], 2)
    expect(await valuesOf(log.read({ partition: 2 }))).toEqual(['v', 'w'])
    expect(() => log.read()).toThrow(logError('INVALID_CONFIG', 'name one'))
  })

  it('adds partitions beside the one of a queue, which stays the whole queue', async () => {
    const { store, connect } = await twoDoors()
    const queue = await store.queue('jobs')
    await queue.put({ value: 'before' })
    await addPartitions(await connect('jobs'), 'jobs', 2)
    for (let i = 0; i < 4; i++) await queue.put({ value: `${i}` })
    const values = (await takeSome(queue, 'c', 5)).map(({ value }) => String(value))
    expect(values).toEqual(['before', '0', '1', '2', '3'])
    expect(queue.statistics().messages).toBe(5)
    await queue.close()
    await expect(store.queue('jobs')).rejects.toEqual(logError('INVALID_CONFIG', '2 partitions'))
  })

  it('sets what a batch may have, how it is compressed and when it is durable', async () => {
    const { store, broker, connect } = await twoDoors()
    const log = await store.log(topicOf)
    const client = await connect()
    await setConfig(client, 'max.message.bytes', '1000')
    const long = log.append({ value: 'x'.repeat(2_000) })
    await expect(long).rejects.toEqual(logError('MESSAGE_TOO_LARGE'))
    await setConfig(client, 'compression.type', 'gzip')
    const value = 'x'.repeat(900)
    expect(await log.append({ value })).toBe(0)
    expect(broker.observation.log(topicOf, 0)?.sizeBytes()).toBeLessThan(500)
    expect(log.durability).toBe('fsync')
    await setConfig(client, 'flush.messages', '9223372036854775807')
    expect(log.durability).toBe('os')
    await setConfig(client, 'flush.messages', '1')
    expect(log.durability).toBe('fsync')
    expect(await valuesOf(log.read())).toEqual([value])
  })

  it('sets what is kept', async () => {
    const often = { 'log.retention.check.interval.ms': '20', 'log.initial.task.delay.ms': '20' }
    const { store, connect } = await twoDoors(often)
    const log = await store.log(topicOf, { configs: { 'segment.bytes': '1048576' } })
    const value = Buffer.alloc(400_000)
    for (let i = 0; i < 8; i++) await log.append({ value })
    expect(log.startOffset()).toBe(0)
    await setConfig(await connect(), 'retention.bytes', '1000000')
    await eventually('the log is cut', () => log.startOffset() > 0)
    expect(log.endOffset()).toBe(8)
  })
})

describe('records that a client deletes', () => {
  async function filled(): Promise<TwoDoors & { log: Log; client: RawClient }> {
    const doors = await twoDoors()
    const log = await doors.store.log(topicOf)
    for (let i = 0; i < 10; i++) await log.append({ value: `${i}` })
    return { ...doors, log, client: await doors.connect() }
  }

  it('are not there for the process, which goes on at the end', async () => {
    const { log, client } = await filled()
    const live = log.read({ live: true, from: 10 })[Symbol.asyncIterator]()
    const waits = live.next()
    await deleteRecords(client, topicOf, 10)
    expect(log.startOffset()).toBe(10)
    const early = (): unknown => log.read({ from: 3 })
    expect(early).toThrow(logError('OFFSET_OUT_OF_RANGE'))
    await client.produce(['next'])
    const { value } = (await waits) as IteratorYieldResult<LogRecord>
    expect(value).toMatchObject({ offset: 10 })
    await live.return?.()
  })

  it('end a live reader that has not come to them, with its error', async () => {
    const { log, client } = await filled()
    const reader = log.read({ live: true })
    const big = Buffer.alloc(900_000)
    for (let i = 0; i < 8; i++) await log.append({ value: big })
    expect((await reader.next()).value?.offset).toBe(0)
    await deleteRecords(client, topicOf, 18)
    const rest = async (): Promise<number> => {
      let last = -1
      for await (const { offset } of reader) last = offset
      return last
    }
    // What was read ahead is handed out.
    await expect(rest()).rejects.toEqual(logError('OFFSET_OUT_OF_RANGE'))
  })

  it('are passed over by the consumers of a queue', async () => {
    const { store, connect } = await twoDoors()
    const queue = await store.queue('jobs', { consumers: ['c'] })
    for (let i = 0; i < 10; i++) await queue.put({ value: `${i}` })
    const [first] = await takeSome(queue, 'c', 1)
    const client = await connect('jobs')
    await deleteRecords(client, 'jobs', 8)
    await first?.ack()
    const values: string[] = []
    for await (const message of queue.take({ consumer: 'c' })) {
      values.push(String(message.value))
      await message.ack()
      if (values.at(-1) === '9') break
    }
    // Those that were read ahead may come.
    expect(values.slice(-2)).toEqual(['8', '9'])
    await queue.put({ value: 'next' })
    expect(String((await takeOne(queue, 'c')).value)).toBe('next')
  })
})

describe('the end', () => {
  it('of the broker answers who waits, and of the log only what it was asked', async () => {
    const { store, broker, connect } = await twoDoors()
    const log = await store.log(topicOf)
    const [waiting, producing] = [await connect(), await connect()]
    const fetched = waiting.fetch(0).catch(() => 'ended')
    const reader = log.read({ live: true })
    const read = reader.next()
    await aMoment()
    const produced = producing.produce(['a']).catch(() => 'ended')
    await broker.stop()
    expect([['0 a'], [], 'ended']).toContainEqual(await fetched)
    const answer = await produced
    const offset = await log.append({ value: 'b' })
    // What was acknowledged is there.
    if (answer === 0) expect(offset).toBe(1)
    expect((await read).value).toMatchObject({ offset: 0 })
    await reader.return()
  })

  it('of the store ends clients that wait, and the process meets no error', async () => {
    const { store, broker, connect } = await twoDoors()
    const log = await store.log(topicOf)
    const client = await connect()
    const fetched = client.fetch(0).catch(() => [])
    const reader = log.read({ live: true })
    const read = reader.next()
    await aMoment()
    const begun = performance.now()
    await store.close()
    expect(performance.now() - begun).toBeLessThan(5_000)
    expect(await fetched).toEqual([])
    expect(await read).toEqual({ done: true, value: undefined })
    await eventually('the connection is closed', () => client.connection.closed)
    await broker.stop()
  })

  it('of a broker under load loses nothing that was acknowledged', async () => {
    const { store, broker, connect } = await twoDoors()
    const log = await store.log(topicOf)
    const acknowledged: string[] = []
    const produceAll = async (name: string): Promise<void> => {
      const client = await connect()
      for (let i = 0; ; i++) {
        const value = `${name} ${i}`
        const offset = await client.produce([value])
        acknowledged.push(`${offset} ${value}`)
      }
    }
    const producing = ['a', 'b', 'c'].map((name) => produceAll(name).catch(() => undefined))
    let isOver = false
    const appending = (async () => {
      for (let i = 0; !isOver; i++) {
        const value = `inside ${i}`
        acknowledged.push(`${await log.append({ value })} ${value}`)
      }
    })()
    await eventually('much is acknowledged', () => acknowledged.length > 100)
    await broker.stop()
    await Promise.all(producing)
    const atStop = acknowledged.length
    await eventually('the process goes on', () => acknowledged.length > atStop + 10)
    isOver = true
    await appending
    const found = new Set<string>()
    for await (const { offset, value } of log.read()) found.add(`${offset} ${value}`)
    expect(acknowledged.filter((record) => !found.has(record))).toEqual([])
  })
})
