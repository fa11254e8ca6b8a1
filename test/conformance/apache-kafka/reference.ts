/** Apache Kafka 4.3.1 on a directory that already exists. */
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  type BrokerTarget,
  kafkaJars,
  kafkaTarget,
  type Settings,
  serverProperties,
  targetFromEnvironment,
} from '../broker-target.ts'
import { setUp } from '../client-tools.ts'

/** The folder of the jars. */
export const jars: string = kafkaJars()

/**
 * Why Apache Kafka cannot run here, undefined where it can. Fetches its jars where they are not
 * there yet: whoever asks first, once for all tests of a machine.
 */
export function kafkaObstacle(): string | undefined {
  const isRunnable = spawnSync('java', ['-version'], { stdio: 'ignore' }).status === 0
  if (!isRunnable) return 'java is not installed; Debian: default-jdk-headless'
  return setUp(join(import.meta.dirname, 'setup.sh')).obstacle
}

/** Whether Apache Kafka can run here; says so otherwise. */
export function hasKafka(): boolean {
  const obstacle = kafkaObstacle()
  if (obstacle !== undefined) console.log(`skipped: ${obstacle}`)
  return obstacle === undefined
}

const logConfiguration = `Configuration:
  Appenders:
    Console:
      name: STDOUT
      PatternLayout: { pattern: "kafka %p %m (%c{1})%n" }
  Loggers:
    Root:
      level: INFO
      AppenderRef: { ref: STDOUT }
`

/**
 * What Kafka says where a node is its own controller, whoever wrote its directory: on one that only
 * Kafka itself has used, each start says the first and each stop the second, and no start says
 * anything else above INFO.
 *
 * A start on our directory says no more since our clean stop is Kafka's controlled shutdown. While
 * the partitions kept their leader, Kafka began to load the groups of `__consumer_offsets` from its
 * replayed metadata, and now and then its own registration and election came before it was done:
 * "Failed to load metadata from __consumer_offsets-N ... no longer the leader".
 */
const harmless = [
  /Performing controller activation/,
  /Attempting to close NetworkClient that has already been closed/,
]

/** Kafka's lines above INFO, in words of a log that this module configured. */
export function complaintsIn(log: string): readonly string[] {
  const lines = log.split('\n').filter((line) => /^kafka (WARN|ERROR|FATAL)/.test(line))
  return lines.filter((line) => !harmless.some((known) => known.test(line)))
}

/** Our broker and Kafka by turns on one folder and port: `current` says who starts next. */
export class Turns implements BrokerTarget {
  current: 'odradek' | 'kafka' = 'odradek'
  readonly #odradek = targetFromEnvironment()
  readonly #kafka = kafkaTarget(jars)

  get name(): 'odradek' | 'kafka' {
    return this.current
  }
  get saysWhenReady(): boolean {
    return this.#target.saysWhenReady
  }
  get cleanExitCodes(): readonly number[] {
    return this.#target.cleanExitCodes
  }

  /** Formats nothing: whoever starts first makes the directory. */
  prepare(folder: string, port: number, settings: Settings): void {
    writeFileSync(join(folder, 'server.properties'), serverProperties(folder, port, settings))
    writeFileSync(join(folder, 'log4j2.yaml'), logConfiguration)
  }
  command(folder: string, port: number, settings: Settings): readonly string[] {
    const [program = '', ...args] = this.#target.command(folder, port, settings)
    if (this.current === 'odradek') return [program, ...args]
    return [program, `-Dlog4j2.configurationFile=${join(folder, 'log4j2.yaml')}`, ...args]
  }
  environment(): NodeJS.ProcessEnv {
    return this.#target.environment()
  }

  get #target(): BrokerTarget {
    return this.current === 'odradek' ? this.#odradek : this.#kafka
  }
}
