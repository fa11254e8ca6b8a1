/**
 * What is kept of the consumers of a store's queues: records of one compacted topic, as JSON so
 * that any tool shows them.
 *
 * | key | value |
 * |---|---|
 * | `["mail","sender"]` | `{"cursor":7,"handedOut":12,"ranges":[[8,10]],"leaderEpoch":0}` |
 * | `["mail","sender",9]` | `{"attempts":2,"dueMs":1700000000000}` |
 *
 * A value of null takes the record back: the consumer is removed, the message parked no more. Of a
 * key the last value counts. The leader epoch is that of the last message that the position tells
 * of: where the log has another one there, it lost that message, and the offset is another's.
 */
import { assert } from '../../base/assert.ts'
import type { DeliveryChanges, DeliveryPosition, ParkedMessage } from './delivery.ts'
import type { OffsetRange } from './passed-offsets.ts'

/** A record of that topic. */
export interface KeptRecord {
  readonly key: string
  readonly value: string | null
}

/** Where a consumer stands, as it is kept. */
export interface KeptPosition extends DeliveryPosition {
  /** -1: it tells of no message that is still there. */
  readonly leaderEpoch: number
}

/** What changed, as it is kept. */
export interface KeptChanges extends DeliveryChanges {
  readonly position: KeptPosition | undefined
}

/** Where a consumer stands, with what waits by itself. */
export interface Standing {
  readonly position: DeliveryPosition
  readonly parked: ReadonlyMap<number, ParkedMessage>
}

/** What was kept of one consumer. */
export interface KeptConsumer extends Standing {
  readonly position: KeptPosition
}

/** The changes as they are kept; `leaderEpochAt` tells of the message at an offset. */
export function keptChanges(
  { position, parked }: DeliveryChanges,
  leaderEpochAt: (offset: number) => number,
): KeptChanges {
  if (position === undefined) return { position, parked }
  const end = endOf(position)
  assert(end >= position.cursor, 'what is passed is told of')
  const leaderEpoch = end === 0 ? -1 : leaderEpochAt(end - 1)
  assert(leaderEpoch >= -1, 'an epoch counts from 0')
  return { position: { ...position, leaderEpoch }, parked }
}

/** It tells of no message from there on. */
function endOf({ cursor, handedOut, ranges }: DeliveryPosition): number {
  return Math.max(cursor, handedOut, ranges.at(-1)?.[1] ?? 0)
}

/** Where a consumer begins that nothing is kept of. */
export function newPosition(cursor: number): DeliveryPosition {
  return { cursor, handedOut: cursor, ranges: [] }
}

/** The lowest offset that a consumer may still ask for, if it goes on from there. */
export function neededFrom({ position, parked }: Standing): number {
  let needed = position.cursor
  for (const offset of parked.keys()) needed = Math.min(needed, offset)
  return needed
}

/** Whether a message that was handed out may be again, if its consumer goes on from there. */
export function mayComeAgain({ position, parked }: Standing, offset: number): boolean {
  if (parked.has(offset)) return true
  const { cursor, handedOut, ranges } = position
  const isOpen = cursor <= offset && offset < handedOut
  return isOpen && !ranges.some(([start, end]) => start <= offset && offset < end)
}

/**
 * What has to change for a consumer of a log that ends at `endOffset`; undefined: nothing. A power
 * cut may take the end of the log and leave what was kept of it; other messages get its offsets.
 */
export function cutAt(
  { position, parked }: Standing,
  endOffset: number,
): DeliveryChanges | undefined {
  const { cursor, handedOut, ranges } = position
  assert(endOffset >= 0, 'offsets count from 0')
  const beyond = [...parked.keys()].filter((offset) => offset >= endOffset)
  if (endOf(position) <= endOffset && beyond.length === 0) return undefined
  const cut = {
    cursor: Math.min(cursor, endOffset),
    handedOut: Math.min(handedOut, endOffset),
    ranges: ranges
      .filter(([start]) => start < endOffset)
      .map(([start, end]): OffsetRange => [start, Math.min(end, endOffset)]),
  }
  return { position: cut, parked: new Map(beyond.map((offset) => [offset, null])) }
}

/** The records that keep what changed of one consumer; none where nothing did. */
export function recordsOf(queue: string, consumer: string, changes: KeptChanges): KeptRecord[] {
  const { position, parked } = changes
  assert(queue !== '' && consumer !== '', 'both have names')
  const records = [...parked].map(([offset, message]) => ({
    key: JSON.stringify([queue, consumer, offset]),
    value: message === null ? null : JSON.stringify(message),
  }))
  if (position !== undefined) {
    const key = JSON.stringify([queue, consumer])
    records.push({ key, value: JSON.stringify(position) })
  }
  return records
}

/** The records that take back everything that is kept of a consumer. */
export function recordsToForget(
  queue: string,
  consumer: string,
  { parked }: Pick<KeptConsumer, 'parked'>,
): KeptRecord[] {
  assert(queue !== '' && consumer !== '', 'both have names')
  const keys = [...parked.keys()].map((offset) => JSON.stringify([queue, consumer, offset]))
  return [...keys, JSON.stringify([queue, consumer])].map((key) => ({ key, value: null }))
}

/** Everything that is kept, from the records of the topic in their order. */
export class KeptState {
  readonly #queues = new Map<string, Map<string, MutableConsumer>>()

  /** The consumers of a queue by their names. */
  consumersOf(queue: string): ReadonlyMap<string, KeptConsumer> {
    const consumers = new Map<string, KeptConsumer>()
    for (const [name, { position, parked }] of this.#queues.get(queue) ?? []) {
      if (position !== undefined) consumers.set(name, { position, parked: new Map(parked) })
    }
    return consumers
  }

  /** What is kept of one consumer; undefined: there is none. */
  consumer(queue: string, name: string): KeptConsumer | undefined {
    const found = this.#queues.get(queue)?.get(name)
    return found?.position === undefined ? undefined : (found as KeptConsumer)
  }

  /** Those changes are kept now. */
  keep(queue: string, name: string, { position, parked }: KeptChanges): void {
    const kept = this.#consumer(queue, name)
    if (position !== undefined) kept.position = position
    for (const [offset, message] of parked) {
      if (message === null) kept.parked.delete(offset)
      else kept.parked.set(offset, message)
    }
  }

  /** Nothing is kept of that consumer any more. */
  forget(queue: string, name: string): void {
    this.#queues.get(queue)?.delete(name)
  }

  /** The next record. Returns false for one that no version of this project writes. */
  apply({ key, value }: KeptRecord): boolean {
    const names = parsed(key)
    if (!isKey(names)) return false
    const [queue, consumer, offset] = names
    const content = value === null ? null : parsed(value)
    assert(offset === undefined || offset >= 0, 'a key was checked')
    if (offset !== undefined) {
      if (content !== null && !isParked(content)) return false
      this.keep(queue, consumer, { position: undefined, parked: new Map([[offset, content]]) })
    } else if (content === null) {
      this.forget(queue, consumer)
    } else if (isPosition(content)) {
      this.keep(queue, consumer, { position: content, parked: new Map() })
    } else {
      return false
    }
    return true
  }

  #consumer(queue: string, name: string): MutableConsumer {
    const consumers = this.#queues.get(queue) ?? new Map<string, MutableConsumer>()
    this.#queues.set(queue, consumers)
    let consumer = consumers.get(name)
    if (consumer === undefined) {
      consumer = { position: undefined, parked: new Map() }
      consumers.set(name, consumer)
    }
    return consumer
  }
}

interface MutableConsumer {
  position: KeptPosition | undefined
  readonly parked: Map<number, ParkedMessage>
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

type Key = readonly [queue: string, consumer: string, offset?: number]

function isKey(value: unknown): value is Key {
  if (!Array.isArray(value) || value.length < 2 || value.length > 3) return false
  const [queue, consumer, offset] = value as unknown[]
  const isWhole = offset === undefined || isOffset(offset)
  return typeof queue === 'string' && typeof consumer === 'string' && isWhole
}

function isOffset(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function isParked(value: unknown): value is ParkedMessage {
  if (typeof value !== 'object' || value === null) return false
  const { attempts, dueMs } = value as Partial<ParkedMessage>
  return isOffset(attempts) && isOffset(dueMs)
}

function isPosition(value: unknown): value is KeptPosition {
  if (typeof value !== 'object' || value === null) return false
  const { cursor, handedOut, ranges, leaderEpoch } = value as Partial<KeptPosition>
  if (!Number.isSafeInteger(leaderEpoch)) return false
  if (!isOffset(cursor) || !isOffset(handedOut) || cursor > handedOut) return false
  return Array.isArray(ranges) && ranges.every(isRange)
}

function isRange(value: unknown): value is OffsetRange {
  if (!Array.isArray(value) || value.length !== 2) return false
  const [start, end] = value as unknown[]
  return isOffset(start) && isOffset(end) && start < end
}
