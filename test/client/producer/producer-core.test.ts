import { describe, expect, it } from 'vitest'
import { BufferError, ClientError, ClosedError, ConfigError } from '../../../src/client/error.ts'
import { SendError } from '../../../src/client/producer/send-error.ts'
import { ErrorCode } from '../../../src/protocol/error-codes.ts'
import type { RecordMetadata } from '../../../src/record/record.ts'
import { bench, outcome } from './producer-bench.ts'

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

  it('says what was the matter with a topic that was not found in time', async () => {
    const { time, producer } = bench({ maxBlockMs: 500 })
    const first = outcome(time, producer.send({ topic: 't', value: 'a' }))
    await time.settle(() => true, time.nowMs + 300)
    const second = outcome(time, producer.send({ topic: 't', value: 'b' }))
    await first
    expect(await second).toMatchObject({
      message: 'Topic t was not found within 500 ms (maxBlockMs).',
      cause: { code: 'UNKNOWN_TOPIC_OR_PARTITION' },
    })
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

  it('takes nothing that would overtake what it refused, until somebody waits', async () => {
    const { time, cluster, producer } = bench({ bufferMemory: 20_000, batchSize: 8_000 })
    cluster.create('t', 1)
    const record = { topic: 't', value: 'x'.repeat(1000) }
    while (producer.enqueue(record));
    await time.settle(() => producer.statistics().bufferBytes === 0, time.nowMs + 10_000)
    expect(producer.enqueue(record)).toBe(false)
    await outcome(time, producer.ready())
    expect(producer.enqueue(record)).toBe(true)
    while (producer.enqueue(record));
    await outcome(time, producer.flush())
    expect(producer.enqueue(record)).toBe(true)
    await outcome(time, producer.close())
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

  it('tells of an async report that fails', async () => {
    const cause = new RangeError('too far')
    const { time, cluster, producer } = bench({ onDelivery: () => Promise.reject(cause) })
    cluster.create('t', 1)
    producer.enqueue({ topic: 't', value: 'a' })
    const told = [await outcome(time, producer.flush()), await outcome(time, producer.flush())]
    expect(told).toContainEqual(expect.objectContaining({ code: 'INVALID_CONFIG', cause }))
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

  it('is refused with a time that is none, and loses nothing by that', async () => {
    const { time, cluster, producer } = bench({ lingerMs: 1000 })
    cluster.create('t', 1)
    producer.enqueue({ topic: 't', value: 'a' })
    await expect(producer.close({ timeoutMs: Number.NaN })).rejects.toBeInstanceOf(ConfigError)
    producer.enqueue({ topic: 't', value: 'b' })
    await outcome(time, producer.close())
    expect(cluster.log('t', 0).values).toEqual(['a', 'b'])
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
