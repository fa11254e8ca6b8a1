import { join } from 'node:path'
import { runProcess } from '../harness/run-process.ts'
import { packageRoot } from '../package-root.ts'
import type { JavaProducersLoad } from '../workloads/workload.ts'
import type { CasePlace } from './case-place.ts'
import { processorFigures } from './processor-figures.ts'
import { createTopic } from './topics.ts'

/** What JavaProducers prints. */
export interface JavaReport {
  readonly seconds: number
  readonly records: number
  readonly clientCpuSeconds: number
  /** 0 where there was no process to read it from. */
  readonly brokerCpuSeconds: number
  readonly latencyUs: object
}

const warmUpSeconds = 5
const patienceMs = 300_000
const javaOptions = ['-Xmx3G', '-XX:+UseG1GC', '-Dorg.apache.logging.log4j.level=ERROR']

/** Runs Kafka's producers from a folder of jars; throws what they say if any send fails. */
export async function runJavaProducers(
  load: JavaProducersLoad,
  place: CasePlace,
  jars: string,
): Promise<object> {
  const { partitions, producers, recordBytes, acks, lingerMs } = load
  await createTopic(place, partitions)
  const source = join(packageRoot, 'load', 'java', 'JavaProducers.java')
  const what = [producers, recordBytes, acks === -1 ? 'all' : acks, lingerMs]
  const howLong = [Math.min(warmUpSeconds, place.secondsMax), place.secondsMax, place.pid ?? 0]
  const args = [place.address, place.topic, ...what, ...howLong].map((each) => String(each))
  const java = ['java', ...javaOptions, '-cp', join(jars, '*'), source, ...args]
  const { output, errors } = await runProcess(java, '', patienceMs)
  const line = output.trim().split('\n').at(-1) ?? ''
  if (!line.startsWith('{')) throw new Error(`JavaProducers: ${output}${errors}`.slice(-2_000))
  return javaFigures(JSON.parse(line) as JavaReport, recordBytes, place.pid !== undefined)
}

/** Figures of a report, under the names of the tables; MB are those of the records' values. */
export function javaFigures(report: JavaReport, recordBytes: number, hasBroker: boolean): object {
  const { seconds, records, brokerCpuSeconds, latencyUs } = report
  const bytes = records * recordBytes
  const known = hasBroker ? brokerCpuSeconds : undefined
  return {
    seconds,
    records,
    recordsPerSecond: records / seconds,
    mbPerSecond: bytes / 1e6 / seconds,
    latencyUs,
    ...processorFigures({ ...report, bytes, brokerCpuSeconds: known }),
  }
}
