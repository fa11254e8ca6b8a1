import { describe, expect, it } from 'vitest'
import { reportLines, workloadBlocks } from '../../../src/bench/compare/comparison-report.ts'
import type { WorkloadResults } from '../../../src/bench/compare/results.ts'
import { sampleResults, sampleWorkload } from './sample-results.ts'

const blocksOf = (workload: WorkloadResults) => workloadBlocks(workload, sampleResults([workload]))

/** The same with each turn changed. */
function withTurns(change: object): WorkloadResults {
  const sample = sampleWorkload([20, 20, 20], [10, 10, 10])
  return { ...sample, turns: sample.turns.map((turn) => ({ ...turn, ...change })) }
}

describe('reportLines', () => {
  it('says how it was measured, ratios before figures, and verdicts', () => {
    const targets = [{ case: 'one', figure: 'requestsPerSecond', timesAtLeast: 2 }]
    const workload = sampleWorkload([20, 20, 20], [10, 10, 10], { targets })
    const lines = reportLines(sampleResults([workload]))
    expect(lines).toContain('Memory was filled with page cache before each turn.')
    expect(lines).toContain('Both sides: flush.messages=1.')
    const at = (start: string) => lines.findIndex((line) => line.startsWith(start))
    expect(at('times')).toBeGreaterThan(0)
    expect(at('case')).toBeGreaterThan(at('times'))
    expect(at("held: one requestsPerSecond is 2 times kafka's")).toBeGreaterThan(at('case'))
  })

  it('says that memory was left as it was', () => {
    const lines = reportLines({ ...sampleResults([]), cold: true })
    expect(lines.filter((line) => line.startsWith('Memory was left as it was'))).toHaveLength(1)
  })

  it('has no ratio of two pairs, and says so', () => {
    const lines = reportLines(sampleResults([sampleWorkload([20, 20], [10, 10])]))
    expect(lines).toContain('No ratio: 2 interleaved pairs, a ratio needs 3.')
    expect(lines.filter((line) => /^times| times kafka/.test(line))).toEqual([])
  })
})

describe('workloadBlocks', () => {
  it('says that others were at work', () => {
    const words = 'NOT QUIET: others used up to 1.50 cores; neither figures nor ratios count.'
    expect(blocksOf(withTurns({ othersCores: 1.5 }))).toContain(words)
    expect(blocksOf(withTurns({ othersCores: 0.1 })).join()).not.toContain('NOT QUIET')
  })

  it("says that the machine's host let others run", () => {
    const stolen = (stolenShare: number) =>
      blocksOf(withTurns({ cases: { one: { requestsPerSecond: 1, stolenShare } } })).join()
    const words =
      "NOT QUIET: this machine's host gave up to 1.50 % of the processors' time to others"
    expect(stolen(0.015)).toContain(words)
    expect(stolen(0.001)).not.toContain('NOT QUIET')
  })

  it('says where the client is the limit', () => {
    const busy = blocksOf(withTurns({ cases: { one: { requestsPerSecond: 1, clientBusy: 0.97 } } }))
    const words = 'The client is the limit of one on kafka: its threads are 97 % busy.'
    expect(busy).toContain(words)
    expect(blocksOf(withTurns({})).join()).not.toContain('The client is the limit')
  })
})
