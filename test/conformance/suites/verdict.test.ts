import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { kafkajs } from './kafkajs.ts'
import { librdkafka } from './librdkafka.ts'
import { type NameLists, parseReasons, readLists } from './name-lists.ts'
import { platformatic } from './platformatic.ts'
import { merge, type Outcome, type Outcomes } from './suite.ts'
import { describeVerdict, isGood, judge, referenceLists } from './verdict.ts'

const run = (outcomes: Record<string, Outcome>): Outcomes => new Map(Object.entries(outcomes))
const lists = (passed: string[], excused: string[], kafka: string[]): NameLists => ({
  passed: new Set(passed),
  excused: new Map(excused.map((name) => [name, 'not built'])),
  kafka: new Set(kafka),
  unstable: new Map([['luck', 'a race']]),
})

describe('a run beside its lists', () => {
  const known = lists(['a', 'b'], ['t'], ['a', 'b', 'c', 'd', 't'])

  it('is good if what passed passes', () => {
    const verdict = judge(known, run({ a: 'passed', b: 'passed', c: 'failed' }), true)
    expect(isGood(verdict)).toBe(true)
    expect(verdict).toMatchObject({
      broken: [],
      missing: ['c', 'd'],
      excused: 1,
      met: 2,
      target: 5,
    })
  })

  it.each([
    ['fails', { a: 'passed', b: 'failed' }],
    ['is skipped', { a: 'passed', b: 'skipped' }],
    ['does not run', { a: 'passed' }],
  ] as const)('is bad if one that passed before %s', (_, outcomes) => {
    const verdict = judge(known, run(outcomes), true)
    expect(verdict.broken).toEqual(['b'])
    expect(isGood(verdict)).toBe(false)
  })

  it('says what is new, also beyond what Apache Kafka passes', () => {
    const verdict = judge(known, run({ a: 'passed', b: 'passed', c: 'passed', x: 'passed' }), true)
    expect(verdict.fresh).toEqual(['c', 'x'])
    expect(verdict.met).toBe(3)
  })

  it('asks nothing of unstable names', () => {
    for (const luck of ['passed', 'failed'] as const) {
      const verdict = judge(known, run({ a: 'passed', b: 'passed', luck }), true)
      expect(isGood(verdict)).toBe(true)
      expect(verdict.fresh).toEqual([])
    }
  })

  it('is bad if it excuses what passes', () => {
    const verdict = judge(known, run({ a: 'passed', b: 'passed', t: 'passed' }), true)
    expect(verdict.unneeded).toEqual(['t'])
    expect(isGood(verdict)).toBe(false)
  })

  it('judges only what ran if it is a part', () => {
    const verdict = judge(known, run({ a: 'passed', c: 'failed' }), false)
    expect(isGood(verdict)).toBe(true)
    expect(verdict).toMatchObject({ missing: ['c'], met: 1, target: 2, excused: 0 })
  })

  it('holds Apache Kafka to its own list', () => {
    const verdict = judge(referenceLists(known), run({ a: 'passed', t: 'failed' }), false)
    expect(verdict.broken).toEqual(['t'])
  })

  it('is told with how each name ended', () => {
    const outcomes = run({ a: 'failed', c: 'skipped', x: 'passed' })
    expect(describeVerdict(judge(known, outcomes, true), outcomes)).toBe(
      [
        'newly passed (1):',
        '  x',
        'passed by Apache Kafka only (2):',
        '  c: skipped',
        '  d: did not run',
        'passed before (2):',
        '  a: failed',
        '  b: did not run',
        '0 of 5 names that Apache Kafka passes, 1 more are excused',
      ].join('\n'),
    )
  })
})

describe('stages', () => {
  it('count together: a name has to pass in each that ran it', () => {
    const quick = run({ a: 'passed', b: 'passed' })
    const full = run({ b: 'failed', c: 'passed' })
    expect(Object.fromEntries(merge([quick, full]))).toEqual({
      a: 'passed',
      b: 'failed',
      c: 'passed',
    })
    expect(merge([full, quick]).get('b')).toBe('failed')
  })
})

describe('reasons', () => {
  it('stand above their names', () => {
    const excuses = parseReasons(['# needs TLS', 'a', 'b', '# needs SASL', 'c'])
    expect(Object.fromEntries(excuses)).toEqual({ a: 'needs TLS', b: 'needs TLS', c: 'needs SASL' })
  })

  it.each([
    ['without a reason', ['a'], 'no reason stands over a'],
    ['twice', ['# x', 'a', '# y', 'a'], 'a stands twice'],
  ])('are refused %s', (_, lines, message) => {
    expect(() => parseReasons(lines)).toThrow(message)
  })
})

describe.each([kafkajs, librdkafka, platformatic])('the lists of $name', ({ name }) => {
  const { passed, excused, kafka, unstable } = readLists(name)

  it('hold what Apache Kafka passes', () => {
    expect(kafka.size).toBe({ kafkajs: 1107, librdkafka: 107, platformatic: 1795 }[name])
  })

  it('excuse nothing that passes, and nothing that Apache Kafka does not pass', () => {
    const names = [...excused.keys()]
    expect(names.filter((each) => passed.has(each))).toEqual([])
    expect(names.filter((each) => !kafka.has(each))).toEqual([])
  })

  it('are counted in docs/compatibility.md', () => {
    const document = readFileSync(
      new URL('../../../docs/compatibility.md', import.meta.url),
      'utf8',
    )
    const met = [...kafka].filter((each) => passed.has(each)).length
    expect(document).toMatch(
      new RegExp(`^\\| @?${name}[^|]*\\| ${kafka.size} \\| ${met} \\| ${excused.size} \\|$`, 'm'),
    )
    expect(met + excused.size).toBe(kafka.size)
  })

  it('ask nothing of unstable names', () => {
    const asked = [...unstable.keys()].filter((each) => passed.has(each) || kafka.has(each))
    expect(asked).toEqual([])
  })
})
