import { type LoadReport, runLoad } from '../harness/load-generator.ts'
import type { GeneratorLoad } from '../workloads/workload.ts'
import { type CasePlace, dataOptions } from './case-place.ts'
import { makeCold } from './cold-place.ts'
import { type DiskUse, watchDisk } from './disk-use.ts'
import { type ProcessorFigures, processorFigures } from './processor-figures.ts'

/** A report with what the tables need besides. */
export type GeneratorFigures = LoadReport &
  ProcessorFigures &
  Partial<DiskUse> & {
    /** Of its threads' time, the share on a processor: near 1 the generator is the limit. */
    readonly clientBusy: number
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
  if (load.isCold) await makeCold(place)
  const pid = place.pid === undefined ? {} : { pid: place.pid }
  const duration = place.secondsMax * (load.lasts ?? 1)
  const run = () => runLoad(load.mode, { ...where, ...load.load, ...pid, duration })
  if (!load.watchesDisk || place.dataFolder === undefined) return withShares(await run())
  const { result, ...disk } = await watchDisk(place.dataFolder, place.topic, run)
  return { ...withShares(result), ...disk }
}

/** A report with the figures that follow from it. */
export function withShares(report: LoadReport): GeneratorFigures {
  const figures = processorFigures({ ...report, clientCpuSeconds: report.generatorCpuSeconds })
  return { ...figures, ...report, clientBusy: figures.clientCores / report.threads }
}
