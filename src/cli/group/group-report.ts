import type { Admin, GroupDescription, TopicPartition } from '../../client/index.ts'
import { type LagRow, lagRows } from './lag-rows.ts'

/** All that can be told of a group; this is what `--json` prints. */
export interface GroupReport {
  readonly group: string
  /** As `Stable`, `Empty`. */
  readonly state: string
  /** `classic` or `consumer`. */
  readonly type: string
  readonly protocolType: string
  /** '' while there is none. */
  readonly assignor: string
  readonly coordinator: { readonly id: number; readonly host: string; readonly port: number } | null
  readonly members: readonly {
    readonly memberId: string
    readonly groupInstanceId: string | null
    readonly clientId: string
    readonly host: string
    readonly partitions: readonly TopicPartition[]
  }[]
  readonly partitions: readonly LagRow[]
}

/** The kinds of groups whose members and offsets Kafka's consumers have. */
const types: readonly string[] = ['', 'classic', 'consumer']

/** Ids of all groups that can be described here, by name. */
export async function allGroups(admin: Admin): Promise<readonly string[]> {
  const groups = await admin.listGroups()
  return groups.filter(({ type }) => types.includes(type.toLowerCase())).map((one) => one.groupId)
}

/** Reports on groups, in their order. */
export async function reportGroups(
  admin: Admin,
  groupIds: readonly string[],
): Promise<readonly GroupReport[]> {
  if (groupIds.length === 0) return []
  const [groups, { brokers }] = await Promise.all([
    admin.describeGroups(groupIds),
    admin.describeCluster(),
  ])
  const committed = await Promise.all(groupIds.map((id) => admin.listGroupOffsets(id)))
  const partitions = [
    ...committed.flat(),
    ...groups.flatMap(({ members }) => members.flatMap(({ assignment }) => assignment)),
  ]
  const ends = await endsOf(admin, partitions)
  return groups.map((group, at): GroupReport => {
    const broker = brokers.find(({ id }) => id === group.coordinator)
    const coordinator = broker ? { id: broker.id, host: broker.host, port: broker.port } : null
    return described(group, coordinator, lagRows(group, committed[at] ?? [], ends))
  })
}

function described(
  group: GroupDescription,
  coordinator: GroupReport['coordinator'],
  partitions: readonly LagRow[],
): GroupReport {
  const { groupId, state, type, protocolType, assignor } = group
  const members = group.members.map(
    ({ memberId, groupInstanceId, clientId, host, assignment }) => ({
      memberId,
      groupInstanceId,
      clientId,
      host,
      partitions: assignment,
    }),
  )
  const rest = { state, type, protocolType, assignor, coordinator, members, partitions }
  return { group: groupId, ...rest }
}

/** Log end offsets; partitions of topics that were deleted since are left out. */
async function endsOf(
  admin: Admin,
  partitions: readonly TopicPartition[],
): Promise<ReadonlyMap<string, number>> {
  const named = new Map(partitions.map((one) => [`${one.topic}-${one.partition}`, one]))
  if (named.size === 0) return new Map()
  const topics = await admin.listTopics({ includeInternal: true })
  const counts = new Map(topics.map(({ name, partitionCount }) => [name, partitionCount]))
  const present = [...named.values()].filter(
    ({ topic, partition }) => partition < (counts.get(topic) ?? 0),
  )
  const queries = present.map(({ topic, partition }) => ({
    topic,
    partition,
    at: 'latest' as const,
  }))
  const found = queries.length === 0 ? [] : await admin.listOffsets(queries)
  return new Map(found.map(({ topic, partition, offset }) => [`${topic}-${partition}`, offset]))
}
