import type { Workload } from './workload.ts'

/** What a start costs. */
export const startWorkloads: readonly Workload[] = [
  {
    name: 'start-empty',
    standsFor: 'a test or a laptop that wants a broker now: start on an empty folder, then rest',
    durability: 'page-cache',
    cases: [],
    targets: [
      { case: null, figure: 'firstProduceMs', atMost: 100 },
      { case: null, figure: 'idleRssBytes', atMost: 70 * 1024 ** 2 },
    ],
    chart: 'firstProduceMs',
  },
]
