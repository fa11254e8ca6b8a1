import { type AdminCommandOptions, withAdmin } from '../admin-client.ts'
import { exitCode } from '../exit-codes.ts'
import type { Terminal } from '../terminal.ts'

/** Options of `topic alter`; at least one of the first three is there. */
export interface TopicAlterOptions extends AdminCommandOptions {
  /** How many there are to be, more than there are. */
  readonly partitions?: number
  readonly config?: Readonly<Record<string, string>>
  /** Configs to bring their default back for. */
  readonly deleteConfig?: readonly string[]
}

/** Gives a topic more partitions, or other configs. Configs come first: they can be refused. */
export async function topicAlter(
  name: string,
  options: TopicAlterOptions,
  terminal: Terminal,
): Promise<number> {
  const { partitions, config = {}, deleteConfig = [] } = options
  const changes = [
    ...Object.entries(config).map(([key, value]) => ({
      name: key,
      operation: 'set' as const,
      value,
    })),
    ...deleteConfig.map((key) => ({ name: key, operation: 'delete' as const })),
  ]
  await withAdmin(options, terminal, async (admin) => {
    if (changes.length > 0) await admin.alterConfigs([{ type: 'topic', name, changes }])
    if (partitions !== undefined) {
      await admin.createPartitions([{ topic: name, totalCount: partitions }])
    }
  })
  if (options.json === true) {
    terminal.out(
      JSON.stringify({ name, ...(partitions === undefined ? {} : { partitions }), changes }),
    )
    return exitCode.success
  }
  for (const { name: key, ...change } of changes) {
    const how = 'value' in change ? `${key}=${change.value}` : `${key} is as by default`
    terminal.out(`Topic ${name}: ${how}`)
  }
  if (partitions !== undefined) terminal.out(`Topic ${name} has ${partitions} partitions.`)
  return exitCode.success
}
