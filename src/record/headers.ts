/** Headers of a record: easy to give, exact when read. */
import type { Payload } from './record.ts'

/** One header as it is read. */
export interface RecordHeader {
  readonly key: string
  readonly value: Buffer | null
}

/** One header as it is written. */
export type HeaderPair = readonly [key: string, value: Payload | null]

/**
 * Headers as they may be given: an object, a Map, or a list, which alone can name one key twice: of
 * pairs, or of headers as they are read. Their order is kept, except that an object puts keys which
 * look like array indexes first.
 */
export type HeadersInput =
  | { readonly [key: string]: Payload | null }
  | ReadonlyMap<string, Payload | null>
  | readonly HeaderPair[]
  | readonly RecordHeader[]

/** No headers, the usual case. */
export const noHeaders: readonly HeaderPair[] = []

/**
 * Headers as pairs.
 *
 * @throws {TypeError} a key that is no string, or a value that is neither string, bytes nor null;
 * the message names the header.
 */
export function headerPairs(input: HeadersInput | undefined): readonly HeaderPair[] {
  if (input === undefined) return noHeaders
  if (typeof input !== 'object' || input === null) {
    throw new TypeError('Headers are an object, a Map or a list.')
  }
  const pairs = pairsOf(input)
  for (const pair of pairs) check(pair)
  return pairs
}

function pairsOf(input: HeadersInput): readonly HeaderPair[] {
  if (isList(input)) {
    const areRead = input.length > 0 && !Array.isArray(input[0])
    if (!areRead) return input as readonly HeaderPair[]
    return (input as readonly RecordHeader[]).map((header) => [header?.key, header?.value])
  }
  if (input instanceof Map) return [...input.entries()]
  return Object.entries(input)
}

function isList(input: HeadersInput): input is readonly HeaderPair[] | readonly RecordHeader[] {
  return Array.isArray(input)
}

function check(pair: HeaderPair): void {
  if (!Array.isArray(pair) || typeof pair[0] !== 'string') {
    throw new TypeError('A header has a string as key, and a value.')
  }
  const [key, value] = pair as HeaderPair
  if (value === null || typeof value === 'string' || value instanceof Uint8Array) return
  throw new TypeError(`The value of header "${key}" is neither a string, nor bytes, nor null.`)
}
