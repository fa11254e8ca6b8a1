/** What members of a group say to each other, by the assignors that one consumer has. */
import { assert } from '../../../base/assert.ts'
import type { Decoded } from '../../../protocol/codec.ts'
import type {
  JoinGroupRequestProtocol,
  JoinGroupResponseMember,
} from '../../../protocol/generated/11-join-group.ts'
import { compareText, type TopicPartition } from '../../topic-partition.ts'
import type {
  AssignableMember,
  Assignor,
  MemberAssignment,
  PartitionRacks,
  RebalanceProtocol,
} from '../assignor/assignor.ts'
import {
  decodeAssignment,
  decodeSubscription,
  encodeAssignment,
  encodeSubscription,
} from '../assignor/consumer-protocol.ts'

/** What a member says of itself when it joins. */
export interface Joiner {
  readonly topics: readonly string[]
  readonly owned: readonly TopicPartition[]
  readonly generationId: number
  readonly rackId: string | null
}

/** The bytes that one member was given. */
export interface AssignmentBytes {
  readonly memberId: string
  readonly assignment: Uint8Array
}

/** The assignors of one consumer, the favourite first. */
export class MemberProtocol {
  /** The best way that all assignors have. */
  readonly protocol: RebalanceProtocol
  readonly #assignors: readonly Assignor[]

  /** @param assignors with different names, and with a rebalance protocol in common. */
  constructor(assignors: readonly Assignor[]) {
    assert(assignors.length > 0, 'a member has an assignor')
    this.#assignors = assignors
    const names = new Set(assignors.map(({ name }) => name))
    assert(names.size === assignors.length, 'assignors have different names')
    const isCooperative = assignors.every(({ protocols }) => protocols.includes('cooperative'))
    this.protocol = isCooperative ? 'cooperative' : 'eager'
  }

  /** What a JoinGroup offers. */
  offers(joiner: Joiner): JoinGroupRequestProtocol[] {
    const { topics, owned: ownedPartitions, generationId, rackId } = joiner
    return this.#assignors.map((assignor) => {
      const userData = assignor.subscriptionUserData?.(topics) ?? null
      const subscription = { topics, ownedPartitions, generationId, rackId, userData }
      return { name: assignor.name, metadata: encodeSubscription(subscription) }
    })
  }

  /** Whether the group's choice is one of ours. */
  has(name: string): boolean {
    return this.#assignors.some((assignor) => assignor.name === name)
  }

  /** Whether the group's choice, which is one of ours, moves partitions in two steps. */
  isCooperative(): boolean {
    return this.protocol === 'cooperative'
  }

  /** Divides partitions among members; topics that nobody of them wants are left out. */
  divide(
    name: string,
    members: readonly AssignableMember[],
    topics: ReadonlyMap<string, PartitionRacks>,
  ): AssignmentBytes[] {
    if (members.length === 0) return []
    const wanted = new Set(topicsOf(members))
    const known = [...topics].filter(([topic, of]) => wanted.has(topic) && of.length > 0)
    const result = this.#named(name).assign({ topics: new Map(known), members })
    return members.map(({ memberId }) => ({
      memberId,
      assignment: encodeAssignment(result.get(memberId) ?? { partitions: [] }),
    }))
  }

  /** Reads what this member was given. */
  read(bytes: Uint8Array): Decoded<MemberAssignment> {
    return decodeAssignment(bytes)
  }

  /** Tells the assignor what the member got. */
  tell(name: string, assignment: MemberAssignment, generationId: number): void {
    this.#named(name).onAssignment?.(assignment, generationId)
  }

  #named(name: string): Assignor {
    const assignor = this.#assignors.find((one) => one.name === name)
    assert(assignor !== undefined, 'the group chooses what all members offered')
    return assignor
  }
}

/** The members as an assignor sees them. */
export function readMembers(
  members: readonly JoinGroupResponseMember[],
): Decoded<readonly AssignableMember[]> {
  const read: AssignableMember[] = []
  for (const { memberId, groupInstanceId, metadata } of members) {
    const subscription = decodeSubscription(metadata)
    if (subscription.value === null) {
      return { value: null, error: `member ${memberId}: ${subscription.error}` }
    }
    read.push({ memberId, groupInstanceId, ...subscription.value })
  }
  return { value: read, error: null }
}

/** All topics that members want, in order. */
export function topicsOf(members: readonly AssignableMember[]): string[] {
  return [...new Set(members.flatMap(({ topics }) => topics))].sort(compareText)
}
