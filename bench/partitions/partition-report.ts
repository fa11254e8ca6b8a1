import { writeFileSync } from 'node:fs'
import { judge } from '../../src/bench/harness/limits.ts'
import { describeMachine, thisMachine } from '../../src/bench/harness/machine.ts'
import { median, short } from '../../src/bench/harness/statistics.ts'
import { printTable } from '../../src/bench/harness/table.ts'
import type { PartitionTurn } from '../../src/bench/partitions/partition-turn.ts'
import { readLimits } from '../harness/budget.ts'
import type { BenchOptions } from '../harness/options.ts'

/** A turn, and whose it was. */
export interface PartitionRun {
  readonly target: string
  readonly turn: PartitionTurn
}

const mib = 1024 ** 2

/** One column: a title and the figure of a turn. */
type Column = readonly [title: string, figure: (turn: PartitionTurn) => number]

const tables: readonly (readonly Column[])[] = [
  [
    ['create ms', (t) => t.createMs],
    ['list ms', (t) => t.listMs],
    ['produce ms', (t) => t.produceEachMs],
    ['first stop ms', (t) => t.stopMs],
    ['clean start ms', (t) => t.cleanStartMs],
    ['all: stop ms', (t) => t.allStopMs],
    ['few: stop ms', (t) => t.fewStopMs],
    ['start ms', (t) => t.fewStartMs],
    ['killed: start ms', (t) => t.killedStartMs],
  ],
  [
    ['fresh: MiB', (t) => t.fresh.residentBytes / mib],
    ['descriptors', (t) => t.fresh.descriptors],
    ['mappings', (t) => t.fresh.mappings],
    ['loaded: MiB', (t) => t.loaded.residentBytes / mib],
    ['descriptors', (t) => t.loaded.descriptors],
    ['mappings', (t) => t.loaded.mappings],
    ['restarted: MiB', (t) => t.restarted.residentBytes / mib],
    ['descriptors', (t) => t.restarted.descriptors],
    ['mappings', (t) => t.restarted.mappings],
  ],
]

/** Prints medians over the rounds, and our limits; writes all runs to the JSON file. */
export function reportPartitions(options: BenchOptions, runs: readonly PartitionRun[]): void {
  const machine = thisMachine()
  console.log(describeMachine(machine))
  console.log(`medians of ${options.rounds} rounds, ${JSON.stringify(options.settings)}`)
  for (const columns of tables) printTable(partitionRows(runs, columns))
  const ours = runs.filter((run) => run.target === 'odradek')
  console.log('')
  for (const sentence of judge(
    ours.map(({ turn }) => ({ partitions: turn })),
    readLimits(),
  )) {
    console.log(sentence)
  }
  if (options.json !== undefined) {
    const all = { machine, settings: options.settings, numbers: options.numbers, runs }
    writeFileSync(options.json, `${JSON.stringify(all, null, 2)}\n`)
  }
}

/** A line of medians for each broker. */
export function partitionRows(
  runs: readonly PartitionRun[],
  columns = tables[0] ?? [],
): string[][] {
  const targets = [...new Set(runs.map(({ target }) => target))]
  const lines = targets.map((target) => {
    const own = runs.filter((run) => run.target === target)
    const figures = columns.map(([, figure]) => median(own.map(({ turn }) => figure(turn))))
    return [target, ...figures.map(short)]
  })
  return [['broker', ...columns.map(([title]) => title)], ...lines]
}
