import { formatHostPort } from '../../base/endpoint.ts'
import { groupedBy } from '../../base/grouped.ts'
import type { TopicPartition } from '../../client/index.ts'
import type { GroupReport } from './group-report.ts'

/** A table's headings and rows. */
export interface Table {
  readonly headings: readonly string[]
  readonly rows: readonly (readonly (string | number)[])[]
}

/** Where there is nothing, as Kafka's tools write it. */
const none = '-'

/** Partitions with offsets and lag, with the columns of Kafka's tool. */
export function offsetsTable(reports: readonly GroupReport[]): Table {
  const headings = [
    ...['GROUP', 'TOPIC', 'PARTITION', 'CURRENT-OFFSET', 'LOG-END-OFFSET', 'LAG'],
    ...['CONSUMER-ID', 'HOST', 'CLIENT-ID'],
  ]
  const rows = reports.flatMap(({ group, partitions }) =>
    partitions.map((row) => [
      group,
      row.topic ?? none,
      row.partition ?? none,
      row.currentOffset ?? none,
      row.logEndOffset ?? none,
      row.lag ?? none,
      row.memberId ?? none,
      row.host ?? none,
      row.clientId ?? none,
    ]),
  )
  return { headings, rows }
}

/** Members, with the columns of Kafka's tool and what each reads. */
export function membersTable(reports: readonly GroupReport[]): Table {
  const members = reports.flatMap(({ group, members: own }) =>
    own.map((member) => ({ group, ...member })),
  )
  const hasStatic = members.some(({ groupInstanceId }) => groupInstanceId !== null)
  const headings = [
    ...['GROUP', 'CONSUMER-ID', ...(hasStatic ? ['GROUP-INSTANCE-ID'] : [])],
    ...['HOST', 'CLIENT-ID', '#PARTITIONS', 'ASSIGNMENT'],
  ]
  const rows = members.map(({ group, memberId, groupInstanceId, host, clientId, partitions }) => [
    ...[group, memberId, ...(hasStatic ? [groupInstanceId ?? none] : [])],
    ...[host, clientId, partitions.length, inWords(partitions)],
  ])
  return { headings, rows }
}

/** One line a group, with the columns of Kafka's tool. */
export function statesTable(reports: readonly GroupReport[]): Table {
  const headings = ['GROUP', 'COORDINATOR (ID)', 'ASSIGNMENT-STRATEGY', 'STATE', '#MEMBERS']
  const rows = reports.map(({ group, coordinator, assignor, state, members }) => {
    const where = coordinator && `${formatHostPort(coordinator)} (${coordinator.id})`
    return [group, where ?? none, assignor === '' ? none : assignor, state, members.length]
  })
  return { headings, rows }
}

/** `orders:0,1;returns:0` */
function inWords(partitions: readonly TopicPartition[]): string {
  const parts = [...groupedBy(partitions, ({ topic }) => topic)].map(([topic, of]) => {
    const numbers = of.map(({ partition }) => partition).sort((a, b) => a - b)
    return `${topic}:${numbers.join(',')}`
  })
  return parts.length === 0 ? none : parts.sort().join(';')
}
