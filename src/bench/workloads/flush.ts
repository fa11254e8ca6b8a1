import type { Workload, WorkloadCase } from './workload.ts'

/** Kafka's acks=1 waits for the flush and ours does not, so only acks=all compares. */
function flushed(connections: number): WorkloadCase {
  return {
    name: `${connections} x 6`,
    load: {
      client: 'odradek-load',
      mode: 'produce',
      partitions: 6,
      warmUp: { requests: 20_000, duration: 5 },
      load: { connections, rotate: true, records: 1, 'record-bytes': 1024, acks: -1 },
    },
  }
}

/** Producing where an answer means "on the disk". */
export const flushWorkloads: readonly Workload[] = [
  {
    name: 'flush-each',
    standsFor: 'orders and payments: a record of 1 KiB is on the disk before its answer, acks=all',
    durability: 'flush-each',
    cases: [flushed(1), flushed(8), flushed(64)],
    targets: [
      { case: '1 x 6', figure: 'requestsPerSecond', atLeast: 5_500 },
      { case: '1 x 6', figure: 'requestsPerSecond', timesAtLeast: 2 },
      { case: '8 x 6', figure: 'requestsPerSecond', atLeast: 30_000 },
      { case: '8 x 6', figure: 'requestsPerSecond', timesAtLeast: 4.5 },
      { case: '64 x 6', figure: 'requestsPerSecond', atLeast: 70_000 },
      { case: '64 x 6', figure: 'requestsPerSecond', timesAtLeast: 10 },
    ],
    chart: 'requestsPerSecond',
  },
]
