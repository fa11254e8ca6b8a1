import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseResetFile, resetFileLines } from '../../../src/cli/group/reset-file.ts'

const read = (text: string) => parseResetFile(text, 'offsets.csv')

test('a file for one group, as the tools of Kafka export it', () => {
  expect(read('t1,1,5\nt1,0,7\n\n')).toEqual([
    { group: undefined, topic: 't1', partition: 1, offset: 5 },
    { group: undefined, topic: 't1', partition: 0, offset: 7 },
  ])
})

test('a file for several groups, with quotes, spaces and lines of another system', () => {
  expect(read('\uFEFF"a,""b""", t1 ,0, 7\r\nb,"t1",0,8\r\n')).toEqual([
    { group: 'a,"b"', topic: 't1', partition: 0, offset: 7 },
    { group: 'b', topic: 't1', partition: 0, offset: 8 },
  ])
})

test.each([
  ['t1,0\n', 'offsets.csv, line 1: "t1,0" is not of the form TOPIC,PARTITION,OFFSET'],
  ['t1,0,1\nt1,x,1', 'offsets.csv, line 2: "t1,x,1" is not'],
  ['t1,0,-1', 'line 1'],
  ['t1,0,1.5', 'line 1'],
  ['t1,0,9007199254740992', 'line 1'],
  ['t1,2147483648,1', 'line 1'],
  [',t1,0,1', 'line 1'],
  ['g,,0,1', 'line 1'],
  ['a,b,t1,0,1', 'line 1'],
  ['"t1,0,1', 'line 1'],
  ['TOPIC,PARTITION,OFFSET', 'line 1'],
  ['t1,0,1\nt1,0,2', 'offsets.csv, line 2: t1-0 is there a second time.'],
  ['', 'There are no offsets in offsets.csv.'],
])('%j is refused: %s', (text, sentence) => {
  expect(() => read(text)).toThrow(sentence)
})

test('what is exported is read back, for one group and for several', () => {
  const name = fc.string({ minLength: 1 }).filter((text) => text === text.trim())
  const group = name.filter((text) => !/[\r\n\uFEFF]/.test(text))
  const topic = fc.stringMatching(/^[a-zA-Z0-9._-]{1,20}$/)
  const row = fc.record({
    group,
    topic,
    partition: fc.nat(1000),
    newOffset: fc.maxSafeNat(),
  })
  const rows = fc.uniqueArray(row, {
    minLength: 1,
    selector: ({ topic, partition }) => `${topic}-${partition}`,
  })
  fc.assert(
    fc.property(rows, fc.boolean(), (plans, isOne) => {
      const text = `${resetFileLines(plans, isOne ? 1 : 2).join('\n')}\n`
      expect(read(text)).toEqual(
        plans.map(({ group, topic, partition, newOffset }) => ({
          group: isOne ? undefined : group,
          topic,
          partition,
          offset: newOffset,
        })),
      )
    }),
  )
})
