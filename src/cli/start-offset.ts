/** Where `consume` begins and ends, as `--offset` says it. */
import { assert } from '../base/assert.ts'
import type { Consumer } from '../client/index.ts'

/** One `--offset`: where to begin, or when to stop. */
export type OffsetOption =
  | { readonly kind: 'beginning' | 'end' }
  | { readonly kind: 'offset'; readonly offset: number }
  /** So many records before the end. */
  | { readonly kind: 'tail'; readonly count: number }
  /** The first record of this time (ms since 1970) or later. */
  | { readonly kind: 'from-time'; readonly timestamp: number }
  /** Before the first record of this time (ms since 1970) or later. */
  | { readonly kind: 'until-time'; readonly timestamp: number }

/** What {@link parseOffset} reads. */
export const offsetForms: string =
  'beginning, end, an offset, -N for the last N, s@TIME and e@TIME; a time is in ms since 1970 ' +
  'or of ISO 8601'

/** Reads one `--offset` as kcat has it; a time may be of ISO 8601, too. Undefined: it is none. */
export function parseOffset(text: string): OffsetOption | undefined {
  if (text === 'beginning' || text === 'end') return { kind: text }
  const [, side, time] = /^([se])@(.+)$/.exec(text) ?? []
  if (time !== undefined) {
    const isDate = /^\d{4}-\d\d-\d\d(T|$)/.test(time)
    const timestamp = isDate ? Date.parse(time) : Number(/^\d{1,15}$/.exec(time)?.[0] ?? Number.NaN)
    if (Number.isNaN(timestamp)) return undefined
    return { kind: side === 's' ? 'from-time' : 'until-time', timestamp }
  }
  if (!/^-?\d{1,16}$/.test(text)) return undefined
  const number = Number(text)
  if (!Number.isSafeInteger(number)) return undefined
  return text.startsWith('-')
    ? { kind: 'tail', count: -number }
    : { kind: 'offset', offset: number }
}

/** What a consumer knows of the ends of a log. */
export type OffsetSource = Pick<Consumer, 'beginningOffsets' | 'endOffsets' | 'offsetsForTimes'>

/** A partition, where to begin in it, and where it ended when that was asked. */
export interface StartingPoint {
  readonly partition: number
  readonly offset: number
  readonly endOffset: number
  /** Where the log begins, if the offset that was asked for is gone. */
  readonly goneUpTo?: number
}

/** Asks where to begin in each of these partitions. */
export async function startingPoints(
  source: OffsetSource,
  topic: string,
  partitions: readonly number[],
  start: OffsetOption,
): Promise<StartingPoint[]> {
  const all = partitions.map((partition) => ({ topic, partition }))
  const [beginnings, ends] = await Promise.all([
    source.beginningOffsets(all),
    source.endOffsets(all),
  ])
  const times = await timesOf(source, all, start)
  assert(beginnings.length === all.length && ends.length === all.length, 'each has an answer')
  return partitions.map((partition, at) => {
    const beginning = beginnings[at] ?? 0
    const endOffset = ends[at] ?? 0
    const asked = askedOffset(start, beginning, endOffset, times[at])
    const offset = Math.min(Math.max(asked, beginning), endOffset)
    const isGone = start.kind === 'offset' && start.offset < beginning
    return { partition, offset, endOffset, ...(isGone ? { goneUpTo: beginning } : {}) }
  })
}

async function timesOf(
  source: OffsetSource,
  all: readonly { readonly topic: string; readonly partition: number }[],
  start: OffsetOption,
): Promise<(number | undefined)[]> {
  if (start.kind !== 'from-time') return []
  const { timestamp } = start
  const found = await source.offsetsForTimes(all.map((one) => ({ ...one, timestamp })))
  assert(found.length === all.length, 'each has an answer')
  return found.map((one) => one?.offset)
}

function askedOffset(
  start: OffsetOption,
  beginning: number,
  end: number,
  ofTime: number | undefined,
): number {
  assert(start.kind !== 'until-time', 'an end is no beginning')
  switch (start.kind) {
    case 'beginning':
      return beginning
    case 'offset':
      return start.offset
    case 'tail':
      return end - start.count
    case 'from-time':
      return ofTime ?? end
    default:
      return end
  }
}
