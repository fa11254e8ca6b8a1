import type { LoadOptions } from '../harness/load-generator.ts'
import type { GeneratorLoad, Workload } from './workload.ts'

/** Warm-up and measured part together stay below the limit at which writers wait for the disk. */
const warmUpBytes = 400_000_000
const measuredBytes = 2_400_000_000

/** Time for a warm-up, which ends by its own limit long before. */
const warmUpSeconds = 60

function produce(load: LoadOptions, warmUp: LoadOptions): GeneratorLoad {
  return {
    client: 'odradek-load',
    mode: 'produce',
    partitions: 6,
    warmUp: { ...warmUp, duration: warmUpSeconds },
    load: { acks: 1, bytes: measuredBytes, ...load },
  }
}

/** Producing with acks=1 into the page cache. */
export const produceWorkloads: readonly Workload[] = [
  {
    name: 'produce-batches',
    standsFor: 'ingestion at full speed: 1,000 records of 1 KiB a request on 6 connections',
    durability: 'page-cache',
    cases: [
      {
        name: 'batches',
        load: produce(
          { connections: 6, records: 1000, 'record-bytes': 1024 },
          { bytes: warmUpBytes },
        ),
      },
    ],
    targets: [
      { case: 'batches', figure: 'mbPerSecond', timesAtLeast: 2 },
      { case: 'batches', figure: 'mbPerSecond', atLeast: 1_900 },
      { case: 'batches', figure: 'brokerCpuSecondsPerGb', atMost: 0.42 },
      { case: null, figure: 'loadedRssBytes', atMost: 150 * 1024 ** 2 },
    ],
    chart: 'mbPerSecond',
  },
  {
    name: 'produce-small',
    standsFor: 'many services that send an event as it happens: a record of 100 bytes a request',
    durability: 'page-cache',
    cases: [
      {
        name: '64 connections',
        load: produce(
          { connections: 64, threads: 2, records: 1, 'record-bytes': 100 },
          { requests: 100_000 },
        ),
      },
    ],
    targets: [
      { case: '64 connections', figure: 'requestsPerSecond', timesAtLeast: 2.5 },
      { case: '64 connections', figure: 'brokerCpuUsPerRequest', atMost: 6 },
    ],
    chart: 'requestsPerSecond',
  },
  {
    name: 'produce-one-by-one',
    standsFor: 'a caller that waits for every answer: one record of 1 KiB in flight',
    durability: 'page-cache',
    cases: [
      {
        name: '1 connection',
        load: produce({ connections: 1, records: 1, 'record-bytes': 1024 }, { requests: 10_000 }),
      },
      // Without the wake-up of the client's thread, which both brokers' figures have in them above.
      {
        name: 'looking client',
        load: produce(
          { connections: 1, records: 1, 'record-bytes': 1024, look: true },
          { requests: 10_000 },
        ),
      },
    ],
    targets: [
      { case: '1 connection', figure: 'requestsPerSecond', timesAtLeast: 2.2 },
      { case: '1 connection', figure: 'latencyUs.p50', atMost: 40 },
    ],
    chart: 'requestsPerSecond',
  },
  {
    name: 'connection-storm',
    standsFor: 'all clients come back at once: 10,000 connections, a record of 100 bytes on each',
    durability: 'page-cache',
    cases: [
      {
        name: '10000 connections',
        load: {
          client: 'odradek-load',
          mode: 'produce',
          partitions: 6,
          load: { connections: 10_000, threads: 2, acks: 1, records: 1, 'record-bytes': 100 },
        },
      },
    ],
    targets: [],
    chart: 'connectionsPerSecond',
  },
]
