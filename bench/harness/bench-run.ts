import { setTimeout as sleep } from 'node:timers/promises'
import { type BrokerOptions, BrokerProcess } from '../../test/conformance/broker-process.ts'
import type { BrokerTarget } from '../../test/conformance/broker-target.ts'
import type { LoadReport } from './load-generator.ts'
import type { BenchOptions } from './options.ts'
import { fillPageCache } from './page-cache.ts'

/** One load on one broker. */
export interface BenchCase {
  readonly name: string
  /** Runs the load on a broker that is up and warm; resolves with the measured window. */
  run(broker: BrokerProcess): Promise<LoadReport>
}

/** What one start of one broker gave. */
export interface BenchRun {
  readonly target: string
  readonly round: number
  /** Milliseconds from the start of the process to the first answered request. */
  readonly firstAnswerMs: number
  readonly idleRssBytes: number
  readonly loadedRssBytes: number
  readonly reports: Readonly<Record<string, LoadReport>>
}

/** A broker that has started rests this long before its idle memory is read. */
export const restMs = 1_500

/**
 * Runs the cases on each target in turn, `rounds` times, each turn on a fresh broker with an empty
 * folder, which is removed afterwards. `prepare` runs before the cases and is not measured.
 */
export async function runInterleaved(
  options: BenchOptions,
  cases: readonly BenchCase[],
  prepare: (broker: BrokerProcess) => Promise<void>,
): Promise<readonly BenchRun[]> {
  const chosen = chooseCases(cases, options.cases)
  const runs: BenchRun[] = []
  for (let round = 1; round <= options.rounds; round++) {
    for (const target of options.targets) {
      runs.push(await runOnce(options, target, round, chosen, prepare))
    }
  }
  return runs
}

/**
 * The cases with these names; none named is all.
 * @throws {Error} which names there are, for one that is not among them
 */
export function chooseCases<Case extends { readonly name: string }>(
  cases: readonly Case[],
  names: readonly string[],
): readonly Case[] {
  const known = cases.map(({ name }) => name)
  const unknown = names.find((name) => !known.includes(name))
  if (unknown !== undefined) throw new Error(`no case is ${unknown}: they are ${known.join(', ')}`)
  return names.length === 0 ? cases : cases.filter(({ name }) => names.includes(name))
}

/** How {@link startWarm} starts a broker. */
export interface WarmStart extends BrokerOptions {
  /** Leaves memory as it is instead of filling it with page cache before. */
  readonly cold: boolean
}

/** Starts a broker on a new folder, in memory that is full of page cache. */
export async function startWarm({ cold, ...options }: WarmStart): Promise<BrokerProcess> {
  if (!cold) {
    fillPageCache()
    // That drove the program itself out of memory: a start would wait for the disk to read it.
    const first = await BrokerProcess.start(options)
    await first.stop().finally(() => first.dispose())
  }
  return BrokerProcess.start(options)
}

async function runOnce(
  options: BenchOptions,
  target: BrokerTarget,
  round: number,
  cases: readonly BenchCase[],
  prepare: (broker: BrokerProcess) => Promise<void>,
): Promise<BenchRun> {
  const { settings, parent, cold } = options
  const broker = await startWarm({ target, settings, cold, ...(parent ? { parent } : {}) })
  try {
    const { firstAnswerMs } = broker
    await sleep(restMs)
    const idleRssBytes = broker.residentBytes()
    await prepare(broker)
    const reports: Record<string, LoadReport> = {}
    for (const { name, run } of cases) {
      reports[name] = await run(broker)
      console.error(`${target.name} ${round}/${options.rounds} ${name}: done`)
    }
    const loadedRssBytes = broker.residentBytes()
    await broker.stop()
    return { target: target.name, round, firstAnswerMs, idleRssBytes, loadedRssBytes, reports }
  } finally {
    await broker.dispose()
  }
}
