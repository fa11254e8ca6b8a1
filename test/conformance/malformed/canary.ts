import { produceApi } from '../../../src/protocol/generated/00-produce.ts'
import { fetchApi } from '../../../src/protocol/generated/01-fetch.ts'
import { metadataApi } from '../../../src/protocol/generated/03-metadata.ts'
import { decodeBatches, encodeBatch, newBatch } from '../../../src/protocol/record-batch.ts'
import { RawConnection } from '../raw-connection.ts'
import { call } from './call.ts'

/** What the canary lived through. */
export interface CanaryReport {
  readonly rounds: number
  /** Longest time of one request, milliseconds. */
  readonly slowestMs: number
  /** The first fault in words. */
  readonly fault: string | undefined
}

/**
 * A well-behaved client on a connection of its own: writes a record, reads it back, asks for
 * metadata, again and again, and remembers the slowest answer and the first fault.
 */
export class Canary {
  readonly #connection: RawConnection
  readonly #topic: string
  #stopped = false
  #rounds = 0
  #slowestMs = 0
  #fault: string | undefined
  readonly #ended: Promise<void>

  private constructor(connection: RawConnection, topic: string) {
    this.#connection = connection
    this.#topic = topic
    this.#ended = this.#live()
  }

  /** Begins on a topic of its own, which must exist, be empty and have one partition. */
  static async start(port: number, topic: string): Promise<Canary> {
    return new Canary(await RawConnection.open(port), topic)
  }

  async stop(): Promise<CanaryReport> {
    this.#stopped = true
    await this.#ended
    this.#connection.close()
    return { rounds: this.#rounds, slowestMs: this.#slowestMs, fault: this.#fault }
  }

  async #live(): Promise<void> {
    try {
      while (!this.#stopped) await this.#round()
    } catch (error) {
      this.#fault ??= `round ${this.#rounds}: ${error}`
    }
  }

  async #round(): Promise<void> {
    const value = Buffer.from(`canary ${this.#rounds}`)
    const offset = await this.#timed(this.#produce(value))
    if (offset !== this.#rounds) throw new Error(`stored at ${offset}`)
    const stored = await this.#timed(this.#fetch(offset))
    if (!value.equals(stored)) throw new Error(`read back ${Buffer.from(stored)}`)
    const { topics } = await this.#timed(
      call(this.#connection, metadataApi, 9, { topics: [{ name: this.#topic }] }),
    )
    if (topics[0]?.errorCode !== 0) throw new Error(`metadata error ${topics[0]?.errorCode}`)
    this.#rounds++
  }

  async #produce(value: Uint8Array): Promise<number> {
    const records = encodeBatch(newBatch([{ timestamp: Date.now(), key: null, value }]))
    const answer = await call(this.#connection, produceApi, 9, {
      acks: -1,
      timeoutMs: 10_000,
      topicData: [{ name: this.#topic, partitionData: [{ index: 0, records }] }],
    })
    const partition = answer.responses[0]?.partitionResponses[0]
    if (partition?.errorCode !== 0) throw new Error(`produce error ${partition?.errorCode}`)
    return partition.baseOffset
  }

  async #fetch(fetchOffset: number): Promise<Uint8Array> {
    const partitions = [{ partition: 0, fetchOffset, partitionMaxBytes: 10_000 }]
    const answer = await call(this.#connection, fetchApi, 12, {
      maxWaitMs: 5_000,
      minBytes: 1,
      topics: [{ topic: this.#topic, partitions }],
    })
    const partition = answer.responses[0]?.partitions[0]
    if (partition?.errorCode !== 0) throw new Error(`fetch error ${partition?.errorCode}`)
    const decoded = decodeBatches(partition.records ?? new Uint8Array(0))
    const value = decoded.value?.batches[0]?.records[0]?.value
    if (value === undefined || value === null) throw new Error('nothing came back')
    return value
  }

  async #timed<T>(work: Promise<T>): Promise<T> {
    const begun = performance.now()
    const result = await work
    this.#slowestMs = Math.max(this.#slowestMs, performance.now() - begun)
    return result
  }
}
