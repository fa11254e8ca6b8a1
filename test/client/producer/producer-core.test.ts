import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../src/base/random.ts'
import { BufferError, ClientError, ClosedError, TimeoutError } from '../../../src/client/error.ts'
import type { DeliveryReport } from '../../../src/client/producer/delivery-report.ts'
import { Producer } from '../../../src/client/producer/producer.ts'
import type { ProducerOptions } from '../../../src/client/producer/producer-options.ts'
import { SendError } from '../../../src/client/producer/send-error.ts'
import { ErrorCode } from '../../../src/protocol/error-codes.ts'
import type { Payload, RecordMetadata } from '../../../src/record/record.ts'
import {
  noFaults,
  SimulatedCluster,
  type SimulatedFaults,
  SimulatedTime,
  simulatedEnvironment,
} from './simulated-cluster.ts'

interface Bench {
  readonly time: SimulatedTime
  readonly cluster: SimulatedCluster
  readonly producer: Producer
  readonly reports: DeliveryReport[]
}

function bench(
  options: Partial<ProducerOptions<Payload, Payload>> = {},
  faults: Partial<SimulatedFaults> = {},
  seed = 1,
): Bench {
  const time = new SimulatedTime()
  const cluster = new SimulatedCluster(time, seed, { ...noFaults, ...faults })
  const reports: DeliveryReport[] = []
  const producer = new Producer(
    {
      bootstrapServers: ['127.0.0.1:9092'],
      onDelivery: (report) => reports.push(report),
      ...options,
    },
    cluster,
    simulatedEnvironment(time, seededRandom(seed)),
  )
  return { time, cluster, producer, reports }
}

/** Lets the simulation run until the promise is settled. */
async function outcome<T>(time: SimulatedTime, promise: Promise<T>): Promise<T | Error> {
  let result: T | Error | undefined
  const done = promise.then(
    (value) => {
      result = value
    },
    (error: Error) => {
      result = error
    },
  )
  let isOver = false
  void done.then(() => {
    isOver = true
  })
  await time.settle(() => !isOver)
  if (!isOver) throw new Error('nothing happens any more, and the promise is not settled')
  return result as T | Error
}

describe('what is sent', () => {
  it('is stored, and its place is told', async () => {
    const { time, cluster, producer } = bench()
    cluster.create('t', 1)
    const sends = ['a', 'b', 'c'].map((value) => producer.send({ topic: 't', value, timestamp: 5 }))
    const results = await outcome(time, Promise.all(sends))
    expect(results).toEqual(
      [0, 1, 2].map((offset) => ({ topic: 't', partition: 0, offset, timestamp: 5 })),
    )
    expect(cluster.log('t', 0).values).toEqual(['a', 'b', 'c'])
    // One turn of the event loop, one request.
    expect(cluster.requests).toEqual([['t-0']])
    expect(producer.statistics()).toMatchObject({ requests: 1, records: 3, bufferBytes: 0 })
  })

  it('goes to all partitions of a node in one request', async () => {
    const { time, cluster, producer } = bench({ lingerMs: 50 })
    cluster.create('t', 6)
    const sends = [0, 3, 1, 4, 2, 5].map((partition) =>
      producer.send({ topic: 't', partition, value: 'v' }),
    )
    await outcome(time, Promise.all(sends))
    expect(cluster.requests.map((one) => one.toSorted()).toSorted()).toEqual([
      ['t-0', 't-3'],
      ['t-1', 't-4'],
      ['t-2', 't-5'],
    ])
  })

  it('waits for a topic that is being created, in order', async () => {
    const { time, cluster, producer } = bench()
    const sends = ['a', 'b'].map((value) => producer.send({ topic: 't', value }))
    await time.settle(() => true, time.nowMs + 20)
    cluster.create('t', 1)
    const last = producer.send({ topic: 't', value: 'c' })
    const results = (await outcome(time, Promise.all([...sends, last]))) as RecordMetadata[]
    expect(results.map(({ offset }) => offset)).toEqual([0, 1, 2])
    expect(cluster.log('t', 0).values).toEqual(['a', 'b', 'c'])
  })

  it('has its own time to wait for a topic, whatever records before it had', async () => {
    const { time, cluster, producer } = bench({ maxBlockMs: 500 })
    const first = outcome(time, producer.send({ topic: 't', value: 'a' }))
    await time.settle(() => true, time.nowMs + 300)
    const second = producer.send({ topic: 't', value: 'b' })
    await time.settle(() => true, time.nowMs + 300)
    cluster.create('t', 1)
    expect(await outcome(time, second)).toMatchObject({ offset: 0 })
    expect(await first).toMatchObject({ retriable: true })
    expect(cluster.log('t', 0).values).toEqual(['b'])
  })

  it('is one promise for many, in the order of the call', async () => {
    const { time, cluster, producer } = bench({ partitioner: 'round-robin' })
    cluster.create('t', 2)
    const records = ['a', 'b', 'c', 'd'].map((value) => ({ topic: 't', value }))
    const results = (await outcome(time, producer.send(records))) as RecordMetadata[]
    expect(results.map(({ partition, offset }) => [partition, offset])).toEqual([
      [0, 0],
      [1, 0],
      [0, 1],
      [1, 1],
    ])
    expect(await producer.send([])).toEqual([])
  })

  it.each(['gzip', 'snappy', 'lz4', 'zstd'] as const)('may be compressed by %s', async (name) => {
    const { time, cluster, producer } = bench({ compressionType: name, batchSize: 200_000 })
    cluster.create('t', 1)
    const small = producer.send({ topic: 't', value: 'small' })
    const records = Array.from({ length: 500 }, (_, i) => ({
      topic: 't',
      value: `${i}`.padEnd(100, 'x'),
    }))
    let results: RecordMetadata[] | undefined
    void producer.send(records).then((settled) => {
      results = settled
    })
    // A codec loads in real time, during which the simulated one stands.
    for (let i = 0; results === undefined && i < 5000; i++) {
      await time.settle(() => true, time.nowMs + 1)
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
    expect(await small).toMatchObject({ offset: 0 })
    expect(results?.at(-1)?.offset).toBe(500)
    expect(cluster.log('t', 0).values).toHaveLength(501)
    expect(producer.statistics().bytes).toBeLessThan(20_000)
    await outcome(time, producer.close())
  })
})

describe('lingerMs', () => {
  it('keeps a batch that is not full, and a flush does not wait for it', async () => {
    const { time, cluster, producer } = bench({ lingerMs: 100, enableIdempotence: false })
    cluster.create('t', 1)
    const start = time.nowMs
    await outcome(time, producer.send({ topic: 't', value: 'a' }))
    expect(time.nowMs - start).toBeGreaterThanOrEqual(100)
    const before = time.nowMs
    producer.enqueue({ topic: 't', value: 'b' })
    await outcome(time, producer.flush())
    expect(time.nowMs - before).toBeLessThan(50)
  })
})

describe('flush', () => {
  it('ends while others keep the buffer full', async () => {
    const { time, cluster, producer } = bench({ bufferMemory: 20_000, batchSize: 8_000 })
    cluster.create('t', 1)
    let stored = 0
    let isOver = false
    const send = (): void => {
      if (isOver) return
      const done = producer.send({ topic: 't', value: 'x'.repeat(1000) })
      void done.then(() => {
        stored++
        send()
      })
    }
    for (let i = 0; i < 60; i++) send()
    await outcome(time, producer.flush())
    isOver = true
    expect(stored).toBeGreaterThanOrEqual(60)
    expect(stored).toBeLessThan(200)
    expect(producer.statistics().waitingRecords).toBeGreaterThan(0)
    await outcome(time, producer.close())
  })

  it('has nothing to wait for at first', async () => {
    const { time, producer } = bench()
    expect(await outcome(time, producer.flush())).toBeUndefined()
  })
})

describe('enqueue', () => {
  it('reports in batches, with the records', async () => {
    const seen: (string | undefined)[] = []
    const { time, cluster, producer } = bench({
      onDelivery: (report) => {
        const { topic, partition, baseOffset, recordsCount, error } = report
        seen.push(`${topic}-${partition} ${baseOffset} ${recordsCount} ${error}`)
        seen.push(...report.records().map((record) => record.value?.toString()))
      },
    })
    cluster.create('t', 1)
    for (const value of ['a', 'b']) expect(producer.enqueue({ topic: 't', value })).toBe(true)
    await outcome(time, producer.flush())
    expect(seen).toEqual(['t-0 0 2 null', 'a', 'b'])
  })

  it('says no when the buffer is full, until ready', async () => {
    const { time, cluster, producer } = bench({ bufferMemory: 20_000, batchSize: 8_000 })
    cluster.create('t', 1)
    const record = { topic: 't', value: 'x'.repeat(1000) }
    let accepted = 0
    while (producer.enqueue(record)) accepted++
    expect(accepted).toBeGreaterThan(10)
    expect(producer.enqueue({ topic: 't', value: 'tiny' })).toBe(false)
    await outcome(time, producer.ready())
    expect(producer.enqueue(record)).toBe(true)
    await outcome(time, producer.flush())
    expect(cluster.log('t', 0).values).toHaveLength(accepted + 1)
    expect(await producer.ready()).toBeUndefined()
  })

  it('sends what lingers when it says no', async () => {
    const { time, cluster, producer } = bench({ bufferMemory: 16_384, lingerMs: 5_000 })
    cluster.create('t', 5)
    for (const partition of [0, 1, 2, 3]) producer.enqueue({ topic: 't', partition, value: 'v' })
    await time.settle(() => true, time.nowMs + 100)
    const start = time.nowMs
    expect(producer.enqueue({ topic: 't', partition: 4, value: 'v' })).toBe(false)
    await outcome(time, producer.ready())
    expect(time.nowMs - start).toBeLessThan(1_000)
    expect(producer.enqueue({ topic: 't', partition: 4, value: 'v' })).toBe(true)
    await outcome(time, producer.close())
  })

  it('is ready only when there is room for what it refused', async () => {
    const options = { bufferMemory: 200_000, batchSize: 16_000 }
    const { time, cluster, producer } = bench(options, { slowMs: 500 })
    cluster.create('t', 1)
    expect(producer.enqueue({ topic: 't', value: 'x'.repeat(80_000) })).toBe(true)
    const large = { topic: 't', value: 'x'.repeat(130_000) }
    expect(producer.enqueue(large)).toBe(false)
    await outcome(time, producer.ready())
    expect(producer.enqueue(large)).toBe(true)
    await outcome(time, producer.close())
  })

  it('takes records again at once when those that waited for a topic have failed', async () => {
    const { time, cluster, producer, reports } = bench({ bufferMemory: 20_000 })
    cluster.topicError = ErrorCode.TOPIC_AUTHORIZATION_FAILED
    const record = { topic: 't', value: 'x'.repeat(1000) }
    let accepted = 0
    while (producer.enqueue(record)) accepted++
    const start = time.nowMs
    await outcome(time, producer.ready())
    expect(time.nowMs - start).toBeLessThan(100)
    expect(reports).toHaveLength(accepted)
    expect(await outcome(time, producer.flush())).toMatchObject({
      code: 'TOPIC_AUTHORIZATION_FAILED',
    })
  })

  it('is not stopped by a report that throws, of which the next flush tells', async () => {
    const cause = new RangeError('too far')
    const { time, cluster, producer } = bench({
      onDelivery: () => {
        throw cause
      },
    })
    cluster.create('t', 1)
    producer.enqueue({ topic: 't', value: 'a' })
    const send = producer.send({ topic: 't', value: 'b' })
    expect(await outcome(time, producer.flush())).toMatchObject({
      code: 'INVALID_CONFIG',
      message: 'onDelivery threw when it was told of records for topic t: too far.',
      cause,
    })
    expect(await outcome(time, send)).toMatchObject({ offset: 1 })
    expect(producer.statistics()).toMatchObject({ bufferBytes: 0, waitingRecords: 0, records: 2 })
    expect(await outcome(time, producer.flush())).toBeUndefined()
    producer.enqueue({ topic: 't', value: 'c' })
    expect(await outcome(time, producer.close())).toMatchObject({ cause })
  })

  it('is not stopped by a report that throws of a record in no batch', async () => {
    const { time, cluster, producer } = bench({
      maxBlockMs: 100,
      onDelivery: () => {
        throw new Error('no')
      },
    })
    for (const value of ['a', 'b']) producer.enqueue({ topic: 'gone', value })
    expect(await outcome(time, producer.flush())).toBeInstanceOf(ClientError)
    expect(producer.statistics().waitingRecords).toBe(0)
    cluster.create('gone', 1)
    const sent = await outcome(time, producer.send({ topic: 'gone', value: 'c' }))
    expect(sent).toMatchObject({ offset: 0 })
  })

  it('tells failures to the report and to the next flush, once', async () => {
    const { time, cluster, producer, reports } = bench({}, { refused: 100 })
    cluster.create('t', 1)
    producer.enqueue({ topic: 't', value: 'a' })
    const error = await outcome(time, producer.flush())
    expect(error).toMatchObject({ code: 'INVALID_RECORD' })
    expect(reports).toMatchObject([{ baseOffset: -1, error }])
    expect(await outcome(time, producer.flush())).toBeUndefined()
  })

  it('reports a record whose topic never was found', async () => {
    const { time, producer, reports } = bench({ maxBlockMs: 500 })
    producer.enqueue({ topic: 'gone', value: 'a', headers: { h: '1' } })
    const error = await outcome(time, producer.flush())
    expect(error).toBeInstanceOf(ClientError)
    expect(reports).toMatchObject([{ topic: 'gone', partition: -1, recordsCount: 1, error }])
    expect(
      reports[0]?.records().map(({ value, headers }) => [`${value}`, headers[0]?.key]),
    ).toEqual([['a', 'h']])
  })

  it('throws what can be known at once', () => {
    const { cluster, producer } = bench({ bufferMemory: 10_000 })
    cluster.create('t', 1)
    expect(() => producer.enqueue({ topic: 't', value: 'x'.repeat(20_000) })).toThrow(BufferError)
    expect(() => producer.enqueue({ topic: 't', value: 'v', partition: 9 })).toThrow(
      /partitions 0 to 0/,
    )
  })
})

describe('a full buffer', () => {
  it('holds sends back in their order, and lets them go', async () => {
    const { time, cluster, producer } = bench({ bufferMemory: 20_000, batchSize: 8_000 })
    cluster.create('t', 1)
    const sends = Array.from({ length: 60 }, (_, i) =>
      producer.send({ topic: 't', value: `${i}`.padEnd(1000) }),
    )
    const results = (await outcome(time, Promise.all(sends))) as RecordMetadata[]
    expect(results.map(({ offset }) => offset)).toEqual(results.map((_, i) => i))
    expect(producer.statistics()).toMatchObject({ bufferBytes: 0, waitingRecords: 0 })
  })

  it('does not keep a program waiting for longer than maxBlockMs', async () => {
    const options = { bufferMemory: 20_000, batchSize: 8_000, maxBlockMs: 300 }
    const { time, cluster, producer } = bench(options, { lost: 100 })
    cluster.create('t', 1)
    const bytes = Buffer.alloc(1000, 'x')
    const sends = Array.from({ length: 60 }, () => producer.send({ topic: 't', value: bytes }))
    const settled = Promise.allSettled(sends)
    const last = await outcome(time, sends.at(-1) as Promise<RecordMetadata>)
    expect(last).toBeInstanceOf(BufferError)
    expect(last).toMatchObject({ code: 'REQUEST_TIMED_OUT', retriable: true })
    expect(await outcome(time, settled)).toHaveLength(60)
    expect(producer.statistics().bufferBytes).toBe(0)
  })

  it('takes what fits, also where the next size of memory does not', async () => {
    const options = { bufferMemory: 200_000, batchSize: 262_144, maxBlockMs: 300 }
    const { time, cluster, producer } = bench(options)
    cluster.create('t', 1)
    const value = 'x'.repeat(70_000)
    const sent = await outcome(time, producer.send({ topic: 't', value }))
    expect(sent).toMatchObject({ offset: 0 })
    expect(producer.enqueue({ topic: 't', value })).toBe(true)
    expect(await outcome(time, producer.flush())).toBeUndefined()
    expect(cluster.log('t', 0).values).toEqual([value, value])
    expect(producer.statistics().bufferBytes).toBe(0)
  })

  it('refuses what never fits', async () => {
    const { time, cluster, producer } = bench({ bufferMemory: 5_000, maxRequestSize: 100_000 })
    cluster.create('t', 1)
    const value = 'x'.repeat(10_000)
    const error = await outcome(time, producer.send({ topic: 't', value }))
    expect(error).toMatchObject({ code: 'MESSAGE_TOO_LARGE', retriable: false })
    const small = bench({ maxRequestSize: 5_000 })
    small.cluster.create('t', 1)
    expect(await outcome(small.time, small.producer.send({ topic: 't', value }))).toMatchObject({
      message: expect.stringMatching(/more than maxRequestSize \(5000\)/),
    })
  })
})

describe('failures', () => {
  it('are tried again, and stored once', async () => {
    const { time, cluster, producer } = bench({}, { lost: 30, unanswered: 30 })
    cluster.create('t', 1)
    for (let i = 0; i < 30; i++) await outcome(time, producer.send({ topic: 't', value: `${i}` }))
    expect(cluster.log('t', 0).values).toEqual(Array.from({ length: 30 }, (_, i) => `${i}`))
    expect(producer.statistics().retries).toBeGreaterThan(0)
  })

  it('end at the delivery timeout', async () => {
    const { time, cluster, producer } = bench(
      { deliveryTimeoutMs: 700, requestTimeoutMs: 600 },
      { lost: 100 },
    )
    cluster.create('t', 1)
    const start = time.nowMs
    const error = await outcome(time, producer.send({ topic: 't', value: 'v' }))
    expect(error).toBeInstanceOf(ClientError)
    expect(time.nowMs - start).toBeGreaterThanOrEqual(690)
    expect(time.nowMs - start).toBeLessThan(1100)
    cluster.faults = noFaults
    const next = await outcome(time, producer.send({ topic: 't', value: 'w' }))
    expect(next).toMatchObject({ offset: 0 })
  })

  it('end at the delivery timeout also where nobody answers', async () => {
    const { time, cluster, producer } = bench(
      { deliveryTimeoutMs: 700, requestTimeoutMs: 600 },
      { slowMs: 100_000 },
    )
    cluster.create('t', 1)
    const error = await outcome(time, producer.send({ topic: 't', value: 'v' }))
    expect(error).toBeInstanceOf(TimeoutError)
    expect((error as Error).message).toBe('1 records for t-0 were not stored within 700 ms.')
    expect(producer.statistics().bufferBytes).toBe(0)
  })

  it('end after so many retries', async () => {
    const { time, cluster, producer } = bench({ retries: 2 }, { lost: 100 })
    cluster.create('t', 1)
    const error = await outcome(time, producer.send({ topic: 't', value: 'v' }))
    expect(error).toMatchObject({ code: 'NETWORK_EXCEPTION' })
    expect(producer.statistics()).toMatchObject({ requests: 3, retries: 2, failedRecords: 1 })
  })

  it('tell which records of a call were not stored', async () => {
    const { time, cluster, producer } = bench()
    cluster.create('t', 1)
    const records = [{ value: 'a' }, { value: undefined as never }, { value: 'c' }]
    const error = await outcome(
      time,
      producer.send(records.map((record) => ({ topic: 't', ...record }))),
    )
    expect(error).toBeInstanceOf(SendError)
    expect((error as SendError).results).toMatchObject([
      { offset: 0 },
      { code: 'INVALID_RECORD' },
      { offset: 1 },
    ])
  })

  it('of a moved leader are tried at the new one at once', async () => {
    const { time, cluster, producer } = bench()
    cluster.create('t', 1)
    await outcome(time, producer.send({ topic: 't', value: 'a' }))
    cluster.move('t', 0, 2)
    const start = time.nowMs
    await outcome(time, producer.send({ topic: 't', value: 'b' }))
    expect(time.nowMs - start).toBeLessThan(50)
    expect(cluster.log('t', 0).values).toEqual(['a', 'b'])
    expect(cluster.refreshes).toBeGreaterThan(0)
  })

  it('of a batch that is too large are split', async () => {
    const { time, cluster, producer } = bench({}, { batchBytesMax: 2_000 })
    cluster.create('t', 1)
    const values = Array.from({ length: 100 }, (_, i) => `${i}`.padEnd(100))
    const records = values.map((value) => ({ topic: 't', value }))
    const results = (await outcome(time, producer.send(records))) as RecordMetadata[]
    expect(results.map(({ offset }) => offset)).toEqual(values.map((_, i) => i))
    expect(cluster.log('t', 0).values).toEqual(values)
    expect(producer.statistics().bufferBytes).toBe(0)
  })

  it('of a producer id that is refused for good fail what waits', async () => {
    const { time, cluster, producer } = bench()
    cluster.create('t', 1)
    cluster.idError = ErrorCode.CLUSTER_AUTHORIZATION_FAILED
    const error = await outcome(time, producer.send({ topic: 't', value: 'a' }))
    expect(error).toMatchObject({ code: 'CLUSTER_AUTHORIZATION_FAILED' })
    cluster.idError = undefined
    expect(await outcome(time, producer.send({ topic: 't', value: 'b' }))).toMatchObject({
      offset: 0,
    })
  })

  it('of a producer id leave alone what is added when they are told', async () => {
    const told: (string | undefined)[] = []
    const { time, cluster, producer } = bench({
      onDelivery: ({ error }) => {
        told.push(error?.code)
        if (error === null) return
        cluster.idError = undefined
        producer.enqueue({ topic: 't', value: 'again' })
      },
    })
    cluster.create('t', 1)
    cluster.idError = ErrorCode.CLUSTER_AUTHORIZATION_FAILED
    producer.enqueue({ topic: 't', value: 'a' })
    expect(await outcome(time, producer.flush())).toMatchObject({
      code: 'CLUSTER_AUTHORIZATION_FAILED',
    })
    expect(await outcome(time, producer.flush())).toBeUndefined()
    expect(told).toEqual(['CLUSTER_AUTHORIZATION_FAILED', undefined])
    expect(cluster.log('t', 0).values).toEqual(['again'])
  })

  it('of the last epoch take another producer id', async () => {
    const { time, cluster, producer } = bench()
    cluster.create('t', 1)
    cluster.firstEpoch = 32_767
    await outcome(time, producer.send({ topic: 't', value: 'a' }))
    cluster.faults = { ...noFaults, refused: 100 }
    await outcome(time, producer.send({ topic: 't', value: 'b' }))
    cluster.faults = noFaults
    expect(await outcome(time, producer.send({ topic: 't', value: 'c' }))).toMatchObject({
      offset: 1,
    })
    expect(cluster.ids).toBe(2)
  })
})

describe('a partitioner that throws', () => {
  const cause = new RangeError('no place for it')
  const partitioner = ({ value }: { value: unknown }): number => {
    if (value === 'bad') throw cause
    return 0
  }
  const expected = { code: 'INVALID_CONFIG', retriable: false, cause }

  it('fails the record and no other, also one that waited for its topic', async () => {
    const { time, cluster, producer, reports } = bench({ partitioner })
    const [bad, good] = ['bad', 'good'].map((value) => producer.send({ topic: 't', value }))
    const told = Promise.allSettled([bad, good])
    producer.enqueue({ topic: 't', value: 'bad' })
    cluster.create('t', 1)
    expect(await outcome(time, told)).toMatchObject([
      { status: 'rejected', reason: expected },
      { status: 'fulfilled', value: { offset: 0 } },
    ])
    expect(reports).toMatchObject([{ topic: 't', partition: -1, error: expected }])
    expect(await outcome(time, producer.flush())).toMatchObject(expected)
    expect(cluster.log('t', 0).values).toEqual(['good'])
  })

  it('fails the record where nothing has to wait', async () => {
    const { time, cluster, producer } = bench({ partitioner })
    cluster.create('t', 1)
    expect(await outcome(time, producer.send({ topic: 't', value: 'bad' }))).toMatchObject(expected)
    const records = ['bad', 'good'].map((value) => ({ topic: 't', value }))
    const error = await outcome(time, producer.send(records))
    expect(error).toBeInstanceOf(SendError)
    expect((error as SendError).results).toMatchObject([expected, { offset: 0 }])
    expect(() => producer.enqueue({ topic: 't', value: 'bad' })).toThrow(/failed for a record of t/)
  })
})

describe('a topic that the metadata does not tell of for a while', () => {
  it('keeps its id, and neither its records nor those of others fail', async () => {
    const { time, cluster, producer } = bench({ lingerMs: 5 })
    for (const topic of ['t', 'other']) cluster.create(topic, 1)
    await outcome(time, producer.send({ topic: 't', value: 'a' }))
    cluster.away.add('t')
    const sends = ['t', 'other'].map((topic) => producer.send({ topic, value: 'b' }))
    expect(await outcome(time, Promise.all(sends))).toMatchObject([{ offset: 1 }, { offset: 0 }])
  })
})

describe('a batch that may be stored though it was refused', () => {
  it.each(['REQUEST_TIMED_OUT', 'NOT_ENOUGH_REPLICAS_AFTER_APPEND'] as const)(
    'is not followed by one that is stored twice: %s',
    async (name) => {
      const { time, cluster, producer } = bench({}, { slowMs: 20 })
      cluster.create('t', 1)
      await outcome(time, producer.send({ topic: 't', value: 'w' }))
      cluster.script.push(
        { code: ErrorCode[name], isStored: true },
        { code: ErrorCode[name], isStored: true },
        { code: ErrorCode.INVALID_RECORD, isStored: false },
      )
      const first = producer.send({ topic: 't', value: 'a' })
      await time.settle(() => true, time.nowMs)
      const second = producer.send({ topic: 't', value: 'b' })
      const told = await outcome(time, Promise.allSettled([first, second]))
      expect(told).toMatchObject([{ reason: { code: 'INVALID_RECORD' } }, { status: 'fulfilled' }])
      expect(cluster.log('t', 0).values).toEqual(['w', 'a', 'b'])
    },
  )

  it('fails where its offset is none, and the next one is stored', async () => {
    const { time, cluster, producer } = bench()
    cluster.create('t', 1)
    cluster.script.push({ code: ErrorCode.NONE, isStored: true, baseOffset: -7 })
    expect(await outcome(time, producer.send({ topic: 't', value: 'a' }))).toMatchObject({
      code: 'UNKNOWN_SERVER_ERROR',
      message: expect.stringMatching(/t-0: the broker gave offset -7/),
    })
    expect(await outcome(time, producer.send({ topic: 't', value: 'b' }))).toMatchObject({
      offset: 1,
    })
    expect(producer.statistics().bufferBytes).toBe(0)
  })
})

describe('a partition without a leader', () => {
  it('is asked for with pauses, until there is one', async () => {
    const { time, cluster, producer } = bench()
    cluster.create('t', 1)
    cluster.move('t', 0, -1)
    cluster.requestRefresh()
    const send = producer.send({ topic: 't', value: 'a' })
    await time.settle(() => true, time.nowMs + 10_000)
    expect(cluster.refreshes).toBeGreaterThan(5)
    expect(cluster.refreshes).toBeLessThan(25)
    cluster.move('t', 0, 2)
    const start = time.nowMs
    expect(await outcome(time, send)).toMatchObject({ offset: 0 })
    expect(time.nowMs - start).toBeLessThan(1_500)
  })
})

describe('metadata of a topic', () => {
  it('is asked for while batches wait and with new ones, else only looked at', async () => {
    const { time, cluster, producer } = bench({ lingerMs: 100 })
    cluster.create('t', 1)
    const send = producer.send({ topic: 't', value: 'a' })
    cluster.wanted.clear()
    cluster.create('other', 1)
    expect([...cluster.wanted]).toEqual(['t'])
    await outcome(time, send)
    cluster.wanted.clear()
    cluster.create('t', 2)
    expect([...cluster.wanted]).toEqual([])
    const next = producer.send({ topic: 't', partition: 1, value: 'b' })
    expect([...cluster.wanted]).toEqual(['t'])
    expect(await outcome(time, next)).toMatchObject({ partition: 1, offset: 0 })
  })

  it('is asked for again at the next record where it was forgotten', async () => {
    const { time, cluster, producer } = bench()
    cluster.create('t', 1)
    await outcome(time, producer.send({ topic: 't', value: 'a' }))
    expect(cluster.refreshes).toBe(0)
    cluster.away.add('t')
    await outcome(time, producer.send({ topic: 't', value: 'b' }))
    expect(cluster.refreshes).toBe(1)
  })
})

describe('acks 0', () => {
  it('resolves when the request is written, without an offset', async () => {
    const { time, cluster, producer } = bench({ acks: 0, enableIdempotence: false })
    cluster.create('t', 1)
    const result = await outcome(time, producer.send({ topic: 't', value: 'a' }))
    expect(result).toMatchObject({ partition: 0, offset: -1 })
    expect(cluster.log('t', 0).values).toEqual(['a'])
  })
})

describe('close', () => {
  it('sends what was accepted, then takes nothing', async () => {
    const { time, cluster, producer } = bench({ lingerMs: 1000 })
    cluster.create('t', 1)
    producer.enqueue({ topic: 't', value: 'a' })
    const closing = producer.close()
    expect(producer.close()).toBe(closing)
    expect(producer[Symbol.asyncDispose]()).toBe(closing)
    await expect(producer.send({ topic: 't', value: 'b' })).rejects.toBeInstanceOf(ClosedError)
    expect(() => producer.enqueue({ topic: 't', value: 'b' })).toThrow(ClosedError)
    expect(await outcome(time, closing)).toBeUndefined()
    expect(cluster.log('t', 0).values).toEqual(['a'])
    expect(cluster.isClosed).toBe(true)
    expect(time.timers).toBe(0)
  })

  it('fails what is left when its time is over', async () => {
    const { time, cluster, producer, reports } = bench({}, { lost: 100 })
    cluster.create('t', 1)
    const send = outcome(time, producer.send({ topic: 't', value: 'a' }))
    producer.enqueue({ topic: 't', value: 'b' })
    producer.enqueue({ topic: 'gone', value: 'c' })
    const error = await outcome(time, producer.close({ timeoutMs: 500 }))
    expect(error).toBeInstanceOf(ClosedError)
    expect(await send).toBeInstanceOf(ClosedError)
    expect(reports.map(({ error: reason }) => reason?.code)).toEqual([
      'CLIENT_CLOSED',
      'CLIENT_CLOSED',
    ])
    expect(producer.statistics()).toMatchObject({ bufferBytes: 0, waitingRecords: 0 })
  })
})

describe('ready', () => {
  it('resolves behind a close that gave up what was left', async () => {
    const { time, cluster, producer } = bench({ bufferMemory: 20_000 }, { lost: 100 })
    cluster.create('t', 1)
    while (producer.enqueue({ topic: 't', value: 'x'.repeat(1000) }));
    const waiting = producer.ready()
    expect(await outcome(time, producer.close({ timeoutMs: 100 }))).toBeInstanceOf(ClosedError)
    expect(await outcome(time, waiting)).toBeUndefined()
    expect(await outcome(time, producer.ready())).toBeUndefined()
  })
})

/** A run of sends with pauses between them, on a cluster that fails as the seed says. */
const story = fc.record({
  seed: fc.integer({ min: 1, max: 1_000_000 }),
  partitions: fc.integer({ min: 1, max: 4 }),
  lost: fc.integer({ min: 0, max: 30 }),
  unanswered: fc.integer({ min: 0, max: 30 }),
  moved: fc.integer({ min: 0, max: 20 }),
  refused: fc.integer({ min: 0, max: 10 }),
  batchBytesMax: fc.constantFrom(Infinity, 300),
  deliveryTimeoutMs: fc.constantFrom(400, 30_000),
  batchSize: fc.constantFrom(150, 400, 4_000),
  bufferMemory: fc.constantFrom(20_000, 1_000_000),
  calls: fc.array(
    fc.record({ count: fc.integer({ min: 1, max: 12 }), pauseMs: fc.integer({ min: 0, max: 30 }) }),
    { minLength: 1, maxLength: 20 },
  ),
})
type Story = typeof story extends fc.Arbitrary<infer T> ? T : never

interface Told {
  readonly stored: { readonly value: string; readonly at: RecordMetadata }[]
  readonly failed: string[]
  readonly sent: string[]
}

async function play(
  told: Story,
  options: Partial<ProducerOptions<Payload, Payload>>,
): Promise<Told & Bench> {
  const { seed, partitions, calls, lost, unanswered, moved, refused, batchBytesMax } = told
  const { deliveryTimeoutMs, batchSize, bufferMemory } = told
  const its = {
    requestTimeoutMs: 300,
    deliveryTimeoutMs,
    batchSize,
    bufferMemory,
    partitioner: 'round-robin',
  } as const
  const faults = { lost, unanswered, moved, refused, batchBytesMax, slowMs: 40 }
  const place = bench({ ...its, ...options }, faults, seed)
  const { time, cluster, producer } = place
  cluster.create('t', partitions)
  const seen: Told = { stored: [], failed: [], sent: [] }
  const settled: Promise<void>[] = []
  for (const { count, pauseMs } of calls) {
    for (let i = 0; i < count; i++) {
      const value = `${seen.sent.length}`
      seen.sent.push(value)
      const send = producer.send({ topic: 't', value: value.padEnd(30) })
      const done = send.then(
        (at) => void seen.stored.push({ value, at }),
        () => void seen.failed.push(value),
      )
      settled.push(done)
    }
    await time.settle(() => true, time.nowMs + pauseMs)
  }
  await outcome(time, Promise.all(settled))
  return { ...place, ...seen }
}

describe('whatever fails', () => {
  it('stores each record once and in order, with idempotence', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(story, async (told) => {
        const { stored, failed, sent, cluster, producer } = await play(told, {})
        expect(stored.length + failed.length).toBe(sent.length)
        expect(producer.statistics()).toMatchObject({ bufferBytes: 0, waitingRecords: 0 })
        for (let partition = 0; partition < told.partitions; partition++) {
          const log = cluster.log('t', partition).values.map((value) => value.trim())
          // Nothing twice, what failed included.
          expect(new Set(log).size).toBe(log.length)
          const mine = stored.filter(({ at }) => at.partition === partition)
          for (const { value, at } of mine) expect(log[at.offset]).toBe(value)
          const order = mine.map(({ value }) => Number(value)).sort((a, b) => a - b)
          expect(order.map((value) => log.indexOf(`${value}`))).toEqual(
            order.map((value) => log.indexOf(`${value}`)).sort((a, b) => a - b),
          )
        }
        expect(new Set(stored.map(({ value }) => value)).size).toBe(stored.length)
      }),
      { numRuns: 120 },
    )
  })

  it('loses nothing without idempotence, and keeps the order one by one', async () => {
    await fc.assert(
      fc.asyncProperty(story, async (told) => {
        const options = { enableIdempotence: false, acks: 1, maxInFlight: 1 } as const
        const { stored, failed, sent, cluster } = await play({ ...told, refused: 0 }, options)
        expect(stored.length + failed.length).toBe(sent.length)
        for (let partition = 0; partition < told.partitions; partition++) {
          const log = cluster.log('t', partition).values.map((value) => Number(value.trim()))
          const mine = stored.filter(({ at }) => at.partition === partition)
          const last = mine.map(({ value }) => log.lastIndexOf(Number(value)))
          expect(last).not.toContain(-1)
          // A batch may be there twice; the first of each are in order.
          const firsts = [...new Set(log)]
          expect(firsts).toEqual(firsts.toSorted((a, b) => a - b))
        }
      }),
      { numRuns: 60 },
    )
  }, 60_000)
})
