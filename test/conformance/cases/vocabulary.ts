/** The names of what a driver is asked for, and of what its library may not have. */
import { codecNames } from '../raw-requests.ts'
import type { Ready } from './driver-process.ts'

/** The operations of the protocol; README.md has their fields. */
export const operations = [
  ...(['produce', 'transactional', 'offsets'] as const),
  ...(['openConsumer', 'closeConsumer', 'subscribe', 'assign', 'assignment', 'poll'] as const),
  ...(['seek', 'position', 'pause', 'resume', 'commit', 'committed'] as const),
  ...(['createTopics', 'deleteTopics', 'createPartitions', 'listTopics'] as const),
  ...(['describeConfigs', 'alterConfigs', 'deleteRecords'] as const),
  ...(['listGroups', 'describeGroup', 'deleteGroups'] as const),
] as const

/** What a library may lack of an operation that it has. */
export const features = [
  ...(['acks-0', 'idempotent', 'auto-create', 'timestamps', 'log-append-time'] as const),
  ...(['headers', 'duplicate-headers', 'null-headers', 'empty-headers'] as const),
  ...(['null-values', 'empty-keys', 'empty-values'] as const),
  ...(['invalid-record-error', 'describe-configs-error', 'offsets-at-timestamp'] as const),
  ...(['mixed-subscriptions', 'static-membership', 'fenced-instance-error'] as const),
  ...(['auto-offset-reset-none', 'out-of-range-reset'] as const),
] as const

/** How members of a group share partitions. */
export const assignors = ['range', 'roundrobin', 'sticky', 'cooperative-sticky'] as const

export type Operation = (typeof operations)[number]

/** What a case may need. */
export type Needed = Operation | (typeof features)[number]

/** What a driver says of its library that no case knows: it would be passed over in silence. */
export function unknownIn({ codecs, assignors: own, lacks }: Ready): readonly string[] {
  const known = new Set<string>([...operations, ...features])
  return [
    ...codecs.filter((name) => !(codecNames as readonly string[]).includes(name)),
    ...own.filter((name) => !(assignors as readonly string[]).includes(name)),
    ...lacks.filter((name) => !known.has(name)),
  ]
}
