import { writeFileSync } from 'node:fs'
import { judge } from '../../src/bench/harness/limits.ts'
import { describeMachine, thisMachine } from '../../src/bench/harness/machine.ts'
import { median, short } from '../../src/bench/harness/statistics.ts'
import { printTable } from '../../src/bench/harness/table.ts'
import type { RecoveryTurn } from '../../src/bench/recovery/recovery-turn.ts'
import { readLimits } from '../harness/budget.ts'
import type { BenchOptions } from '../harness/options.ts'

/** A turn, and whose and in which mode it was. */
export interface RecoveryRun {
  readonly target: string
  readonly name: string
  readonly turn: RecoveryTurn
}

const mb = 1e6
const nothing = Number.NaN

/** One column: a title and the figure of a turn. */
type Column = readonly [title: string, figure: (turn: RecoveryTurn) => number]

const tables: readonly (readonly Column[])[] = [
  [
    ['GB', (t) => t.loadedBytes / 1e9],
    ['segments', (t) => t.segments],
    ['load s', (t) => t.loadSeconds],
    ['replayed MB', (t) => (t.recovery?.journalBytes ?? nothing) / mb],
    ['read MB', (t) => (t.recovery?.readBytes ?? nothing) / mb],
    ['of segments', (t) => t.recovery?.readSegments ?? nothing],
    ['cut bytes', (t) => t.recovery?.cutBytes ?? nothing],
    ['indexes rebuilt', (t) => t.recovery?.rebuiltIndexes ?? nothing],
    ['recovery ms', (t) => t.recovery?.recoveryMs ?? nothing],
  ],
  [
    ['killed: answer ms', (t) => t.answerMs],
    ['produce ms', (t) => t.produceMs],
    ['fetch ms', (t) => t.fetchMs],
    ['clean stop ms', (t) => t.stopMs],
    ['then: answer ms', (t) => t.clean.answerMs],
    ['produce ms', (t) => t.clean.produceMs],
    ['fetch ms', (t) => t.clean.fetchMs],
  ],
]

/** Prints medians over the rounds, and our limits; writes all runs to the JSON file. */
export function reportRecovery(options: BenchOptions, runs: readonly RecoveryRun[]): void {
  const machine = thisMachine()
  console.log(describeMachine(machine))
  console.log(`medians of ${options.rounds} rounds, ${JSON.stringify(options.settings)}`)
  for (const columns of tables) printTable(recoveryRows(runs, columns))
  const ours = runs.filter((run) => run.target === 'odradek')
  const measured = ours.map(({ name, turn }) => ({ [name]: turn }))
  console.log('')
  for (const sentence of judge(measured, readLimits())) console.log(sentence)
  if (options.json !== undefined) {
    const all = { machine, settings: options.settings, runs }
    writeFileSync(options.json, `${JSON.stringify(all, null, 2)}\n`)
  }
}

/** A line of medians for each mode of each broker. */
export function recoveryRows(runs: readonly RecoveryRun[], columns = tables[0] ?? []): string[][] {
  const groups = new Map<string, RecoveryRun[]>()
  for (const run of runs) {
    const key = `${run.name} ${run.target}`
    groups.set(key, [...(groups.get(key) ?? []), run])
  }
  const lines = [...groups].map(([key, own]) => {
    const figures = columns.map(([, figure]) => median(own.map(({ turn }) => figure(turn))))
    return [...key.split(' '), ...figures.map(short)]
  })
  return [['mode', 'broker', ...columns.map(([title]) => title)], ...lines]
}
