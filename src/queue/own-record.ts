import { assert } from '../base/assert.ts'
import type { RecordHeader } from '../record/headers.ts'
import type { LogRecord } from './log-record.ts'

/** What a queue looks at of a record. */
export type MessageRecord = Pick<LogRecord, 'offset' | 'timestamp' | 'value' | 'headers'>

/** A record may keep so many times its bytes in memory without being copied. */
const pinnedFactorMax = 4

/**
 * A record of a message that does not keep much more in memory than its own bytes: those of a
 * record as it is read are views of about a MiB.
 */
export class OwnRecord implements MessageRecord {
  readonly offset: number
  readonly timestamp: number
  readonly value: Buffer | null
  readonly headers: readonly RecordHeader[]

  private constructor({ offset, timestamp, value, headers }: MessageRecord) {
    this.offset = offset
    this.timestamp = timestamp
    this.value = value
    this.headers = headers
  }

  /**
   * The record with bytes of its own, if it has not.
   *
   * @throws {Error} where its headers are broken.
   */
  static of(record: MessageRecord): OwnRecord {
    if (record instanceof OwnRecord) return record
    const { offset, timestamp, value, headers } = record
    assert(offset >= 0, 'offsets count from 0')
    const pinned = Math.max(pinnedBy(value), ...headers.map((header) => pinnedBy(header.value)))
    if (pinned <= pinnedFactorMax * payloadBytes({ value, headers })) return new OwnRecord(record)
    const copied = headers.map((header) => ({ key: header.key, value: copyOf(header.value) }))
    return new OwnRecord({ offset, timestamp, value: copyOf(value), headers: copied })
  }
}

/** Of value and headers, in bytes; keys of headers by their characters. */
export function payloadBytes({ value, headers }: Pick<MessageRecord, 'value' | 'headers'>): number {
  let bytes = value?.length ?? 0
  for (const header of headers) bytes += header.key.length + (header.value?.length ?? 0)
  return bytes
}

function pinnedBy(payload: Buffer | null): number {
  return payload?.buffer.byteLength ?? 0
}

function copyOf(payload: Buffer | null): Buffer | null {
  return payload === null ? null : Buffer.from(payload)
}
