/**
 * Decides ElectLeaders. A single node leads whatever it can from its start on, so that there is
 * never a leader to be elected: the decision is why not, in Apache Kafka's codes.
 */
import type { MetadataImage } from '../metadata/image.ts'
import { ErrorCode } from '../protocol/error-codes.ts'
import type { Refusal } from './decision.ts'

/** Which replicas may be elected, by Kafka's numbers. */
export const ElectionType = { PREFERRED: 0, UNCLEAN: 1 } as const

/** Why no leader is elected for a partition. */
export function electionRefusal(
  image: MetadataImage,
  topic: string,
  index: number,
  electionType: number,
): Refusal {
  const isPreferred = electionType === ElectionType.PREFERRED
  if (!isPreferred && electionType !== ElectionType.UNCLEAN) {
    return { code: ErrorCode.INVALID_REQUEST, message: `Unknown election type ${electionType}` }
  }
  const partitions = image.topicsByName.get(topic)?.partitions
  if (partitions === undefined) return unknown(`No such topic as ${topic}`)
  const partition = partitions[index]
  if (partition === undefined) return unknown(`No such partition as ${topic}-${index}`)
  const { leader, replicas } = partition
  if (isPreferred ? leader === replicas[0] : leader !== -1) {
    const message = 'Leader election not needed for topic partition.'
    return { code: ErrorCode.ELECTION_NOT_NEEDED, message }
  }
  if (isPreferred) {
    const message = 'The preferred leader was not available.'
    return { code: ErrorCode.PREFERRED_LEADER_NOT_AVAILABLE, message }
  }
  const message = 'Eligible topic partition leaders are not available.'
  return { code: ErrorCode.ELIGIBLE_LEADERS_NOT_AVAILABLE, message }
}

function unknown(message: string): Refusal {
  return { code: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, message }
}
