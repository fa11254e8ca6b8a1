/** Parts of a record as a program gives them, made into what a batch holds. */
import { type HeaderPair, type HeadersInput, headerPairs } from './headers.ts'
import type { Payload } from './record.ts'
import type { Serializer } from './serializer.ts'

/** A part that a record cannot have; the message is a phrase without full stop. */
export class UnserializableError extends Error {
  readonly part: 'key' | 'value' | 'headers'

  constructor(part: UnserializableError['part'], why: string, cause?: unknown) {
    super(why.replace(/\.$/, ''), cause === undefined ? undefined : { cause })
    this.name = 'UnserializableError'
    this.part = part
  }
}

/** The latest moment that a `Date` holds. */
const timestampMax = 8_640_000_000_000_000

/** Whether a record may have it: whole ms since 1970. */
export function isTimestamp(timestamp: number): boolean {
  return Number.isInteger(timestamp) && timestamp >= 0 && timestamp <= timestampMax
}

/**
 * A key or value as it is stored; null only where a serializer made it so.
 *
 * @throws {UnserializableError} the serializer threw, or there is neither a string nor bytes.
 */
export function payloadOf<T>(
  part: 'key' | 'value',
  serializer: Serializer<T> | undefined,
  data: T,
  topic: string,
): Payload | null {
  let payload: unknown = data
  if (serializer !== undefined) {
    try {
      payload = serializer(data, topic)
    } catch (cause) {
      throw new UnserializableError(part, reasonOf(cause), cause)
    }
  }
  if (typeof payload === 'string' || payload instanceof Uint8Array) return payload
  if (payload === null && serializer !== undefined) return null
  const why = `${typeof payload} is neither a string nor bytes`
  throw new UnserializableError(part, serializer === undefined ? `${why}; give a serializer` : why)
}

/**
 * Headers as they are stored.
 *
 * @throws {UnserializableError} something in them is no header.
 */
export function pairsOf(headers: HeadersInput): readonly HeaderPair[] {
  try {
    return headerPairs(headers)
  } catch (cause) {
    throw new UnserializableError('headers', reasonOf(cause), cause)
  }
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
