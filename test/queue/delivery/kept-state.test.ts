import { expect, test } from 'vitest'
import { Delivery, type DeliveryPosition } from '../../../src/queue/delivery/delivery.ts'
import {
  cutAt,
  KeptState,
  keptChanges,
  mayComeAgain,
  neededFrom,
  newPosition,
  recordsOf,
  recordsToForget,
} from '../../../src/queue/delivery/kept-state.ts'

const settings = { leaseMs: 100, attemptsMax: 3 }
const newAt = (cursor: number) => ({ ...newPosition(cursor), leaderEpoch: 4 })

test('what a consumer changed is what is found again', () => {
  const now = { wallMs: 0, monotonicMs: 0 }
  const delivery = new Delivery(settings, newPosition(4))
  for (let offset = 4; offset < 9; offset++) delivery.offer(offset, 0, now)
  for (let i = 0; i < 4; i++) delivery.take(now)
  delivery.nack(4, 1, 70, now)
  delivery.ack(6, 1)
  const changes = keptChanges(delivery.changes(), (offset) => offset - 5)
  const records = recordsOf('mail', 'sender', changes)
  expect(records).toEqual([
    { key: '["mail","sender",4]', value: '{"attempts":1,"dueMs":70}' },
    {
      key: '["mail","sender"]',
      value: '{"cursor":5,"handedOut":8,"ranges":[[6,7]],"leaderEpoch":2}',
    },
  ])
  const state = new KeptState()
  for (const record of records) expect(state.apply(record)).toBe(true)
  expect([...state.consumersOf('mail').keys()]).toEqual(['sender'])
  const kept = state.consumersOf('mail').get('sender')
  expect(kept?.position).toEqual({ ...delivery.position, leaderEpoch: 2 })
  expect(kept?.parked).toEqual(new Map([[4, { attempts: 1, dueMs: 70 }]]))
  expect(recordsOf('mail', 'sender', { position: undefined, parked: new Map() })).toEqual([])
})

test('the last value of a key counts, and null takes it back', () => {
  const state = new KeptState()
  const position = JSON.stringify(newAt(3))
  state.apply({ key: '["q","c"]', value: JSON.stringify(newAt(1)) })
  state.apply({ key: '["q","c"]', value: position })
  state.apply({ key: '["q","c",1]', value: '{"attempts":1,"dueMs":5}' })
  state.apply({ key: '["q","c",2]', value: '{"attempts":1,"dueMs":6}' })
  state.apply({ key: '["q","c",1]', value: null })
  const kept = state.consumersOf('q').get('c')
  expect(kept).toEqual({
    position: newAt(3),
    parked: new Map([[2, { attempts: 1, dueMs: 6 }]]),
  })
  for (const record of recordsToForget('q', 'c', kept ?? { parked: new Map() })) {
    expect(record.value).toBeNull()
    state.apply(record)
  }
  expect(state.consumersOf('q').size).toBe(0)
  expect(state.consumersOf('other').size).toBe(0)
})

test.each([
  ['no JSON', '["q"', '{}'],
  ['a key that is too short', '["q"]', '{}'],
  ['a key that is too long', '["q","c",1,2]', '{}'],
  ['an offset below 0', '["q","c",-1]', '{"attempts":1,"dueMs":5}'],
  ['a name that is none', '[1,"c"]', '{"cursor":1,"handedOut":1,"ranges":[],"leaderEpoch":0}'],
  ['a position without a leader epoch', '["q","c"]', '{"cursor":1,"handedOut":1,"ranges":[]}'],
  ['a position without a cursor', '["q","c"]', '{"handedOut":1,"ranges":[],"leaderEpoch":0}'],
  [
    'a range of one number',
    '["q","c"]',
    '{"cursor":1,"handedOut":1,"ranges":[[2]],"leaderEpoch":0}',
  ],
  [
    'a cursor above what was handed out',
    '["q","c"]',
    '{"cursor":5,"handedOut":1,"ranges":[[7,9]],"leaderEpoch":0}',
  ],
  [
    'a range that ends before it begins',
    '["q","c"]',
    '{"cursor":1,"handedOut":1,"ranges":[[4,2]],"leaderEpoch":0}',
  ],
  ['attempts in words', '["q","c",1]', '{"attempts":"one","dueMs":5}'],
  ['a value that is no object', '["q","c"]', '7'],
])('%s is refused, and changes nothing', (_, key, value) => {
  const state = new KeptState()
  expect(state.apply({ key, value })).toBe(false)
  expect(state.consumersOf('q').size).toBe(0)
})

test('what is kept tells what may be deleted, and what may come again', () => {
  const position = { cursor: 5, handedOut: 9, ranges: [[6, 8]] as const }
  const kept = { position, parked: new Map([[2, { attempts: 1, dueMs: 7 }]]) }
  expect(neededFrom(kept)).toBe(2)
  const again = [1, 2, 5, 6, 7, 8, 9].filter((offset) => mayComeAgain(kept, offset))
  expect(again).toEqual([2, 5, 8])
})

test('a position is kept with the epoch of the last message that it tells of', () => {
  const epochOf = (position: DeliveryPosition) =>
    keptChanges({ position, parked: new Map() }, (offset) => offset).position?.leaderEpoch
  expect(epochOf({ cursor: 0, handedOut: 0, ranges: [] })).toBe(-1)
  expect(epochOf({ cursor: 3, handedOut: 3, ranges: [] })).toBe(2)
  expect(epochOf({ cursor: 3, handedOut: 9, ranges: [[4, 6]] })).toBe(8)
  expect(epochOf({ cursor: 3, handedOut: 5, ranges: [[7, 12]] })).toBe(11)
})

test('what lies beyond the end of the log is cut off', () => {
  const note = { attempts: 1, dueMs: 7 }
  const position = {
    cursor: 5,
    handedOut: 12,
    ranges: [
      [6, 8],
      [9, 11],
    ] as const,
  }
  const kept = {
    position,
    parked: new Map([
      [2, note],
      [9, note],
    ]),
  }
  expect(cutAt(kept, 12)).toBeUndefined()
  expect(cutAt(kept, 7)).toEqual({
    position: { cursor: 5, handedOut: 7, ranges: [[6, 7]] },
    parked: new Map([[9, null]]),
  })
  expect(cutAt(kept, 3)?.position).toEqual({ cursor: 3, handedOut: 3, ranges: [] })
})

test('what was kept since is found like what was read', () => {
  const state = new KeptState()
  const parked = new Map([[4, { attempts: 1, dueMs: 7 }]])
  state.keep('q', 'c', { position: newAt(5), parked })
  state.keep('q', 'c', { position: undefined, parked: new Map([[4, null]]) })
  expect(state.consumer('q', 'c')).toEqual({ position: newAt(5), parked: new Map() })
  state.forget('q', 'c')
  expect([state.consumer('q', 'c'), state.consumersOf('q').size]).toEqual([undefined, 0])
})
