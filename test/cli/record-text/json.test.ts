import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseJson, writeJson } from '../../../src/cli/record-text/json.ts'
import { OutputBuffer } from '../../../src/cli/record-text/output-buffer.ts'
import type { ConsumerRecord } from '../../../src/client/index.ts'
import { recordWith } from './record.ts'

function line(record: ConsumerRecord): string {
  const output = new OutputBuffer()
  writeJson(record, output)
  return output.take().toString()
}

const parse = (text: string) => parseJson(Buffer.from(text))
/** A payload as bytes, whatever form it was given in. */
const bytesOf = (part: string | Uint8Array | null) => (part === null ? null : Buffer.from(part))

describe('writeJson', () => {
  it("has kcat's names, on one line", () => {
    expect(line(recordWith())).toBe(
      '{"topic":"orders","partition":3,"offset":42,"ts":1700000000123,"key":"k","payload":"v"}\n',
    )
    const headers = [
      { key: 'a"', value: Buffer.from('é\n') },
      { key: 'a"', value: null },
    ]
    expect(line(recordWith({ headers, key: null, value: Buffer.of(0xff, 0x41) }))).toBe(
      '{"topic":"orders","partition":3,"offset":42,"ts":1700000000123,' +
        String.raw`"headers":["a\"","é\n","a\"",null],` +
        '"key":null,"payload":{"base64":"/0E="}}\n',
    )
  })
})

describe('parseJson', () => {
  it('takes what concerns a new record', () => {
    expect(parse('{"key":"k","payload":"v","offset":7,"topic":"x","broker":1}')).toEqual({
      key: 'k',
      value: 'v',
      headers: [],
    })
    expect(parse('{"payload":null,"ts":5,"partition":2,"headers":["h","1","h",null]}')).toEqual({
      key: null,
      value: null,
      timestamp: 5,
      partition: 2,
      headers: [
        ['h', '1'],
        ['h', null],
      ],
    })
    expect(parse('{"payload":"v","headers":{"a":"1","__proto__":"2"}}')).toMatchObject({
      headers: [
        ['a', '1'],
        ['__proto__', '2'],
      ],
    })
    expect(parse('{"payload":"v","ts":-1}')).toEqual({ key: null, value: 'v', headers: [] })
  })

  it.each([
    ['', 'it is not JSON'],
    ['{"payload":', 'it is not JSON'],
    ['[]', 'it is not a JSON object'],
    ['null', 'it is not a JSON object'],
    ['{}', 'it has no "payload"; null makes a tombstone'],
    ['{"payload":1}', 'its "payload" is neither a string'],
    ['{"payload":{"base64":"a"}}', 'its "payload" is neither a string'],
    ['{"payload":{"base64":"a==="}}', 'its "payload" is neither a string'],
    ['{"payload":"","key":[]}', 'its "key" is neither a string'],
    ['{"payload":"","headers":["a"]}', 'a name without a value'],
    ['{"payload":"","headers":[1,"a"]}', 'a name that is no string'],
    ['{"payload":"","headers":["a",1]}', 'its header "a" is neither a string'],
    ['{"payload":"","headers":"a"}', 'neither a list of names and values nor an object'],
    ['{"payload":"","ts":"now"}', 'its "ts" is no whole number'],
    ['{"payload":"","partition":-1}', 'its "partition" is no whole number from 0 on'],
    ['{"payload":"","partition":1.5}', 'its "partition" is no whole number from 0 on'],
  ])('refuses %j', (text, why) => {
    expect(parse(text)).toContain(why)
  })
})

it('what is written is read without a loss, whatever the bytes', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 40 }).map((one) => Buffer.from(one)),
    fc.string({ unit: 'binary' }).map((one) => Buffer.from(one)),
  )
  const maybe = fc.option(bytes, { nil: null })
  // A name that is no whole UTF-16 is none that a broker can have sent.
  const name = fc.string({ unit: 'grapheme' })
  fc.assert(
    fc.property(maybe, maybe, fc.array(fc.tuple(name, maybe)), fc.nat(), (key, value, list, at) => {
      const headers = list.map(([one, of]) => ({ key: one, value: of }))
      const text = line(recordWith({ key, value, headers, partition: at, timestamp: at }))
      expect(text.indexOf('\n')).toBe(text.length - 1)
      const read = parse(text.slice(0, -1))
      if (typeof read === 'string') throw new Error(read)
      expect(bytesOf(read.key)).toEqual(key)
      expect(bytesOf(read.value)).toEqual(value)
      expect([read.partition, read.timestamp]).toEqual([at, at])
      const back = read.headers.map(([one, of]) => [one, bytesOf(of)])
      expect(back).toEqual(list)
    }),
    { numRuns: 300 },
  )
})
