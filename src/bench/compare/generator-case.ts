import { type LoadOptions, type LoadReport, runLoad } from '../harness/load-generator.ts'
import type { GeneratorLoad } from '../workloads/workload.ts'
import { type DiskUse, watchDisk } from './disk-use.ts'
import { type ProcessorFigures, processorFigures } from './processor-figures.ts'

/** A report with what the tables need besides. */
export type GeneratorFigures = LoadReport &
  ProcessorFigures &
  Partial<DiskUse> & {
    /** Of its threads' time, the share on a processor: near 1 the generator is the limit. */
    readonly clientBusy: number
  }

/** Where and how long a case runs. */
export interface CasePlace {
  readonly address: string
  /** The broker's process, whose CPU time is measured. */
  readonly pid: number | undefined
  /** Where it keeps its records, where it was started here. */
  readonly dataFolder: string | undefined
  /** Whether memory is to be full of page cache. */
  readonly fillsMemory: boolean
  /** A topic that is not there yet. */
  readonly topic: string
  readonly topicConfigs: Readonly<Record<string, string>>
  readonly secondsMax: number
}

/** Runs odradek-load: the data, the warm-up, and what counts. */
export async function runGeneratorCase(
  load: GeneratorLoad,
  place: CasePlace,
): Promise<GeneratorFigures> {
  const where = dataOptions(load.partitions, place)
  if (load.data !== undefined) await runLoad('produce', { ...where, ...load.data })
  if (load.warmUp !== undefined) {
    // Not the limits of what counts.
    const { bytes: _, ...kind } = load.load
    await runLoad(load.mode, { ...where, ...kind, ...load.warmUp })
  }
  const pid = place.pid === undefined ? {} : { pid: place.pid }
  const duration = place.secondsMax * (load.lasts ?? 1)
  const run = () => runLoad(load.mode, { ...where, ...load.load, ...pid, duration })
  if (!load.watchesDisk || place.dataFolder === undefined) return withShares(await run())
  const { result, ...disk } = await watchDisk(place.dataFolder, place.topic, run)
  return { ...withShares(result), ...disk }
}

/** Options of odradek-load that name the place, and create its topic. */
export function dataOptions(partitions: number, place: CasePlace): LoadOptions {
  const configs = Object.entries(place.topicConfigs).map(([name, value]) => `${name}=${value}`)
  const topic = { topic: place.topic, create: true, 'topic-config': configs } as const
  return { broker: place.address, partitions, ...topic }
}

/** A report with the figures that follow from it. */
export function withShares(report: LoadReport): GeneratorFigures {
  const figures = processorFigures({ ...report, clientCpuSeconds: report.generatorCpuSeconds })
  return { ...figures, ...report, clientBusy: figures.clientCores / report.threads }
}
