import { accessSync, constants } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { assert } from '../../base/assert.ts'
import type { HostPort } from '../../base/endpoint.ts'
import {
  type ComparisonListener,
  compare,
  endChildren,
  parseResults,
  type Results,
  reportLines,
  workloads,
  writeHtml,
  writeResults,
} from '../../bench/index.ts'
import { exitCode } from '../exit-codes.ts'
import { Interruption } from '../interruption.ts'
import { type Terminal, tableLines } from '../terminal.ts'
import { readTextFile } from '../text-file.ts'

/** Options of `bench`; see its help. */
export interface BenchOptions {
  readonly quick?: boolean
  readonly list?: boolean
  readonly workload?: readonly string[]
  readonly case?: readonly string[]
  readonly rounds: number
  readonly seconds: number
  readonly against?: HostPort
  readonly kafkaJars?: string
  readonly set?: Readonly<Record<string, string>>
  readonly data?: string
  readonly cold?: boolean
  readonly json?: string
  readonly html?: string
  readonly from?: string
}

/**
 * Measures Odradek beside another broker and prints the report, of what was measured by then where
 * a turn fails. SIGINT and SIGTERM end the run: what it started goes, with its data.
 */
export async function bench(options: BenchOptions, terminal: Terminal): Promise<number> {
  if (options.list === true) {
    const rows = workloads.map(({ name, standsFor }) => [name, standsFor])
    for (const line of tableLines(['WORKLOAD', 'STANDS FOR'], rows, terminal.styles)) {
      terminal.out(line)
    }
    return exitCode.success
  }
  if (options.from !== undefined) {
    const results = parseResults(readTextFile('results', options.from))
    if (results === undefined) throw new Error(`${options.from} was not written by bench --json`)
    report(results, options, terminal)
    return exitCode.success
  }
  mustBeWritable(options)
  let measured: Results | undefined
  const interruption = new Interruption()
  interruption.signal.addEventListener('abort', () => endChildren('the run was stopped'))
  const listener: ComparisonListener = {
    say: (line) => terminal.err(terminal.errStyles.faint(line)),
    measured(results) {
      measured = results
      // A long run that is broken off has not measured in vain.
      if (options.json !== undefined) writeResults(options.json, results)
    },
  }
  try {
    await compare(comparisonOf(options), listener)
  } catch (error) {
    if (interruption.exitCode === 0) throw error
    terminal.err('Stopped.')
  } finally {
    interruption.dispose()
    if (measured !== undefined) report(measured, options, terminal)
  }
  return interruption.exitCode
}

/** A run of an hour must not end with a file that cannot be written. */
function mustBeWritable({ json, html, data }: BenchOptions): void {
  const folders = [json, html].flatMap((file) => (file === undefined ? [] : [dirname(file)]))
  for (const folder of [...folders, ...(data === undefined ? [] : [data])]) {
    try {
      accessSync(folder, constants.W_OK)
    } catch (error) {
      const isThere = (error as NodeJS.ErrnoException).code !== 'ENOENT'
      const why = isThere ? 'this user may not' : 'it does not exist'
      throw new Error(`Nothing can be written to ${folder}: ${why}`)
    }
  }
}

function comparisonOf(options: BenchOptions) {
  const { rounds, seconds, quick = false, cold = false } = options
  assert(rounds >= 1 && seconds > 0, 'the command line has bounds')
  return {
    ...{ rounds, secondsMax: seconds, quick, cold },
    workloads: options.workload ?? [],
    cases: options.case ?? [],
    settings: options.set ?? {},
    // A broker runs in a folder of its own.
    parent: options.data && resolve(options.data),
    against: options.against,
    kafkaJars: options.kafkaJars && resolve(options.kafkaJars),
  }
}

function report(results: Results, { json, html, from }: BenchOptions, terminal: Terminal): void {
  for (const line of reportLines(results)) terminal.out(line)
  if (json !== undefined && from !== undefined) writeResults(json, results)
  if (html !== undefined) writeHtml(html, results)
}
