import {
  describeConfigsApi,
  ErrorCode,
  type MetadataResponseTopic,
  metadataApi,
} from '../../protocol/index.ts'
import type { BrokerConnection } from '../../transport/index.ts'
import { requireSuccess, type TopicOptions, withBroker } from '../broker-client.ts'
import { exitCode } from '../exit-codes.ts'
import { type Terminal, tableLines } from '../terminal.ts'

/** Kafka's number of the kind of resource, and of the source of a config, that we ask for. */
const resourceTopic = 2
const sourceTopic = 1

interface Described {
  readonly name: string
  readonly id: string
  readonly internal: boolean
  /** What is set on the topic itself; everything else has the broker's default. */
  readonly configs: Readonly<Record<string, string | null>>
  readonly partitions: readonly {
    readonly partition: number
    readonly leader: number
    readonly leaderEpoch: number
    readonly replicas: readonly number[]
    readonly isr: readonly number[]
  }[]
}

/** Describes one topic, or all. */
export async function topicDescribe(
  name: string | undefined,
  options: TopicOptions,
  terminal: Terminal,
): Promise<number> {
  const described = await withBroker(options.broker, (connection) => describe(connection, name))
  if (options.json === true) terminal.out(JSON.stringify(described))
  else for (const topic of described) print(topic, terminal)
  return exitCode.success
}

async function describe(
  connection: BrokerConnection,
  name: string | undefined,
): Promise<Described[]> {
  const { topics } = await connection.call(metadataApi, {
    topics: name === undefined ? null : [{ name }],
    allowAutoTopicCreation: false,
  })
  for (const topic of topics) {
    // A topic without a leader is described all the same.
    if (topic.errorCode === ErrorCode.LEADER_NOT_AVAILABLE) continue
    const unknown = topic.errorCode === ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
    const reason = unknown ? 'There is no topic of this name' : null
    requireSuccess(`Cannot describe topic "${topic.name ?? ''}"`, topic.errorCode, reason)
  }
  const sorted = [...topics].sort((a, b) => ((a.name ?? '') < (b.name ?? '') ? -1 : 1))
  const configs = await topicConfigs(
    connection,
    sorted.map((topic) => topic.name ?? ''),
  )
  return sorted.map((topic) => described(topic, configs.get(topic.name ?? '') ?? {}))
}

function described(topic: MetadataResponseTopic, configs: Described['configs']): Described {
  return {
    name: topic.name ?? '',
    id: topic.topicId,
    internal: topic.isInternal,
    configs,
    partitions: topic.partitions
      .map(({ partitionIndex, leaderId, leaderEpoch, replicaNodes, isrNodes }) => ({
        partition: partitionIndex,
        leader: leaderId,
        leaderEpoch,
        replicas: replicaNodes,
        isr: isrNodes,
      }))
      .sort((a, b) => a.partition - b.partition),
  }
}

/** What is set on each topic. */
async function topicConfigs(
  connection: BrokerConnection,
  names: readonly string[],
): Promise<Map<string, Record<string, string | null>>> {
  const configs = new Map<string, Record<string, string | null>>()
  if (names.length === 0) return configs
  const { results } = await connection.call(describeConfigsApi, {
    resources: names.map((resourceName) => ({
      resourceType: resourceTopic,
      resourceName,
      configurationKeys: null,
    })),
  })
  for (const { resourceName, errorCode, errorMessage, configs: entries } of results) {
    requireSuccess(`Cannot read the configs of "${resourceName}"`, errorCode, errorMessage)
    const set = entries.filter(({ configSource }) => configSource === sourceTopic)
    configs.set(resourceName, Object.fromEntries(set.map(({ name, value }) => [name, value])))
  }
  return configs
}

function print(topic: Described, terminal: Terminal): void {
  const { styles } = terminal
  const marks = topic.internal ? '  internal' : ''
  terminal.out(`${styles.heading(topic.name)}  ${styles.faint(topic.id)}${marks}`)
  for (const [name, value] of Object.entries(topic.configs))
    terminal.out(`  ${name}=${value ?? ''}`)
  const rows = topic.partitions.map(({ partition, leader, leaderEpoch, replicas, isr }) => [
    partition,
    leader,
    leaderEpoch,
    replicas.join(','),
    isr.join(','),
  ])
  const headings = ['PARTITION', 'LEADER', 'EPOCH', 'REPLICAS', 'ISR']
  for (const line of tableLines(headings, rows, styles)) terminal.out(`  ${line}`)
}
