import { describe, expect, it } from 'vitest'
import { judgeTargets } from '../../../src/bench/compare/targets.ts'
import type { Target } from '../../../src/bench/workloads/workload.ts'
import { sampleSides, sampleWorkload } from './sample-results.ts'

function verdicts(
  target: Omit<Target, 'case'> & { readonly case?: string | null },
  ours: readonly number[] = [20, 20, 20],
): readonly string[] {
  const targets = [{ case: 'one', ...target }]
  return judgeTargets(sampleWorkload(ours, [10, 10, 10], { targets }), sampleSides)
}

describe('judgeTargets', () => {
  const figure = 'requestsPerSecond'

  it('holds a ratio to its target, from below and from above', () => {
    expect(verdicts({ figure, timesAtLeast: 2 })).toEqual([
      "held: one requestsPerSecond is 2 times kafka's, at least 2",
    ])
    expect(verdicts({ figure, timesAtLeast: 2.5 })).toEqual([
      "MISSED: one requestsPerSecond is 2 times kafka's, at least 2.50",
    ])
    expect(verdicts({ figure, timesAtMost: 2 })[0]).toMatch(/^held/)
    expect(verdicts({ figure, timesAtMost: 0.2 })).toEqual([
      "MISSED: one requestsPerSecond is 2 times kafka's, at most 0.200",
    ])
  })

  it('judges no ratio that is refused, and says why', () => {
    expect(verdicts({ figure, timesAtLeast: 2 }, [20, 20])).toEqual([
      'not judged: one requestsPerSecond, at least 2 times: 2 interleaved pairs, a ratio needs 3',
    ])
  })

  it('holds our own median to a bound, whatever the other did', () => {
    expect(verdicts({ figure, atLeast: 20 }, [20])).toEqual([
      'held: one requestsPerSecond is 20, at least 20',
    ])
    expect(verdicts({ figure, atMost: 15 })[0]).toMatch(/^MISSED/)
    expect(verdicts({ figure: 'latencyUs.p99', atMost: 100 })[0]).toMatch(/^held/)
    expect(verdicts({ case: null, figure: 'firstProduceMs', atMost: 19 })).toEqual([
      'MISSED: firstProduceMs is 20, at most 19',
    ])
  })

  it('says nothing of a case that was not run', () => {
    expect(verdicts({ case: 'two', figure, timesAtLeast: 2 })).toEqual([])
    expect(verdicts({ case: 'two', figure, atLeast: 2 })).toEqual([])
  })
})
