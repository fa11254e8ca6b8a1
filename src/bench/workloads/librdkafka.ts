import type { RdkafkaLoad, Workload, WorkloadCase } from './workload.ts'

const partitions = 6
const recordsPerBatch = 1_000
/** Of each case with its warm-up: below the limit at which writers wait for the disk. */
const bytes = 2_000_000_000
/** Smaller records take the client more time. */
const recordsMax = 8_000_000

function caseOf(does: RdkafkaLoad['does'], recordBytes: number): WorkloadCase {
  const batches = Math.min(bytes / recordBytes, recordsMax) / recordsPerBatch
  const records = Math.floor(batches) * recordsPerBatch
  return {
    name: `${does} ${recordBytes === 100 ? '100B' : '1KiB'}`,
    load: { client: 'rdkafka-performance', does, partitions, records, recordBytes },
  }
}

/** librdkafka, on which the clients of most languages stand, by its own tool. */
export const librdkafkaWorkloads: readonly Workload[] = [
  {
    name: 'librdkafka',
    standsFor:
      'applications in C, C++, Python, Go, .NET and more: the client below theirs by its own tool',
    durability: 'page-cache',
    cases: [
      caseOf('produce', 1024),
      caseOf('produce', 100),
      caseOf('consume', 1024),
      caseOf('consume', 100),
    ],
    targets: [
      { case: 'produce 1KiB', figure: 'recordsPerSecond', timesAtLeast: 1.8 },
      { case: 'produce 100B', figure: 'recordsPerSecond', timesAtLeast: 1.3 },
      { case: 'consume 1KiB', figure: 'recordsPerSecond', timesAtLeast: 1.1 },
      { case: 'consume 100B', figure: 'recordsPerSecond', timesAtLeast: 1.1 },
    ],
    chart: 'recordsPerSecond',
  },
]
