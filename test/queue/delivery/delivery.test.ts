import { describe, expect, test } from 'vitest'
import {
  Delivery,
  type DeliveryPosition,
  type Moment,
  type ParkedMessage,
} from '../../../src/queue/delivery/delivery.ts'
import { neededFrom } from '../../../src/queue/delivery/kept-state.ts'

const settings = { leaseMs: 100, attemptsMax: 3 }
const start: DeliveryPosition = { cursor: 0, handedOut: 0, ranges: [] }

/** A moment of clocks that agree. */
const at = (ms: number): Moment => ({ wallMs: ms, monotonicMs: ms })

/** What may not be deleted, once all of it is kept. */
function neededOf({ position, parked }: Delivery): number {
  return neededFrom({ position, parked })
}

/** A consumer to whom messages 0 up to `count` were offered at time 0. */
function offered(count: number): Delivery {
  const delivery = new Delivery(settings, start)
  for (let offset = 0; offset < count; offset++) delivery.offer(offset, 0, at(0))
  return delivery
}

/** What a process that ended leaves behind, restored, and offered the same again. */
function restarted(delivery: Delivery, count: number, nowMs: number): Delivery {
  const { position, parked } = delivery.changes()
  const kept = [...parked].filter((one): one is [number, ParkedMessage] => one[1] !== null)
  const again = new Delivery(settings, position ?? start, kept)
  for (let offset = again.offered; offset < count; offset++) again.offer(offset, 0, at(nowMs))
  return again
}

describe('messages are handed out', () => {
  test('in the order of the log, each once', () => {
    const delivery = offered(3)
    expect(delivery.take(at(7))).toEqual({ offset: 0, attempt: 1, deadlineMs: 107 })
    expect([delivery.take(at(7))?.offset, delivery.take(at(7))?.offset]).toEqual([1, 2])
    expect(delivery.take(at(7))).toBeUndefined()
    expect(delivery.leasedCount).toBe(3)
  })

  test('and finished in any order: the cursor waits for the first', () => {
    const delivery = offered(4)
    for (let i = 0; i < 4; i++) delivery.take(at(0))
    delivery.ack(1, 1)
    delivery.ack(2, 1)
    expect(delivery.position).toEqual({ cursor: 0, handedOut: 4, ranges: [[1, 3]] })
    delivery.ack(0, 1)
    expect(delivery.position).toEqual({ cursor: 3, handedOut: 4, ranges: [] })
    expect(neededOf(delivery)).toBe(3)
  })

  test('not before they are due', () => {
    const delivery = new Delivery(settings, start)
    delivery.offer(0, 50, at(0))
    delivery.offer(1, 0, at(0))
    expect(delivery.waitMs(at(10))).toBe(40)
    expect(delivery.take(at(0))?.offset).toBe(1)
    expect(delivery.take(at(49))).toBeUndefined()
    expect(delivery.take(at(50))).toEqual({ offset: 0, attempt: 1, deadlineMs: 150 })
    expect(delivery.position.cursor).toBe(1)
    expect(neededOf(delivery)).toBe(0)
    delivery.ack(1, 1)
    delivery.ack(0, 1)
    expect([neededOf(delivery), delivery.parkedCount, delivery.leasedCount]).toEqual([2, 0, 0])
  })

  test('offsets that hold no message are passed', () => {
    const delivery = new Delivery(settings, start)
    delivery.offer(3, 0, at(0))
    delivery.skipTo(9)
    delivery.take(at(0))
    delivery.ack(3, 1)
    expect(delivery.position).toEqual({ cursor: 9, handedOut: 9, ranges: [] })
  })
})

describe('a message that is given back', () => {
  test('comes again after its delay, before what is new, and holds nothing back', () => {
    const delivery = offered(3)
    delivery.take(at(0))
    expect(delivery.nack(0, 1, 30, at(10))).toBe('parked')
    expect(delivery.position.cursor).toBe(1)
    expect(delivery.take(at(39))?.offset).toBe(1)
    expect(delivery.take(at(40))).toEqual({ offset: 0, attempt: 2, deadlineMs: 140 })
    expect(delivery.ack(0, 1)).toBe(false)
    expect(delivery.ack(0, 2)).toBe(true)
    expect(delivery.ack(0, 2)).toBe(false)
  })

  test('is dead after its last attempt, and told of once', () => {
    const delivery = offered(1)
    for (const attempt of [1, 2]) {
      expect(delivery.take(at(0))?.attempt).toBe(attempt)
      expect(delivery.nack(0, attempt, 0, at(0))).toBe('parked')
    }
    expect(delivery.take(at(0))?.attempt).toBe(3)
    expect(delivery.nack(0, 3, 0, at(0))).toBe('dead')
    expect(delivery.takeDead()).toEqual([{ offset: 0, attempt: 3, deadlineMs: Infinity }])
    expect(delivery.takeDead()).toEqual([])
    expect(delivery.take(at(1e9))).toBeUndefined()
    expect(delivery.extend(0, 3, at(0))).toBe(false)
    expect([delivery.ack(0, 3), delivery.nack(0, 3, 0, at(0))]).toEqual([false, 'lost'])
    expect([delivery.kill(0, 3), delivery.isHeld(0, 3)]).toEqual([false, false])
    delivery.buried(0)
    expect(neededOf(delivery)).toBe(1)
  })
})

describe('a lease', () => {
  test('ends by its time, and its holder has lost the message', () => {
    const delivery = offered(1)
    delivery.take(at(0))
    expect(delivery.waitMs(at(30))).toBe(70)
    delivery.expire(at(99))
    expect(delivery.take(at(99))).toBeUndefined()
    delivery.expire(at(100))
    expect(delivery.take(at(100))).toEqual({ offset: 0, attempt: 2, deadlineMs: 200 })
    expect([delivery.ack(0, 1), delivery.nack(0, 1, 0, at(100))]).toEqual([false, 'lost'])
    delivery.expire(at(200))
    delivery.take(at(200))
    delivery.expire(at(300))
    expect(delivery.takeDead()).toMatchObject([{ offset: 0, attempt: 3 }])
  })

  test('is longer when it is extended', () => {
    const delivery = offered(1)
    delivery.take(at(0))
    expect(delivery.extend(0, 1, at(80))).toBe(true)
    delivery.expire(at(100))
    expect(delivery.leasedCount).toBe(1)
    delivery.expire(at(180))
    expect(delivery.leasedCount).toBe(0)
    expect(delivery.extend(0, 1, at(180))).toBe(false)
  })
})

test('a clock that jumps ends no lease and makes none last, but moves delays', () => {
  const delivery = offered(2)
  delivery.take({ wallMs: 1e6, monotonicMs: 10 })
  delivery.offer(2, 2e6, at(0))
  delivery.expire({ wallMs: 1e12, monotonicMs: 109 })
  expect(delivery.leasedCount).toBe(1)
  expect(delivery.waitMs({ wallMs: 1e6, monotonicMs: 30 })).toBe(80)
  expect(delivery.extend(0, 1, { wallMs: 1e12, monotonicMs: 50 })).toBe(true)
  delivery.expire({ wallMs: 0, monotonicMs: 150 })
  expect(delivery.leasedCount).toBe(0)
  expect(delivery.waitMs({ wallMs: 2e6 - 7, monotonicMs: 150 })).toBe(0)
  expect(delivery.take({ wallMs: 2e6, monotonicMs: 150 })?.offset).toBe(0)
  expect(delivery.take({ wallMs: 2e6, monotonicMs: 150 })?.offset).toBe(2)
})

describe('a restart', () => {
  test('delivers again what was in hands, with its attempt counted, and nothing finished', () => {
    const delivery = offered(5)
    for (let i = 0; i < 4; i++) delivery.take(at(0))
    delivery.ack(1, 1)
    delivery.nack(3, 1, 1000, at(0))
    const again = restarted(delivery, 5, 10)
    const next = () => again.take(at(10))
    expect([next(), next(), next()]).toMatchObject([
      { offset: 0, attempt: 2 },
      { offset: 2, attempt: 2 },
      { offset: 4, attempt: 1 },
    ])
    expect(next()).toBeUndefined()
    expect(again.take(at(1000))).toMatchObject({ offset: 3, attempt: 2 })
  })

  test('in the last attempt of a message makes it dead', () => {
    const delivery = offered(1)
    for (const attempt of [1, 2]) {
      delivery.take(at(0))
      delivery.nack(0, attempt, 0, at(0))
    }
    delivery.take(at(0))
    const again = restarted(delivery, 1, 0)
    expect(again.take(at(0))).toBeUndefined()
    expect(again.takeDead()).toMatchObject([{ offset: 0, attempt: 3 }])
    again.buried(0)
    expect(again.changes().parked).toEqual(new Map([[0, null]]))
  })
})

test('only what changed is to be kept', () => {
  const delivery = offered(2)
  delivery.changes()
  expect(delivery.changes()).toEqual({ position: undefined, parked: new Map() })
  delivery.take(at(0))
  expect(delivery.changes().position).toEqual({ cursor: 0, handedOut: 1, ranges: [] })
  delivery.nack(0, 1, 5, at(0))
  expect(delivery.changes()).toEqual({
    position: { cursor: 1, handedOut: 1, ranges: [] },
    parked: new Map([[0, { attempts: 1, dueMs: 5 }]]),
  })
})

test('changes that were not kept come again, the newer ones of them', () => {
  const delivery = offered(2)
  delivery.take(at(0))
  delivery.nack(0, 1, 5, at(0))
  const lost = delivery.changes()
  delivery.take(at(5))
  delivery.putBack(lost)
  expect(delivery.changes()).toEqual({
    position: { cursor: 1, handedOut: 1, ranges: [] },
    parked: new Map([[0, { attempts: 2, dueMs: 0 }]]),
  })
  delivery.ack(0, 2)
  delivery.putBack({ position: undefined, parked: new Map([[0, { attempts: 1, dueMs: 5 }]]) })
  expect(delivery.changes()).toEqual({ position: undefined, parked: new Map([[0, null]]) })
})

test('a message that was kept as parked before the cursor passed it is parked', () => {
  const delivery = new Delivery(settings, start, [[1, { attempts: 1, dueMs: 0 }]])
  for (const offset of [0, 1, 2]) delivery.offer(offset, 0, at(0))
  const taken = [
    delivery.take(at(0)),
    delivery.take(at(0)),
    delivery.take(at(0)),
    delivery.take(at(0)),
  ]
  expect(taken.map((one) => one && [one.offset, one.attempt])).toEqual([
    [1, 2],
    [0, 1],
    [2, 1],
    undefined,
  ])
  expect(delivery.parked).toEqual(new Map([[1, { attempts: 2, dueMs: 0 }]]))
})
