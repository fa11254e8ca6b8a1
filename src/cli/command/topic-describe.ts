import type { Admin, TopicDescription } from '../../client/index.ts'
import { type AdminCommandOptions, withAdmin } from '../admin-client.ts'
import { exitCode } from '../exit-codes.ts'
import { type Terminal, tableLines } from '../terminal.ts'

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
  options: AdminCommandOptions,
  terminal: Terminal,
): Promise<number> {
  const topics = await withAdmin(options, terminal, (admin) => describe(admin, name))
  if (options.json === true) terminal.out(JSON.stringify(topics))
  else for (const topic of topics) print(topic, terminal)
  return exitCode.success
}

async function describe(admin: Admin, name: string | undefined): Promise<Described[]> {
  const names =
    name === undefined
      ? (await admin.listTopics({ includeInternal: true })).map((topic) => topic.name)
      : [name]
  const topics = await admin.describeTopics(names)
  const resources = names.map((one) => ({ type: 'topic' as const, name: one }))
  const configs = await admin.describeConfigs(resources)
  return topics.map((topic, at) => {
    const set = configs[at]?.entries.filter(({ source }) => source === 'topic') ?? []
    return described(topic, Object.fromEntries(set.map((one) => [one.name, one.value])))
  })
}

function described(topic: TopicDescription, configs: Described['configs']): Described {
  const { name, topicId: id, isInternal: internal } = topic
  const partitions = topic.partitions.map(({ partition, leader, leaderEpoch, replicas, isr }) => ({
    partition,
    leader,
    leaderEpoch,
    replicas,
    isr,
  }))
  return { name, id, internal, configs, partitions }
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
