import { writeFileSync } from 'node:fs'
import { cpus, release, totalmem } from 'node:os'
import type { BenchRun } from './bench-run.ts'
import { judge } from './budget.ts'
import type { LoadReport } from './load-generator.ts'
import type { BenchOptions } from './options.ts'
import { median, short } from './statistics.ts'

const mib = 1024 * 1024

/** One column of the table of cases: a title and the figure of one report. */
const columns: readonly (readonly [string, (report: LoadReport) => number])[] = [
  ['MB/s', (r) => r.mbPerSecond],
  ['requests/s', (r) => r.requestsPerSecond],
  ['CPU-s/GB', (r) => r.brokerCpuSecondsPerGb],
  ['CPU-µs/req', (r) => r.brokerCpuUsPerRequest],
  ['p50 µs', (r) => r.latencyUs.p50],
  ['p99 µs', (r) => r.latencyUs.p99],
  ['p99.9 µs', (r) => r.latencyUs.p999],
  ['max µs', (r) => r.latencyUs.max],
  ['generator CPUs', (r) => r.generatorCpuSeconds / r.seconds],
]

/** Prints the medians over the rounds, and our limits; writes all runs to the JSON file. */
export function report(options: BenchOptions, runs: readonly BenchRun[]): void {
  const machine = {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGib: Math.round(totalmem() / 1024 ** 3),
    kernel: release(),
    node: process.version,
  }
  const { settings, cold, rounds } = options
  console.log(
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGib} GiB, Linux ${machine.kernel}`,
  )
  console.log(
    `medians of ${rounds} rounds, ${cold ? 'cold' : 'warm'} memory, ${JSON.stringify(settings)}`,
  )
  printTable(caseRows(runs))
  printTable(brokerRows(runs))
  for (const sentence of judge(runs)) console.log(sentence)
  if (options.json !== undefined) {
    const all = { machine, settings, cold, runs }
    writeFileSync(options.json, `${JSON.stringify(all, null, 2)}\n`)
  }
}

function caseRows(runs: readonly BenchRun[]): string[][] {
  const rows = [['case', 'broker', ...columns.map(([title]) => title), 'MB/s least to most']]
  for (const name of Object.keys(runs[0]?.reports ?? {})) {
    for (const [target, own] of byTarget(runs)) {
      const reports = own.flatMap((run) => run.reports[name] ?? [])
      const speeds = reports.map((r) => r.mbPerSecond)
      const range = `${short(Math.min(...speeds))} to ${short(Math.max(...speeds))}`
      const figures = columns.map(([, figure]) => short(median(reports.map(figure))))
      rows.push([name, target, ...figures, range])
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

function byTarget(runs: readonly BenchRun[]): Map<string, BenchRun[]> {
  const groups = new Map<string, BenchRun[]>()
  for (const run of runs) groups.set(run.target, [...(groups.get(run.target) ?? []), run])
  return groups
}

/** Columns as wide as their widest cell; words to the left, figures to the right. */
function printTable(rows: readonly (readonly string[])[]): void {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)))
  console.log('')
  for (const row of rows) {
    const cells = row.map((cell, i) => {
      const width = widths[i] ?? 0
      return /^[a-z]/.test(cell) && i < 2 ? cell.padEnd(width) : cell.padStart(width)
    })
    console.log(cells.join('  '))
  }
}
