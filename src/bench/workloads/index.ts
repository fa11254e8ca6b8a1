import { fetchWorkloads } from './fetch.ts'
import { flushWorkloads } from './flush.ts'
import { javaWorkloads } from './java.ts'
import { lifecycleWorkloads } from './lifecycle.ts'
import { openLoopWorkloads } from './open-loop.ts'
import { produceWorkloads } from './produce.ts'
import { startWorkloads } from './start.ts'
import type { Workload } from './workload.ts'

/** All workloads, in the order in which they run. */
export const workloads: readonly Workload[] = [
  ...produceWorkloads,
  ...flushWorkloads,
  ...openLoopWorkloads,
  ...fetchWorkloads,
  ...startWorkloads,
  ...lifecycleWorkloads,
  ...javaWorkloads,
]
