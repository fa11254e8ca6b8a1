import { setTimeout as sleep } from 'node:timers/promises'
import { type LoadOptions, type LoadReport, runLoad } from '../harness/load-generator.ts'
import type { ColdReaderLoad } from '../workloads/workload.ts'
import { type CasePlace, dataOptions } from './case-place.ts'
import { makeCold } from './cold-place.ts'

/** Of producers before they are measured; they have run longer before, for a JVM. */
const warmUpSeconds = 1
const mostSeconds = 600

/**
 * Runs producers at a rate alone, and then again for as long as somebody reads from the disk what
 * was written before: a consumer of the broker, and a program that sends itself the same files,
 * which is what so much reading costs on this machine whoever does it.
 */
export async function runColdReader(load: ColdReaderLoad, place: CasePlace): Promise<object> {
  const topic = `${place.topic}-old`
  const partitions = 1
  const old = dataOptions(partitions, { ...place, topic })
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
  const consumer = await producersBeside(producers, () =>
    runLoad('fetch', { ...old, ...reader, once: true, duration: mostSeconds }),
  )
  const path = await makeCold(place)
  const scan = await producersBeside(producers, () => runLoad('scan', { path, topic, partitions }))
  return coldReaderFigures(alone, consumer, scan)
}

/** What producers reported who ran for as long as a reader, and what the reader did. */
export interface Beside {
  readonly producers: LoadReport
  readonly reader: LoadReport
}

async function producersBeside(
  options: LoadOptions,
  read: () => Promise<LoadReport>,
): Promise<Beside> {
  const end = new AbortController()
  const producing = runLoad('produce', { ...options, duration: mostSeconds }, end.signal)
  const reading = sleep(warmUpSeconds * 1_000)
    .then(read)
    .finally(() => end.abort())
  const [producers, reader] = await Promise.all([producing, reading])
  return { producers, reader }
}

/**
 * Figures of producers beside a consumer, and how many times those of the same producers alone, and
 * beside the scan.
 */
export function coldReaderFigures(alone: LoadReport, consumer: Beside, scan: Beside): object {
  const { latencyUs, requestsPerSecond, sendLagUs, behind } = consumer.producers
  return {
    ...{ requestsPerSecond, latencyUs, sendLagUs, behind },
    alone: { latencyUs: alone.latencyUs },
    timesAlone: { p99: latencyUs.p99 / alone.latencyUs.p99 },
    reader: { mbPerSecond: consumer.reader.mbPerSecond, seconds: consumer.reader.seconds },
    scan: {
      latencyUs: scan.producers.latencyUs,
      mbPerSecond: scan.reader.mbPerSecond,
      seconds: scan.reader.seconds,
    },
    timesScan: { p99: latencyUs.p99 / scan.producers.latencyUs.p99 },
  }
}
