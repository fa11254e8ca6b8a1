import type { LoadOptions } from '../harness/load-generator.ts'
import type { GeneratorLoad, Workload, WorkloadCase } from './workload.ts'

const partitionsUsual = 6
const mostSeconds = 120
/** Of both data sets: they stay in the page cache. */
const largeBatches: LoadOptions = { records: 1000, 'record-bytes': 1024, bytes: 2_000_000_000 }
const smallBatches: LoadOptions = { records: 4, 'record-bytes': 1000, bytes: 200_000_000 }

/** A batch that is larger than what was asked for comes alone and whole. */
const oneBatchEach: LoadOptions = { connections: 64, threads: 2, 'max-bytes': 1 }

function fetching(partitions: number, data: LoadOptions, load: LoadOptions): GeneratorLoad {
  const feeding = { connections: partitions, partitions, duration: mostSeconds, acks: 1 }
  return {
    client: 'odradek-load',
    mode: 'fetch',
    partitions,
    data: { ...feeding, ...data },
    load: { session: true, discard: true, warmup: 1, ...load },
  }
}

function fetchedHot(connections: number, partitions: number = partitionsUsual): WorkloadCase {
  return { name: nameOf(connections), load: fetching(partitions, largeBatches, { connections }) }
}

/** The same from the disk; in the pass before, which is from memory, the broker gets warm. */
function fetchedCold(connections: number, partitions: number): WorkloadCase {
  const load = fetching(partitions, largeBatches, { connections, once: true, warmup: 0 })
  const warmUp = { duration: mostSeconds }
  return { name: nameOf(connections), load: { ...load, warmUp, isCold: true } }
}

function nameOf(connections: number): string {
  return connections === 1 ? '1 connection' : `${connections} connections`
}

/** Fetching what lies in the page cache, or on the disk alone. */
export const fetchWorkloads: readonly Workload[] = [
  {
    name: 'fetch-hot',
    standsFor: 'consumers that catch up from memory: 1 MiB a request of batches of 1,000 x 1 KiB',
    durability: 'page-cache',
    cases: [fetchedHot(1), fetchedHot(6), fetchedHot(8, 8)],
    targets: [
      { case: '1 connection', figure: 'mbPerSecond', timesAtLeast: 1.2 },
      { case: '1 connection', figure: 'brokerCpuSecondsPerGb', atMost: 0.22 },
      { case: '6 connections', figure: 'mbPerSecond', timesAtLeast: 1.1 },
      { case: '6 connections', figure: 'brokerCpuSecondsPerGb', atMost: 0.2 },
      { case: '8 connections', figure: 'mbPerSecond', timesAtLeast: 1.1 },
    ],
    chart: 'mbPerSecond',
  },
  {
    name: 'fetch-cold',
    standsFor: 'consumers that catch up from the disk: 2 GB that are no longer in memory, once',
    durability: 'page-cache',
    cases: [fetchedCold(1, 1), fetchedCold(8, 8)],
    targets: [
      { case: '1 connection', figure: 'mbPerSecond', timesAtLeast: 1 },
      { case: '8 connections', figure: 'mbPerSecond', timesAtLeast: 1 },
    ],
    chart: 'mbPerSecond',
  },
  {
    name: 'fetch-small',
    standsFor: 'consumers at the end of the log: an answer is one batch of 4 KiB',
    durability: 'page-cache',
    cases: [{ name: nameOf(64), load: fetching(partitionsUsual, smallBatches, oneBatchEach) }],
    targets: [{ case: '64 connections', figure: 'requestsPerSecond', timesAtLeast: 2.5 }],
    chart: 'requestsPerSecond',
  },
]
