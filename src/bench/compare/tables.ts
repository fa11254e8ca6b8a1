import { median, short } from '../harness/statistics.ts'
import { brokerFigures, caseFigures, type Figure } from './figures.ts'
import { ratioOf, type Sides, valuesOf } from './pairs.ts'
import type { WorkloadResults } from './results.ts'

/** The cases of a workload, in their order. */
export function caseNames({ turns }: WorkloadResults): readonly string[] {
  return [...new Set(turns.flatMap(({ cases }) => Object.keys(cases)))]
}

/**
 * How many times the other's figures ours are: a row a case, one for the broker's start and memory,
 * each cell the median and the range of the pairs. A string where there is no ratio at all: why.
 */
export function ratioRows(
  results: WorkloadResults,
  sides: Sides,
): readonly (readonly (readonly string[])[])[] | string {
  const tables = [
    rowsOf(results, sides, caseNames(results), caseFigures),
    rowsOf(results, sides, [null], brokerFigures),
  ].filter((rows) => rows.length > 1)
  if (tables.length > 0) return tables
  const [name = null] = caseNames(results)
  const figures = name === null ? brokerFigures : caseFigures
  for (const { name: figure } of figures.filter(({ compared }) => compared)) {
    if (valuesOf(results, sides[1], name, figure).length === 0) continue
    const ratio = ratioOf(results, sides, name, figure)
    if ('refused' in ratio) return ratio.refused
  }
  return `${sides[1]} has no figure that ours could be compared with`
}

function rowsOf(
  results: WorkloadResults,
  sides: Sides,
  names: readonly (string | null)[],
  figures: readonly Figure[],
): readonly (readonly string[])[] {
  const columns = figures.filter(
    ({ name, compared }) =>
      compared && names.some((each) => !('refused' in ratioOf(results, sides, each, name))),
  )
  if (columns.length === 0) return []
  const rows = names.map((each) => [
    each ?? 'broker',
    ...columns.map(({ name }) => ratioCell(results, sides, each, name)),
  ])
  return [['times', ...columns.map(({ title }) => title)], ...rows]
}

function ratioCell(
  results: WorkloadResults,
  sides: Sides,
  name: string | null,
  figure: string,
): string {
  const ratio = ratioOf(results, sides, name, figure)
  if ('refused' in ratio) return '-'
  return `${short(ratio.median)} (${short(ratio.least)} to ${short(ratio.most)})`
}

/** Medians of the cases' figures: a row for each case and side. */
export function caseRows(results: WorkloadResults, sides: Sides): readonly (readonly string[])[] {
  const names = caseNames(results)
  return figureRows(results, sides, names, caseFigures, ['case', 'broker'])
}

/** Medians of the figures of start and memory: a row for each side that was started here. */
export function brokerRows(results: WorkloadResults, sides: Sides): readonly (readonly string[])[] {
  const rows = figureRows(results, sides, [null], brokerFigures, ['', 'broker'])
  return rows.map((row) => row.slice(1))
}

function figureRows(
  results: WorkloadResults,
  sides: Sides,
  names: readonly (string | null)[],
  figures: readonly Figure[],
  heads: readonly string[],
): readonly (readonly string[])[] {
  const columns = figures.filter(({ name }) =>
    names.some((each) => sides.some((side) => valuesOf(results, side, each, name).length > 0)),
  )
  if (columns.length === 0) return []
  const rows = names.flatMap((each) =>
    sides
      .filter((side) => columns.some(({ name }) => valuesOf(results, side, each, name).length > 0))
      .map((side) => {
        const cells = columns.map(({ name, unit = 1 }) =>
          short(median(valuesOf(results, side, each, name)) / unit),
        )
        return [each ?? '', side, ...cells]
      }),
  )
  return [[...heads, ...columns.map(({ title }) => title)], ...rows]
}
