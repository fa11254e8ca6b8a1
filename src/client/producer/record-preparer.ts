import { assert } from '../../base/assert.ts'
import { type HeaderPair, noHeaders } from '../../record/headers.ts'
import { isTimestamp, pairsOf, payloadOf, UnserializableError } from '../../record/payload.ts'
import type { Payload, ProducerRecord } from '../../record/record.ts'
import type { Serializer } from '../../record/serializer.ts'
import { ClientError, ConfigError, SerializationError } from '../error.ts'
import { Outgoing } from './outgoing.ts'
import type { TopicBatches } from './topic-batches.ts'

/** Checks and serialises records. What it refuses gets an error that names the topic. */
export class RecordPreparer<K, V> {
  readonly #key: Serializer<K> | undefined
  readonly #value: Serializer<V> | undefined
  readonly #topicOf: (name: string) => TopicBatches
  /** Records mostly come in runs of one topic. */
  #last: TopicBatches | undefined
  /** What {@link RecordPreparer.prepare} hands out. */
  #outgoing: Outgoing | undefined

  constructor(
    key: Serializer<K> | undefined,
    value: Serializer<V> | undefined,
    topicOf: (name: string) => TopicBatches,
  ) {
    this.#key = key
    this.#value = value
    this.#topicOf = topicOf
  }

  /**
   * A record as it goes into a batch, which the next call fills anew; `nowMs` is its timestamp
   * unless it has one.
   *
   * @throws {SerializationError} a key, value, header or timestamp that cannot be sent.
   * @throws {ConfigError} a topic or partition that is none.
   */
  prepare(record: ProducerRecord<K, V>, nowMs: number): Outgoing {
    if (typeof record !== 'object' || record === null) {
      const what = `A record is ${record === null ? 'null' : typeof record}`
      throw new SerializationError(`${what}; it has to be an object with topic and value.`)
    }
    const { topic: name, partition, timestamp, headers } = record
    const last = this.#last
    const topic = last !== undefined && last.name === name ? last : this.#topic(name)
    if (partition !== undefined && !(Number.isInteger(partition) && partition >= 0)) {
      throw new ConfigError(`Partition ${partition} of topic ${name} is no whole number from 0 on.`)
    }
    const isTime = timestamp === undefined || isTimestamp(timestamp)
    if (!isTime) {
      const what = `Timestamp ${timestamp} of a record for topic ${name}`
      throw new SerializationError(`${what} is no whole number of ms since 1970.`)
    }
    const key = record.key ?? null
    const { value } = record
    if (value === undefined) {
      const what = `A record for topic ${name} has the value undefined`
      throw new SerializationError(`${what}; a tombstone has the value null.`)
    }
    try {
      const keyPayload = key === null ? null : payloadOf('key', this.#key, key, name)
      const payload = value === null ? null : payloadOf('value', this.#value, value, name)
      const pairs = headers === undefined ? noHeaders : pairsOf(headers)
      return this.#fill(topic, partition, timestamp ?? nowMs, keyPayload, payload, pairs)
    } catch (error) {
      throw serializationError(name, error)
    }
  }

  #fill(
    home: TopicBatches,
    partition: number | undefined,
    timestamp: number,
    key: Payload | null,
    value: Payload | null,
    headers: readonly HeaderPair[],
  ): Outgoing {
    assert(partition === undefined || partition >= 0, 'a partition was checked')
    assert(timestamp >= 0, 'a timestamp was checked, and clocks began in 1970')
    const outgoing = this.#outgoing
    if (outgoing === undefined) {
      this.#outgoing = new Outgoing(home, partition, timestamp, key, value, headers)
      return this.#outgoing
    }
    outgoing.home = home
    outgoing.partition = partition
    outgoing.timestamp = timestamp
    outgoing.key = key
    outgoing.value = value
    outgoing.headers = headers
    return outgoing
  }

  #topic(name: string): TopicBatches {
    if (typeof name !== 'string' || name === '') {
      throw new ConfigError(`A record needs the name of its topic; got ${JSON.stringify(name)}.`)
    }
    this.#last = this.#topicOf(name)
    return this.#last
  }
}

/** The client's error for what cannot become part of a record. */
function serializationError(topic: string, error: unknown): unknown {
  if (!(error instanceof UnserializableError)) return error
  const what = `Cannot serialise the ${error.part} of a record for topic ${topic}`
  return new SerializationError(`${what}: ${error.message}.`, { cause: error.cause })
}

/** What a caller's mistake throws, as the client's error; anything else is one of ours. */
export function asClientError(error: unknown): ClientError {
  if (error instanceof ClientError) return error
  throw error
}
