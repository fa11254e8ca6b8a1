import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { BatchOpener } from '../../../src/broker/open-batch/batch-opener.ts'
import { codecSet } from '../../../src/broker/open-batch/codec-set.ts'
import { runJob } from '../../../src/broker/open-batch/job.ts'
import {
  type ListOffsetsPartitionInput,
  type ListOffsetsPartitionResponse,
  type ListOffsetsRequestInput,
  listOffsetsApi,
} from '../../../src/protocol/generated/02-list-offsets.ts'
import { metadataApi } from '../../../src/protocol/generated/03-metadata.ts'
import { batchAttributes, encodeBatch, newBatch } from '../../../src/protocol/record-batch.ts'
import { StorageError } from '../../../src/storage/log-store.ts'
import { startTestBroker, type TestBroker } from '../fixture.ts'
import { holdFlush } from './topics.ts'

const gzip = await codecSet([1], { openedBytesMax: 1 << 27 })

let running: TestBroker
let topic = ''
let number = 0
beforeAll(async () => {
  running = await startTestBroker()
})
afterAll(() => running.broker.stop())
beforeEach(async () => {
  topic = `t${number++}`
  await running.plane.send(metadataApi, 9, { topics: [{ name: topic }] })
})

function append(...timestamps: number[]): void {
  const log = running.store.find(topic, 0)
  const records = timestamps.map((timestamp) => ({ timestamp, key: null, value: null }))
  log?.append(encodeBatch(newBatch(records)))
}

async function ask(
  partitions: readonly ListOffsetsPartitionInput[],
  version = 11,
  more: Partial<ListOffsetsRequestInput> = {},
): Promise<ListOffsetsPartitionResponse[]> {
  const request = { replicaId: -1, topics: [{ name: topic, partitions }], ...more }
  const { topics } = await running.plane.send(listOffsetsApi, version, request)
  return [...(topics[0]?.partitions ?? [])]
}

function at(timestamp: number, currentLeaderEpoch = -1): ListOffsetsPartitionInput {
  return { partitionIndex: 0, timestamp, currentLeaderEpoch }
}

const nothing = { errorCode: 0, timestamp: -1, offset: -1, leaderEpoch: -1 }

describe('an empty log', () => {
  test.each([
    [-1, { errorCode: 0, timestamp: -1, offset: 0, leaderEpoch: 0 }],
    [-2, { errorCode: 0, timestamp: -1, offset: 0, leaderEpoch: 0 }],
    [-3, nothing],
    [-5, nothing],
    [-6, nothing],
    [0, nothing],
    [-7, { ...nothing, errorCode: 35 }],
  ])('timestamp %i', async (timestamp, answer) => {
    expect(await ask([at(timestamp)])).toEqual([{ partitionIndex: 0, ...answer }])
  })
})

describe('a log of 5 records', () => {
  beforeEach(() => {
    append(1000, 1001)
    append(5000, 3000)
    append(4000)
  })

  test.each([
    [-1, { timestamp: -1, offset: 5 }],
    [-2, { timestamp: -1, offset: 0 }],
    [-3, { timestamp: 5000, offset: 2 }],
    [-4, { timestamp: -1, offset: 0 }],
    [0, { timestamp: 1000, offset: 0 }],
    [1001, { timestamp: 1001, offset: 1 }],
    [1002, { timestamp: 5000, offset: 2 }],
    [5001, { timestamp: -1, offset: -1 }],
  ])('timestamp %i', async (timestamp, answer) => {
    expect(await ask([at(timestamp)])).toMatchObject([{ errorCode: 0, ...answer }])
  })

  test('each special timestamp is known from its version on', async () => {
    const since = new Map([
      [-1, 1],
      [-2, 1],
      [-3, 7],
      [-4, 8],
      [-5, 9],
      [-6, 11],
    ])
    for (let version = 1; version <= 11; version++) {
      for (const [timestamp, first] of since) {
        const partition = { partitionIndex: 0, timestamp }
        const [answer] = await ask([partition], version)
        expect(answer?.errorCode).toBe(version < first ? 35 : 0)
      }
    }
  })

  test('leader epochs are compared', async () => {
    const code = async (epoch: number) => (await ask([at(-1, epoch)]))[0]?.errorCode
    expect(await code(0)).toBe(0)
    expect(await code(5)).toBe(75)
    expect(await code(-2)).toBe(74)
  })

  test('a partition asked for twice gets one answer, an error', async () => {
    const answers = await ask([at(-1), at(-2)])
    expect(answers.map(({ errorCode }) => errorCode)).toEqual([42])
  })

  test('unknown topics and partitions', async () => {
    expect(await ask([{ partitionIndex: 7, timestamp: -1 }])).toMatchObject([{ errorCode: 3 }])
    const topics = [{ name: 'none', partitions: [at(-1)] }]
    expect(await ask([], 11, { topics })).toMatchObject([{ errorCode: 3 }])
  })

  test('an isolation level that does not exist', async () => {
    expect(await ask([at(-1)], 11, { isolationLevel: 7 })).toMatchObject([{ errorCode: -1 }])
  })

  test('the end of what is committed, for those who read that alone', async () => {
    const transaction = {
      attributes: batchAttributes.transactional,
      producerId: 7,
      producerEpoch: 0,
      baseSequence: 0,
    }
    const records = [{ timestamp: 6000, key: null, value: null }]
    const log = running.store.find(topic, 0)
    log?.append(encodeBatch(newBatch(records, transaction)))
    await log?.committed(6)
    expect(await ask([at(-1)], 11, { isolationLevel: 0 })).toMatchObject([{ offset: 6 }])
    expect(await ask([at(-1)], 11, { isolationLevel: 1 })).toMatchObject([{ offset: 5 }])
    expect(await ask([at(5500)], 11, { isolationLevel: 0 })).toMatchObject([{ offset: 5 }])
    expect(await ask([at(5500)], 11, { isolationLevel: 1 })).toMatchObject([{ offset: -1 }])
  })

  test('a log that cannot be searched, whoever is to blame', async () => {
    const log = running.store.find(topic, 0)
    if (log === undefined) throw new Error('the topic is there')
    const failures = [
      [new StorageError(2, 'a batch is damaged'), 2],
      [new TypeError('a bug'), -1],
    ] as const
    for (const [failure, errorCode] of failures) {
      log.lookupTimestamp = () => Promise.reject(failure)
      expect(await ask([at(1001)])).toMatchObject([{ errorCode }])
      expect(await ask([at(-1)])).toMatchObject([{ errorCode: 0, offset: 5 }])
    }
    expect(running.lines.filter((line) => line.includes('a bug')).length).toBe(1)
  })
})

describe('the largest timestamp, of what is not deleted', () => {
  // On this thread: a worker of sources needs a later Node.
  beforeAll(() => {
    vi.spyOn(BatchOpener.prototype, 'find').mockImplementation(async (bytes, atLeast, from) => {
      const answer = await runJob({ kind: 'find', bytes, atLeast, from, openedBytesMax: 1 << 20 })
      return answer.kind === 'find' ? answer.search.found : undefined
    })
  })
  afterAll(() => void vi.restoreAllMocks())

  function appendPacked(...timestamps: number[]): void {
    const records = timestamps.map((timestamp) => ({ timestamp, key: null, value: null }))
    const batch = encodeBatch(newBatch(records, { attributes: 1 }), gzip)
    running.store.find(topic, 0)?.append(batch)
  }

  test.each([
    ['a plain batch', append, 0, { offset: 0, timestamp: 9000 }],
    ['a plain batch', append, 1, { offset: 2, timestamp: 5000 }],
    ['a plain batch', append, 3, { offset: 4, timestamp: 4500 }],
    ['a compressed batch', appendPacked, 0, { offset: 0, timestamp: 9000 }],
    ['a compressed batch', appendPacked, 1, { offset: 2, timestamp: 5000 }],
    ['a compressed batch', appendPacked, 3, { offset: 4, timestamp: 4500 }],
  ])('in %s, appended by %o, with the log start at %i', async (_, appendTo, start, answer) => {
    appendTo(9000, 1000, 5000, 2000)
    appendTo(4500)
    const log = running.store.find(topic, 0)
    await log?.committed(5)
    await log?.deleteUpTo(start)
    expect(await ask([at(-3)])).toMatchObject([{ errorCode: 0, ...answer }])
  })
})

describe('records that were acknowledged before they were flushed', () => {
  test.each([
    [-1, { offset: 2 }],
    [-3, { offset: 1, timestamp: 1001 }],
    [1001, { offset: 1, timestamp: 1001 }],
  ])('are waited for: timestamp %i', async (timestamp, answer) => {
    const release = holdFlush(running, topic, 0)
    append(1000, 1001)
    let hasAnswered = false
    const answers = ask([at(timestamp)]).finally(() => {
      hasAnswered = true
    })
    await new Promise(setImmediate)
    expect(hasAnswered).toBe(false)
    release()
    expect(await answers).toMatchObject([{ errorCode: 0, ...answer }])
  })

  test.each([
    ['the first offset', -2, {}],
    ['a replica', -1, { replicaId: 5 }],
  ])('are not waited for by %s', async (_, timestamp, more) => {
    const release = holdFlush(running, topic, 0)
    append(1000, 1001)
    expect(await ask([at(timestamp)], 11, more)).toMatchObject([{ errorCode: 0 }])
    release()
  })
})

test('a topic that is named twice is answered once, with all its partitions', async () => {
  const twice = [0, 1, 0].map((partitionIndex) => ({
    name: topic,
    partitions: [{ partitionIndex, timestamp: -1, currentLeaderEpoch: -1 }],
  }))
  const { topics } = await running.plane.send(listOffsetsApi, 11, { replicaId: -1, topics: twice })
  expect(topics.map(({ name }) => name)).toEqual([topic])
  expect(topics[0]?.partitions).toMatchObject([
    { partitionIndex: 0, errorCode: 42 },
    { partitionIndex: 1, errorCode: 3 },
  ])
})

test('what is asked for many partitions costs each the same', { timeout: 10_000 }, async () => {
  const partitions = Array.from({ length: 100_000 }, (_, partitionIndex) => ({
    partitionIndex,
    timestamp: -1,
  }))
  const answers = await ask(partitions)
  expect(answers).toHaveLength(partitions.length)
  expect(answers[0]?.errorCode).toBe(0)
  expect(answers.at(-1)?.errorCode).toBe(3)
})
