/** A record as a consumer hands it out: key, value and headers are sliced when they are read. */
import { type BatchReader, FetchedRecord } from '../../record/batch-reader.ts'
import type { ConsumerRecord } from '../../record/record.ts'
import type { TopicPartition } from '../topic-partition.ts'

/** Key and value are views of what was fetched; copy the few bytes that are kept for long. */
export class LazyRecord extends FetchedRecord implements ConsumerRecord<Buffer, Buffer> {
  readonly #source: TopicPartition

  /** Takes the record that the reader stands at. */
  constructor(source: TopicPartition, reader: BatchReader) {
    super(reader)
    this.#source = source
  }

  get topic(): string {
    return this.#source.topic
  }

  get partition(): number {
    return this.#source.partition
  }

  /** All of it, for those who print or copy records: getters are not copied by themselves. */
  toJSON(): ConsumerRecord<Buffer, Buffer> {
    const { topic, partition, offset, timestamp, key, value, headers } = this
    return { topic, partition, offset, timestamp, key, value, headers }
  }
}
