import { randomInt } from 'node:crypto'
import { ClosedError, Consumer } from '../../client/index.ts'
import { mustBeReachable } from '../admin-client.ts'
import { type ClusterOptions, clientOptions } from '../client-options.ts'
import { exitCode } from '../exit-codes.ts'
import { untilStopped } from '../interruption.ts'
import {
  type ConsumeMark,
  consumeFigures,
  intervalHeader,
  intervalLine,
  totalHeader,
  totalLine,
} from '../perf/consume-report.ts'
import { histogramLines, Latencies } from '../perf/latencies.ts'
import type { Terminal } from '../terminal.ts'

/** Options of `perf consume`. */
export interface PerfConsumeOptions extends ClusterOptions {
  readonly numRecords: number
  /** One of its own unless given. */
  readonly group?: string
  /** Where a group without offsets begins: at the end instead of the begin. */
  readonly fromLatest?: boolean
  /** Ends after so many ms without a record. */
  readonly timeout: number
  readonly reportingInterval: number
  /** A line an interval, and none at the end. */
  readonly showDetailedStats?: boolean
  readonly hideHeader?: boolean
  readonly json?: boolean
}

/** Reads records and prints what kafka-consumer-perf-test prints, with a histogram on stderr. */
export async function perfConsume(
  topic: string,
  options: PerfConsumeOptions,
  terminal: Terminal,
): Promise<number> {
  const { group, fromLatest } = options
  const client = clientOptions('consumer', options, terminal)
  await mustBeReachable(options)
  const consumer = new Consumer({
    autoOffsetReset: 'earliest',
    ...client,
    groupId: group ?? client.groupId ?? `perf-consumer-${randomInt(100_000)}`,
    ...(fromLatest === true ? { autoOffsetReset: 'latest' as const } : {}),
  })
  const run = new Run(options, terminal)
  run.header()
  try {
    await consumer.subscribe([topic], {
      onPartitionsRevoked: () => run.rebalanceBegins(),
      onPartitionsAssigned: () => run.rebalanceEnds(),
    })
    await untilStopped((stop) => run.consume(consumer, stop))
    run.end()
    // Leaving a loop leaves what it had in hand uncommitted.
    if (client.enableAutoCommit !== false) await consumer.commit()
  } finally {
    await consumer.close()
  }
  return exitCode.success
}

/** Counts what comes, and tells of it. */
class Run {
  readonly #options: PerfConsumeOptions
  readonly #terminal: Terminal
  readonly #begin: ConsumeMark = mark(0, 0, 0)
  /** How long each batch was waited for. */
  readonly #waits = new Latencies()
  #last = this.#begin
  #records = 0
  #bytes = 0
  #rebalanceMs = 0
  /** When the group began to divide partitions; undefined while it does not. */
  #dividingSinceMs: number | undefined = performance.now()

  constructor(options: PerfConsumeOptions, terminal: Terminal) {
    this.#options = options
    this.#terminal = terminal
  }

  rebalanceBegins(): void {
    this.#dividingSinceMs ??= performance.now()
  }

  rebalanceEnds(): void {
    if (this.#dividingSinceMs === undefined) return
    this.#rebalanceMs += performance.now() - this.#dividingSinceMs
    this.#dividingSinceMs = undefined
  }

  header(): void {
    const { json, hideHeader, showDetailedStats } = this.#options
    if (json === true || hideHeader === true) return
    this.#terminal.out(showDetailedStats === true ? intervalHeader : totalHeader)
  }

  /** Reads until there were enough, or none for too long, or it is told to stop. */
  async consume(consumer: Consumer, stop: AbortSignal): Promise<void> {
    const { numRecords, reportingInterval, timeout } = this.#options
    const enough = new AbortController()
    let lastMs = performance.now()
    const watching = setInterval(
      () => {
        if (performance.now() - lastMs > timeout) enough.abort()
      },
      Math.min(100, timeout),
    )
    const telling = setInterval(() => this.#interval(), reportingInterval)
    const signal = AbortSignal.any([stop, enough.signal])
    try {
      for await (const { records } of consumer.batches({ signal })) {
        this.#waits.record(performance.now() - lastMs)
        for (const { key, value } of records) {
          this.#bytes += (key?.length ?? 0) + (value?.length ?? 0)
        }
        this.#records += records.length
        lastMs = performance.now()
        if (this.#records >= numRecords) break
      }
    } catch (error) {
      if (!(error instanceof ClosedError && signal.aborted)) throw error
      if (enough.signal.aborted) this.#tellOfTimeout()
    } finally {
      clearInterval(watching)
      clearInterval(telling)
    }
  }

  /** The line of the whole run; with lines an interval that of what came since the last one. */
  end(): void {
    if (this.#options.showDetailedStats === true) this.#interval()
    const { json, showDetailedStats } = this.#options
    const figures = consumeFigures(this.#begin, this.#now())
    const histogram = this.#waits.ranges()
    if (json === true) {
      this.#terminal.out(JSON.stringify({ kind: 'total', ...figures, histogram }))
      return
    }
    if (showDetailedStats !== true) this.#terminal.out(totalLine(figures))
    this.#terminal.err('Time that each batch was waited for:')
    for (const line of histogramLines(histogram)) this.#terminal.err(line)
  }

  #interval(): void {
    const { json, showDetailedStats } = this.#options
    if (json !== true && showDetailedStats !== true) return
    const now = this.#now()
    const figures = consumeFigures(this.#last, now)
    this.#last = now
    if (json === true) this.#terminal.out(JSON.stringify({ kind: 'interval', ...figures }))
    else this.#terminal.out(intervalLine(figures, consumeFigures(this.#begin, now)))
  }

  #tellOfTimeout(): void {
    this.#terminal.err(
      'WARNING: Exiting before consuming the expected number of records: ' +
        `timeout (${this.#options.timeout} ms) exceeded. You can use the --timeout option to ` +
        'increase the timeout.',
    )
  }

  #now(): ConsumeMark {
    const since = this.#dividingSinceMs
    const underWayMs = since === undefined ? 0 : performance.now() - since
    return mark(this.#records, this.#bytes, this.#rebalanceMs + underWayMs)
  }
}

function mark(records: number, bytes: number, rebalanceMs: number): ConsumeMark {
  return { atMs: Date.now(), records, bytes, rebalanceMs }
}
