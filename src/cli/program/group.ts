import { type Command, Option } from 'commander'
import type { Terminal } from '../terminal.ts'
import { withClusterOptions } from './cluster-options.ts'
import {
  collectNames,
  collectScope,
  dateTimeOf,
  durationOf,
  offsetOf,
  secondsOf,
  shiftOf,
} from './option-values.ts'
import { type Choose, helpCommand, subcommand } from './subcommand.ts'

type Options = Readonly<Record<string, unknown>>

/** `odradek group …` */
export function addGroup(program: Command, terminal: Terminal, choose: Choose): void {
  const group = subcommand(program, 'group')
    .description('List, describe, reset and delete groups of consumers.')
    .helpCommand(...helpCommand)
  const verb = (name: string): Command =>
    withClusterOptions(subcommand(group, name)).option('--json', 'print JSON')
  verb('list')
    .description('List the groups with their states.')
    .option('--state <names>', 'only these, as stable,empty', collectNames)
    .option('--type <names>', 'only these, as classic,consumer', collectNames)
    .action((options) =>
      choose(async () => (await import('../command/group-list.ts')).groupList(options, terminal)),
    )
  verb('describe')
    .description('Show what groups have read and who reads.')
    .argument('[group...]', 'their ids')
    .option('--all-groups', 'all that there are')
    .addOption(new Option('--members', 'show the members').conflicts('state'))
    .option('--state', 'show states and coordinators')
    .option('--watch [seconds]', 'show it again and again, every 2 seconds by default', secondsOf)
    .action((groups: readonly string[], options: Options, command: Command) => {
      mustNameGroups(groups, options, command)
      const chosen = options['watch'] === true ? { ...options, watch: 2 } : options
      choose(async () =>
        (await import('../command/group-describe.ts')).groupDescribe(groups, chosen, terminal),
      )
    })
  verb('delete')
    .description('Delete groups without members, or what they have committed for topics.')
    .argument('[group...]', 'their ids')
    .option('--all-groups', 'all that there are')
    .option('--topic <topic[:0,1]>', 'only the offsets of it, may be repeated', collectScope)
    .action((groups: readonly string[], options: Options, command: Command) => {
      mustNameGroups(groups, options, command)
      choose(async () =>
        (await import('../command/group-delete.ts')).groupDelete(groups, options, terminal),
      )
    })
  addReset(verb('reset-offsets'), terminal, choose)
}

/** Names of the options that say where to go on; exactly one of them is given. */
const targets = {
  toEarliest: '--to-earliest',
  toLatest: '--to-latest',
  toCurrent: '--to-current',
  toOffset: '--to-offset',
  shiftBy: '--shift-by',
  toDatetime: '--to-datetime',
  byDuration: '--by-duration',
  fromFile: '--from-file',
} as const

function addReset(command: Command, terminal: Terminal, choose: Choose): void {
  command
    .description('Let groups without members go on elsewhere. Shows a plan unless --execute.')
    .argument('[group...]', 'their ids')
    .option('--all-groups', 'all that there are')
    .option('--topic <topic[:0,1]>', 'a topic or some partitions, may be repeated', collectScope)
    .option('--all-topics', 'all topics that the group has committed something for')
    .option('--to-earliest', 'at the first records there are')
    .option('--to-latest', 'behind the last ones')
    .option('--to-current', 'where the group is; behind the last where it has been nowhere')
    .option('--to-offset <offset>', 'at this offset', offsetOf)
    .option('--shift-by <n>', 'so many records on, or back when negative', shiftOf)
    .option('--to-datetime <time>', 'at YYYY-MM-DDThh:mm:ss.sss; in UTC without a zone', dateTimeOf)
    .option('--by-duration <duration>', 'so long ago, as PT1H30M', durationOf)
    .option('--from-file <csv>', 'where a file of --export says')
    .option('--dry-run', 'show the plan, do nothing')
    .addOption(new Option('--execute', 'carry the plan out').conflicts('dryRun'))
    .addOption(new Option('--export', 'print CSV for --from-file').conflicts('json'))
    .action((groups: readonly string[], options: Options, self: Command) => {
      mustNameGroups(groups, options, self)
      mustHaveOneTarget(options, self)
      mustHaveScope(options, self)
      choose(async () =>
        (await import('../command/group-reset-offsets.ts')).groupResetOffsets(
          groups,
          options,
          terminal,
        ),
      )
    })
}

function mustNameGroups(groups: readonly string[], options: Options, command: Command): void {
  const isAll = options['allGroups'] === true
  if (groups.length === 0 && !isAll) command.error('error: name groups, or say --all-groups')
  if (groups.length > 0 && isAll) command.error('error: name groups or say --all-groups, not both')
  const twice = groups.find((one, at) => groups.indexOf(one) !== at)
  if (twice !== undefined) command.error(`error: group '${twice}' is named twice`)
}

function mustHaveOneTarget(options: Options, command: Command): void {
  const given = Object.entries(targets).filter(([name]) => options[name] !== undefined)
  if (given.length === 1) return
  const all = Object.values(targets).join(', ')
  if (given.length === 0) command.error(`error: say where to go on, by one of ${all}`)
  const names = given.map(([, option]) => option).join(' and ')
  command.error(`error: ${names} cannot be used together`)
}

function mustHaveScope(options: Options, command: Command): void {
  const { topic, allTopics, fromFile } = options
  const given = [topic, allTopics, fromFile].filter((one) => one !== undefined)
  if (given.length === 1) return
  if (given.length === 0) command.error('error: name topics by --topic, or say --all-topics')
  command.error('error: --topic, --all-topics and --from-file cannot be used together')
}
