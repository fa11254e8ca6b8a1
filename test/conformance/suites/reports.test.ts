import { describe, expect, it } from 'vitest'
import { parseJest } from './kafkajs.ts'
import { chooseTests, parseReport } from './librdkafka.ts'
import report, { type TestLine } from './node-test-reporter.ts'
import { parseLines } from './platformatic.ts'

describe("jest's report", () => {
  const file = (results: readonly [title: string, status: string][]) => ({
    name: '/checkout/src/a.spec.js',
    assertionResults: results.map(([title, status]) => ({
      ancestorTitles: ['A', 'b'],
      title,
      status,
    })),
  })
  const outcomes = (results: readonly [string, string][]) =>
    parseJest(JSON.stringify({ testResults: [file(results)] }), '/checkout')

  it('names a test by file and titles', () => {
    expect([...outcomes([['passes', 'passed']])]).toEqual([
      ['src/a.spec.js > A > b > passes', 'passed'],
    ])
  })

  it('takes what is pending or to be written for skipped', () => {
    const all = outcomes([
      ['x', 'failed'],
      ['y', 'pending'],
      ['z', 'todo'],
    ])
    expect([...all.values()]).toEqual(['failed', 'skipped', 'skipped'])
  })

  it.each([[['passed', 'failed']], [['failed', 'passed']]])(
    'has a name pass only if all tests of that name do: %s',
    ([first = '', second = '']) => {
      const all = outcomes([
        ['twice', first],
        ['twice', second],
      ])
      expect([...all.values()]).toEqual(['failed'])
    },
  )
})

describe("librdkafka's report", () => {
  const outcomes = (tests: Record<string, { state: string; duration: number }>) =>
    Object.fromEntries(parseReport(JSON.stringify({ tests })))

  it('has what passed and what failed, without the whole and what did not run', () => {
    const all = outcomes({
      '<MAIN>': { state: 'PASSED', duration: 9 },
      '0001_multiobj': { state: 'PASSED', duration: 1.5 },
      '0002_unkpart': { state: 'FAILED', duration: 0 },
      '0003_msgmaxsize': { state: 'RUNNING', duration: 60 },
      '0004_conf': { state: 'SKIPPED', duration: 0 },
      '0005_order': { state: 'DNS', duration: 0 },
    })
    expect(all).toEqual({
      '0001_multiobj': 'passed',
      '0002_unkpart': 'failed',
      '0003_msgmaxsize': 'failed',
    })
  })

  it('does not believe a test that passed in no time', () => {
    expect(outcomes({ '0018_cgrp_term': { state: 'PASSED', duration: 0 } })).toEqual({})
  })
})

describe("librdkafka's choice of tests", () => {
  it.each([
    ['all of a stage', ['0018', '0019'], [], ['0018', '0019']],
    ['all there are', undefined, [], undefined],
    ['those asked for', ['0018', '0019'], ['0019_list_groups'], ['0019']],
    ['those asked for of all', undefined, ['0001_multiobj'], ['0001']],
    ['none', ['0018'], ['0001'], []],
  ])('is %s', (_, tests, only, chosen) => {
    expect(chooseTests(tests, only)).toEqual(chosen)
  })
})

describe("the reporter for Node's runner", () => {
  const pass = { type: 'test:pass', data: { name: 'a', file: '/checkout/test/a.test.ts' } }
  const lines = async (events: readonly object[]): Promise<string> => {
    let text = ''
    // The runner's own events hold much more than the reporter looks at.
    const source = (async function* () {
      yield* events
    })() as Parameters<typeof report>[0]
    for await (const line of report(source)) text += line
    return text
  }

  it('writes a line for each test, and nothing for other events', async () => {
    const text = await lines([{ type: 'test:start', data: {} }, pass])
    const expected: TestLine = {
      file: '/checkout/test/a.test.ts',
      name: 'a',
      passed: true,
      skipped: false,
    }
    expect(JSON.parse(text)).toEqual(expected)
  })

  it.each([
    ['passed', {}, 'test:pass'],
    ['failed', {}, 'test:fail'],
    ['skipped', { skip: true }, 'test:pass'],
    ['skipped', { skip: 'a reason' }, 'test:pass'],
    ['skipped', { todo: '' }, 'test:fail'],
    ['passed', { skip: false }, 'test:pass'],
  ])('tells what %s: %j', async (outcome, marks, type) => {
    const text = await lines([{ type, data: { ...pass.data, ...marks } }])
    expect([...parseLines(text, '/checkout')]).toEqual([['test/a.test.ts > a', outcome]])
  })

  it('tells of a file that could not be run', async () => {
    const text = await lines([{ type: 'test:fail', data: { name: 'test/b.test.ts' } }])
    expect([...parseLines(text, '/checkout')]).toEqual([['test/b.test.ts', 'failed']])
  })
})
