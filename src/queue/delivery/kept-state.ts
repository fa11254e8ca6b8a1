/**
 * What is kept of the consumers of a store's queues: records of one compacted topic, as JSON so
 * that any tool shows them.
 *
 * | key | value |
 * |---|---|
 * | `["mail","sender"]` | `{"cursor":7,"handedOut":12,"ranges":[[8,10]]}` |
 * | `["mail","sender",9]` | `{"attempts":2,"dueMs":1700000000000}` |
 *
 * A value of null takes the record back: the consumer is removed, the message parked no more. Of a
 * key the last value counts.
 */

import { assert } from '../../base/assert.ts'
import type { DeliveryChanges, DeliveryPosition, ParkedMessage } from './delivery.ts'
import type { OffsetRange } from './passed-offsets.ts'

/** A record of that topic. */
export interface KeptRecord {
  readonly key: string
  readonly value: string | null
}

/** What was kept of one consumer. */
export interface KeptConsumer {
  readonly position: DeliveryPosition
  readonly parked: ReadonlyMap<number, ParkedMessage>
}

/** Where a consumer begins that nothing is kept of. */
export function newPosition(cursor: number): DeliveryPosition {
  return { cursor, handedOut: cursor, ranges: [] }
}

/** The records that keep what changed of one consumer; none where nothing did. */
export function recordsOf(queue: string, consumer: string, changes: DeliveryChanges): KeptRecord[] {
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
      if (position !== undefined) consumers.set(name, { position, parked })
    }
    return consumers
  }

  /** The next record. Returns false for one that no version of this project writes. */
  apply({ key, value }: KeptRecord): boolean {
    const names = parsed(key)
    if (!isKey(names)) return false
    const [queue, consumer, offset] = names
    const content = value === null ? null : parsed(value)
    assert(offset === undefined || offset >= 0, 'a key was checked')
    const kept = this.#consumer(queue, consumer)
    if (offset !== undefined) {
      if (content === null) kept.parked.delete(offset)
      else if (isParked(content)) kept.parked.set(offset, content)
      else return false
    } else if (content === null) {
      this.#queues.get(queue)?.delete(consumer)
    } else if (isPosition(content)) {
      kept.position = content
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
  position: DeliveryPosition | undefined
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

function isPosition(value: unknown): value is DeliveryPosition {
  if (typeof value !== 'object' || value === null) return false
  const { cursor, handedOut, ranges } = value as Partial<DeliveryPosition>
  return isOffset(cursor) && isOffset(handedOut) && Array.isArray(ranges) && ranges.every(isRange)
}

function isRange(value: unknown): value is OffsetRange {
  return Array.isArray(value) && value.length === 2 && isOffset(value[0]) && isOffset(value[1])
}
