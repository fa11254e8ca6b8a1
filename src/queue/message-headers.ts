/**
 * What a queue notes of a message, as headers of its record beside those of the program:
 *
 * | header | value |
 * |---|---|
 * | `odradek.due` | when it may be handed out first, in ms since the epoch |
 * | `odradek.key` | its key, which is not put again within the window |
 * | `odradek.source` | the message that it was made of: `["mail","sender",42,0,1]` |
 *
 * That source is the first message that consumer `sender` of queue `mail` made of its message 42,
 * of leader epoch 1: after a power cut another message may have that offset, in a later epoch. A
 * dead letter is made of the message as well, with a number of its own: {@link deadLetterIndex}.
 */
import { assert } from '../base/assert.ts'
import type { HeaderPair, RecordHeader } from '../record/headers.ts'

const prefix = 'odradek.'
const dueName = 'odradek.due'
const keyName = 'odradek.key'
const sourceName = 'odradek.source'

/** The message that another one was made of, and which of those that were. */
export type MessageSource = readonly [
  queue: string,
  consumer: string,
  offset: number,
  index: number,
  leaderEpoch: number,
]

/** The number of the dead letter among what was made of a message: no put of a program has it. */
export const deadLetterIndex: number = Number.MAX_SAFE_INTEGER

/** What is noted of a message. */
export interface MessageNotes {
  readonly dueMs: number | undefined
  readonly key: string | undefined
  readonly source: MessageSource | undefined
}

/** Whether a program may not use a header of that name. */
export function isReserved(name: string): boolean {
  return name.startsWith(prefix)
}

/** The headers that say so. */
export function headersOf({ dueMs, key, source }: MessageNotes): HeaderPair[] {
  assert(key !== '', 'a key has characters')
  assert(dueMs === undefined || dueMs >= 0, 'times count from 1970')
  const headers: HeaderPair[] = []
  if (dueMs !== undefined) headers.push([dueName, String(dueMs)])
  if (key !== undefined) headers.push([keyName, key])
  if (source !== undefined) headers.push([sourceName, JSON.stringify(source)])
  return headers
}

/**
 * What the headers of a record say; a note that nobody can read is none, since any client may write
 * there, and so are all of a record whose headers are broken.
 */
export function notesOf(record: { readonly headers: readonly RecordHeader[] }): MessageNotes {
  const headers = headersIn(record) ?? []
  const text = (name: string): string | undefined =>
    headers.find((header) => header.key === name)?.value?.toString()
  const due = text(dueName)
  const dueMs = due === undefined || !/^\d{1,15}$/.test(due) ? undefined : Number(due)
  return { dueMs, key: text(keyName) || undefined, source: sourceOf(text(sourceName)) }
}

/** The headers of a record; undefined where they are broken, which reading them tells. */
export function headersIn(record: {
  readonly headers: readonly RecordHeader[]
}): readonly RecordHeader[] | undefined {
  try {
    return record.headers
  } catch {
    return undefined
  }
}

/** The headers that the program gave. */
export function withoutNotes(headers: readonly RecordHeader[]): readonly RecordHeader[] {
  return headers.some(({ key }) => isReserved(key))
    ? headers.filter(({ key }) => !isReserved(key))
    : headers
}

function sourceOf(text: string | undefined): MessageSource | undefined {
  if (text === undefined) return undefined
  try {
    const source: unknown = JSON.parse(text)
    return isSource(source) ? source : undefined
  } catch {
    return undefined
  }
}

function isSource(value: unknown): value is MessageSource {
  if (!Array.isArray(value) || value.length !== 5) return false
  const [queue, consumer, ...numbers] = value as unknown[]
  const areNames = typeof queue === 'string' && typeof consumer === 'string'
  return areNames && numbers.every((number) => Number.isSafeInteger(number) && Number(number) >= 0)
}
