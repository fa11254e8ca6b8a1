import { systemRandom } from '../../base/random.ts'
import { ClientError, Consumer, Producer } from '../../client/index.ts'
import { silence, withAdmin } from '../admin-client.ts'
import { type ClusterOptions, clientOptions } from '../client-options.ts'
import { exitCode } from '../exit-codes.ts'
import { untilStopped } from '../interruption.ts'
import { histogramLines, Latencies } from '../perf/latencies.ts'
import { latencyTotal, recordLine, totalLines } from '../perf/latency-report.ts'
import { Payload } from '../perf/payload.ts'
import type { Terminal } from '../terminal.ts'

/** Options of `perf latency`. */
export interface PerfLatencyOptions extends ClusterOptions {
  readonly numRecords: number
  /** Bytes of each value. */
  readonly recordSize: number
  /** A config of that name wins. */
  readonly acks: 'all' | 1
  readonly json?: boolean
}

/** How often a record's latency is told, as Kafka's tool does it. */
const toldEvery = 1000
/** The longest that one record may take. */
const patienceMs = 60_000

/**
 * Sends one record at a time and waits until it is consumed; prints what kafka-e2e-latency prints,
 * with a histogram on stderr. Creates the topic where it is not there.
 */
export async function perfLatency(
  topic: string,
  options: PerfLatencyOptions,
  terminal: Terminal,
): Promise<number> {
  const { partitions, isNew } = await partitionsOf(topic, options)
  if (isNew) terminal.err(`Created topic ${topic} with 1 partition.`)
  const { acks } = options
  const producer = new Producer({ acks, ...clientOptions('producer', options, terminal) })
  const consumer = new Consumer({
    ...clientOptions('consumer', options, terminal),
    enableAutoCommit: false,
  })
  const latencies = new Latencies()
  try {
    consumer.assign(partitions)
    consumer.seekToEnd()
    // Positions are known before the first record is sent, so that it is not missed.
    for (const partition of partitions) await consumer.position(partition)
    await untilStopped((stop) =>
      measure({ topic, producer, consumer, stop, options }, (index, ms) => {
        latencies.record(ms)
        if (index % toldEvery !== 0) return
        const told = JSON.stringify({ kind: 'record', index, latencyMs: ms })
        terminal.out(options.json === true ? told : recordLine(index, ms))
      }),
    )
  } finally {
    await Promise.all([producer.close(), consumer.close()])
  }
  const total = latencyTotal(latencies)
  if (options.json === true) terminal.out(JSON.stringify({ kind: 'total', ...total }))
  else {
    for (const line of totalLines(total)) terminal.out(line)
    for (const line of histogramLines(total.histogram)) terminal.err(line)
  }
  return exitCode.success
}

interface Measuring {
  readonly topic: string
  readonly producer: Producer
  readonly consumer: Consumer
  readonly stop: AbortSignal
  readonly options: PerfLatencyOptions
}

async function measure(
  { topic, producer, consumer, stop, options }: Measuring,
  tell: (index: number, latencyMs: number) => void,
): Promise<void> {
  const payload = new Payload(options.recordSize, systemRandom)
  for (let index = 0; index < options.numRecords && !stop.aborted; index++) {
    const beginMs = performance.now()
    const { partition, offset } = await producer.send({ topic, value: payload.next() })
    await arrival(consumer, partition, offset)
    tell(index, performance.now() - beginMs)
  }
}

/** Resolves when a record is in hand; records of others, who may write too, are passed over. */
async function arrival(consumer: Consumer, partition: number, offset: number): Promise<void> {
  const untilMs = performance.now() + patienceMs
  for (;;) {
    const timeoutMs = untilMs - performance.now()
    if (timeoutMs <= 0) {
      throw new Error(`The record at offset ${offset} did not come within ${patienceMs} ms.`)
    }
    for (const one of await consumer.poll({ timeoutMs })) {
      if (one.partition === partition && one.offset >= offset) return
    }
  }
}

function partitionsOf(topic: string, options: ClusterOptions) {
  return withAdmin(options, silence, async (admin) => {
    const [found] = await admin.describeTopics([topic]).catch((error: unknown) => {
      const isAbsent = error instanceof ClientError && error.code === 'UNKNOWN_TOPIC_OR_PARTITION'
      if (isAbsent) return []
      throw error
    })
    const isNew = found === undefined
    if (isNew) await admin.createTopics([{ name: topic, partitions: 1, replicationFactor: 1 }])
    const count = found?.partitionCount ?? 1
    const partitions = Array.from({ length: count }, (_, partition) => ({ topic, partition }))
    return { partitions, isNew }
  })
}
