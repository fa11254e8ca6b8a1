import { describe, expect, it } from 'vitest'
import { judge } from '../../../src/bench/harness/limits.ts'

describe('judge', () => {
  it('holds the median to the limit, from above and from below', () => {
    const most = { case: 'a', figure: 'cost', atMost: 10 }
    const least = { case: 'a', figure: 'speed', atLeast: 100 }
    const runs = [5, 10, 99].map((cost) => ({ a: { cost, speed: 10 * cost } }))
    expect(judge(runs, [most, least])).toEqual([
      'held: a cost is 10, at most 10',
      'held: a speed is 100, at least 100',
    ])
    const worse = [11, 11, 5].map((cost) => ({ a: { cost, speed: 99 } }))
    expect(judge(worse, [most, least])).toEqual([
      'MISSED: a cost is 11, at most 10',
      'MISSED: a speed is 99, at least 100',
    ])
  })

  it("finds a run's own figures and those that lie deeper", () => {
    const run = { '': { startMs: 7 }, a: { latencyUs: { p99: 2 } } }
    const limits = [
      { case: null, figure: 'startMs', atMost: 5 },
      { case: 'a', figure: 'latencyUs.p99', atMost: 5 },
    ]
    expect(judge([run], limits)).toEqual([
      'MISSED: startMs is 7, at most 5',
      'held: a latencyUs.p99 is 2, at most 5',
    ])
  })

  it('says nothing of what was not measured', () => {
    const limits = [
      { case: 'b', figure: 'cost', atMost: 1 },
      { case: 'a', figure: 'cost.p99', atMost: 1 },
      { case: null, figure: 'cost', atMost: 1 },
    ]
    expect(judge([{ a: { cost: 5 } }], limits)).toEqual([])
    expect(judge([], limits)).toEqual([])
  })
})
