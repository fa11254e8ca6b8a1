import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Breather } from '../../src/http/breather.ts'
import { type Family, renderFamilies } from '../../src/http/exposition.ts'
import { parseExposition, sampleValue } from './exposition-parser.ts'

async function* stream(families: readonly Family[]): AsyncGenerator<Family> {
  yield* families
}

function render(...families: Family[]): Promise<string> {
  return renderFamilies(stream(families), new Breather())
}

test('a family is its help, its type and a line for each sample', async () => {
  const text = await render(
    { name: 'a_total', type: 'counter', help: 'How many.', samples: [{ value: 3 }] },
    {
      name: 'b',
      type: 'gauge',
      help: 'A\\B\nC.',
      samples: [{ labels: { topic: 'x', partition: 0 }, value: 0.5 }],
    },
    { name: 'c', type: 'gauge', help: 'None.', samples: [] },
  )
  expect(text.split('\n')).toEqual([
    '# HELP a_total How many.',
    '# TYPE a_total counter',
    'a_total 3',
    '# HELP b A\\\\B\\nC.',
    '# TYPE b gauge',
    'b{topic="x",partition="0"} 0.5',
    '# HELP c None.',
    '# TYPE c gauge',
    '',
  ])
})

test.each([
  [Infinity, '+Inf'],
  [-Infinity, '-Inf'],
  [Number.NaN, 'NaN'],
  [2 ** 53, '9007199254740992'],
  [1e21, '1e+21'],
])('%d is written as %s', async (value, text) => {
  const rendered = await render({ name: 'a', type: 'gauge', help: 'A.', samples: [{ value }] })
  expect(rendered).toContain(`\na ${text}\n`)
  expect(sampleValue(parseExposition(rendered), 'a')).toBe(value)
})

test('whatever a label holds, a reader gets it back', async () => {
  const unit = fc.constantFrom(...'a1 "\\\n\r{},=é😀')
  const labels = fc.uniqueArray(fc.string({ unit }), { maxLength: 5 })
  await fc.assert(
    fc.asyncProperty(labels, async (values) => {
      const samples = values.map((group, value) => ({ labels: { group, other: '1' }, value }))
      const text = await render({ name: 'a', type: 'gauge', help: 'A.', samples })
      const read = parseExposition(text).get('a')?.samples ?? []
      expect(read.map((one) => one.labels['group'])).toEqual(values)
    }),
  )
})

test('a name that Prometheus would not take is a bug', async () => {
  const samples = [{ value: 1 }]
  const family: Family = { name: 'a-b', type: 'gauge', help: 'A.', samples }
  await expect(render(family)).rejects.toThrow('a name that Prometheus takes')
})

test('others have the event loop while a long page is made', async () => {
  let turns = 0
  let running = true
  const turn = (): void => {
    turns++
    if (running) setImmediate(turn)
  }
  setImmediate(turn)
  function* many() {
    for (let i = 0; i < 200; i++) {
      const end = performance.now() + 0.5
      while (performance.now() < end);
      yield { labels: { i }, value: i }
    }
  }
  await render({ name: 'a', type: 'gauge', help: 'A.', samples: many() })
  running = false
  // 100 ms in slices of 5 ms.
  expect(turns).toBeGreaterThanOrEqual(15)
})

describe('the reader of these tests refuses', () => {
  const head = '# HELP a A.\n# TYPE a gauge\n'
  test.each([
    ['no line end', `${head}a 1`],
    ['a sample without family', 'a 1\n'],
    ['a sample of another family', `${head}b 1\n`],
    ['a sample twice', `${head}a{x="1"} 1\na{x="1"} 2\n`],
    ['a label twice', `${head}a{x="1",x="2"} 1\n`],
    ['a raw quote', `${head}a{x="1"2"} 1\n`],
    ['an unknown escape', `${head}a{x="\\t"} 1\n`],
    ['no number', `${head}a one\n`],
    ['a family twice', `${head}a 1\n${head}`],
    ['a counter below zero', '# HELP a A.\n# TYPE a counter\na -1\n'],
    [
      'falling buckets',
      '# HELP a A.\n# TYPE a histogram\na_bucket{le="1"} 2\na_bucket{le="+Inf"} 1\na_count 1\n',
    ],
  ])('%s', (_, text) => {
    expect(() => parseExposition(text)).toThrow(Error)
  })
})
