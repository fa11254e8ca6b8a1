/**
 * Which brokers hold a new partition: by hand, as the request says, or spread evenly from a random
 * broker on.
 */
import { assert } from '../base/assert.ts'
import { type Random, randomBelow } from '../base/random.ts'
import type { BrokerImage, MetadataImage, PartitionImage } from '../metadata/image.ts'
import { openDirectories } from '../metadata/replica-directory.ts'
import { ErrorCode } from '../protocol/error-codes.ts'
import type { Refusal } from './decision.ts'
import type { DirectoryChoice } from './log-directories.ts'

/** Replicas of each new partition, the preferred leader first; or why there are none. */
export type Placement =
  | { readonly replicas: readonly (readonly number[])[]; readonly refusal: undefined }
  | { readonly replicas: undefined; readonly refusal: Refusal }

/** Spreads `count` partitions with `replicationFactor` replicas each over the usable brokers. */
export function placeReplicas(
  image: MetadataImage,
  count: number,
  replicationFactor: number,
  random: Random,
): Placement {
  assert(replicationFactor >= 1 && count >= 0, 'the caller checked the numbers')
  const ids = usableBrokers(image)
  if (replicationFactor > ids.length) {
    return refuse(
      ErrorCode.INVALID_REPLICATION_FACTOR,
      `Unable to replicate the partition ${replicationFactor} time(s): ` +
        `only ${ids.length} broker(s) are registered and active.`,
    )
  }
  ids.sort((a, b) => a - b)
  const start = count === 0 ? 0 : randomBelow(random, ids.length)
  const replicas = Array.from({ length: count }, (_, partition) => {
    // The followers of neighbours on the same leader differ: their distance grows with each round.
    const distance = ids.length < 2 ? 0 : Math.floor(partition / ids.length) % (ids.length - 1)
    return Array.from({ length: replicationFactor }, (__, replica) => {
      const step = replica === 0 ? 0 : 1 + ((distance + replica - 1) % (ids.length - 1))
      return ids[(start + partition + step) % ids.length] ?? -1
    })
  })
  assert(
    replicas.every((one) => new Set(one).size === replicationFactor),
    'replicas differ',
  )
  return { replicas, refusal: undefined }
}

/** Ids of the brokers that new partitions are placed on. */
export function usableBrokers(image: MetadataImage): number[] {
  return [...image.brokers.values()].filter(takesPartitions).map(({ id }) => id)
}

/** Checks replicas chosen by hand. `replicationFactor` undefined: that of the first partition. */
export function checkAssignments(
  image: MetadataImage,
  assignments: readonly (readonly number[])[],
  replicationFactor?: number,
): Placement {
  const expected = replicationFactor ?? assignments[0]?.length ?? 0
  for (const replicas of assignments) {
    const problem = assignmentProblem(image, replicas, expected)
    if (problem !== undefined) return refuse(ErrorCode.INVALID_REPLICA_ASSIGNMENT, problem)
  }
  return { replicas: assignments, refusal: undefined }
}

/** A partition that begins its life on these replicas: in sync are those that are active. */
export function newPartition(
  image: MetadataImage,
  index: number,
  replicas: readonly number[],
  directories: DirectoryChoice,
): PartitionImage {
  assert(index >= 0 && replicas.length > 0, 'a partition is somewhere')
  assert(new Set(replicas).size === replicas.length, 'a broker has one replica of a partition')
  const isr = replicas.filter((id) => isActive(image.brokers.get(id)))
  return {
    index,
    replicas,
    directories: replicas.map((id) => directories.next(id)),
    isr,
    elr: [],
    lastKnownElr: [],
    removingReplicas: [],
    addingReplicas: [],
    leader: isr[0] ?? -1,
    leaderRecoveryState: 0,
    leaderEpoch: 0,
    partitionEpoch: 0,
  }
}

function assignmentProblem(
  image: MetadataImage,
  replicas: readonly number[],
  expected: number,
): string | undefined {
  if (replicas.length === 0) {
    return 'The manual partition assignment includes an empty replica list.'
  }
  const seen = new Set<number>()
  for (const id of replicas) {
    if (!image.brokers.has(id)) {
      const fault = 'but no such broker is registered.'
      return `The manual partition assignment includes broker ${id}, ${fault}`
    }
    if (seen.has(id)) {
      return `The manual partition assignment includes the broker ${id} more than once.`
    }
    seen.add(id)
  }
  if (replicas.length !== expected) {
    return (
      `The manual partition assignment includes a partition with ${replicas.length} replica(s), ` +
      `but this is not consistent with previous partitions, which have ${expected} replica(s).`
    )
  }
  const brokers = replicas.map((id) => image.brokers.get(id))
  const full = brokers.find((broker) => broker !== undefined && !hasRoom(broker))
  if (full !== undefined) {
    const fault = 'all of whose log directories are cordoned.'
    return `The manual partition assignment includes broker ${full.id}, ${fault}`
  }
  if (brokers.some(isActive)) return undefined
  return 'All brokers of the manual partition assignment are fenced or shutting down.'
}

function isActive(broker: BrokerImage | undefined): boolean {
  return broker !== undefined && !broker.fenced && !broker.inControlledShutdown
}

function takesPartitions(broker: BrokerImage): boolean {
  return isActive(broker) && hasRoom(broker)
}

function hasRoom(broker: BrokerImage): boolean {
  return broker.directories.length === 0 || openDirectories(broker).length > 0
}

function refuse(code: number, message: string): Placement {
  assert(code !== ErrorCode.NONE, 'a refusal has a reason')
  return { replicas: undefined, refusal: { code, message } }
}
