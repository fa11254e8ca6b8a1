import { runLoad } from '../harness/load-generator.ts'
import { spending } from '../harness/processor-time.ts'
import { runConsumerPerformance } from '../java/consumer-performance.ts'
import type { ConsumerToolLoad } from '../workloads/workload.ts'
import { type CasePlace, dataOptions } from './case-place.ts'
import { makeCold } from './cold-place.ts'
import { processorFigures, type Spent } from './processor-figures.ts'

/** What a run of kafka-consumer-perf-test took; CPU times are of its whole life, its start too. */
export interface ConsumerRun extends Omit<Spent, 'bytes'> {
  /** Behind the first third of the records. */
  readonly recordsPerSecond: number
  readonly recordBytes: number
}

/** Puts the records into the topic and reads them by kafka-consumer-perf-test, after a warm-up. */
export async function runConsumerTool(
  load: ConsumerToolLoad,
  place: CasePlace,
  jars: string,
): Promise<object> {
  const { records, recordBytes, data } = load
  await runLoad('produce', { ...dataOptions(load.partitions, place), ...data })
  const what = { bootstrap: place.address, topic: place.topic, records }
  const consume = () => runConsumerPerformance(jars, what)
  await consume()
  if (load.isCold) await makeCold(place)
  const { result: recordsPerSecond, ...spent } = await spending(place.pid, consume)
  return consumerFigures({ ...spent, recordsPerSecond, records, recordBytes })
}

/** Figures of a run, under the names of the tables; MB are those of the records' values. */
export function consumerFigures(run: ConsumerRun): object {
  const { recordsPerSecond, records, recordBytes } = run
  return {
    recordsPerSecond,
    mbPerSecond: (recordsPerSecond * recordBytes) / 1e6,
    ...processorFigures({ ...run, bytes: records * recordBytes }),
  }
}
