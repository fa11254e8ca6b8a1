/** A record as a consumer hands it out: key, value and headers are sliced when they are read. */
import { type BatchReader, readHeaders } from '../../record/batch-reader.ts'
import type { RecordHeader } from '../../record/headers.ts'
import type { ConsumerRecord } from '../../record/record.ts'
import type { TopicPartition } from '../topic-partition.ts'

/** Key and value are views of what was fetched; copy the few bytes that are kept for long. */
export class LazyRecord implements ConsumerRecord<Buffer, Buffer> {
  readonly offset: number
  readonly timestamp: number
  readonly #source: TopicPartition
  readonly #bytes: Buffer
  readonly #keyAt: number
  readonly #keyBytes: number
  readonly #valueAt: number
  readonly #valueBytes: number
  readonly #headersAt: number

  /** Takes the record that the reader stands at. */
  constructor(source: TopicPartition, reader: BatchReader) {
    this.offset = reader.offset
    this.timestamp = reader.timestamp
    this.#source = source
    this.#bytes = reader.bytes
    this.#keyAt = reader.keyAt
    this.#keyBytes = reader.keyBytes
    this.#valueAt = reader.valueAt
    this.#valueBytes = reader.valueBytes
    this.#headersAt = reader.headersAt
  }

  get topic(): string {
    return this.#source.topic
  }

  get partition(): number {
    return this.#source.partition
  }

  get key(): Buffer | null {
    return slice(this.#bytes, this.#keyAt, this.#keyBytes)
  }

  get value(): Buffer | null {
    return slice(this.#bytes, this.#valueAt, this.#valueBytes)
  }

  get headers(): readonly RecordHeader[] {
    return readHeaders(this.#bytes, this.#headersAt)
  }

  /** All of it, for those who print or copy records: getters are not copied by themselves. */
  toJSON(): ConsumerRecord<Buffer, Buffer> {
    const { topic, partition, offset, timestamp, key, value, headers } = this
    return { topic, partition, offset, timestamp, key, value, headers }
  }
}

function slice(bytes: Buffer, at: number, length: number): Buffer | null {
  return length < 0 ? null : bytes.subarray(at, at + length)
}
