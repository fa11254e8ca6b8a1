import { type AdminCommandOptions, withAdmin } from '../admin-client.ts'
import { exitCode } from '../exit-codes.ts'
import type { Terminal } from '../terminal.ts'

/** Options of `topic create`. */
export interface TopicCreateOptions extends AdminCommandOptions {
  readonly partitions?: number
  readonly config?: Readonly<Record<string, string>>
}

/** Creates one topic. */
export async function topicCreate(
  name: string,
  options: TopicCreateOptions,
  terminal: Terminal,
): Promise<number> {
  const { partitions: wanted, config: configs = {} } = options
  const topic = { name, configs, ...(wanted === undefined ? {} : { partitions: wanted }) }
  const [created] = await withAdmin(options, terminal, (admin) => admin.createTopics([topic]))
  const { topicId: id, partitions = 0, replicationFactor } = created ?? {}
  if (options.json === true) {
    terminal.out(JSON.stringify({ name, id, partitions, replicationFactor }))
    return exitCode.success
  }
  const counted = partitions === 1 ? '1 partition' : `${partitions} partitions`
  terminal.out(`Created topic ${name}${partitions > 0 ? ` with ${counted}` : ''}.`)
  return exitCode.success
}
