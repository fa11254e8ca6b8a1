import type { Admin } from '../../client/index.ts'
import { type AdminCommandOptions, withAdmin } from '../admin-client.ts'
import { exitCode } from '../exit-codes.ts'
import { allGroups, type GroupReport, reportGroups } from '../group/group-report.ts'
import { membersTable, offsetsTable, statesTable, type Table } from '../group/group-tables.ts'
import { untilStopped } from '../interruption.ts'
import { patiently } from '../patience.ts'
import { type Terminal, tableLines } from '../terminal.ts'
import { watch } from '../watch.ts'

/** Options of `group describe`. */
export interface GroupDescribeOptions extends AdminCommandOptions {
  readonly allGroups?: boolean
  readonly members?: boolean
  readonly state?: boolean
  /** Seconds between looks, until the process is asked to stop. */
  readonly watch?: number
}

/** Shows what groups have read, who reads, or in what state they are. */
export async function groupDescribe(
  groups: readonly string[],
  options: GroupDescribeOptions,
  terminal: Terminal,
): Promise<number> {
  await withAdmin(options, terminal, async (admin) => {
    const look = () => patiently(() => report(admin, groups, options))
    if (options.watch === undefined) print(await look(), options, terminal)
    else {
      const lines = async (): Promise<string[]> => linesOf(await look(), options, terminal)
      const everyMs = options.watch * 1000
      await untilStopped((stop) => watch(lines, everyMs, terminal, stop))
    }
  })
  return exitCode.success
}

async function report(
  admin: Admin,
  groups: readonly string[],
  options: GroupDescribeOptions,
): Promise<readonly GroupReport[]> {
  return reportGroups(admin, options.allGroups === true ? await allGroups(admin) : groups)
}

function print(
  reports: readonly GroupReport[],
  options: GroupDescribeOptions,
  terminal: Terminal,
): void {
  if (options.json !== true) {
    for (const { group, members } of reports) {
      if (members.length === 0) terminal.err(`Group "${group}" has no active members.`)
    }
    if (reports.length === 0) terminal.err('There are no groups.')
    if (tableOf(reports, options).rows.length === 0) return
  }
  for (const line of linesOf(reports, options, terminal)) terminal.out(line)
}

function linesOf(
  reports: readonly GroupReport[],
  options: GroupDescribeOptions,
  { styles }: Terminal,
): string[] {
  if (options.json === true) return [JSON.stringify(reports)]
  const { headings, rows } = tableOf(reports, options)
  return tableLines(headings, rows, styles)
}

function tableOf(reports: readonly GroupReport[], options: GroupDescribeOptions): Table {
  if (options.members === true) return membersTable(reports)
  return options.state === true ? statesTable(reports) : offsetsTable(reports)
}
