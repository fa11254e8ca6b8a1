import { type AdminCommandOptions, withAdmin } from '../admin-client.ts'
import { exitCode } from '../exit-codes.ts'
import { patiently } from '../patience.ts'
import { type Terminal, tableLines } from '../terminal.ts'

/** Options of `group list`. */
export interface GroupListOptions extends AdminCommandOptions {
  /** Only groups in these states. */
  readonly state?: readonly string[]
  /** Only groups of these types. */
  readonly type?: readonly string[]
}

/** Lists the groups of all brokers, by name. */
export async function groupList(options: GroupListOptions, terminal: Terminal): Promise<number> {
  const { state: states = [], type: types = [] } = options
  const groups = await withAdmin(options, terminal, (admin) =>
    patiently(() => admin.listGroups({ states, types })),
  )
  const listed = groups.map(({ groupId, type, protocolType, state }) => ({
    group: groupId,
    type,
    protocolType,
    state,
  }))
  if (options.json === true) {
    terminal.out(JSON.stringify(listed))
    return exitCode.success
  }
  if (listed.length === 0) terminal.err('There are no such groups.')
  else {
    // Groups that only commit offsets have no protocol; old brokers tell no types.
    const rows = listed.map((one) => Object.values(one).map((cell) => (cell === '' ? '-' : cell)))
    const headings = ['GROUP', 'TYPE', 'PROTOCOL', 'STATE']
    for (const line of tableLines(headings, rows, terminal.styles)) terminal.out(line)
  }
  return exitCode.success
}
