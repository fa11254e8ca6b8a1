import { setTimeout as sleep } from 'node:timers/promises'
import { type LoadReport, runLoad } from '../harness/load-generator.ts'
import type { ColdReaderLoad } from '../workloads/workload.ts'
import { type CasePlace, dataOptions } from './case-place.ts'
import { makeCold } from './cold-place.ts'

/** Of producers before they are measured; they have run longer before, for a JVM. */
const warmUpSeconds = 1
const mostSeconds = 600

/**
 * Runs producers at a rate alone, and then again for as long as somebody reads from the disk what
 * was written before.
 */
export async function runColdReader(load: ColdReaderLoad, place: CasePlace): Promise<object> {
  const old = dataOptions(1, { ...place, topic: `${place.topic}-old` })
  const { data, warmUp, reader } = load
  const producers = {
    ...dataOptions(load.partitions, place),
    ...load.producers,
    warmup: warmUpSeconds,
  }
  await runLoad('produce', { ...old, ...data, duration: mostSeconds })
  await runLoad('produce', { ...producers, ...warmUp, warmup: 0 })
  await makeCold(place)
  const alone = await runLoad('produce', { ...producers, duration: place.secondsMax })
  const end = new AbortController()
  const producing = runLoad('produce', { ...producers, duration: mostSeconds }, end.signal)
  const reading = sleep(warmUpSeconds * 1_000)
    .then(() => runLoad('fetch', { ...old, ...reader, once: true, duration: mostSeconds }))
    .finally(() => end.abort())
  const [beside, read] = await Promise.all([producing, reading])
  return coldReaderFigures(alone, beside, read)
}

/** Figures of producers beside a reader, and how many times those of the same producers alone. */
export function coldReaderFigures(
  alone: LoadReport,
  beside: LoadReport,
  reader: LoadReport,
): object {
  const { latencyUs, requestsPerSecond, sendLagUs, behind } = beside
  return {
    ...{ requestsPerSecond, latencyUs, sendLagUs, behind },
    alone: { latencyUs: alone.latencyUs },
    timesAlone: { p99: latencyUs.p99 / alone.latencyUs.p99 },
    reader: { mbPerSecond: reader.mbPerSecond, seconds: reader.seconds },
  }
}
