import { expect, test } from 'vitest'
import { Delivery } from '../../../src/queue/delivery/delivery.ts'
import {
  KeptState,
  newPosition,
  recordsOf,
  recordsToForget,
} from '../../../src/queue/delivery/kept-state.ts'

const settings = { leaseMs: 100, attemptsMax: 3 }

test('what a consumer changed is what is found again', () => {
  const delivery = new Delivery(settings, newPosition(4))
  for (let offset = 4; offset < 9; offset++) delivery.offer(offset, 0, 0)
  for (let i = 0; i < 4; i++) delivery.take(0)
  delivery.nack(4, 1, 70, 0)
  delivery.ack(6, 1)
  const records = recordsOf('mail', 'sender', delivery.changes())
  expect(records).toEqual([
    { key: '["mail","sender",4]', value: '{"attempts":1,"dueMs":70}' },
    { key: '["mail","sender"]', value: '{"cursor":5,"handedOut":8,"ranges":[[6,7]]}' },
  ])
  const state = new KeptState()
  for (const record of records) expect(state.apply(record)).toBe(true)
  expect([...state.consumersOf('mail').keys()]).toEqual(['sender'])
  const kept = state.consumersOf('mail').get('sender')
  expect(kept?.position).toEqual(delivery.position)
  expect(kept?.parked).toEqual(new Map([[4, { attempts: 1, dueMs: 70 }]]))
  expect(recordsOf('mail', 'sender', delivery.changes())).toEqual([])
})

test('the last value of a key counts, and null takes it back', () => {
  const state = new KeptState()
  const position = JSON.stringify(newPosition(3))
  state.apply({ key: '["q","c"]', value: JSON.stringify(newPosition(1)) })
  state.apply({ key: '["q","c"]', value: position })
  state.apply({ key: '["q","c",1]', value: '{"attempts":1,"dueMs":5}' })
  state.apply({ key: '["q","c",2]', value: '{"attempts":1,"dueMs":6}' })
  state.apply({ key: '["q","c",1]', value: null })
  const kept = state.consumersOf('q').get('c')
  expect(kept).toEqual({
    position: newPosition(3),
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
  ['a name that is none', '[1,"c"]', '{"cursor":1,"handedOut":1,"ranges":[]}'],
  ['a position without a cursor', '["q","c"]', '{"handedOut":1,"ranges":[]}'],
  ['a range of one number', '["q","c"]', '{"cursor":1,"handedOut":1,"ranges":[[2]]}'],
  ['attempts in words', '["q","c",1]', '{"attempts":"one","dueMs":5}'],
  ['a value that is no object', '["q","c"]', '7'],
])('%s is refused, and changes nothing', (_, key, value) => {
  const state = new KeptState()
  expect(state.apply({ key, value })).toBe(false)
  expect(state.consumersOf('q').size).toBe(0)
})
