import { setTimeout as sleep } from 'node:timers/promises'
import type { BrokerProcess } from '../../src/bench/broker/broker-process.ts'
import type { BrokerTarget } from '../../src/bench/broker/broker-target.ts'
import { chooseCases } from '../../src/bench/harness/choose-cases.ts'
import type { LoadReport } from '../../src/bench/harness/load-generator.ts'
import { restMs, startWarm } from '../../src/bench/harness/warm-start.ts'
import type { BenchOptions } from './options.ts'

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

async function runOnce(
  options: BenchOptions,
  target: BrokerTarget,
  round: number,
  cases: readonly BenchCase[],
  prepare: (broker: BrokerProcess) => Promise<void>,
): Promise<BenchRun> {
  const { settings, parent, cold } = options
  const broker = await startWarm({ target, settings, cold, parent })
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
