import type { LoadOptions } from '../harness/load-generator.ts'
import type { Workload, WorkloadCase } from './workload.ts'

const partitions = 6
const consumers = 8
/** Of what is produced: eight times as much is read, which takes the longer time. */
const producedBytes = 1_000_000_000

function fannedOut(name: string, load: LoadOptions, warmUp: LoadOptions): WorkloadCase {
  return {
    name,
    load: {
      client: 'odradek-load',
      mode: 'end-to-end',
      partitions,
      warmUp,
      load: {
        ...{ connections: 1, acks: 1, consumers, 'fan-out': true, 'record-bytes': 1024 },
        ...load,
      },
    },
  }
}

const recordsPerBatch = 64

/** One producer, and consumers that each read all of it. */
export const fanOutWorkloads: readonly Workload[] = [
  {
    name: 'fan-out',
    standsFor: 'a stream that eight services follow: one producer, figures of all they read',
    durability: 'page-cache',
    cases: [
      fannedOut(
        'full speed',
        { records: recordsPerBatch, 'in-flight': 5, bytes: producedBytes },
        { bytes: producedBytes / 5, duration: 60 },
      ),
      fannedOut(
        '1000 batches/s',
        { records: recordsPerBatch, 'in-flight': 512, rate: 1_000 },
        { duration: 1 },
      ),
      fannedOut('1000 records/s', { records: 1, 'in-flight': 512, rate: 1_000 }, { duration: 1 }),
    ],
    targets: [
      { case: 'full speed', figure: 'mbPerSecond', timesAtLeast: 1.1 },
      { case: '1000 batches/s', figure: 'latencyUs.p99', timesAtMost: 0.5 },
      { case: '1000 records/s', figure: 'latencyUs.p99', timesAtMost: 0.5 },
    ],
    chart: 'latencyUs.p99',
  },
]
