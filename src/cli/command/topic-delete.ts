import { type AdminCommandOptions, withAdmin } from '../admin-client.ts'
import { exitCode } from '../exit-codes.ts'
import type { Terminal } from '../terminal.ts'

/** Deletes one topic. */
export async function topicDelete(
  name: string,
  options: AdminCommandOptions,
  terminal: Terminal,
): Promise<number> {
  await withAdmin(options, terminal, (admin) => admin.deleteTopics([name]))
  if (options.json === true) terminal.out(JSON.stringify({ name }))
  else terminal.out(`Deleted topic ${name}.`)
  return exitCode.success
}
