import type { GroupDescription, GroupOffset } from '../../client/index.ts'

/** What a group has read of a partition, and who reads it; null for what there isn't. */
export interface LagRow {
  /** Null, as the partition, for a member that has no partition. */
  readonly topic: string | null
  readonly partition: number | null
  /** What the group has committed: the next offset to read. */
  readonly currentOffset: number | null
  readonly logEndOffset: number | null
  /** Records that are still to be read. */
  readonly lag: number | null
  readonly leaderEpoch: number | null
  readonly memberId: string | null
  /** As the broker sees it: `/127.0.0.1`. */
  readonly host: string | null
  readonly clientId: string | null
}

/**
 * The rows of a group, as Kafka's tool has them: each partition that is committed or assigned, by
 * topic and partition, then members without a partition by their id.
 *
 * @param ends log end offsets by `TOPIC-PARTITION`, of partitions that could be asked.
 */
export function lagRows(
  { members }: Pick<GroupDescription, 'members'>,
  committed: readonly GroupOffset[],
  ends: ReadonlyMap<string, number>,
): readonly LagRow[] {
  const rows = new Map<string, LagRow>()
  const put = (topic: string, partition: number, more: Partial<LagRow>): void => {
    const name = `${topic}-${partition}`
    const logEndOffset = ends.get(name) ?? null
    rows.set(name, { ...nothing, topic, partition, logEndOffset, ...rows.get(name), ...more })
  }
  for (const { topic, partition, offset, leaderEpoch } of committed) {
    const end = ends.get(`${topic}-${partition}`)
    const lag = end === undefined ? null : end - offset
    const epoch = leaderEpoch < 0 ? null : leaderEpoch
    put(topic, partition, { currentOffset: offset, lag, leaderEpoch: epoch })
  }
  const idle: LagRow[] = []
  for (const { memberId, host, clientId, assignment } of members) {
    if (assignment.length === 0) idle.push({ ...nothing, memberId, host, clientId })
    for (const { topic, partition } of assignment)
      put(topic, partition, { memberId, host, clientId })
  }
  return [...[...rows.values()].sort(byPartition), ...idle.sort(byMember)]
}

const nothing: LagRow = {
  topic: null,
  partition: null,
  currentOffset: null,
  logEndOffset: null,
  lag: null,
  leaderEpoch: null,
  memberId: null,
  host: null,
  clientId: null,
}

function byPartition(a: LagRow, b: LagRow): number {
  return compared(a.topic, b.topic) || (a.partition ?? 0) - (b.partition ?? 0)
}

function byMember(a: LagRow, b: LagRow): number {
  return compared(a.memberId, b.memberId)
}

function compared(a: string | null, b: string | null): number {
  return a === b ? 0 : (a ?? '') < (b ?? '') ? -1 : 1
}
