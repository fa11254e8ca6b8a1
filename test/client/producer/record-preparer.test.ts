import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../src/base/random.ts'
import { ConfigError, SerializationError } from '../../../src/client/error.ts'
import { topicPartitioner } from '../../../src/client/producer/partitioner/index.ts'
import { asClientError, RecordPreparer } from '../../../src/client/producer/record-preparer.ts'
import { TopicBatches } from '../../../src/client/producer/topic-batches.ts'
import { type Serializer, serializers } from '../../../src/record/serializer.ts'

function preparer<K, V>(key?: Serializer<K>, value?: Serializer<V>) {
  const asked: string[] = []
  const made = new RecordPreparer<K, V>(key, value, (name) => {
    asked.push(name)
    return new TopicBatches(name, topicPartitioner('default', seededRandom(1), 100))
  })
  return { made, asked }
}

describe('RecordPreparer', () => {
  it('takes strings and bytes as they are, and the time of the call', () => {
    const value = Buffer.from('v')
    const record = preparer().made.prepare({ topic: 't', key: 'k', value } as never, 77)
    expect(record).toMatchObject({ topic: 't', key: 'k', timestamp: 77, headers: [] })
    expect(record.value).toBe(value)
    expect(record.partition).toBeUndefined()
  })

  it.each([
    [null, 'A record is null; it has to be an object with topic and value.'],
    [undefined, 'A record is undefined; it has to be an object with topic and value.'],
    ['v', 'A record is string; it has to be an object with topic and value.'],
  ])('refuses %j, which is none', (record, message) => {
    const { made } = preparer()
    expect(() => made.prepare(record as never, 77)).toThrow(new SerializationError(message))
  })

  it('uses serializers, which null does not reach', () => {
    const { made } = preparer(serializers.long, serializers.json)
    const record = made.prepare({ topic: 't', key: 5, value: { a: 1 }, timestamp: 3 }, 77)
    expect(record).toMatchObject({ value: '{"a":1}', timestamp: 3 })
    expect(Buffer.from(record.key as Uint8Array).readBigInt64BE()).toBe(5n)
    expect(made.prepare({ topic: 't', value: null }, 77)).toMatchObject({ key: null, value: null })
  })

  it('asks for a topic once as long as it stays the same', () => {
    const { made, asked } = preparer()
    for (const topic of ['a', 'a', 'b', 'a']) made.prepare({ topic, value: null }, 1)
    expect(asked).toEqual(['a', 'b', 'a'])
  })

  it('hands out one object, of which a copy outlives the next record', () => {
    const { made } = preparer()
    const bytes = Buffer.from('first')
    const first = made.prepare({ topic: 't', value: bytes, headers: [['h', bytes]] } as never, 1)
    const kept = first.kept()
    bytes.fill('x')
    expect(made.prepare({ topic: 't', value: null }, 2)).toBe(first)
    expect(Buffer.from(kept.value as Uint8Array).toString()).toBe('first')
    expect(Buffer.from(kept.headers[0]?.[1] as Uint8Array).toString()).toBe('first')
    expect(kept).toMatchObject({ topic: 't', timestamp: 1 })
  })

  const bad = (record: object) => () =>
    preparer().made.prepare({ topic: 't', value: 'v', ...record } as never, 1)

  it.each([
    [{ value: undefined }, /value undefined; a tombstone has the value null/],
    [{ value: 5 }, /value of a record for topic t: number is neither.*give a serializer/],
    [{ key: {} }, /key of a record for topic t: object is neither/],
    [{ headers: { h: 5 } }, /headers of a record for topic t: .*"h"/],
    [{ timestamp: -1 }, /Timestamp -1/],
    [{ timestamp: 1.5 }, /Timestamp 1\.5/],
    [{ timestamp: Number.NaN }, /Timestamp NaN/],
  ])('refuses %j as what cannot be serialised', (record, message) => {
    expect(bad(record)).toThrow(SerializationError)
    expect(bad(record)).toThrow(message)
  })

  it.each([
    [{ partition: -1 }, /Partition -1 of topic t/],
    [{ partition: 0.5 }, /Partition 0\.5/],
    [{ topic: '' }, /needs the name of its topic; got ""/],
    [{ topic: undefined }, /got undefined/],
  ])('refuses %j as no place', (record, message) => {
    expect(bad(record)).toThrow(ConfigError)
    expect(bad(record)).toThrow(message)
  })

  it('keeps what a serializer threw as the cause', () => {
    const cause = new RangeError('too odd')
    const { made } = preparer<unknown, unknown>(undefined, () => {
      throw cause
    })
    expect(() => made.prepare({ topic: 't', value: 1 }, 1)).toThrow(
      expect.objectContaining({ cause, message: expect.stringContaining('too odd') }),
    )
    const wrong = preparer<unknown, unknown>(undefined, (() => 5) as never).made
    expect(() => wrong.prepare({ topic: 't', value: 1 }, 1)).toThrow(/number is neither/)
  })
})

describe('asClientError', () => {
  it('lets bugs of ours through', () => {
    const ours = new TypeError('bug')
    expect(() => asClientError(ours)).toThrow(ours)
    const error = new ConfigError('x')
    expect(asClientError(error)).toBe(error)
  })
})
