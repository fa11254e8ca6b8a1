/**
 * Odradek beside Apache Kafka, or beside any broker that runs: `npm run bench:kafka -- --help`.
 * Method: ../docs/performance.md.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { kafkaTarget, kafkaVersion } from '../src/bench/broker/kafka-target.ts'
import { odradekTarget } from '../src/bench/broker/odradek-target.ts'
import { reportLines } from '../src/bench/compare/comparison-report.ts'
import { writeHtml } from '../src/bench/compare/html-report.ts'
import { isLifecycle } from '../src/bench/compare/lifecycle-turn.ts'
import {
  type Results,
  readResults,
  type WorkloadResults,
  writeResults,
} from '../src/bench/compare/results.ts'
import { runningSide, type Side, startedSide } from '../src/bench/compare/side.ts'
import { takeTurn } from '../src/bench/compare/turn.ts'
import { chooseCases } from '../src/bench/harness/choose-cases.ts'
import { buildLoadGenerator } from '../src/bench/harness/load-generator.ts'
import { thisMachine } from '../src/bench/harness/machine.ts'
import { workloads } from '../src/bench/workloads/index.ts'
import type { Workload } from '../src/bench/workloads/workload.ts'
import { fetchedJars } from '../test/conformance/broker-target.ts'
import { type BenchOptions, parseOptions } from './harness/options.ts'

const options = parseOptions({
  without: ['target', 'durable'],
  flags: { quick: 'leave out what takes minutes: long cases, most of a matrix' },
  words: {
    workload: { value: 'NAME[,NAME]', help: `only these: ${names(workloads)}` },
    against: { value: 'HOST:PORT', help: 'a broker that runs there, in place of Apache Kafka' },
    html: { value: 'FILE', help: 'also a page with charts there, and .svg files beside it' },
    from: { value: 'FILE', help: 'print and draw what --json wrote, without a run' },
  },
})
const { words, json, flags } = options
const jars = () => options.kafkaJars ?? fetchedJars()

const results = words['from'] === undefined ? await run(options) : readResults(words['from'])
for (const line of reportLines(results)) console.log(line)
if (json !== undefined) writeResults(json, results)
if (words['html'] !== undefined) await writeHtml(words['html'], results)

async function run(how: BenchOptions): Promise<Results> {
  const chosen = chosenWorkloads(how)
  const { settings, cold, secondsMax, rounds } = how
  const machine = thisMachine()
  const begun = new Date().toISOString()
  const { sides, versions } = bothSides(how)
  const [ours, theirs] = sides
  buildLoadGenerator()
  const done: WorkloadResults[] = []
  const soFar = (): Results => ({
    ...{ begun, machine, sides: [ours.name, theirs.name], versions },
    ...{ cold, secondsMax, settings, workloads: done },
  })
  for (const workload of chosen) {
    done.push(await runWorkload(workload, sides, rounds, secondsMax))
    // A long run that is broken off has not measured in vain.
    if (json !== undefined) writeResults(json, soFar())
  }
  return soFar()
}

async function runWorkload(
  workload: Workload,
  sides: readonly Side[],
  rounds: number,
  secondsMax: number,
): Promise<WorkloadResults> {
  const { name, standsFor, targets, chart } = workload
  const turns = []
  for (let round = 1; round <= rounds; round++) {
    for (const side of sides) {
      turns.push(await takeTurn(side, { workload, round, secondsMax, jars }))
      console.error(`${name} ${round}/${rounds} ${side.name}: done`)
    }
  }
  return { name, standsFor, targets, chart, turns }
}

/** The workloads that were asked for, with those of their cases that were and can be run. */
function chosenWorkloads({ cases: named }: BenchOptions): readonly Workload[] {
  const whole = chooseCases(workloads, words['workload']?.split(',') ?? [])
  const taken = chooseCases(
    whole.flatMap(({ cases }) => cases),
    named,
  )
  return whole.flatMap((workload) => {
    const cases = workload.cases.filter((one) => {
      if (one.isLong && flags.has('quick')) return false
      if (isLifecycle(one.load) && words['against'] !== undefined) return false
      return taken.some(({ name }) => name === one.name)
    })
    const isLeft = workload.cases.length === 0 ? named.length === 0 : cases.length > 0
    if (!isLeft) console.error(`${workload.name}: left out`)
    return isLeft ? [{ ...workload, cases }] : []
  })
}

/** Ours, and who it is compared with. */
function bothSides(how: BenchOptions): {
  readonly sides: readonly [Side, Side]
  readonly versions: Readonly<Record<string, string>>
} {
  const ours = startedSide(odradekTarget, how)
  const versions = { [ours.name]: ownVersion() }
  const { against } = words
  if (against !== undefined) {
    const what = 'a broker that was not started here: no CPU time, memory or start of it'
    return { sides: [ours, runningSide(against)], versions: { ...versions, [against]: what } }
  }
  const theirs = startedSide(kafkaTarget(jars()), how)
  const version = `Apache Kafka ${kafkaVersion(jars())}`
  return { sides: [ours, theirs], versions: { ...versions, [theirs.name]: version } }
}

function ownVersion(): string {
  const file = join(import.meta.dirname, '..', 'package.json')
  return (JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string }).version
}

function names(all: readonly Workload[]): string {
  return all.map(({ name }) => name).join(', ')
}
