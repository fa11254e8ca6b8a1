import type { LoadOptions } from '../harness/load-generator.ts'
import type { JavaProducersLoad, Reading, Workload, WorkloadCase } from './workload.ts'

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

/** 8 consumers share as many partitions; one consumer reads as many as the producers write. */
const consumersMany = 8
const batches = 2_000
const recordsPerBatch = 1_000
const consumedBytes = 1_024

/** What is read: the same for a hot and a cold reading. */
function data(count: number): LoadOptions {
  const size = { records: recordsPerBatch, 'record-bytes': consumedBytes, requests: batches }
  return { connections: count, ...size, duration: 120 }
}

/** Kafka's own tool with one consumer, and many of Kafka's consumers in one process. */
function consumed(reading: Reading): readonly WorkloadCase[] {
  const records = batches * recordsPerBatch
  return [
    {
      name: 'consumer-perf-test',
      load: {
        client: 'consumer-perf-test',
        partitions,
        data: data(partitions),
        ...{ records, recordBytes: consumedBytes },
        ...reading,
      },
    },
    {
      name: `x${consumersMany}`,
      load: {
        client: 'java-consumers',
        partitions: consumersMany,
        consumers: consumersMany,
        data: data(consumersMany),
        ...reading,
      },
    },
  ]
}

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
    cases: consumed({}),
    targets: [
      { case: 'consumer-perf-test', figure: 'mbPerSecond', timesAtLeast: 1.1 },
      { case: `x${consumersMany}`, figure: 'mbPerSecond', timesAtLeast: 1.1 },
    ],
    chart: 'mbPerSecond',
  },
  {
    name: 'java-consumer-cold',
    standsFor: 'the same, of records that are no longer in memory',
    durability: 'page-cache',
    cases: consumed({ isCold: true }),
    targets: [
      { case: 'consumer-perf-test', figure: 'mbPerSecond', timesAtLeast: 1 },
      { case: `x${consumersMany}`, figure: 'mbPerSecond', timesAtLeast: 1 },
    ],
    chart: 'mbPerSecond',
  },
]
