import { coldReaderWorkloads } from './cold-reader.ts'
import { endToEndWorkloads } from './end-to-end.ts'
import { fanOutWorkloads } from './fan-out.ts'
import { fetchWorkloads } from './fetch.ts'
import { flushWorkloads } from './flush.ts'
import { javaWorkloads } from './java.ts'
import { librdkafkaWorkloads } from './librdkafka.ts'
import { lifecycleWorkloads } from './lifecycle.ts'
import { openLoopWorkloads } from './open-loop.ts'
import { produceWorkloads } from './produce.ts'
import { retentionWorkloads } from './retention.ts'
import { spreadWorkloads } from './spread.ts'
import { startWorkloads } from './start.ts'
import type { Workload } from './workload.ts'

/** All workloads, in the order in which they run. */
export const workloads: readonly Workload[] = [
  ...produceWorkloads,
  ...flushWorkloads,
  ...openLoopWorkloads,
  ...endToEndWorkloads,
  ...fanOutWorkloads,
  ...fetchWorkloads,
  ...coldReaderWorkloads,
  ...startWorkloads,
  ...lifecycleWorkloads,
  ...retentionWorkloads,
  ...spreadWorkloads,
  ...javaWorkloads,
  ...librdkafkaWorkloads,
]
