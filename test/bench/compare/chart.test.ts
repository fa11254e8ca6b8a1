import { describe, expect, it } from 'vitest'
import { chartData } from '../../../src/bench/compare/chart.ts'
import { htmlPage } from '../../../src/bench/compare/html-report.ts'
import { sampleResults, sampleSides, sampleWorkload } from './sample-results.ts'

const results = sampleWorkload([10, 30, 20], [5, 7, 6])

describe('chartData', () => {
  it('has a row for each case and side, with the median and each round', () => {
    const { figure, rows } = chartData(results, sampleSides)
    expect(figure).toBe('requests/s')
    expect(rows).toEqual([
      {
        label: 'one, odradek',
        isOurs: true,
        median: 20,
        values: [10, 30, 20],
        latencyUs: [100, 100, 100, 100],
      },
      {
        label: 'one, kafka',
        isOurs: false,
        median: 6,
        values: [5, 7, 6],
        latencyUs: [100, 100, 100, 100],
      },
    ])
  })

  it("shows a broker's own figure in its unit, without latencies", () => {
    const { rows, figure } = chartData({ ...results, chart: 'idleRssBytes' }, sampleSides)
    expect(figure).toBe('idle RSS MiB')
    expect(rows.map(({ label, median }) => [label, median])).toEqual([
      ['odradek', 50],
      ['kafka', 50],
    ])
    expect(rows[0]?.latencyUs).toBeUndefined()
  })

  it('refuses a figure that does not exist', () => {
    expect(() => chartData({ ...results, chart: 'beauty' }, sampleSides)).toThrow('beauty')
  })
})

describe('htmlPage', () => {
  it('holds the chart and the tables, and takes no text for markup', () => {
    const page = htmlPage(sampleResults([results]), new Map([['sample', '<svg id="x"/>']]))
    expect(page).toContain('<svg id="x"/>')
    expect(page).toContain('<p>a &lt;test>.</p>')
    expect(page).toMatch(/<tr><td>one<\/td><td>odradek<\/td>/)
  })
})
