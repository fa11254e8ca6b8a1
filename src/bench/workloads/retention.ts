import type { Workload } from './workload.ts'

const mib = 1024 ** 2
const partitions = 6
const segmentBytes = 8 * mib
const retainedBytes = 32 * mib
const lookMs = 1_000
/** Of 1,024 bytes each: about 55 MB. */
const recordsPerSecond = 50_000
const recordsPerBatch = 10

/**
 * What may be there: of each partition what is retained, a segment above it that would leave less,
 * and the active one; and what comes while nobody looks, and while dropped files wait.
 */
const diskBytes =
  partitions * (retainedBytes + 2 * segmentBytes) + ((recordsPerSecond * 1_100) / 1e3) * 3 * lookMs

/** Rolling and deleting segments all the time. */
export const retentionWorkloads: readonly Workload[] = [
  {
    name: 'retention-churn',
    standsFor:
      'a day of retention in half a minute: segments of 8 MiB roll and are deleted all the time',
    durability: 'page-cache',
    topicConfigs: {
      'segment.bytes': String(segmentBytes),
      'retention.bytes': String(retainedBytes),
      'file.delete.delay.ms': String(lookMs),
    },
    settings: {
      'log.retention.check.interval.ms': String(lookMs),
      'log.initial.task.delay.ms': String(lookMs),
    },
    cases: [
      {
        name: '50000/s',
        load: {
          client: 'odradek-load',
          mode: 'end-to-end',
          partitions,
          warmUp: { duration: 5 },
          load: {
            connections: partitions,
            acks: 1,
            records: recordsPerBatch,
            'record-bytes': 1024,
            'in-flight': 512,
            rate: recordsPerSecond / recordsPerBatch,
          },
          lasts: 6,
          watchesDisk: true,
        },
      },
    ],
    targets: [
      { case: '50000/s', figure: 'diskMostBytes', atMost: diskBytes },
      { case: '50000/s', figure: 'segmentsDropped', atLeast: 30 },
      { case: '50000/s', figure: 'latencyUs.p99', timesAtMost: 0.5 },
    ],
    chart: 'latencyUs.p99',
  },
]
