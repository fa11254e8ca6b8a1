import type { LoadOptions } from '../harness/load-generator.ts'
import type { Workload, WorkloadCase } from './workload.ts'

const requestsPerSecond = 10_000
const gib = 1024 ** 3
/** As in the workload steady-requests. */
const producers: LoadOptions = {
  ...{ connections: 8, acks: 1, 'in-flight': 512, rate: requestsPerSecond },
  ...{ records: 1, 'record-bytes': 1024 },
}

function scanned(size: number): WorkloadCase {
  return {
    name: `${size} GiB`,
    load: {
      client: 'cold-reader',
      partitions: 6,
      data: { records: 1000, 'record-bytes': 1024, bytes: size * gib },
      producers,
      warmUp: { requests: 5 * requestsPerSecond, duration: 60 },
      reader: { session: true, discard: true },
    },
  }
}

/** Reading what lies on the disk alone, beside others. */
export const coldReaderWorkloads: readonly Workload[] = [
  {
    name: 'cold-reader',
    standsFor:
      'a service under even load while a job reads old data: 10,000 requests of 1 KiB a second',
    durability: 'page-cache',
    cases: [scanned(2), { ...scanned(10), isLong: true }],
    targets: [
      { case: '2 GiB', figure: 'timesAlone.p99', atMost: 1.5 },
      { case: '10 GiB', figure: 'timesAlone.p99', atMost: 1.5 },
    ],
    chart: 'latencyUs.p99',
  },
]
