/**
 * What decides who reads which partition. The leader of a group asks its assignor; every member
 * names those that it can work with, and the group takes the first that all have.
 */
import type { TopicPartition } from '../../topic-partition.ts'

/**
 * How a member passes through a rebalance: `eager` gives up everything before it joins,
 * `cooperative` keeps what it has and gives up only what the new assignment takes away.
 */
export type RebalanceProtocol = 'eager' | 'cooperative'

/** A member of the group as its leader sees it. */
export interface AssignableMember {
  readonly memberId: string
  /** Name of a static member, or null. */
  readonly groupInstanceId: string | null
  readonly topics: readonly string[]
  /** What it held when it joined; empty under `eager`. */
  readonly ownedPartitions: readonly TopicPartition[]
  /** Generation of `ownedPartitions`; -1 when it has none. */
  readonly generationId: number
  readonly rackId: string | null
  /** What its assignor sent along; see {@link Assignor.subscriptionUserData}. */
  readonly userData: Uint8Array | null
}

/** Racks that hold a replica, for each partition of a topic, in the order of their numbers. */
export type PartitionRacks = readonly (readonly string[])[]

/** What an assignor works with. */
export interface AssignmentRequest {
  /** Topics that a member subscribed to and that exist, with their partitions. */
  readonly topics: ReadonlyMap<string, PartitionRacks>
  readonly members: readonly AssignableMember[]
}

/** What one member gets. */
export interface MemberAssignment {
  readonly partitions: readonly TopicPartition[]
  /** For the member's own {@link Assignor.onAssignment}. */
  readonly userData?: Uint8Array | null
}

/**
 * A way to divide partitions. It belongs to one consumer and may keep state between rebalances.
 *
 * @example
 * ```ts
 * import { type Assignor, Consumer } from 'odradek/client'
 *
 * const everythingToFirst: Assignor = {
 *   name: 'first',
 *   protocols: ['eager'],
 *   assign: ({ topics, members }) => {
 *     const all = [...topics].flatMap(([topic, partitions]) =>
 *       partitions.map((_, partition) => ({ topic, partition })),
 *     )
 *     return new Map(members.map(({ memberId }, i) => [memberId, { partitions: i ? [] : all }]))
 *   },
 * }
 * const consumer = new Consumer({
 *   bootstrapServers: ['127.0.0.1:9092'],
 *   groupId: 'g',
 *   partitionAssignors: [everythingToFirst],
 * })
 * ```
 */
export interface Assignor {
  /** The name that members of a group agree on. */
  readonly name: string
  /** What it can work under. A consumer uses the best that all of its assignors have. */
  readonly protocols: readonly RebalanceProtocol[]
  /** Divides the partitions. A member that is left out gets nothing. */
  assign(request: AssignmentRequest): ReadonlyMap<string, MemberAssignment>
  /** What to send along when the member joins. */
  subscriptionUserData?(topics: readonly string[]): Uint8Array | null
  /** Told of what the member got, before the rebalance hooks run. */
  onAssignment?(assignment: MemberAssignment, generationId: number): void
}
