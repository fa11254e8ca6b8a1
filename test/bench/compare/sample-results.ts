import type { Results, Turn, WorkloadResults } from '../../../src/bench/compare/results.ts'
import { sampleReport } from '../harness/sample-report.ts'

/** The sides of {@link sampleResults}. */
export const sampleSides = ['odradek', 'kafka'] as const

/** A turn whose one case did so many requests a second. */
export function sampleTurn(side: string, round: number, requestsPerSecond: number): Turn {
  return {
    side,
    round,
    durability: { 'flush.messages': '1' },
    othersCores: 0,
    broker: {
      firstAnswerMs: 10,
      firstProduceMs: side === 'odradek' ? 20 : 2_000,
      idleRssBytes: 50 * 1024 ** 2,
      loadedRssBytes: 60 * 1024 ** 2,
      peakRssBytes: 70 * 1024 ** 2,
    },
    cases: { one: { ...sampleReport(requestsPerSecond), clientBusy: 0.5 } },
  }
}

/** A workload whose sides did these requests a second, round by round. */
export function sampleWorkload(
  ours: readonly number[],
  theirs: readonly number[],
  more: Partial<WorkloadResults> = {},
): WorkloadResults {
  const turns = [
    ...ours.map((value, i) => sampleTurn('odradek', i + 1, value)),
    ...theirs.map((value, i) => sampleTurn('kafka', i + 1, value)),
  ]
  const texts = { name: 'sample', standsFor: 'a <test>', chart: 'requestsPerSecond' }
  return { ...texts, targets: [], turns, ...more }
}

/** A whole run with these workloads. */
export function sampleResults(workloads: readonly WorkloadResults[]): Results {
  const machine = { cpu: 'cpu', cores: 2, memoryGib: 24, kernel: '6', node: 'v20', load: 0 }
  return {
    begun: '2026-01-01T00:00:00.000Z',
    machine,
    sides: sampleSides,
    versions: { odradek: '1', kafka: '2' },
    cold: false,
    secondsMax: 5,
    settings: {},
    workloads,
  }
}
