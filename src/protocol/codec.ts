/** What every generated codec looks like, so that handlers and tools can treat them alike. */
import { Reader } from './reader.ts'
import { Writer } from './writer.ts'

/**
 * Encodes and decodes one message in all its versions. `Input` is the type for encoding: fields
 * with a default may be left out.
 */
export interface MessageCodec<T, Input = T> {
  readonly name: string
  readonly versionMin: number
  readonly versionMax: number
  /** First version with compact lengths and tagged fields; Infinity when there is none. */
  readonly flexibleMin: number
  /**
   * Reads one message. The caller checks `reader.error` before it uses the result; fields that the
   * version does not have get their default. Byte fields are views of the reader's frame.
   */
  decode(reader: Reader, version: number): T
  /**
   * Writes one message. The caller checks `writer.error` at the end: it is set when a field that is
   * not ignorable has a value that this version cannot carry.
   */
  encode(writer: Writer, version: number, message: Input): void
}

/** Request and response of one API key. */
export interface Api<Request, RequestInput, Response, ResponseInput> {
  readonly key: number
  readonly name: string
  readonly request: MessageCodec<Request, RequestInput>
  readonly response: MessageCodec<Response, ResponseInput>
}

/** An API whose messages are not known to the caller, as in a table of them. */
export type AnyApi = Api<unknown, never, unknown, never>

/** A stored record whose kind numbers them. */
export interface RecordCodec<T, Input = T> extends MessageCodec<T, Input> {
  readonly key: number
}

/** Default of absent byte fields. Empty, so sharing it is harmless. */
export const noBytes: Uint8Array = new Uint8Array(0)

/** A message, or why there is none. */
export type Decoded<T> =
  | { readonly value: T; readonly error: null }
  | { readonly value: null; readonly error: string }

/**
 * Decodes bytes that hold one message and nothing else. `version` must be one of the codec's; bytes
 * behind the message are an error.
 */
export function decodeMessage<T, Input>(
  codec: MessageCodec<T, Input>,
  version: number,
  bytes: Uint8Array,
): Decoded<T> {
  const reader = new Reader(bytes)
  const value = codec.decode(reader, version)
  if (reader.error === null && reader.remaining > 0) reader.fail('bytes behind the message')
  if (reader.error !== null) return { value: null, error: `${codec.name}: ${reader.error}` }
  return { value, error: null }
}

/** Encodes one message. Throws an `Error` when `version` cannot carry it. */
export function encodeMessage<T, Input>(
  codec: MessageCodec<T, Input>,
  version: number,
  message: Input,
): Uint8Array {
  const writer = new Writer()
  codec.encode(writer, version, message)
  if (writer.error !== null) throw new Error(`${codec.name}: ${writer.error}`)
  return writer.finish()
}
