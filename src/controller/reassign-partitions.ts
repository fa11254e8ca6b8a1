/**
 * Decides AlterPartitionReassignments. A single node has nowhere to move a partition to: staying
 * where it is succeeds, everything else is refused.
 */
import type { MetadataImage } from '../metadata/image.ts'
import { ErrorCode } from '../protocol/error-codes.ts'
import type { Refusal } from './decision.ts'
import { checkAssignments } from './placement.ts'

/**
 * Why a partition is not moved to `replicas`, or why a move is not called off where they are null;
 * undefined where it lies there already.
 */
export function reassignmentRefusal(
  image: MetadataImage,
  topic: string,
  index: number,
  replicas: readonly number[] | null,
): Refusal | undefined {
  const partitions = image.topicsByName.get(topic)?.partitions
  if (partitions === undefined) return unknown(`Unable to find a topic named ${topic}.`)
  const partition = partitions[index]
  if (partition === undefined) return unknown(`Unable to find partition ${topic}:${index}.`)
  if (replicas === null) {
    const isMoving = partition.addingReplicas.length + partition.removingReplicas.length > 0
    if (isMoving) return notHere
    const message = `The partition ${topic}:${index} is not being moved.`
    return { code: ErrorCode.NO_REASSIGNMENT_IN_PROGRESS, message }
  }
  const { refusal } = checkAssignments(image, [replicas])
  if (refusal !== undefined) return refusal
  const isSame = replicas.join() === partition.replicas.join()
  return isSame ? undefined : notHere
}

/** The replicas of such a partition were placed by another broker, in a cluster. */
const notHere: Refusal = {
  code: ErrorCode.INVALID_REPLICA_ASSIGNMENT,
  message: 'This broker is alone and moves no partitions; they stay with the replicas they have.',
}

function unknown(message: string): Refusal {
  return { code: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, message }
}
