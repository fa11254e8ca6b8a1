import { type AdminCommandOptions, withAdmin } from '../admin-client.ts'
import { exitCode } from '../exit-codes.ts'
import { type Terminal, tableLines } from '../terminal.ts'

/** Lists all topics, by name. */
export async function topicList(options: AdminCommandOptions, terminal: Terminal): Promise<number> {
  const topics = await withAdmin(options, terminal, (admin) =>
    admin.listTopics({ includeInternal: true }),
  )
  const listed = topics.map(({ name, topicId, partitionCount, isInternal }) => ({
    name,
    id: topicId,
    partitions: partitionCount,
    internal: isInternal,
  }))
  if (options.json === true) {
    terminal.out(JSON.stringify(listed))
    return exitCode.success
  }
  const rows = listed.map(({ name, partitions, id, internal }) => [
    name,
    partitions,
    id,
    internal ? 'internal' : '',
  ])
  if (rows.length === 0) terminal.err('There are no topics.')
  else {
    const lines = tableLines(['TOPIC', 'PARTITIONS', 'ID', ''], rows, terminal.styles)
    for (const line of lines) terminal.out(line.trimEnd())
  }
  return exitCode.success
}
