import { writeFileSync } from 'node:fs'
import { judge, type Measured } from '../../src/bench/harness/limits.ts'
import { describeMachine, thisMachine } from '../../src/bench/harness/machine.ts'
import { median, short } from '../../src/bench/harness/statistics.ts'
import { printTable } from '../../src/bench/harness/table.ts'
import { readLimits } from '../harness/budget.ts'
import type { BenchOptions } from '../harness/options.ts'
import { byTarget } from '../harness/report.ts'
import { type ClientCase, clientCases } from './cases.ts'
import type { TurnFigures } from './client-turn.ts'
import { bareSocket, ours } from './peers.ts'
import type { Figures } from './task.ts'

/** A turn, and on which broker it was. */
export interface ClientRun {
  readonly target: string
  readonly round: number
  /** Processes that wanted a core in the minute before the turn, and before its end. */
  readonly loadBefore: number
  readonly loadAfter: number
  readonly figures: TurnFigures
}

/** Prints medians over the rounds, ours against each, and our limits; writes all runs. */
export function reportClients(options: BenchOptions, runs: readonly ClientRun[]): void {
  const machine = thisMachine()
  console.log(describeMachine(machine))
  const { rounds, settings, words } = options
  console.log(`medians of ${rounds} rounds, clients on Node ${words['node']}`)
  console.log(JSON.stringify(settings))
  for (const { target, round, loadBefore, loadAfter } of runs) {
    const loads = `${loadBefore.toFixed(1)} before, ${loadAfter.toFixed(1)} at the end`
    console.log(`${target}, round ${round}: load ${loads}`)
  }
  for (const [target, own] of byTarget(runs)) {
    console.log(`\nbroker: ${target}`)
    for (const each of clientCases) {
      const turns = own.map(({ figures }) => figures[each.name]).filter((it) => it !== undefined)
      if (turns.length > 0) printTable(each.name === 'idle' ? idleRows(turns) : rows(each, turns))
    }
  }
  console.log('')
  const onOurs = runs.filter(({ target }) => target === 'odradek')
  for (const sentence of judge(onOurs.map(measured), readLimits())) console.log(sentence)
  if (options.json !== undefined) {
    writeFileSync(options.json, `${JSON.stringify({ machine, settings, runs }, null, 2)}\n`)
  }
}

type Turn = Readonly<Record<string, Figures>>

/** One line for each client: ours over it, round by round, and what it did. */
export function rows({ title }: ClientCase, turns: readonly Turn[]): string[][] {
  const cpu = ['client CPUs', 'CPU-µs/record', 'broker CPUs']
  const head = [title, 'ours / it', 'records/s', 'least to most', ...cpu]
  const lines = namesIn(turns).map((name) => {
    const own = turns.flatMap((turn) => turn[name] ?? [])
    const rates = own.map(({ recordsPerSecond }) => recordsPerSecond)
    const ratios = turns.map((turn) => rate(turn, ours) / rate(turn, name))
    return [
      name,
      short(median(ratios)),
      short(Math.round(median(rates))),
      `${short(Math.round(Math.min(...rates)))} to ${short(Math.round(Math.max(...rates)))}`,
      short(median(own.map(({ clientCpus }) => clientCpus ?? Number.NaN))),
      short(median(own.map(cpuUsPerRecord))),
      short(median(own.map(({ brokerCpus }) => brokerCpus ?? Number.NaN))),
    ]
  })
  return [head, ...lines]
}

/** One line for each client: what it adds to the bare socket's median, and its own over ours. */
export function idleRows(turns: readonly Turn[]): string[][] {
  const head = ['idle send', 'it / ours', 'added ms', 'median ms', 'least to most', 'p99 ms']
  const lines = namesIn(turns).map((name) => {
    const own = turns.flatMap((turn) => turn[name]?.latencyMs ?? [])
    const p50s = own.map(({ p50 }) => p50)
    return [
      name,
      short(median(turns.map((turn) => p50(turn, name) / p50(turn, ours)))),
      short(median(turns.map((turn) => addedMs(turn, name)))),
      short(median(p50s)),
      `${short(Math.min(...p50s))} to ${short(Math.max(...p50s))}`,
      short(median(own.map(({ p99 }) => p99))),
    ]
  })
  return [head, ...lines]
}

function namesIn(turns: readonly Turn[]): readonly string[] {
  const names = new Set(turns.flatMap((turn) => Object.keys(turn)))
  return [...names].sort((a, b) => Number(b === ours) - Number(a === ours) || a.localeCompare(b))
}

/** Moves less than the rate where others use the processors, too. */
function cpuUsPerRecord({ clientCpus, recordsPerSecond }: Figures): number {
  return ((clientCpus ?? Number.NaN) / recordsPerSecond) * 1e6
}

function rate(turn: Turn, name: string): number {
  return turn[name]?.recordsPerSecond ?? Number.NaN
}

function p50(turn: Turn, name: string): number {
  return turn[name]?.latencyMs?.p50 ?? Number.NaN
}

function addedMs(turn: Turn, name: string): number {
  return p50(turn, name) - p50(turn, bareSocket)
}

/** Our own figures by case, for the limits. */
function measured({ figures }: ClientRun): Measured {
  return Object.fromEntries(
    Object.entries(figures).flatMap(([name, turn]) => {
      const own = turn[ours]
      return own === undefined ? [] : [[name, { ...own, addedMs: addedMs(turn, ours) }]]
    }),
  )
}
