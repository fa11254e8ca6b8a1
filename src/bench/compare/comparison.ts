import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { assert } from '../../base/assert.ts'
import type { HostPort } from '../../base/endpoint.ts'
import type { Settings } from '../broker/broker-target.ts'
import { onConnection } from '../broker/connect.ts'
import { describeKafka } from '../broker/kafka-jars.ts'
import { kafkaTarget } from '../broker/kafka-target.ts'
import { odradekTarget } from '../broker/odradek-target.ts'
import { thisMachine } from '../harness/machine.ts'
import { packageRoot } from '../package-root.ts'
import { workloads as allWorkloads } from '../workloads/index.ts'
import type { Workload } from '../workloads/workload.ts'
import { type Choice, runnableWorkloads, wantedWorkloads } from './choose-workloads.ts'
import type { Results, WorkloadResults } from './results.ts'
import { runningSide, type Side, startedSide } from './side.ts'
import { takeTurns } from './take-turns.ts'
import { findTools, neededTools, obstacleTo, type Tools } from './tools.ts'

/** What a comparison is told. */
export interface ComparisonOptions extends Choice {
  /** Turns of each side. */
  readonly rounds: number
  /** The longest that a case is measured. */
  readonly secondsMax: number
  /** Leaves memory as it is instead of filling it with page cache before each turn. */
  readonly cold: boolean
  /** Broker configs, the same on both sides. */
  readonly settings: Settings
  /** Where data goes; the system's temporary folder by default. */
  readonly parent: string | undefined
  /** A broker that runs, in place of Apache Kafka. */
  readonly against: HostPort | undefined
  /** Where Kafka's jars are; fetched by Maven by default. */
  readonly kafkaJars: string | undefined
}

/** Who is told how a comparison goes. */
export interface ComparisonListener {
  /** A line about what is being done. */
  say(line: string): void
  /** Called behind each workload with all that is measured by then. */
  measured(results: Results): void
}

/**
 * Runs workloads on Odradek and on another broker in turn. What cannot be run here is left out, and
 * the results say why. Rejects with a sentence if nothing can be run, or if a turn fails.
 */
export async function compare(
  options: ComparisonOptions,
  listener: ComparisonListener,
): Promise<void> {
  if (process.platform !== 'linux') throw new Error('bench needs Linux: it reads /proc')
  const { rounds, secondsMax, cold, settings, against } = options
  const wanted = wantedWorkloads(allWorkloads, options)
  const begun = new Date().toISOString()
  const machine = thisMachine()
  if (against !== undefined) await onConnection(against, async () => {})
  const tools = await toolsFor(wanted, options, listener)
  const { sides, versions } = bothSides(options, tools)
  const { workloads, leftOut } = runnableWorkloads(wanted, (load, { settings }) =>
    obstacleTo(load, tools, against === undefined, settings),
  )
  for (const { what, why } of leftOut) listener.say(`${what} is left out: ${why}`)
  if (workloads.length === 0) throw new Error('there is no workload that can be run')
  const jars = (): string => {
    assert(tools.jars !== undefined, 'what needs jars is left out where there are none')
    return tools.jars
  }
  const done: WorkloadResults[] = []
  const soFar = (): Results => ({
    ...{ begun, machine, sides: [sides[0].name, sides[1].name], versions, leftOut },
    ...{ cold, secondsMax, settings, workloads: done },
  })
  for (const workload of workloads) {
    const report = (line: string) => listener.say(line)
    done.push(await takeTurns(workload, sides, { rounds, secondsMax, jars, report }))
    listener.measured(soFar())
  }
}

/** What the workloads need, and Kafka's jars where Kafka is the other side. */
function toolsFor(
  workloads: readonly Workload[],
  { against, kafkaJars }: ComparisonOptions,
  listener: ComparisonListener,
): Promise<Tools> {
  const loads = workloads.flatMap(({ cases }) => cases.map(({ load }) => load))
  const needed = new Set(neededTools(loads))
  if (against === undefined) needed.add('kafka')
  if (needed.size > 0) {
    const tools = [...needed].join(' and ')
    listener.say(`looking for ${tools}; what is missing is fetched or compiled once`)
  }
  return findTools(needed, kafkaJars)
}

/** Ours, and who it is compared with; throws why Kafka cannot be, where that is the one. */
function bothSides(
  options: ComparisonOptions,
  { jars, missing }: Tools,
): {
  readonly sides: readonly [Side, Side]
  readonly versions: Readonly<Record<string, string>>
} {
  const ours = startedSide(odradekTarget, options)
  const versions = { [ours.name]: ownVersion() }
  const { against } = options
  if (against !== undefined) {
    const theirs = runningSide(against)
    const what = 'a broker that was not started here: no CPU time, memory or start of it'
    return { sides: [ours, theirs], versions: { ...versions, [theirs.name]: what } }
  }
  if (jars === undefined) throw new Error(`Apache Kafka cannot run here: ${missing.get('kafka')}`)
  const theirs = startedSide(kafkaTarget(jars), options)
  const version = describeKafka(jars)
  return { sides: [ours, theirs], versions: { ...versions, [theirs.name]: version } }
}

function ownVersion(): string {
  const manifest = readFileSync(join(packageRoot, 'package.json'), 'utf8')
  return (JSON.parse(manifest) as { readonly version: string }).version
}
