import type { LoadOptions } from '../harness/load-generator.ts'
import type { Workload, WorkloadCase } from './workload.ts'

const partitions = 6
const mostSeconds = 120
/** Of both data sets: they stay in the page cache. */
const largeBatches: LoadOptions = { records: 1000, 'record-bytes': 1024, bytes: 2_000_000_000 }
const smallBatches: LoadOptions = { records: 4, 'record-bytes': 1000, bytes: 200_000_000 }

function fetched(
  name: string,
  connections: number,
  data: LoadOptions,
  load: LoadOptions,
): WorkloadCase {
  const feeding = { connections: partitions, partitions, duration: mostSeconds, acks: 1 }
  return {
    name,
    load: {
      client: 'odradek-load',
      mode: 'fetch',
      partitions,
      data: { ...feeding, ...data },
      load: { connections, session: true, discard: true, warmup: 1, ...load },
    },
  }
}

/** Fetching what lies in the page cache. */
export const fetchWorkloads: readonly Workload[] = [
  {
    name: 'fetch-hot',
    standsFor: 'consumers that catch up from memory: 1 MiB a request of batches of 1,000 x 1 KiB',
    durability: 'page-cache',
    cases: [
      fetched('1 connection', 1, largeBatches, {}),
      fetched('6 connections', 6, largeBatches, {}),
    ],
    targets: [
      { case: '1 connection', figure: 'mbPerSecond', timesAtLeast: 1.2 },
      { case: '1 connection', figure: 'brokerCpuSecondsPerGb', atMost: 0.22 },
      { case: '6 connections', figure: 'mbPerSecond', timesAtLeast: 1.1 },
      { case: '6 connections', figure: 'brokerCpuSecondsPerGb', atMost: 0.2 },
    ],
    chart: 'mbPerSecond',
  },
  {
    name: 'fetch-small',
    standsFor: 'consumers at the end of the log: an answer is one batch of 4 KiB',
    durability: 'page-cache',
    // A batch that is larger than what was asked for comes alone and whole.
    cases: [fetched('64 connections', 64, smallBatches, { 'max-bytes': 1, threads: 2 })],
    targets: [{ case: '64 connections', figure: 'requestsPerSecond', timesAtLeast: 2.5 }],
    chart: 'requestsPerSecond',
  },
]
