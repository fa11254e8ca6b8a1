import { groupedBy } from '../../base/grouped.ts'
import { type Admin, ClientError, type TopicPartition } from '../../client/index.ts'
import { type AdminCommandOptions, withAdmin } from '../admin-client.ts'
import { exitCode } from '../exit-codes.ts'
import { allGroups } from '../group/group-report.ts'
import { type FileOffset, parseResetFile, resetFileLines } from '../group/reset-file.ts'
import { type PlannedReset, planReset, type ResetTarget } from '../group/reset-plan.ts'
import { patiently } from '../patience.ts'
import { type Terminal, tableLines } from '../terminal.ts'
import { readTextFile } from '../text-file.ts'
import { together } from '../together.ts'
import { partitionsInScope, type TopicScope } from '../topic-scope.ts'

/** Options of `group reset-offsets`; exactly one of them says where to go on. */
export interface GroupResetOptions extends AdminCommandOptions {
  readonly allGroups?: boolean
  /** Topics to go elsewhere in; undefined with `allTopics` and `fromFile`. */
  readonly topic?: readonly TopicScope[]
  /** All topics that the group has committed something for. */
  readonly allTopics?: boolean
  readonly toEarliest?: boolean
  readonly toLatest?: boolean
  readonly toCurrent?: boolean
  readonly toOffset?: number
  readonly shiftBy?: number
  /** In ms since 1970. */
  readonly toDatetime?: number
  /** So many ms before now. */
  readonly byDuration?: number
  /** A file of `parseResetFile`. */
  readonly fromFile?: string
  /** Without it the plan is shown and nothing else is done. */
  readonly execute?: boolean
  /** Said outright, a plan alone is what is wanted. */
  readonly dryRun?: boolean
  /** Prints lines for `fromFile` instead of a table. */
  readonly export?: boolean
}

/** Lets groups without members go on elsewhere; what can be seen before stops all of them. */
export async function groupResetOffsets(
  named: readonly string[],
  options: GroupResetOptions,
  terminal: Terminal,
): Promise<number> {
  const file = options.fromFile === undefined ? undefined : readResetFile(options.fromFile)
  const { groups, plans } = await withAdmin(options, terminal, async (admin) => {
    const found = options.allGroups === true ? await patiently(() => allGroups(admin)) : named
    const plan = (group: string) => patiently(() => planFor(admin, group, options, file))
    const planned = (await together(found, plan)).flat()
    if (options.execute === true) await carryOut(admin, planned)
    return { groups: found, plans: planned }
  })
  for (const { note } of plans) if (note !== null) terminal.err(note)
  print(plans, groups.length, options, terminal)
  if (options.execute !== true && options.dryRun !== true) {
    terminal.err('This is a plan, and nothing was changed: --execute carries it out.')
  }
  return exitCode.success
}

async function planFor(
  admin: Admin,
  group: string,
  options: GroupResetOptions,
  file: readonly FileOffset[] | undefined,
): Promise<readonly PlannedReset[]> {
  await mustBeInactive(admin, group)
  const committed = await admin.listGroupOffsets(group)
  const own = file?.filter((one) => one.group === undefined || one.group === group)
  if (own?.length === 0) throw new Error(`${options.fromFile} has no offsets of group "${group}".`)
  const partitions =
    own ?? (options.allTopics === true ? committed : undefined) ?? (await named(admin, options))
  if (partitions.length === 0) {
    throw new Error(`Group "${group}" has committed nothing: name topics by --topic.`)
  }
  const target = targetOf(options, own)
  const places = await placesOf(admin, partitions, target)
  const known = new Map(committed.map((one) => [nameOf(one), one.offset]))
  return planReset(
    group,
    target,
    places.map((place) => ({ ...place, committed: known.get(nameOf(place)) ?? null })),
  )
}

/** Members would commit over it, and go on where they are. */
async function mustBeInactive(admin: Admin, group: string): Promise<void> {
  try {
    const [{ state, members } = { state: '', members: [] }] = await admin.describeGroups([group])
    if (members.length === 0) return
    const count = members.length === 1 ? 'a member' : `${members.length} members`
    throw new Error(
      `Group "${group}" has ${count} (it is ${state}): its offsets can be reset without any.`,
    )
  } catch (error) {
    // A group that isn't there yet begins with what is reset.
    if (!(error instanceof ClientError) || error.code !== 'GROUP_ID_NOT_FOUND') throw error
  }
}

async function named(admin: Admin, { topic = [] }: GroupResetOptions) {
  const names = [...new Set(topic.map((scope) => scope.topic))]
  return partitionsInScope(topic, await admin.describeTopics(names))
}

function targetOf(
  options: GroupResetOptions,
  file: readonly FileOffset[] | undefined,
): ResetTarget {
  const { toOffset, shiftBy, toDatetime, byDuration } = options
  if (file) return { kind: 'file', offsets: new Map(file.map((one) => [nameOf(one), one.offset])) }
  if (toOffset !== undefined) return { kind: 'offset', offset: toOffset }
  if (shiftBy !== undefined) return { kind: 'shift', by: shiftBy }
  if (toDatetime !== undefined) return { kind: 'time', timestamp: toDatetime }
  if (byDuration !== undefined) return { kind: 'time', timestamp: Date.now() - byDuration }
  if (options.toEarliest === true) return { kind: 'earliest' }
  return { kind: options.toLatest === true ? 'latest' : 'current' }
}

async function placesOf(admin: Admin, partitions: readonly TopicPartition[], target: ResetTarget) {
  const queried = (at: 'earliest' | 'latest' | number) =>
    admin.listOffsets(partitions.map(({ topic, partition }) => ({ topic, partition, at })))
  const [starts, ends, times] = await Promise.all([
    queried('earliest'),
    queried('latest'),
    target.kind === 'time' ? queried(Math.max(0, target.timestamp)) : [],
  ])
  return partitions.map(({ topic, partition }, index) => {
    const start = starts[index]?.offset ?? 0
    const found = times[index]?.offset ?? -1
    // The ends come from two answers: what lies between them may be deleted meanwhile.
    const end = Math.max(start, ends[index]?.offset ?? 0)
    return { topic, partition, start, end, atTime: found < 0 ? null : found }
  })
}

async function carryOut(admin: Admin, plans: readonly PlannedReset[]): Promise<void> {
  const groups = groupedBy(plans, ({ group }) => group)
  await together(groups, ([group, own]) =>
    admin.alterGroupOffsets(
      group,
      own.map(({ topic, partition, newOffset: offset }) => ({ topic, partition, offset })),
    ),
  )
}

function print(
  plans: readonly PlannedReset[],
  groupCount: number,
  options: GroupResetOptions,
  terminal: Terminal,
): void {
  if (options.json === true) terminal.out(JSON.stringify(plans))
  else if (options.export === true) {
    for (const line of resetFileLines(plans, groupCount)) terminal.out(line)
  } else {
    const rows = plans.map((one) => [
      ...[one.group, one.topic, one.partition],
      ...[one.currentOffset ?? '-', one.newOffset],
    ])
    const headings = ['GROUP', 'TOPIC', 'PARTITION', 'CURRENT-OFFSET', 'NEW-OFFSET']
    for (const line of tableLines(headings, rows, terminal.styles)) terminal.out(line)
  }
}

function readResetFile(path: string): readonly FileOffset[] {
  return parseResetFile(readTextFile('file of offsets', path), path)
}

function nameOf({ topic, partition }: TopicPartition): string {
  return `${topic}-${partition}`
}
