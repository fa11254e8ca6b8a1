/**
 * The two sticky assignors: as balanced as the subscriptions allow, and among such assignments one
 * that moves little. `sticky` is eager and remembers in its user data what it had;
 * `cooperative-sticky` takes that from the subscription, and hands a partition over in two
 * rebalances: the first takes it from its owner, the second gives it away.
 */
import { assert } from '../../../base/assert.ts'
import { Reader } from '../../../protocol/reader.ts'
import { Writer } from '../../../protocol/writer.ts'
import { groupByTopic, keyOf, type TopicPartition } from '../../topic-partition.ts'
import type { AssignableMember, AssignmentRequest, Assignor, MemberAssignment } from './assignor.ts'
import { type Claim, ownershipOf } from './ownership.ts'
import { PartitionIndex } from './partition-index.ts'
import { assignByQuota } from './quota-assignment.ts'
import { assignBySearch } from './search-assignment.ts'

/** Kafka's `sticky`. */
export function stickyAssignor(): Assignor {
  let held: Claim | null = null
  return {
    name: 'sticky',
    protocols: ['eager'],
    assign: (request) => {
      const { members, assigned } = divide(request, (member) => decodeClaim(member.userData))
      return named(members, assigned)
    },
    subscriptionUserData: () => (held === null ? null : encodeClaim(held)),
    onAssignment: ({ partitions }, generation) => {
      held = { partitions, generation }
    },
  }
}

/** Kafka's `cooperative-sticky`. */
export function cooperativeStickyAssignor(): Assignor {
  let generation = -1
  return {
    name: 'cooperative-sticky',
    protocols: ['cooperative', 'eager'],
    assign: (request) => {
      const claimOf = (member: AssignableMember): Claim => ({
        partitions: member.ownedPartitions,
        generation: member.generationId >= 0 ? member.generationId : decodeInt32(member.userData),
      })
      const { members, assigned, moving } = divide(request, claimOf)
      const owned = ownedBy(request.members)
      const mustWait = (memberId: string, partition: TopicPartition): boolean => {
        if (moving !== null) return moving.has(keyOf(partition))
        const owners = owned.get(keyOf(partition))
        return owners !== undefined && !owners.has(memberId)
      }
      const now = members.map((memberId, i) =>
        (assigned[i] ?? []).filter((partition) => !mustWait(memberId, partition)),
      )
      return named(members, now)
    },
    subscriptionUserData: () => {
      const writer = new Writer()
      writer.int32(generation)
      return writer.finish()
    },
    onAssignment: (_, now) => {
      generation = now
    },
  }
}

/** The division of all partitions; `moving` is null where it has to be worked out from claims. */
interface Division {
  readonly members: readonly string[]
  readonly assigned: readonly (readonly TopicPartition[])[]
  readonly moving: ReadonlySet<string> | null
}

function divide(request: AssignmentRequest, claimOf: (of: AssignableMember) => Claim): Division {
  const index = new PartitionIndex(request.topics)
  const ownership = ownershipOf(request.members, claimOf, index)
  const members = ownership.owners.map(({ memberId }) => memberId)
  const partitionsOf = (ids: readonly number[]): TopicPartition[] => ids.map((id) => index.at(id))
  if (!ownership.sameTopics) {
    return { members, assigned: assignBySearch(ownership, index).map(partitionsOf), moving: null }
  }
  const { assigned, moving } = assignByQuota(ownership, index)
  assert(assigned.length === members.length, 'every member has its part')
  return {
    members,
    assigned: assigned.map(partitionsOf),
    moving: new Set(partitionsOf([...moving]).map(keyOf)),
  }
}

function named(
  members: readonly string[],
  assigned: readonly (readonly TopicPartition[])[],
): Map<string, MemberAssignment> {
  return new Map(members.map((member, i) => [member, { partitions: assigned[i] ?? [] }]))
}

function ownedBy(members: readonly AssignableMember[]): Map<string, Set<string>> {
  const owners = new Map<string, Set<string>>()
  for (const { memberId, ownedPartitions } of members) {
    for (const key of ownedPartitions.map(keyOf)) {
      const known = owners.get(key)
      if (known === undefined) owners.set(key, new Set([memberId]))
      else known.add(memberId)
    }
  }
  return owners
}

/** Kafka's user data of `sticky`, version 1: topics with partitions, and the generation. */
function encodeClaim(claim: Claim): Uint8Array {
  const writer = new Writer()
  const topics = groupByTopic(claim.partitions)
  assert(topics.size <= claim.partitions.length, 'a topic has a partition')
  writer.int32(topics.size)
  for (const [topic, partitions] of topics) {
    writer.string(false, topic)
    writer.int32(partitions.length)
    for (const partition of partitions) writer.int32(partition)
  }
  writer.int32(claim.generation ?? -1)
  return writer.finish()
}

/** Reads versions 0 (without generation) and 1; what cannot be read claims nothing. */
function decodeClaim(userData: Uint8Array | null): Claim {
  if (userData === null || userData.length === 0) return { partitions: [], generation: null }
  const reader = new Reader(userData)
  const partitions: TopicPartition[] = []
  const readPartition = (): number => reader.int32()
  reader.array(false, 6, 0, () => {
    const topic = reader.string(false)
    for (const partition of reader.array(false, 4, 0, readPartition)) {
      partitions.push({ topic, partition })
    }
  })
  if (reader.error !== null) return { partitions: [], generation: -1 }
  return { partitions, generation: reader.remaining >= 4 ? reader.int32() : null }
}

function decodeInt32(userData: Uint8Array | null): number | null {
  if (userData === null) return null
  const reader = new Reader(userData)
  const value = reader.int32()
  return reader.error === null ? value : -1
}
