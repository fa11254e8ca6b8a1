/**
 * node-rdkafka, from the folder that the process is given: with librdkafka's defaults, or `tuned`.
 * Its standard interface is the faster one, its documentation says: delivery reports are events.
 */
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { type CaseName, recordsPerSend, type Task, valueBytes } from '../task.ts'
import { serveTask } from './client-under-test.ts'
import type { Meter } from './meter.ts'

interface Report {
  readonly opaque?: () => void
}

/** What is used of the library. */
interface Library {
  readonly Producer: new (
    options: object,
    topicOptions: object,
  ) => NodeJS.EventEmitter & {
    connect(): void
    poll(): void
    setPollInterval(ms: number): void
    produce(topic: string, ...rest: readonly unknown[]): boolean
    flush(timeoutMs: number, done: (error: Error | null) => void): void
  }
  readonly KafkaConsumer: new (
    options: object,
    topicOptions: object,
  ) => NodeJS.EventEmitter & {
    connect(): void
    subscribe(topics: readonly string[]): void
    setDefaultConsumeTimeout(ms: number): void
    consume(): void
    consume(count: number, done: (error: Error | null, messages: readonly Message[]) => void): void
  }
}

interface Message {
  readonly value: Buffer
}

const [folder = '', kind] = process.argv.slice(2)
const { KafkaConsumer, Producer } = createRequire(import.meta.url)(folder) as Library
const isTuned = kind === 'tuned'
const value = Buffer.alloc(valueBytes, 'v')
/** What was fastest here, of 0 to 10 ms: who awaits a batch that lingers waits as well. */
const tunedLingerMs: Partial<Record<CaseName, number>> = {
  idle: 0,
  sends: 0.5,
  'singles-100': 1,
  'sends-5': 2,
}

/** librdkafka's ERR__QUEUE_FULL. */
const queueFull = -184
const minute = 60_000

await serveTask({
  async produce(task) {
    const isEnqueue = task.case === 'enqueue'
    const tuned = {
      'linger.ms': tunedLingerMs[task.case] ?? 10,
      'batch.num.messages': 100_000,
      'queue.buffering.max.messages': 1_000_000,
      'socket.nagle.disable': true,
    }
    const producer = new Producer(
      {
        'metadata.broker.list': task.bootstrap,
        ...(isEnqueue ? {} : { dr_cb: true }),
        ...(isTuned ? tuned : {}),
      },
      { acks: 1 },
    )
    producer.on('delivery-report', (error: Error | null, { opaque }: Report) => {
      if (error) throw error
      opaque?.()
    })
    producer.connect()
    await once(producer, 'ready')
    const produce = (opaque?: () => void): void => {
      producer.produce(task.topic, null, value, null, null, opaque)
    }
    const poll = (): void => {
      producer.poll()
      setImmediate(poll)
    }
    // An interval is a millisecond at the least, which is long for who waits for one record alone.
    if (isTuned && task.case === 'idle') poll()
    else producer.setPollInterval(1)
    return {
      one: () => (isEnqueue ? flush() : new Promise<void>((resolve) => produce(resolve))),
      many: () =>
        new Promise<void>((resolve) => {
          let left = recordsPerSend
          const oneLess = (): void => {
            if (--left === 0) resolve()
          }
          for (let i = 0; i < recordsPerSend; i++) produce(oneLess)
        }),
      async enqueueUntil(endMs) {
        let count = 0
        for (; performance.now() < endMs; count += recordsPerSend) {
          for (let i = 0; i < recordsPerSend; i++) {
            while (!taken(produce)) await new Promise((resolve) => setImmediate(resolve))
          }
        }
        await flush()
        return count
      },
    }

    function flush(): Promise<void> {
      return new Promise((resolve, reject) => {
        producer.flush(minute, (error) => (error ? reject(error) : resolve()))
      })
    }
  },

  async consume(task, meter) {
    const tuned = { 'queued.min.messages': 1_000_000, 'fetch.message.max.bytes': 4 * 1024 * 1024 }
    const consumer = new KafkaConsumer(
      {
        'metadata.broker.list': task.bootstrap,
        'group.id': randomUUID(),
        ...(isTuned ? tuned : {}),
      },
      { 'auto.offset.reset': 'earliest' },
    )
    consumer.connect()
    await once(consumer, 'ready')
    consumer.subscribe([task.topic])
    const isFlowing = task.case === 'one-by-one' && !isTuned
    await (isFlowing ? flow(consumer, meter) : batches(consumer, meter, task))
  },
})

/** False where the queue is full. */
function taken(produce: () => void): boolean {
  try {
    produce()
    return true
  } catch (error) {
    if ((error as { code?: number }).code === queueFull) return false
    throw error
  }
}

type RdKafkaConsumer = InstanceType<Library['KafkaConsumer']>

async function flow(consumer: RdKafkaConsumer, meter: Meter): Promise<void> {
  let isOver = false
  await new Promise<void>((resolve) => {
    consumer.on('data', (message: Message) => {
      if (isOver) return
      isOver = meter.take(1, message.value.length)
      if (isOver) resolve()
    })
    consumer.consume()
  })
}

/** Its other way, which is faster than its events also for who takes record by record. */
async function batches(consumer: RdKafkaConsumer, meter: Meter, task: Task): Promise<void> {
  consumer.setDefaultConsumeTimeout(100)
  const batchRecords = Math.min(10_000, task.records)
  for (;;) {
    const messages = await new Promise<readonly Message[]>((resolve, reject) => {
      consumer.consume(batchRecords, (error, got) => (error ? reject(error) : resolve(got)))
    })
    if (task.case === 'one-by-one') {
      for (const message of messages) if (meter.take(1, message.value.length)) return
    } else {
      let bytes = 0
      for (const message of messages) bytes += message.value.length
      if (messages.length > 0 && meter.take(messages.length, bytes)) return
    }
  }
}
