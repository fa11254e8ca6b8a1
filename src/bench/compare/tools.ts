import { kafkaJars } from '../broker/kafka-jars.ts'
import { buildLoadGenerator } from '../harness/build-load-generator.ts'
import type { Load, Workload } from '../workloads/workload.ts'
import { isLifecycle } from './lifecycle-turn.ts'
import { rdkafkaProgram } from './rdkafka-case.ts'

/** Something that is fetched or compiled before a load, or a broker, can run. */
export type Tool = 'odradek-load' | 'kafka' | 'rdkafka_performance'

/** What each load's client is run from. */
const toolsOf: Readonly<Record<Load['client'], readonly Tool[]>> = {
  'odradek-load': ['odradek-load'],
  'java-producers': ['kafka'],
  // Its records are put there by odradek-load.
  'consumer-perf-test': ['kafka', 'odradek-load'],
  'java-consumers': ['kafka', 'odradek-load'],
  'cold-reader': ['odradek-load'],
  'rdkafka-performance': ['rdkafka_performance', 'odradek-load'],
  restart: ['odradek-load'],
  partitions: [],
}

/** The tools of a run. */
export interface Tools {
  /** The folder of Kafka's jars, where it was asked for and is there. */
  readonly jars: string | undefined
  /** Why those are missing that could not be had. */
  readonly missing: ReadonlyMap<Tool, string>
}

/** The tools that these loads need. */
export function neededTools(loads: readonly Load[]): ReadonlySet<Tool> {
  return new Set(loads.flatMap(({ client }) => toolsOf[client]))
}

/** Fetches and compiles what is not there yet; `named` is where Kafka's jars are, if not there. */
export async function findTools(
  needed: ReadonlySet<Tool>,
  named: string | undefined,
): Promise<Tools> {
  const missing = new Map<Tool, string>()
  const find = async (tool: Tool, get: () => Promise<string>): Promise<string | undefined> => {
    if (!needed.has(tool)) return undefined
    try {
      return await get()
    } catch (error) {
      missing.set(tool, error instanceof Error ? error.message : String(error))
      return undefined
    }
  }
  const jars = await find('kafka', () => kafkaJars(named))
  await find('odradek-load', buildLoadGenerator)
  await find('rdkafka_performance', rdkafkaProgram)
  return { jars, missing }
}

/**
 * Why a load cannot be run, in words that follow a colon; undefined where it can. `startsBoth`:
 * both brokers are started here, with `settings` where the workload has such.
 */
export function obstacleTo(
  load: Load,
  { missing }: Tools,
  startsBoth: boolean,
  settings?: Workload['settings'],
): string | undefined {
  if (settings !== undefined && !startsBoth) return 'it sets configs of brokers'
  if (isLifecycle(load) && !startsBoth) return 'it starts and stops brokers'
  const isCold = load.client === 'cold-reader' || ('isCold' in load && load.isCold)
  if (isCold && !startsBoth) return 'it drops their data from memory'
  return toolsOf[load.client].flatMap((tool) => missing.get(tool) ?? [])[0]
}
