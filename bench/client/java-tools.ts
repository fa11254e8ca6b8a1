/** The Java client by its own performance tools, which are processes that print. */
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { runProcess } from './peer-process.ts'
import { type Figures, type Task, valueBytes } from './task.ts'

const packages = 'org.apache.kafka.tools'

/** As `kafka-run-class.sh` has it for the performance tools, without a log. */
const javaOptions = [
  '-Xmx512M',
  '-server',
  '-XX:+UseG1GC',
  '-XX:MaxGCPauseMillis=20',
  '-Dorg.apache.logging.log4j.level=ERROR',
]

/** What the tool is told to send for each second; it ends by count alone. */
const recordsPerSecondGuess = 500_000

/** What Kafka's documentation advises for throughput. */
const tunedProducer = ['linger.ms=10', 'batch.size=262144', 'buffer.memory=67108864']
const tunedConsumer = ['fetch.min.bytes=65536', 'max.poll.records=5000']

/** Runs the tool of a case from a folder of jars. */
export async function runJavaTool(jars: string, isTuned: boolean, task: Task): Promise<Figures> {
  const java = ['java', ...javaOptions, '-cp', join(jars, '*')]
  const isProducer = task.case === 'enqueue'
  const args = isProducer ? producerArguments(task, isTuned) : consumerArguments(task, isTuned)
  const { output, errors } = await runProcess([...java, ...args], '')
  const recordsPerSecond = isProducer ? producedPerSecond(output) : consumedPerSecond(output)
  if (Number.isNaN(recordsPerSecond)) throw new Error(`${task.case}: ${output}${errors}`)
  // What it does before it is warm is not told apart in its CPU time.
  return { recordsPerSecond, clientCpus: Number.NaN, brokerCpus: Number.NaN }
}

function producerArguments({ bootstrap, topic, seconds }: Task, isTuned: boolean): string[] {
  const warmUp = Math.ceil(recordsPerSecondGuess * seconds)
  const own = [`bootstrap.servers=${bootstrap}`, 'acks=1', ...(isTuned ? tunedProducer : [])]
  return [
    `${packages}.ProducerPerformance`,
    ...['--topic', topic, '--record-size', String(valueBytes), '--throughput', '-1'],
    ...['--warmup-records', String(warmUp), '--num-records', String(2 * warmUp)],
    ...['--command-property', ...own],
  ]
}

function consumerArguments({ bootstrap, topic, records }: Task, isTuned: boolean): string[] {
  const own = isTuned ? tunedConsumer.flatMap((each) => ['--command-property', each]) : []
  return [
    `${packages}.ConsumerPerformance`,
    ...['--bootstrap-server', bootstrap, '--topic', topic, '--group', randomUUID()],
    ...['--num-records', String(records), ...own],
    ...['--show-detailed-stats', '--hide-header', '--reporting-interval', '100'],
    ...['--date-format', "yyyy-MM-dd'T'HH:mm:ss.SSS"],
  ]
}

/** What `kafka-producer-perf-test` says of the records behind its warm-up; NaN if nothing. */
export function producedPerSecond(output: string): number {
  const line = /^\d+ steady state records sent, ([\d.]+) records\/sec/m.exec(output)
  return Number(line?.[1] ?? Number.NaN)
}

/**
 * What `kafka-consumer-perf-test` did behind its first third, by the lines that it prints every
 * tenth of a second; NaN if there are too few.
 */
export function consumedPerSecond(output: string): number {
  const steps = output
    .split('\n')
    .map((line) => line.split(', '))
    .filter((fields) => fields.length >= 10)
    .map((fields) => ({ ms: Date.parse(fields[0] ?? ''), records: Number(fields[4]) }))
  const last = steps.at(-1)
  if (last === undefined) return Number.NaN
  const first = steps.find(({ records }) => records >= last.records / 3)
  if (first === undefined || first === last) return Number.NaN
  return ((last.records - first.records) / (last.ms - first.ms)) * 1_000
}
