/** Records as they go into a log and as they come out of it. */
import { assert } from '../base/assert.ts'
import { type BatchReader, FetchedRecord } from '../record/batch-reader.ts'
import type { ConsumerRecord, Payload, ProducerRecord } from '../record/record.ts'

/** A record to append; of its fields only `value` is needed, and null is a tombstone. */
export type NewRecord<K = Payload, V = Payload> = Omit<ProducerRecord<K, V>, 'topic'>

/** A record as it is read. */
export type LogRecord<K = Buffer, V = Buffer> = Omit<ConsumerRecord<K, V>, 'topic'>

/** A batch as it is stored: what was appended together, without records that were compacted. */
export interface LogBatch<K = Buffer, V = Buffer> {
  readonly partition: number
  readonly baseOffset: number
  /** Of its last record, whether that is still there or not. */
  readonly lastOffset: number
  readonly records: readonly LogRecord<K, V>[]
}

/**
 * A record that slices its key, value and headers when they are read: views of what was read from
 * the disk at once, about a MiB, which they keep in memory. Copy the few that are kept for long.
 */
export class StoredRecord extends FetchedRecord implements LogRecord {
  readonly partition: number

  /** Takes the record that the reader stands at. */
  constructor(partition: number, reader: BatchReader) {
    assert(reader.offset >= 0, 'the reader stands at a record')
    super(reader)
    this.partition = partition
  }

  /** All of it, for those who print or copy records: getters are not copied by themselves. */
  toJSON(): LogRecord {
    const { partition, offset, timestamp, key, value, headers } = this
    return { partition, offset, timestamp, key, value, headers }
  }
}
