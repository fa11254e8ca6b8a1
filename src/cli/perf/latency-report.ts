/** What kafka-e2e-latency prints, from the same figures. */
import type { Latencies, LatencyRange } from './latencies.ts'

/** From `send` to the record in the consumer's hand, in ms. */
export interface LatencyTotal {
  readonly records: number
  readonly averageMs: number
  readonly maxMs: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly p999Ms: number
  readonly histogram: readonly LatencyRange[]
}

/** Figures of all records. */
export function latencyTotal(latencies: Latencies): LatencyTotal {
  return {
    records: latencies.count,
    averageMs: latencies.averageMs,
    maxMs: latencies.maxMs,
    p50Ms: latencies.percentileMs(50),
    p99Ms: latencies.percentileMs(99),
    p999Ms: latencies.percentileMs(99.9),
    histogram: latencies.ranges(),
  }
}

/** The line of every thousandth record. */
export function recordLine(index: number, latencyMs: number): string {
  return `${index}\t${latencyMs.toFixed(6)}`
}

/** The last lines, as Kafka's tool has them: percentiles in whole ms. */
export function totalLines({ averageMs, p50Ms, p99Ms, p999Ms }: LatencyTotal): string[] {
  const [half, most, nearlyAll] = [p50Ms, p99Ms, p999Ms].map((ms) => Math.trunc(ms))
  return [
    `Avg latency: ${averageMs.toFixed(4)} ms`,
    `Percentiles: 50th = ${half}, 99th = ${most}, 99.9th = ${nearlyAll}`,
  ]
}
