/**
 * What a command to the controller comes to: records to append, and the answer that is given once
 * they are committed. Deciding is a pure function of the image, the command, the time and the
 * randomness passed in.
 */
import { ErrorCode } from '../protocol/error-codes.ts'
import type { MetadataRecordInput } from '../protocol/metadata-record.ts'

/** See the head of this file. No records: the answer changes nothing. */
export interface Decision<Response> {
  readonly records: readonly MetadataRecordInput[]
  readonly response: Response
}

/** Notes that so many partitions are made or removed; false: they may not be. */
export type Charge = (partitions: number) => boolean

/** Kafka's error code of a refusal, with a sentence for the client. */
export interface Refusal {
  readonly code: number
  readonly message: string
}

/** The client changes more than its quota allows. */
export const overQuota: Refusal = {
  code: ErrorCode.THROTTLING_QUOTA_EXCEEDED,
  message: 'The throttling quota has been exceeded.',
}
