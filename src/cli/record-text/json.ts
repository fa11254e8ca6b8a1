/**
 * Records as JSON, one object a line, by kcat's names. Keys, values and header values are strings
 * where they are UTF-8, null where they are null, and `{"base64":"..."}` otherwise, so that what
 * one command writes the other reads without a loss:
 *
 * `{"topic":"orders","partition":0,"offset":7,"ts":1700000000000,"headers":["h","1"],"key":"k",
 * "payload":"v"}`
 *
 * Headers are names and values by turns, which keeps their order and what comes twice.
 */
import { isUtf8 } from 'node:buffer'
import { assert } from '../../base/assert.ts'
import type { ConsumerRecord, HeaderPair } from '../../client/index.ts'
import type { OutputBuffer } from './output-buffer.ts'

/** What a line says of a record to be produced. */
export interface JsonRecord {
  readonly partition: number | undefined
  /** Undefined: the time of its production. */
  readonly timestamp: number | undefined
  readonly key: string | Uint8Array | null
  readonly value: string | Uint8Array | null
  readonly headers: readonly HeaderPair[]
}

/** Appends a record and a newline. */
export function writeJson(record: ConsumerRecord, output: OutputBuffer): void {
  const { topic, partition, offset, timestamp, headers } = record
  assert(offset >= 0, 'a fetched record has an offset')
  output.text(`{"topic":${JSON.stringify(topic)},"partition":${partition},"offset":${offset}`)
  output.text(`,"ts":${timestamp}`)
  if (headers.length > 0) {
    const pairs = headers.map(({ key, value }) => `${JSON.stringify(key)},${inJson(value)}`)
    output.text(`,"headers":[${pairs.join(',')}]`)
  }
  output.text(`,"key":${inJson(record.key)},"payload":${inJson(record.value)}}\n`)
}

function inJson(bytes: Buffer | null): string {
  if (bytes === null) return 'null'
  if (isUtf8(bytes)) return JSON.stringify(bytes.toString())
  return `{"base64":"${bytes.toString('base64')}"}`
}

/** Reads such a line; what does not concern a new record is passed over. Text: what is wrong. */
export function parseJson(line: Buffer): JsonRecord | string {
  let given: unknown
  try {
    given = JSON.parse(line.toString())
  } catch {
    return 'it is not JSON'
  }
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    return 'it is not a JSON object'
  }
  const { key = null, payload, headers = none, ts, partition } = given as Record<string, unknown>
  if (payload === undefined) return 'it has no "payload"; null makes a tombstone'
  const keyBytes = fromJson(key)
  const value = fromJson(payload)
  if (keyBytes === undefined) return `its "key" is ${expected}`
  if (value === undefined) return `its "payload" is ${expected}`
  const pairs = headers === none ? none : pairsFrom(headers)
  if (typeof pairs === 'string') return pairs
  if (ts !== undefined && !Number.isSafeInteger(ts)) return 'its "ts" is no whole number'
  const isPartition = Number.isSafeInteger(partition) && (partition as number) >= 0
  if (partition !== undefined && !isPartition) return 'its "partition" is no whole number from 0 on'
  return {
    key: keyBytes,
    value,
    partition: partition as number | undefined,
    timestamp: ts === undefined || (ts as number) < 0 ? undefined : (ts as number),
    headers: pairs,
  }
}

const none: readonly HeaderPair[] = []
const expected = 'neither a string, nor null, nor {"base64":"..."}'

/** Undefined: not one of the three forms. */
function fromJson(value: unknown): string | Uint8Array | null | undefined {
  if (typeof value === 'string' || value === null) return value
  if (typeof value !== 'object') return undefined
  const { base64 } = value as { readonly base64?: unknown }
  if (typeof base64 !== 'string' || base64.length % 4 !== 0) return undefined
  return /^[A-Za-z0-9+/]*={0,2}$/.test(base64) ? Buffer.from(base64, 'base64') : undefined
}

/** Pairs of names and values by turns, or of an object; text: what is wrong. */
function pairsFrom(headers: unknown): HeaderPair[] | string {
  const isObject = typeof headers === 'object' && headers !== null
  if (!isObject) return 'its "headers" are neither a list of names and values nor an object'
  const list: unknown[] = Array.isArray(headers) ? headers : Object.entries(headers).flat()
  if (list.length % 2 !== 0) return 'its "headers" have a name without a value'
  const pairs: HeaderPair[] = []
  for (let at = 0; at < list.length; at += 2) {
    const name = list[at]
    const value = fromJson(list[at + 1])
    if (typeof name !== 'string') return 'its "headers" have a name that is no string'
    if (value === undefined) return `its header ${JSON.stringify(name)} is ${expected}`
    pairs.push([name, value])
  }
  assert(pairs.length === list.length / 2, 'a name and a value make a pair')
  return pairs
}
