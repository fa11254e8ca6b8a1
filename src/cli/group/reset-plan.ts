import type { TopicPartition } from '../../client/index.ts'

/** Where a group is to go on. */
export type ResetTarget =
  | { readonly kind: 'earliest' | 'latest' | 'current' }
  /** At the first record of a time, in ms since 1970, or behind the last one. */
  | { readonly kind: 'time'; readonly timestamp: number }
  | { readonly kind: 'offset'; readonly offset: number }
  /** So many records on from where it is, back when negative. */
  | { readonly kind: 'shift'; readonly by: number }
  /** Of each partition by `TOPIC-PARTITION`. */
  | { readonly kind: 'file'; readonly offsets: ReadonlyMap<string, number> }

/** What is known of a partition and a group. */
export interface ResetPlace extends TopicPartition {
  /** What the group has committed; null for nothing. */
  readonly committed: number | null
  /** The first offset that there is. */
  readonly start: number
  /** The offset behind the last record. */
  readonly end: number
  /** Of the first record of the target's time; null when no record is that young, or no time. */
  readonly atTime: number | null
}

/** One line of a plan. */
export interface PlannedReset extends TopicPartition {
  readonly group: string
  /** Where the group is; null where it has committed nothing. */
  readonly currentOffset: number | null
  readonly newOffset: number
  /** What is not as one might expect, as a sentence; null mostly. */
  readonly note: string | null
}

/**
 * Where a group goes on in each partition, as Kafka's tool decides it: never outside the log; for a
 * time that no record has, and for the current offset where there is none, at the log's end.
 * Throws a sentence where there is nothing to shift from.
 */
export function planReset(
  group: string,
  target: ResetTarget,
  places: readonly ResetPlace[],
): readonly PlannedReset[] {
  return places.map((place) => {
    const { topic, partition, committed } = place
    const { goal, note } = goalOf(group, target, place)
    const [newOffset, moved] = intoLog(goal, place)
    return { group, topic, partition, currentOffset: committed, newOffset, note: moved ?? note }
  })
}

interface Goal {
  readonly goal: number
  readonly note: string | null
}

function goalOf(group: string, target: ResetTarget, place: ResetPlace): Goal {
  const { committed, start, end, atTime } = place
  const name = `${place.topic}-${place.partition}`
  switch (target.kind) {
    case 'earliest':
      return { goal: start, note: null }
    case 'latest':
      return { goal: end, note: null }
    case 'current':
      if (committed !== null) return { goal: committed, note: null }
      return { goal: end, note: `${name}: nothing is committed; the end of the log is taken.` }
    case 'time':
      if (atTime !== null) return { goal: atTime, note: null }
      return { goal: end, note: `${name}: no record is that young; the end of the log is taken.` }
    case 'offset':
      return { goal: target.offset, note: null }
    case 'shift':
      if (committed !== null) return { goal: committed + target.by, note: null }
      throw new Error(
        `Group "${group}" has committed nothing for ${name}, so there is nothing to shift from.`,
      )
    case 'file': {
      const offset = target.offsets.get(name)
      if (offset === undefined) throw new Error(`The file has no offset of ${name}.`)
      return { goal: offset, note: null }
    }
  }
}

function intoLog(goal: number, { topic, partition, start, end }: ResetPlace): [number, string?] {
  const name = `${topic}-${partition}`
  if (goal < start) {
    return [start, `${name}: offset ${goal} is before the log; its first one, ${start}, is taken.`]
  }
  if (goal > end) {
    return [end, `${name}: offset ${goal} is behind the log; its end, ${end}, is taken.`]
  }
  return [goal]
}
