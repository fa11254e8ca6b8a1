import type { LoadOptions } from '../harness/load-generator.ts'
import type { RateShare, Workload, WorkloadCase } from './workload.ts'

const partitions = 8
/** Below the limit at which writers wait for the disk. */
const bytes = 2_400_000_000

function through(name: string, load: LoadOptions, warmUp: LoadOptions, rate?: RateShare) {
  return {
    name,
    load: {
      client: 'odradek-load' as const,
      mode: 'end-to-end' as const,
      partitions,
      warmUp,
      load: { connections: partitions, acks: 1, records: 1, 'record-bytes': 1024, bytes, ...load },
      ...(rate === undefined ? {} : { rate }),
    },
  }
}

/** As many requests as Kafka's own producer leaves unanswered. */
const peak = through('peak', { 'in-flight': 5 }, { requests: 200_000, duration: 60 })

/** Enough that a stall does not keep requests from being sent. */
const inFlight = 512

function atShare(percent: number, whose: RateShare['whose']): WorkloadCase {
  const rate = { of: peak.name, share: percent / 100, whose }
  const name = `${percent} % of ${whose === 'own' ? 'its own' : "the slower's"}`
  return through(name, { 'in-flight': inFlight }, { duration: 1 }, rate)
}

/** From when a request is due until a consumer has its record. */
export const endToEndWorkloads: readonly Workload[] = [
  {
    name: 'end-to-end',
    standsFor:
      'one service hears of another: 1 KiB, from when it is due until a consumer at the end has it',
    durability: 'page-cache',
    // Full speed comes first: a JVM that has not compiled its code yet is another broker.
    cases: [
      peak,
      ...[10, 50, 90].map((percent) => atShare(percent, 'own')),
      ...[10, 50, 90].map((percent) => atShare(percent, 'slower')),
    ],
    targets: [
      { case: 'peak', figure: 'requestsPerSecond', timesAtLeast: 2.5 },
      { case: "50 % of the slower's", figure: 'latencyUs.p50', timesAtMost: 0.5 },
      { case: "50 % of the slower's", figure: 'latencyUs.p99', timesAtMost: 0.2 },
      { case: "90 % of the slower's", figure: 'latencyUs.p99', timesAtMost: 0.2 },
      { case: null, figure: 'loadedRssBytes', atMost: 150 * 1024 ** 2 },
    ],
    chart: 'latencyUs.p99',
  },
]
