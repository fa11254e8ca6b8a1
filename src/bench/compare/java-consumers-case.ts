import { join } from 'node:path'
import { LineProcess } from '../harness/line-process.ts'
import { runLoad } from '../harness/load-generator.ts'
import { processSeconds } from '../harness/processor-time.ts'
import { packageRoot } from '../package-root.ts'
import type { JavaConsumersLoad } from '../workloads/workload.ts'
import { type CasePlace, dataOptions } from './case-place.ts'
import { makeCold } from './cold-place.ts'
import { processorFigures } from './processor-figures.ts'

const patienceMs = 300_000
const javaOptions = ['-Xmx3G', '-XX:+UseG1GC', '-Dorg.apache.logging.log4j.level=ERROR']

/** What JavaConsumers prints of one pass; bytes are those of values. */
interface Pass {
  readonly seconds: number
  readonly records: number
  readonly bytes: number
}

/** Runs many of Kafka's consumers in one process over what odradek-load wrote, after a warm-up. */
export async function runJavaConsumers(
  { partitions, consumers, data, isCold }: JavaConsumersLoad,
  place: CasePlace,
  jars: string,
): Promise<object> {
  await runLoad('produce', { ...dataOptions(partitions, place), ...data })
  const source = join(packageRoot, 'load', 'java', 'JavaConsumers.java')
  const args = [place.address, place.topic, String(consumers)]
  const command = ['java', ...javaOptions, '-cp', join(jars, '*'), source, ...args]
  const client = new LineProcess(command, patienceMs)
  try {
    await client.lineOf('warm')
    if (isCold) await makeCold(place)
    const spent = () => [client.pid, place.pid].map((pid) => (pid ? processSeconds(pid) : 0))
    const [clientBefore = 0, brokerBefore = 0] = spent()
    client.tell('')
    const { seconds, records, bytes } = JSON.parse(await client.lineOf('{')) as Pass
    const [clientAfter = 0, brokerAfter = 0] = spent()
    await client.end()
    return {
      ...{ seconds, records, recordsPerSecond: records / seconds },
      mbPerSecond: bytes / 1e6 / seconds,
      ...processorFigures({
        ...{ seconds, records, bytes, clientCpuSeconds: clientAfter - clientBefore },
        brokerCpuSeconds: place.pid === undefined ? undefined : brokerAfter - brokerBefore,
      }),
    }
  } finally {
    await client.kill()
  }
}
