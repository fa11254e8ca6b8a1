import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

const packages = 'org.apache.kafka.tools'

/** The class behind each command of a Kafka installation. */
const classes = {
  'kafka-broker-api-versions': `${packages}.BrokerApiVersionsCommand`,
  'kafka-configs': 'kafka.admin.ConfigCommand',
  'kafka-console-consumer': `${packages}.consumer.ConsoleConsumer`,
  'kafka-console-producer': `${packages}.ConsoleProducer`,
  'kafka-consumer-groups': `${packages}.consumer.group.ConsumerGroupCommand`,
  'kafka-consumer-perf-test': `${packages}.ConsumerPerformance`,
  'kafka-delete-records': `${packages}.DeleteRecordsCommand`,
  'kafka-e2e-latency': `${packages}.EndToEndLatency`,
  'kafka-features': `${packages}.FeatureCommand`,
  'kafka-get-offsets': `${packages}.GetOffsetShell`,
  'kafka-log-dirs': `${packages}.LogDirsCommand`,
  'kafka-metadata-quorum': `${packages}.MetadataQuorumCommand`,
  'kafka-producer-perf-test': `${packages}.ProducerPerformance`,
  'kafka-topics': `${packages}.TopicCommand`,
  'kafka-verifiable-consumer': `${packages}.VerifiableConsumer`,
  'kafka-verifiable-producer': `${packages}.VerifiableProducer`,
} as const

/** A command of a Kafka installation. */
export type ToolName = keyof typeof classes

/** For a start as short as a JVM can have it. */
const javaOptions = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Xshare:auto', '-Xmx256m']
const minutesMax = 2

/** How a tool ended. */
export interface ToolResult {
  readonly status: number
  /** What it printed, on both streams. */
  readonly output: string
}

/** Runs a tool of the jars in a folder, with that input, to its end. */
export async function runTool(
  jars: string,
  name: ToolName,
  args: readonly string[],
  input = '',
): Promise<ToolResult> {
  const level = '-Dorg.apache.logging.log4j.level=ERROR'
  const java = [...javaOptions, level, '-cp', join(jars, '*'), classes[name], ...args]
  const child = spawn('java', java, { timeout: minutesMax * 60_000, killSignal: 'SIGKILL' })
  let output = ''
  child.stdout.on('data', (chunk) => {
    output += chunk
  })
  child.stderr.on('data', (chunk) => {
    output += chunk
  })
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  const [code] = await once(child, 'close')
  return { status: (code as number | null) ?? -1, output }
}
