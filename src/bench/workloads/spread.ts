import type { LoadOptions } from '../harness/load-generator.ts'
import type { Workload, WorkloadCase } from './workload.ts'

/** Ten records of 100 bytes, from so many connections to all partitions in turn. */
const batches: LoadOptions = { connections: 8, acks: 1, records: 10, 'record-bytes': 100 }
/** Which share the partitions, each in one fetch session. */
const consumers = 4
/** The first append to each partition makes its files. */
const warmUpSeconds = 120

function spreadOver(partitions: number): Workload {
  const kind = { client: 'odradek-load', mode: 'end-to-end', partitions } as const
  const [full, steady] = ['full speed', '1000/s']
  const long = partitions > 1_000 ? ({ isLong: true } as const) : {}
  const cases: readonly WorkloadCase[] = [
    {
      name: full,
      load: {
        ...kind,
        warmUp: { requests: 2 * partitions, duration: warmUpSeconds },
        load: { ...batches, consumers, 'in-flight': 5 },
      },
      ...long,
    },
    {
      name: steady,
      load: {
        ...kind,
        continues: full,
        warmUp: { duration: 1 },
        load: { ...batches, consumers, 'in-flight': 512, rate: 1_000 },
      },
      ...long,
    },
  ]
  return {
    name: `spread-${partitions}`,
    standsFor:
      `a topic for every customer, all in use: ${partitions.toLocaleString('en-US')} partitions, ` +
      'ten records of 100 bytes a request to each in turn, read by 4 consumers',
    durability: 'page-cache',
    cases,
    targets: [
      { case: full, figure: 'requestsPerSecond', timesAtLeast: 2 },
      { case: steady, figure: 'latencyUs.p99', timesAtMost: 0.5 },
      { case: null, figure: 'loadedRssBytes', atMost: 200 * 1024 ** 2 },
    ],
    chart: 'requestsPerSecond',
  }
}

/** Small batches to very many partitions, and their consumers. */
export const spreadWorkloads: readonly Workload[] = [spreadOver(1_000), spreadOver(10_000)]
