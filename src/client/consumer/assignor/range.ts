/**
 * Each topic in contiguous ranges, one per member: partition n of topics with the same number of
 * partitions and the same subscribers goes to the same member. Where racks matter, partitions go
 * first to members of a rack that holds a replica, as far as balance per topic and that property
 * allow.
 */
import { assert } from '../../../base/assert.ts'
import { comparePartitions, compareText, type TopicPartition } from '../../topic-partition.ts'
import type {
  AssignableMember,
  AssignmentRequest,
  Assignor,
  MemberAssignment,
  PartitionRacks,
} from './assignor.ts'
import { compareMembers } from './member-order.ts'
import { rackOf, racksMatter } from './racks.ts'

/** Kafka's `range`. */
export function rangeAssignor(): Assignor {
  return { name: 'range', protocols: ['eager'], assign: assignRanges }
}

/** One topic while its partitions are given out. */
class RangedTopic {
  readonly topic: string
  /** Racks of each partition; empty unless a subscriber has a rack. */
  readonly racks: readonly ReadonlySet<string>[]
  readonly partitionsCount: number
  readonly members: readonly AssignableMember[]
  readonly racksMatter: boolean
  readonly #unassigned: Set<number>
  readonly #assigned = new Map<string, number>()
  readonly #share: number
  /** How many members may still get one more than the share. */
  #extra: number

  constructor(topic: string, partitions: PartitionRacks, members: readonly AssignableMember[]) {
    this.topic = topic
    this.partitionsCount = partitions.length
    this.members = members
    const memberRacks = new Set(members.map(rackOf).filter((rack) => rack !== null))
    this.racks = memberRacks.size === 0 ? [] : partitions.map((racks) => new Set(racks))
    this.racksMatter = racksMatter(memberRacks, this.racks)
    this.#unassigned = new Set(partitions.keys())
    assert(members.length > 0, 'a topic to be assigned has a subscriber')
    this.#share = Math.floor(partitions.length / members.length)
    this.#extra = partitions.length % members.length
  }

  /** How many more partitions the member may get. */
  room(member: AssignableMember): number {
    const most = this.#share + (this.#extra > 0 ? 1 : 0)
    return Math.max(0, most - (this.#assigned.get(member.memberId) ?? 0))
  }

  /** Whether the partition has a replica in the member's rack; true for a member without one. */
  matches(member: AssignableMember, partition: number): boolean {
    const rack = rackOf(member)
    return rack === null || this.racks[partition]?.has(rack) === true
  }

  /** The first free partitions that the member may have. */
  free(member: AssignableMember, inRack: boolean): number[] {
    const found: number[] = []
    const room = this.room(member)
    for (const partition of this.#unassigned) {
      if (found.length === room) break
      if (!inRack || this.matches(member, partition)) found.push(partition)
    }
    return found
  }

  take(member: AssignableMember, partitions: readonly number[]): void {
    const count = (this.#assigned.get(member.memberId) ?? 0) + partitions.length
    this.#assigned.set(member.memberId, count)
    if (count > this.#share) this.#extra--
    assert(this.#extra >= 0, 'only so many get one more')
    for (const partition of partitions) {
      assert(this.#unassigned.delete(partition), 'a partition is assigned once')
    }
  }
}

/** Gives partitions of a topic to a member. */
type Give = (topic: RangedTopic, member: AssignableMember, partitions: readonly number[]) => void

function assignRanges(request: AssignmentRequest): Map<string, MemberAssignment> {
  const members = [...request.members].sort(compareMembers)
  const result = new Map(members.map(({ memberId }) => [memberId, [] as TopicPartition[]]))
  const topics = [...request.topics]
    .filter(([, partitions]) => partitions.length > 0)
    .sort(([a], [b]) => compareText(a, b))
    .map(([topic, partitions]) => {
      const subscribers = members.filter((member) => member.topics.includes(topic))
      return new RangedTopic(topic, partitions, subscribers)
    })
  const give: Give = (ranged, member, partitions) => {
    if (partitions.length === 0) return
    const { topic } = ranged
    for (const partition of partitions) result.get(member.memberId)?.push({ topic, partition })
    ranged.take(member, partitions)
  }
  const withRacks = topics.some((topic) => topic.racksMatter)
  if (withRacks) for (const group of coPartitioned(topics)) assignInRacks(group, give)
  for (const topic of topics) {
    for (const member of topic.members) give(topic, member, topic.free(member, false))
  }
  if (withRacks) for (const partitions of result.values()) partitions.sort(comparePartitions)
  return new Map([...result].map(([memberId, partitions]) => [memberId, { partitions }]))
}

/** Topics with the same subscribers, their racks included, and the same number of partitions. */
function coPartitioned(topics: readonly RangedTopic[]): Iterable<readonly RangedTopic[]> {
  const groups = new Map<string, RangedTopic[]>()
  for (const topic of topics) {
    const ids = topic.members.map(({ memberId }) => memberId)
    // Without racks among the subscribers nothing is to be matched, and all partitions are alike.
    const key = JSON.stringify([topic.racks.length, ...ids])
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [topic])
    else group.push(topic)
  }
  return groups.values()
}

function assignInRacks(group: readonly RangedTopic[], give: Give): void {
  const [first] = group
  if (first === undefined) return
  if (group.length > 1) assignTogether(group, first, give)
  else if (first.racksMatter) {
    for (const member of first.members) give(first, member, first.free(member, true))
  }
}

/** Partition n of all these topics to one member that finds a replica of each in its rack. */
function assignTogether(group: readonly RangedTopic[], first: RangedTopic, give: Give): void {
  const remaining = new Set(first.members)
  for (let partition = 0; partition < first.racks.length; partition++) {
    for (const member of remaining) {
      const fits = group.every((one) => one.room(member) > 0 && one.matches(member, partition))
      if (!fits) continue
      for (const topic of group) give(topic, member, [partition])
      if (group.every((topic) => topic.room(member) === 0)) remaining.delete(member)
      break
    }
  }
}
