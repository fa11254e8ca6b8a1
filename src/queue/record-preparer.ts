import { assert } from '../base/assert.ts'
import type { Clock } from '../base/clock.ts'
import { noHeaders } from '../record/headers.ts'
import { isTimestamp, pairsOf, payloadOf, UnserializableError } from '../record/payload.ts'
import type { Payload } from '../record/record.ts'
import type { Serializer } from '../record/serializer.ts'
import { LogError } from './log-error.ts'
import type { NewRecord } from './log-record.ts'
import type { PreparedRecord } from './partition-writer.ts'

/** What of a topic's settings a record has to keep. */
export interface RecordRules {
  readonly compacted: boolean
  readonly timestampBeforeMaxMs: number
  readonly timestampAfterMaxMs: number
}

/** What a {@link RecordPreparer} works with. */
export interface PreparerOptions<K, V> {
  readonly topic: string
  readonly keySerializer: Serializer<K> | undefined
  readonly valueSerializer: Serializer<V> | undefined
  readonly rules: () => RecordRules
  readonly clock: Pick<Clock, 'now'>
}

/** Checks and serialises the records of one log. */
export class RecordPreparer<K, V> {
  readonly #options: PreparerOptions<K, V>

  constructor(options: PreparerOptions<K, V>) {
    assert(options.topic !== '', 'a log has a name')
    this.#options = options
  }

  /**
   * The record as it goes into a batch; one without a timestamp has that of now.
   *
   * @throws {LogError} INVALID_RECORD
   */
  prepare(record: NewRecord<K, V>): PreparedRecord {
    const { topic, keySerializer, valueSerializer, rules, clock } = this.#options
    if (typeof record !== 'object' || record === null) {
      throw this.#invalid(`is ${record === null ? 'null' : typeof record}, not an object`)
    }
    const { key: keyIn, value: valueIn, headers } = record
    if (valueIn === undefined) {
      throw this.#invalid('has the value undefined; a tombstone has the value null')
    }
    const now = clock.now()
    const timestamp = record.timestamp ?? now
    if (timestamp !== now) this.#checkTimestamp(timestamp, now, rules())
    try {
      const key =
        keyIn === undefined || keyIn === null
          ? null
          : payloadOf<K>('key', keySerializer, keyIn, topic)
      if (key === null && rules().compacted) {
        throw this.#invalid('has no key, which a log that is compacted needs')
      }
      assert(isTimestamp(timestamp), 'a timestamp was checked, and clocks began in 1970')
      const value = valueIn === null ? null : payloadOf<V>('value', valueSerializer, valueIn, topic)
      const pairs: PreparedRecord['headers'] = headers === undefined ? noHeaders : pairsOf(headers)
      return { timestamp, key: key as Payload | null, value, headers: pairs }
    } catch (error) {
      if (!(error instanceof UnserializableError)) throw error
      throw this.#invalid(`cannot have its ${error.part} serialised: ${error.message}`, error)
    }
  }

  #checkTimestamp(timestamp: number, now: number, rules: RecordRules): void {
    if (!isTimestamp(timestamp)) {
      throw this.#invalid(`has the timestamp ${timestamp}, no whole number of ms since 1970`)
    }
    const { timestampBeforeMaxMs, timestampAfterMaxMs } = rules
    if (now - timestamp <= timestampBeforeMaxMs && timestamp - now <= timestampAfterMaxMs) return
    const why = 'further from now than message.timestamp.before.max.ms or after.max.ms allows'
    throw this.#invalid(`has the timestamp ${timestamp}, ${why}`)
  }

  #invalid(what: string, error?: UnserializableError): LogError {
    const message = `A record for ${this.#options.topic} ${what}.`
    return new LogError('INVALID_RECORD', message, error?.cause)
  }
}
