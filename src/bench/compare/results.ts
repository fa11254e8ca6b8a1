import { writeFileSync } from 'node:fs'
import type { Settings } from '../broker/broker-target.ts'
import type { Machine } from '../harness/machine.ts'
import type { Target } from '../workloads/workload.ts'
import type { LeftOut } from './choose-workloads.ts'

/** What one start of one broker gave; of a broker that was not started here only the cases. */
export interface Turn {
  readonly side: string
  readonly round: number
  /** What the broker itself says of a topic of the workload, and the acks of its requests. */
  readonly durability: Settings
  /** Cores that others used while this turn rested, right before its first case. */
  readonly othersCores: number
  /** Of its start and its memory. */
  readonly broker?: BrokerFigures
  /** Figures by case; names as in {@link import('./figures.ts').figures}. */
  readonly cases: Readonly<Record<string, object>>
}

/** Times in milliseconds from the start of the process. */
export interface BrokerFigures {
  /** To the first answer of any kind, and to the first acknowledged record of a new topic. */
  readonly firstAnswerMs: number
  readonly firstProduceMs: number
  readonly idleRssBytes: number
  readonly loadedRssBytes: number
  readonly peakRssBytes: number
}

/** One workload's turns, and what is needed to judge and to draw them again. */
export interface WorkloadResults {
  readonly name: string
  readonly standsFor: string
  readonly targets: readonly Target[]
  readonly chart: string
  readonly turns: readonly Turn[]
}

/** All that one run of the bench measured: what `--json` writes and `--from` reads. */
export interface Results {
  /** When it began, as ISO 8601. */
  readonly begun: string
  readonly machine: Machine
  /** Ours first, as the turns name them, and what each is. */
  readonly sides: readonly [string, string]
  readonly versions: Readonly<Record<string, string>>
  /** False: memory was filled with page cache before each turn. */
  readonly cold: boolean
  readonly secondsMax: number
  /** Broker configs of this run, the same on both sides. */
  readonly settings: Settings
  /** Cases that could not be run, and why; none in results of an older run. */
  readonly leftOut?: readonly LeftOut[]
  readonly workloads: readonly WorkloadResults[]
}

/** Writes results whose text {@link parseResults} takes. */
export function writeResults(file: string, results: Results): void {
  writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`)
}

/** The results in a text that {@link writeResults} wrote; undefined if it is another. */
export function parseResults(text: string): Results | undefined {
  try {
    const results = JSON.parse(text) as Partial<Results> | null
    const isOurs = Array.isArray(results?.workloads) && Array.isArray(results?.sides)
    return isOurs ? (results as Results) : undefined
  } catch {
    return undefined
  }
}
