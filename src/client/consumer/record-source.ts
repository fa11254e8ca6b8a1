/**
 * The records in hand: takes piece after piece of what was fetched and makes records of it, one by
 * one, as they are asked for.
 */
import { assert } from '../../base/assert.ts'
import { ErrorCode } from '../../protocol/error-codes.ts'
import type { ConsumerRecord } from '../../record/record.ts'
import type { Deserializer } from '../../record/serializer.ts'
import { ConfigError, ProtocolError, SerializationError } from '../error.ts'
import { keyOf } from '../topic-partition.ts'
import type { ConsumerSettings, OnDeserializeError } from './consumer-settings.ts'
import type { FetchedPartition } from './fetched-partition.ts'
import { LazyRecord } from './fetched-record.ts'
import type { Fetcher } from './fetcher.ts'
import type { PartitionPosition, Positions } from './positions.ts'

/** See the head of this file. */
export class RecordSource<K, V> {
  readonly #fetcher: Fetcher
  readonly #positions: Positions
  readonly #settings: ConsumerSettings
  readonly #isPlain: boolean
  #piece: FetchedPartition | null = null
  #records = 0

  constructor(fetcher: Fetcher, positions: Positions, settings: ConsumerSettings) {
    this.#fetcher = fetcher
    this.#positions = positions
    this.#settings = settings
    const { keyDeserializer, valueDeserializer } = settings
    this.#isPlain = keyDeserializer === undefined && valueDeserializer === undefined
  }

  /** Records that were handed out so far. */
  get records(): number {
    return this.#records
  }

  /** Partition of the piece in hand. */
  get position(): PartitionPosition | null {
    return this.#piece?.position ?? null
  }

  /** The position's version that the piece in hand belongs to; -1 without one. */
  get version(): number {
    return this.#piece?.version ?? -1
  }

  /** Leader epoch of the record that was handed out last. */
  get leaderEpoch(): number {
    return this.#piece?.reader.leaderEpoch ?? -1
  }

  /**
   * The next record of the piece in hand, or undefined when it is over.
   *
   * @throws {ProtocolError} the batch is broken.
   * @throws {SerializationError} a deserializer refused it, and `onDeserializeError` is `fail`.
   */
  next(): ConsumerRecord<K, V> | undefined {
    const piece = this.#piece
    if (piece === null) return undefined
    for (;;) {
      // Somebody sought, or the log was found to be cut off: what was fetched is of another place.
      if (!piece.isCurrent || (!piece.isStuck && !piece.advance())) {
        this.#piece = null
        return undefined
      }
      const record = this.#isPlain
        ? (new LazyRecord(piece.position, piece.reader) as unknown as ConsumerRecord<K, V>)
        : this.#deserialized(piece)
      if (record === undefined) continue
      this.#records++
      return record
    }
  }

  /**
   * Makes sure that the piece in hand may still be handed out, or takes another one. False: there
   * is none.
   */
  begin(): boolean {
    const piece = this.#piece
    if (piece !== null && this.#positions.get(piece.position) === piece.position) {
      if (piece.isCurrent && !piece.position.isPaused) return true
      if (piece.isCurrent) this.#fetcher.putBack(piece)
    }
    this.#piece = this.#fetcher.take() ?? null
    assert(this.#piece?.position.isPaused !== true, 'what is paused is not taken')
    return this.#piece !== null
  }

  /** Undefined: it was passed. */
  #deserialized(piece: FetchedPartition): ConsumerRecord<K, V> | undefined {
    assert(piece.reader.offset >= 0, 'the reader stands at a record')
    const { onDeserializeError } = this.#settings
    const raw = this.#raw(piece)
    const { topic, headers } = raw
    const read = <T>(what: string, bytes: Buffer | null, by: Deserializer<T> | undefined) => {
      if (bytes === null || by === undefined) return bytes
      try {
        return by(bytes, topic, headers)
      } catch (cause) {
        const why = cause instanceof Error ? cause.message : String(cause)
        const where = `${keyOf(raw)} at offset ${raw.offset}`
        const remedy = 'seek() gets past it'
        const message = `Cannot deserialize the ${what} of ${where}: ${why}; ${remedy}.`
        throw new SerializationError(message, { cause })
      }
    }
    try {
      const key = read('key', raw.key, this.#settings.keyDeserializer)
      const value = read('value', raw.value, this.#settings.valueDeserializer)
      piece.isStuck = false
      return { ...raw, key: key as K | null, value: value as V | null }
    } catch (error) {
      if (!(error instanceof SerializationError)) throw error
      // The position stays at the record, until it is passed or somebody seeks.
      piece.isStuck = true
      piece.position.position = raw.offset
      if (onDeserializeError === 'fail') throw error
      if (onDeserializeError !== 'skip') tell(onDeserializeError, error, raw)
      piece.isStuck = false
      // Who was told may have sought.
      if (piece.isCurrent) piece.position.position = raw.offset + 1
      return undefined
    }
  }

  /** The record with all that a deserializer may look at; what is broken of it is not passed. */
  #raw(piece: FetchedPartition): ConsumerRecord<Buffer, Buffer> {
    const { position, reader } = piece
    try {
      return new LazyRecord(position, reader).toJSON()
    } catch (cause) {
      piece.isStuck = true
      position.position = reader.offset
      const what = `Cannot read ${keyOf(position)} at offset ${reader.offset}`
      const why = `the record is broken: ${(cause as Error).message}; seek() gets past it`
      throw new ProtocolError(what, ErrorCode.CORRUPT_MESSAGE, why, { cause })
    }
  }
}

/** Tells the program of what cannot be read; it decides before the next record is looked at. */
function tell(
  callback: Exclude<OnDeserializeError, string>,
  error: SerializationError,
  raw: ConsumerRecord<Buffer, Buffer>,
): void {
  const returned: unknown = callback(error, raw)
  if (!(returned instanceof Promise)) return
  returned.catch(() => {})
  throw new ConfigError('onDeserializeError returned a promise; it has to decide at once.')
}
