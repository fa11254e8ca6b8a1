/**
 * Serializers and deserializers: functions between what a program has and what a record holds.
 * null is never given to one: a record without key or value stays so.
 */
import type { RecordHeader } from './headers.ts'
import type { Payload } from './record.ts'

/**
 * Makes a key or value of `data`; what it throws becomes the cause of a SerializationError. null
 * makes a record without key, or a tombstone.
 */
export type Serializer<T> = (data: T, topic: string) => Payload | null

/**
 * Makes what the program wants of a key or value. `bytes` is a view of what was fetched: whoever
 * keeps a few bytes of it for long copies them.
 */
export type Deserializer<T> = (bytes: Buffer, topic: string, headers: readonly RecordHeader[]) => T

/** The serializers that come along. Each is what the Java class in its description writes. */
export const serializers = {
  /** UTF-8, as StringSerializer. */
  string: (text: string): Payload => {
    if (typeof text !== 'string') throw new TypeError(`${typeof text} is no string`)
    return text
  },
  /** JSON as UTF-8. What JSON has no form for, as a function or undefined, is refused. */
  json: (data: unknown): Payload => {
    const text = JSON.stringify(data)
    if (text === undefined) throw new TypeError(`JSON has no form for ${typeof data}`)
    return text
  },
  /** Eight bytes, a big-endian IEEE 754 double, as DoubleSerializer: it holds every number. */
  number: (value: number): Payload => {
    if (typeof value !== 'number') throw new TypeError(`${typeof value} is no number`)
    const bytes = Buffer.allocUnsafe(8)
    bytes.writeDoubleBE(value)
    return bytes
  },
  /** Eight bytes, a big-endian int64, as LongSerializer; what Kafka Streams counts in. */
  long: (value: number | bigint): Payload => {
    if (typeof value === 'number' && !Number.isSafeInteger(value)) {
      throw new RangeError(`${value} is no whole number that a double holds exactly`)
    }
    const bytes = Buffer.allocUnsafe(8)
    bytes.writeBigInt64BE(BigInt(value))
    return bytes
  },
  /** Bytes as they are. */
  bytes: (bytes: Uint8Array): Payload => {
    if (!(bytes instanceof Uint8Array)) throw new TypeError(`${typeof bytes} is no Uint8Array`)
    return bytes
  },
} as const

/** The deserializers that come along, for what {@link serializers} write. */
export const deserializers = {
  /** UTF-8; a sequence that is none becomes U+FFFD, as with StringDeserializer. */
  string: (bytes: Buffer): string => bytes.toString('utf8'),
  /** JSON; throws on what is none. */
  json: <T = unknown>(bytes: Buffer): T => JSON.parse(bytes.toString('utf8')) as T,
  /** A double of eight bytes. */
  number: (bytes: Buffer): number => ofEight(bytes).readDoubleBE(),
  /** An int64 of eight bytes; one that a double does not hold exactly is refused. */
  long: (bytes: Buffer): number => {
    const exact = ofEight(bytes).readBigInt64BE()
    const value = Number(exact)
    if (Number.isSafeInteger(value)) return value
    throw new RangeError(`${exact} is above 2^53: read it with a deserializer of your own`)
  },
  /** The bytes as they are. */
  bytes: (bytes: Buffer): Buffer => bytes,
} as const

function ofEight(bytes: Buffer): Buffer {
  if (bytes.length === 8) return bytes
  throw new RangeError(`a number has 8 bytes, this has ${bytes.length}`)
}
