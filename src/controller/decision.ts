/**
 * What a command to the controller comes to: records to append, and the answer that is given once
 * they are committed. Deciding is a pure function of the image, the command, the time and the
 * randomness passed in.
 */
import { queueStateTopic } from '../metadata/topic-name.ts'
import { ErrorCode } from '../protocol/error-codes.ts'
import type { MetadataRecordInput } from '../protocol/metadata-record.ts'

/** See the head of this file. No records: the answer changes nothing. */
export interface Decision<Response> {
  readonly records: readonly MetadataRecordInput[]
  readonly response: Response
}

/** Notes that so many partitions are made or removed; false: they may not be. */
export type Charge = (partitions: number) => boolean

/** Whose command it is; without one it is the node's own. */
export interface Client {
  readonly charge: Charge
}

/** Kafka's error code of a refusal, with a sentence for the client. */
export interface Refusal {
  readonly code: number
  readonly message: string
}

/** Why no client may change a topic of that name; undefined: it may. */
export function ownTopicRefusal(name: string): Refusal | undefined {
  if (name !== queueStateTopic) return undefined
  const message = `The topic ${name} belongs to the embedded queues, which alone change it.`
  return { code: ErrorCode.POLICY_VIOLATION, message }
}

/** The client changes more than its quota allows. */
export const overQuota: Refusal = {
  code: ErrorCode.THROTTLING_QUOTA_EXCEEDED,
  message: 'The throttling quota has been exceeded.',
}
