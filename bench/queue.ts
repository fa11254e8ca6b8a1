/** The embedded log beside others: `npm run bench:queue -- --help`. See queue/README.md. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { judge } from '../src/bench/harness/limits.ts'
import { median, short } from '../src/bench/harness/statistics.ts'
import { printTable } from '../src/bench/harness/table.ts'
import { readLimits } from './harness/budget.ts'
import { ours, type Peer, peers } from './queue/peers.ts'
import { type CaseName, caseNames, type Figures, type Task } from './queue/task.ts'

const help = `use: npm run bench:queue -- [options]
  --rounds N      turns of each (3)
  --seconds N     measured time of a case (2)
  --case a,b      of ${caseNames.join(', ')} (all)
  --peer a,b      of ${peers.map(({ name }) => name).join(', ')} (all)
  --data DIR      where the stores lie (the system's temporary folder)
  --json FILE     results as JSON`

type Run = (task: Task) => Promise<Figures>
type Results = Map<CaseName, Map<string, Figures[]>>

const options = {
  rounds: { type: 'string', default: '3' },
  seconds: { type: 'string', default: '2' },
  case: { type: 'string', default: caseNames.join() },
  peer: { type: 'string', default: peers.map(({ name }) => name).join() },
  data: { type: 'string', default: tmpdir() },
  json: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const
const { values: asked } = parseArgs({ options })

if (asked.help) console.log(help)
else await bench()

async function bench(): Promise<void> {
  const cases = caseNames.filter((name) => asked.case.split(',').includes(name))
  const named = peers.filter(({ name }) => asked.peer.split(',').includes(name))
  const ready = named.flatMap((peer) => {
    const run = prepared(peer)
    return run === undefined ? [] : [{ peer, run }]
  })
  const results: Results = new Map(cases.map((name) => [name, new Map()]))
  for (let round = 0; round < Number(asked.rounds); round++) {
    const turn = [...ready.slice(round % ready.length), ...ready.slice(0, round % ready.length)]
    for (const name of cases) {
      for (const { peer, run } of turn) {
        if (!peer.cases.includes(name)) continue
        const figures = await inFolder(run, name)
        const found = results.get(name) ?? new Map<string, Figures[]>()
        found.set(peer.name, [...(found.get(peer.name) ?? []), figures])
      }
    }
  }
  report(
    results,
    ready.map(({ peer }) => peer),
  )
  if (asked.json !== undefined) writeFileSync(asked.json, JSON.stringify(plain(results), null, 2))
}

function prepared(peer: Peer): Run | undefined {
  try {
    return peer.prepare()
  } catch (error) {
    console.log(`left out: ${peer.name}: ${(error as Error).message}`)
    return undefined
  }
}

async function inFolder(run: Run, name: CaseName): Promise<Figures> {
  const folder = mkdtempSync(join(asked.data, 'odradek-bench-queue-'))
  try {
    return await run({ case: name, folder, seconds: Number(asked.seconds) })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function report(results: Results, taking: readonly Peer[]): void {
  const rows = [...results].map(([name, found]) => [
    name,
    ...taking.map((peer) => cell(found.get(peer.name), found.get(ours))),
  ])
  printTable([['per second', ...taking.map(({ name }) => name)], ...rows])
  const latencies = [...results].flatMap(([name, found]) => {
    const known = taking.map((peer) => latencyOf(found.get(peer.name)))
    if (known.every((one) => one === undefined)) return []
    const flushes = taking.map((peer) => latencyOf(found.get(peer.name), 'flushUs'))
    const hasFlushes = flushes.some((one) => one !== undefined)
    return [latencyRow(name, known), ...(hasFlushes ? [latencyRow('a bare flush', flushes)] : [])]
  })
  if (latencies.length > 0) {
    printTable([['p50 and p99 in µs', ...taking.map(({ name }) => name)], ...latencies])
  }
  const load = loadavg().map((value) => value.toFixed(1))
  console.log(`\nload ${load.join(' ')}; medians of ${asked.rounds} rounds`)
  for (const sentence of judge([measured(results)], readLimits())) console.log(sentence)
}

/** A rate, and how many times it ours is. */
function cell(runs: readonly Figures[] | undefined, own: readonly Figures[] | undefined): string {
  const rate = rateOf(runs)
  if (runs === own || Number.isNaN(rate)) return short(Math.round(rate))
  return `${short(Math.round(rate))} (${short(rateOf(own) / rate)}x)`
}

function rateOf(runs: readonly Figures[] = []): number {
  return median(runs.map(({ perSecond }) => perSecond))
}

type Latency = Figures['latencyUs']

function latencyRow(name: string, latencies: readonly Latency[]): readonly string[] {
  return [name, ...latencies.map((one) => (one ? `${short(one.p50)} ${short(one.p99)}` : ''))]
}

function latencyOf(
  runs: readonly Figures[] = [],
  which: 'latencyUs' | 'flushUs' = 'latencyUs',
): Latency {
  const found = runs.flatMap((run) => run[which] ?? [])
  if (found.length === 0) return undefined
  return { p50: median(found.map(({ p50 }) => p50)), p99: median(found.map(({ p99 }) => p99)) }
}

/** Our medians, as budget.json names them. */
function measured(results: Results): Record<string, object> {
  const figures = [...results].map(([name, found]) => {
    const own = found.get(ours)
    const latencyUs = latencyOf(own)
    const aboveUs = own?.flatMap(({ latencyUs: all, flushUs }) =>
      all === undefined || flushUs === undefined ? [] : [all.p99 - flushUs.p99],
    )
    const above = aboveUs?.length ? { aboveFlushUs: median(aboveUs) } : {}
    return [name, { perSecond: rateOf(found.get(ours)), latencyUs, ...above }] as const
  })
  return Object.fromEntries(figures)
}

function plain(results: Results): object {
  const all = [...results].map(([name, found]) => [name, Object.fromEntries(found)] as const)
  return Object.fromEntries(all)
}
