import type { LoadOptions } from '../harness/load-generator.ts'
import type { Workload, WorkloadCase } from './workload.ts'

/** Enough that a stall of a third of a second does not keep requests from being sent. */
const inFlight = 512
const connections = 8

function atRate(name: string, load: LoadOptions, warmUp: LoadOptions): WorkloadCase {
  return {
    name,
    load: {
      client: 'odradek-load',
      mode: 'produce',
      partitions: 6,
      warmUp: { ...warmUp, duration: 60 },
      load: { connections, acks: 1, 'in-flight': inFlight, ...load },
    },
  }
}

const requestsPerSecond = 10_000
/** A batch's header, and 64 records of 1,024 bytes with 9 bytes around each. */
const batchBytes = 61 + 64 * (1024 + 9)
const batchesPerSecond = Math.round(200_000_000 / batchBytes)

/** Producing at a rate that waits for no answer: latency counts from when a request is due. */
export const openLoopWorkloads: readonly Workload[] = [
  {
    name: 'steady-requests',
    standsFor: 'a service under even load: 10,000 requests of 1 KiB a second, come what may',
    durability: 'page-cache',
    cases: [
      atRate(
        '10000/s',
        { rate: requestsPerSecond, records: 1, 'record-bytes': 1024 },
        { requests: 5 * requestsPerSecond },
      ),
    ],
    targets: [
      { case: '10000/s', figure: 'latencyUs.p50', atMost: 35 },
      { case: '10000/s', figure: 'latencyUs.p99', timesAtMost: 0.2 },
    ],
    chart: 'latencyUs.p99',
  },
  {
    name: 'steady-batches',
    standsFor: 'a pipeline under even load: 200 MB a second in batches of 64 KiB',
    durability: 'page-cache',
    cases: [
      atRate(
        '200 MB/s',
        { rate: batchesPerSecond, records: 64, 'record-bytes': 1024 },
        { requests: 2 * batchesPerSecond },
      ),
    ],
    targets: [
      { case: '200 MB/s', figure: 'latencyUs.p50', atMost: 80 },
      { case: '200 MB/s', figure: 'latencyUs.p99', timesAtMost: 0.1 },
    ],
    chart: 'latencyUs.p99',
  },
]
