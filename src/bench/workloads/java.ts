import type { JavaProducersLoad, Workload, WorkloadCase } from './workload.ts'

const partitions = 6
/** What most people have first: the producer's default linger, few producers. */
const quickProducers = [1, 8]
const quickLingerMs = 5

function produced(load: Omit<JavaProducersLoad, 'client' | 'partitions'>): WorkloadCase {
  const { recordBytes, acks, lingerMs, producers } = load
  const size = recordBytes === 100 ? '100B' : '1KiB'
  const isQuick = lingerMs === quickLingerMs && quickProducers.includes(producers)
  return {
    name: `${size} acks=${acks === -1 ? 'all' : acks} linger=${lingerMs} x${producers}`,
    load: { client: 'java-producers', partitions, ...load },
    ...(isQuick ? {} : { isLong: true }),
  }
}

const cases = [100, 1024].flatMap((recordBytes) =>
  ([1, -1] as const).flatMap((acks) =>
    [0, 5, 50].flatMap((lingerMs) =>
      [1, 8, 64].map((producers) => produced({ recordBytes, acks, lingerMs, producers })),
    ),
  ),
)

const batches = 2_000
const recordsPerBatch = 1_000
const consumedBytes = 1_024

/** Kafka's own clients, producing by their settings and consuming. */
export const javaWorkloads: readonly Workload[] = [
  {
    name: 'java-producers',
    standsFor:
      "applications with Kafka's own client: record size, acks, linger in ms, number of producers",
    durability: 'page-cache',
    cases,
    targets: [],
    chart: 'recordsPerSecond',
  },
  {
    name: 'java-consumer',
    standsFor: "an application that catches up with Kafka's own consumer: records of 1 KiB, hot",
    durability: 'page-cache',
    cases: [
      {
        name: 'consumer-perf-test',
        load: {
          client: 'consumer-perf-test',
          partitions,
          data: {
            connections: partitions,
            records: recordsPerBatch,
            'record-bytes': consumedBytes,
            requests: batches,
            duration: 120,
          },
          records: batches * recordsPerBatch,
          recordBytes: consumedBytes,
        },
      },
    ],
    targets: [{ case: 'consumer-perf-test', figure: 'mbPerSecond', timesAtLeast: 1.1 }],
    chart: 'mbPerSecond',
  },
]
