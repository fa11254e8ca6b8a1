/** The Java client by its own performance tools, which are processes that print. */
import { runProcess } from '../../src/bench/harness/run-process.ts'
import {
  runConsumerPerformance,
  toolCommand,
  toolPackage,
} from '../../src/bench/java/consumer-performance.ts'
import { type Figures, type Task, valueBytes } from './task.ts'

/** What the tool is told to send for each second; it ends by count alone. */
const recordsPerSecondGuess = 500_000

/** What Kafka's documentation advises for throughput. */
const tunedProducer = ['linger.ms=10', 'batch.size=262144', 'buffer.memory=67108864']
const tunedConsumer = ['fetch.min.bytes=65536', 'max.poll.records=5000']

/** Runs the tool of a case from a folder of jars. */
export async function runJavaTool(jars: string, isTuned: boolean, task: Task): Promise<Figures> {
  const recordsPerSecond =
    task.case === 'enqueue'
      ? await runProducerPerformance(jars, task, isTuned)
      : await runConsumerPerformance(jars, { ...task, properties: isTuned ? tunedConsumer : [] })
  // What it does before it is warm is not told apart in its CPU time.
  return { recordsPerSecond, clientCpus: Number.NaN, brokerCpus: Number.NaN }
}

async function runProducerPerformance(
  jars: string,
  { bootstrap, topic, seconds }: Task,
  isTuned: boolean,
): Promise<number> {
  const warmUp = Math.ceil(recordsPerSecondGuess * seconds)
  const own = [`bootstrap.servers=${bootstrap}`, 'acks=1', ...(isTuned ? tunedProducer : [])]
  const command = toolCommand(jars, [
    `${toolPackage}.ProducerPerformance`,
    ...['--topic', topic, '--record-size', String(valueBytes), '--throughput', '-1'],
    ...['--warmup-records', String(warmUp), '--num-records', String(2 * warmUp)],
    ...['--command-property', ...own],
  ])
  const { output, errors } = await runProcess(command, '')
  const recordsPerSecond = producedPerSecond(output)
  if (Number.isNaN(recordsPerSecond)) throw new Error(`ProducerPerformance: ${output}${errors}`)
  return recordsPerSecond
}

/** What `kafka-producer-perf-test` says of the records behind its warm-up; NaN if nothing. */
export function producedPerSecond(output: string): number {
  const line = /^\d+ steady state records sent, ([\d.]+) records\/sec/m.exec(output)
  return Number(line?.[1] ?? Number.NaN)
}
