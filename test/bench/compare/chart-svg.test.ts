import { describe, expect, it } from 'vitest'
import type { ChartData } from '../../../src/bench/compare/chart.ts'
import { drawChart } from '../../../src/bench/compare/chart-svg.ts'

const data: ChartData = {
  title: 'produce',
  subtitle: 'a "test" of <names> & others',
  figure: 'requests/s',
  rows: [
    { label: 'one, odradek', isOurs: true, median: 20, values: [10, 30], latencyUs: [1, 10, 100] },
    {
      label: `${'long '.repeat(10)}, kafka`,
      isOurs: false,
      median: 5,
      values: [5, 5],
      latencyUs: undefined,
    },
  ],
}
const bare = { ...data, rows: data.rows.map((row) => ({ ...row, latencyUs: undefined })) }

/** Of all elements whose text has this pattern, the numbers that it captures. */
const numbers = (svg: string, pattern: RegExp): number[] =>
  [...svg.matchAll(pattern)].map((match) => Number(match[1]))

describe('drawChart', () => {
  it('has bars as long as the medians are large, each with its number', () => {
    const [ours = 0, theirs = 0] = numbers(drawChart(data), /<rect x="220" y=.* width="([\d.]+)"/g)
    expect(ours / theirs).toBeCloseTo(4, 2)
    expect(drawChart(data)).toMatch(/>20<\/text>(.|\n)*>5<\/text>/)
  })

  it('has a dot for each round, at its value', () => {
    const dots = numbers(drawChart(data), /<circle cx="([\d.]+)"/g)
    expect(dots).toHaveLength(4)
    const [ten = 0, thirty = 0] = dots.map((x) => x - 220)
    expect(thirty / ten).toBeCloseTo(3, 1)
  })

  it('has latencies at equal steps for equal factors, and longer bars where there are none', () => {
    const marks = numbers(drawChart(data), /translate\(([\d.]+),/g)
    expect(marks).toHaveLength(3)
    const [a = 0, b = 0, c = 0] = marks
    expect(b - a).toBeCloseTo(c - b, 0)
    const [narrow = 0] = numbers(drawChart(data), /<rect x="220" y=.* width="([\d.]+)"/g)
    const [wide = 0] = numbers(drawChart(bare), /<rect x="220" y=.* width="([\d.]+)"/g)
    expect(wide).toBeGreaterThan(2 * narrow)
    expect(drawChart(bare)).not.toContain('latency')
  })

  it('takes no text for markup, and cuts a long label', () => {
    const svg = drawChart(data)
    expect(svg).toContain('>a &quot;test&quot; of &lt;names> &amp; others</text>')
    expect(svg).toContain('>long long long long long long lon…</text>')
    expect(svg).toContain(`<title>${'long '.repeat(10)}, kafka</title>`)
  })

  it('draws nothing but axes where nothing was measured', () => {
    const svg = drawChart({ ...data, rows: [] })
    expect(svg).toContain('requests/s')
    expect(svg).not.toMatch(/NaN|Infinity|<circle/)
  })
})
