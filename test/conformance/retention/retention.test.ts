/** Retention as clients and the disk see it; every case also holds of Apache Kafka. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ErrorCode } from '../../../src/protocol/error-codes.ts'
import { fetchApi } from '../../../src/protocol/generated/01-fetch.ts'
import { listOffsetsApi } from '../../../src/protocol/generated/02-list-offsets.ts'
import { createTopicsApi } from '../../../src/protocol/generated/19-create-topics.ts'
import { deleteRecordsApi } from '../../../src/protocol/generated/21-delete-records.ts'
import { encodeBatch, newBatch } from '../../../src/protocol/record-batch.ts'
import { compression } from '../../cleaner/fixture.ts'
import { BrokerProcess } from '../broker-process.ts'
import { eventually } from '../eventually.ts'
import { RawConnection } from '../raw-connection.ts'
import { produceRecords } from '../raw-requests.ts'
import { ask } from '../typed-request.ts'

const hourMs = 3_600_000
/** Three batches of this size fill a segment of 1 MiB, the least that a topic may have. */
const recordBytes = 310_000
const earliest = -2
const latest = -1

let broker: BrokerProcess
let connection: RawConnection

beforeAll(async () => {
  broker = await BrokerProcess.start({
    settings: { 'log.retention.check.interval.ms': '200', 'log.initial.task.delay.ms': '100' },
  })
  connection = await RawConnection.open(broker.port)
})
afterAll(async () => {
  connection?.close()
  await broker?.dispose()
})

async function create(name: string, settings: Readonly<Record<string, string>>): Promise<void> {
  const common = { 'segment.bytes': String(2 ** 20), 'file.delete.delay.ms': '300' }
  const configs = Object.entries({ ...common, ...settings }).map(([key, value]) => ({
    name: key,
    value,
  }))
  const topic = { name, numPartitions: 1, replicationFactor: 1, assignments: [], configs }
  const request = { topics: [topic], timeoutMs: 30_000 }
  const { topics } = await ask(connection, createTopicsApi, 5, request)
  expect(topics[0]?.errorCode).toBe(ErrorCode.NONE)
  // Apache Kafka answers before it leads.
  await eventually(`${name} is led`, async () => (await offsetOf(name, latest)) === 0)
}

/** Batches of one record, that old each. */
async function produce(topic: string, ages: readonly number[]): Promise<void> {
  const [key, value] = [Buffer.from('k'), Buffer.alloc(recordBytes, 'v')]
  for (const age of ages) {
    const batch = encodeBatch(newBatch([{ timestamp: Date.now() - age, key, value }]))
    const { error } = await produceRecords(connection, topic, 0, batch)
    expect(error).toBe(ErrorCode.NONE)
  }
}

async function offsetOf(topic: string, timestamp: number): Promise<number> {
  const partitions = [{ partitionIndex: 0, timestamp }]
  const request = { replicaId: -1, topics: [{ name: topic, partitions }] }
  const { topics } = await ask(connection, listOffsetsApi, 5, request)
  const answer = topics[0]?.partitions[0]
  return answer?.errorCode === ErrorCode.NONE ? answer.offset : -1
}

async function fetchErrorAt(topic: string, fetchOffset: number): Promise<number | undefined> {
  const partitions = [{ partition: 0, fetchOffset, partitionMaxBytes: 1000 }]
  const limits = { maxWaitMs: 100, minBytes: 1, maxBytes: 1000, isolationLevel: 0 }
  const request = { replicaId: -1, ...limits, topics: [{ topic, partitions }] }
  const { responses } = await ask(connection, fetchApi, 4, request)
  return responses[0]?.partitions[0]?.errorCode
}

async function startsAt(topic: string, offset: number): Promise<void> {
  await eventually(`${topic} starts at ${offset}`, async () => {
    const start = await offsetOf(topic, earliest)
    expect(start).toBeLessThanOrEqual(offset)
    return start === offset
  })
}

const logsOf = (topic: string): string[] =>
  readdirSync(join(broker.dataFolder, `${topic}-0`))
    .filter((name) => name.includes('.log'))
    .sort()

const logOf = (base: number): string => `${String(base).padStart(20, '0')}.log`

test('by size the oldest go, while no less than retention.bytes stays', async () => {
  await create('size', { 'retention.bytes': String(2 ** 21), 'retention.ms': '-1' })
  await produce('size', Array<number>(10).fill(0))
  await startsAt('size', 3)
  expect(await offsetOf('size', latest)).toBe(10)
  expect(await fetchErrorAt('size', 2)).toBe(ErrorCode.OFFSET_OUT_OF_RANGE)
  expect(await fetchErrorAt('size', 3)).toBe(ErrorCode.NONE)
  await eventually('the files are removed', () => logsOf('size').length === 3)
  expect(logsOf('size')).toEqual([3, 6, 9].map(logOf))
})

test('by time a segment goes with its youngest record', async () => {
  await create('time', { 'retention.ms': String(hourMs) })
  // Not due before all of them are there: a round in between would find other segments.
  const soonDue = hourMs - 3000
  const old = [soonDue, soonDue, soonDue]
  // The second segment has old records too, and a new one.
  await produce('time', [...old, soonDue, 0, soonDue, soonDue])
  await startsAt('time', 3)
  expect(await offsetOf('time', latest)).toBe(7)
  await eventually('the files are removed', () => logsOf('time').length === 2)
  // The last record is due as well, but what stands before it is not.
  expect(logsOf('time')).toEqual([3, 6].map(logOf))
})

test('a record of the future keeps what is behind it', async () => {
  await create('future', { 'retention.ms': String(hourMs) })
  await produce('future', [-hourMs / 2, 0, 0, 3 * hourMs, 3 * hourMs, 3 * hourMs, 0])
  await create('marker', { 'retention.ms': String(hourMs) })
  await produce('marker', [2 * hourMs])
  await startsAt('marker', 1)
  expect(await offsetOf('future', earliest)).toBe(0)
})

test('an active segment that is due as a whole goes too, and the log goes on', async () => {
  await create('all', { 'retention.ms': String(hourMs) })
  await produce('all', Array<number>(4).fill(2 * hourMs))
  await startsAt('all', 4)
  expect(await offsetOf('all', latest)).toBe(4)
  expect(await fetchErrorAt('all', 3)).toBe(ErrorCode.OFFSET_OUT_OF_RANGE)
  expect(await fetchErrorAt('all', 4)).toBe(ErrorCode.NONE)
  await eventually('the files are removed', () => logsOf('all').length === 1)
  expect(logsOf('all')).toEqual([logOf(4)])
  await produce('all', [0])
  expect(await offsetOf('all', latest)).toBe(5)
})

test('retention.bytes=0 keeps nothing', async () => {
  await create('nothing', { 'retention.bytes': '0' })
  await produce('nothing', [0, 0])
  await startsAt('nothing', 2)
})

test('of cleanup.policy=compact nothing goes, of compact,delete what is due', async () => {
  await create('compact', { 'cleanup.policy': 'compact', 'retention.ms': '1000' })
  await create('both', { 'cleanup.policy': 'compact,delete', 'retention.ms': String(hourMs) })
  await produce('compact', Array<number>(4).fill(2 * hourMs))
  await produce('both', Array<number>(4).fill(2 * hourMs))
  await startsAt('both', 4)
  expect(await offsetOf('compact', earliest)).toBe(0)
})

test.each(['stop', 'kill'] as const)('what went stays gone over a %s', async (end) => {
  const topics = [
    ['size', 3, 10],
    ['time', 3, 7],
    ['all', 4, 5],
    ['nothing', 2, 2],
    ['compact', 0, 4],
  ] as const
  connection.close()
  await broker[end]()
  await broker.start()
  connection = await RawConnection.open(broker.port)
  for (const [topic, start, stop] of topics) {
    await eventually(`${topic} is led`, async () => (await offsetOf(topic, latest)) >= 0)
    expect([topic, await offsetOf(topic, earliest), await offsetOf(topic, latest)]).toEqual([
      topic,
      start,
      stop,
    ])
  }
})

test('a lookup by time passes over what lies below the log start, within a batch too', async () => {
  const topic = 'by-time'
  await create(topic, {})
  const now = Date.now()
  const key = Buffer.from('k')
  // The young record of the compressed batch is deleted, then another one comes.
  for (const [codec, ages] of [
    [1, [10, 5000, 6000]],
    [1, [7000, 8000]],
    [0, [20]],
  ] as const) {
    const records = ages.map((age) => ({ timestamp: now - age, key, value: key }))
    const batch = encodeBatch(newBatch(records, { attributes: codec }), compression)
    const { error } = await produceRecords(connection, topic, 0, batch)
    expect(error).toBe(ErrorCode.NONE)
  }
  expect(await offsetOf(topic, now - 1000)).toBe(0)
  const partitions = [{ partitionIndex: 0, offset: 1 }]
  const request = { topics: [{ name: topic, partitions }], timeoutMs: 10_000 }
  await ask(connection, deleteRecordsApi, 2, request)
  expect(await offsetOf(topic, now - 1000)).toBe(5)
  expect(await offsetOf(topic, now - 5500)).toBe(1)
  expect(await offsetOf(topic, now)).toBe(-1)
})
