/** Records for tests of what prints them. */
import type { ConsumerRecord } from '../../../src/client/index.ts'

/** A record with these fields, and plain ones else. */
export function recordWith(fields: Partial<ConsumerRecord> = {}): ConsumerRecord {
  return {
    topic: 'orders',
    partition: 3,
    offset: 42,
    timestamp: 1_700_000_000_123,
    key: Buffer.from('k'),
    value: Buffer.from('v'),
    headers: [],
    ...fields,
  }
}
