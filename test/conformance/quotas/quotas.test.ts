/** Quotas and limits of connections as clients feel them; every case also holds of Apache Kafka. */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { ErrorCode } from '../../../src/protocol/error-codes.ts'
import { produceApi } from '../../../src/protocol/generated/00-produce.ts'
import { fetchApi } from '../../../src/protocol/generated/01-fetch.ts'
import { metadataApi } from '../../../src/protocol/generated/03-metadata.ts'
import { createTopicsApi } from '../../../src/protocol/generated/19-create-topics.ts'
import { incrementalAlterConfigsApi } from '../../../src/protocol/generated/44-incremental-alter-configs.ts'
import { describeClientQuotasApi } from '../../../src/protocol/generated/48-describe-client-quotas.ts'
import { alterClientQuotasApi } from '../../../src/protocol/generated/49-alter-client-quotas.ts'
import { encodeBatch, newBatch } from '../../../src/protocol/record-batch.ts'
import { BrokerProcess } from '../broker-process.ts'
import { eventually } from '../eventually.ts'
import { RawConnection } from '../raw-connection.ts'
import { createTopic } from '../raw-requests.ts'
import { ask } from '../typed-request.ts'

const mebibyte = 2 ** 20
/** The windows are few, so that what may come at once is used up in a second. */
const windows = 2
const windowMs = 1000
const settings = {
  'quota.window.num': String(windows),
  'quota.window.size.seconds': String(windowMs / 1000),
  'controller.quota.window.num': String(windows),
}
/** What is measured: whole rounds of windows. */
const measuredMs = 4 * windows * windowMs
/** What goes over the quota before a pause, and a pause that is longer than the network's time. */
const deviationMax = 0.15
/**
 * How far a client goes over its quota when it may. One that sends all it can uses up its windows
 * at once and pauses for the longest time, a window; whether the first window is forgotten just
 * then or a window later is chance, with Apache Kafka as well.
 */
const haste = 2

let broker: BrokerProcess
let connection: RawConnection

beforeAll(async () => {
  broker = await BrokerProcess.start({ settings })
  connection = await RawConnection.open(broker.port)
  await createTopic(connection, 'quotas', 1)
})
afterAll(async () => {
  connection?.close()
  await broker?.dispose()
})

type Names = Readonly<Record<string, string | null>>

/** The client id of every request of this suite. */
const client: Names = { 'client-id': 'test' }
const address: Names = { ip: '127.0.0.1' }
const set: (readonly [Names, string])[] = []

async function alter(names: Names, key: string, value: number | undefined): Promise<void> {
  const entity = Object.entries(names).map(([entityType, entityName]) => ({
    entityType,
    entityName,
  }))
  const ops = [{ key, value: value ?? 0, remove: value === undefined }]
  const request = { entries: [{ entity, ops }], validateOnly: false }
  // The connection may be muted, and where addresses are limited a new one may be refused.
  const one = 'ip' in names ? connection : await RawConnection.open(broker.port)
  const answer = await ask(one, alterClientQuotasApi, 1, request)
  if (one !== connection) one.close()
  expect(answer.entries.map(({ errorCode }) => errorCode)).toEqual([ErrorCode.NONE])
}

async function limit(names: Names, key: string, value: number): Promise<void> {
  set.push([names, key])
  await alter(names, key, value)
}

afterEach(async () => {
  for (const [names, key] of set.splice(0)) await alter(names, key, undefined)
  connection.close()
  connection = await RawConnection.open(broker.port)
})

const value = Buffer.alloc(64 * 1024, 'v')
const batch = encodeBatch(newBatch([{ timestamp: 1_700_000_000_000, key: null, value }]))

async function produce(): Promise<number> {
  const partitionData = [{ index: 0, records: batch }]
  const topicData = [{ name: 'quotas', partitionData }]
  const request = { transactionalId: null, acks: 1, timeoutMs: 10_000, topicData }
  const { responses, throttleTimeMs } = await ask(connection, produceApi, 9, request)
  expect(responses[0]?.partitionResponses[0]?.errorCode).toBe(ErrorCode.NONE)
  return throttleTimeMs
}

/** One batch a fetch, so that the last one goes over the quota by little. */
const fetchBytes = 70_000

async function fetch(): Promise<{ readonly bytes: number; readonly throttleTimeMs: number }> {
  const partitions = [{ partition: 0, fetchOffset: 0, partitionMaxBytes: fetchBytes }]
  const limits = { maxWaitMs: 100, minBytes: 1, maxBytes: fetchBytes, isolationLevel: 0 }
  const session = { sessionId: 0, sessionEpoch: -1, forgottenTopicsData: [], rackId: '' }
  const topics = [{ topic: 'quotas', partitions }]
  const request = { replicaId: -1, ...limits, ...session, topics }
  const { responses, throttleTimeMs } = await ask(connection, fetchApi, 11, request)
  return { bytes: responses[0]?.partitions[0]?.records?.length ?? 0, throttleTimeMs }
}

/**
 * Bytes a second that `step` gets through at its pace, from the moment when it is told to pause:
 * the windows are used up then, and so they are when the last round ends.
 */
async function rateOf(
  step: () => Promise<{ readonly bytes: number; readonly throttleTimeMs: number }>,
): Promise<number> {
  const pacedStep = async () => {
    await sleep((batch.length * 1000) / (haste * mebibyte))
    return step()
  }
  await eventually('a pause is told', async () => (await pacedStep()).throttleTimeMs > 0)
  const end = performance.now() + measuredMs
  for (let total = 0; ; ) {
    const { bytes } = await pacedStep()
    // The answer behind the last pause belongs to the next round.
    if (performance.now() > end) return (total * 1000) / measuredMs
    total += bytes
  }
}

test('what is produced keeps to its rate', async () => {
  await limit(client, 'producer_byte_rate', mebibyte)
  const rate = await rateOf(async () => ({ throttleTimeMs: await produce(), bytes: batch.length }))
  console.log(`produced at ${((100 * rate) / mebibyte).toFixed(1)} % of the quota`)
  expect(Math.abs(rate - mebibyte)).toBeLessThan(deviationMax * mebibyte)
})

test('what is fetched keeps to its rate, and over it an answer is empty', async () => {
  for (let i = 0; i < 4; i++) await produce()
  await limit(client, 'consumer_byte_rate', mebibyte)
  let empty = 0
  const rate = await rateOf(async () => {
    const fetched = await fetch()
    // Without a pause Apache Kafka on a busy machine now and then answers an empty one, too.
    const isOver = fetched.throttleTimeMs > 0
    if (isOver || broker.target.name === 'odradek') expect(fetched.bytes === 0).toBe(isOver)
    if (isOver) empty += 1
    return fetched
  })
  console.log(`fetched at ${((100 * rate) / mebibyte).toFixed(1)} % of the quota`)
  expect(empty).toBeGreaterThan(0)
  expect(Math.abs(rate - mebibyte)).toBeLessThan(deviationMax * mebibyte)
})

test('who uses too much of the threads pauses, a window at most', async () => {
  await limit(client, 'request_percentage', 0.01)
  const request = { topics: null, allowAutoTopicCreation: false }
  const told: number[] = []
  await eventually('a pause is told', async () => {
    const { throttleTimeMs } = await ask(connection, metadataApi, 9, request)
    told.push(throttleTimeMs)
    return throttleTimeMs > 0
  })
  expect(Math.max(...told)).toBeLessThanOrEqual(1000)
  const began = performance.now()
  await ask(connection, metadataApi, 9, request)
  expect(performance.now() - began).toBeGreaterThan((told.at(-1) ?? 0) - 20)
  expect(await produce()).toBeGreaterThan(0)
})

test('changes of the metadata over their rate are refused until they may be', async () => {
  await limit(client, 'controller_mutation_rate', 2)
  const create = async (...names: readonly string[]) => {
    const common = { numPartitions: 5, replicationFactor: 1, assignments: [], configs: [] }
    const request = { topics: names.map((name) => ({ name, ...common })), timeoutMs: 10_000 }
    const { topics, throttleTimeMs } = await ask(connection, createTopicsApi, 6, request)
    return { codes: topics.map(({ errorCode }) => errorCode).sort(), throttleTimeMs }
  }
  let number = 0
  let throttleTimeMs = 0
  await eventually('one of two topics is refused', async () => {
    const answer = await create(`mutation-${number++}`, `mutation-${number++}`)
    throttleTimeMs = answer.throttleTimeMs
    return answer.codes.includes(ErrorCode.THROTTLING_QUOTA_EXCEEDED)
  })
  expect(throttleTimeMs).toBeGreaterThan(0)
  expect((await create('mutation-later')).codes).toEqual([ErrorCode.NONE])
})

test('quotas are told as they were set', async () => {
  await limit({ user: null, 'client-id': 'c' }, 'consumer_byte_rate', 12)
  const components = [
    { entityType: 'user', matchType: 1, match: null },
    { entityType: 'client-id', matchType: 0, match: 'c' },
  ]
  const describeAll = () =>
    ask(connection, describeClientQuotasApi, 1, { components, strict: true })
  await eventually('it is there', async () => (await describeAll()).entries?.length === 1)
  const [entry] = (await describeAll()).entries ?? []
  expect(entry?.values).toEqual([{ key: 'consumer_byte_rate', value: 12 }])
  expect(new Map(entry?.entity.map((part) => [part.entityType, part.entityName]))).toEqual(
    new Map([
      ['user', null],
      ['client-id', 'c'],
    ]),
  )
})

describe('a connection', () => {
  const opened: RawConnection[] = []
  const open = async () => {
    const one = await RawConnection.open(broker.port)
    opened.push(one)
    return one
  }
  afterEach(() => {
    for (const one of opened.splice(0)) one.close()
  })

  /** Sets a config of all brokers; an empty one goes back to the default. */
  async function configure(name: string, to: string | null): Promise<void> {
    const configs = [{ name, configOperation: to === null ? 1 : 0, value: to }]
    const resources = [{ resourceType: 4, resourceName: '', configs }]
    const request = { resources, validateOnly: false }
    const { responses } = await ask(connection, incrementalAlterConfigsApi, 1, request)
    expect(responses).toMatchObject([{ errorCode: ErrorCode.NONE }])
  }

  /** Whether it is answered within a time in which everybody would be. */
  async function isServed(one: RawConnection): Promise<boolean> {
    const request = { topics: [], allowAutoTopicCreation: false }
    const answer = ask(one, metadataApi, 9, request).then(
      () => true,
      () => false,
    )
    const late = new Promise<boolean>((settle) => setTimeout(() => settle(false), 1000))
    return Promise.race([answer, late])
  }

  test('beyond what an address may have is closed', async () => {
    await configure('max.connections.per.ip', '3')
    await eventually('the limit holds', async () => !(await isServed(await open())))
    expect(opened.filter(({ closed }) => closed)).not.toEqual([])
    await configure('max.connections.per.ip', null)
    await eventually('all are served again', async () => isServed(await open()))
  })

  test('beyond what the broker takes waits until another one leaves', async () => {
    await configure('max.connections', '3')
    await eventually('the limit holds', async () => !(await isServed(await open())))
    const waiting = opened.at(-1)
    if (waiting === undefined) throw new Error('nobody waits')
    expect(waiting.closed).toBe(false)
    for (const other of opened) if (other !== waiting) other.close()
    await eventually('it is served', async () => isServed(waiting))
    await configure('max.connections', null)
  })

  test('from an address that comes too often is closed after a while', async () => {
    await limit(address, 'connection_creation_rate', 1)
    await eventually('one is closed', async () => {
      const one = await open()
      return !(await isServed(one)) && one.closed
    })
  })
})
