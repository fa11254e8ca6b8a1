import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BrokerTarget, Settings } from './broker-target.ts'

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

/** Apache Kafka from a folder of its jars. */
export function kafkaTarget(jars: string): BrokerTarget {
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

/** The version of Apache Kafka in a folder of jars, for instance 4.3.1; '' if it has none. */
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
  isDynamic: boolean = true,
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
