import type { Admin, Consumer, EachBatchPayload, Kafka } from 'kafkajs'
import { toBase64 } from '../cases/serve.ts'

export interface Place {
  readonly topic: string
  readonly partition: number
}

export interface OpenArguments {
  readonly group: string
  readonly autoOffsetReset: string
  readonly sessionTimeoutMs?: number
  readonly heartbeatMs?: number
}

interface Poll {
  readonly max: number
  readonly got: object[]
  readonly done: () => void
}

const waitMs = 20
const heartbeatMsDefault = 500

/**
 * kafkajs pushes batches; here they wait until somebody polls. A record that nobody polled counts
 * as not consumed, so that a seek, a pause or a rebalance meanwhile has its effect.
 */
export class BufferedConsumer {
  readonly #consumer: Consumer
  readonly #group: string
  readonly #fromBeginning: boolean
  readonly #heartbeatMs: number
  readonly #paused = new Set<string>()
  #poll: Poll | undefined
  #closed = false
  #crash: Error | undefined
  /** The partitions of the last rebalance. */
  assignment: Place[] = []

  private constructor(consumer: Consumer, args: OpenArguments) {
    this.#consumer = consumer
    this.#group = args.group
    this.#fromBeginning = args.autoOffsetReset === 'earliest'
    this.#heartbeatMs = args.heartbeatMs ?? heartbeatMsDefault
    const { GROUP_JOIN, REBALANCING, CRASH } = consumer.events
    consumer.on(GROUP_JOIN, ({ payload }) => {
      this.assignment = Object.entries(payload.memberAssignment).flatMap(([topic, partitions]) =>
        partitions.map((partition) => ({ topic, partition })),
      )
    })
    consumer.on(REBALANCING, () => {
      this.assignment = []
    })
    consumer.on(CRASH, ({ payload }) => {
      if (payload.restart) return
      // It gives up when the broker is away for longer, and leaves it to the program to go on.
      if (payload.error.name !== 'KafkaJSGroupCoordinatorNotFound') this.#crash = payload.error
      else void this.#goOn()
    })
  }

  static async open(kafka: Kafka, args: OpenArguments): Promise<BufferedConsumer> {
    const consumer = kafka.consumer({
      groupId: args.group,
      sessionTimeout: args.sessionTimeoutMs ?? 10_000,
      heartbeatInterval: args.heartbeatMs ?? heartbeatMsDefault,
      rebalanceTimeout: 10_000,
      maxWaitTimeInMs: 300,
      maxBytesPerPartition: 16 * 2 ** 20,
    })
    await consumer.connect()
    return new BufferedConsumer(consumer, args)
  }

  async subscribe(topics: string[]): Promise<void> {
    await this.#consumer.subscribe({ topics, fromBeginning: this.#fromBeginning })
    await this.#run()
  }

  async #goOn(): Promise<void> {
    try {
      await this.#consumer.connect()
      await this.#run()
    } catch (error) {
      this.#crash = error as Error
    }
  }

  async #run(): Promise<void> {
    await this.#consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: 32,
      eachBatch: (payload) => this.#hand(payload),
    })
  }

  poll(max: number, timeoutMs: number): Promise<object[]> {
    if (this.#crash !== undefined) throw this.#crash
    return new Promise((resolve) => {
      const got: object[] = []
      const done = () => {
        clearTimeout(timer)
        if (this.#poll?.got === got) this.#poll = undefined
        resolve(got)
      }
      const timer = setTimeout(done, timeoutMs)
      this.#poll = { max, got, done }
    })
  }

  seek({ topic, partition, offset }: Place & { readonly offset: number }): void {
    this.#consumer.seek({ topic, partition, offset: String(offset) })
  }

  pause(places: readonly Place[]): void {
    for (const { topic, partition } of places) {
      this.#paused.add(`${topic}/${partition}`)
      this.#consumer.pause([{ topic, partitions: [partition] }])
    }
  }

  resume(places: readonly Place[]): void {
    for (const { topic, partition } of places) {
      this.#paused.delete(`${topic}/${partition}`)
      this.#consumer.resume([{ topic, partitions: [partition] }])
    }
  }

  async commit(offsets: readonly (Place & { offset: number; metadata?: string })[]) {
    await this.#consumer.commitOffsets(
      offsets.map(({ topic, partition, offset, metadata }) => ({
        topic,
        partition,
        offset: String(offset),
        ...(metadata === undefined ? {} : { metadata }),
      })),
    )
  }

  async committed(admin: Admin, places: readonly Place[]): Promise<object[]> {
    const topics = [...new Set(places.map((place) => place.topic))]
    const found = await admin.fetchOffsets({ groupId: this.#group, topics })
    return places.map(({ topic, partition }) => {
      const own = found.find((one) => one.topic === topic)
      const offset = own?.partitions.find((one) => one.partition === partition)?.offset
      return { topic, partition, offset: Number(offset ?? -1) }
    })
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#consumer.disconnect()
  }

  async #hand({ batch, resolveOffset, heartbeat, isRunning, isStale }: EachBatchPayload) {
    const { topic, partition } = batch
    const isOver = () =>
      this.#closed || !isRunning() || isStale() || this.#paused.has(`${topic}/${partition}`)
    for (const message of batch.messages) {
      let beat = performance.now()
      while (this.#poll === undefined && !isOver()) {
        await new Promise((resolve) => setTimeout(resolve, waitMs))
        if (performance.now() - beat < this.#heartbeatMs) continue
        beat = performance.now()
        await heartbeat()
      }
      const poll = this.#poll
      if (poll === undefined || isOver()) return
      const { key, value, offset, timestamp, headers = {} } = message
      poll.got.push({
        topic,
        partition,
        offset: Number(offset),
        timestamp: Number(timestamp),
        key: toBase64(key),
        value: toBase64(value),
        headers: Object.entries(headers).flatMap(([name, values]) =>
          (Array.isArray(values) ? values : [values]).map((one) => [name, toBase64(one)]),
        ),
      })
      resolveOffset(offset)
      if (poll.got.length >= poll.max) poll.done()
    }
    await heartbeat()
  }
}
