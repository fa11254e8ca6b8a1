import { figureAt } from '../harness/limits.ts'
import { median, short } from '../harness/statistics.ts'
import { brokerFigures, figureNamed } from './figures.ts'
import { figuresOf, type Sides, valuesOf } from './pairs.ts'
import type { WorkloadResults } from './results.ts'
import { caseNames } from './tables.ts'

/** One row of a chart: a case on a side. */
export interface ChartRow {
  readonly label: string
  readonly isOurs: boolean
  readonly median: number
  /** Of each round. */
  readonly values: readonly number[]
  /** Medians of p50, p99, p99.9 and the maximum in microseconds, where the case has them. */
  readonly latencyUs: readonly number[] | undefined
}

/** What a chart of one workload shows. */
export interface ChartData {
  readonly title: string
  readonly subtitle: string
  /** Title of the bars' axis. */
  readonly figure: string
  /** From top to bottom. */
  readonly rows: readonly ChartRow[]
}

const percentiles = ['p50', 'p99', 'p999', 'max']

/** The rows of a workload's chart: a bar for each case and side that has the chart's figure. */
export function chartData(results: WorkloadResults, sides: Sides): ChartData {
  const figure = figureNamed(results.chart)
  const { unit = 1 } = figure
  const isOfBroker = brokerFigures.some(({ name }) => name === results.chart)
  const names = isOfBroker ? [null] : caseNames(results)
  const rows = names.flatMap((name) =>
    sides.flatMap((side): ChartRow[] => {
      const values = valuesOf(results, side, name, figure.name).map((value) => value / unit)
      if (values.length === 0) return []
      const label = name === null ? side : `${name}, ${side}`
      const latencyUs = latencies(results, side, name)
      return [{ label, isOurs: side === sides[0], median: median(values), values, latencyUs }]
    }),
  )
  return { title: results.name, subtitle: results.standsFor, figure: figure.title, rows }
}

function latencies(
  { turns }: WorkloadResults,
  side: string,
  name: string | null,
): readonly number[] | undefined {
  const own = turns.filter((turn) => turn.side === side)
  const medians = percentiles.map((percentile) =>
    median(own.flatMap((turn) => figureAt(figuresOf(turn, name), `latencyUs.${percentile}`) ?? [])),
  )
  return medians.some((value) => Number.isNaN(value)) ? undefined : medians
}

const ours = '#2563eb'
const others = '#8b93a1'
const dots = '#111827'
const symbols = ['circle', 'diamond', 'triangle', 'rect']
const symbolSizes = [11, 12, 11, [3, 15]]
const rowPx = 26
const headPx = 84
const footPx = 58

/** Height of a chart in pixels: it grows with its rows. */
export function chartHeight({ rows }: ChartData): number {
  return headPx + rows.length * rowPx + footPx
}

/** The chart as ECharts takes it: bars with a dot a round, and beside them latencies. */
export function chartOption(data: ChartData): Readonly<Record<string, unknown>> {
  const { rows } = data
  const hasLatencies = rows.some(({ latencyUs }) => latencyUs !== undefined)
  const colour = ({ isOurs }: ChartRow) => (isOurs ? ours : others)
  const bars = rows.map((row) => ({ value: row.median, itemStyle: { color: colour(row) } }))
  const rounds = rows.flatMap(({ values }, i) => values.map((value) => [value, i]))
  const left = 210
  const grid = { top: headPx, bottom: footPx }
  const names = { type: 'category', inverse: true, data: rows.map(({ label }) => label) }
  const quiet = { axisTick: { show: false }, axisLine: { show: false } }
  const series: object[] = [
    {
      type: 'bar',
      data: bars,
      barWidth: rowPx * 0.6,
      label: {
        show: true,
        position: 'right',
        distance: 8,
        color: dots,
        formatter: ({ value }: { readonly value: number }) => short(value),
      },
    },
    { type: 'scatter', data: rounds, symbolSize: 5, itemStyle: { color: dots, opacity: 0.6 } },
  ]
  for (const [p, symbol] of hasLatencies ? symbols.entries() : []) {
    const points = rows.flatMap((row, i) => {
      const value = row.latencyUs?.[p]
      return value === undefined ? [] : [{ value: [value, i], itemStyle: { color: colour(row) } }]
    })
    const place = { xAxisIndex: 1, yAxisIndex: 1 }
    series.push({ type: 'scatter', ...place, data: points, symbol, symbolSize: symbolSizes[p] })
  }
  const latencyTitle = 'latency, µs:  ● p50   ◆ p99   ▲ p99.9   | max'
  const axes = [valueAxis(data.figure, 'value', 0), valueAxis(latencyTitle, 'log', 1)]
  const count = hasLatencies ? 2 : 1
  return {
    animation: false,
    textStyle: { fontFamily: 'sans-serif' },
    backgroundColor: '#ffffff',
    title: { text: data.title, subtext: data.subtitle, left: 12, top: 8 },
    grid: [
      { ...grid, left, right: hasLatencies ? '47%' : 40 },
      { ...grid, left: '58%', right: 40 },
    ].slice(0, count),
    xAxis: axes.slice(0, count),
    yAxis: [
      { ...names, ...quiet, gridIndex: 0, axisLabel: { width: left - 20, overflow: 'truncate' } },
      { ...names, ...quiet, gridIndex: 1, axisLabel: { show: false } },
    ].slice(0, count),
    series,
  }
}

function valueAxis(name: string, type: 'value' | 'log', gridIndex: number): object {
  const title = { name, nameLocation: 'middle', nameGap: 30 }
  const room = type === 'value' ? { boundaryGap: [0, '15%'] } : {}
  return { ...title, ...room, type, gridIndex, splitNumber: 3, axisLabel: { hideOverlap: true } }
}
