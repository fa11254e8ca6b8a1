import { assert } from '../../base/assert.ts'
import { offsetCommitApi } from '../../protocol/generated/08-offset-commit.ts'
import {
  type OffsetFetchResponse,
  offsetFetchApi,
} from '../../protocol/generated/09-offset-fetch.ts'
import { offsetDeleteApi } from '../../protocol/generated/47-offset-delete.ts'
import { ClientError, ConfigError } from '../error.ts'
import { requireWhole } from '../options/whole-argument.ts'
import { keyOf, type TopicPartition } from '../topic-partition.ts'
import { onCoordinators } from './groups.ts'
import { byTopic, indexesByTopic, outcomesFrom } from './partitions.ts'
import { listOffsets, type OffsetPlace } from './records.ts'
import { type AdminContext, ask, check, settle, settleOne, stepsOf, unanswered } from './settle.ts'

/** Later versions name topics by ids alone, which an administrator does not have. */
const versionWithNames = 9

/** What a group has committed for a partition. */
export interface GroupOffset extends TopicPartition {
  /** The next offset to read. */
  readonly offset: number
  /** Of the last record read; -1 when not known. */
  readonly leaderEpoch: number
  /** The committer's own words; '' mostly. */
  readonly metadata: string
}

/** An offset to commit for a group. */
export interface NewGroupOffset extends TopicPartition {
  /** The next offset to read. */
  readonly offset: number
  readonly metadata?: string
}

/**
 * Where a group is to go on: at an end of the log, at the first record of a time (ms since 1970) or
 * behind the last one, at an offset, or so many records on from where it is (back when negative).
 */
export type ResetTarget =
  | 'earliest'
  | 'latest'
  | { readonly timestamp: number }
  | { readonly offset: number }
  | { readonly shiftBy: number }

/** A reset of one partition. */
export interface ResetOffset extends TopicPartition {
  /** Where the group was; null where it had committed nothing. */
  readonly from: number | null
  /** Where it goes on; always inside the log. */
  readonly to: number
}

/** See `Admin.listGroupOffsets`. */
export function listGroupOffsets(
  context: AdminContext,
  groupId: string,
  partitions: readonly TopicPartition[] | undefined,
): Promise<readonly GroupOffset[]> {
  const what = `Cannot list the offsets of group "${groupId}"`
  return settleOne(context, what, async (deadline) => {
    const topics = partitions === undefined ? null : indexesByTopic(partitions)
    const [answer] = await onCoordinators(context, [groupId], deadline, (coordinator) =>
      ask(
        context,
        coordinator,
        offsetFetchApi,
        (version) => (version >= 8 ? { groups: [{ groupId, topics }] } : { groupId, topics }),
        deadline,
        versionWithNames,
      ),
    )
    if (answer === undefined || answer instanceof ClientError) throw answer ?? unanswered(what)
    return committed(what, answer)
  })
}

/** See `Admin.alterGroupOffsets`. */
export async function alterGroupOffsets(
  context: AdminContext,
  groupId: string,
  offsets: readonly NewGroupOffset[],
): Promise<void> {
  const summary = `Cannot alter the offsets of group "${groupId}"`
  for (const one of offsets) requireWhole(`The offset of ${keyOf(one)}`, one.offset, 0)
  await settle(context, summary, offsets, async (pending, deadline) => {
    assert(pending.length > 0, 'nothing is asked for nothing')
    const topics = byTopic(pending).map(({ name, items }) => ({
      name,
      partitions: items.map(({ partition, offset, metadata = '' }) => ({
        partitionIndex: partition,
        committedOffset: offset,
        committedMetadata: metadata,
      })),
    }))
    const request = { groupId, topics }
    const [answer] = await onCoordinators(context, [groupId], deadline, (coordinator) =>
      ask(context, coordinator, offsetCommitApi, request, deadline, versionWithNames),
    )
    if (answer === undefined || answer instanceof ClientError) throw answer ?? unanswered(summary)
    return outcomesFrom(`${summary}:`, pending, answer.topics, () => ({}))
  })
}

/** See `Admin.deleteGroupOffsets`. */
export async function deleteGroupOffsets(
  context: AdminContext,
  groupId: string,
  partitions: readonly TopicPartition[],
): Promise<void> {
  const summary = `Cannot delete offsets of group "${groupId}"`
  await settle(context, summary, partitions, async (pending, deadline) => {
    assert(pending.length > 0, 'nothing is asked for nothing')
    const topics = byTopic(pending).map(({ name, items }) => ({
      name,
      partitions: items.map(({ partition }) => ({ partitionIndex: partition })),
    }))
    const request = { groupId, topics }
    const [answer] = await onCoordinators(context, [groupId], deadline, async (coordinator) => {
      const response = await ask(context, coordinator, offsetDeleteApi, request, deadline)
      check(summary, response.errorCode)
      return response
    })
    if (answer === undefined || answer instanceof ClientError) throw answer ?? unanswered(summary)
    return outcomesFrom(`${summary}:`, pending, answer.topics, () => ({}))
  })
}

/** See `Admin.resetGroupOffsets`. */
export async function resetGroupOffsets(
  context: AdminContext,
  groupId: string,
  target: ResetTarget,
  partitions: readonly TopicPartition[] | undefined,
  dryRun: boolean,
): Promise<readonly ResetOffset[]> {
  requireTarget(target)
  const step = stepsOf(context)
  const present = await listGroupOffsets(step(), groupId, undefined)
  const known = new Map(present.map((one) => [keyOf(one), one.offset]))
  const wanted = partitions ?? present
  const timestamp = typeof target === 'object' && 'timestamp' in target ? target.timestamp : null
  const find = (at: OffsetPlace) => listOffsets(step(), placed(wanted, at), false)
  const [starts, ends, atTime] = await Promise.all([
    find('earliest'),
    find('latest'),
    timestamp === null ? [] : find(timestamp),
  ])
  assert(starts.length === wanted.length && ends.length === wanted.length, 'both ends of each')
  const resets = wanted.map(({ topic, partition }, at): ResetOffset => {
    const from = known.get(keyOf({ topic, partition })) ?? null
    // The ends come from two answers: what lies between them may be deleted meanwhile.
    const start = Math.max(0, starts[at]?.offset ?? 0)
    const end = Math.max(start, ends[at]?.offset ?? 0)
    const goal = goalOf(target, from, start, end, atTime[at]?.offset)
    if (goal === undefined) {
      const name = keyOf({ topic, partition })
      throw new ConfigError(`Group "${groupId}" has no offset of ${name} to shift from.`)
    }
    return { topic, partition, from, to: Math.min(Math.max(goal, start), end) }
  })
  assert(
    resets.every(({ to }) => to >= 0),
    'an offset inside the log',
  )
  if (!dryRun && resets.length > 0) {
    const offsets = resets.map(({ topic, partition, to }) => ({ topic, partition, offset: to }))
    await alterGroupOffsets(step(), groupId, offsets)
  }
  return resets
}

function requireTarget(target: ResetTarget): void {
  if (target === 'earliest' || target === 'latest') return
  const given = Object(target) as Partial<Record<'timestamp' | 'offset' | 'shiftBy', unknown>>
  const unit = 'milliseconds since 1970'
  if ('timestamp' in given) requireWhole('The time to go to', given.timestamp, 0, unit)
  else if ('offset' in given) requireWhole('The offset to go to', given.offset, 0)
  else if ('shiftBy' in given) {
    requireWhole('The shift', given.shiftBy, Number.MIN_SAFE_INTEGER, 'records')
  } else {
    const places = "'earliest', 'latest', { timestamp }, { offset } or { shiftBy }"
    throw new ConfigError(`Offsets cannot be reset to ${String(target)}; it has to be ${places}.`)
  }
}

function goalOf(
  target: ResetTarget,
  from: number | null,
  start: number,
  end: number,
  atTime: number | undefined,
): number | undefined {
  if (target === 'earliest') return start
  if (target === 'latest') return end
  if ('offset' in target) return target.offset
  if ('shiftBy' in target) return from === null ? undefined : from + target.shiftBy
  // No record is that young: what comes next is.
  return atTime === undefined || atTime < 0 ? end : atTime
}

function placed(partitions: readonly TopicPartition[], at: OffsetPlace) {
  return partitions.map(({ topic, partition }) => ({ topic, partition, at }))
}

function committed(what: string, answer: OffsetFetchResponse): readonly GroupOffset[] {
  const [group] = answer.groups
  check(what, group?.errorCode ?? answer.errorCode)
  const topics = group?.topics ?? answer.topics
  return topics.flatMap(({ name: topic, partitions }) =>
    partitions.flatMap((one) => {
      check(`${what}: ${topic}-${one.partitionIndex}`, one.errorCode)
      if (one.committedOffset < 0) return []
      const { partitionIndex: partition, committedOffset: offset } = one
      assert(offset >= 0, 'an offset that was committed')
      const metadata = one.metadata ?? ''
      return [{ topic, partition, offset, leaderEpoch: one.committedLeaderEpoch, metadata }]
    }),
  )
}
