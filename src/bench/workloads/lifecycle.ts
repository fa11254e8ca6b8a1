import type { Workload } from './workload.ts'

const seconds = 1_000
const mib = 1024 ** 2

/** Starts and stops of brokers that hold much. */
export const lifecycleWorkloads: readonly Workload[] = [
  {
    name: 'restart',
    standsFor: 'an upgrade and a crash: 10 GiB, then SIGKILL, a start, a clean stop, a start',
    durability: 'page-cache',
    cases: [
      {
        name: '10 GiB in 1000',
        load: { client: 'restart', gib: 10, partitions: 1_000 },
        isLong: true,
      },
    ],
    targets: [
      { case: '10 GiB in 1000', figure: 'produceMs', atMost: seconds },
      { case: '10 GiB in 1000', figure: 'clean.produceMs', atMost: 0.2 * seconds },
    ],
    chart: 'produceMs',
  },
  {
    name: 'many-partitions',
    standsFor: 'a topic for every customer: 10,000 partitions with a record in each',
    durability: 'page-cache',
    cases: [
      {
        name: '10000',
        load: { client: 'partitions', topics: 10, partitions: 10_000 },
        isLong: true,
      },
    ],
    targets: [
      { case: '10000', figure: 'createMs', atMost: seconds },
      { case: '10000', figure: 'loaded.residentBytes', atMost: 200 * mib },
      { case: '10000', figure: 'stopMs', atMost: seconds },
      { case: '10000', figure: 'cleanStartMs', atMost: seconds },
    ],
    chart: 'cleanStartMs',
  },
]
