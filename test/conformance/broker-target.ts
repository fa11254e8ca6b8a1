import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { buildFolder, sanitizedEnvironment } from '../../scripts/sanitized.mjs'

/** Broker configs by Kafka's dotted names. */
export type Settings = Readonly<Record<string, string>>

/** How one kind of broker is started on a folder of its own. */
export interface BrokerTarget {
  readonly name: 'odradek' | 'kafka'
  /** True if it says `odradek listening on HOST:PORT, data in DIR` when it answers. */
  readonly saysWhenReady: boolean
  /** Exit codes after SIGTERM that mean a clean stop. */
  readonly cleanExitCodes: readonly number[]
  /** Brings an empty folder into the state that the first start needs. */
  prepare(folder: string, port: number, settings: Settings): void
  /** The program and its arguments. */
  command(folder: string, port: number, settings: Settings): readonly string[]
  /** The environment that the program runs in. */
  environment(): NodeJS.ProcessEnv
}

const root = resolve(import.meta.dirname, '..', '..')

/** This project's broker, as a user starts it. */
export const odradekTarget: BrokerTarget = {
  name: 'odradek',
  saysWhenReady: true,
  cleanExitCodes: [0],
  prepare: () => {},
  command(folder, port, settings) {
    const set = Object.entries(settings).flatMap(([name, value]) => ['--set', `${name}=${value}`])
    const bin = join(root, 'bin', 'odradek.js')
    // --listen would replace what the settings say about listeners.
    const isAdvertised = settings['advertised.listeners'] !== undefined
    const listen = isAdvertised
      ? ['--set', `listeners=PLAINTEXT://127.0.0.1:${port}`]
      : ['--listen', `127.0.0.1:${port}`]
    const data = settings['log.dirs'] === undefined ? ['--data', join(folder, 'data')] : []
    return [process.execPath, bin, 'start', ...listen, ...data, ...set]
  },
  environment: () => process.env,
}

/** The same with the addon that `make -C test/native VARIANT=… addon` builds. */
export function sanitizedTarget(variant: string): BrokerTarget {
  const addon = join(buildFolder(variant), 'odradek.node')
  if (!existsSync(addon)) {
    throw new Error(`There is no ${addon}; node scripts/sanitized.mjs ${variant} true builds it.`)
  }
  return { ...odradekTarget, environment: () => sanitizedEnvironment(variant) }
}

/** The release's own JVM options, without its log configuration. */
const javaOptions = [
  '-Xmx1G',
  '-Xms1G',
  '-server',
  '-XX:+UseG1GC',
  '-XX:MaxGCPauseMillis=20',
  '-XX:InitiatingHeapOccupancyPercent=35',
  '-XX:+ExplicitGCInvokesConcurrent',
  '-Djava.awt.headless=true',
]

/** The reference broker, from a folder of jars (see apache-kafka/setup.sh). */
export function kafkaTarget(jars: string = kafkaJars()): BrokerTarget {
  const classpath = join(jars, '*')
  return {
    name: 'kafka',
    saysWhenReady: false,
    // A JVM that ends by SIGTERM reports 128 + 15.
    cleanExitCodes: [0, 143],
    prepare(folder, port, settings) {
      mkdirSync(folder, { recursive: true })
      const file = join(folder, 'server.properties')
      const isDynamic = hasDynamicQuorum(jars)
      writeFileSync(file, serverProperties(folder, port, settings, isDynamic))
      const tool = (...args: string[]) =>
        execFileSync('java', ['-cp', classpath, 'kafka.tools.StorageTool', ...args], {
          encoding: 'utf8',
          stdio: ['ignore', 'pipe', 'pipe'],
        })
      const clusterId = tool('random-uuid').trim()
      const quorum = isDynamic ? ['--standalone'] : []
      tool('format', ...quorum, '-t', clusterId, '-c', file)
    },
    command(folder) {
      const file = join(folder, 'server.properties')
      return ['java', ...javaOptions, '-cp', classpath, 'kafka.Kafka', file]
    },
    environment: () => process.env,
  }
}

/**
 * Where apache-kafka/setup.sh puts the jars of Apache Kafka 4.3.1, or of the version that
 * $CONFORMANCE_KAFKA_VERSION names; $KAFKA_HOME where that is set.
 */
export function kafkaJars(): string {
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache')
  const version = process.env['CONFORMANCE_KAFKA_VERSION'] ?? '4.3.1'
  return process.env['KAFKA_HOME'] ?? join(cache, 'odradek', `kafka-${version}`)
}

/** The same folder; whoever asks first on a machine fetches the jars into it. */
export function fetchedJars(): string {
  const script = join(import.meta.dirname, 'apache-kafka', 'setup.sh')
  const { status, stdout, error } = spawnSync(script, { encoding: 'utf8' })
  const lastLine = (stdout ?? '').trim().split('\n').at(-1) ?? ''
  if (status !== 0) throw new Error(lastLine || `${script}: ${error ?? `exit code ${status}`}`)
  return lastLine
}

/** The version of Apache Kafka in a folder of jars, for instance 4.3.1. */
export function kafkaVersion(jars: string): string {
  const jar = readdirSync(jars).find((name) => name.startsWith('kafka-server-common-'))
  return /-(\d+(\.\d+)+)/.exec(jar ?? '')?.[1] ?? ''
}

/** Voters of the controller can change since Apache Kafka 3.9 (KIP-853). */
function hasDynamicQuorum(jars: string): boolean {
  const [major = 0, minor = 0] = kafkaVersion(jars).split('.').map(Number)
  return major > 3 || minor >= 9
}

/** The configuration file of a single node whose data lie in `folder`/data. */
export function serverProperties(
  folder: string,
  port: number,
  settings: Settings,
  isDynamic = true,
): string {
  const [broker, controller] = [`127.0.0.1:${port}`, `127.0.0.1:${port + 1}`]
  const clients = `PLAINTEXT://${broker}`
  const listeners = `${clients},CONTROLLER://${controller}`
  const quorum: Settings = isDynamic
    ? { 'controller.quorum.bootstrap.servers': controller, 'advertised.listeners': listeners }
    : { 'controller.quorum.voters': `1@${controller}`, 'advertised.listeners': clients }
  const properties: Settings = {
    'process.roles': 'broker,controller',
    'node.id': '1',
    listeners,
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
    ...quorum,
    'log.dirs': join(folder, 'data'),
    'offsets.topic.replication.factor': '1',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'share.coordinator.state.topic.replication.factor': '1',
    'share.coordinator.state.topic.min.isr': '1',
    ...settings,
  }
  return Object.entries(properties)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')
}

/**
 * The broker that the suites run against: $CONFORMANCE_TARGET, `odradek` (default) or `kafka`; with
 * $CONFORMANCE_SANITIZER, `asan` or `tsan`, our broker on the addon of that variant.
 */
export function targetFromEnvironment(): BrokerTarget {
  const name = process.env['CONFORMANCE_TARGET'] ?? 'odradek'
  const variant = process.env['CONFORMANCE_SANITIZER']
  if (name === 'odradek') return variant ? sanitizedTarget(variant) : odradekTarget
  if (name === 'kafka') return kafkaTarget(fetchedJars())
  throw new Error(`CONFORMANCE_TARGET is odradek or kafka, not ${name}`)
}
