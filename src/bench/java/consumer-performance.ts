import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { runProcess } from '../harness/run-process.ts'

/** The package of Kafka's performance tools. */
export const toolPackage = 'org.apache.kafka.tools'

/** What one run of `kafka-consumer-perf-test` reads. */
export interface ConsumerPerformance {
  readonly bootstrap: string
  readonly topic: string
  readonly records: number
  /** Client configs, as `NAME=VALUE`; the tool's own defaults without any. */
  readonly properties?: readonly string[]
}

/** A command that runs a program from a folder of Kafka's jars as `kafka-run-class.sh` does. */
export function toolCommand(jars: string, args: readonly string[]): readonly string[] {
  const options = [
    '-Xmx512M',
    '-server',
    '-XX:+UseG1GC',
    '-XX:MaxGCPauseMillis=20',
    '-Dorg.apache.logging.log4j.level=ERROR',
  ]
  return ['java', ...options, '-cp', join(jars, '*'), ...args]
}

/**
 * Reads a topic by `kafka-consumer-perf-test`, in a group of its own, and resolves with the records
 * a second behind the first third of them. Rejects with what the tool printed if it tells none.
 */
export async function runConsumerPerformance(
  jars: string,
  { bootstrap, topic, records, properties = [] }: ConsumerPerformance,
): Promise<number> {
  const command = toolCommand(jars, [
    `${toolPackage}.ConsumerPerformance`,
    ...['--bootstrap-server', bootstrap, '--topic', topic, '--group', randomUUID()],
    ...['--num-records', String(records)],
    ...properties.flatMap((each) => ['--command-property', each]),
    ...['--show-detailed-stats', '--hide-header', '--reporting-interval', '100'],
    ...['--date-format', "yyyy-MM-dd'T'HH:mm:ss.SSS"],
  ])
  const { output, errors } = await runProcess(command, '')
  const recordsPerSecond = consumedPerSecond(output)
  if (Number.isNaN(recordsPerSecond)) throw new Error(`ConsumerPerformance: ${output}${errors}`)
  return recordsPerSecond
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
