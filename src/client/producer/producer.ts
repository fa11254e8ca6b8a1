import { assert } from '../../base/assert.ts'
import { systemClock } from '../../base/clock.ts'
import { systemRandom } from '../../base/random.ts'
import type { Payload, ProducerRecord, RecordMetadata } from '../../record/record.ts'
import { clientChecksum } from '../checksum.ts'
import { systemEnvironment } from '../network/environment.ts'
import { openCluster } from '../options/connection-options.ts'
import { requireTimeout } from '../options/whole-argument.ts'
import { ProducerTracing } from '../tracing/producer-tracing.ts'
import { ClusterNetwork } from './cluster-network.ts'
import { SendGroup } from './delivery.ts'
import { ProducerCore, type ProducerEnvironment } from './producer-core.ts'
import type { ProducerNetwork } from './producer-network.ts'
import { checkProducerOptions, type ProducerOptions } from './producer-options.ts'
import { asClientError, RecordPreparer } from './record-preparer.ts'
import type { SenderCounts } from './sender.ts'

/** What a producer has done so far, since it was made. */
export interface ProducerStatistics extends Readonly<SenderCounts> {
  /** Bytes of `bufferMemory` in use. */
  readonly bufferBytes: number
  /** Records that were accepted and have no outcome yet. */
  readonly waitingRecords: number
}

const producerEnvironment: ProducerEnvironment = {
  clock: systemClock,
  timers: systemEnvironment.waits,
  random: systemRandom,
  checksum: clientChecksum(),
  soon: (callback) => void setImmediate(callback),
}

/**
 * Sends records to a Kafka cluster. `K` and `V` are what its serializers take: without serializers
 * strings and bytes. It connects at the first record, and by default keeps the order of records of
 * a partition and stores each exactly once per call, whatever is tried again; without idempotence
 * it keeps the order with `maxInFlight` 1.
 *
 * @example
 * ```ts
 * import { Producer } from 'odradek/client'
 *
 * const producer = new Producer({ bootstrapServers: ['127.0.0.1:9092'] })
 * const { partition, offset } = await producer.send({ topic: 'orders', key: 'k', value: 'v' })
 * console.log(partition, offset)
 * await producer.close()
 * ```
 */
export class Producer<K = Payload, V = Payload> {
  readonly #core: ProducerCore
  readonly #preparer: RecordPreparer<K, V>
  /** Undefined: nothing is traced. */
  readonly #tracing: ProducerTracing<K, V> | undefined
  #closing: Promise<void> | undefined

  /**
   * @param network stands in for the brokers, and `environment` for time and randomness: in tests.
   * @throws {ConfigError} an option that is unknown or out of its range.
   */
  constructor(
    options: ProducerOptions<K, V>,
    network?: ProducerNetwork,
    environment: ProducerEnvironment = producerEnvironment,
  ) {
    const { settings, connection } = checkProducerOptions(options)
    const brokers = network ?? new ClusterNetwork(openCluster(connection, true))
    this.#core = new ProducerCore(settings, brokers, environment, options.onDelivery)
    const { keySerializer, valueSerializer, opentelemetry } = options
    if (opentelemetry !== undefined) {
      this.#tracing = new ProducerTracing(opentelemetry, connection.clientId)
    }
    this.#preparer = new RecordPreparer(keySerializer, valueSerializer, (name) =>
      this.#core.topic(name),
    )
  }

  /**
   * Sends one record, or several with one promise. Records go out in the order of the calls; those
   * that are sent in one turn of the event loop share requests.
   *
   * Rejects with a `ClientError`, several records with a {@link SendError} that has the outcome of
   * each. Strings and bytes may be changed once the call returns.
   *
   * @example
   * ```ts
   * const { partition, offset } = await producer.send({ topic: 'orders', key: 'k', value: 'v' })
   * const stored = await producer.send([
   *   { topic: 'orders', value: 'one', headers: { source: 'shop' } },
   *   { topic: 'orders', key: 'k', value: null },
   * ])
   * console.log(partition, offset, stored.length)
   * ```
   */
  send(record: ProducerRecord<K, V>): Promise<RecordMetadata>
  send(records: readonly ProducerRecord<K, V>[]): Promise<RecordMetadata[]>
  send(
    records: ProducerRecord<K, V> | readonly ProducerRecord<K, V>[],
  ): Promise<RecordMetadata | RecordMetadata[]> {
    const { closed } = this.#core
    if (closed !== undefined) return Promise.reject(closed)
    if (this.#tracing !== undefined) return this.#traced(this.#tracing, records)
    return Array.isArray(records)
      ? this.#sendAll(records)
      : this.#sendOne(records as ProducerRecord<K, V>)
  }

  /**
   * Takes a record without a promise: what becomes of it is told to `onDelivery`, and a failure
   * rejects the next {@link Producer.flush} or {@link Producer.close}. False: the buffer is full
   * and the record was not taken, nor is any other until {@link Producer.ready} or a flush was
   * awaited; offer it again then.
   *
   * @throws {ClientError} a record that can't be sent at all, or a producer that is closed.
   *
   * @example
   * ```ts
   * import { Producer } from 'odradek/client'
   *
   * const producer = new Producer({ bootstrapServers: ['127.0.0.1:9092'] })
   * for (let i = 0; i < 1_000_000; i++) {
   *   const record = { topic: 'numbers', value: `${i}` }
   *   while (!producer.enqueue(record)) await producer.ready()
   * }
   * await producer.flush()
   * ```
   */
  enqueue(record: ProducerRecord<K, V>): boolean {
    const { closed } = this.#core
    if (closed !== undefined) throw closed
    return this.#tracing === undefined
      ? this.#enqueue(record)
      : this.#tracing.enqueue(record, (traced) => this.#enqueue(traced))
  }

  /**
   * Resolves when {@link Producer.enqueue} takes records again, or when the producer is closed.
   *
   * @example
   * ```ts
   * const record = { topic: 'orders', value: 'v' }
   * while (!producer.enqueue(record)) await producer.ready()
   * ```
   */
  ready(): Promise<void> {
    return this.#core.ready()
  }

  /**
   * Resolves when everything that was accepted before has its outcome; nothing lingers meanwhile.
   * Rejects with the first failure of an enqueued record since the last flush, or with what
   * `onDelivery` threw first; failures of `send` reject their own promises.
   *
   * @example
   * ```ts
   * producer.enqueue({ topic: 'orders', value: 'v' })
   * await producer.flush()
   * ```
   */
  flush(): Promise<void> {
    return this.#core.flush()
  }

  /**
   * Counts since the producer was made.
   *
   * @example
   * ```ts
   * const { waitingRecords, bufferBytes } = producer.statistics()
   * console.log(waitingRecords, bufferBytes)
   * ```
   */
  statistics(): ProducerStatistics {
    return this.#core.statistics
  }

  /**
   * Sends what was accepted, for at most `timeoutMs` (by default without end, that is for
   * `deliveryTimeoutMs`), then closes the connections. What is left fails with a `ClosedError`.
   * Rejects like {@link Producer.flush}. A second call gives the same promise.
   *
   * @example
   * ```ts
   * await producer.close({ timeoutMs: 10_000 })
   * ```
   */
  close(options: { readonly timeoutMs?: number } = {}): Promise<void> {
    const { timeoutMs = Infinity } = options
    try {
      requireTimeout(timeoutMs)
    } catch (error) {
      return Promise.reject(error)
    }
    this.#closing ??= this.#core.close(timeoutMs)
    return this.#closing
  }

  /** {@link Producer.close}, for `await using` (TypeScript, or Node from 24 on). */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #traced(
    tracing: ProducerTracing<K, V>,
    records: ProducerRecord<K, V> | readonly ProducerRecord<K, V>[],
  ): Promise<RecordMetadata | RecordMetadata[]> {
    if (Array.isArray(records)) return tracing.sendAll(records, (all) => this.#sendAll(all))
    const one = records as ProducerRecord<K, V>
    return tracing.sendOne(one, (record) => this.#sendOne(record))
  }

  #enqueue(record: ProducerRecord<K, V>): boolean {
    return this.#core.enqueue(this.#preparer.prepare(record, Date.now()))
  }

  #sendOne(record: ProducerRecord<K, V>): Promise<RecordMetadata> {
    try {
      return this.#core.send(this.#preparer.prepare(record, Date.now()))
    } catch (error) {
      return Promise.reject(error)
    }
  }

  #sendAll(records: readonly ProducerRecord<K, V>[]): Promise<RecordMetadata[]> {
    const count = records.length
    if (count === 0) return Promise.resolve([])
    assert(count > 0, 'somebody is told')
    const nowMs = Date.now()
    return new Promise((resolve, reject) => {
      // Not looked up in `records` later: the list is the caller's again when this returns.
      let own: Map<number, number> | undefined
      const timestampOf = (input: number): number => own?.get(input) ?? nowMs
      const group = new SendGroup(count, timestampOf, resolve, reject)
      for (let input = 0; input < count; input++) {
        try {
          const record = records[input] as ProducerRecord<K, V>
          const timestamp = record?.timestamp
          if (timestamp !== undefined) own = (own ?? new Map()).set(input, timestamp)
          this.#core.sendInGroup(this.#preparer.prepare(record, nowMs), group, input)
        } catch (error) {
          group.fail(input, asClientError(error))
        }
      }
    })
  }
}
