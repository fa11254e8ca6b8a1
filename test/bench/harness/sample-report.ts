import type { BenchRun } from '../../../bench/harness/bench-run.ts'
import type { LoadReport } from '../../../src/bench/harness/load-generator.ts'

/** What a case reports in tests: so many requests in one second, each in so many microseconds. */
export function sampleReport(requestsPerSecond: number, latency = 100): LoadReport {
  const latencyUs = { mean: latency, p50: latency, p90: latency, p99: latency, p999: latency }
  return {
    threads: 1,
    seconds: 1,
    requests: requestsPerSecond,
    records: requestsPerSecond,
    bytes: requestsPerSecond * 1_000,
    requestsPerSecond,
    recordsPerSecond: requestsPerSecond,
    mbPerSecond: requestsPerSecond / 1_000,
    latencyUs: { ...latencyUs, max: latency },
    generatorCpuSeconds: 0.5,
    generatorCpuUsPerRequest: 5,
    brokerCpuSeconds: 1,
    brokerCpuSecondsPerGb: 1,
    brokerCpuUsPerRequest: 10,
  }
}

/** A turn of a broker with these reports. */
export function sampleRun(target: string, reports: Record<string, LoadReport>): BenchRun {
  const resident = { idleRssBytes: 60 * 1024 ** 2, loadedRssBytes: 80 * 1024 ** 2 }
  return { target, round: 1, firstAnswerMs: 150, ...resident, reports }
}
