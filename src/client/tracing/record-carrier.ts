/** The headers of records as what carries the context of a trace. */
import { type HeaderPair, headerPairs, type RecordHeader } from '../../record/headers.ts'
import type { ProducerRecord } from '../../record/record.ts'

/**
 * Reads the headers of a record for OpenTelemetry's propagators; the last header of a name counts.
 *
 * @example
 * ```ts
 * import type { context, propagation } from '@opentelemetry/api'
 * import { type ConsumerRecord, recordCarrier } from 'odradek/client'
 *
 * declare const api: { context: typeof context; propagation: typeof propagation }
 * declare const record: ConsumerRecord
 * const { context: contexts, propagation: propagator } = api
 * const sender = propagator.extract(contexts.active(), record.headers, recordCarrier)
 * contexts.with(sender, () => console.log('traced with whoever sent the record'))
 * ```
 */
export const recordCarrier: {
  /** Names of all headers. */
  keys(headers: readonly RecordHeader[]): string[]
  /** The text of a header; undefined where it is not there, or null. */
  get(headers: readonly RecordHeader[], key: string): string | undefined
} = {
  keys: (headers) => headers.map(({ key }) => key),
  get: (headers, key) => headers.findLast((one) => one.key === key)?.value?.toString(),
}

/** What a propagator writes into. */
export class WrittenHeaders {
  readonly pairs: HeaderPair[] = []

  /** For a propagator: `set(carrier, key, value)`. */
  static readonly setter: {
    set(carrier: WrittenHeaders, key: string, value: string): void
  } = {
    set: ({ pairs }, key, value) => void pairs.push([key, value]),
  }

  /**
   * The record with these headers, in place of those of the same name that it brings along from
   * where it was read. Headers that cannot be sent are left for who tells of them.
   */
  on<K, V>(record: ProducerRecord<K, V>): ProducerRecord<K, V> {
    if (this.pairs.length === 0) return record
    const written = new Set(this.pairs.map(([key]) => key))
    try {
      const own = headerPairs(record.headers).filter(([key]) => !written.has(key))
      // Named one by one: a record may be of a class, with getters that a spread leaves out.
      const { topic, partition, key, value, timestamp } = record
      return {
        topic,
        value,
        ...(partition === undefined ? {} : { partition }),
        ...(key === undefined ? {} : { key }),
        ...(timestamp === undefined ? {} : { timestamp }),
        headers: [...own, ...this.pairs],
      }
    } catch {
      return record
    }
  }
}
