/** What kafka-producer-perf-test prints, from the same figures. */
import { Latencies, type LatencyRange } from './latencies.ts'

/** Bytes that Kafka's tools call a MB. */
const mebibyte = 1024 * 1024

/** Records of some time. */
export interface ProduceFigures {
  readonly records: number
  readonly recordsPerSecond: number
  readonly mbPerSecond: number
  readonly averageMs: number
  readonly maxMs: number
}

/** Records of the whole run. */
export interface ProduceTotal extends ProduceFigures {
  readonly p50Ms: number
  readonly p95Ms: number
  readonly p99Ms: number
  readonly p999Ms: number
  readonly histogram: readonly LatencyRange[]
}

/** Counts records that were acknowledged, in all and since the last interval. Times in ms. */
export class ProduceReport {
  readonly #latencies = new Latencies()
  readonly #recordBytes: number
  readonly #beginMs: number
  #windowBeginMs: number
  #windowRecords = 0
  #windowSumMs = 0
  #windowMaxMs = 0

  constructor(recordBytes: number, nowMs: number) {
    this.#recordBytes = recordBytes
    this.#beginMs = nowMs
    this.#windowBeginMs = nowMs
  }

  /** One record was acknowledged that long after it was sent. */
  record(latencyMs: number): void {
    this.#latencies.record(latencyMs)
    this.#windowRecords++
    this.#windowSumMs += latencyMs
    if (latencyMs > this.#windowMaxMs) this.#windowMaxMs = latencyMs
  }

  /** Figures since the last call; undefined without a record. */
  interval(nowMs: number): ProduceFigures | undefined {
    const records = this.#windowRecords
    const elapsedMs = nowMs - this.#windowBeginMs
    const sumMs = this.#windowSumMs
    const maxMs = this.#windowMaxMs
    this.#windowBeginMs = nowMs
    this.#windowRecords = 0
    this.#windowSumMs = 0
    this.#windowMaxMs = 0
    if (records === 0) return undefined
    return { ...this.#rates(records, elapsedMs), averageMs: sumMs / records, maxMs }
  }

  /** Figures of the whole run. */
  total(nowMs: number): ProduceTotal {
    const latencies = this.#latencies
    return {
      ...this.#rates(latencies.count, nowMs - this.#beginMs),
      averageMs: latencies.averageMs,
      maxMs: latencies.maxMs,
      p50Ms: latencies.percentileMs(50),
      p95Ms: latencies.percentileMs(95),
      p99Ms: latencies.percentileMs(99),
      p999Ms: latencies.percentileMs(99.9),
      histogram: latencies.ranges(),
    }
  }

  #rates(records: number, elapsedMs: number) {
    const recordsPerSecond = elapsedMs > 0 ? (1000 * records) / elapsedMs : 0
    const mbPerSecond = (recordsPerSecond * this.#recordBytes) / mebibyte
    return { records, recordsPerSecond, mbPerSecond }
  }
}

/** The line of an interval, as Kafka's tool has it. */
export function intervalLine(figures: ProduceFigures): string {
  const { records, recordsPerSecond, mbPerSecond, averageMs, maxMs } = figures
  return [
    `${records} records sent`,
    `${recordsPerSecond.toFixed(1)} records/sec (${mbPerSecond.toFixed(2)} MB/sec)`,
    `${averageMs.toFixed(1)} ms avg latency`,
    `${maxMs.toFixed(1)} ms max latency.`,
  ].join(', ')
}

/** The last line, as Kafka's tool has it: percentiles in whole ms. */
export function totalLine(total: ProduceTotal): string {
  const { records, recordsPerSecond, mbPerSecond, averageMs, maxMs } = total
  return [
    `${records} records sent`,
    `${recordsPerSecond.toFixed(6)} records/sec (${mbPerSecond.toFixed(2)} MB/sec)`,
    `${averageMs.toFixed(2)} ms avg latency`,
    `${maxMs.toFixed(2)} ms max latency`,
    `${Math.trunc(total.p50Ms)} ms 50th`,
    `${Math.trunc(total.p95Ms)} ms 95th`,
    `${Math.trunc(total.p99Ms)} ms 99th`,
    `${Math.trunc(total.p999Ms)} ms 99.9th.`,
  ].join(', ')
}
