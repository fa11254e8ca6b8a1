/**
 * The language of the schemas: what Kafka's own message definitions say, as plain data.
 *
 * Versions are written as Kafka writes them: `'3'`, `'0-12'`, `'4+'` (up to the message's last
 * version) or `'none'`. Names are in camel case. A comment (`about`) stands only where the name
 * does not say it; it goes into the generated types.
 */

/**
 * Types of one value on the wire. `bytes` and `records` look alike; records hold record batches.
 */
export type Primitive =
  | 'bool'
  | 'int8'
  | 'int16'
  | 'uint16'
  | 'int32'
  | 'int64'
  | 'float64'
  | 'uuid'
  | 'string'
  | 'bytes'
  | 'records'

/** One field of a message or struct. */
export interface Field {
  readonly name: string
  /** A primitive, the name of a struct, or one of these with `[]` in front for an array. */
  readonly type: string
  /** Versions that have the field. */
  readonly versions: string
  /** Versions in which it may be null. */
  readonly nullable?: string
  /** False: classic encoding even in flexible versions (the header's client id, nothing else). */
  readonly flexible?: false
  /** Number of a tagged field; it is one in all its versions. */
  readonly tag?: number
  /**
   * What a version without the field reads as, and what a tagged field is left out for. Without
   * it: 0, false, the zero UUID, an empty string or array; null for nullable strings.
   */
  readonly default?: number | string | boolean | null
  /** A value that a version has no place for is dropped; otherwise it is an error to write it. */
  readonly ignorable?: true
  /** An int64 that is read as the nearest number instead of failing beyond 2^53. */
  readonly nearest?: true
  readonly about?: string
  /** Fields of the struct that `type` names, when it is used here only. */
  readonly fields?: readonly Field[]
}

/** A struct that several fields of a message share. */
export interface Struct {
  readonly name: string
  readonly fields: readonly Field[]
}

/** A request, a response, or a record. */
export interface Message {
  readonly name: string
  /** Versions that can be encoded and decoded. */
  readonly versions: string
  /** Versions with compact lengths and tagged fields. */
  readonly flexible: string
  readonly fields: readonly Field[]
  readonly structs?: readonly Struct[]
}

/** One API of the broker. */
export interface ApiSchema {
  readonly key: number
  readonly name: string
  readonly request: Message
  readonly response: Message
}

/** Something that is stored rather than sent. `key` is its number among its kind, if it has one. */
export interface RecordSchema extends Message {
  readonly key?: number
  readonly about?: string
}
