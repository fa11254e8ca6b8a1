import { systemRandom } from '../../base/random.ts'
import { Producer } from '../../client/index.ts'
import { mustBeReachable } from '../admin-client.ts'
import { type ClusterOptions, clientOptions } from '../client-options.ts'
import { exitCode } from '../exit-codes.ts'
import { untilStopped } from '../interruption.ts'
import { histogramLines } from '../perf/latencies.ts'
import { Payload } from '../perf/payload.ts'
import { intervalLine, ProduceReport, totalLine } from '../perf/produce-report.ts'
import { sendPaced } from '../perf/send-paced.ts'
import type { Terminal } from '../terminal.ts'

/** Options of `perf produce`. */
export interface PerfProduceOptions extends ClusterOptions {
  readonly numRecords: number
  /** Bytes of each value; keys are null. */
  readonly recordSize: number
  /** Records a second; below or at 0 as many as can be. */
  readonly throughput: number
  /** Records without an acknowledgement at a time, at most. */
  readonly inFlight: number
  readonly reportingInterval: number
  readonly json?: boolean
}

/** Kafka's default, and ours. */
const bufferMemoryDefault = 32 * 1024 * 1024
/** What a record takes in a batch beside its value, and then some. */
const overheadBytes = 100

/** Sends records and prints what kafka-producer-perf-test prints, with a histogram on stderr. */
export async function perfProduce(
  topic: string,
  options: PerfProduceOptions,
  terminal: Terminal,
): Promise<number> {
  const { numRecords: records, recordSize, throughput, reportingInterval } = options
  const client = clientOptions('producer', options, terminal)
  await mustBeReachable(options)
  const payload = new Payload(recordSize, systemRandom)
  const producer = new Producer(client)
  // A full buffer would let records wait, and fail in the end, before they are sent.
  const fitting = (client.bufferMemory ?? bufferMemoryDefault) / 2 / (recordSize + overheadBytes)
  const inFlight = Math.max(1, Math.min(options.inFlight, Math.floor(fitting)))
  const report = new ProduceReport(recordSize, performance.now())
  const say = (kind: string, figures: object, line: string): void =>
    terminal.out(options.json === true ? JSON.stringify({ kind, ...figures }) : line)
  const timer = setInterval(() => {
    const figures = report.interval(performance.now())
    if (figures !== undefined) say('interval', figures, intervalLine(figures))
  }, reportingInterval)
  try {
    await untilStopped((stop) =>
      sendPaced(
        { records, throughput, inFlight, stop },
        () => producer.send({ topic, value: payload.next() }),
        (ms) => report.record(ms),
      ),
    )
  } finally {
    clearInterval(timer)
    const total = report.total(performance.now())
    if (total.records > 0) {
      say('total', total, totalLine(total))
      if (options.json !== true)
        for (const line of histogramLines(total.histogram)) terminal.err(line)
    }
    await producer.close()
  }
  return exitCode.success
}
