import { writeFileSync } from 'node:fs'
import { judge } from '../../src/bench/harness/limits.ts'
import type { LoadReport } from '../../src/bench/harness/load-generator.ts'
import { describeMachine, thisMachine } from '../../src/bench/harness/machine.ts'
import { median, short } from '../../src/bench/harness/statistics.ts'
import { printTable } from '../../src/bench/harness/table.ts'
import type { BenchRun } from './bench-run.ts'
import { readLimits } from './budget.ts'
import type { BenchOptions } from './options.ts'

const mib = 1024 * 1024

/** One column of the table of cases: a title and the figure of one report. */
export type Column = readonly [title: string, figure: (report: LoadReport) => number]

const latencyColumns: readonly Column[] = [
  ['p50 µs', (r) => r.latencyUs.p50],
  ['p99 µs', (r) => r.latencyUs.p99],
  ['p99.9 µs', (r) => r.latencyUs.p999],
  ['max µs', (r) => r.latencyUs.max],
  ['generator CPUs', (r) => r.generatorCpuSeconds / r.seconds],
]

/** Of a load that is measured in bytes. */
export const loadColumns: readonly Column[] = [
  ['MB/s', (r) => r.mbPerSecond],
  ['requests/s', (r) => r.requestsPerSecond],
  ['CPU-s/GB', (r) => r.brokerCpuSecondsPerGb],
  ['CPU-µs/req', (r) => r.brokerCpuUsPerRequest],
  ...latencyColumns,
]

/** Of a load that waits for the disk. */
export const durableColumns: readonly Column[] = [
  ['requests/s', (r) => r.requestsPerSecond],
  ['of the disk', (r) => r.shareOfDisk ?? Number.NaN],
  ['CPU-µs/req', (r) => r.brokerCpuUsPerRequest],
  ...latencyColumns,
]

/**
 * Prints the medians over the rounds, with the range of the first column's figure, and our limits;
 * writes all runs to the JSON file.
 */
export function report(
  options: BenchOptions,
  runs: readonly BenchRun[],
  columns: readonly Column[],
): void {
  const machine = thisMachine()
  const { settings, cold, rounds } = options
  console.log(describeMachine(machine))
  console.log(
    `medians of ${rounds} rounds, ${cold ? 'cold' : 'warm'} memory, ${JSON.stringify(settings)}`,
  )
  printTable(caseRows(runs, columns))
  printTable(brokerRows(runs))
  const ours = runs.filter((run) => run.target === 'odradek')
  const measured = ours.map((run) => ({ '': run, ...run.reports }))
  for (const sentence of judge(measured, readLimits())) console.log(sentence)
  if (options.json !== undefined) {
    const all = { machine, settings, cold, runs }
    writeFileSync(options.json, `${JSON.stringify(all, null, 2)}\n`)
  }
}

/** A line for each case and broker. */
export function caseRows(runs: readonly BenchRun[], columns: readonly Column[]): string[][] {
  const titles = columns.map(([title]) => title)
  const rows = [['case', 'broker', ...titles, `${titles[0]} least to most`]]
  for (const name of Object.keys(runs[0]?.reports ?? {})) {
    for (const [target, own] of byTarget(runs)) {
      const reports = own.flatMap((run) => run.reports[name] ?? [])
      const figures = columns.map(([, figure]) => reports.map(figure))
      const [first = []] = figures
      const range = `${short(Math.min(...first))} to ${short(Math.max(...first))}`
      rows.push([name, target, ...figures.map((values) => short(median(values))), range])
    }
  }
  return rows
}

function brokerRows(runs: readonly BenchRun[]): string[][] {
  const rows = [['broker', 'first answer ms', 'idle RSS MiB', 'loaded RSS MiB']]
  for (const [target, own] of byTarget(runs)) {
    const figures = [
      median(own.map((run) => run.firstAnswerMs)),
      median(own.map((run) => run.idleRssBytes)) / mib,
      median(own.map((run) => run.loadedRssBytes)) / mib,
    ]
    rows.push([target, ...figures.map(short)])
  }
  return rows
}

/** Runs by broker, in the order in which they first appear. */
export function byTarget<Run extends { readonly target: string }>(
  runs: readonly Run[],
): Map<string, Run[]> {
  const groups = new Map<string, Run[]>()
  for (const run of runs) groups.set(run.target, [...(groups.get(run.target) ?? []), run])
  return groups
}
