import { ClientError } from '../../client/index.ts'
import { type AdminCommandOptions, withAdmin } from '../admin-client.ts'
import { exitCode } from '../exit-codes.ts'
import { allGroups } from '../group/group-report.ts'
import { patiently } from '../patience.ts'
import { failureLine, type Terminal } from '../terminal.ts'
import { together } from '../together.ts'
import { partitionsInScope, type TopicScope } from '../topic-scope.ts'

/** Options of `group delete`. */
export interface GroupDeleteOptions extends AdminCommandOptions {
  readonly allGroups?: boolean
  /** Only what the groups have committed for these. */
  readonly topic?: readonly TopicScope[]
}

/** Deletes groups, or some of their offsets; goes on behind one that cannot be deleted. */
export async function groupDelete(
  named: readonly string[],
  options: GroupDeleteOptions,
  terminal: Terminal,
): Promise<number> {
  if (options.topic !== undefined) return deleteOffsets(named, options, options.topic, terminal)
  const outcomes = await withAdmin(options, terminal, async (admin) => {
    const groups = options.allGroups === true ? await patiently(() => allGroups(admin)) : named
    // One by one: a group that is gone must not be deleted again as another one has to wait.
    return together(groups, async (group) => {
      const deletion = patiently(() => admin.deleteGroups([group]))
      return { group, error: await deletion.then(() => null, clientError) }
    })
  })
  for (const { group, error } of outcomes) {
    if (error !== null) terminal.err(failureLine(error.message, terminal))
    else if (options.json !== true) terminal.out(`Deleted group ${group}.`)
  }
  if (options.json === true) {
    const told = outcomes.map(({ group, error }) => ({ group, error: error?.code ?? null }))
    terminal.out(JSON.stringify(told))
  }
  if (outcomes.length === 0) terminal.err('There are no groups.')
  return outcomes.some(({ error }) => error !== null) ? exitCode.failure : exitCode.success
}

function clientError(error: unknown): ClientError {
  if (error instanceof ClientError) return error
  throw error
}

async function deleteOffsets(
  groups: readonly string[],
  options: GroupDeleteOptions,
  scopes: readonly TopicScope[],
  terminal: Terminal,
): Promise<number> {
  const deleted = await withAdmin(options, terminal, async (admin) => {
    const found = options.allGroups === true ? await patiently(() => allGroups(admin)) : groups
    const names = [...new Set(scopes.map(({ topic }) => topic))]
    const partitions = partitionsInScope(scopes, await admin.describeTopics(names))
    await together(found, (group) => patiently(() => admin.deleteGroupOffsets(group, partitions)))
    return found.flatMap((group) => partitions.map((one) => ({ group, ...one })))
  })
  if (options.json === true) terminal.out(JSON.stringify(deleted))
  else {
    for (const { group, topic, partition } of deleted) {
      terminal.out(`Deleted the offset of ${topic}-${partition} of group ${group}.`)
    }
  }
  return exitCode.success
}
