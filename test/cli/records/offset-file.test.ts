import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseOffsetFile } from '../../../src/cli/records/offset-file.ts'

const read = (text: string) => parseOffsetFile(text, 'offsets.json')
const of = (...partitions: unknown[]) => JSON.stringify({ partitions, version: 1 })

test("the form of Kafka's tool", () => {
  const text = of({ topic: 'a', partition: 0, offset: 3 }, { topic: 'a', partition: 1, offset: -1 })
  expect(read(text)).toEqual([
    { topic: 'a', partition: 0, beforeOffset: 3 },
    { topic: 'a', partition: 1, beforeOffset: -1 },
  ])
  expect(read('{"partitions":[{"topic":"a","partition":0,"offset":0}]}')).toHaveLength(1)
})

const one = { topic: 'a', partition: 0, offset: 3 }

test.each([
  ['{', 'offsets.json is not JSON: '],
  ['null', 'offsets.json has to have the form {"partitions": [{"topic"'],
  ['[]', 'offsets.json has to have the form'],
  ['{"partitions":[],"version":2}', 'offsets.json has the version 2; only 1 is known.'],
  [of(), 'There are no partitions in offsets.json.'],
  [of(one, one), 'offsets.json: a-0 is there a second time.'],
  [of({ ...one, offset: -2 }), 'is no partition with an offset'],
  [of({ ...one, offset: '3' }), '{"topic":"a","partition":0,"offset":"3"} is no partition'],
  [of({ ...one, partition: -1 }), 'is no partition'],
  [of({ ...one, partition: 2 ** 31 }), 'is no partition'],
  [of({ ...one, topic: '' }), 'is no partition'],
  [of({ topic: 'a', partition: 0 }), 'is no partition'],
  [of(null), 'null is no partition'],
  ['{"partitions":[{"topic":"a","partition":0,"offset":9007199254740993}]}', 'is no partition'],
])('%j is refused: %s', (text, sentence) => {
  expect(() => read(text)).toThrow(sentence)
})

test('whatever JSON holds is read or refused with the name of the file', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(() => read(text)).toThrow('offsets.json')
    }),
  )
})
