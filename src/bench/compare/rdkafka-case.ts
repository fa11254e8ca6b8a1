import { runLoad } from '../harness/load-generator.ts'
import { spending } from '../harness/processor-time.ts'
import { runProcess } from '../harness/run-process.ts'
import { setUp } from '../harness/set-up.ts'
import type { RdkafkaLoad } from '../workloads/workload.ts'
import { type CasePlace, dataOptions } from './case-place.ts'
import { processorFigures } from './processor-figures.ts'
import { createTopic } from './topics.ts'

const warmUpShare = 0.2
/** Of each of the data's batches, as a producer under load would have them. */
const recordsPerBatch = 1_000
/** librdkafka's own default: the tool's, a second, would be waited for at the end of a run. */
const lingerMs = 5
const mostSeconds = 120

/**
 * The program rdkafka_performance, which is compiled at its first use on a machine. Rejects with a
 * sentence where it cannot be.
 */
export function rdkafkaProgram(): Promise<string> {
  return setUp('rdkafka-performance.sh')
}

/** Has rdkafka_performance write, or read what odradek-load wrote, after a warm-up. */
export async function runRdkafka(
  load: RdkafkaLoad,
  place: CasePlace,
  program: string,
): Promise<object> {
  const { does, partitions, records, recordBytes } = load
  if (does === 'produce') await createTopic(place, partitions)
  else {
    await runLoad('produce', {
      ...dataOptions(partitions, place),
      ...{ connections: partitions, duration: mostSeconds, requests: records / recordsPerBatch },
      ...{ records: recordsPerBatch, 'record-bytes': recordBytes },
    })
  }
  const run = (count: number) => runTool([program, ...toolArguments(load, place, count)], count)
  await run(does === 'produce' ? Math.round(records * warmUpShare) : records)
  const { result: recordsPerSecond, ...spent } = await spending(place.pid, () => run(records))
  const bytes = records * recordBytes
  return {
    recordsPerSecond,
    mbPerSecond: (recordsPerSecond * recordBytes) / 1e6,
    ...processorFigures({ ...spent, records, bytes }),
  }
}

async function runTool(command: readonly string[], count: number): Promise<number> {
  const { output, errors } = await runProcess(command, '')
  const done = rdkafkaRun(output)
  if (done !== undefined && done.records >= count) return done.recordsPerSecond
  throw new Error(`rdkafka_performance: ${output}${errors}`.slice(-2_000))
}

function toolArguments(
  { does, partitions, recordBytes }: RdkafkaLoad,
  { address, topic }: CasePlace,
  count: number,
): readonly string[] {
  const common = ['-q', '-b', address, '-t', topic, '-c', String(count)]
  if (does === 'produce') {
    return ['-P', ...common, '-s', String(recordBytes), '-a', '1', '-X', `linger.ms=${lingerMs}`]
  }
  const all = Array.from({ length: partitions }, (_, i) => ['-p', String(i)]).flat()
  return ['-C', ...common, ...all, '-o', 'beginning']
}

const produced = /^% \d+ messages produced .* (\d+) delivered .* in \d+ms: (\d+) msgs\/s/m
const consumed = /^% (\d+) messages .* consumed in \d+ms: (\d+) msgs\/s/m

/** What rdkafka_performance says at its end; undefined if it says nothing of records. */
export function rdkafkaRun(
  output: string,
): { readonly records: number; readonly recordsPerSecond: number } | undefined {
  const found = produced.exec(output) ?? consumed.exec(output)
  if (found === null) return undefined
  return { records: Number(found[1]), recordsPerSecond: Number(found[2]) }
}
