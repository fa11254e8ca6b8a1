import type { BrokerProcess } from '../broker-process.ts'
import type { Settings } from '../broker-target.ts'

/** How a test ended. */
export type Outcome = 'passed' | 'failed' | 'skipped'

/** How each test of a run ended, by its name: the file, then the titles, joined by ` > `. */
export type Outcomes = ReadonlyMap<string, Outcome>

/** What a stage is run with. */
export interface StageRun {
  /** The client's sources. */
  readonly checkout: string
  readonly broker: BrokerProcess
  /** A folder for reports and output, which stays. */
  readonly reports: string
  /** Parts of names; only tests with one of them are asked for. Empty: all. */
  readonly only: readonly string[]
}

/** A part of a suite that gets a broker of its own, on an empty directory. */
export interface Stage {
  readonly name: string
  /** The broker's settings. */
  readonly settings: Settings
  /** What Apache Kafka is given beyond them, since some tests need what is not built here. */
  readonly referenceSettings?: Settings
  /** Ports of localhost that the tests have written into them; each is a listener. */
  readonly ports: readonly number[]
  run(run: StageRun): Promise<Outcomes>
}

/** The tests that the makers of a client wrote for it. */
export interface Suite {
  /** Its lists are `<name>.passed.txt` and so on. */
  readonly name: string
  /** Builds, in the checkout, what the tests need. */
  build(checkout: string): void
  readonly stages: readonly Stage[]
}

/** What every suite wants of a broker. */
export const commonSettings: Settings = {
  'auto.create.topics.enable': 'true',
  'num.partitions': '4',
  'group.initial.rebalance.delay.ms': '0',
}

/** Kafka's authorizer, which lets the client do everything. */
export const authorizer = {
  'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
  'super.users': 'User:ANONYMOUS',
}

/** True if a test of this name is asked for. */
export function isAskedFor(name: string, only: readonly string[]): boolean {
  return only.length === 0 || only.some((part) => name.includes(part))
}

/** Adds a test; several of one name count as passed if all of them did. */
export function addOutcome(outcomes: Map<string, Outcome>, name: string, outcome: Outcome): void {
  const known = outcomes.get(name)
  if (known === undefined || known === 'passed') outcomes.set(name, outcome)
}

/** Outcomes of several stages; a name that stands in more than one has to pass in each. */
export function merge(stages: readonly Outcomes[]): Outcomes {
  const all = new Map<string, Outcome>()
  for (const [name, outcome] of stages.flatMap((stage) => [...stage])) {
    addOutcome(all, name, outcome)
  }
  return all
}
