import { expect, it } from 'vitest'
import { recordCarrier, WrittenHeaders } from '../../../src/client/tracing/record-carrier.ts'

const headers = [
  { key: 'a', value: Buffer.from('first') },
  { key: 'b', value: null },
  { key: 'a', value: Buffer.from('last') },
]

it('reads headers as a propagator wants them', () => {
  expect(recordCarrier.keys(headers)).toEqual(['a', 'b', 'a'])
  expect(recordCarrier.get(headers, 'a')).toBe('last')
  expect(recordCarrier.get(headers, 'b')).toBe(undefined)
  expect(recordCarrier.get(headers, 'c')).toBe(undefined)
})

it('writes what a propagator sets, in place of what was there', () => {
  const written = new WrittenHeaders()
  const record = { topic: 't', value: 'v', headers: new Map([['a', '1']]) }
  expect(written.on(record)).toBe(record)
  WrittenHeaders.setter.set(written, 'a', '2')
  WrittenHeaders.setter.set(written, 'b', '3')
  const pairs = [
    ['a', '2'],
    ['b', '3'],
  ]
  expect(written.on(record)).toEqual({ topic: 't', value: 'v', headers: pairs })
  expect(written.on({ topic: 't', value: null, key: null })).toEqual({
    topic: 't',
    value: null,
    key: null,
    headers: pairs,
  })
})

it('reads all of a record whose fields are getters', () => {
  class Forwarded {
    get topic(): string {
      return 't'
    }
    get value(): string {
      return 'v'
    }
  }
  const written = new WrittenHeaders()
  WrittenHeaders.setter.set(written, 'a', '1')
  expect(written.on(new Forwarded())).toEqual({ topic: 't', value: 'v', headers: [['a', '1']] })
})
