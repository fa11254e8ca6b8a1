import { describe, expect, it } from 'vitest'
import { byTarget, caseRows, durableColumns, loadColumns } from '../../../bench/harness/report.ts'
import { sampleReport, sampleRun } from './sample-report.ts'

describe('caseRows', () => {
  const runs = [
    sampleRun('odradek', { a: sampleReport(3_000), b: sampleReport(10) }),
    sampleRun('kafka', { a: sampleReport(2_000), b: sampleReport(20) }),
    sampleRun('odradek', { a: sampleReport(1_000), b: sampleReport(30) }),
    sampleRun('odradek', { a: sampleReport(1_500), b: sampleReport(50) }),
  ]

  it("gives each case of each broker the median and the first column's range", () => {
    const rows = caseRows(runs, [['requests/s', (r) => r.requestsPerSecond]])
    expect(rows).toEqual([
      ['case', 'broker', 'requests/s', 'requests/s least to most'],
      ['a', 'odradek', '1,500', '1,000 to 3,000'],
      ['a', 'kafka', '2,000', '2,000 to 2,000'],
      ['b', 'odradek', '30', '10 to 50'],
      ['b', 'kafka', '20', '20 to 20'],
    ])
  })

  it('has a cell for every column, and a dash for what a case does not have', () => {
    for (const columns of [loadColumns, durableColumns]) {
      const rows = caseRows(runs, columns)
      for (const row of rows) expect(row).toHaveLength(columns.length + 3)
    }
    expect(caseRows(runs, durableColumns)[1]?.[3]).toBe('-')
  })
})

describe('byTarget', () => {
  it('keeps the order of first appearance', () => {
    const runs = ['kafka', 'odradek', 'kafka'].map((target, i) => ({ target, i }))
    const groups = [...byTarget(runs)].map(([target, own]) => [target, own.map(({ i }) => i)])
    expect(groups).toEqual([
      ['kafka', [0, 2]],
      ['odradek', [1]],
    ])
  })
})
