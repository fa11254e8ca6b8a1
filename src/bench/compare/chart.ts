import { figureAt } from '../harness/limits.ts'
import { median } from '../harness/statistics.ts'
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
