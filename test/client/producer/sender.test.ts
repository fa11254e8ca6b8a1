import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ClientError, TimeoutError } from '../../../src/client/error.ts'
import type { ProducerOptions } from '../../../src/client/producer/producer-options.ts'
import { SendError } from '../../../src/client/producer/send-error.ts'
import { ErrorCode } from '../../../src/protocol/error-codes.ts'
import { zeroUuid } from '../../../src/protocol/uuid.ts'
import type { Payload, RecordMetadata } from '../../../src/record/record.ts'
import { type Bench, bench, outcome } from './producer-bench.ts'
import { noFaults } from './simulated-cluster.ts'

describe('failures', () => {
  it('are tried again, and stored once', async () => {
    const { time, cluster, producer } = bench({}, { lost: 30, unanswered: 30 })
    cluster.create('t', 1)
    for (let i = 0; i < 30; i++) await outcome(time, producer.send({ topic: 't', value: `${i}` }))
    expect(cluster.log('t', 0).values).toEqual(Array.from({ length: 30 }, (_, i) => `${i}`))
    expect(producer.statistics().retries).toBeGreaterThan(0)
  })

  it('of one topic without an id are not taken for those of another', async () => {
    const { time, cluster, producer } = bench()
    for (const name of ['a', 'b']) cluster.create(name, 1, zeroUuid)
    await outcome(time, producer.send({ topic: 'a', value: 'before' }))
    await outcome(time, producer.send({ topic: 'b', value: 'before' }))
    cluster.script.push({ code: ErrorCode.INVALID_RECORD, isStored: false })
    const sends = ['a', 'b'].map((topic) => producer.send({ topic, value: 'v' }))
    const results = await outcome(time, Promise.allSettled(sends))
    expect(cluster.requests.at(-1)).toHaveLength(2)
    const stored = ['a', 'b'].map((topic) => cluster.log(topic, 0).values.length === 2)
    expect(stored.toSorted()).toEqual([false, true])
    expect(results).toMatchObject(
      stored.map((isStored) => ({ status: isStored ? 'fulfilled' : 'rejected' })),
    )
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

describe('a broker that starts again', () => {
  /** Three batches that are stored and not answered, then the start of the broker. */
  async function restarted(more: (place: Bench) => void) {
    const place = bench({ batchSize: 100, retryBackoffMs: 10 })
    const { time, cluster, producer } = place
    cluster.create('t', 1)
    await outcome(time, producer.send({ topic: 't', value: 'before' }))
    cluster.faults = { ...noFaults, unanswered: 100 }
    const values = ['a', 'b', 'c']
    const sends = values.map((value) => producer.send({ topic: 't', value: value.padEnd(90) }))
    const settled = Promise.allSettled(sends)
    await time.settle(() => cluster.log('t', 0).values.length < 4)
    cluster.log('t', 0).restart()
    more(place)
    cluster.faults = noFaults
    const results = await outcome(time, settled)
    const next = await outcome(time, producer.send({ topic: 't', value: 'next' }))
    return { ...place, results, next, log: cluster.log('t', 0).values.map((one) => one.trim()) }
  }

  it('and remembers the last batch alone, gets none of them twice', async () => {
    const { results, next, log } = await restarted(() => {})
    expect(log).toEqual(['before', 'a', 'b', 'c', 'next'])
    expect(results).toMatchObject([-1, -1, 3].map((offset) => ({ value: { offset } })))
    expect(next).toMatchObject({ offset: 4 })
  })

  it('and lost what it had not flushed, gets it again', async () => {
    const { results, next, log } = await restarted(({ cluster }) => cluster.log('t', 0).lose(3))
    expect(log).toEqual(['before', 'a', 'b', 'c', 'next'])
    expect(results).toMatchObject([1, 2, 3].map((offset) => ({ value: { offset } })))
    expect(next).toMatchObject({ offset: 4 })
  })

  it('and lost what it had acknowledged, gets the others in order', async () => {
    const { results, log } = await restarted(({ cluster }) => cluster.log('t', 0).lose(4))
    expect(log).toEqual(['a', 'b', 'c', 'next'])
    expect(results).toMatchObject([0, 1, 2].map((offset) => ({ value: { offset } })))
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

describe('acks 0', () => {
  it('resolves when the request is written, without an offset', async () => {
    const { time, cluster, producer } = bench({ acks: 0, enableIdempotence: false })
    cluster.create('t', 1)
    const result = await outcome(time, producer.send({ topic: 't', value: 'a' }))
    expect(result).toMatchObject({ partition: 0, offset: -1 })
    expect(cluster.log('t', 0).values).toEqual(['a'])
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
  restarted: fc.constantFrom(0, 0, 30),
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
  const { seed, partitions, calls, lost, unanswered, moved, refused, restarted } = told
  const { deliveryTimeoutMs, batchBytesMax, batchSize, bufferMemory } = told
  const its = {
    requestTimeoutMs: 300,
    deliveryTimeoutMs,
    batchSize,
    bufferMemory,
    partitioner: 'round-robin',
  } as const
  const faults = { lost, unanswered, moved, refused, restarted, batchBytesMax, slowMs: 40 }
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
          for (const { value, at } of mine) {
            // Where a later batch told that this one is stored, nobody told its offset.
            if (at.offset >= 0) expect(log[at.offset]).toBe(value)
            else expect(log).toContain(value)
          }
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
