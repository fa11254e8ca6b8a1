/**
 * What a command to the controller comes to: records to append, and the answer that is given once
 * they are committed. Deciding is a pure function of the image, the command, the time and the
 * randomness passed in.
 */
import type { MetadataRecordInput } from '../protocol/metadata-record.ts'

/** See the head of this file. No records: the answer changes nothing. */
export interface Decision<Response> {
  readonly records: readonly MetadataRecordInput[]
  readonly response: Response
}

/** Kafka's error code of a refusal, with a sentence for the client. */
export interface Refusal {
  readonly code: number
  readonly message: string
}
